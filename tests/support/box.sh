# box.sh - what the tests of a delivery share: mailboxes, messages, claims.
#
# A function that "gives" something sets the variable named.

# make_box DIR - an empty Maildir.
make_box()
{
	mkdir -m 700 "$1" "$1/tmp" "$1/new" "$1/cur" ||
	    atf_fail "cannot make $1"
}

# make_message FILE - one that can be told from others by its Message-ID.
make_message()
{
	printf 'Message-ID: <%s@example.org>\nSubject: a test\n\nhello\n' \
	    "${1##*/}" >"$1"
}

# count_files DIR - gives count, and file: the last of them.
count_files()
{
	count=0
	for entry in "$1"/*; do
		[ -e "$entry" ] || [ -h "$entry" ] || continue
		count=$((count + 1))
		file=$entry
	done
}

# expect_count NUMBER DIR - so many files lie there; gives file.
expect_count()
{
	count_files "$2"
	[ "$count" -eq "$1" ] || {
		ls -la "$2"
		atf_fail "$count files in $2, not $1"
	}
}

# expect_nothing BOX - no message is visible, and nothing is left behind.
expect_nothing()
{
	expect_count 0 "$1/new"
	expect_count 0 "$1/tmp"
}

# expect_only BOX MESSAGE - one message, with these bytes; gives file.
expect_only()
{
	expect_count 0 "$1/tmp"
	expect_count 1 "$1/new"
	atf_check cmp "$2" "$file"
}

# deferred CODE COMMAND ... - exit 75, and what is said begins with the code.
# The message is on standard input. What was said is left in "said".
deferred()
{
	code=$1
	shift
	atf_check -s exit:75 -o empty -e save:said "$@"
	IFS= read -r sentence <said || atf_fail 'nothing was said'
	case $sentence in
	"$code "?*)	;;
	*)	atf_fail "no \"$code\" in front: $sentence" ;;
	esac
}

# wait_until COMMAND ... - until it succeeds; a fault of the test when it
# does not within a minute.
wait_until()
{
	turns=600
	until "$@" >/dev/null 2>&1; do
		turns=$((turns - 1))
		[ "$turns" -gt 0 ] || atf_fail "waited too long for: $*"
		sleep 0.1
	done
}

# wait_for PID - gives status, without the word "Killed" that some shells print
# of a child in the foreground.
wait_for()
{
	status=0
	wait "$1" 2>/dev/null || status=$?
}

# built_with NAME - HAVE_NAME is 1 in config.h.
built_with()
{
	grep -q "^#define HAVE_$1 1$" "$BUILDDIR/config.h" ||
	    atf_skip "built without $1"
}

# short_or_long SHORT LONG - prints one of them: with MDA_LONG=yes, which "make
# check-long" sets, the second.
short_or_long()
{
	if [ "${MDA_LONG-}" = yes ]; then echo "$2"; else echo "$1"; fi
}

# fixed_settings - the file "settings", for mda-lmtp and boxes in ./boxes.
fixed_settings()
{
	{
		echo 'account = fixed'
		echo "mailbox = maildir:$PWD/boxes/%n"
		echo 'return_path = never'
		echo 'delivered_to = never'
		echo 'log = none'
		echo "log_file = $PWD/log"
	} >settings
}

# as_usual - what is counted here is of a build for this system.
as_usual()
{
	[ -z "${MDA_PART-}" ] || atf_skip "not for $MDA_PART"
}

# not_for PART - of make check-portable.
not_for()
{
	[ "${MDA_PART-}" != "$1" ] || atf_skip "not for $1"
}

# trace_apart COMMAND ... - under strace, with "message" as its input, each
# process for itself: in one file, lines of two are torn. Gives the files
# of_parent and of_child.
trace_apart()
{
	rm -f trace.*
	atf_check strace -ff -s 400 -o trace "$@" <message
	: >of_child
	for trace in trace.*; do
		if grep -q '^execve(' "$trace"; then
			cp "$trace" of_parent
		else
			cat "$trace" >>of_child
		fi
	done
}

# not_emulated WHY - of a program that qemu runs, it is not true.
not_emulated()
{
	[ -z "${MDA_EMULATED-}" ] || atf_skip "not under qemu: $1"
}

# not_sanitized - some claims do not hold for a build with sanitizers.
not_sanitized()
{
	[ -z "${MDA_SANITIZER-}" ] || atf_skip "not with $MDA_SANITIZER"
}
