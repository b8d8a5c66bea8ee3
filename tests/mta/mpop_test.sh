# mpop fetches mail and hands it to mda.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2034,SC2154
layer=fetchers
. "$SRCDIR/tests/support/mta.sh"
. "$SRCDIR/tests/support/mta_cases.sh"
. "$SRCDIR/tests/support/mta_fetch.sh"

start_mpop()
{
	start_fetching mpop
	{
		printf "%s\n" "account default" "host 127.0.0.1" "tls off" \
		    "auth user" "user alice" "password secret" \
		    "uidls_file /mail/state/uidls"
		from_manual mpop
	} >"$root/mail/rc"
	chmod 600 "$root/mail/rc"
	in_root chown alice /mail/rc
}

fetch()
{
	as_alice mpop -C /mail/rc
}

atf_init_test_cases()
{
	usual_cases fetch start_mpop
}
