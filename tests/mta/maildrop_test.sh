# maildrop hands mail to mda, by its filter.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2034,SC2154
layer=fetchers
. "$SRCDIR/tests/support/mta.sh"
. "$SRCDIR/tests/support/mta_cases.sh"
. "$SRCDIR/tests/support/mta_pipe.sh"

start_maildrop()
{
	start_piping maildrop
	before_mda='home_unmounted home_missing no_way_to_home'
	from_manual maildrop >"$root/etc/maildroprc"
}

hand_over()
{
	quietly maildrop -f "$from" -d alice
}

atf_test_case filter__unknown_user__status_67
filter__unknown_user__status_67_head()
{
	needs_root
}
filter__unknown_user__status_67_body()
{
	start_maildrop
	mail make /mail/one 1
	quietly maildrop -d nobody.here <"$root/mail/one/01.eml"
	atf_check_equal 67 "$?"
	add_row "$sender" 'unknown user' refused
}

atf_test_case filter__sender__found_by_mda
filter__sender__found_by_mda_head()
{
	needs_root
}
filter__sender__found_by_mda_body()
{
	start_maildrop
	submit one 1
	atf_check -o ignore grep 'status=delivered .*from=bob@example.org' \
	    "$syslog"
}

# A trap that the manual warns of.
atf_test_case filter__alone_and_killed__returned
filter__alone_and_killed__returned_head()
{
	needs_root
}
filter__alone_and_killed__returned_body()
{
	start_maildrop
	sed -i 's/ || exit 75//' "$root/etc/maildroprc"
	with_fault 'write:1:SIGKILL'
	submit killed 1
	outcome
	atf_check_equal bounced "$outcome"
}

atf_init_test_cases()
{
	usual_cases filter start_maildrop
	atf_add_test_case filter__unknown_user__status_67
	atf_add_test_case filter__sender__found_by_mda
	atf_add_test_case filter__alone_and_killed__returned
}
