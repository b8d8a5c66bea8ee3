# OpenSMTPD delivers through mda, by an action "mda".

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2034,SC2154
layer=opensmtpd
. "$SRCDIR/tests/support/mta.sh"
. "$SRCDIR/tests/support/mta_cases.sh"
. "$SRCDIR/tests/support/mta_opensmtpd.sh"

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
	serve
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
	usual_cases mda 'start_opensmtpd opensmtpd-mda'
	atf_add_test_case mda__unknown_user__refused
	atf_add_test_case script__killed__deferred_then_one_copy
	atf_add_test_case script__message_too_large__returned
	atf_add_test_case mda__alone_and_killed__returned
}
