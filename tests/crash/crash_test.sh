# A power cut at every call of a delivery, in every state that the weakest file
# system allows; and delivery agents with one fault each, which must be found.
# crash.py tells how, model.py what such a file system is.

crash="$SRCDIR/tests/crash/crash.py"

# Those of crash.py; crash.count has the number of states of each.
scenarios='maildir maildir_young maildir_created maildir_two maildir_stream
    maildir_rename maildir_witness maildir_half folder folder_created
    folder_and_maildir_created mbox mbox_bytes mbox_first mbox_created
    mbox_empty mbox_two mbox_o mbox_cl2 mbox_large mbox_no_end mbox_repair
    mbox_repair_same mbox_witness mbox_witness_other'

# explore SCENARIO - no fault, and no fewer states than crash.count says.
explore()
{
	atf_check -o save:result python3 "$crash" run "$1"
	tail -n 1 result
	states=$(sed -n "s/^$1: \([0-9]*\) states, 0 faults.*/\1/p" result)
	expected=$(sed -n "s/^$1 //p" "$SRCDIR/tests/crash/crash.count")
	[ "${states:-0}" -ge "${expected:-1000000}" ] || atf_fail \
	    "${states:-no} states, but crash.count says ${expected:-nothing}"
}

# catch MUTANT SCENARIO FINDING
catch()
{
	case $3 in
	lost)	word='is there 0 times' ;;
	doubled) word='is there 2 times' ;;
	partial) word='partial:' ;;
	esac
	atf_check -o save:result python3 "$crash" mutant "$1" "$2" "$word"
	head -n 1 result
	tail -n 1 result
}

# add_case NAME COMMAND ...
add_case()
{
	name=$1
	shift
	atf_test_case "$name"
	eval "${name}_head()
		{
			atf_set require.progs python3
			atf_set timeout 600
		}
		${name}_body() { $*; }"
	atf_add_test_case "$name"
}

atf_init_test_cases()
{
	for scenario in $scenarios; do
		add_case "${scenario}__power_cut_at_each_call__whole_and_once" \
		    explore "$scenario"
	done
	# MUTANT SCENARIO FINDING - record_sys.c tells what each leaves out.
	while read -r mutant scenario finding; do
		name=$(echo "mutant_$mutant" | tr - _)
		add_case "${name}__${scenario}__$finding" \
		    catch "$mutant" "$scenario" "$finding"
	done <<-END
		append-unsynced mbox lost
		append-unsynced mbox_created lost
		cut-left mbox_repair partial
		done-too-early mbox partial
		exit-at-append mbox lost
		exit-at-sync maildir lost
		file-unsynced maildir partial
		file-unsynced maildir_created partial
		file-unsynced mbox_repair partial
		file-unsynced mbox_witness lost
		folders-unsynced folder_created lost
		folders-unsynced maildir_created lost
		folders-unsynced maildir_young lost
		folders-unsynced mbox_created lost
		folders-unsynced mbox_first partial
		journal-late mbox partial
		journal-unsynced mbox partial
		link-too-early maildir partial
		new-unsynced maildir lost
		new-unsynced maildir_witness lost
		rename maildir doubled
		witness-too-early maildir doubled
	END
}
