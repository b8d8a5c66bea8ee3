# Tests that are written in Sieve, and the program that runs them.

# Beside mda in the folder of the build.
svtest=${MDA%/mda/mda}/tests/sieve/svtest
files="$SRCDIR/tests/sieve/svtest_files"

passes()
{
	atf_check -o match:' passed, 0 failed' timeout 20 "$svtest" \
	    "$files/$1.svtest"
}

atf_test_case driver__each_command__does_what_it_says
driver__each_command__does_what_it_says_body()
{
	passes driver
}

atf_test_case driver__a_test_that_fails__the_next_one_runs_and_status_1
driver__a_test_that_fails__the_next_one_runs_and_status_1_body()
{
	atf_check -s exit:1 -o match:'FAILED: line 3: on purpose' \
	    -o not-match:'never comes' -o match:'^1 passed, 1 failed' \
	    "$svtest" "$files/fails.svtest"
}

atf_test_case driver__a_file_that_is_wrong__is_a_failure
driver__a_file_that_is_wrong__is_a_failure_body()
{
	atf_check -s exit:1 -o match:'^0 passed, 1 failed' \
	    "$svtest" "$files/wrong.sieve"
	atf_check -s exit:1 -o match:'^0 passed, 1 failed' \
	    "$svtest" "$files/none.svtest"
}

atf_test_case rfc5228__tests_in_sieve__all_pass
rfc5228__tests_in_sieve__all_pass_body()
{
	passes rfc5228
}

atf_test_case extensions__tests_in_sieve__all_pass
extensions__tests_in_sieve__all_pass_body()
{
	passes extensions
}

atf_test_case hostile__tests_in_sieve__all_pass
hostile__tests_in_sieve__all_pass_body()
{
	passes hostile
}

atf_init_test_cases()
{
	atf_add_test_case driver__each_command__does_what_it_says
	atf_add_test_case \
	    driver__a_test_that_fails__the_next_one_runs_and_status_1
	atf_add_test_case driver__a_file_that_is_wrong__is_a_failure
	atf_add_test_case rfc5228__tests_in_sieve__all_pass
	atf_add_test_case extensions__tests_in_sieve__all_pass
	atf_add_test_case hostile__tests_in_sieve__all_pass
}
