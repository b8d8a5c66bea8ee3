# sendmail delivers through mda, as its local mailer, which root runs.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2034,SC2154
layer=sendmail
. "$SRCDIR/tests/support/mta.sh"
. "$SRCDIR/tests/support/mta_cases.sh"
. "$SRCDIR/tests/support/mta_sendmail.sh"

asks_user_database=yes

start_local()
{
	mta_start
	sender='sendmail local'
	null_path='<MAILER-DAEMON>' # as sendmail writes it
	start_sendmail sendmail-feature
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

atf_test_case local__extension__found_by_mda
local__extension__found_by_mda_head()
{
	needs_root
}
local__extension__found_by_mda_body()
{
	start_local
	base_settings='detail_folder = create'
	use_settings
	rcpt=alice+lists@example.org
	submit lists 1
	wait_until idle_after_trying
	expect_mail lists "$maildir/.lists"
}

# ---- In the place of mail.local ------------------------------------------

# by_root PROGRAM ... - gives status.
by_root()
{
	status=0
	printf 'From: bob@example.net\n\nthis is %s\n' "${1##*/}" |
	    in_root "$@" || status=$?
}

atf_test_case mail_local__spool__delivered_to_by_both
mail_local__spool__delivered_to_by_both_head()
{
	needs_root
}
mail_local__spool__delivered_to_by_both_body()
{
	mta_start
	use_settings "$(from_manual replace-spool-settings)"
	theirs=/usr/libexec/sendmail/mail.local
	for turn in 1 2; do
		by_root "$theirs" -f bob@example.net alice
		atf_check_equal 0 "$status"
		by_root mda -f bob@example.net -d alice
		atf_check_equal 0 "$status"
	done
	by_root "$theirs" -f bob@example.net nobody.here
	atf_check_equal 69 "$status"
	by_root mda -f bob@example.net -d nobody.here
	atf_check_equal 67 "$status"
	grep -A 1 '^$' "$root/var/mail/alice" | grep '^this is' >lines
	atf_check -o inline:\
'this is mail.local\nthis is mda\nthis is mail.local\nthis is mda\n' \
	    cat lines
	atf_check -o inline:'4\n' grep -c '^From bob@example.net ' \
	    "$root/var/mail/alice"
}

atf_init_test_cases()
{
	usual_cases local start_local
	atf_add_test_case local__unknown_user__refused_with_5_1_1
	atf_add_test_case local__extension__found_by_mda
	atf_add_test_case mail_local__spool__delivered_to_by_both
}
