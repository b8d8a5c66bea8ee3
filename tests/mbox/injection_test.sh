# No message can make a second one, nor take bytes of another.

# inject FORMAT
inject()
{
	atf_check -o match:'^300 rounds, 0 went wrong$' \
	    python3 "$SRCDIR/tests/support/mbox_inject.py" 300 "$1"
}

atf_test_case mboxrd__random_bytes__each_one_record_and_the_original
mboxrd__random_bytes__each_one_record_and_the_original_body()
{
	inject mboxrd
}

atf_test_case mboxo__random_bytes__each_one_record
mboxo__random_bytes__each_one_record_body()
{
	inject mboxo
}

atf_test_case mboxcl2__random_bytes__each_one_record_and_the_original
mboxcl2__random_bytes__each_one_record_and_the_original_body()
{
	inject mboxcl2
}

atf_init_test_cases()
{
	atf_add_test_case \
	    mboxrd__random_bytes__each_one_record_and_the_original
	atf_add_test_case mboxo__random_bytes__each_one_record
	atf_add_test_case \
	    mboxcl2__random_bytes__each_one_record_and_the_original
}
