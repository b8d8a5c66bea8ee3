/*
 * fault_sys.h - the two layers of mda-fault's table of system calls.
 */
#ifndef TESTS_FAULT_FAULT_SYS_H
#define TESTS_FAULT_FAULT_SYS_H

#include "base/sys.h"

/* Calls that fail on request; tests/crash/record_sys.c lies on top. */
extern const struct sys_calls fault_calls;

/* Before the tested program begins: what does the environment ask for? */
void fault_start(void);
void record_start(void);

/* Before each of its forks and calls. */
void record_prepare(void);

#endif
