# What the fuzzer begins with, run as a fuzzer would.

fuzz=${MDA%/mda/mda}/tests/fuzz
seeds="$SRCDIR/tests/fuzz/seeds"

atf_test_case sieve__each_seed__runs
sieve__each_seed__runs_body()
{
	set -- "$seeds"/sieve/*
	atf_check -o inline:"$# tried\n" timeout 60 "$fuzz/sieve_fuzz" "$@"
}

atf_test_case message__each_seed__runs
message__each_seed__runs_body()
{
	set -- "$seeds"/message/*
	atf_check -o inline:"$# tried\n" timeout 60 "$fuzz/message_fuzz" "$@"
}

atf_test_case lmtp__each_seed__runs
lmtp__each_seed__runs_body()
{
	set -- "$seeds"/lmtp/*
	atf_check -o inline:"$# tried\n" timeout 60 "$fuzz/lmtp_fuzz" "$@"
}

atf_test_case empty__no_bytes__run
empty__no_bytes__run_body()
{
	: >empty
	atf_check -o inline:'1 tried\n' "$fuzz/lmtp_fuzz" empty
	atf_check -o inline:'1 tried\n' "$fuzz/sieve_fuzz" empty
	atf_check -o inline:'1 tried\n' "$fuzz/message_fuzz" empty
	atf_check -s exit:1 -o inline:'0 tried\n' -e match:'cannot be read' \
	    "$fuzz/message_fuzz" none
}

atf_init_test_cases()
{
	atf_add_test_case sieve__each_seed__runs
	atf_add_test_case message__each_seed__runs
	atf_add_test_case lmtp__each_seed__runs
	atf_add_test_case empty__no_bytes__run
}
