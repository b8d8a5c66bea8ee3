# Sourced by tests in which calls of mda-lmtp fail, or end it.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2154
. "$SRCDIR/tests/support/box.sh"

# accounts_start - by root: al, bo and cy, each with the Maildir as his home.
accounts_start()
{
	private_start
	for user in al:4801 bo:4802 cy:4803; do
		echo "${user%:*}:x:${user#*:}:${user#*:}::$stage/boxes/${user%:*}:" \
		    >>passwd
		echo "${user%:*}:x:${user#*:}:" >>group
	done
	{
		echo 'mailbox = maildir:%h'
		echo 'return_path = never'
		echo 'delivered_to = never'
		echo 'log = none'
		echo "log_file = $PWD/log"
	} >settings
	: >log
	chmod 666 log
}

# points_start SCENE - its settings.
points_start()
{
	# It tells whether the one who left a file behind is still alive.
	built_with FLOCK
	not_sanitized	# their own calls and memory are not the program's
	case $1 in
	root|spool)
		accounts_start ;;
	*)
		# What lies above a home is not synced, however young.
		HOME=$PWD/boxes
		export HOME
		fixed_settings ;;
	esac
}

# points COUNTS PROGRAM MODE SCENE ... - no fault, and the figures of the last line
# stand in COUNTS: of all that depends on the table of calls, and of the system
# calls that change something. The others depend on the C library.
points()
{
	counts=$1
	program=$2
	shift 2
	points_start "$2"
	atf_check -o save:result python3 -B \
	    "$SRCDIR/tests/support/lmtp_points.py" "$@" "$program" -c settings
	cat result
	[ -z "${MDA_PART-}" ] || return 0
	sed -n '$ {
		s/; [0-9]* left .*//
		s/^signals \(.*\) SIG.* calls, \([0-9]*\) of .*/\1 \2/
		p
	}' result >figures
	grep -qxF "$(cat figures)" "$counts" || atf_fail "$counts does not \
have this line. When it is meant, write it there: $(cat figures)"
}

# add_points NAME COUNTS PROGRAM MODE SCENE ...
add_points()
{
	name=$1
	shift
	atf_test_case "$name"
	eval "${name}_head()
		{
			atf_set require.progs python3
			atf_set timeout 600
			case $4 in
			root|spool) atf_set require.user root ;;
			esac
		}
		${name}_body() { points $*; }"
	atf_add_test_case "$name"
}
