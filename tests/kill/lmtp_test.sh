# A signal at every system call of mda-lmtp's processes, as it is installed: the
# answers are true, and the client's next try leaves one whole copy.
# tests/support/lmtp_points.py tells how.

# shellcheck disable=SC1091
. "$SRCDIR/tests/support/lmtp_points.sh"

# add_signals SCENE WHO NAME SIGNAL ...
add_signals()
{
	scene=$1
	who=$2
	called=$3
	shift 3
	for signal in "$@"; do
		add_points "${scene}_${called}__${signal}_at_each_call__answers_are_true" \
		    "$SRCDIR/tests/kill/lmtp.count" "$BUILDDIR/mda/mda-lmtp" \
		    signals "$scene" "$who" "$signal"
	done
}

atf_init_test_cases()
{
	add_signals apart first monitor KILL TERM HUP ALRM
	add_signals apart 2 speaker KILL TERM HUP ALRM
	add_signals apart 3 worker KILL TERM HUP ALRM
	add_signals apart 4 second_worker KILL
	add_signals apart 5 worker_of_the_second_message KILL
	add_signals shared 3 worker_for_two KILL TERM
}
