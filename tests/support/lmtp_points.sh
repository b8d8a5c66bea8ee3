# Sourced by tests in which calls of mda-lmtp fail, or end it.

# What is sourced sets variables.
# shellcheck disable=SC1091
. "$SRCDIR/tests/support/box.sh"

# points COUNTS PROGRAM MODE ... - no fault, and the figures of the last line
# stand in COUNTS: of all that depends on the table of calls, and of the system
# calls that change something. The others depend on the C library.
points()
{
	counts=$1
	program=$2
	shift 2
	# It tells whether the one who left a file behind is still alive.
	built_with FLOCK
	not_sanitized	# their own calls and memory are not the program's
	mkdir boxes
	# What lies above a home is not synced, however young.
	HOME=$PWD/boxes
	export HOME
	fixed_settings
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

# add_points NAME COUNTS PROGRAM MODE ...
add_points()
{
	name=$1
	shift
	atf_test_case "$name"
	eval "${name}_head()
		{
			atf_set require.progs python3
			atf_set timeout 600
		}
		${name}_body() { points $*; }"
	atf_add_test_case "$name"
}
