/*
 * compat.h - functions of the BSDs and of newer kernels, wherever we are.
 *
 * A source that uses one of them includes this file alone: what the system
 * has (libc, or libbsd's overlay) is declared by the system's own header,
 * and what it lacks is declared here. Ours carry names of their own, so that
 * setting HAVE_... to 0 by hand never meets a second definition in libc.
 */
#ifndef COMPAT_COMPAT_H
#define COMPAT_COMPAT_H

#include "config.h"

#include <sys/stat.h>
#include <sys/types.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

/*
 * At exit the leak checker of AddressSanitizer stops the process with
 * clone(2) and ptrace(2), and reads /proc: a sandbox leaves it these.
 */
#if defined(__SANITIZE_ADDRESS__)
#define HAS_LEAK_CHECKER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_LEAK_CHECKER 1
#endif
#endif
#ifndef HAS_LEAK_CHECKER
#define HAS_LEAK_CHECKER 0
#endif

#if !HAVE_STRLCPY
/*
 * strlcpy - copy a string into a buffer, cut where it does not fit.
 *
 * Takes   size_bytes, the whole size of "to"; 0 writes nothing.
 * Gives   the length of "from"; when that is size_bytes or more, it was cut.
 *         The result is always NUL-terminated.
 */
size_t compat_strlcpy(char *to, const char *from, size_t size_bytes);
#undef strlcpy
#define strlcpy compat_strlcpy
#endif

#if !HAVE_STRLCAT
/*
 * strlcat - add a string to the one in a buffer, cut where it does not fit.
 *
 * Takes   size_bytes, the whole size of "to".
 * Gives   the length that was tried; size_bytes or more means cut. When no
 *         NUL lies within size_bytes, nothing is written.
 */
size_t compat_strlcat(char *to, const char *from, size_t size_bytes);
#undef strlcat
#define strlcat compat_strlcat
#endif

#if !HAVE_STRTONUM
/*
 * strtonum - a decimal number within bounds, or a word on what is wrong.
 *
 * Gives   the number, with *fault_out NULL and errno as it was; else 0, with
 *         *fault_out "invalid" (EINVAL), "too small" or "too large" (ERANGE).
 *         fault_out may be NULL.
 * Source  strtonum(3) of OpenBSD.
 */
long long compat_strtonum(const char *text, long long least, long long most,
    const char **fault_out);
#undef strtonum
#define strtonum compat_strtonum
#endif

#if !HAVE_CLOSEFROM
/*
 * closefrom - close every descriptor from first_fd on.
 */
void compat_closefrom(int first_fd);
#undef closefrom
#define closefrom compat_closefrom
#endif

#if !HAVE_ARC4RANDOM_BUF
/*
 * arc4random_buf - bytes that nobody can foretell.
 *
 * Gives   size_bytes bytes at "to", from the kernel. Only where the kernel
 *         gives none at all do they come from clocks and addresses: still
 *         unlike those of another process, but no secret.
 * Never   fails, waits for the disk, or stops the process.
 */
void compat_arc4random_buf(void *to, size_t size_bytes);
#undef arc4random_buf
#define arc4random_buf compat_arc4random_buf
#endif

#if !HAVE_REALLOCARRAY
/*
 * reallocarray - realloc() for count things, where the product may overflow.
 *
 * Fails   NULL with ENOMEM; what "at" points to is as it was.
 */
void *compat_reallocarray(void *at, size_t count, size_t size_bytes);
#undef reallocarray
#define reallocarray compat_reallocarray
#endif

#if !HAVE_INITGROUPS
/*
 * initgroups - take on the groups of an account, by root.
 *
 * No standard has it, and each system has: where the headers hide it, this
 * declaration leads to libc's own.
 */
int initgroups(const char *name, gid_t gid);
#endif

#if !HAVE_WCSWIDTH
/*
 * wcswidth - how many columns of a terminal a text takes.
 *
 * Of the X/Open part of POSIX. Without it each letter counts as one, which
 * is wrong for those of East Asia.
 */
int compat_wcswidth(const wchar_t *text, size_t count);
#undef wcswidth
#define wcswidth compat_wcswidth
#endif

/* The sticky bit is an option of POSIX, with the same value everywhere. */
#ifndef S_ISVTX
#define S_ISVTX 01000
#endif

/*
 * rename_noreplace - rename, unless the new name is taken.
 *
 * Gives   0; or -1 with errno: EEXIST when the name is taken; ENOSYS when
 *         this system has no such call; EINVAL when this file system has
 *         none.
 * Source  renameat2(2) of Linux, renameatx_np(2) of macOS.
 */
int rename_noreplace(int old_dir_fd, const char *old_name, int new_dir_fd,
    const char *new_name);

#endif
