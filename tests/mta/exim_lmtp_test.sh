# Exim delivers through mda-lmtp, by an lmtp transport with a command.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2034,SC2154
layer=exim
program=mda-lmtp
. "$SRCDIR/tests/support/mta.sh"
. "$SRCDIR/tests/support/mta_cases.sh"

asks_user_database=no

# What is killed behind the last answer has delivered, and Exim knows.
faults=$(printf '%s' "$faults" | sed 's/killed_when_visible//')

start_exim()
{
	mta_start
	sender='Exim lmtp'
	server_log=$root/var/log/exim4/mainlog
	rcpt=al@example.net owner=vmail home=/srv/mail
	mbox=/srv/mail/example.net/al.mbox
	mbox_template=/srv/mail/%d/%n.mbox
	maildir=/srv/mail/example.net/al
	mkdir "$root/srv/mail"
	mount_home "$home" "$owner"
	in_root install -d -o vmail -g vmail /srv/mail/example.net
	base_settings=$(from_manual virtual-settings)
	use_settings
	configure >"$root/etc/exim4/exim4.conf"
	in_root exim4 -bd </dev/null >"$root/mail/start" 2>&1 || {
		cat "$root/mail/start"
		atf_fail 'Exim does not start'
	}
}

configure()
{
	cat <<-'END'
		primary_hostname = mail.example.org
		domainlist local_domains = example.net
		acl_smtp_rcpt = rcpt
		rfc1413_query_timeout = 0s
		local_interfaces = 127.0.0.1
		begin acl
		rcpt:
		  require verify = recipient
		  accept
		begin routers
		virtual:
		  driver = accept
		  domains = example.net
		  local_parts = al : bo
		  local_part_suffix = +*
		  local_part_suffix_optional
		  transport = mda_lmtp
		begin transports
	END
	from_manual exim-lmtp-transport
	printf '%s\n' 'begin retry' '* * F,2h,1h; F,4d,6h'
}

submit()
{
	: >"$server_log"
	chmod 666 "$server_log"
	send_mail "$1" "$2"
}

outcome()
{
	wait_until grep -E "^[^=]* (=>|==|\*\*) ${rcpt%@*}" "$server_log"
	case $(grep -m 1 -E "^[^=]* (=>|==|\*\*) ${rcpt%@*}" "$server_log") in
	*' => '*) outcome=delivered ;;
	*' == '*) outcome=deferred ;;
	*)	outcome=bounced ;;
	esac
}

come_again()
{
	in_root exim4 -qff
}

is_idle()
{
	[ "$(in_root exim4 -bpc)" = 0 ]
}

atf_test_case lmtp__fifty_messages__whole_in_maildir
lmtp__fifty_messages__whole_in_maildir_head()
{
	needs_root
}
lmtp__fifty_messages__whole_in_maildir_body()
{
	start_exim
	fifty_maildir
}

atf_test_case lmtp__fifty_messages__whole_in_mbox
lmtp__fifty_messages__whole_in_mbox_head()
{
	needs_root
}
lmtp__fifty_messages__whole_in_mbox_body()
{
	start_exim
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
	start_exim
	mail make /mail/both 1 || atf_fail 'no message'
	in_root exim4 -f bob@example.org al+x@example.net bo@example.net \
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
	atf_check -o ignore grep -E '(=>|->) bo' "$server_log"
}

atf_test_case lmtp__each_fault__deferred_then_one_copy
lmtp__each_fault__deferred_then_one_copy_head()
{
	needs_root
}
lmtp__each_fault__deferred_then_one_copy_body()
{
	start_exim
	each_fault
}

atf_init_test_cases()
{
	atf_add_test_case lmtp__fifty_messages__whole_in_maildir
	atf_add_test_case lmtp__fifty_messages__whole_in_mbox
	atf_add_test_case lmtp__many_recipients__one_conversation
	atf_add_test_case lmtp__each_fault__deferred_then_one_copy
}
