# Postfix delivers through mda: local(8), pipe(8).

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2034,SC2154
layer=postfix
. "$SRCDIR/tests/support/mta.sh"
. "$SRCDIR/tests/support/mta_cases.sh"
. "$SRCDIR/tests/support/mta_postfix.sh"

asks_user_database=no

# ---- local(8), mailbox_command -------------------------------------------

start_local()
{
	mta_start
	sender='Postfix local'
	start_postfix postfix-local
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

# ---- A trial, by ~/.forward ----------------------------------------------

atf_test_case trial__forward__a_copy_and_no_harm
trial__forward__a_copy_and_no_harm_head()
{
	needs_root
}
trial__forward__a_copy_and_no_harm_body()
{
	start_local
	in_root postconf -e mailbox_command= home_mailbox=Maildir/ \
	    myorigin=example.org || atf_fail 'no postconf'
	in_root postfix reload >reload 2>&1 || atf_fail 'no reload'
	from_manual try-forward >"$root$home/.forward"
	in_root chown alice:alice "$home/.forward"
	submit copied 3
	wait_until idle_after_trying
	expect_mail copied "$maildir"
	expect_mail copied "$home/Trial"
	use_settings 'no_such_setting = 1'
	submit not_copied 3
	wait_until idle_after_trying
	atf_check_equal '6 3' "$(mail count "$maildir") $(mail count "$home/Trial")"
	atf_check_equal 0 "$(mail count /home/bob/Maildir)"
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

atf_test_case local__command_time_limit_over__returned
local__command_time_limit_over__returned_head()
{
	needs_root
}
local__command_time_limit_over__returned_body()
{
	mta_start
	start_postfix postfix-local
	in_root postconf -e command_time_limit=2s || atf_fail 'no postconf'
	in_root postfix reload 2>/dev/null
	use_mda 'exec sleep 60'
	submit hung 1
	outcome
	atf_check_equal bounced "$outcome"
}

# ---- pipe(8), virtual users ----------------------------------------------

start_pipe()
{
	mta_start
	sender='Postfix pipe'
	virtual_user
	echo 'al@example.net yes' >"$root/etc/postfix/users"
	in_root postmap hash:/etc/postfix/users
	start_postfix postfix-pipe-main postfix-pipe-master
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
	usual_cases local start_local
	atf_add_test_case local__unknown_user__refused_with_5_1_1
	atf_add_test_case trial__forward__a_copy_and_no_harm
	atf_add_test_case local__exec_and_killed__deferred
	atf_add_test_case local__no_exec_and_killed__returned
	atf_add_test_case local__command_time_limit_over__returned
	usual_cases pipe start_pipe
	atf_add_test_case pipe__unknown_user__refused_with_5_1_1
}
