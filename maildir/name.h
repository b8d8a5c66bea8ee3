/*
 * name.h - names of messages in a Maildir, unique over hosts and time.
 */
#ifndef MAILDIR_NAME_H
#define MAILDIR_NAME_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

enum {
	NAME_BYTES = 256,    /* a name with its NUL */
	NAME_HOST_BYTES = 129 /* the escaped host part with its NUL */
};

/*
 * name_host - this host's name, fit for a file name.
 *
 * Takes   host, NAME_HOST_BYTES large.
 * Gives   bytes that are not printable, blanks, "/", ":", "," and "\" as
 *         \ooo; cut after 128 bytes; "localhost" when there is none. Asks
 *         no name server.
 * Source  maildir(5): "/" as \057 and ":" as \072; gethostname().
 */
void name_host(char *host);

/*
 * name_make - make a name that no other delivery has.
 *
 * Takes   name, NAME_BYTES large; host from name_host().
 * Gives   SECONDS.MmicrosecondsPpidQcounterRhex.HOST
 */
void name_make(char *name, const char *host);

/*
 * name_final - the name under which the message becomes visible.
 *
 * Takes   final_name, NAME_BYTES large; name from name_make().
 * Gives   the same with ",S=" and the size in bytes behind it, which saves
 *         Maildir++ readers a stat(2) for each message.
 */
void name_final(char *final_name, const char *name, long long size_bytes);

/*
 * name_parse - take one of our own names apart.
 *
 * Gives   false for any name that name_make() does not make.
 */
bool name_parse(const char *name, pid_t *pid_out, const char **host_out);

/*
 * name_time_us - when was it made?
 *
 * Gives   microseconds since 1970 by its maker's clock; -1 for a name that
 *         name_make() does not make.
 */
long long name_time_us(const char *name);

#endif
