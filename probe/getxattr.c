/* getxattr: does getxattr(2) tell of a file's ACL, as on Linux? */
#include <sys/types.h>
#include <sys/xattr.h>

int
main(void)
{
	ssize_t	(*volatile ask)(const char *, const char *, void *, size_t) =
	    getxattr;

	return ask == 0;
}
