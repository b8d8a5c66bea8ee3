# Everything that mda -n can warn of is provoked here, and said to people and
# to programs alike. A warning without its line here makes the last case fail.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2154
. "$SRCDIR/tests/support/private.sh"
. "$SRCDIR/tests/support/box.sh"

unprivileged()
{
	atf_set require.user unprivileged
}

# says WEIGHT CODE TEXT FILE - "FILE.txt" and "FILE.json" tell of a problem.
says()
{
	sign='! '
	[ "$1" != note ] || sign=
	grep -q -F -e "            $sign$3" "$4.txt" || {
		cat "$4.txt"
		atf_fail "not told to people: $sign$3"
	}
	grep -q -F -e "{\"weight\": \"$1\", \"code\": \"$2\", \"sentence\": \"$3" \
	    "$4.json" || {
		cat "$4.json"
		atf_fail "not told to programs: $1 $2 $3"
	}
	agree "$4"
}

# agree FILE - what people are told follows from what programs are.
agree()
{
	python3 -c '' 2>/dev/null || return 0
	atf_check python3 "$SRCDIR/tests/support/explain_lines.py" \
	    "$1.txt" "$1.json"
}

# is_told WEIGHT CODE TEXT OPTION ... - by mda -n of these, run as $run, which
# expects what the weight says of the exit status.
is_told()
{
	weight=$1 code=$2 text=$3
	shift 3
	wanted=0
	[ "$weight" != failure ] || wanted=75
	# shellcheck disable=SC2086 # words
	atf_check -s "exit:$wanted" -o save:plan.txt ${run-} "${mda-$MDA}" \
	    -n ${quiet--o log=none} "$@"
	# shellcheck disable=SC2086
	atf_check -s "exit:$wanted" -o save:plan.json ${run-} "${mda-$MDA}" \
	    --json ${quiet--o log=none} "$@"
	says "$weight" "$code" "$text" plan
}

# is_not_told CODE - in what was printed last.
is_not_told()
{
	if grep -F -e "\"code\": \"$1\"" plan.json; then
		atf_fail "$1 is told"
	fi
}

# with_calls WORD ... - sets run: each system call answers as strace is told.
with_calls()
{
	not_sanitized
	run='strace -f -o trace'
	for word do
		run="$run -e inject=$word"
	done
	$run true 2>why || atf_skip "strace: $(cat why)"
}

needs_strace()
{
	atf_set require.progs 'strace python3'
}

# with_fault WORDS - sets mda: a call of a delivery fails.
with_fault()
{
	mda=$MDA_FAULT_BIN
	MDA_FAULT=$1
	export MDA_FAULT
}

# ---- The way ----------------------------------------------------------------

atf_test_case way__each_fault__told
way__each_fault__told_head() { unprivileged; }
way__each_fault__told_body()
{
	make_box box
	mkdir locked
	chmod 0 locked
	is_told failure not-searchable 'locked is not searchable by uid' \
	    -m locked/in/
	chmod 700 locked
	chmod 300 box
	is_told failure not-readable 'box is not readable and searchable' -m box/
	chmod 700 box
	chmod 500 box/tmp
	is_told failure not-writable 'box/tmp is not readable and writable' \
	    -m box/
	chmod 700 box/tmp
	chmod 500 locked
	is_told failure not-writable 'nothing can be created in locked by' \
	    -m locked/in/
	chmod 700 locked
	: >file
	is_told failure not-a-folder 'file is not a folder' -m file/box/
	mv box/new box/old
	ln -s old box/new
	is_told failure symbolic-link 'box/new is a symbolic link' -m box/
	is_told failure parent-missing 'none must exist: it is never created' \
	    -m none/box/
	long=$(printf '%0300d' 0)
	is_told failure not-examined "$long cannot be examined by uid" \
	    -m "$long/box/"
}

# What root's deliveries are refused for: an end, not a warning.
atf_test_case home__each_fault__told_to_root
home__each_fault__told_to_root_head()
{
	atf_set require.user root
}
home__each_fault__told_to_root_body()
{
	private_start
	same 0 -c settings -d alice
	atf_check -o match:'^account     uid 4711, gid 4712, ' cat plan.txt
	chmod 770 home/alice
	same 75 -c settings -d alice
	atf_check -o match:'"step": "home-mode"' cat plan.json
	same 0 -c settings -d alice -o home_check=no
	chmod 700 home/alice
	chown bob home/alice
	same 75 -c settings -d alice
	atf_check -o match:'"step": "home-owner"' cat plan.json
	rm -r home/alice
	same 75 -c settings -d alice
	atf_check -o match:'"step": "home-missing"' cat plan.json
	ln -s bob home/alice
	same 75 -c settings -d alice
	atf_check -o match:'"step": "home-' cat plan.json
}

# ---- Storage ----------------------------------------------------------------

# on_mount OPTIONS COMMAND - with a tmpfs on "here", in a name space of its own.
on_mount()
{
	private='unshare -m'
	[ "$(id -u)" -eq 0 ] || private='unshare -rm'
	mkdir -p here
	$private mount -t tmpfs -o "$1" none here 2>why ||
	    atf_skip "no file system of our own: $(cat why)"
	# shellcheck disable=SC2016 # for the shell inside
	$private sh -c 'mount -t tmpfs -o "$1" none here && eval "$2"' \
	    sh "$1" "$2" || atf_fail "status $?"
}

needs_mount()
{
	atf_set require.progs 'unshare mount'
}

# shellcheck disable=SC2016 # for the shell inside
both='for form in txt json; do
	option=-n
	[ $form = txt ] || option=--json
	"$MDA" $option -o log=none -o root_mail=yes -m $box >plan.$form || exit
done'

atf_test_case storage__little_left__told
storage__little_left__told_head() { needs_mount; }
storage__little_left__told_body()
{
	on_mount mode=700,nr_inodes=4 \
	    "touch here/1 here/2 here/3; box=here/box/; $both"
	says warning in-memory 'it lives in memory' plan
	says warning no-inodes 'no more files can be created there' plan
	is_not_told no-space
	on_mount mode=700,size=64k \
	    "dd if=/dev/zero of=here/f bs=1024 2>/dev/null; box=here/box/; $both"
	says warning no-space 'the disk is full: no message will find room' plan
	is_not_told no-inodes
	on_mount mode=700 "mkdir here/box; mount -o remount,bind,ro here
		box=here/box/ mda_n=; for form in txt json; do
		option=-n; [ \$form = txt ] || option=--json
		\"\$MDA\" \$option -o log=none -o root_mail=yes -m here/new/ \
		    >plan.\$form; [ \$? -eq 75 ] || exit 1; done"
	says failure read-only 'here lies on a file system that is mounted' plan
}

# What a mount's kind and options are remarked with: word, weight, code, text.
remarks()
{
	cat <<-'END'
		option nobarrier warning no-barrier mounted with nobarrier: what
		option barrier=0 warning no-barrier mounted with barrier=0: what
		option fsync_mode=nobarrier warning no-barrier mounted with fsync_mode=nobarrier: what
		option volatile warning volatile-overlay mounted with volatile: an fsync
		option fsync=volatile warning volatile-overlay mounted with fsync=volatile: an
		option async warning async-mount mounted with async: the names
		option nolock warning local-locks mounted with nolock: other hosts
		option local_lock=all warning local-locks mounted with local_lock=all: other
		option local_lock=posix warning local-locks mounted with local_lock=posix: other
		option local_lock=flock warning local-locks mounted with local_lock=flock: other
		option soft warning soft-mount mounted with soft: when the server
		kind tmpfs warning in-memory it lives in memory: nothing
		kind ramfs warning in-memory it lives in memory: nothing
		kind nfs note nfs-export an NFS server that exports async
		kind nfs4 note nfs-export an NFS server that exports async
		kind fuse note fuse a program serves it (FUSE): whether
		kind fuse.sshfs note fuse a program serves it (FUSE): whether
		kind fuseblk note fuse a program serves it (FUSE): whether
		kind fusefs note fuse a program serves it (FUSE): whether
		kind overlay warning overlay it is an overlay, as in a container
		kind 9p note shared-by-host the host of this virtual machine
		kind virtiofs note shared-by-host the host of this virtual machine
		kind zfs note zfs-sync a dataset with sync=disabled cannot
	END
}

# with_mounts COMMAND - where proc(5) tells what lies in "proc".
with_mounts()
{
	private='unshare -m'
	[ "$(id -u)" -eq 0 ] || private='unshare -rm'
	$private mount --bind proc /proc 2>why ||
	    atf_skip "no /proc of our own: $(cat why)"
	# shellcheck disable=SC2016 # for the shell inside
	$private sh -c 'mount --bind proc /proc && eval "$1"' sh "$1" ||
	    atf_fail "status $?"
}

# make_proc KIND OPTIONS - all descriptors lie on that mount.
make_proc()
{
	mkdir -p proc/self/fdinfo
	for fd in 3 4 5 6 7 8 9 10 11 12 13 14 15; do
		printf 'pos:\t0\nmnt_id:\t77\n' >"proc/self/fdinfo/$fd"
	done
	echo "77 1 0:9 / /srv/mail rw,noatime shared:1 - $1 server:/x rw,$2" \
	    >proc/self/mountinfo
}

# shellcheck disable=SC2154 # read
check_remark()
{
	kind=ext4
	options=data=ordered
	if [ "$what" = kind ]; then kind=$word; else options=$word; fi
	make_proc "$kind" "$options"
	with_mounts "box=box/; $both"
	says "$weight" "$code" "$text" plan
	grep -q '^mount       server:/x on /srv/mail (rw,noatime,rw,' plan.txt ||
	    atf_fail 'another mount was looked at'
	atf_check -o inline:'1\n' grep -c '"weight"' plan.json
}

atf_test_case mount__each_kind_and_option__its_remark_alone
mount__each_kind_and_option__its_remark_alone_head() { needs_mount; }
mount__each_kind_and_option__its_remark_alone_body()
{
	not_sanitized
	built_with STATFS_TYPE
	printf 'sandbox = off\n' >.mda.conf
	make_box box
	remarks >list
	while read -r what word weight code text; do
		check_remark
	done <list
	make_proc ext4 data=ordered,softer,nobarriers,xasync
	with_mounts "box=box/; $both"
	atf_check -s exit:1 -o empty grep '"weight"' plan.json
}

# Rows of mda/storage_report.c that have no line above.
atf_test_case mount__each_row_of_the_table__has_its_line
mount__each_row_of_the_table__has_its_line_body()
{
	sed -n 's/^	{ "\(.*\)", TELL_\(.*\), "\(.*\)",$/\1 \2 \3/p' \
	    "$SRCDIR/mda/storage_report.c" | tr '[:upper:]' '[:lower:]' |
	    sort >table
	atf_check -o inline:'22\n' grep -c . table
	remarks | awk '$2 != "fuse.sshfs" { print $2, $3, $4 }' | sort >here
	atf_check diff table here
}

atf_test_case folder_sync__refused__told
folder_sync__refused__told_body()
{
	make_box box
	with_fault fsync:1:EINVAL
	is_told warning folder-sync 'a folder cannot be synced: the name' \
	    -o folder_sync=if-supported -m box/
	is_told failure folder-sync 'a folder cannot be synced: Invalid' -m box/
	with_fault fsync:1:EIO
	is_told failure folder-sync 'a folder cannot be synced: ' -m box/
}

# quota BYTES SOFT HARD FILES SOFT HARD - struct dqblk in hexadecimal digits.
quota()
{
	python3 -c '
import struct, sys
used, soft, hard, files, files_soft, files_hard = map(int, sys.argv[1:])
print(struct.pack("=QQQQQQ", hard // 1024, soft // 1024, used, files_hard,
    files_soft, files).hex())' "$@"
}

atf_test_case quota__in_force__told
quota__in_force__told_head() { needs_strace; }
quota__in_force__told_body()
{
	built_with QUOTACTL
	make_box box
	call=quotactl_fd:retval=0:poke_exit=@arg4
	with_calls "$call=$(quota 3145728 41943040 52428800 12 0 1000)"
	# shellcheck disable=SC2086 # words
	atf_check -o save:plan.txt $run "$MDA" -n -o log=none -m box/
	grep -q quotactl_fd trace || atf_skip 'no quotactl_fd(2) here'
	for line in 'quota       MiB used: 3, of at most 40' \
	    '            files used: 12, of at most 1000'; do
		atf_check -o ignore grep -x -e "$line" plan.txt
	done
	# shellcheck disable=SC2086 # words
	atf_check -o save:plan.json $run "$MDA" --json -o log=none -m box/
	atf_check -o inline:'    "quota": {"bytes": {"used": 3145728, "soft": 41943040, "hard": 52428800}, "files": {"used": 12, "soft": 0, "hard": 1000}}\n' \
	    grep '"quota"' plan.json
	is_not_told quota-used-up
	for full in '1048576 0 1048576 1 0 0' '1 0 0 7 0 7'; do
		# shellcheck disable=SC2086 # words
		with_calls "$call=$(quota $full)"
		is_told warning quota-used-up 'the disk quota is used up: no' \
		    -m box/
	done
}

atf_test_case quota__not_told__free_space_alone
quota__not_told__free_space_alone_body()
{
	make_box box
	with_calls quotactl_fd:error=ENOSYS quotactl:error=EPERM
	# shellcheck disable=SC2086 # words
	atf_check -o save:plan.json $run "$MDA" --json -o log=none -m box/
	atf_check -o match:'"free_bytes": [0-9]' -o match:'"quota": null' \
	    cat plan.json
}
quota__not_told__free_space_alone_head() { needs_strace; }

# ---- The mbox ---------------------------------------------------------------

atf_test_case mbox__locked__told
mbox__locked__told_body()
{
	: >mail
	: >mail.lock
	is_told warning dotlock-there 'mail.lock is there now: a delivery would' \
	    -m mbox:mail
}

# tear - a torn message at the end of "mail", and its journal.
tear()
{
	make_message message
	MDA_TRACE=calls "$MDA_FAULT_BIN" -o log=none -m mbox:try <message
	number=$(awk '$2 == "write" { n = $1 } END { print n }' calls)
	MDA_KILL=$number:after "$MDA_FAULT_BIN" -o log=none -m mbox:mail \
	    <message 2>/dev/null &
	wait_for "$!"
	atf_check_equal 137 "$status"
	rm -f mail.lock
	dd if=mail of=torn bs=1 count=40 2>/dev/null
	cat torn >mail
}

# The number that statfs(2) has for FUSE, as the processor keeps it.
fuse_number()
{
	python3 -c 'import struct; print(struct.pack("=L", 0x65735546).hex())'
}

atf_test_case mbox__torn_on_fuse__stays
mbox__torn_on_fuse__stays_head() { needs_strace; }
mbox__torn_on_fuse__stays_body()
{
	built_with STATFS_TYPE
	not_for i386 # its call is another
	tear
	atf_check -o save:plan.txt "$MDA" -n -o log=none -m mbox:mail
	atf_check -o save:plan.json "$MDA" --json -o log=none -m mbox:mail
	agree plan
	atf_check -o match:'at 0 a torn message of 40 bytes: would be cut off' \
	    -o match:' 5\. .* reaches the disk, or cut back$' cat plan.txt
	with_calls "fstatfs:poke_exit=@arg2=$(fuse_number)"
	is_told failure mbox-fuse 'mail lies on a FUSE file system, where an mbox is not' -m mbox:mail
	# shellcheck disable=SC2086 # words
	atf_check -o save:plan.txt $run "$MDA" -n -o log=none \
	    -o mbox_on_fuse=yes -m mbox:mail
	atf_check -o match:'at 0 a torn message: it stays, because nothing' \
	    -o match:' 5\. .* reaches the disk; nothing is cut back on FUSE$' \
	    -o not-match:'would be cut off' cat plan.txt
	# shellcheck disable=SC2086
	atf_check -o save:plan.json $run "$MDA" --json -o log=none \
	    -o mbox_on_fuse=yes -m mbox:mail
	atf_check -o match:'"is_cut": false' cat plan.json
	agree plan
}

# ---- Sandbox, scripts, log --------------------------------------------------

needs_sandbox()
{
	built_with LANDLOCK
	built_with SECCOMP
	"$MDA" --json -o log=none -m box/ |
	    grep -q '"given": "landlock+seccomp"' || atf_skip 'less of a sandbox'
}

# shows LINE ... - each stands in plan.txt, whole, as a pattern.
shows()
{
	for line do
		grep -q -x -e "$line" plan.txt || {
			cat plan.txt
			atf_fail "not told: $line"
		}
	done
}

atf_test_case sandbox__whole__what_the_kernel_has
sandbox__whole__what_the_kernel_has_body()
{
	needs_sandbox
	for box in box/ mbox:mail; do
		for setting in on require off; do
			set -- -o "sandbox=$setting" -o log=none -m "$box"
			atf_check -o save:plan.txt "$MDA" -n "$@"
			given='landlock\+seccomp'
			[ $setting != off ] || given=none
			shows "sandbox     .* (sandbox = $setting)" \
			    '            the kernel has no_new_privs, landlock [2-9][0-9]*, seccomp'
			[ $setting = require ] ||
			    shows '            sandbox = require would deliver as well'
			atf_check -o save:plan.json "$MDA" --json "$@"
			atf_check -o match:"\"setting\": \"$setting\"" \
			    -o match:"\"given\": \"$given\"" \
			    -o match:'"require_delivers": true' \
			    -o match:'"kernel": .*"landlock": [2-9]' \
			    cat plan.json
			agree plan
		done
	done
}

# Each as the delivery itself, which sandbox_test provokes in the same way.
atf_test_case sandbox__kernel_has_less__told
sandbox__kernel_has_less__told_head() { needs_strace; }
sandbox__kernel_has_less__told_body()
{
	needs_sandbox
	make_box box
	less='the kernel gives less of a sandbox than mda knows to use'
	with_calls landlock_create_ruleset:error=ENOSYS
	is_told warning less-sandbox "$less" -m box/
	shows 'sandbox     seccomp (sandbox = on)' \
	    '            the kernel has no_new_privs, seccomp' \
	    '            sandbox = require would deliver nothing'
	is_told failure sandbox \
	    'this system cannot give the sandbox that is required (it has: seccomp)' \
	    -o sandbox=require -m box/
	shows 'problem     4\.3\.5 this system .*' 'exit        75'
	with_calls landlock_create_ruleset:retval=1
	is_told warning less-sandbox "$less" -m box/
	shows 'sandbox     seccomp (sandbox = on)' \
	    '            the kernel has no_new_privs, landlock, seccomp'
	with_calls seccomp:error=EINVAL
	is_told warning less-sandbox "$less" -m box/
	shows 'sandbox     landlock (sandbox = on)'
	with_calls prctl:error=EINVAL landlock_create_ruleset:error=ENOSYS
	is_told warning less-sandbox "$less" -m box/
	shows 'sandbox     none (sandbox = on)' \
	    '            the kernel has none that mda knows to use'
	# shellcheck disable=SC2086 # words
	atf_check -o save:plan.json $run "$MDA" --json -o log=none \
	    -o sandbox=off -m box/
	is_not_told less-sandbox
}

# The other failures of a way do not hide the first that a delivery meets.
atf_test_case sandbox__required_and_no_folder__sandbox_first
sandbox__required_and_no_folder__sandbox_first_head() { needs_strace; }
sandbox__required_and_no_folder__sandbox_first_body()
{
	needs_sandbox
	with_calls landlock_create_ruleset:error=ENOSYS
	is_told failure parent-missing 'none must exist' -o sandbox=require \
	    -m none/box/
	atf_check -o match:'"step": "sandbox"' cat plan.json
	make_message message
	# shellcheck disable=SC2086 # words
	atf_check -s exit:75 -e match:'^4\.3\.5 this system' $run "$MDA" \
	    -o log=none -o sandbox=require -m none/box/ <message
}

atf_test_case sandbox__no_process__not_tried
sandbox__no_process__not_tried_head() { needs_strace; }
sandbox__no_process__not_tried_body()
{
	make_box box
	with_calls '?fork,?clone,?clone3:error=EAGAIN'
	is_told note sandbox-untried 'the sandbox could not be tried: ' -m box/
}

atf_test_case scripts__each_fault__told
scripts__each_fault__told_body()
{
	make_box box
	printf 'keep;\n' >.mda.sieve
	is_told warning sendmail '/nowhere/sendmail cannot be run: scripts send' \
	    -o sendmail_path=/nowhere/sendmail -m box/
	is_told note mbox-folders 'an mbox has no folders: what scripts file' \
	    -o sendmail_path=/bin/sh -m mbox:mail
	is_not_told sendmail
	echo 'keep' >.mda.sieve
	is_told warning sieve-error "$HOME/.mda.sieve:2:1: " -m box/
	chmod 666 .mda.sieve
	is_told warning sieve-script 'others may write the script ' -m box/
}

atf_test_case log__nobody_reads_it__told
log__nobody_reads_it__told_head() { needs_strace; }
log__nobody_reads_it__told_body()
{
	make_box box
	is_told warning log-file 'the log file cannot be written: No such file' \
	    -o "log_file=$HOME/none/log" -m box/
	quiet=
	with_calls connect:error=ECONNREFUSED
	is_told warning no-syslog 'no daemon listens for the system log: lines' \
	    -m box/
}

# ---- Where nothing is wrong -------------------------------------------------

# same STATUS OPTION ... - people are told what programs are.
same()
{
	wanted=$1
	shift
	atf_check -s "exit:$wanted" -o save:plan.txt "$MDA" -n "$@"
	atf_check -s "exit:$wanted" -o save:plan.json "$MDA" --json "$@"
	agree plan
}

atf_test_case lines__of_any_plan__follow_from_the_json
lines__of_any_plan__follow_from_the_json_head()
{
	atf_set require.progs python3
}
lines__of_any_plan__follow_from_the_json_body()
{
	make_box Maildir
	same 0
	same 0 -m new/ -f from@a -a al+lists@b -q 4A7F -o log=none
	same 0 -m +Lists -o "log_file=$HOME/log"
	same 0 -e Lists -o detail_folder=if-exists
	same 75 -m +Lists -o create=no
	printf 'log = none\n' >settings
	ln -s Maildir link
	same 0 -c settings -m link/
	same 0 -m mbox:mail
	same 0 -m mbox:mail -o mbox_journal=off -o locks=fcntl
	make_message message
	atf_check "$MDA" -o log=none -m mbox:mail <message
	same 0 -m mbox:mail
	tear
	same 0 -m mbox:mail
	printf 'keep;\n' >.mda.sieve
	same 0 -o sendmail_path=/bin/sh
	same 67 -d no-such-user-here
	same 64 -m
	same 78 -o deadline=never
	sed 's/^exit .*/exit        99/' plan.txt >other
	atf_check -o inline:'exit        99\n' python3 \
	    "$SRCDIR/tests/support/explain_lines.py" other plan.json
}

# ---- All of them ------------------------------------------------------------

atf_test_case codes__of_the_sources__each_provoked_here
codes__of_the_sources__each_provoked_here_body()
{
	cat "$SRCDIR"/mda/*.c | tr '\n\t' '  ' |
	    grep -o 'TELL_[A-Z]*, *"[a-z0-9-]*"' |
	    sed 's/TELL_\(.*\), *"\(.*\)"/\1 \2/' | tr '[:upper:]' '[:lower:]' |
	    sort -u >sources
	atf_check -o ignore grep -x 'warning in-memory' sources
	{
		remarks | awk '{ print $3, $4 }'
		sed -n 's/^	*\(is_told\|says\) \([a-z]* [a-z-]*\) .*/\2/p' \
		    "$SRCDIR/tests/mda/explain_warnings_test.sh"
	} | sort -u >here
	# These have the name of a step of the mbox.
	atf_check -o inline:'failure mbox-fuse\n' comm -13 sources here
	atf_check -o empty comm -23 sources here
}

atf_init_test_cases()
{
	atf_add_test_case way__each_fault__told
	atf_add_test_case home__each_fault__told_to_root
	atf_add_test_case storage__little_left__told
	atf_add_test_case mount__each_kind_and_option__its_remark_alone
	atf_add_test_case mount__each_row_of_the_table__has_its_line
	atf_add_test_case folder_sync__refused__told
	atf_add_test_case quota__in_force__told
	atf_add_test_case quota__not_told__free_space_alone
	atf_add_test_case mbox__locked__told
	atf_add_test_case mbox__torn_on_fuse__stays
	atf_add_test_case sandbox__whole__what_the_kernel_has
	atf_add_test_case sandbox__kernel_has_less__told
	atf_add_test_case sandbox__required_and_no_folder__sandbox_first
	atf_add_test_case sandbox__no_process__not_tried
	atf_add_test_case scripts__each_fault__told
	atf_add_test_case log__nobody_reads_it__told
	atf_add_test_case lines__of_any_plan__follow_from_the_json
	atf_add_test_case codes__of_the_sources__each_provoked_here
}
