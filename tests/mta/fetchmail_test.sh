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
	configure fetchmail
	in_root chown alice /mail/rc
}

# configure KEY
configure()
{
	{
		echo "set pidfile /mail/state/pid"
		echo "set idfile /mail/state/ids"
		from_manual fetchmail-global
		echo "poll 127.0.0.1 protocol POP3 service 110" \
		    "user alice password secret sslproto ''" \
		    "is alice here"
		from_manual "$1"
	} >"$root/mail/rc"
	chmod 600 "$root/mail/rc"
}

fetch()
{
	as_alice fetchmail -f /mail/rc --nodetach --nosyslog
}

# By root, for alice; a fetcher that root runs runs mda as root.
start_root_fetchmail()
{
	start_fetching 'fetchmail by root'
	asks_user_database=yes
	configure fetchmail-root
	fetch()
	{
		in_root env USER=root LOGNAME=root timeout 60 fetchmail \
		    -f /mail/rc --nodetach --nosyslog </dev/null \
		    >>"$server_log" 2>&1
	}
}

atf_init_test_cases()
{
	usual_cases fetch start_fetchmail
	usual_cases fetch_by_root start_root_fetchmail
}
