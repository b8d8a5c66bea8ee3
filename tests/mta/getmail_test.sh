# getmail fetches mail and hands it to mda.

# What is sourced sets variables; a shell in there expands some.
# shellcheck disable=SC1091,SC2016,SC2034,SC2154
layer=fetchers
. "$SRCDIR/tests/support/mta.sh"
. "$SRCDIR/tests/support/mta_cases.sh"
. "$SRCDIR/tests/support/mta_fetch.sh"

start_getmail()
{
	start_fetching getmail
	patience_s=300
	{
		printf '%s\n' '[retriever]' 'type = SimplePOP3Retriever' \
		    'server = 127.0.0.1' 'username = alice' \
		    'password = secret'
		from_manual getmail-retriever
		from_manual getmail
	} >"$root/mail/state/rc"
	script=$root/usr/local/bin/mda-getmail
	from_manual getmail-script >"$script"
	chmod 755 "$script"
}

fetch()
{
	as_alice getmail --getmaildir /mail/state --rcfile rc
}

# one_of_five_killed - and the others are delivered in the same session. Gives
# copies, how many there are of all of them in the end.
one_of_five_killed()
{
	use_mda 'echo call >>/mail/state/calls' \
	    '[ "$(wc -l </mail/state/calls)" -ne 3 ] || kill -9 $$' \
	    'exec /usr/local/bin/mda.real "$@"'
	submit five 5
	wait_until idle_after_trying
	copies=$(mail count "$maildir")
}

atf_test_case fetch__one_of_five_killed__each_once
fetch__one_of_five_killed__each_once_head()
{
	needs_root
}
fetch__one_of_five_killed__each_once_body()
{
	start_getmail
	one_of_five_killed
	expect_mail five "$maildir"
}

# A trap that the manual warns of.
atf_test_case fetch__without_script_one_killed__copies
fetch__without_script_one_killed__copies_head()
{
	needs_root
}
fetch__without_script_one_killed__copies_body()
{
	start_getmail
	sed -i 's/mda-getmail$/mda/' "$root/mail/state/rc"
	one_of_five_killed
	atf_check_equal 7 "$copies"
}

atf_init_test_cases()
{
	usual_cases fetch start_getmail
	atf_add_test_case fetch__one_of_five_killed__each_once
	atf_add_test_case fetch__without_script_one_killed__copies
}
