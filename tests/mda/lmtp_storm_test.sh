# Clients of mda-lmtp that break off at every byte, servers that are killed at
# any moment, and two hundred clients at once.

# What is sourced sets variables.
# shellcheck disable=SC1091
. "$SRCDIR/tests/support/box.sh"

# storm MODE LAST - play it; LAST is what the last line says.
storm()
{
	mkdir boxes
	fixed_settings
	atf_check -o save:result -x "python3 \
	    $SRCDIR/tests/support/lmtp_storm.py $1 $PWD/boxes \
	    $BUILDDIR/mda/mda-lmtp -c settings"
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
	atf_add_test_case sessions__two_hundred__all_whole_and_small
}
