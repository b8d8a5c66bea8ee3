/*
 * host.h - which machine this is, and since which boot.
 */
#ifndef DURABLE_HOST_H
#define DURABLE_HOST_H

#include <stddef.h>

enum { HOST_BOOT_BYTES = 64 }; /* room for host_boot_id() */

/*
 * host_name - this machine's own name, as gethostname() has it.
 *
 * Takes   name, size_bytes large.
 * Gives   "localhost" when there is none. No name server is asked.
 */
void host_name(char *name, size_t size_bytes);

/*
 * host_boot_id - a word that is another one after each boot.
 *
 * Takes   id, size_bytes large, 40 or more.
 * Gives   "-" where the system has none. The system is asked once, and not
 *         again: whoever asks early has the word when a sandbox is up, which
 *         would make the same host look like one that has none.
 * Source  random(4) of Linux, /proc/sys/kernel/random/boot_id.
 */
void host_boot_id(char *id, size_t size_bytes);

#endif
