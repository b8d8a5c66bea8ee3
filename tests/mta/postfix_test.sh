# Postfix delivers through mda: local(8), pipe(8).

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2034,SC2154
layer=postfix
. "$SRCDIR/tests/support/mta.sh"
. "$SRCDIR/tests/support/mta_cases.sh"

asks_user_database=no

# start_postfix MAIN_KEY [MASTER_KEY] - with these lines of the manual.
start_postfix()
{
	server_log=$root/var/log/postfix.log
	etc=$root/etc/postfix
	cat >"$etc/main.cf" <<-'END'
		compatibility_level = 3.6
		myhostname = mail.example.org
		mydestination = example.org
		inet_interfaces = loopback-only
		inet_protocols = ipv4
		smtp_dns_support_level = disabled
		alias_maps =
		maillog_file = /var/log/postfix.log
		minimal_backoff_time = 1h
	END
	from_manual "$1" >>"$etc/main.cf"
	[ "$#" -eq 1 ] || from_manual "$2" >>"$etc/master.cf"
	in_root postconf -F '*/*/chroot=n' || atf_fail 'no postconf'
	in_root postfix start >"$root/mail/start" 2>&1 || {
		cat "$root/mail/start"
		atf_fail 'Postfix does not start'
	}
}

submit()
{
	: >"$server_log"
	send_mail "$1" "$2"
}

outcome()
{
	wait_until grep "to=<$rcpt>.* status=" "$server_log"
	case $(grep -m 1 "to=<$rcpt>.* status=" "$server_log") in
	*status=sent*)	outcome=delivered ;;
	*status=deferred*) outcome=deferred ;;
	*status=bounced*) outcome=bounced ;;
	*)	outcome=unknown ;;
	esac
}

come_again()
{
	in_root postqueue -f
}

is_idle()
{
	[ "$(in_root postqueue -p)" = 'Mail queue is empty' ]
}

# ---- local(8), mailbox_command -------------------------------------------

start_local()
{
	mta_start
	sender='Postfix local'
	start_postfix postfix-local
}

atf_test_case local__fifty_messages__whole_in_maildir
local__fifty_messages__whole_in_maildir_head()
{
	needs_root
}
local__fifty_messages__whole_in_maildir_body()
{
	start_local
	fifty_maildir
}

atf_test_case local__fifty_messages__whole_in_mbox
local__fifty_messages__whole_in_mbox_head()
{
	needs_root
}
local__fifty_messages__whole_in_mbox_body()
{
	start_local
	fifty_mbox
}

atf_test_case local__each_fault__deferred_then_one_copy
local__each_fault__deferred_then_one_copy_head()
{
	needs_root
}
local__each_fault__deferred_then_one_copy_body()
{
	start_local
	each_fault
}

atf_test_case local__unknown_user__refused_with_5_1_1
local__unknown_user__refused_with_5_1_1_head()
{
	needs_root
}
local__unknown_user__refused_with_5_1_1_body()
{
	start_local
	unknown_user_refused
}

# Traps that the manual warns of. They also prove that we see what is returned.
atf_test_case local__exec_and_killed__deferred
local__exec_and_killed__deferred_head()
{
	needs_root
}
local__exec_and_killed__deferred_body()
{
	mta_start
	sender='mailbox_command with exec'
	start_postfix postfix-local-exec
	with_fault 'write:1:SIGKILL'
	submit killed 1
	outcome
	atf_check_equal deferred "$outcome"
	use_mda
	wait_until idle_after_trying
	expect_mail killed "$maildir"
}

atf_test_case local__no_exec_and_killed__returned
local__no_exec_and_killed__returned_head()
{
	needs_root
}
local__no_exec_and_killed__returned_body()
{
	mta_start
	start_postfix postfix-local-exec
	sed -i 's/= exec /= /' "$etc/main.cf"
	in_root postfix reload 2>/dev/null
	use_mda 'kill -9 $$'
	submit killed 1
	outcome
	atf_check_equal bounced "$outcome"
}

# ---- pipe(8), virtual users ----------------------------------------------

start_pipe()
{
	mta_start
	sender='Postfix pipe'
	rcpt=al@example.net owner=vmail home=/srv/mail
	mbox=/srv/mail/example.net/al.mbox
	mbox_template=/srv/mail/%d/%n.mbox
	maildir=/srv/mail/example.net/al
	mkdir "$root/srv/mail"
	mount_home "$home" "$owner"
	in_root install -d -o vmail -g vmail /srv/mail/example.net
	base_settings=$(from_manual virtual-settings)
	use_settings
	echo 'al@example.net yes' >"$root/etc/postfix/users"
	in_root postmap hash:/etc/postfix/users
	start_postfix postfix-pipe-main postfix-pipe-master
}

atf_test_case pipe__fifty_messages__whole_in_maildir
pipe__fifty_messages__whole_in_maildir_head()
{
	needs_root
}
pipe__fifty_messages__whole_in_maildir_body()
{
	start_pipe
	fifty_maildir
}

atf_test_case pipe__fifty_messages__whole_in_mbox
pipe__fifty_messages__whole_in_mbox_head()
{
	needs_root
}
pipe__fifty_messages__whole_in_mbox_body()
{
	start_pipe
	fifty_mbox
}

atf_test_case pipe__each_fault__deferred_then_one_copy
pipe__each_fault__deferred_then_one_copy_head()
{
	needs_root
}
pipe__each_fault__deferred_then_one_copy_body()
{
	start_pipe
	each_fault
}

atf_test_case pipe__unknown_user__refused_with_5_1_1
pipe__unknown_user__refused_with_5_1_1_head()
{
	needs_root
}
pipe__unknown_user__refused_with_5_1_1_body()
{
	start_pipe
	unknown_user_refused
}

atf_init_test_cases()
{
	atf_add_test_case local__fifty_messages__whole_in_maildir
	atf_add_test_case local__fifty_messages__whole_in_mbox
	atf_add_test_case local__each_fault__deferred_then_one_copy
	atf_add_test_case local__unknown_user__refused_with_5_1_1
	atf_add_test_case local__exec_and_killed__deferred
	atf_add_test_case local__no_exec_and_killed__returned
	atf_add_test_case pipe__fifty_messages__whole_in_maildir
	atf_add_test_case pipe__fifty_messages__whole_in_mbox
	atf_add_test_case pipe__each_fault__deferred_then_one_copy
	atf_add_test_case pipe__unknown_user__refused_with_5_1_1
}
