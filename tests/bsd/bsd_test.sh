# What OpenBSD and FreeBSD are asked for, by a program that is put together of
# their parts of the source and of recorder.c, which has these systems' calls
# say in a trace what they were asked.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2154
. "$SRCDIR/tests/support/box.sh"

needs_strace()
{
	atf_set require.progs strace
}

# on SYSTEM - sets mda to the program for it.
on()
{
	mda=$BUILDDIR/tests/bsd/mda-$1
	[ -x "$mda" ] || atf_skip 'built where these calls could be real'
	not_sanitized
	strace -o trace true 2>why || atf_skip "strace: $(cat why)"
}

# delivers STATUS OPTION ... - "message", with the trace in "calls": one line
# for each call from the first that was recorded on, and "all" from the start.
delivers()
{
	wanted=$1
	shift
	[ -f message ] || make_message message
	status=0
	strace -o trace "$mda" -o log=none -o "log_file=$HOME/log" "$@" \
	    <message 2>said || status=$?
	[ "$status" -eq "$wanted" ] || {
		cat said
		atf_fail "status $status"
	}
	sed 's/^[0-9]* *//' trace >all
	sed -n '/"\/bsd\//,$p' all >calls
	said
}

# said - leaves in "asked" what was asked, in order.
said()
{
	sed -n 's/.*"\/bsd\/\(.*\)", F_OK.*/\1/p' all >asked
}

# behind PATTERN - leaves in "behind" all that came after the call that fits.
behind()
{
	awk -v pattern="$1" '
	seen && !/^[+-]|"\/bsd\// { print }
	index($0, "\"/bsd/" pattern) { seen = 1 }' all >behind
	[ -s behind ] || atf_fail "nothing behind $1"
}

# before_the_message - all that was asked was asked before it was read.
before_the_message()
{
	awk '
	/"\/bsd\// && reading { print "asked too late: " $0; exit 1 }
	/^read\(0,/ { reading = 1 }
	END { exit !reading }' all || atf_fail 'not before the message'
}

# no_path - what is "behind" goes by descriptors alone.
no_path()
{
	grep -v -E '^(p?(read|write)(v|64)?|getrandom)\(' behind >calls
	atf_check -s exit:1 -o empty \
	    grep -E 'AT_FDCWD|^[a-z0-9_]*\("|, "/' calls
}

storing='stdio rpath wpath cpath flock fattr proc error'

atf_test_case openbsd__maildir__unveils_it_alone_then_pledges
openbsd__maildir__unveils_it_alone_then_pledges_head() { needs_strace; }
openbsd__maildir__unveils_it_alone_then_pledges_body()
{
	on openbsd
	make_box box
	delivers 0 -m box/ -o sandbox=require
	expect_only box message
	atf_check -o inline:"unveil(box, rwc)\npledge($storing)\n" cat asked
	before_the_message
	delivers 0 -m new/ -o sandbox=require
	atf_check -o inline:"unveil(new, rwc)\npledge($storing)\n" cat asked
}

# What scripts remember and file into is unveiled as well; the process that
# runs them has been left nothing but to compute.
atf_test_case openbsd__scripts__their_folders_and_a_pure_process
openbsd__scripts__their_folders_and_a_pure_process_head() { needs_strace; }
openbsd__scripts__their_folders_and_a_pure_process_body()
{
	on openbsd
	make_box box
	printf 'require "fileinto";\nfileinto "Lists";\n' >.mda.sieve
	make_message message
	strace -f -o trace "$mda" -o log=none -o sandbox=require -m box/ \
	    <message || atf_fail "status $?"
	sed 's/^[0-9]* *//' trace >all
	said
	sort asked >sorted
	sort >wanted <<-END
		pledge($storing)
		pledge(stdio error)
		unveil(box, rwc)
		unveil(box, rwc)
	END
	atf_check diff wanted sorted
}

# Names of calls that a list of promises allows, by pledge(2). The right ones
# of those that only this system makes stand with what they do: newfstatat and
# statx are fstatat, 32 bits put 64 behind some, flock(2) is not asked for a
# folder.
promised()
{
	cat <<-'END'
		alarm brk clock_gettime close dup dup2 exit_group fcntl fdatasync
		fstat fstatfs fsync ftruncate getdents64 geteuid getpid getppid
		getrandom getuid lseek mmap mprotect munmap pread64 pwrite64
		pwritev read readv rt_sigaction rt_sigprocmask rt_sigreturn
		setitimer sync_file_range umask write writev
		access faccessat faccessat2 newfstatat openat readlink readlinkat
		stat lstat fadvise64 link linkat mkdirat renameat renameat2
		unlink unlinkat
		_llseek fcntl64 fstat64 fstatat64 fstatfs64 ftruncate64 mmap2
		statx clock_gettime64 futex_time64 utimensat_time64
		flock utimensat kill clock_nanosleep nanosleep futex uname
	END
}

# within_promises - "behind" has no call that these would end.
within_promises()
{
	promised | tr -s '[:space:]' '[\n*]' | sort -u >allowed
	sed -n 's/^\([a-z0-9_]*\)(.*/\1/p' behind | sort -u >made
	atf_check -o empty comm -13 allowed made
}

atf_test_case openbsd__behind_pledge__only_what_was_promised
openbsd__behind_pledge__only_what_was_promised_head() { needs_strace; }
openbsd__behind_pledge__only_what_was_promised_body()
{
	on openbsd
	make_box box
	for where in box/ mbox:mail; do
		delivers 0 -m "$where"
		behind pledge
		within_promises
	done
	make_message long
	awk 'BEGIN { while (i++ < 9000) print i, "a line" }' >>long
	mv long message
	for where in box/ mbox:mail; do
		delivers 0 -o spool_memory=4096 -m "$where"
		behind pledge
		within_promises
	done
}

# Unveiled is the mailbox alone: what is opened later must lie there.
atf_test_case openbsd__behind_unveil__no_path_elsewhere
openbsd__behind_unveil__no_path_elsewhere_head() { needs_strace; }
openbsd__behind_unveil__no_path_elsewhere_body()
{
	on openbsd
	make_box box
	delivers 0 -m box/
	behind pledge
	no_path
}

# Without the folders above in sight, a climb would have nothing to sync.
atf_test_case openbsd__mbox__pledges_alone
openbsd__mbox__pledges_alone_head() { needs_strace; }
openbsd__mbox__pledges_alone_body()
{
	on openbsd
	delivers 0 -m mbox:mail
	atf_check -o inline:"pledge($storing)\n" cat asked
	before_the_message
	atf_check -o match:' sandbox=pledge( |$)' cat log
	delivers 75 -m mbox:mail -o sandbox=require
	atf_check -o match:'^4\.3\.5 .* \(it has: pledge\)' cat said
}

atf_test_case openbsd__a_call_fails__state_says_so
openbsd__a_call_fails__state_says_so_head() { needs_strace; }
openbsd__a_call_fails__state_says_so_body()
{
	on openbsd
	make_box box
	for pair in pledge:unveil unveil:pledge; do
		MDA_BSD_FAULT=${pair%:*}
		export MDA_BSD_FAULT
		delivers 0 -m box/
		atf_check -o match:" sandbox=${pair#*:}( |\$)" tail -n 1 log
		delivers 75 -m box/ -o sandbox=require
	done
	expect_count 2 box/new
}

atf_test_case openbsd__off__asks_for_nothing
openbsd__off__asks_for_nothing_head() { needs_strace; }
openbsd__off__asks_for_nothing_body()
{
	on openbsd
	make_box box
	delivers 0 -m box/ -o sandbox=off
	atf_check -o empty cat asked
}

atf_test_case freebsd__maildir__enters_once_all_is_open
freebsd__maildir__enters_once_all_is_open_head() { needs_strace; }
freebsd__maildir__enters_once_all_is_open_body()
{
	on freebsd
	make_box box
	delivers 0 -m box/ -o sandbox=require
	expect_only box message
	atf_check -o inline:'cap_enter()\n' cat asked
	before_the_message
	# Nothing goes by a path, upward, or to another process.
	behind cap_enter
	no_path
	atf_check -s exit:1 -o empty grep -E '"\.\.[/"]|^kill' behind
	atf_check -o ignore grep '^linkat' behind
	atf_check -o match:'^status=delivered ' -o not-match:'sandbox=' cat log
}

# A folder that is missing is made before.
atf_test_case freebsd__maildir_and_folder_missing__made_before
freebsd__maildir_and_folder_missing__made_before_head() { needs_strace; }
freebsd__maildir_and_folder_missing__made_before_body()
{
	on freebsd
	delivers 0 -m +Lists -o sandbox=require
	expect_count 1 Maildir/.Lists/new
	behind cap_enter
	atf_check -s exit:1 -o empty grep -E '^mkdir|AT_FDCWD' behind
}

atf_test_case freebsd__mbox_or_scripts__goes_without
freebsd__mbox_or_scripts__goes_without_head() { needs_strace; }
freebsd__mbox_or_scripts__goes_without_body()
{
	on freebsd
	delivers 0 -m mbox:mail
	atf_check -o empty cat asked
	atf_check -o match:' sandbox=none( |$)' cat log
	delivers 75 -m mbox:mail -o sandbox=require
	make_box box
	echo 'keep;' >.mda.sieve
	strace -f -o trace "$mda" -o log=none -o "log_file=$HOME/log" -m box/ \
	    <message || atf_fail "status $?"
	sed 's/^[0-9]* *//' trace >all
	said
	# The process that runs them has nothing to open.
	atf_check -o inline:'cap_enter()\n' cat asked
	atf_check -o match:' sandbox=none( |$)' tail -n 1 log
}

atf_test_case freebsd__kernel_without__delivers_and_says_so
freebsd__kernel_without__delivers_and_says_so_head() { needs_strace; }
freebsd__kernel_without__delivers_and_says_so_body()
{
	on freebsd
	make_box box
	MDA_BSD_FAULT=cap_enter
	export MDA_BSD_FAULT
	delivers 0 -m box/
	atf_check -o match:' sandbox=none( |$)' cat log
	delivers 75 -m box/ -o sandbox=require
}

# explains SYSTEM PATTERN OPTION ... - a line of mda -n fits.
explains()
{
	on "$1"
	pattern=$2
	shift 2
	atf_check -o match:"$pattern" "$mda" -n -o log=none "$@"
}

atf_test_case explain__each_system__what_it_has
explain__each_system__what_it_has_body()
{
	make_box box
	explains openbsd '^sandbox     pledge\+unveil \(sandbox = on\)$' -m box/
	explains openbsd '^            the kernel has pledge, unveil$' -m box/
	explains openbsd '! the kernel gives less of a sandbox' -m mbox:mail
	explains freebsd '^sandbox     capsicum \(sandbox = on\)$' -m box/
	explains freebsd '^            the kernel has capsicum$' -m box/
	explains freebsd '^sandbox     none \(sandbox = on\)$' -m mbox:mail
	MDA_BSD_FAULT=cap_getmode
	export MDA_BSD_FAULT
	explains freebsd 'the kernel has none that mda knows to use$' -m box/
}
explain__each_system__what_it_has_head() { needs_strace; }

atf_test_case explain__mount__kind_and_flags
explain__mount__kind_and_flags_body()
{
	make_box box
	explains openbsd '^mount       /dev/sd0a on /home \(rw\)$' -m box/
	MDA_BSD_MOUNT=async
	export MDA_BSD_FS MDA_BSD_MOUNT
	explains openbsd '^mount       /dev/sd0a on /home \(rw,async\)$' -m box/
	MDA_BSD_MOUNT=ro
	explains openbsd '^mount       /dev/sd0a on /home \(ro\)$' -m box/
	MDA_BSD_FS=nfs
	MDA_BSD_MOUNT=ro,async
	explains freebsd '^mount       /dev/sd0a on /home \(ro,async\)$' -m box/
	explains freebsd '^            ! mounted with async: the names' -m box/
	explains openbsd '^            an NFS server that exports async' -m box/
	MDA_BSD_FS=fusefs
	explains freebsd 'a program serves it \(FUSE\)' -m box/
	atf_check -s exit:75 -o match:'lies on a FUSE file system' "$mda" -n \
	    -o log=none -m mbox:mail
}
explain__mount__kind_and_flags_head() { needs_strace; }

# A part for another system in a source that is not compiled here would rot.
atf_test_case sources__with_foreign_parts__all_compiled
sources__with_foreign_parts__all_compiled_body()
{
	foreign='PLEDGE|UNVEIL|CAP_ENTER|STATFS_FSTYPENAME|STAT_MTIMESPEC'
	foreign="$foreign|RENAMEX_NP|FULL_FSYNC"
	(cd "$SRCDIR" && grep -l -E "^#.*HAVE_($foreign)" ./*/*.c) |
	    sed 's/^\.\///' | sort >sources
	sed -n '/^BSD_SRCS = /,/[^\\]$/p' "$SRCDIR/Makefile.in" |
	    sed -n 's/^	\([a-z_/]*\.c\).*/\1/p' | sort >list
	atf_check -o file:list cat sources
	grep -h -o -E \
	    'pledge|unveil|cap_enter|statfs_fstypename|stat_mtimespec|renamex_np|full_fsync' \
	    "$SRCDIR/configure" |
	    tr '[:lower:]' '[:upper:]' | sort -u >probes
	echo "$foreign" | tr '|' '\n' | sort >known
	atf_check diff known probes
	for system in openbsd freebsd macos; do
		while IFS= read -r source; do
			object=$(basename "$source" .c).o
			[ ! -e "$BUILDDIR/tests/bsd/objects" ] ||
			    [ -f "$BUILDDIR/tests/bsd/$system/$object" ] ||
			    atf_fail "$system: $object"
		done <list
	done
}

atf_init_test_cases()
{
	atf_add_test_case openbsd__maildir__unveils_it_alone_then_pledges
	atf_add_test_case openbsd__scripts__their_folders_and_a_pure_process
	atf_add_test_case openbsd__behind_pledge__only_what_was_promised
	atf_add_test_case openbsd__behind_unveil__no_path_elsewhere
	atf_add_test_case openbsd__mbox__pledges_alone
	atf_add_test_case openbsd__a_call_fails__state_says_so
	atf_add_test_case openbsd__off__asks_for_nothing
	atf_add_test_case freebsd__maildir__enters_once_all_is_open
	atf_add_test_case freebsd__maildir_and_folder_missing__made_before
	atf_add_test_case freebsd__mbox_or_scripts__goes_without
	atf_add_test_case freebsd__kernel_without__delivers_and_says_so
	atf_add_test_case explain__each_system__what_it_has
	atf_add_test_case explain__mount__kind_and_flags
	atf_add_test_case sources__with_foreign_parts__all_compiled
}
