# OpenSMTPD delivers through mda-lmtp, which a socket starts as root.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2034,SC2154
layer=opensmtpd
. "$SRCDIR/tests/support/mta.sh"
. "$SRCDIR/tests/support/mta_cases.sh"
. "$SRCDIR/tests/support/mta_opensmtpd.sh"

asks_user_database=yes
speaks_lmtp

start_smtpd()
{
	mta_start
	sender='OpenSMTPD lmtp'
	server_log=$syslog
	listen
	{
		echo 'listen on lo'
		from_manual opensmtpd-lmtp
		echo 'match from any for domain "example.org" action "mda"'
	} >"$root/etc/smtpd.conf"
	serve
}

atf_init_test_cases()
{
	usual_cases lmtp start_smtpd
}
