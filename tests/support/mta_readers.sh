# mta_readers.sh - what the tests of mail readers share. Needs mta.sh.

# start_reading - a system whose user alice will have one message of each kind.
# Gives where its parts are: given, for what a reader makes of a mailbox, and
# list, for what it lists, and server_log, for what it says.
start_reading()
{
	mta_start
	mkdir "$root/dev/pts"
	mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
	ln -s pts/ptmx "$root/dev/ptmx"
	readers make /mail/in || atf_fail 'cannot make messages'
	readers senders >senders
	mkdir "$root/mail/out"
	in_root chown alice:alice /mail/out
	given=/mail/out/given list=/mail/out/list
	server_log=$root/mail/out/said
}

readers()
{
	in_root python3 /usr/local/lib/mta_readers.py "$@"
}

as_alice()
{
	in_root setpriv --reuid alice --regid alice --init-groups \
	    env HOME=/home/alice USER=alice LOGNAME=alice TERM=vt100 \
	    PATH=/usr/local/bin:/usr/bin:/bin timeout 60 "$@"
}

# for_alice COMMAND ... - nothing to read, and what it says is kept.
for_alice()
{
	as_alice "$@" </dev/null >>"$server_log" 2>&1 || {
		show_logs
		atf_fail "failed: $*"
	}
}

# deliver OPTION ... - all the messages, each by an mda of its own.
deliver()
{
	while read -r kind from; do
		as_alice mda -f "$from" -a "$rcpt" "$@" \
		    <"$root/mail/in/$kind" || atf_fail "not delivered: $kind"
	done <senders
}

# deliver_later NAME OPTION ... - another one, with this subject.
deliver_later()
{
	name=$1
	shift
	printf '%s\n' 'From: Bob 20 <bob20@example.net>' "Subject: $name" \
	    "Message-ID: <$name@example.net>" \
	    'Date: Mon, 20 Jan 2024 10:00:00 +0000' '' "this is $name" |
	    as_alice mda -f bob20@example.net -a "$rcpt" "$@" ||
	    atf_fail "not delivered: $name"
}

# expect_whole WORD ... - given holds each message; see mta_readers.py.
expect_whole()
{
	readers whole /mail/in "$given" "$@" >faults || {
		cut -c 1-1000 faults
		show_logs
		atf_fail 'not what was delivered'
	}
}

# expect_listed NEW WORD ... - so does list, and each is new.
expect_listed()
{
	readers listed /mail/in "$list" "$@" >faults || {
		cut -c 1-1000 faults
		show_logs
		atf_fail 'not listed as delivered'
	}
}

# reader_case NAME FUNCTION WORD ... - a case of that name that calls it.
reader_case()
{
	case_name=$1
	shift
	atf_test_case "$case_name"
	eval "${case_name}_head() { needs_root; }
	    ${case_name}_body() { start_reading; $*; }"
	atf_add_test_case "$case_name"
}
