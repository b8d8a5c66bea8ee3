/*
 * failure.h - one record of what went wrong, from the system call to the
 * exit code.
 */
#ifndef BASE_FAILURE_H
#define BASE_FAILURE_H

#include <stdbool.h>

enum verdict {
	VERDICT_OK = 0, /* the promise in the contract block holds */
	VERDICT_RETRY,	/* not delivered; the sender keeps the message */
	VERDICT_REFUSE	/* not delivered; trying again cannot help */
};

struct failure {
	const char *step;  /* static: system call or check, "fsync" */
	int sys_errno;	   /* errno at that step, 0 when none was set */
	int exit_code;	   /* <sysexits.h> value for the process */
	char dsn[12];	   /* RFC 3463 code, "4.3.1" */
	char subject[256]; /* path or name, cut with "..." when long */
	bool residue;	   /* part of the message may remain at subject */
};

/*
 * failure_errno - record a system call that failed, errno still set.
 *
 * Takes   step, a static string; subject, the path or name concerned.
 * Gives   always VERDICT_RETRY with exit code 75: no error of the system
 *         proves that waiting cannot help. ENOSPC becomes 4.3.1, EDQUOT
 *         4.2.2, everything else 4.3.0.
 * Source  RFC 3463 sections 3.3 and 3.4; sysexits(3).
 */
enum verdict failure_errno(
    struct failure *why, const char *step, const char *subject);

/*
 * failure_retry - record a failed check that time or people can mend.
 *
 * Takes   dsn, a code of class 4, at most 11 bytes.
 * Gives   always VERDICT_RETRY with exit code 75.
 */
enum verdict failure_retry(struct failure *why, const char *step,
    const char *dsn, const char *subject);

/*
 * failure_refuse - record a failure that waiting cannot mend.
 *
 * Takes   exit_code, one of 65, 67, 69, 77; dsn, a code of class 5.
 * Gives   always VERDICT_REFUSE.
 */
enum verdict failure_refuse(struct failure *why, const char *step,
    int exit_code, const char *dsn, const char *subject);

/*
 * failure_under - name the folder in which a relative subject lies.
 *
 * Gives   the subject with path and "/" in front; an absolute one is left.
 */
void failure_under(struct failure *why, const char *path);

#endif
