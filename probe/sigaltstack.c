/* sigaltstack: can a handler run where the stack is used up? */
#include <sys/resource.h>

#include <signal.h>
#include <string.h>
#include <unistd.h>

static char	spare[64 * 1024];

static void
on_overrun(int number)
{
	(void)number;
	_exit(0);
}

/* Not for ever, where the stack has no limit. */
static int
overrun(int turns)
{
	volatile char	block[4096];

	block[0] = 1;
	return turns == 0 ? 1 : overrun(turns - 1) + block[0];
}

int
main(void)
{
	struct sigaction action;
	struct rlimit limit;
	stack_t	stack;

	memset(&stack, 0, sizeof(stack));
	stack.ss_sp = spare;
	stack.ss_size = sizeof(spare);
	memset(&action, 0, sizeof(action));
	action.sa_handler = on_overrun;
	action.sa_flags = SA_ONSTACK;
	if (getrlimit(RLIMIT_STACK, &limit) == -1)
		return 1;
	limit.rlim_cur = 256 * 1024;
	return setrlimit(RLIMIT_STACK, &limit) == -1 ||
	    sigaltstack(&stack, NULL) == -1 ||
	    sigaction(SIGSEGV, &action, NULL) == -1 ||
	    sigaction(SIGBUS, &action, NULL) == -1 || overrun(4096) != 0;
}
