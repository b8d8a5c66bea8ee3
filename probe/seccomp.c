/* seccomp: do the headers know filters of system calls (Linux)? */
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>

#include <unistd.h>

int
main(void)
{
	long	(*volatile call)(long, ...) = syscall;

	return call == 0 || SYS_seccomp <= 0 || AUDIT_ARCH_X86_64 == 0 ||
	    SECCOMP_RET_ERRNO == 0 || sizeof(struct seccomp_data) == 0 ||
	    sizeof(struct sock_fprog) == 0;
}
