# OpenSMTPD delivers through mda, by an action "mda".

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2034,SC2154
layer=opensmtpd
. "$SRCDIR/tests/support/mta.sh"
. "$SRCDIR/tests/support/mta_cases.sh"

asks_user_database=no

# start_opensmtpd KEY [WORDS] - with this line of the manual, without WORDS.
start_opensmtpd()
{
	mta_start
	sender='OpenSMTPD mda'
	server_log=$syslog
	{
		echo 'listen on lo inet4'
		from_manual "$1" | sed "s/${2-^}//"
		cat <<-'END'
			match from any for domain "example.org" action "local"
		END
	} >"$root/etc/smtpd.conf"
	in_root smtpd </dev/null >"$root/mail/start" 2>&1 || {
		cat "$root/mail/start"
		atf_fail 'OpenSMTPD does not start'
	}
	wait_until in_root smtpctl show status
}

submit()
{
	: >"$server_log"
	send_mail "$1" "$2"
}

outcome()
{
	wait_until grep "mda delivery .*to=<$rcpt>.* result=" "$server_log"
	case $(grep -m 1 "mda delivery .*to=<$rcpt>.* result=" \
	    "$server_log") in
	*result=Ok*|*'result="Ok"'*) outcome=delivered ;;
	*result=TempFail*|*'result="TempFail"'*) outcome=deferred ;;
	*)	outcome=bounced ;;
	esac
}

come_again()
{
	in_root smtpctl schedule all
}

is_idle()
{
	[ -z "$(in_root smtpctl show queue)" ]
}

atf_test_case mda__fifty_messages__whole_in_maildir
mda__fifty_messages__whole_in_maildir_head()
{
	needs_root
}
mda__fifty_messages__whole_in_maildir_body()
{
	start_opensmtpd opensmtpd-mda
	fifty_maildir
}

atf_test_case mda__fifty_messages__whole_in_mbox
mda__fifty_messages__whole_in_mbox_head()
{
	needs_root
}
mda__fifty_messages__whole_in_mbox_body()
{
	start_opensmtpd opensmtpd-mda
	fifty_mbox
}

atf_test_case mda__each_fault__deferred_then_one_copy
mda__each_fault__deferred_then_one_copy_head()
{
	needs_root
}
mda__each_fault__deferred_then_one_copy_body()
{
	start_opensmtpd opensmtpd-mda
	each_fault
}

atf_test_case mda__unknown_user__refused
mda__unknown_user__refused_head()
{
	needs_root
}
mda__unknown_user__refused_body()
{
	start_opensmtpd opensmtpd-mda
	unknown_user_refused 'Invalid recipient:'
}

start_by_script()
{
	start_opensmtpd opensmtpd-by-script
	script=$root/usr/local/sbin/mda-opensmtpd
	from_manual opensmtpd-script >"$script"
	chmod 755 "$script"
}

atf_test_case script__killed__deferred_then_one_copy
script__killed__deferred_then_one_copy_head()
{
	needs_root
}
script__killed__deferred_then_one_copy_body()
{
	start_by_script
	with_fault 'write:1:SIGKILL'
	submit killed 1
	outcome
	atf_check_equal deferred "$outcome"
	use_mda
	wait_until idle_after_trying
	expect_mail killed "$maildir"
}

atf_test_case script__message_too_large__returned
script__message_too_large__returned_head()
{
	needs_root
}
script__message_too_large__returned_body()
{
	start_by_script
	use_settings 'message_size_limit = 100'
	submit large 1
	outcome
	atf_check_equal bounced "$outcome"
}

# Traps that the manual warns of.
atf_test_case mda__alone_and_killed__returned
mda__alone_and_killed__returned_head()
{
	needs_root
}
mda__alone_and_killed__returned_body()
{
	start_opensmtpd opensmtpd-mda ' || exit 75'
	with_fault 'write:1:SIGKILL'
	submit killed 1
	outcome
	atf_check_equal bounced "$outcome"
}

atf_init_test_cases()
{
	atf_add_test_case mda__fifty_messages__whole_in_maildir
	atf_add_test_case mda__fifty_messages__whole_in_mbox
	atf_add_test_case mda__each_fault__deferred_then_one_copy
	atf_add_test_case mda__unknown_user__refused
	atf_add_test_case script__killed__deferred_then_one_copy
	atf_add_test_case script__message_too_large__returned
	atf_add_test_case mda__alone_and_killed__returned
}
