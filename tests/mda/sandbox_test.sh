# The sandbox: every delivery works behind it, and nothing else does.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2154
. "$SRCDIR/tests/support/box.sh"

# The ones that ask for it skip where it is not built in.
needs_sandbox()
{
	for answer in LANDLOCK SECCOMP PRCTL_NO_NEW_PRIVS; do
		grep -q "HAVE_$answer 1" "$BUILDDIR/config.h" ||
		    atf_skip "no $answer"
	done
}

needs_strace()
{
	atf_set require.progs strace
}

# confined OPTION ... - deliver "message" behind the whole sandbox, or fail.
confined()
{
	needs_sandbox
	rm -f log
	atf_check "$MDA" -o log=none -o "log_file=$HOME/log" \
	    -o sandbox=require "$@" <message
}

# has PATTERN ... - the log line matches each of them.
has()
{
	for pattern do
		atf_check -o ignore -e empty grep -e "$pattern" log
	done
}

has_no()
{
	for pattern do
		atf_check -s exit:1 grep -e "$pattern" log
	done
}

# make_long FILE - a message that is not whole in 4096 bytes of memory.
make_long()
{
	make_message "$1"
	awk 'BEGIN { for (i = 0; i < 9000; i++) print i, "a line" }' >>"$1"
}

# expect_mail NUMBER MBOX - so many messages stand there.
expect_mail()
{
	atf_check -o inline:"$1\n" grep -c '^From ' "$2"
}

atf_test_case maildir__required__delivered
maildir__required__delivered_body()
{
	make_message message
	confined -m box/
	expect_only box message
	confined -m box/
	expect_count 2 box/new
}

atf_test_case maildir__long_message__delivered
maildir__long_message__delivered_body()
{
	make_long message
	confined -o spool_memory=4096 -m box/
	expect_only box message
}

atf_test_case maildir__relative_and_linked__delivered
maildir__relative_and_linked__delivered_body()
{
	make_message message
	make_box box
	ln -s box link
	confined -m maildir:./link
	expect_only box message
}

atf_test_case folder__required__delivered
folder__required__delivered_body()
{
	make_message message
	confined -o mailbox=maildir:%h/box -m +Lists.bugs
	expect_only box/.Lists.bugs message
}

atf_test_case detail__folder_missing__mailbox_itself
detail__folder_missing__mailbox_itself_body()
{
	make_message message
	confined -o mailbox=maildir:%h/box -o detail_folder=if-exists -e bugs
	expect_only box message
}

atf_test_case witness__required__adopted
witness__required__adopted_body()
{
	make_message message
	confined -m box/
	expect_count 1 box/new
	name=${file##*/}
	ln "$file" "box/tmp/${name%,S=*}"
	confined -m box/
	has ' witness='
	expect_only box message
}

atf_test_case mbox__required__delivered
mbox__required__delivered_body()
{
	make_message message
	confined -m mbox:mail
	expect_mail 1 mail
	atf_check test -s .mail.mda
	make_message other
	mv other message
	confined -m mbox:mail
	expect_mail 2 mail
	atf_check test ! -e mail.lock
}

atf_test_case mbox__all_locks_and_formats__delivered
mbox__all_locks_and_formats__delivered_body()
{
	make_long message
	for format in mboxrd mboxo mboxcl2; do
		confined -o "mbox_format=$format" -o spool_memory=4096 \
		    -o 'locks=dotlock fcntl flock' -m "mbox:$format"
		expect_mail 1 "$format"
	done
}

atf_test_case mbox__witness__adopted
mbox__witness__adopted_body()
{
	needs_sandbox
	make_message message
	MDA_KILL=$(killed_after_append) || atf_fail 'no append seen'
	export MDA_KILL
	"$MDA_FAULT_BIN" -o log=none -m mbox:mail <message 2>/dev/null &
	wait_for "$!"
	unset MDA_KILL
	atf_check_equal 137 "$status"
	rm -f mail.lock
	confined -m mbox:mail
	has ' witness='
	expect_mail 1 mail
}

# killed_after_append - "NUMBER:after" of the write that appends.
killed_after_append()
{
	rm -f calls
	MDA_TRACE=calls "$MDA_FAULT_BIN" -o log=none -m mbox:try <message ||
	    return 1
	number=$(awk '$2 == "write" { n = $1 } END { print n }' calls)
	echo "$number:after"
}

atf_test_case mbox__folder_not_writable__spilled_in_var_tmp
mbox__folder_not_writable__spilled_in_var_tmp_head()
{
	atf_set require.user unprivileged
}
mbox__folder_not_writable__spilled_in_var_tmp_body()
{
	make_long message
	mkdir spool
	: >spool/mail
	chmod 555 spool
	confined -o locks=fcntl -o spool_memory=4096 -m mbox:spool/mail
	expect_mail 1 spool/mail
	chmod 755 spool
}

# The folder says that it is writable, and then is not: so /var/tmp was not
# asked for, and is out of reach.
atf_test_case mbox__spill_elsewhere__out_of_reach
mbox__spill_elsewhere__out_of_reach_body()
{
	needs_sandbox
	make_long message
	MDA_FAULT='openat:2:EACCES'
	export MDA_FAULT
	set -- "$MDA_FAULT_BIN" -o log=none -o spool_memory=4096 -m mbox:mail
	deferred 4.3.0 "$@" -o sandbox=on <message
	atf_check "$@" -o sandbox=off <message
	expect_mail 1 mail
}

# Asked for behind the sandbox, another boot's lock would look like ours.
atf_test_case dotlock__required__names_this_boot
dotlock__required__names_this_boot_body()
{
	needs_sandbox
	make_message message
	MDA_TRACE=calls
	export MDA_TRACE
	atf_check "$MDA_FAULT_BIN" -o log=none -m mbox:mail <message
	unset MDA_TRACE
	MDA_KILL=$(awk '$2 == "linkat" { print $1 ":after"; exit }' calls) \
	    "$MDA_FAULT_BIN" -o log=none -o sandbox=require -m mbox:mail \
	    <message 2>/dev/null &
	wait_for "$!"
	atf_check_equal 137 "$status"
	read -r boot </proc/sys/kernel/random/boot_id
	atf_check -o match:" $boot\$" cat mail.lock
}

# fsyncs OPTION ... - gives count, of the folders and files synced.
fsyncs()
{
	rm -f calls
	MDA_TRACE=calls "$MDA_FAULT_BIN" -o log=none "$@" <message ||
	    atf_fail "status $?"
	count=$(awk '$2 == "fsync"' calls | wc -l)
}

atf_test_case mbox__young_folders_above__synced_as_without
mbox__young_folders_above__synced_as_without_body()
{
	needs_sandbox
	make_message message
	mkdir -p a/b c/d
	HOME=$PWD/none
	fsyncs -o sandbox=off -m mbox:a/b/mail
	without=$count
	fsyncs -o sandbox=require -m mbox:c/d/mail
	atf_check_equal "$without" "$count"
	[ "$count" -ge 4 ] || atf_fail "only $count"
}

atf_test_case log__required__file_and_stderr_written
log__required__file_and_stderr_written_body()
{
	needs_sandbox
	make_message message
	atf_check -e match:'^status=delivered ' "$MDA" -v -o log=none \
	    -o "log_file=$HOME/log" -o sandbox=require -m box/ <message
	has '^status=delivered '
	has_no 'sandbox='
}

atf_test_case sentence__behind_it__in_german
sentence__behind_it__in_german_body()
{
	# Its gettext knows no LANGUAGE.
	not_for musl
	needs_sandbox
	grep -q 'HAVE_LIBINTL 1' "$BUILDDIR/config.h" ||
	    atf_skip 'built with --disable-nls'
	mkdir -p locale/de/LC_MESSAGES
	for catalog in "$BUILDDIR/po/de.mo" "$SRCDIR/po/de.mo"; do
		[ ! -f "$catalog" ] || break
	done
	cp "$catalog" locale/de/LC_MESSAGES/mda.mo ||
	    atf_skip 'no msgfmt: no catalogs were built'
	make_message message
	make_box box
	LANGUAGE=de LC_ALL=C.UTF-8 MDA_FAULT='write:1:EIO' atf_check \
	    -s exit:75 -e match:'^4\.3\.0 .*Nachricht' \
	    "$MDA_FAULT_BIN" -o log=none -o sandbox=require -m box/ <message
}

# with_fault WHAT COMMAND ... - deliver with $options, while a system call fails.
# shellcheck disable=SC2086 # the options are words
with_fault()
{
	what=$1
	shift
	needs_sandbox
	not_sanitized
	strace -o trace -e inject=fsync:error=EIO true 2>why ||
	    atf_skip "strace: $(cat why)"
	"$@" strace -o trace -e "inject=$what" "$MDA" -o log=none \
	    -o "log_file=$HOME/log" $options <message
}

atf_test_case on__no_landlock__delivered_and_logged
on__no_landlock__delivered_and_logged_head()
{
	needs_strace
}
on__no_landlock__delivered_and_logged_body()
{
	make_message message
	options='-m box/'
	with_fault landlock_create_ruleset:error=ENOSYS atf_check
	expect_only box message
	has ' sandbox=seccomp '
}

atf_test_case on__no_seccomp__delivered_and_logged
on__no_seccomp__delivered_and_logged_head()
{
	needs_strace
}
on__no_seccomp__delivered_and_logged_body()
{
	make_message message
	options='-m box/'
	with_fault seccomp:error=EINVAL atf_check
	expect_only box message
	has ' sandbox=landlock '
}

atf_test_case on__nothing__delivered_and_logged
on__nothing__delivered_and_logged_head()
{
	needs_strace
}
on__nothing__delivered_and_logged_body()
{
	make_message message
	options='-m box/'
	with_fault prctl:error=EINVAL atf_check
	expect_only box message
	has ' sandbox=none '
}

# ABI 1 refuses REFER, and with it every link from tmp to new.
atf_test_case on__landlock_abi_1__delivered_without
on__landlock_abi_1__delivered_without_head()
{
	needs_strace
}
on__landlock_abi_1__delivered_without_body()
{
	make_message message
	options='-m box/'
	with_fault landlock_create_ruleset:error=EINVAL atf_check
	expect_only box message
	has ' sandbox=seccomp '
}

# ABI 2 refuses TRUNCATE, the first time.
atf_test_case on__landlock_abi_2__whole
on__landlock_abi_2__whole_head()
{
	needs_strace
}
on__landlock_abi_2__whole_body()
{
	make_message message
	options='-o sandbox=require -m box/'
	with_fault landlock_create_ruleset:error=EINVAL:when=1 atf_check
	expect_only box message
	has_no 'sandbox='
}

atf_test_case require__no_landlock__exits_75
require__no_landlock__exits_75_head()
{
	needs_strace
}
require__no_landlock__exits_75_body()
{
	make_message message
	make_box box
	options='-o sandbox=require -m box/'
	with_fault landlock_create_ruleset:error=ENOSYS deferred 4.3.5
	expect_nothing box
	has ' step=sandbox dsn=4\.3\.5 ' ' sandbox=seccomp'
}

atf_test_case off__delivery__no_call_made
off__delivery__no_call_made_head()
{
	needs_strace
}
off__delivery__no_call_made_body()
{
	make_message message
	options='-o sandbox=off -m box/'
	with_fault prctl:error=EINVAL atf_check
	expect_only box message
	atf_check -s exit:1 grep -E 'prctl\(PR_SET|landlock|seccomp' trace
	has_no 'sandbox='
}

# No byte of mail is read before it is up.
atf_test_case order__delivery__up_before_the_message
order__delivery__up_before_the_message_head()
{
	needs_strace
}
order__delivery__up_before_the_message_body()
{
	make_message message
	for box in box/ mbox:mail; do
		options="-m $box"
		with_fault kill:error=EPERM atf_check
		awk '/^landlock_restrict_self/ { up++ } /^seccomp/ { up++ }
			/^read\(0,/ { exit up != 2 }' trace ||
		    atf_fail "read first: $box"
	done
}

atf_test_case status__while_it_reads__confined
status__while_it_reads__confined_body()
{
	needs_sandbox
	[ -r /proc/self/status ] || atf_skip 'no /proc'
	mkfifo slow
	MDA_TRACE=trace "$MDA_FAULT_BIN" -o log=none -m box/ <slow &
	pid=$!
	exec 9>slow
	printf 'Subject: x\n\nthe first part\n' >&9
	wait_until grep -q read trace
	atf_check -o ignore grep -E '^NoNewPrivs:.*1$' "/proc/$pid/status"
	atf_check -o ignore grep -E '^Seccomp:.*2$' "/proc/$pid/status"
	exec 9>&-
	wait_for "$pid"
	atf_check_equal 0 "$status"
}

# No more is asked of the sender than before: its message is taken.
atf_test_case mailbox_missing__message__read_all_the_same
mailbox_missing__message__read_all_the_same_body()
{
	make_message message
	{
		status=0
		"$MDA" -o log=none -o "log_file=$HOME/log" \
		    -m maildir:none/box 2>err || status=$?
		cat >left
	} <message
	atf_check_equal 75 "$status"
	atf_check test ! -s left
	has ' step=maildir-parent ' ' id=<message@example\.org>'
}

atf_init_test_cases()
{
	atf_add_test_case maildir__required__delivered
	atf_add_test_case maildir__long_message__delivered
	atf_add_test_case maildir__relative_and_linked__delivered
	atf_add_test_case folder__required__delivered
	atf_add_test_case detail__folder_missing__mailbox_itself
	atf_add_test_case witness__required__adopted
	atf_add_test_case mbox__required__delivered
	atf_add_test_case mbox__all_locks_and_formats__delivered
	atf_add_test_case mbox__witness__adopted
	atf_add_test_case mbox__folder_not_writable__spilled_in_var_tmp
	atf_add_test_case mbox__spill_elsewhere__out_of_reach
	atf_add_test_case dotlock__required__names_this_boot
	atf_add_test_case mbox__young_folders_above__synced_as_without
	atf_add_test_case log__required__file_and_stderr_written
	atf_add_test_case sentence__behind_it__in_german
	atf_add_test_case on__no_landlock__delivered_and_logged
	atf_add_test_case on__no_seccomp__delivered_and_logged
	atf_add_test_case on__nothing__delivered_and_logged
	atf_add_test_case on__landlock_abi_1__delivered_without
	atf_add_test_case on__landlock_abi_2__whole
	atf_add_test_case require__no_landlock__exits_75
	atf_add_test_case off__delivery__no_call_made
	atf_add_test_case order__delivery__up_before_the_message
	atf_add_test_case status__while_it_reads__confined
	atf_add_test_case mailbox_missing__message__read_all_the_same
}
