# fdm fetches mail and hands it to mda.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2034,SC2154
layer=fetchers
. "$SRCDIR/tests/support/mta.sh"
. "$SRCDIR/tests/support/mta_cases.sh"
. "$SRCDIR/tests/support/mta_fetch.sh"

start_fdm()
{
	start_fetching fdm
	{
		echo "set lock-file \"/mail/state/lock\""
		echo "account \"pop\" pop3 server \"127.0.0.1\" port 110" \
		    "user \"alice\" pass \"secret\""
		from_manual fdm
	} >"$root/mail/rc"
	chmod 600 "$root/mail/rc"
	in_root chown alice /mail/rc
}

fetch()
{
	as_alice fdm -f /mail/rc fetch
}

atf_init_test_cases()
{
	usual_cases fetch start_fdm
}
