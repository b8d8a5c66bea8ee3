#include "base/errno_name.h"

#include <errno.h>
#include <stddef.h>

struct symbol {
	int number;
	const char *name;
};

#define SYMBOL(name) { name, #name }

static const struct symbol symbols[] = {
	SYMBOL(EACCES),
	SYMBOL(EAGAIN),
	SYMBOL(EBADF),
	SYMBOL(EBUSY),
	SYMBOL(ECONNREFUSED),
	SYMBOL(ECONNRESET),
	SYMBOL(EDEADLK),
	SYMBOL(EDQUOT),
	SYMBOL(EEXIST),
	SYMBOL(EFAULT),
	SYMBOL(EFBIG),
	SYMBOL(EHOSTUNREACH),
	SYMBOL(EINTR),
	SYMBOL(EINVAL),
	SYMBOL(EIO),
	SYMBOL(EISDIR),
	SYMBOL(ELOOP),
	SYMBOL(EMFILE),
	SYMBOL(EMLINK),
	SYMBOL(ENAMETOOLONG),
	SYMBOL(ENFILE),
	SYMBOL(ENODEV),
	SYMBOL(ENOENT),
	SYMBOL(ENOLCK),
	SYMBOL(ENOMEM),
	SYMBOL(ENOSPC),
	SYMBOL(ENOSYS),
	SYMBOL(ENOTCONN),
	SYMBOL(ENOTDIR),
	SYMBOL(ENOTEMPTY),
	SYMBOL(ENOTSUP),
	SYMBOL(ENXIO),
	SYMBOL(EOVERFLOW),
	SYMBOL(EPERM),
	SYMBOL(EPIPE),
	SYMBOL(ERANGE),
	SYMBOL(EROFS),
	SYMBOL(ESPIPE),
	SYMBOL(ESRCH),
	SYMBOL(ESTALE),
	SYMBOL(ETIMEDOUT),
	SYMBOL(ETXTBSY),
	SYMBOL(EXDEV),
};

const char *
errno_name(int number)
{
	size_t i;

	for (i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++)
		if (symbols[i].number == number)
			return symbols[i].name;
	return "E?";
}
