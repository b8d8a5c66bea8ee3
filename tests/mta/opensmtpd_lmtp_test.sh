# OpenSMTPD delivers through mda-lmtp, which a socket starts as root.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2034,SC2154
layer=opensmtpd
program=mda-lmtp
. "$SRCDIR/tests/support/mta.sh"
. "$SRCDIR/tests/support/mta_cases.sh"

asks_user_database=yes

# What is killed behind the last answer has delivered, and OpenSMTPD knows.
faults=$(printf '%s' "$faults" | sed 's/killed_when_visible//')

start_smtpd()
{
	mta_start
	sender='OpenSMTPD lmtp'
	server_log=$syslog
	in_root python3 /usr/local/lib/mta_listen.py /run/mda/lmtp \
	    /usr/local/bin/mda-lmtp &
	wait_until [ -S "$root/run/mda/lmtp" ]
	{
		echo 'listen on lo'
		from_manual opensmtpd-lmtp
		echo 'match from any for domain "example.org" action "mda"'
	} >"$root/etc/smtpd.conf"
	in_root smtpd >"$root/mail/start" 2>&1 || {
		cat "$root/mail/start"
		atf_fail 'OpenSMTPD does not start'
	}
	wait_until in_root smtpctl show queue
}

submit()
{
	: >"$syslog"
	send_mail "$1" "$2"
}

outcome()
{
	wait_until grep 'delivery.*result=' "$syslog"
	case $(grep -m 1 'delivery.*result=' "$syslog") in
	*result=Ok*|*result=\"Ok\"*) outcome=delivered ;;
	*result=TempFail*|*result=\"TempFail\"*) outcome=deferred ;;
	*)	outcome=bounced ;;
	esac
}

come_again()
{
	in_root smtpctl schedule all
}

is_idle()
{
	[ -z "$(in_root smtpctl show queue)" ]
}

atf_test_case lmtp__fifty_messages__whole_in_maildir
lmtp__fifty_messages__whole_in_maildir_head()
{
	needs_root
}
lmtp__fifty_messages__whole_in_maildir_body()
{
	start_smtpd
	fifty_maildir
}

atf_test_case lmtp__fifty_messages__whole_in_mbox
lmtp__fifty_messages__whole_in_mbox_head()
{
	needs_root
}
lmtp__fifty_messages__whole_in_mbox_body()
{
	start_smtpd
	fifty_mbox
}

atf_test_case lmtp__each_fault__deferred_then_one_copy
lmtp__each_fault__deferred_then_one_copy_head()
{
	needs_root
}
lmtp__each_fault__deferred_then_one_copy_body()
{
	start_smtpd
	each_fault
}

atf_init_test_cases()
{
	atf_add_test_case lmtp__fifty_messages__whole_in_maildir
	atf_add_test_case lmtp__fifty_messages__whole_in_mbox
	atf_add_test_case lmtp__each_fault__deferred_then_one_copy
}
