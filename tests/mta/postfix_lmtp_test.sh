# Postfix delivers through mda-lmtp: lmtp(8), by way of spawn(8).

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2034,SC2154
layer=postfix
. "$SRCDIR/tests/support/mta.sh"
. "$SRCDIR/tests/support/mta_cases.sh"
. "$SRCDIR/tests/support/mta_postfix.sh"

asks_user_database=no
speaks_lmtp

start_spawn()
{
	mta_start
	sender='Postfix lmtp'
	virtual_user
	printf '%s\n' 'al@example.net yes' 'bo@example.net yes' \
	    >"$root/etc/postfix/users"
	in_root postmap hash:/etc/postfix/users
	start_postfix postfix-lmtp-main postfix-lmtp-master \
	    'recipient_delimiter = +'
}

# For users of the system, by a socket that starts it as root.
start_socket()
{
	mta_start
	sender='Postfix lmtp, socket'
	asks_user_database=yes
	listen
	start_postfix postfix-lmtp-socket
}

start_port()
{
	mta_start
	sender='Postfix lmtp, port'
	listen 24
	start_postfix postfix-lmtp-port
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
	expect_both /srv/mail/example.net
	atf_check_equal 1 "$(grep 'status=sent' "$server_log" |
	    sed 's/.*postfix.lmtp\[\([0-9]*\)\].*/\1/' | sort -u | wc -l)"
	grep -q 'status=delivered .*from=bob@example.org' "$syslog" ||
	    atf_fail 'the log does not tell'
}

atf_init_test_cases()
{
	usual_cases lmtp start_spawn
	usual_case socket__fifty_messages__whole_in_maildir start_socket \
	    fifty_maildir
	usual_case port__fifty_messages__whole_in_maildir start_port \
	    fifty_maildir
	usual_case socket__each_fault__deferred_then_one_copy start_socket \
	    each_fault
	usual_case socket__unknown_user__refused_with_5_1_1 start_socket \
	    unknown_user_refused
	atf_add_test_case lmtp__many_recipients__one_conversation
}
