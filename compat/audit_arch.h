/*
 * audit_arch.h - Linux: which processor's system calls are ours.
 *
 * The same number is another call on another processor, and the kernel tells
 * a filter the processor by one of these. No header has the one that a
 * program was compiled for, so this list stands in for it.
 */
#ifndef COMPAT_AUDIT_ARCH_H
#define COMPAT_AUDIT_ARCH_H

#include <linux/audit.h>

#if defined(__x86_64__) && defined(__LP64__)
#define COMPAT_AUDIT_ARCH AUDIT_ARCH_X86_64
#elif defined(__i386__)
#define COMPAT_AUDIT_ARCH AUDIT_ARCH_I386
#elif defined(__aarch64__) && defined(__LP64__)
#define COMPAT_AUDIT_ARCH AUDIT_ARCH_AARCH64
#elif defined(__arm__) && defined(__ARMEL__)
#define COMPAT_AUDIT_ARCH AUDIT_ARCH_ARM
#elif defined(__riscv) && __riscv_xlen == 64
#define COMPAT_AUDIT_ARCH AUDIT_ARCH_RISCV64
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define COMPAT_AUDIT_ARCH AUDIT_ARCH_PPC64LE
#elif defined(__s390x__)
#define COMPAT_AUDIT_ARCH AUDIT_ARCH_S390X
#else
#define COMPAT_AUDIT_ARCH 0 /* not known: no filter there */
#endif

#endif
