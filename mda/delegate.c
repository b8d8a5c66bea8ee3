#include "mda/delegate.h"

#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>

#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "account/keeper.h"
#include "account/privilege.h"
#include "base/interrupt.h"
#include "mda/plan.h"
#include "mda/run.h"
#include "mda/start.h"

/* The delivery: from here on nothing is root's. */
static int
run_child(struct job *job, int keeper_fd)
{
	struct failure why;
	enum verdict verdict;

	interrupt_deadline((unsigned int)job->settings.deadline_s);
	interrupt_watch(keeper_fd);
	keeper_arbitrate(keeper_fd);
	job->keeper_fd = keeper_fd;
	verdict = privilege_drop(&job->account, &why);
	if (verdict == VERDICT_OK)
		verdict = plan_check_home(job, &why);
	return run_delivery(job, verdict, &why);
}

/* Only what a delivery means to say: a crash has codes of its own. */
static bool
is_own_code(int code)
{
	return code == EX_OK || code == EX_TEMPFAIL || code == EX_DATAERR ||
	    code == EX_NOUSER || code == EX_UNAVAILABLE || code == EX_NOPERM;
}

static int
judge(struct job *job, int status)
{
	struct failure why;
	char death[32];

	if (WIFEXITED(status) && is_own_code(WEXITSTATUS(status)))
		return WEXITSTATUS(status);
	if (WIFEXITED(status))
		(void)snprintf(death, sizeof(death), "status %d",
		    WEXITSTATUS(status));
	else
		(void)snprintf(death, sizeof(death), "signal %d",
		    WIFSIGNALED(status) ? WTERMSIG(status) : 0);
	return run_delivery(job, failure_retry(&why, "child-died", "4.3.0", death),
	    &why);
}

static int
run_parent(struct job *job, struct keeper *keeper, int fd, pid_t child)
{
	struct keeper_patience patience =
	    keeper_patience((unsigned int)job->settings.deadline_s);
	struct failure why;
	int status;

	start_empty(STDIN_FILENO); /* no byte of mail is for root */
	if (keeper_serve(keeper, fd, child, &patience, &status))
		return judge(job, status);
	return run_delivery(job, failure_retry(&why, "child-hung", "4.4.7",
	    job->account.name), &why);
}

static void
open_keeper(struct keeper *keeper, const struct job *job)
{
	memset(keeper, 0, sizeof(*keeper)); /* no lock is held */
	keeper->dir_fd = -1;
	if (job->destination.kind == BOX_MBOX)
		keeper_open(keeper, job->destination.path,
		    job->settings.dotlock_stale_s, &job->account);
}

int
delegate(struct job *job)
{
	struct keeper keeper;
	struct failure why;
	int fds[2];
	pid_t child;

	open_keeper(&keeper, job);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == -1)
		return run_delivery(job, failure_errno(&why, "socketpair",
		    job->account.name), &why);
	keeper_prepare();
	child = fork();
	if (child == -1)
		return run_delivery(
		    job, failure_errno(&why, "fork", job->account.name), &why);
	if (child == 0) {
		(void)close(fds[0]);
		if (keeper.dir_fd != -1)
			(void)close(keeper.dir_fd); /* root's, not ours */
		_exit(run_child(job, fds[1]));
	}
	(void)close(fds[1]);
	return run_parent(job, &keeper, fds[0], child);
}
