# Every system call of a delivery into an mbox fails with every error it can
# have.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2154
. "$SRCDIR/tests/support/box.sh"
. "$SRCDIR/tests/support/errors.sh"
. "$SRCDIR/tests/support/mbox_box.sh"

next_nth()
{
	eval "nth=\$((\${nth_$1-0} + 1)); nth_$1=\$nth"
}

# What is said, and only when something is wrong; the lock file is gone,
# unless it could not be removed.
judge_words()
{
	[ ! -s out ] || mbox_bad 'prints something'
	said=
	more=
	{ IFS= read -r said; IFS= read -r more; } <err
	[ -z "$more" ] || mbox_bad "says more: $more"
	case $status:$said in
	0:|75:4.[0-9].[0-9]' '*) ;;
	*)	mbox_bad "status $status, \"$said\"" ;;
	esac
	case $case_name in
	unlinkat:*|fstatat:*) ;;
	*)	[ ! -e box/mbox.lock ] || mbox_bad 'a lock file is left' ;;
	esac
}

# After 75 the box is as it was before; or its torn end is gone, or it is new
# and empty; or that something is left has been admitted.
judge_box()
{
	IFS= read -r logged <log || logged=
	case $logged in
	*residue=yes*)
		residues=$((residues + 1))
		# Nothing can tell the sender's next try of it then.
		[ "$set_one" != no_journal ] || messages='message message'
		return 0 ;;
	esac
	[ -e box/mbox ] || return 0
	cmp -s box/mbox saved/mbox 2>/dev/null || cmp -s box/mbox "$start" ||
	    mbox_bad 'the box has changed'
}

# try FAULT - and whoever was told 75 comes again.
try()
{
	case_name=$1
	cases=$((cases + 1))
	mbox_reset
	mbox_broken "$1"
	judge_words
	messages=message
	if [ "$status" -ne 0 ]; then
		judge_box
		mbox_again
		[ "$status" -eq 0 ] || mbox_bad "again: status $status"
		[ ! -e box/mbox.lock ] || mbox_bad 'again: a lock file is left'
	fi
	# shellcheck disable=SC2086 # words
	mbox_keep "$start" $messages
}

# Where the journal cannot be opened the delivery goes on without it: then
# what is torn stays, and what is there already comes once more. So it is where
# what stands in the box cannot be read (mmap): a later delivery looks again.
is_blind()
{
	case $set_one:$1 in
	torn:openat:4:E[APLR][CEOP]*|witness:openat:4:E[APLR][CEOP]*|\
	torn:mmap:1:*|witness:mmap:[12]:*)
		return 0 ;;
	esac
	return 1
}

# fault_matrix SCENARIO
fault_matrix()
{
	mbox_scenario "$1"
	mbox_record
	patience=1s
	residues=0
	while read -r _ call _; do
		next_nth "$call"
		errors_of "$call"
		for error in $errors; do
			is_blind "$call:$nth:$error" ||
			    try "$call:$nth:$error"
		done
	done <calls
	echo "$residues left something behind, and said so"
	mbox_conclude "mbox_fault_$1"
}

atf_test_case existing__each_call_with_each_error__whole_or_75
existing__each_call_with_each_error__whole_or_75_head()
{
	atf_set timeout 600
}
existing__each_call_with_each_error__whole_or_75_body()
{
	fault_matrix existing
}

atf_test_case mboxcl2__each_call_with_each_error__whole_or_75
mboxcl2__each_call_with_each_error__whole_or_75_head()
{
	atf_set timeout 600
}
mboxcl2__each_call_with_each_error__whole_or_75_body()
{
	fault_matrix mboxcl2
}

atf_test_case dotlock__each_call_with_each_error__whole_or_75
dotlock__each_call_with_each_error__whole_or_75_head()
{
	atf_set timeout 600
}
dotlock__each_call_with_each_error__whole_or_75_body()
{
	fault_matrix dotlock
}

atf_test_case fcntl__each_call_with_each_error__whole_or_75
fcntl__each_call_with_each_error__whole_or_75_head()
{
	atf_set timeout 600
}
fcntl__each_call_with_each_error__whole_or_75_body()
{
	fault_matrix fcntl
}

atf_test_case all_locks__each_call_with_each_error__whole_or_75
all_locks__each_call_with_each_error__whole_or_75_head()
{
	atf_set timeout 600
}
all_locks__each_call_with_each_error__whole_or_75_body()
{
	fault_matrix all_locks
}

atf_test_case first__each_call_with_each_error__whole_or_75
first__each_call_with_each_error__whole_or_75_head()
{
	atf_set timeout 600
}
first__each_call_with_each_error__whole_or_75_body()
{
	fault_matrix first
}

atf_test_case new__each_call_with_each_error__whole_or_75
new__each_call_with_each_error__whole_or_75_head()
{
	atf_set timeout 600
}
new__each_call_with_each_error__whole_or_75_body()
{
	fault_matrix new
}

atf_test_case large__each_call_with_each_error__whole_or_75
large__each_call_with_each_error__whole_or_75_head()
{
	atf_set timeout 600
}
large__each_call_with_each_error__whole_or_75_body()
{
	fault_matrix large
}

atf_test_case torn__each_call_with_each_error__whole_or_75
torn__each_call_with_each_error__whole_or_75_head()
{
	atf_set timeout 600
}
torn__each_call_with_each_error__whole_or_75_body()
{
	fault_matrix torn
}

atf_test_case witness__each_call_with_each_error__whole_or_75
witness__each_call_with_each_error__whole_or_75_head()
{
	atf_set timeout 600
}
witness__each_call_with_each_error__whole_or_75_body()
{
	fault_matrix witness
}

atf_test_case no_journal__each_call_with_each_error__whole_or_75
no_journal__each_call_with_each_error__whole_or_75_head()
{
	atf_set timeout 600
}
no_journal__each_call_with_each_error__whole_or_75_body()
{
	fault_matrix no_journal
}

atf_init_test_cases()
{
	atf_add_test_case existing__each_call_with_each_error__whole_or_75
	atf_add_test_case mboxcl2__each_call_with_each_error__whole_or_75
	atf_add_test_case dotlock__each_call_with_each_error__whole_or_75
	atf_add_test_case fcntl__each_call_with_each_error__whole_or_75
	atf_add_test_case all_locks__each_call_with_each_error__whole_or_75
	atf_add_test_case first__each_call_with_each_error__whole_or_75
	atf_add_test_case new__each_call_with_each_error__whole_or_75
	atf_add_test_case large__each_call_with_each_error__whole_or_75
	atf_add_test_case torn__each_call_with_each_error__whole_or_75
	atf_add_test_case witness__each_call_with_each_error__whole_or_75
	atf_add_test_case no_journal__each_call_with_each_error__whole_or_75
}
