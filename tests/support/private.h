/*
 * private.h - a mount name space of the test's own, which ends with it.
 *
 * Nothing that is mounted there is seen by the machine.
 */
#ifndef TESTS_SUPPORT_PRIVATE_H
#define TESTS_SUPPORT_PRIVATE_H

#include <sys/stat.h>
#include <sys/types.h>

#include <atf-c.h>
#include <unistd.h>

#ifdef __linux__
#include <sched.h>
#include <sys/mount.h>
#endif

/* Where root alone may write, up to the root folder. */
#define PRIVATE_DIR "/mnt"

/*
 * private_start - change to an empty folder of root's, PRIVATE_DIR.
 *
 * Gives   what the test mounts from now on is its own. Without such name
 *         spaces the test is skipped.
 */
static inline void
private_start(void)
{
#ifdef __linux__
	if (unshare(CLONE_NEWNS) == -1 ||
	    mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) == -1)
		atf_tc_skip("no mount name space of our own here");
	ATF_REQUIRE_EQ(
	    0, mount("tmpfs", PRIVATE_DIR, "tmpfs", 0, "mode=755"));
	ATF_REQUIRE_EQ(0, chdir(PRIVATE_DIR));
	(void)umask(022);
#else
	atf_tc_skip("no mount name spaces on this system");
#endif
}

/*
 * private_cover - let a file stand in front of another, for this test.
 */
static inline void
private_cover(const char *path, const char *with)
{
#ifdef __linux__
	ATF_REQUIRE_EQ_MSG(0, mount(with, path, "none", MS_BIND, NULL),
	    "cannot cover %s", path);
#else
	(void)path;
	(void)with;
#endif
}

#endif
