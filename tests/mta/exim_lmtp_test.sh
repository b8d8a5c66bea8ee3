# Exim delivers through mda-lmtp, by an lmtp transport with a command.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2034,SC2154
layer=exim
. "$SRCDIR/tests/support/mta.sh"
. "$SRCDIR/tests/support/mta_cases.sh"
. "$SRCDIR/tests/support/mta_exim.sh"

asks_user_database=no
speaks_lmtp

start_exim()
{
	mta_start
	sender='Exim lmtp'
	server_log=$root/var/log/exim4/mainlog
	virtual_user
	configure 'domains = example.net' 'local_parts = al : bo' \
	    >"$root/etc/exim4/exim4.conf"
	serve
}

# For users of the system, by a socket that starts it as root.
start_socket()
{
	mta_start
	sender='Exim lmtp, socket'
	server_log=$root/var/log/exim4/mainlog
	asks_user_database=yes
	line='socket = /run/mda/lmtp'
	atf_check -o ignore grep -F ".Ql $line" "$SRCDIR/man/mda-setup.7"
	base_settings=$(from_manual exim-lmtp-settings)
	use_settings
	listen
	configure check_local_user |
	    sed "s,^  command = .*,  $line,; /^  user = /d" \
		>"$root/etc/exim4/exim4.conf"
	serve
}

# configure LINE ... - for whom the router is.
configure()
{
	cat <<-'END'
		primary_hostname = mail.example.org
		domainlist local_domains = example.net : example.org
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
	END
	printf '  %s\n' "$@"
	cat <<-'END'
		  local_part_suffix = +*
		  local_part_suffix_optional
		  transport = mda_lmtp
		begin transports
	END
	from_manual exim-lmtp-transport
	printf '%s\n' 'begin retry' '* * F,2h,1h; F,4d,6h'
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
	expect_both /srv/mail/example.net
	atf_check -o ignore grep -E '(=>|->) bo' "$server_log"
}

atf_init_test_cases()
{
	usual_cases lmtp start_exim
	usual_case socket__fifty_messages__whole_in_maildir start_socket \
	    fifty_maildir
	usual_case socket__each_fault__deferred_then_one_copy start_socket \
	    each_fault
	atf_add_test_case lmtp__many_recipients__one_conversation
}
