# Every system call of a Maildir delivery fails with every error it can have.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2154
. "$SRCDIR/tests/support/box.sh"
. "$SRCDIR/tests/support/errors.sh"
. "$SRCDIR/tests/support/scenario.sh"

# Say 0 only when the message is there, whole, once; otherwise 75, with
# nothing to be seen, unless that was admitted ("residue").
judge()
{
	[ ! -s out ] || bad 'prints something'
	said=
	more=
	{ IFS= read -r said; IFS= read -r more; } <err
	[ -z "$more" ] || bad "says more: $more"
	logged=
	IFS= read -r logged <log
	case $status:$visible:$said in
	0:1:)	;;
	75:0:4.[0-9].[0-9]' '*) ;;
	75:1:4.[0-9].[0-9]' '*)
		case $logged in
		*residue=yes*) ;;
		*)	bad "visible, and not admitted: $logged" ;;
		esac ;;
	*)	bad "status $status, $visible visible, \"$said\"" ;;
	esac
}

judge_staged()
{
	case $base_fault$case_name:$logged in
	*unlinkat:*|*residue=yes*) ;;
	*)	[ "$staged" -eq 0 ] || bad "$staged files in tmp" ;;
	esac
}

# Whoever was told 75 comes again.
come_again()
{
	again
	[ "$status" -eq 0 ] || bad "again: status $status"
	look
	[ "$visible" -eq 1 ] || bad "again: $visible visible"
}

# A delivery died between link and exit, and its message comes once more.
# With or without that going wrong the message stays. When the first one
# cannot be examined, a second copy is better than none.
judge_witness()
{
	[ ! -s out ] || bad 'prints something'
	said=
	IFS= read -r said <err
	case $status:$visible:$said in
	0:1:)	;;
	0:2:)	echo "doubled: $case_name"
		doubled=$((doubled + 1)) ;;
	75:1:4.[0-9].[0-9]' '*) ;;
	*)	bad "status $status, $visible visible, \"$said\"" ;;
	esac
}

# try FAULT ...
try()
{
	case_name=$*
	cases=$((cases + 1))
	reset
	broken "$*"
	look
	judge
	judge_staged
	[ "$status" -eq 0 ] || come_again
}

try_witness()
{
	case_name=$*
	cases=$((cases + 1))
	reset
	killed "$link_number:after"
	broken "$*"
	look
	judge_witness
	[ "$status" -eq 0 ] || come_again
}

# matrix TRY [CALL ...] - leave out these calls: the scenario has them.
matrix()
{
	try=$1
	shift
	while read -r _ call _; do
		case " $* " in
		*" $call "*) continue ;;
		esac
		next_nth "$call"
		errors_of "$call"
		for error in $errors; do
			"$try" "$call:$nth:$error"
		done
	done <calls
}

atf_test_case existing__each_call_with_each_error__whole_or_75
existing__each_call_with_each_error__whole_or_75_head()
{
	atf_set timeout 600
}
existing__each_call_with_each_error__whole_or_75_body()
{
	scenario existing
	record
	matrix try
	conclude existing
}

atf_test_case create__each_call_with_each_error__whole_or_75
create__each_call_with_each_error__whole_or_75_head()
{
	atf_set timeout 600
}
create__each_call_with_each_error__whole_or_75_body()
{
	scenario create
	record
	matrix try
	conclude create
}

atf_test_case stream__each_call_with_each_error__whole_or_75
stream__each_call_with_each_error__whole_or_75_head()
{
	atf_set timeout 600
}
stream__each_call_with_each_error__whole_or_75_body()
{
	scenario stream
	record
	matrix try
	conclude stream
}

atf_test_case folder__each_call_with_each_error__whole_or_75
folder__each_call_with_each_error__whole_or_75_head()
{
	atf_set timeout 600
}
folder__each_call_with_each_error__whole_or_75_body()
{
	scenario folder
	record
	matrix try
	conclude folder
}

atf_test_case no_links__each_call_with_each_error__whole_or_75
no_links__each_call_with_each_error__whole_or_75_head()
{
	atf_set timeout 600
}
no_links__each_call_with_each_error__whole_or_75_body()
{
	scenario rename
	record
	matrix try linkat
	conclude rename
}

atf_test_case plain_rename__each_call_with_each_error__whole_or_75
plain_rename__each_call_with_each_error__whole_or_75_head()
{
	atf_set timeout 600
}
plain_rename__each_call_with_each_error__whole_or_75_body()
{
	scenario plain_rename
	record
	matrix try linkat rename_noreplace
	conclude plain_rename
}

# The link is there, and the answer that tells so was lost on the way.
atf_test_case lost_answer__each_call_with_each_error__whole_or_75
lost_answer__each_call_with_each_error__whole_or_75_head()
{
	atf_set timeout 600
}
lost_answer__each_call_with_each_error__whole_or_75_body()
{
	scenario lost_answer
	record
	matrix try linkat
	conclude lost_answer
}

# The same where the request was repeated, and finds what the first one did.
atf_test_case lost_answer__exists__whole_or_75
lost_answer__exists__whole_or_75_head()
{
	atf_set timeout 600
}
lost_answer__exists__whole_or_75_body()
{
	scenario lost_answer_exists
	record
	matrix try linkat
	conclude lost_answer_exists
}

atf_test_case cleanup_fails_too__each_call_with_each_error__whole_or_75
cleanup_fails_too__each_call_with_each_error__whole_or_75_head()
{
	atf_set timeout 600
}
cleanup_fails_too__each_call_with_each_error__whole_or_75_body()
{
	scenario cleanup
	record
	matrix try unlinkat
	conclude cleanup
}

atf_test_case witness__each_call_with_each_error__nothing_lost
witness__each_call_with_each_error__nothing_lost_head()
{
	atf_set timeout 600
}
witness__each_call_with_each_error__nothing_lost_body()
{
	scenario witness
	record
	link_number=$(sed -n 's/ linkat .*//p' calls)
	doubled=0
	reset
	killed "$link_number:after"
	rm calls
	record_now
	matrix try_witness
	allowed=$(sed -n 's/^witness_doubled //p' \
	    "$SRCDIR/tests/fault/maildir.count")
	[ "$doubled" -le "$allowed" ] ||
	    atf_fail "$doubled made a second copy, $allowed are known"
	conclude witness
}

# A message that cannot be made durable and cannot be hidden again either.
atf_test_case visible__fsync_and_unlink_fail__residue_then_one
visible__fsync_and_unlink_fail__residue_then_one_body()
{
	scenario existing
	record
	folder_sync=$(grep -c ' fsync ' calls)

	reset
	broken "fsync:$folder_sync:EIO unlinkat:1:EIO"
	atf_check_equal 75 "$status"
	atf_check -o match:'^status=deferred .*residue=yes' cat log
	atf_check -o match:'^4\.3\.0 ' cat err
	look
	atf_check_equal "1 visible, 1 staged" \
	    "$visible visible, $staged staged"

	come_again
	atf_check_equal 0 "$wrong"
	atf_check_equal 0 "$staged"
}

# The bytes of a failed fsync may be tried once more, in a fresh file.
atf_test_case file__first_fsync_fails__second_file_is_written
file__first_fsync_fails__second_file_is_written_body()
{
	scenario existing
	record
	file_sync=$(($(grep -c ' fsync ' calls) - 1))

	reset
	broken "fsync:$file_sync:EIO"
	atf_check_equal 0 "$status"
	expect_count 0 box/tmp

	reset
	broken "fsync:$file_sync:EIO fsync:$((file_sync + 1)):EIO"
	atf_check_equal 75 "$status"
	look
	atf_check_equal 0 "$visible"
}

# Network file systems and quotas tell of lost data when a file is closed.
atf_test_case file__close_reports_an_error__75
file__close_reports_an_error__75_body()
{
	scenario existing
	record
	closed=$(sed '/ dup /q' calls | grep -c ' close ')
	closed=$((closed + 1))	# the one behind the dup

	for error in EIO EDQUOT ENOSPC; do
		reset
		broken "close:$closed:$error"
		atf_check_equal "$error 75" "$error $status"
		look
		atf_check_equal '0 visible, 0 staged' \
		    "$visible visible, $staged staged"
	done
}

# What leads to the mailbox is made durable as well: a folder above that
# cannot be opened just now is no folder that is none of our business.
atf_test_case young_parent__cannot_be_opened_for_now__75
young_parent__cannot_be_opened_for_now__75_body()
{
	scenario existing
	record
	nth=0
	parent=0
	while read -r _ call _; do
		[ "$call" != openat ] || nth=$((nth + 1))
		[ "$call" != write ] || break
		parent=$nth
	done <calls
	parent=$((parent - 1))	# the last one before our own file's

	for error in EMFILE ENFILE ENOMEM EIO ESTALE; do
		reset
		broken "openat:$parent:$error"
		atf_check_equal "$error 75" "$error $status"
	done
	reset
	broken "openat:$parent:EACCES"	# not ours to sync
	atf_check_equal 0 "$status"
}

atf_test_case young_parent__cannot_be_examined_for_now__75
young_parent__cannot_be_examined_for_now__75_body()
{
	scenario existing
	record
	above=$(grep -c ' fstatat ' calls)	# the last step up
	for error in ENOMEM EIO ESTALE; do
		reset
		broken "fstatat:$above:$error"
		atf_check_equal "$error 75" "$error $status"
	done
}

atf_test_case folder_sync__unsupported__as_the_setting_says
folder_sync__unsupported__as_the_setting_says_body()
{
	scenario existing
	record
	last=$(grep -c ' fsync ' calls)

	reset
	broken "fsync:$last:EINVAL"
	atf_check_equal 75 "$status"
	atf_check -o match:'folder_sync = if-supported' cat err

	reset
	arguments="$arguments -o folder_sync=if-supported"
	broken "fsync:$last:EINVAL"
	atf_check_equal 0 "$status"
	atf_check -o match:' folder_sync=unsupported' cat log
}

# Where a folder's sync ends in a cache, the file is synced after the link.
atf_test_case sync_after_link__always__fails_like_any_sync
sync_after_link__always__fails_like_any_sync_body()
{
	scenario existing
	arguments="$arguments -o sync_after_link=always"
	record
	last=$(grep -c ' fsync ' calls)

	try "fsync:$last:EIO"
	atf_check_equal 0 "$wrong"
	atf_check -o match:'^[0-9]* linkat 0 [0-9]* fsync 0 [0-9]* fsync 0 ' \
	    sh -c "sed -n '/linkat/,\$p' calls | tr '\\n' ' '"
}

atf_init_test_cases()
{
	atf_add_test_case existing__each_call_with_each_error__whole_or_75
	atf_add_test_case create__each_call_with_each_error__whole_or_75
	atf_add_test_case stream__each_call_with_each_error__whole_or_75
	atf_add_test_case folder__each_call_with_each_error__whole_or_75
	atf_add_test_case no_links__each_call_with_each_error__whole_or_75
	atf_add_test_case plain_rename__each_call_with_each_error__whole_or_75
	atf_add_test_case lost_answer__each_call_with_each_error__whole_or_75
	atf_add_test_case lost_answer__exists__whole_or_75
	atf_add_test_case \
	    cleanup_fails_too__each_call_with_each_error__whole_or_75
	atf_add_test_case witness__each_call_with_each_error__nothing_lost
	atf_add_test_case visible__fsync_and_unlink_fail__residue_then_one
	atf_add_test_case file__first_fsync_fails__second_file_is_written
	atf_add_test_case file__close_reports_an_error__75
	atf_add_test_case young_parent__cannot_be_opened_for_now__75
	atf_add_test_case young_parent__cannot_be_examined_for_now__75
	atf_add_test_case folder_sync__unsupported__as_the_setting_says
	atf_add_test_case sync_after_link__always__fails_like_any_sync
}
