# Each call of each of mda-lmtp's processes fails with each error that it can
# have, or is the last one: the answers are true, and the client's next try
# leaves one whole copy. tests/support/lmtp_points.py tells how.

# shellcheck disable=SC1091
. "$SRCDIR/tests/support/lmtp_points.sh"

# add_both SCENE PROCESS WHO
add_both()
{
	fault="$BUILDDIR/tests/fault/mda-lmtp-fault"
	counts="$SRCDIR/tests/fault/lmtp.count"
	add_points "$1_$3__each_fault__answers_are_true" \
	    "$counts" "$fault" faults "$1" "$2"
	add_points "$1_$3__killed_at_each_call__answers_are_true" \
	    "$counts" "$fault" kills "$1" "$2"
}

atf_init_test_cases()
{
	add_both apart 2 speaker
	add_both apart 3 worker
	add_both apart 4 second_worker
	add_both apart 5 worker_of_the_second_message
	add_both shared 3 worker_for_two
	add_both first 3 worker
}
