/*
 * alone.h - a process that keeps nothing of the one it was forked from.
 */
#ifndef FILTER_ALONE_H
#define FILTER_ALONE_H

enum { ALONE_FD = 3 };

/*
 * alone_become - let go of all that a delivery holds, but for one socket.
 *
 * Takes   fd, which is ALONE_FD afterwards.
 * Gives   no alarm, no handler, no blocked signal; descriptors 0 to 2 lead
 *         to /dev/null, and none above ALONE_FD is open: whoever waits for
 *         the end of the delivery's pipes does not wait for this process.
 * Never   returns when that cannot be had.
 */
void alone_become(int fd);

#endif
