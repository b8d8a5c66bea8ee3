/*
 * sys/capsicum.h - as much of FreeBSD's as we use.
 */
#ifndef TESTS_BSD_CAPSICUM_H
#define TESTS_BSD_CAPSICUM_H

int cap_enter(void);
int cap_getmode(unsigned int *mode);

#endif
