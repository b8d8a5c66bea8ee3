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

atf_test_case rfc3894__tests_in_sieve__all_pass
rfc3894__tests_in_sieve__all_pass_body()
{
	passes rfc3894
}

atf_test_case rfc5173__tests_in_sieve__all_pass
rfc5173__tests_in_sieve__all_pass_body()
{
	passes rfc5173
}

atf_test_case rfc5183__tests_in_sieve__all_pass
rfc5183__tests_in_sieve__all_pass_body()
{
	passes rfc5183
}

atf_test_case rfc5228__tests_in_sieve__all_pass
rfc5228__tests_in_sieve__all_pass_body()
{
	passes rfc5228
}

atf_test_case rfc5229__tests_in_sieve__all_pass
rfc5229__tests_in_sieve__all_pass_body()
{
	passes rfc5229
}

atf_test_case rfc5230__tests_in_sieve__all_pass
rfc5230__tests_in_sieve__all_pass_body()
{
	passes rfc5230
}

atf_test_case rfc5231__tests_in_sieve__all_pass
rfc5231__tests_in_sieve__all_pass_body()
{
	passes rfc5231
}

atf_test_case rfc5232__tests_in_sieve__all_pass
rfc5232__tests_in_sieve__all_pass_body()
{
	passes rfc5232
}

atf_test_case rfc5233__tests_in_sieve__all_pass
rfc5233__tests_in_sieve__all_pass_body()
{
	passes rfc5233
}

atf_test_case rfc5235__tests_in_sieve__all_pass
rfc5235__tests_in_sieve__all_pass_body()
{
	passes rfc5235
}

atf_test_case rfc5260__tests_in_sieve__all_pass
rfc5260__tests_in_sieve__all_pass_body()
{
	passes rfc5260
}

atf_test_case rfc5293__tests_in_sieve__all_pass
rfc5293__tests_in_sieve__all_pass_body()
{
	passes rfc5293
}

atf_test_case rfc5429__tests_in_sieve__all_pass
rfc5429__tests_in_sieve__all_pass_body()
{
	passes rfc5429
}

atf_test_case rfc5463__tests_in_sieve__all_pass
rfc5463__tests_in_sieve__all_pass_body()
{
	passes rfc5463
}

atf_test_case rfc5490__tests_in_sieve__all_pass
rfc5490__tests_in_sieve__all_pass_body()
{
	passes rfc5490
}

atf_test_case rfc6609__tests_in_sieve__all_pass
rfc6609__tests_in_sieve__all_pass_body()
{
	passes rfc6609
}

atf_test_case rfc7352__tests_in_sieve__all_pass
rfc7352__tests_in_sieve__all_pass_body()
{
	passes rfc7352
}

atf_test_case regex__tests_in_sieve__all_pass
regex__tests_in_sieve__all_pass_body()
{
	passes regex
}

atf_test_case examples__tests_in_sieve__all_pass
examples__tests_in_sieve__all_pass_body()
{
	passes examples
}

atf_test_case corners__tests_in_sieve__all_pass
corners__tests_in_sieve__all_pass_body()
{
	passes corners
}

atf_test_case hostile__tests_in_sieve__all_pass
hostile__tests_in_sieve__all_pass_body()
{
	passes hostile
}

# A file of tests that no case above runs would look like one that passes.
atf_test_case files__each_of_them__has_a_case
files__each_of_them__has_a_case_body()
{
	for file in "$files"/*.svtest; do
		name=${file##*/}
		grep -q "passes ${name%.svtest}\$\|/$name" \
		    "$SRCDIR/tests/sieve/svtest_test.sh" ||
			atf_fail "$name is not run"
	done
}

atf_init_test_cases()
{
	atf_add_test_case driver__each_command__does_what_it_says
	atf_add_test_case \
	    driver__a_test_that_fails__the_next_one_runs_and_status_1
	atf_add_test_case driver__a_file_that_is_wrong__is_a_failure
	atf_add_test_case rfc3894__tests_in_sieve__all_pass
	atf_add_test_case rfc5173__tests_in_sieve__all_pass
	atf_add_test_case rfc5183__tests_in_sieve__all_pass
	atf_add_test_case rfc5228__tests_in_sieve__all_pass
	atf_add_test_case rfc5229__tests_in_sieve__all_pass
	atf_add_test_case rfc5230__tests_in_sieve__all_pass
	atf_add_test_case rfc5231__tests_in_sieve__all_pass
	atf_add_test_case rfc5232__tests_in_sieve__all_pass
	atf_add_test_case rfc5233__tests_in_sieve__all_pass
	atf_add_test_case rfc5235__tests_in_sieve__all_pass
	atf_add_test_case rfc5260__tests_in_sieve__all_pass
	atf_add_test_case rfc5293__tests_in_sieve__all_pass
	atf_add_test_case rfc5429__tests_in_sieve__all_pass
	atf_add_test_case rfc5463__tests_in_sieve__all_pass
	atf_add_test_case rfc5490__tests_in_sieve__all_pass
	atf_add_test_case rfc6609__tests_in_sieve__all_pass
	atf_add_test_case rfc7352__tests_in_sieve__all_pass
	atf_add_test_case regex__tests_in_sieve__all_pass
	atf_add_test_case examples__tests_in_sieve__all_pass
	atf_add_test_case corners__tests_in_sieve__all_pass
	atf_add_test_case hostile__tests_in_sieve__all_pass
	atf_add_test_case files__each_of_them__has_a_case
}
