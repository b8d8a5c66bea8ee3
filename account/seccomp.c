#include "account/seccomp.h"

#include "compat/compat.h"

#if HAVE_SECCOMP
#include <sys/mman.h>
#include <sys/prctl.h>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include "compat/audit_arch.h"

/*
 * Refused. A list of what is allowed would have to know what each libc,
 * sanitizer and debugger calls; this one only has to know what does harm.
 * #ifdef: not on every processor, or younger than some headers. kill() is
 * left: it tells whether the holder of a lock file lives.
 */
/* clang-format off */
static const int refused[] = {
	/* programs and processes */
	SYS_execve, SYS_execveat, SYS_unshare, SYS_setns,
	SYS_process_vm_readv, SYS_process_vm_writev,
#if !HAS_LEAK_CHECKER
	SYS_clone, SYS_ptrace,
#endif
#ifdef SYS_fork
	SYS_fork, SYS_vfork,
#endif
#ifdef SYS_clone3
	SYS_clone3,
#endif
#ifdef SYS_pidfd_getfd
	SYS_pidfd_getfd,
#endif
	/* sockets, and the queue that can make them too */
	SYS_socket, SYS_socketpair, SYS_connect, SYS_bind, SYS_listen,
#ifdef SYS_socketcall
	SYS_socketcall,
#endif
#ifdef SYS_io_uring_setup
	SYS_io_uring_setup,
#endif
	/* who we are */
	SYS_setuid, SYS_setgid, SYS_setreuid, SYS_setregid, SYS_setresuid,
	SYS_setresgid, SYS_setgroups, SYS_setfsuid, SYS_setfsgid, SYS_capset,
#ifdef SYS_setuid32
	SYS_setuid32, SYS_setgid32, SYS_setreuid32, SYS_setregid32,
	SYS_setresuid32, SYS_setresgid32, SYS_setgroups32, SYS_setfsuid32,
	SYS_setfsgid32,
#endif
	/* who may do what with a file, where Landlock does not look */
	SYS_fchmod, SYS_fchmodat, SYS_fchown, SYS_fchownat, SYS_setxattr,
	SYS_lsetxattr, SYS_fsetxattr, SYS_removexattr, SYS_lremovexattr,
	SYS_fremovexattr, SYS_open_by_handle_at,
#ifdef SYS_chmod
	SYS_chmod, SYS_chown, SYS_lchown,
#endif
#ifdef SYS_chown32
	SYS_chown32, SYS_lchown32, SYS_fchown32,
#endif
#ifdef SYS_fchmodat2
	SYS_fchmodat2,
#endif
#ifdef SYS_setxattrat
	SYS_setxattrat, SYS_removexattrat,
#endif
	/* the system */
	SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_swapon,
	SYS_reboot, SYS_kexec_load, SYS_init_module, SYS_finit_module,
	SYS_delete_module, SYS_bpf, SYS_perf_event_open, SYS_userfaultfd,
	SYS_add_key, SYS_request_key, SYS_keyctl,
#ifdef SYS_kexec_file_load
	SYS_kexec_file_load,
#endif
#ifdef SYS_open_tree
	SYS_open_tree, SYS_move_mount, SYS_fsopen,
#endif
};

/* Refused as well where no file is to be opened. */
static const int refused_blind[] = {
	SYS_openat,
#ifdef SYS_open
	SYS_open, SYS_creat,
#endif
#ifdef SYS_openat2
	SYS_openat2,
#endif
};
/* clang-format on */

/*
 * All that a process needs that only computes: its descriptors, memory, the
 * time, its end. What it gets from a socket it may have to wait for.
 */
/* clang-format off */
static const int computing[] = {
	SYS_read, SYS_write, SYS_readv, SYS_writev,
	SYS_brk, SYS_munmap, SYS_mremap, SYS_madvise, SYS_mprotect,
	SYS_exit, SYS_exit_group, SYS_rt_sigreturn, SYS_restart_syscall,
	SYS_clock_gettime, SYS_gettimeofday, SYS_futex, SYS_getrandom,
	SYS_rt_sigprocmask, SYS_sigaltstack, SYS_getpid, SYS_gettid,
#ifdef SYS_ppoll
	SYS_ppoll,
#endif
#ifdef SYS_poll
	SYS_poll,
#endif
#ifdef SYS_time
	SYS_time,
#endif
#ifdef SYS_sigreturn
	SYS_sigreturn,
#endif
#ifdef SYS_clock_gettime64
	SYS_clock_gettime64,
#endif
#ifdef SYS_ppoll_time64
	SYS_ppoll_time64,
#endif
#ifdef SYS_futex_time64
	SYS_futex_time64,
#endif
};
/* clang-format on */

#ifdef SYS_mmap2
#define MAP_CALL SYS_mmap2
#else
#define MAP_CALL SYS_mmap
#endif

enum {
	REFUSED = sizeof(refused) / sizeof(refused[0]),
	REFUSED_BLIND = sizeof(refused_blind) / sizeof(refused_blind[0]),
	LIST_AT = 5, /* statements in front */
	PROGRAM = LIST_AT + REFUSED + REFUSED_BLIND + 2,
	COMPUTING = sizeof(computing) / sizeof(computing[0]),
	MAP_AT = LIST_AT + COMPUTING, /* mmap: is it memory alone? */
	PURE_REFUSE_AT = MAP_AT + 5,
	PURE_ALLOW_AT
};

/* A jump of the program says in one byte how far it goes. */
typedef char program_is_short[PROGRAM < 256 ? 1 : -1];
typedef char pure_is_shorter[PURE_ALLOW_AT < PROGRAM ? 1 : -1];

/* x86-64 has a second set of numbers from here on; no other has any. */
#define FOREIGN_FROM 0x40000000U

struct program {
	struct sock_filter code[PROGRAM];
	unsigned short used;
};

static void
put(struct program *program, unsigned int code, uint32_t operand)
{
	const struct sock_filter statement = { (uint16_t)code, 0, 0, operand };

	program->code[program->used++] = statement;
}

/* Compare, and go to one place or the other. */
static void
put_jump(struct program *program, unsigned int test, uint32_t operand,
    unsigned int true_at, unsigned int false_at)
{
	unsigned int next = program->used + 1U;

	put(program, BPF_JMP | BPF_K | test, operand);
	program->code[next - 1].jt = (uint8_t)(true_at - next);
	program->code[next - 1].jf = (uint8_t)(false_at - next);
}

static void
put_list(struct program *program, const int *list, size_t count,
    unsigned int found_at)
{
	size_t i;

	for (i = 0; i < count; i++)
		put_jump(program, BPF_JEQ, (uint32_t)list[i], found_at,
		    program->used + 1U);
}

/*
 * The first statement does nothing. But the kernel looks at a new filter once
 * for each system call there is, to see which are always allowed, unless it
 * meets a statement that it cannot foresee: this one. That took 90 us, more
 * than it can ever save a process that makes forty calls behind the filter.
 */
static void
put_front(struct program *program, unsigned int refuse_at)
{
	const unsigned int load = BPF_LD | BPF_W | BPF_ABS;

	program->used = 0;
	put(program, BPF_MISC | BPF_TAX, 0);
	put(program, load, offsetof(struct seccomp_data, arch));
	put_jump(program, BPF_JEQ, COMPAT_AUDIT_ARCH, 3, refuse_at);
	put(program, load, offsetof(struct seccomp_data, nr));
	put_jump(program, BPF_JGE, FOREIGN_FROM, refuse_at, LIST_AT);
}

static void
build(struct program *program, bool is_blind)
{
	const size_t blind = is_blind ? REFUSED_BLIND : 0;
	const unsigned int refuse_at =
	    (unsigned int)(LIST_AT + REFUSED + blind + 1);

	put_front(program, refuse_at);
	put_list(program, refused, REFUSED, refuse_at);
	put_list(program, refused_blind, blind, refuse_at);
	put(program, BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	put(program, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
}

/* Where an argument's lower half lies, of the call's six. */
static uint32_t
argument_at(unsigned int number)
{
	const uint16_t one = 1;
	bool is_little = *(const unsigned char *)&one == 1;

	return (uint32_t)(offsetof(struct seccomp_data, args) + 8UL * number +
	    (is_little ? 0 : 4));
}

/* mmap only for memory of its own, never to read or run a file. */
static void
build_pure(struct program *program)
{
	const unsigned int load = BPF_LD | BPF_W | BPF_ABS;

	put_front(program, PURE_REFUSE_AT);
	put_list(program, computing, COMPUTING, PURE_ALLOW_AT);
	put_jump(program, BPF_JEQ, MAP_CALL, MAP_AT + 1, PURE_REFUSE_AT);
	put(program, load, argument_at(3));
	put_jump(program, BPF_JSET, MAP_ANONYMOUS, MAP_AT + 3, PURE_REFUSE_AT);
	put(program, load, argument_at(2));
	put_jump(program, BPF_JSET, PROT_EXEC, PURE_REFUSE_AT, PURE_ALLOW_AT);
	put(program, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
	put(program, BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
}

static bool
enter(struct program *program)
{
	struct sock_fprog whole;

	whole.len = program->used;
	whole.filter = program->code;
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0L, &whole) == 0;
}

bool
seccomp_enter(bool is_blind)
{
	struct program program;

	if (COMPAT_AUDIT_ARCH == 0)
		return false;
	build(&program, is_blind);
	return enter(&program);
}

bool
seccomp_enter_pure(void)
{
	struct program program;

	if (COMPAT_AUDIT_ARCH == 0)
		return false;
	build_pure(&program);
	return enter(&program);
}

bool
seccomp_is_there(void)
{
	return COMPAT_AUDIT_ARCH != 0 &&
	    prctl(PR_GET_SECCOMP, 0L, 0L, 0L, 0L) != -1;
}
#else
bool
seccomp_is_there(void)
{
	return false; /* not on this system */
}

bool
seccomp_enter_pure(void)
{
	return false; /* not on this system */
}

bool
seccomp_enter(bool is_blind)
{
	(void)is_blind;
	return false; /* not on this system */
}
#endif
