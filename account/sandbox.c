#include "account/sandbox.h"

#include "compat/compat.h"

#if HAVE_PRCTL_NO_NEW_PRIVS
#include <sys/prctl.h>
#endif
#if HAVE_CAP_ENTER
#include <sys/capsicum.h>
#endif
#include <sys/wait.h>

#include <errno.h>
#include <stddef.h>
#include <unistd.h>

#include "account/landlock.h"
#include "account/seccomp.h"

void
sandbox_add(struct sandbox_needs *needs, int fd, const char *path,
    bool is_for_reading)
{
	struct sandbox_folder *folder;

	if (needs->folder_count == needs->folder_most)
		return;
	folder = &needs->folders[needs->folder_count];
	folder->fd = fd;
	folder->path = path;
	folder->is_for_reading = is_for_reading;
	folder->has_new_folders = false;
	needs->folder_count++;
}

#if HAVE_PRCTL_NO_NEW_PRIVS
enum sandbox_state
sandbox_best(void)
{
	return (enum sandbox_state)((HAVE_LANDLOCK ? SANDBOX_FILES : 0) |
	    (HAVE_SECCOMP ? SANDBOX_CALLS : 0));
}

const char *
sandbox_name(enum sandbox_state state)
{
	static const char *const names[] = { "none", "landlock", "seccomp",
		"landlock+seccomp" };

	return names[state];
}

size_t
sandbox_parts(struct sandbox_part *parts)
{
	parts[0].name = "no_new_privs";
	parts[0].version = prctl(PR_GET_NO_NEW_PRIVS, 0L, 0L, 0L, 0L) != -1;
	parts[1].name = "landlock";
	parts[1].version = landlock_version();
	parts[2].name = "seccomp";
	parts[2].version = seccomp_is_there();
	return 3;
}

static enum sandbox_state
enter(const struct sandbox_needs *needs)
{
	unsigned int state = SANDBOX_NONE;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) == -1)
		return SANDBOX_NONE;
	if (landlock_enter(needs))
		state |= SANDBOX_FILES;
	if (seccomp_enter(needs->is_blind))
		state |= SANDBOX_CALLS;
	return (enum sandbox_state)state;
}

/* Without open(2) no file is in reach: Landlock has nothing to add. */
enum sandbox_state
sandbox_enter_pure(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) == -1 ||
	    !seccomp_enter_pure())
		return SANDBOX_NONE;
	return SANDBOX_WHOLE;
}
#elif HAVE_PLEDGE && HAVE_UNVEIL
enum sandbox_state
sandbox_best(void)
{
	return SANDBOX_WHOLE;
}

const char *
sandbox_name(enum sandbox_state state)
{
	static const char *const names[] = { "none", "unveil", "pledge",
		"pledge+unveil" };

	return names[state];
}

/* Both are always there: this system cannot be built without them. */
size_t
sandbox_parts(struct sandbox_part *parts)
{
	parts[0].name = "pledge";
	parts[0].version = 1;
	parts[1].name = "unveil";
	parts[1].version = 1;
	return 2;
}

static bool
unveil_folders(const struct sandbox_needs *needs)
{
	const struct sandbox_folder *folder = needs->folders;

	for (; folder < needs->folders + needs->folder_count; folder++)
		if (unveil(folder->path,
			folder->is_for_reading ? "r" : "rwc") == -1 &&
		    !folder->is_for_reading)
			return false;
	return true;
}

/*
 * "error": a call that is not promised answers ENOSYS; death by a signal
 * would bounce the message. "proc" is for kill(pid, 0), which tells whether
 * the holder of a lock lives. Without the folders above in sight a climb
 * would find nothing to sync, and say nothing: then there is pledge() alone.
 * It is also what keeps a blind process from the files.
 */
static enum sandbox_state
enter(const struct sandbox_needs *needs)
{
	unsigned int state = SANDBOX_NONE;

	if (needs->is_blind)
		return pledge("stdio error", NULL) == 0 ? SANDBOX_WHOLE
							: SANDBOX_NONE;
	if (!needs->is_climbing && unveil_folders(needs))
		state |= SANDBOX_FILES;
	if (pledge("stdio rpath wpath cpath flock fattr proc error", NULL) == 0)
		state |= SANDBOX_CALLS;
	return (enum sandbox_state)state;
}

enum sandbox_state
sandbox_enter_pure(void)
{
	return pledge("stdio error", NULL) == 0 ? SANDBOX_WHOLE : SANDBOX_NONE;
}
#elif HAVE_CAP_ENTER
enum sandbox_state
sandbox_best(void)
{
	return SANDBOX_WHOLE;
}

const char *
sandbox_name(enum sandbox_state state)
{
	return state == SANDBOX_NONE ? "none" : "capsicum";
}

size_t
sandbox_parts(struct sandbox_part *parts)
{
	unsigned int mode;

	parts[0].name = "capsicum";
	parts[0].version = cap_getmode(&mode) != -1;
	return 1;
}

/*
 * In capability mode only descriptors lead anywhere, and never upward. That
 * suits a Maildir: all its calls take the folders' descriptors and names
 * without "..". An mbox climbs, asks with kill() who holds a lock, and may
 * want /var/tmp: it goes without. Sentences are English from here on.
 */
static enum sandbox_state
enter(const struct sandbox_needs *needs)
{
	if (needs->is_climbing || needs->opens_paths || cap_enter() == -1)
		return SANDBOX_NONE;
	return SANDBOX_WHOLE;
}

enum sandbox_state
sandbox_enter_pure(void)
{
	return cap_enter() == 0 ? SANDBOX_WHOLE : SANDBOX_NONE;
}
#else
enum sandbox_state
sandbox_best(void)
{
	return SANDBOX_NONE;
}

const char *
sandbox_name(enum sandbox_state state)
{
	(void)state; /* there is but one */
	return "none";
}

size_t
sandbox_parts(struct sandbox_part *parts)
{
	(void)parts; /* none */
	return 0;
}

static enum sandbox_state
enter(const struct sandbox_needs *needs)
{
	(void)needs; /* this system has no sandbox */
	return SANDBOX_NONE;
}

enum sandbox_state
sandbox_enter_pure(void)
{
	return SANDBOX_NONE;
}
#endif

enum verdict
sandbox_enter(enum sandbox_rule rule, const struct sandbox_needs *needs,
    enum sandbox_state *state_out, struct failure *why)
{
	*state_out = SANDBOX_NONE;
	if (rule == SANDBOX_OFF)
		return VERDICT_OK;
	*state_out = enter(needs);
	if (rule == SANDBOX_REQUIRE && *state_out != SANDBOX_WHOLE)
		return failure_retry(why, "sandbox", "4.3.5",
		    sandbox_name(*state_out));
	return VERDICT_OK;
}

/* A child that dies of what it gives up would have died delivering, too. */
bool
sandbox_try(const struct sandbox_needs *needs, enum sandbox_state *state_out)
{
	int status = 0;
	pid_t pid = fork();

	*state_out = SANDBOX_NONE;
	if (pid == -1)
		return false;
	if (pid == 0)
		_exit((int)enter(needs));
	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			return false;
	if (WIFEXITED(status))
		*state_out = (enum sandbox_state)WEXITSTATUS(status);
	return true;
}
