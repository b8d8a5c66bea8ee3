# sendmail delivers through mda-lmtp, as its local mailer, which root runs.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2034,SC2154
layer=sendmail
. "$SRCDIR/tests/support/mta.sh"
. "$SRCDIR/tests/support/mta_cases.sh"
. "$SRCDIR/tests/support/mta_sendmail.sh"

asks_user_database=yes
speaks_lmtp

start_lmtp()
{
	mta_start
	sender='sendmail lmtp'
	start_sendmail sendmail-lmtp
}

atf_test_case lmtp__unknown_user__refused_with_5_1_1
lmtp__unknown_user__refused_with_5_1_1_head()
{
	needs_root
}
lmtp__unknown_user__refused_with_5_1_1_body()
{
	start_lmtp
	unknown_user_refused
}

# Each has it with his own rights; the detail is lost, as the manual says.
atf_test_case lmtp__many_recipients__each_as_himself
lmtp__many_recipients__each_as_himself_head()
{
	needs_root
}
lmtp__many_recipients__each_as_himself_body()
{
	start_lmtp
	base_settings='detail_folder = create'
	use_settings
	mail make /mail/both 1 || atf_fail 'no message'
	mail send /mail/both bob@example.org \
	    alice+lists@example.org,bob@example.org ||
	    atf_fail 'it took no mail'
	wait_until idle_after_trying
	for name in alice bob; do
		[ "$(mail has "/home/$name/Maildir" /mail/both/01.eml)" = 1 ] || {
			show_logs
			atf_fail "not there for $name"
		}
		atf_check_equal '' \
		    "$(in_root find "/home/$name/Maildir" ! -user "$name")"
	done
	atf_check test ! -e "$root/home/alice/Maildir/.lists"
}

atf_init_test_cases()
{
	usual_cases lmtp start_lmtp
	atf_add_test_case lmtp__unknown_user__refused_with_5_1_1
	atf_add_test_case lmtp__many_recipients__each_as_himself
}
