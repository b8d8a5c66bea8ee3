#include "account/landlock.h"

#include "compat/compat.h"

#if HAVE_LANDLOCK
#include <linux/landlock.h>
#include <sys/syscall.h>

#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

/* Of ABI 3; headers may be older than the kernel. */
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (UINT64_C(1) << 14)
#endif

static const uint64_t reading =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;

/* What a delivery does in its mailbox. REFER is a link from tmp/ to new/. */
static const uint64_t storing = LANDLOCK_ACCESS_FS_READ_FILE |
    LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_WRITE_FILE |
    LANDLOCK_ACCESS_FS_TRUNCATE | LANDLOCK_ACCESS_FS_MAKE_REG |
    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REFER;

/* All that ABI 2 knows: what is not named is free for all. */
static const uint64_t abi_2 = LANDLOCK_ACCESS_FS_EXECUTE |
    LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE |
    LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_REMOVE_DIR |
    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
    LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
    LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
    LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM |
    LANDLOCK_ACCESS_FS_REFER;

static int
create_ruleset(uint64_t handled)
{
	const struct landlock_ruleset_attr attr = {
		.handled_access_fs = handled,
	};

	return (
	    int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0L);
}

/*
 * A kernel refuses rights it does not know, which tells its ABI as well as
 * asking does and saves the question: ABI 1 knows no REFER, and there a link
 * from tmp/ to new/ would answer EXDEV whatever the rules are.
 */
static int
open_ruleset(const struct sandbox_needs *needs, uint64_t *handled_out)
{
	int fd;

	*handled_out = abi_2 | LANDLOCK_ACCESS_FS_TRUNCATE;
	if (needs->is_climbing)
		*handled_out &= ~(uint64_t)LANDLOCK_ACCESS_FS_READ_DIR;
	fd = create_ruleset(*handled_out);
	if (fd != -1)
		return fd;
	*handled_out &= ~(uint64_t)LANDLOCK_ACCESS_FS_TRUNCATE;
	return create_ruleset(*handled_out);
}

static bool
allow_fd(int ruleset_fd, int dir_fd, uint64_t allowed)
{
	const struct landlock_path_beneath_attr attr = {
		.allowed_access = allowed,
		.parent_fd = dir_fd,
	};

	return syscall(SYS_landlock_add_rule, ruleset_fd,
		   LANDLOCK_RULE_PATH_BENEATH, &attr, 0L) == 0;
}

static bool
allow_folder(int ruleset_fd, const struct sandbox_folder *folder,
    uint64_t handled)
{
	uint64_t allowed =
	    handled & (folder->is_for_reading ? reading : storing);
	bool is_allowed;
	int fd;

	if (folder->has_new_folders)
		allowed |= LANDLOCK_ACCESS_FS_MAKE_DIR;
	if (folder->fd != -1)
		return allow_fd(ruleset_fd, folder->fd, allowed);
	fd = open(folder->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return true; /* nothing is there to be allowed */
	is_allowed = allow_fd(ruleset_fd, fd, allowed);
	(void)close(fd); /* the rule stays */
	return is_allowed;
}

bool
landlock_enter(const struct sandbox_needs *needs)
{
	static const struct sandbox_folder proc = { .fd = -1,
		.path = "/proc",
		.is_for_reading = true };
	bool is_well = true;
	uint64_t handled;
	size_t i;
	int fd = open_ruleset(needs, &handled);

	if (fd == -1)
		return false;
	for (i = 0; is_well && i < needs->folder_count; i++)
		is_well = allow_folder(fd, &needs->folders[i], handled);
	if (is_well && HAS_LEAK_CHECKER)
		is_well = allow_folder(fd, &proc, handled);
	if (is_well)
		is_well = syscall(SYS_landlock_restrict_self, fd, 0L) == 0;
	if (!is_well)
		(void)close(fd); /* of no use */
	return is_well; /* in force: one call saved, the process is short */
}

int
landlock_version(void)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0L,
	    LANDLOCK_CREATE_RULESET_VERSION);

	return version < 0 ? 0 : (int)version;
}
#else
int
landlock_version(void)
{
	return 0; /* not on this system */
}

bool
landlock_enter(const struct sandbox_needs *needs)
{
	(void)needs; /* not on this system */
	return false;
}
#endif
