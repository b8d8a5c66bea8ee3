# Postfix delivers through mda-lmtp: lmtp(8), by way of spawn(8).

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2034,SC2154
layer=postfix
program=mda-lmtp
. "$SRCDIR/tests/support/mta.sh"
. "$SRCDIR/tests/support/mta_cases.sh"

asks_user_database=no

# What is killed behind the last answer has delivered, and Postfix knows.
faults=$(printf '%s' "$faults" | sed 's/killed_when_visible//')

start_spawn()
{
	mta_start
	sender='Postfix lmtp'
	rcpt=al@example.net owner=vmail home=/srv/mail
	mbox=/srv/mail/example.net/al.mbox
	mbox_template=/srv/mail/%d/%n.mbox
	maildir=/srv/mail/example.net/al
	mkdir "$root/srv/mail"
	mount_home "$home" "$owner"
	in_root install -d -o vmail -g vmail /srv/mail/example.net
	base_settings=$(from_manual virtual-settings)
	use_settings
	printf '%s\n' 'al@example.net yes' 'bo@example.net yes' \
	    >"$root/etc/postfix/users"
	in_root postmap hash:/etc/postfix/users
	start_postfix
}

start_postfix()
{
	server_log=$root/var/log/postfix.log
	etc=$root/etc/postfix
	cat >"$etc/main.cf" <<-'END'
		compatibility_level = 3.6
		myhostname = mail.example.org
		mydestination = example.org
		inet_interfaces = loopback-only
		inet_protocols = ipv4
		smtp_dns_support_level = disabled
		alias_maps =
		maillog_file = /var/log/postfix.log
		minimal_backoff_time = 1h
		recipient_delimiter = +
	END
	from_manual postfix-lmtp-main >>"$etc/main.cf"
	from_manual postfix-lmtp-master >>"$etc/master.cf"
	in_root postconf -F '*/*/chroot=n' || atf_fail 'no postconf'
	in_root postfix start >"$root/mail/start" 2>&1 || {
		cat "$root/mail/start"
		atf_fail 'Postfix does not start'
	}
}

submit()
{
	: >"$server_log"
	send_mail "$1" "$2"
}

outcome()
{
	wait_until grep "to=<$rcpt>.* status=" "$server_log"
	case $(grep -m 1 "to=<$rcpt>.* status=" "$server_log") in
	*status=sent*)	outcome=delivered ;;
	*status=deferred*) outcome=deferred ;;
	*status=bounced*) outcome=bounced ;;
	*)	outcome=unknown ;;
	esac
}

come_again()
{
	in_root postqueue -f
}

is_idle()
{
	[ "$(in_root postqueue -p)" = 'Mail queue is empty' ]
}

atf_test_case lmtp__fifty_messages__whole_in_maildir
lmtp__fifty_messages__whole_in_maildir_head()
{
	needs_root
}
lmtp__fifty_messages__whole_in_maildir_body()
{
	start_spawn
	fifty_maildir
}

atf_test_case lmtp__fifty_messages__whole_in_mbox
lmtp__fifty_messages__whole_in_mbox_head()
{
	needs_root
}
lmtp__fifty_messages__whole_in_mbox_body()
{
	start_spawn
	fifty_mbox
}

# One conversation for both; the detail is in the address that is kept.
atf_test_case lmtp__many_recipients__one_conversation
lmtp__many_recipients__one_conversation_head()
{
	needs_root
}
lmtp__many_recipients__one_conversation_body()
{
	start_spawn
	mail make /mail/both 1 || atf_fail 'no message'
	: >"$server_log"
	in_root sendmail -f bob@example.org al+x@example.net bo@example.net \
	    <"$root/mail/both/01.eml" || atf_fail 'it took no mail'
	wait_until idle_after_trying
	for name in al bo; do
		[ "$(mail has "/srv/mail/example.net/$name" \
		    /mail/both/01.eml)" = 1 ] || {
			show_logs
			atf_fail "not there for $name"
		}
	done
	atf_check -o ignore \
	    grep -qx 'Delivered-To: al+x@example.net' \
	    "$root"/srv/mail/example.net/al/new/*
	atf_check_equal 1 "$(grep 'status=sent' "$server_log" |
	    sed 's/.*postfix.lmtp\[\([0-9]*\)\].*/\1/' | sort -u | wc -l)"
	grep -q 'status=delivered .*from=bob@example.org' "$syslog" ||
	    atf_fail 'the log does not tell'
}

atf_test_case lmtp__each_fault__deferred_then_one_copy
lmtp__each_fault__deferred_then_one_copy_head()
{
	needs_root
}
lmtp__each_fault__deferred_then_one_copy_body()
{
	start_spawn
	each_fault
}

atf_init_test_cases()
{
	atf_add_test_case lmtp__fifty_messages__whole_in_maildir
	atf_add_test_case lmtp__fifty_messages__whole_in_mbox
	atf_add_test_case lmtp__many_recipients__one_conversation
	atf_add_test_case lmtp__each_fault__deferred_then_one_copy
}
