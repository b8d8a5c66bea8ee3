/*
 * syslog_socket.h - lines to the local syslog daemon, without waiting.
 *
 * syslog(3) waits when the daemon hangs; that would happen after the message
 * is durable, and the sender's patience would end in a second copy. It also
 * reads the time zone, for a stamp that daemons make themselves, and it opens
 * its socket anew when it likes, which a sandbox would refuse.
 */
#ifndef MDA_SYSLOG_SOCKET_H
#define MDA_SYSLOG_SOCKET_H

#include <stdbool.h>

/*
 * syslog_open - reach the daemon.
 *
 * Gives   a descriptor, or -1 when there is no daemon.
 * Owns    the caller closes it, or the process's end does.
 */
int syslog_open(void);

/*
 * syslog_write - hand a line to the daemon, facility mail.
 *
 * Takes   what syslog_open() gave, -1 too; severity, LOG_INFO and its like;
 *         text without line end.
 * Gives   false when the line is too long for the socket (2,048 bytes on
 *         some systems): a shorter one may be tried. Else the line is lost
 *         when there is no daemon or it cannot take it now, or when it was
 *         started anew since syslog_open().
 * Source  RFC 3164 sections 4.1 and 4.3.2 (a line without a time stamp).
 */
bool syslog_write(int syslog_fd, int severity, const char *text);

/*
 * syslog_is_there - does a daemon listen? Nothing is sent to it.
 */
bool syslog_is_there(void);

#endif
