# Each call of each of mda-lmtp's processes fails with each error that it can
# have, or is the last one: the answers are true, and the client's next try
# leaves one whole copy. tests/support/lmtp_points.py tells how.

# shellcheck disable=SC1091
. "$SRCDIR/tests/support/private.sh"
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

# notice MUTANT SCENE PROCESS WORDS - a delivery agent with a fault
# (record_sys.c) is found to do what the words say.
notice()
{
	points_start "$2"
	atf_check -s exit:1 -o save:result env MDA_MUTANT="$1" \
	    python3 -B "$SRCDIR/tests/support/lmtp_points.py" faults "$2" "$3" \
	    "$BUILDDIR/tests/fault/mda-lmtp-fault" -c settings
	cat result
	atf_check -o not-empty grep "$4" result
}

atf_test_case mutant_undo_left__root__noticed
mutant_undo_left__root__noticed_head()
{
	atf_set require.user root
	atf_set require.progs python3
	atf_set timeout 600
}
mutant_undo_left__root__noticed_body()
{
	notice undo-left root 3 'al has it, but: .*451 4.3.0'
}

atf_test_case mutant_cut_left__mbox__noticed
mutant_cut_left__mbox__noticed_head()
{
	atf_set require.progs python3
	atf_set timeout 600
}
mutant_cut_left__mbox__noticed_body()
{
	notice cut-left mbox 3 'al has it, but: .*451 4.3.0'
}

atf_init_test_cases()
{
	add_both apart 2 speaker
	add_both apart 3 worker
	add_both apart 4 second_worker
	add_both apart 5 worker_of_the_second_message
	add_both shared 3 worker_for_two
	add_both first 3 worker
	add_both mbox 3 worker
	add_both script 5 worker_with_a_script
	add_both root 2 speaker
	add_both root 3 worker
	add_both spool 5 helper
	add_both spool 6 worker_with_a_helper
	atf_add_test_case mutant_undo_left__root__noticed
	atf_add_test_case mutant_cut_left__mbox__noticed
}
