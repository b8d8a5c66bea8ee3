# mta_pipe.sh - what the tests of programs share that stand between a mail
# server and mda. Needs mta_cases.sh; the test program gives hand_over, which
# runs that program with a message on standard input. Our own sender judges its
# status as the strictest of them does: 0 is delivered, 75 means later, and
# with all else the message is returned.

asks_user_database=no

# start_piping NAME
start_piping()
{
	mta_start
	sender=$1
	server_log=$root/mail/said
	: >"$server_log"
	mkdir "$root/mail/queue" "$root/mail/returned"
}

# quietly COMMAND ... - what it says is kept.
quietly()
{
	in_root timeout 60 "$@" >>"$server_log" 2>&1
}

submit()
{
	mail make "/mail/$1" "$2" || atf_fail 'cannot make messages'
	for message in "$root/mail/$1"/*; do
		cp "$message" "$root/mail/queue/$1.${message##*/}"
	done
	come_again
}

come_again()
{
	for message in "$root/mail/queue"/*; do
		[ -f "$message" ] || continue
		status=0
		hand_over <"$message" || status=$?
		echo "status $status" >>"$server_log"
		case $status in
		0)	rm "$message" ;;
		75)	;;
		*)	mv "$message" "$root/mail/returned" ;;
		esac
	done
}

outcome()
{
	outcome=delivered
	is_idle || outcome=deferred
	[ -z "$(ls "$root/mail/returned")" ] || outcome=bounced
}

is_idle()
{
	[ -z "$(ls "$root/mail/queue")" ]
}
