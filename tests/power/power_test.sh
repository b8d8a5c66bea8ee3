# Power cuts on real file systems: power.py tells how. Not in "make check", for
# it wants tools of its own; see "make check-power".

power="$SRCDIR/tests/power/power.py"

# cut KIND FORM - no fault in any state.
cut()
{
	atf_check -o save:result unshare -m --propagation private \
	    python3 -B "$power" "$1" "$2"
	tail -n 1 result
	states=$(sed -n 's/.* \([0-9]*\) states, 0 faults.*/\1/p' result)
	[ "${states:-0}" -ge 50 ] || atf_fail "${states:-no} states"
	# The file system may have flushed, of its own accord, the last step of
	# a delivery before its end was noted. Mutants show eight and more.
	twice=$(sed -n 's/.* 0 faults, \([0-9]*\) twice$/\1/p' result)
	[ "${twice:-9}" -le 2 ] || atf_fail "${twice:-?} twice"
}

# catch MUTANT KIND FORM FINDING
catch()
{
	case $4 in
	lost)	word='is there 0 times' ;;
	doubled) word='is there twice\|, [1-9][0-9]* twice$' ;;
	partial) word='partial:' ;;
	esac
	atf_check -s ignore -o save:result unshare -m --propagation private \
	    python3 -B "$power" "$2" "$3" "$1"
	head -n 1 result
	grep -q "$word" result || atf_fail "$1 was not found out on $2"
}

# add_case NAME KIND COMMAND ...
add_case()
{
	name=$1
	maker=mkfs.${2%%-*}
	shift 2
	atf_test_case "$name"
	eval "${name}_head()
		{
			atf_set require.user root
			atf_set require.progs \
			    'python3 unshare qemu-storage-daemon $maker'
			atf_set timeout 1200
		}
		${name}_body() { $*; }"
	atf_add_test_case "$name"
}

atf_init_test_cases()
{
	for kind in ext4 ext4-without-journal xfs btrfs; do
		for form in maildir mbox; do
			add_case "$(echo "${form}__$kind" | tr - _)" "$kind" \
			    cut "$kind" "$form"
		done
	done
	# MUTANT KIND FORM FINDING - tests/crash/record_sys.c tells what each
	# leaves out. Those that a file system forgives are not here.
	while read -r mutant kind form finding; do
		name=$(echo "mutant_${mutant}__${kind}__$finding" | tr - _)
		add_case "$name" "$kind" \
		    catch "$mutant" "$kind" "$form" "$finding"
	done <<-END
		append-unsynced ext4 mbox lost
		exit-at-sync ext4 maildir lost
		file-unsynced btrfs maildir partial
		file-unsynced ext4 maildir partial
		file-unsynced xfs maildir partial
		journal-late xfs mbox doubled
		journal-unsynced ext4 mbox doubled
		new-unsynced btrfs maildir lost
		new-unsynced ext4 maildir lost
		new-unsynced xfs maildir lost
		rename ext4 maildir doubled
		witness-too-early ext4 maildir doubled
	END
}
