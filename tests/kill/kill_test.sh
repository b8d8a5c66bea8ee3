# A signal at every system call of the installed program: the sender's next try
# makes one whole copy, or was not needed. kill.py tells how.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2154
. "$SRCDIR/tests/support/private.sh"
. "$SRCDIR/tests/support/box.sh"

counts="$SRCDIR/tests/kill/kill.count"

# explore SCENE WHO - no fault, and just as many calls that change something as
# kill.count says. The others depend on the C library.
explore()
{
	not_sanitized	# their own threads and calls are not the program's
	not_emulated 'it has no ptrace(2)'
	case $1 in
	root*|fixed)	private_start ;;
	esac
	atf_check -o save:result python3 -B "$SRCDIR/tests/kill/kill.py" "$@"
	cat result
	changes=$(sed -n "s/^$1 $2: [0-9]* calls, \([0-9]*\) of .*/\1/p" result)
	expected=$(sed -n "s/^$1 $2 //p" "$counts")
	[ "${changes:-0}" = "${expected:-none}" ] || atf_fail \
	    "$1 $2: ${changes:-no} calls change something, but kill.count says \
${expected:-nothing}. When that is meant, write \"$1 $2 ${changes:-0}\" there."
}

# catch MUTANT SCENE - a delivery agent with a fault (record_sys.c) makes a
# second copy.
catch()
{
	not_sanitized
	not_emulated 'it has no ptrace(2)'
	atf_check -s exit:1 -o save:result \
	    python3 -B "$SRCDIR/tests/kill/kill.py" "$2" first "$1"
	atf_check -o not-empty grep 'again: one is there 2 times, not 1$' result
}

# add_case NAME RIGHTS COMMAND ...
add_case()
{
	name=$1
	rights=$2
	shift 2
	atf_test_case "$name"
	eval "${name}_head()
		{
			atf_set require.progs python3
			[ -z '$rights' ] || atf_set require.user $rights
			atf_set timeout 600
		}
		${name}_body() { $*; }"
	atf_add_test_case "$name"
}

atf_init_test_cases()
{
	for scene in maildir maildir_first mbox mbox_first detail; do
		add_case "${scene}__signal_at_each_call__whole_or_nothing" '' \
		    explore "$scene" first
	done
	for scene in root_maildir_first root_mbox root_mbox_first fixed; do
		add_case "${scene}__signal_to_parent__whole_or_nothing" root \
		    explore "$scene" first
	done
	for scene in root_maildir_first root_mbox root_mbox_first fixed; do
		add_case "${scene}__signal_to_child__whole_or_nothing" root \
		    explore "$scene" second
	done
	for mutant in rename:maildir witness-too-early:maildir \
	    done-too-early:mbox journal-late:mbox
	do
		name=$(echo "${mutant%:*}" | tr - _)
		add_case "mutant_${name}__${mutant#*:}__doubled" '' \
		    catch "${mutant%:*}" "${mutant#*:}"
	done
}
