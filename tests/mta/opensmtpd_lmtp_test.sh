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
	listen
	configure opensmtpd-lmtp
}

start_port()
{
	mta_start
	sender='OpenSMTPD lmtp, port'
	listen 24
	configure opensmtpd-lmtp-port
}

# configure KEY - with this line of the manual.
configure()
{
	server_log=$syslog
	{
		echo 'listen on lo'
		from_manual "$1"
		echo 'match from any for domain "example.org" action "mda"'
	} >"$root/etc/smtpd.conf"
	serve
}

atf_init_test_cases()
{
	usual_cases lmtp start_smtpd
	usual_case port__fifty_messages__whole_in_maildir start_port \
	    fifty_maildir
}
