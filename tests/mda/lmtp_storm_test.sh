# Clients of mda-lmtp that break off at every byte, servers that are killed at
# any moment, and two hundred clients at once.

# What is sourced sets variables.
# shellcheck disable=SC1091
. "$SRCDIR/tests/support/box.sh"

# storm MODE LAST [COMMAND] - play it; LAST is what the last line says.
storm()
{
	program=${3-$BUILDDIR/mda/mda-lmtp}
	mkdir boxes
	{
		echo 'account = fixed'
		echo "mailbox = maildir:$PWD/boxes/%n"
		echo 'return_path = never'
		echo 'delivered_to = never'
		echo 'log = none'
		echo "log_file = $PWD/log"
	} >settings
	atf_check -o save:result -x "python3 \
	    $SRCDIR/tests/support/lmtp_storm.py $1 $PWD/boxes \
	    $program -c settings"
	cat result
	atf_check -o match:"$2" tail -n 1 result
}

atf_test_case conversation__cut_at_every_byte__no_part_and_no_lie
conversation__cut_at_every_byte__no_part_and_no_lie_body()
{
	storm cut '^[0-9]{3,} conversations, 0 faults$'
}

atf_test_case server__killed_at_any_moment__one_copy_after_the_retry
server__killed_at_any_moment__one_copy_after_the_retry_body()
{
	# It tells whether the one who left a file behind is still alive.
	built_with FLOCK
	storm kill '^100 kills, 0 faults$'
}

atf_test_case calls__each_fails__answers_are_true
calls__each_fails__answers_are_true_body()
{
	not_sanitized
	storm faults '^[0-9]{3} calls that failed, 0 faults$' \
	    "$BUILDDIR/tests/fault/mda-lmtp-fault"
	# Most of them are met by somebody, and nobody else suffers.
	atf_check -o match:'^[1-9][0-9]* times 451 4\.3\.0$' \
	    -o match:'^[1-9][0-9]* times 452 4\.3\.1$' \
	    -o match:'^[1-9][0-9]{2} times 250 2\.0\.0$' cat result
}

# The one who speaks, and each of those who deliver.
atf_test_case process__killed_at_each_call__answers_are_true
process__killed_at_each_call__answers_are_true_body()
{
	built_with FLOCK
	not_sanitized
	# How many there are depends on the folders above: young ones are synced.
	storm points '^1[0-9]{2} points, 0 faults$' \
	    "$BUILDDIR/tests/fault/mda-lmtp-fault"
	# They die before there is an answer, and behind it; the speaker alone
	# takes the answers of the others with it.
	atf_check -o match:'^speaker: .* times none$' \
	    -o match:'^first worker: .* times 250 .* times 451 4\.3\.0$' \
	    -o match:'^second worker: .* times 250 .* times 451 4\.3\.0$' \
	    cat result
}

atf_test_case sessions__two_hundred__all_whole_and_small
sessions__two_hundred__all_whole_and_small_body()
{
	not_sanitized
	storm storm '^200 sessions, [0-9]+ copies, 0 faults$'
}

atf_init_test_cases()
{
	atf_add_test_case conversation__cut_at_every_byte__no_part_and_no_lie
	atf_add_test_case server__killed_at_any_moment__one_copy_after_the_retry
	atf_add_test_case calls__each_fails__answers_are_true
	atf_add_test_case process__killed_at_each_call__answers_are_true
	atf_add_test_case sessions__two_hundred__all_whole_and_small
}
