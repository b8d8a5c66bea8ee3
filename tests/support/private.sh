# private.sh - a mount name space of the test's own, with accounts in it.
#
# To be sourced at the top of a test program: run by root, the program begins
# anew inside such a name space, and the machine sees nothing of what is
# mounted there. A function that "gives" something sets the variable named.

if [ -z "${MDA_PRIVATE-}" ] && [ "$(id -u)" -eq 0 ] &&
    unshare -m true 2>/dev/null
then
	MDA_PRIVATE=yes
	export MDA_PRIVATE
	exec unshare -m "$0" "$@"
fi

# cover FOLDER OPTIONS - an empty folder in its place. Where the tests themselves
# lie in it, they stay in reach.
cover()
{
	covered=$PWD/covered
	case $SRCDIR/:$BUILDDIR/ in
	"$1"/*|*:"$1"/*)
		mkdir -p "$covered$1"
		mount --rbind "$1" "$covered$1" || atf_fail "no second $1" ;;
	esac
	mount -t tmpfs -o "$2" tmpfs "$1" || atf_fail "no tmpfs on $1"
	for tests in "$SRCDIR" "$BUILDDIR"; do
		case $tests in
		"$1"/*)	mkdir -p "$tests"
			mount --rbind "$covered$tests" "$tests" ||
			    atf_fail "no second $tests" ;;
		esac
	done
}

# private_start - change to an empty folder of root's that all can reach, and
# give the machine the users alice, bob, mallory and vmail. Gives stage, and
# as_alice and as_mallory: words to put before a command.
private_start()
{
	[ -n "${MDA_PRIVATE-}" ] || atf_skip 'no mount name spaces here'
	stage=/mnt
	umask 022
	cover "$stage" mode=755
	cd "$stage" || atf_fail 'no stage'
	mkdir home
	make_users
	printf 'log = none\n' >settings
	unset HOME
	as_alice='setpriv --reuid alice --regid alice --init-groups'
	as_mallory='setpriv --reuid mallory --regid mallory --init-groups'
}

make_users()
{
	cat >passwd <<-END
		root:x:0:0:root:$stage/home/root:/bin/sh
		toor:x:0:0:root too:$stage/home/toor:/bin/sh
		nobody:x:65534:65534:nobody:/nonexistent:/bin/false
		alice:x:4711:4712:Alice:$stage/home/alice:/bin/sh
		bob:x:4721:4722:Bob:$stage/home/bob:/bin/sh
		mallory:x:4731:4732:Mallory:$stage/home/mallory:/bin/sh
		vmail:x:4741:4742:all mail:$stage/home/vmail:/bin/false
	END
	cat >group <<-'END'
		root:x:0:
		mail:x:4708:bob
		staff:x:4750:alice,carol
		readers:x:4751:bob,alice
		alice:x:4712:
		bob:x:4722:
		mallory:x:4732:
		vmail:x:4742:
	END
	use_databases 'passwd: files' 'group: files'
	mount --bind passwd /etc/passwd
	mount --bind group /etc/group
	for user in root:0:0 toor:0:0 alice:4711:4712 bob:4721:4722 \
	    mallory:4731:4732 vmail:4741:4742
	do
		mkdir -m 700 "home/${user%%:*}"
		chown "${user#*:}" "home/${user%%:*}"
	done
}

# use_databases LINE ... - of nsswitch.conf.
use_databases()
{
	printf '%s\n' "$@" >nsswitch.conf
	[ ! -e /etc/nsswitch.conf ] ||
	    mount --bind nsswitch.conf /etc/nsswitch.conf
}

# owner_of PATH - gives owner, "uid:gid mode" of the thing itself.
owner_of()
{
	owner=$(stat -c '%u:%g %a' "$1") || atf_fail "no $1"
}

# expect_owner WHAT PATH - "uid:gid mode".
expect_owner()
{
	owner_of "$2"
	atf_check_equal "$2 $1" "$2 $owner"
}

# start_slow COMMAND ... - until the process that delivers waits for more of
# its message, which comes through descriptor 9. Gives pid and child.
start_slow()
{
	[ -p slow ] || mkfifo slow
	# A program of its own: its 9 would keep the message from ending.
	"$@" <slow >out 2>err 9>&- &
	pid=$!
	exec 9>slow
	printf 'Message-ID: <slow@example.org>\n\nthe first part\n' >&9
	wait_until find_child
	wait_until is_waiting "$child"
	wait_until is_waiting "$pid"
}

# The fork that has given up root's rights; kernels list it under its parent.
find_child()
{
	child=
	read -r child rest <"/proc/$pid/task/$pid/children"
	[ -n "$child" ] || return 1
	grep -q '^Uid:	47[0-9][0-9]	' "/proc/$child/status"
}

# It sleeps, and standard input is where it has to be by then.
is_waiting()
{
	grep -q '^State:	S' "/proc/$1/status" || return 1
	[ "$1" != "$pid" ] ||
	    [ "$(readlink "/proc/$pid/fd/0")" = /dev/null ]
}

# end_slow - the message is over; gives status.
end_slow()
{
	exec 9>&-
	wait_for "$pid"
}

# is_gone PID - or only waits for its parent to ask how it ended.
is_gone()
{
	state=$(sed -n 's/^State:	\(.\).*/\1/p' "/proc/$1/status" 2>/dev/null)
	[ -z "$state" ] || [ "$state" = Z ]
}
