# sieve.sh - what the tests of scripts share. A home, a script, a sendmail.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2154
. "$SRCDIR/tests/support/box.sh"

# script - what is on standard input becomes the user's script.
script()
{
	cat >.mda.sieve
	chmod 600 .mda.sieve
}

# letter ["FIELD: VALUE" ...] - a message "msg" with these fields.
letter()
{
	{
		echo 'Message-ID: <1@example.org>'
		echo 'From: friend@example.org'
		echo 'To: me@example.net'
		[ $# -eq 0 ] || printf '%s\n' "$@"
		printf '\nhello\n'
	} >msg
}

# make_sendmail [STATUS] - one that keeps its arguments in "sent.to", and what
# it was given in "sent.mail", and ends with a status.
make_sendmail()
{
	cat >sendmail <<-EOF
	#!/bin/sh
	printf '%s\n' "\$*" >>"$PWD/sent.to"
	cat >>"$PWD/sent.mail"
	exit ${1-0}
	EOF
	chmod 755 sendmail
}

# run_mda [OPTION ...] - deliver "msg" to me@example.net, without a check.
run_mda()
{
	rm -f log
	"$MDA" -o log=none -o "log_file=$PWD/log" -o mailbox=maildir:%h/box \
	    -o delivered_to=never -o return_path=never \
	    -o "sendmail_path=$PWD/sendmail" -a me@example.net \
	    -f friend@example.org "$@" <msg
}

# delivered [OPTION ...] - the same, with exit status 0 and silence.
delivered()
{
	status=0
	run_mda "$@" >said 2>&1 || status=$?
	[ "$status" -eq 0 ] || {
		cat said
		atf_fail "exit status $status"
	}
	atf_check cat said
}

# logged PATTERN ... - the log line matches each of them.
logged()
{
	for pattern do
		grep -q -e "$pattern" log || {
			cat log
			atf_fail "no $pattern in the log"
		}
	done
}

# not_logged PATTERN ...
not_logged()
{
	for pattern do
		! grep -e "$pattern" log || atf_fail "$pattern in the log"
	done
}

# holds FOLDER NUMBER - so many messages lie in new/ and cur/ of a folder of
# the box ("" for itself), and nothing in tmp/; gives file.
holds()
{
	found=0
	for entry in "box/$1"/new/* "box/$1"/cur/*; do
		[ -e "$entry" ] || continue
		found=$((found + 1))
		file=$entry
	done
	[ "$found" -eq "$2" ] || {
		find box
		[ ! -e log ] || cat log
		atf_fail "$found messages in \"$1\", not $2"
	}
	[ ! -d "box/$1/tmp" ] || expect_count 0 "box/$1/tmp"
}

# kept - the message lies in the mailbox, as it came, and nowhere else.
kept()
{
	holds '' 1
	atf_check cmp msg "$file"
	total=$(find box -type f -path '*[wr]/*' | wc -l)
	[ "$total" -eq 1 ] || atf_fail "$total messages"
}
