# formail takes an mbox apart, and mda delivers its messages.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2034,SC2154
layer=fetchers
. "$SRCDIR/tests/support/mta.sh"
. "$SRCDIR/tests/support/mta_cases.sh"
. "$SRCDIR/tests/support/mta_fetch.sh"

start_formail()
{
	mta_start
	sender=formail
	server_log=$root/mail/said
	: >"$server_log"
	in_root install -d -o alice -g alice /mail/old
	from_manual formail-split >"$root/mail/split"
	from_manual formail-deliver >"$root/mail/deliver"
}

# submit NAME COUNT - an mboxrd, taken apart as the manual has it.
submit()
{
	mail make "/mail/$1" "$2" || atf_fail 'cannot make messages'
	for message in "$root/mail/$1"/*; do
		echo "From ${from:-MAILER-DAEMON} Mon Jan  1 00:00:00 2024"
		LC_ALL=C sed 's/^>*From />&/' "$message"
		echo
	done >"$root/mail/old/mbox"
	as_alice sh -c 'cd /mail/old && . /mail/split' ||
	    atf_fail 'cannot take it apart'
	come_again
}

come_again()
{
	as_alice sh -c 'cd /mail/old && . /mail/deliver'
}

is_idle()
{
	[ -z "$(ls "$root/mail/old/parts")" ]
}

atf_init_test_cases()
{
	usual_cases split start_formail
}
