# mta_fetch.sh - what the tests of fetchers share. Needs mta_cases.sh; the
# test program gives fetch, which runs the fetcher once as alice, and tells
# what it says in /mail/said.

asks_user_database=no
patience_s=60

# start_fetching NAME - a server with mail for alice, and a folder for what the
# fetcher of that name keeps. It may run for patience_s.
start_fetching()
{
	mta_start
	sender=$1
	server_log=$root/mail/said
	: >"$server_log"
	mkdir "$root/mail/pop" "$root/mail/state"
	in_root chown alice:alice /mail/state
	in_root python3 /usr/local/lib/mta_pop3.py /mail/pop &
	wait_until in_root python3 -c \
	    'import socket; socket.create_connection(("127.0.0.1", 110))'
}

# as_alice COMMAND ... - as she would from her crontab.
as_alice()
{
	in_root setpriv --reuid alice --regid alice --init-groups \
	    env HOME=/home/alice USER=alice LOGNAME=alice \
	    PATH=/usr/bin:/bin timeout "$patience_s" "$@" </dev/null >>"$server_log" 2>&1
}

submit()
{
	mail make "/mail/$1" "$2" || atf_fail 'cannot make messages'
	for message in "$root/mail/$1"/*; do
		{ echo "Return-Path: <$from>"; cat "$message"; } \
		    >"$root/mail/pop/$1.${message##*/}"
	done
	fetch
}

# A message that stays on the server is deferred; nothing is ever returned.
outcome()
{
	outcome=deferred
	! is_idle || outcome=delivered
}

come_again()
{
	fetch
}

is_idle()
{
	[ -z "$(ls "$root/mail/pop")" ]
}
