# fetchmail fetches mail and hands it to mda.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2034,SC2154
layer=fetchers
. "$SRCDIR/tests/support/mta.sh"
. "$SRCDIR/tests/support/mta_cases.sh"
. "$SRCDIR/tests/support/mta_fetch.sh"

sender_adds='\n'

start_fetchmail()
{
	start_fetching fetchmail
	{
		echo "set pidfile /mail/state/pid"
		echo "set idfile /mail/state/ids"
		from_manual fetchmail-global
		echo "poll 127.0.0.1 protocol POP3 service 110" \
		    "user alice password secret sslproto ''"
		from_manual fetchmail
	} >"$root/mail/rc"
	chmod 600 "$root/mail/rc"
	in_root chown alice /mail/rc
}

fetch()
{
	as_alice fetchmail -f /mail/rc --nodetach --nosyslog
}

atf_init_test_cases()
{
	usual_cases fetch start_fetchmail
}
