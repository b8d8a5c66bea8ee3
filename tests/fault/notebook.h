/*
 * notebook.h - a file to which the processes of a tested program add lines.
 *
 * Such programs close what they inherit, change who they are and shut
 * themselves in. So it is opened before each fork, and anew where it was
 * closed; a test that changes accounts makes it writable for all.
 */
#ifndef TESTS_FAULT_NOTEBOOK_H
#define TESTS_FAULT_NOTEBOOK_H

#include <stdbool.h>
#include <stddef.h>

struct notebook {
	const char *path; /* borrowed; NULL: nothing is to be written */
	int fd;
};

/*
 * notebook_open - have a descriptor, far above those of the tested program.
 *
 * Takes   path and fd, which is -1 in the beginning.
 * Gives   false when it cannot be opened; true as well without a path.
 */
bool notebook_open(struct notebook *notebook);

/*
 * notebook_write - add this with one write(2), as others write here too.
 *
 * Gives   false when that cannot be done.
 */
bool notebook_write(
    struct notebook *notebook, const void *data, size_t size_bytes);

#endif
