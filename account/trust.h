/*
 * trust.h - files of which only root and we ourselves can say what is in them.
 */
#ifndef ACCOUNT_TRUST_H
#define ACCOUNT_TRUST_H

#include <sys/stat.h>

#include "base/failure.h"

/* What a failure is called; all static. */
struct trust_steps {
	const char *kind;  /* it is no regular file */
	const char *owner; /* it belongs to somebody else */
	const char *mode;  /* others may write it */
	const char *size;  /* it is larger than it may be */
};

/*
 * trust_check - may we do what a file says?
 *
 * Takes   st, of its open descriptor; most_bytes; path, for why.
 * Gives   VERDICT_OK when it belongs to root or to us, and nobody else can
 *         write it: whoever could would have mail turned elsewhere.
 * Fails   VERDICT_RETRY with code 4.3.5, at the step that applies, the first
 *         one in the order above.
 */
enum verdict trust_check(const struct stat *st, long long most_bytes,
    const struct trust_steps *steps, const char *path, struct failure *why);

#endif
