# procmail hands mail to mda, by a recipe.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2034,SC2154
layer=fetchers
. "$SRCDIR/tests/support/mta.sh"
. "$SRCDIR/tests/support/mta_cases.sh"
. "$SRCDIR/tests/support/mta_pipe.sh"

start_procmail()
{
	start_piping procmail
	from_manual procmail >"$root/etc/procmailrc"
}

hand_over()
{
	quietly procmail -f "$from" -d alice
}

atf_test_case recipe__unknown_user__status_67
recipe__unknown_user__status_67_head()
{
	needs_root
}
recipe__unknown_user__status_67_body()
{
	start_procmail
	mail make /mail/one 1
	quietly procmail -d nobody.here <"$root/mail/one/01.eml"
	atf_check_equal 67 "$?"
	add_row "$sender" 'unknown user' refused
}

# Traps that the manual warns of.
atf_test_case recipe__without_exitcode__another_mailbox
recipe__without_exitcode__another_mailbox_head()
{
	needs_root
}
recipe__without_exitcode__another_mailbox_body()
{
	start_procmail
	sed -i '/^EXITCODE/,$d' "$root/etc/procmailrc"
	with_fault 'fsync:*:EIO'
	submit astray 1
	outcome
	atf_check_equal delivered "$outcome"
	atf_check_equal '0 1' \
	    "$(mail count "$maildir") $(mail count /var/mail/alice)"
}

atf_init_test_cases()
{
	usual_cases recipe start_procmail
	atf_add_test_case recipe__unknown_user__status_67
	atf_add_test_case recipe__without_exitcode__another_mailbox
}
