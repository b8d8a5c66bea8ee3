# A delivery that somebody has taken over, by a fault in the reading of mail:
# tests/support/intruder.c tries what he would.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2154
. "$SRCDIR/tests/support/private.sh"
. "$SRCDIR/tests/support/box.sh"
. "$SRCDIR/tests/support/lmtp.sh"

intruder=$BUILDDIR/tests/support/mda-intruder

needs_sandbox()
{
	built_with LANDLOCK
	built_with SECCOMP
	not_sanitized
	"$MDA" --json -o log=none -o root_mail=yes -m "$PWD/box/" |
	    grep -q '"require_delivers": true' || atf_skip 'less of a sandbox'
}

root()
{
	atf_set require.user root
}

# taken_over COMMAND ... - a delivery of "message", in which he noted in
# "notes" what came of it.
taken_over()
{
	[ -f message ] || make_message message
	rm -f notes notes.made notes.link
	MDA_INTRUDER=$PWD/notes
	export MDA_INTRUDER
	"$@" <message || atf_fail "status $?"
	[ -s notes ] || atf_fail 'he was not there'
}

# came_to WORD ... - "WHAT outcome" for each thing that he tried.
came_to()
{
	printf '%s\n' "$@" >wanted
	atf_check diff wanted notes
}

# nothing_came - of anything; who he is after all is for others to say.
nothing_came()
{
	came_to 'read EACCES' 'list EACCES' 'make EACCES' 'link EACCES' \
	    'socket EPERM' 'syslog EPERM' 'setuid EPERM' 'fork EPERM' \
	    'exec EPERM'
}

# The same program without a sandbox: else the cases below would show nothing.
atf_test_case off__everything_is_possible
off__everything_is_possible_body()
{
	built_with LANDLOCK
	not_sanitized
	make_box box
	taken_over "$intruder" -o log=none -o sandbox=off -m box/
	came_to 'read done' 'list done' 'make done' 'link done' \
	    'socket done' 'syslog done' 'setuid EPERM' 'fork done' 'exec done'
	expect_only box message
}

atf_test_case maildir__taken_over__nothing_in_reach
maildir__taken_over__nothing_in_reach_body()
{
	needs_sandbox
	make_box box
	taken_over "$intruder" -o log=none -m box/
	nothing_came
	expect_only box message
	taken_over "$intruder" -o log=none -m +Lists
	nothing_came
}

# What is climbed to is opened, so folders can be listed.
atf_test_case mbox__taken_over__only_folders_in_reach
mbox__taken_over__only_folders_in_reach_body()
{
	needs_sandbox
	mkdir spool
	taken_over "$intruder" -o log=none -m mbox:spool/mail
	came_to 'read EACCES' 'list done' 'make EACCES' 'link EACCES' \
	    'socket EPERM' 'syslog EPERM' 'setuid EPERM' 'fork EPERM' \
	    'exec EPERM'
	atf_check -o inline:'1\n' grep -c '^From ' spool/mail
}

atf_test_case large_message__taken_over__nothing_in_reach
large_message__taken_over__nothing_in_reach_body()
{
	needs_sandbox
	make_box box
	make_message message
	awk 'BEGIN { while (i++ < 9000) print i, "a line" }' >>message
	taken_over "$intruder" -o log=none -o spool_memory=4096 -m box/
	nothing_came
	expect_only box message
}

atf_test_case scripts__taken_over__nothing_in_reach
scripts__taken_over__nothing_in_reach_body()
{
	needs_sandbox
	make_box box
	printf 'require "fileinto";\nfileinto "Lists";\nkeep;\n' >.mda.sieve
	taken_over "$intruder" -o log=none -m box/
	nothing_came
	expect_only box message
}

# Each half alone, as a kernel may have it.
with_call()
{
	needs_sandbox
	make_box box
	strace -o trace -e "inject=$1" true 2>why || atf_skip "strace: $(cat why)"
	taken_over strace -f -o trace -e "inject=$1" "$intruder" -o log=none \
	    -m box/
}

atf_test_case landlock_alone__taken_over__no_file_or_program
landlock_alone__taken_over__no_file_or_program_head()
{
	atf_set require.progs strace
}
landlock_alone__taken_over__no_file_or_program_body()
{
	with_call seccomp:error=EINVAL
	came_to 'read EACCES' 'list EACCES' 'make EACCES' 'link EACCES' \
	    'socket done' 'syslog done' 'setuid EPERM' 'fork done' \
	    'exec EPERM'
}

atf_test_case seccomp_alone__taken_over__no_program_or_socket
seccomp_alone__taken_over__no_program_or_socket_head()
{
	atf_set require.progs strace
}
seccomp_alone__taken_over__no_program_or_socket_body()
{
	with_call landlock_create_ruleset:error=ENOSYS
	came_to 'read done' 'list done' 'make done' 'link done' \
	    'socket EPERM' 'syslog EPERM' 'setuid EPERM' 'fork EPERM' \
	    'exec EPERM'
}

# By root: it is the child that he takes over, as alice.
atf_test_case root__child_taken_over__nothing_in_reach
root__child_taken_over__nothing_in_reach_head() { root; }
root__child_taken_over__nothing_in_reach_body()
{
	private_start
	needs_sandbox
	mkdir -m 777 public
	make_message message
	MDA_INTRUDER=$stage/public/notes
	export MDA_INTRUDER
	for option in sandbox=require sandbox=off; do
		rm -f public/notes
		"$intruder" -c settings -d alice -o "$option" <message ||
		    atf_fail "status $?"
		cp public/notes notes
		[ $option = sandbox=off ] || nothing_came
	done
	# Root's rights are gone with or without.
	atf_check -o inline:'setuid EPERM\n' grep setuid notes
	atf_check -o inline:'read done\n' grep read notes
	expect_owner '4711:4712 600' public/notes.made
	expect_count 2 home/alice/Maildir/new
}

atf_test_case lmtp__worker_taken_over__nothing_in_reach
lmtp__worker_taken_over__nothing_in_reach_head()
{
	atf_set require.progs python3
}
lmtp__worker_taken_over__nothing_in_reach_body()
{
	needs_sandbox
	lmtp_virtual
	make_box box/al
	printf 'LHLO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<al@x>\r\nDATA\r\nMessage-ID: <1@x>\r\n\r\nhello\r\n.\r\nQUIT\r\n' >message
	MDA_INTRUDER=$PWD/notes
	export MDA_INTRUDER
	"$BUILDDIR/tests/support/mda-lmtp-intruder" -c settings <message >out ||
	    atf_fail "status $?"
	atf_check -o match:'^250 2\.0\.0 ' tail -n 2 out
	nothing_came
	expect_count 1 box/al/new
}

atf_init_test_cases()
{
	atf_add_test_case off__everything_is_possible
	atf_add_test_case maildir__taken_over__nothing_in_reach
	atf_add_test_case mbox__taken_over__only_folders_in_reach
	atf_add_test_case large_message__taken_over__nothing_in_reach
	atf_add_test_case scripts__taken_over__nothing_in_reach
	atf_add_test_case landlock_alone__taken_over__no_file_or_program
	atf_add_test_case seccomp_alone__taken_over__no_program_or_socket
	atf_add_test_case root__child_taken_over__nothing_in_reach
	atf_add_test_case lmtp__worker_taken_over__nothing_in_reach
}
