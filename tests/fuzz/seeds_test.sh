# What the fuzzer begins with, and a walk from there: as a fuzzer would run it,
# but the same at every run, and with any compiler.

fuzz=${MDA%/mda/mda}/tests/fuzz
seeds="$SRCDIR/tests/fuzz/seeds"
rounds=20000

# walk TARGET - try each seed, and as many changed ones as are given.
walk()
{
	set -- "$1" "$seeds/$1"/*
	target=$1
	shift
	echo "$target: $# seeds, $rounds changed"
	atf_check -o inline:"$(($# + rounds)) tried\n" \
	    timeout 120 "$fuzz/${target}_fuzz" -r "$rounds" "$@"
}

atf_test_case address__seeds_and_changed__every_claim_holds
address__seeds_and_changed__every_claim_holds_body()
{
	walk address
}

atf_test_case dotlock__seeds_and_changed__every_claim_holds
dotlock__seeds_and_changed__every_claim_holds_body()
{
	rounds=1000
	walk dotlock
}

atf_test_case header__seeds_and_changed__every_claim_holds
header__seeds_and_changed__every_claim_holds_body()
{
	walk header
}

atf_test_case journal__seeds_and_changed__every_claim_holds
journal__seeds_and_changed__every_claim_holds_body()
{
	walk journal
}

atf_test_case lmtp__seeds_and_changed__every_claim_holds
lmtp__seeds_and_changed__every_claim_holds_body()
{
	walk lmtp
}

atf_test_case message__seeds_and_changed__every_claim_holds
message__seeds_and_changed__every_claim_holds_body()
{
	rounds=5000
	walk message
}

atf_test_case name__seeds_and_changed__every_claim_holds
name__seeds_and_changed__every_claim_holds_body()
{
	walk name
}

atf_test_case quote__seeds_and_changed__every_claim_holds
quote__seeds_and_changed__every_claim_holds_body()
{
	walk quote
}

atf_test_case setting__seeds_and_changed__every_claim_holds
setting__seeds_and_changed__every_claim_holds_body()
{
	rounds=1000
	walk setting
}

atf_test_case sieve__seeds_and_changed__every_claim_holds
sieve__seeds_and_changed__every_claim_holds_body()
{
	rounds=5000
	walk sieve
}

atf_test_case template__seeds_and_changed__every_claim_holds
template__seeds_and_changed__every_claim_holds_body()
{
	walk template
}

atf_test_case empty__no_bytes__run
empty__no_bytes__run_body()
{
	: >empty
	for target in address dotlock header journal lmtp message \
	    name quote setting sieve template
	do
		atf_check -o inline:'1 tried\n' "$fuzz/${target}_fuzz" empty
	done
	atf_check -s exit:1 -o inline:'0 tried\n' -e match:'cannot be read' \
	    "$fuzz/message_fuzz" none
}

atf_init_test_cases()
{
	atf_add_test_case address__seeds_and_changed__every_claim_holds
	atf_add_test_case dotlock__seeds_and_changed__every_claim_holds
	atf_add_test_case header__seeds_and_changed__every_claim_holds
	atf_add_test_case journal__seeds_and_changed__every_claim_holds
	atf_add_test_case lmtp__seeds_and_changed__every_claim_holds
	atf_add_test_case message__seeds_and_changed__every_claim_holds
	atf_add_test_case name__seeds_and_changed__every_claim_holds
	atf_add_test_case quote__seeds_and_changed__every_claim_holds
	atf_add_test_case setting__seeds_and_changed__every_claim_holds
	atf_add_test_case sieve__seeds_and_changed__every_claim_holds
	atf_add_test_case template__seeds_and_changed__every_claim_holds
	atf_add_test_case empty__no_bytes__run
}
