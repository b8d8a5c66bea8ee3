/*
 * syslog_socket.h - one line to the local syslog daemon, without waiting.
 */
#ifndef MDA_SYSLOG_SOCKET_H
#define MDA_SYSLOG_SOCKET_H

#include <stdbool.h>

/*
 * syslog_send - hand a line to the daemon, facility mail.
 *
 * syslog(3) waits when the daemon hangs; that would happen after the message
 * is durable, and the sender's patience would end in a second copy. It also
 * reads the time zone, for a stamp that daemons make themselves.
 *
 * Takes   severity, LOG_INFO and its like; text without line end.
 * Gives   the line is lost when there is no daemon or it cannot take it now.
 * Source  RFC 3164 sections 4.1 and 4.3.2 (a line without a time stamp).
 */
void syslog_send(int severity, const char *text);

/*
 * syslog_is_there - does a daemon listen? Nothing is sent to it.
 */
bool syslog_is_there(void);

#endif
