# A power cut at every call of a delivery, in every state that the weakest file
# system allows; and delivery agents with one fault each, which must be found.
# crash.py tells how, model.py what such a file system is.

# What is sourced sets variables.
# shellcheck disable=SC1091
. "$SRCDIR/tests/support/private.sh"

# A build with sanitizers takes three times as long.
patience=600
[ -z "${MDA_SANITIZER-}" ] || patience=1800

crash="$SRCDIR/tests/crash/crash.py"

# Those of crash.py; crash.count has the number of states of each.
scenarios='maildir maildir_young maildir_created maildir_two maildir_stream
    maildir_rename maildir_witness maildir_half folder folder_created
    folder_and_maildir_created mbox mbox_bytes mbox_first mbox_created
    mbox_empty mbox_two mbox_o mbox_cl2 mbox_large mbox_no_end mbox_repair
    mbox_repair_same mbox_witness mbox_witness_other sieve sieve_half
    lmtp lmtp_shared lmtp_two lmtp_created
    root_maildir root_maildir_created root_mbox root_mbox_first
    root_mbox_created'

# start_private SCENARIO - accounts, for those that want them.
start_private()
{
	case $1 in
	root_*)	private_start ;;
	esac
}

# explore SCENARIO - no fault, and no fewer states than crash.count says.
explore()
{
	start_private "$1"
	atf_check -o save:result python3 -B "$crash" run "$1"
	tail -n 1 result
	states=$(sed -n "s/^$1: \([0-9]*\) states, 0 faults.*/\1/p" result)
	expected=$(sed -n "s/^$1 //p" "$SRCDIR/tests/crash/crash.count")
	[ "${states:-0}" -ge "${expected:-1000000}" ] || atf_fail \
	    "${states:-no} states, but crash.count says ${expected:-nothing}"
}

# catch MUTANT SCENARIO FINDING
catch()
{
	start_private "$2"
	case $3 in
	lost)	word='is there 0 times' ;;
	doubled) word='is there 2 times' ;;
	partial) word='partial:' ;;
	esac
	atf_check -o save:result python3 -B "$crash" mutant "$1" "$2" "$word"
	head -n 1 result
	tail -n 1 result
}

# add_case NAME SCENARIO COMMAND ...
add_case()
{
	name=$1
	rights=
	case $2 in
	root_*)	rights=root ;;
	esac
	shift 2
	atf_test_case "$name"
	eval "${name}_head()
		{
			atf_set require.progs python3
			[ -z '$rights' ] || atf_set require.user root
			atf_set timeout $patience
		}
		${name}_body() { $*; }"
	atf_add_test_case "$name"
}

atf_init_test_cases()
{
	for scenario in $scenarios; do
		add_case "${scenario}__power_cut_at_each_call__whole_and_once" \
		    "$scenario" explore "$scenario"
	done
	# MUTANT SCENARIO FINDING - record_sys.c tells what each leaves out.
	while read -r mutant scenario finding; do
		name=$(echo "mutant_$mutant" | tr - _)
		add_case "${name}__${scenario}__$finding" "$scenario" \
		    catch "$mutant" "$scenario" "$finding"
	done <<-END
		answer-too-early lmtp_two lost
		append-unsynced mbox lost
		append-unsynced mbox_created lost
		append-unsynced root_mbox lost
		cut-left mbox_repair partial
		done-too-early mbox partial
		exit-at-append mbox lost
		exit-at-sync maildir lost
		file-unsynced lmtp partial
		file-unsynced lmtp_shared partial
		file-unsynced maildir partial
		file-unsynced maildir_created partial
		file-unsynced mbox_repair partial
		file-unsynced mbox_witness lost
		file-unsynced root_maildir partial
		file-unsynced sieve partial
		folders-unsynced folder_created lost
		folders-unsynced lmtp_created lost
		folders-unsynced maildir_created lost
		folders-unsynced maildir_young lost
		folders-unsynced mbox_created lost
		folders-unsynced mbox_first partial
		folders-unsynced root_maildir_created lost
		folders-unsynced root_mbox_created lost
		journal-late mbox partial
		journal-unsynced mbox partial
		journal-unsynced root_mbox partial
		link-too-early maildir partial
		new-unsynced lmtp lost
		new-unsynced maildir lost
		new-unsynced maildir_witness lost
		new-unsynced root_maildir lost
		new-unsynced sieve lost
		rename lmtp_two doubled
		rename maildir doubled
		rename sieve doubled
		second-unsynced lmtp_shared lost
		witness-too-early maildir doubled
	END
}
