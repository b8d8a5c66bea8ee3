# Whatever fails: 75, a status code in front, nothing visible, nothing left.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2154
. "$SRCDIR/tests/support/box.sh"

atf_test_case no_parent_folder__75_and_not_created
no_parent_folder__75_and_not_created_body()
{
	make_message message

	deferred 4.3.0 "$MDA" -o log=none -m none/box/ <message
	atf_check -o match:'none/box' cat said
	expect_count 0 none
	[ ! -e none ] || atf_fail 'a folder was made above the Maildir'
}

atf_test_case maildir_missing__create_no__75_and_not_created
maildir_missing__create_no__75_and_not_created_body()
{
	make_message message

	deferred 4.3.0 "$MDA" -o log=none -o create=no -m box/ <message
	[ ! -e box ] || atf_fail 'it was created'
}

atf_test_case mailbox__is_a_file__75_and_unchanged
mailbox__is_a_file__75_and_unchanged_body()
{
	make_message message
	echo precious >box

	deferred 4.3.0 "$MDA" -o log=none -m maildir:box <message
	atf_check -o inline:'precious\n' cat box
}

atf_test_case tmp_unwritable__75
tmp_unwritable__75_head()
{
	atf_set require.user unprivileged
}
tmp_unwritable__75_body()
{
	make_box box
	make_message message
	chmod 500 box/tmp

	deferred 4.3.0 "$MDA" -o log=none -m box/ <message
	expect_nothing box
}

atf_test_case new_unwritable__75_and_nothing_in_tmp
new_unwritable__75_and_nothing_in_tmp_head()
{
	atf_set require.user unprivileged
}
new_unwritable__75_and_nothing_in_tmp_body()
{
	make_box box
	make_message message
	chmod 500 box/new

	deferred 4.3.0 "$MDA" -o log=none -m box/ <message
	expect_nothing box
}

atf_test_case parent_unwritable__75_and_told
parent_unwritable__75_and_told_head()
{
	atf_set require.user unprivileged
}
parent_unwritable__75_and_told_body()
{
	mkdir above
	chmod 500 above
	make_message message

	deferred 4.3.0 "$MDA" -o log=none -m above/box/ <message
	atf_check -o match:'permission' cat said
}

atf_test_case parent_unsearchable__75_and_told
parent_unsearchable__75_and_told_head()
{
	atf_set require.user unprivileged
}
parent_unsearchable__75_and_told_body()
{
	mkdir above
	make_box above/box
	chmod 600 above
	make_message message

	deferred 4.3.0 "$MDA" -o log=none -m above/box/ <message
	atf_check -o match:'permission' cat said
	chmod 700 above
	expect_nothing above/box
}

# in_small_space COMMAND ... - run it in the folder "small", which has a file
# system of 128 KiB of its own that nobody else sees.
in_small_space()
{
	cat >inner.sh <<-'END'
		mount -t tmpfs -o size=128k,mode=700 none small || exit 99
		cd small && "$@"
	END
	mkdir -p small
	private='unshare -m'
	[ "$(id -u)" -eq 0 ] || private='unshare -rm'
	$private mount -t tmpfs -o size=128k none small 2>why ||
	    atf_skip "no file system of our own: $(cat why)"
	$private sh inner.sh "$@"
}

needs_mount()
{
	atf_set require.progs 'unshare mount'
}

# What is done inside, once with and once without space. It wants to know
# the message and the options.
print_claim()
{
	cat <<'END'
message=$1
shift
mkdir -m 700 box box/tmp box/new box/cur
dd if=/dev/zero of=filler bs=1024 count=80 2>/dev/null
status=0
"$MDA" -o log=none -o root_mail=yes "$@" -m box/ <"$message" >../out 2>../err || status=$?
echo "status $status"
ls box/new box/tmp
rm filler
status=0
"$MDA" -o log=none -o root_mail=yes "$@" -m box/ <"$message" >>../out 2>>../err || status=$?
echo "again $status"
ls box/tmp
cmp "$message" box/new/* && echo same
END
}

# full_disk [OPTION ...]
full_disk()
{
	make_message message
	dd if=/dev/zero bs=1024 count=64 2>/dev/null | tr '\000' z >>message
	print_claim >claim.sh
	in_small_space sh ../claim.sh ../message "$@" >result ||
	    atf_fail "$(cat result)"
	atf_check -o inline:'status 75
box/new:

box/tmp:
again 0
same
' cat result
	atf_check -o empty cat out
	atf_check -o match:'^4\.3\.1 the disk is full' head -n 1 err
}

atf_test_case disk_full__message_in_memory__75_then_delivered
disk_full__message_in_memory__75_then_delivered_head()
{
	needs_mount
}
disk_full__message_in_memory__75_then_delivered_body()
{
	full_disk
}

atf_test_case disk_full__message_streamed__75_then_delivered
disk_full__message_streamed__75_then_delivered_head()
{
	needs_mount
}
disk_full__message_streamed__75_then_delivered_body()
{
	full_disk -o spool_memory=4096
}

# fault CODE FAULTS - deliver with these calls failing.
fault()
{
	make_box box
	make_message message
	MDA_FAULT=$2
	export MDA_FAULT
	deferred "$1" "$MDA_FAULT_BIN" -o log=none -m box/ <message
	unset MDA_FAULT
	expect_nothing box
}

atf_test_case fsync__eio__75_and_nothing_left
fsync__eio__75_and_nothing_left_body()
{
	fault 4.3.0 'fsync:*:EIO'
}

# The same without any help of ours: the system call itself.
atf_test_case fsync__eio_from_the_kernel__75_and_nothing_left
fsync__eio_from_the_kernel__75_and_nothing_left_head()
{
	atf_set require.progs strace
}
fsync__eio_from_the_kernel__75_and_nothing_left_body()
{
	not_sanitized
	strace -o trace -e inject=fsync:error=EIO true 2>why ||
	    atf_skip "strace: $(cat why)"
	make_box box
	make_message message
	deferred 4.3.0 strace -o trace -e inject=fsync:error=EIO \
	    "$MDA" -o log=none -m box/ <message
	expect_nothing box
}

atf_test_case link__eperm__75_and_nothing_left
link__eperm__75_and_nothing_left_body()
{
	fault 4.3.0 'linkat:*:EPERM'
}

atf_test_case write__edquot__75_with_a_code_of_its_own
write__edquot__75_with_a_code_of_its_own_body()
{
	fault 4.2.2 'write:*:EDQUOT'
	atf_check -o match:'quota' cat said
}

atf_test_case file__too_large_for_the_limit__75_and_nothing_left
file__too_large_for_the_limit__75_and_nothing_left_body()
{
	make_box box
	make_message message
	dd if=/dev/zero bs=1024 count=64 2>/dev/null >>message

	cat >limited.sh <<-'END'
		ulimit -f 32
		exec "$@"
	END
	deferred 4.3.0 sh limited.sh "$MDA" -o log=none -m box/ <message
	expect_nothing box
}

# Closed is not empty: an empty message would be taken as delivered.
atf_test_case stdin__closed__75_and_nothing_left
stdin__closed__75_and_nothing_left_body()
{
	make_box box

	deferred 4.3.0 "$MDA" -o log=none -m box/ <&-
	expect_nothing box
}

atf_test_case stdin__a_folder__75_and_nothing_left
stdin__a_folder__75_and_nothing_left_body()
{
	make_box box

	deferred 4.3.0 "$MDA" -o log=none -m box/ <.
	expect_nothing box
}

atf_test_case stdin__open_for_writing_only__75_and_nothing_left
stdin__open_for_writing_only__75_and_nothing_left_body()
{
	make_box box

	deferred 4.3.0 "$MDA" -o log=none -m box/ 0>unreadable
	expect_nothing box
}

atf_test_case deadline__1_s_and_a_slow_sender__75_and_nothing_left
deadline__1_s_and_a_slow_sender__75_and_nothing_left_body()
{
	make_box box
	mkfifo slow

	"$MDA" -o log=none -o deadline=1s -m box/ <slow >out 2>err &
	pid=$!
	exec 9>slow
	printf 'Subject: the first part\n' >&9
	wait_for "$pid"
	exec 9>&-
	atf_check_equal 75 "$status"
	atf_check -o empty cat out
	atf_check -o match:'^4\.4\.7 ' head -n 1 err
	expect_nothing box
}

atf_test_case deadline__slow_sender_of_large__75_and_nothing_left
deadline__slow_sender_of_large__75_and_nothing_left_body()
{
	make_box box
	mkfifo slow

	"$MDA" -o log=none -o deadline=1s -o spool_memory=4096 -m box/ \
	    <slow >out 2>err &
	pid=$!
	exec 9>slow
	awk 'BEGIN { for (i = 0; i < 1000; i++) print "X-Line:", i }' >&9
	wait_for "$pid"
	exec 9>&-
	atf_check_equal 75 "$status"
	atf_check -o match:'^4\.4\.7 ' head -n 1 err
	expect_nothing box
}

# dying_sender BYTES - whoever starts mda dies before the end of its message.
# Gives whether anything was stored, in box/new.
dying_sender()
{
	make_box box
	mkfifo message go
	cat >sender.sh <<-'END'
		"$MDA_FAULT_BIN" -o log=none -o log_file="$HOME/log" \
		    -m box/ <message >out 2>err &
		read -r _ <go
	END
	MDA_TRACE=$HOME/trace sh sender.sh &
	sender=$!
	exec 9>message
	# shellcheck disable=SC2059 # that is how bytes are made
	printf "$1" >&9
	wait_until grep -q read trace
	kill -KILL "$sender"
	wait_for "$sender"
	exec 9>&-
	wait_until test -s log
}

atf_test_case sender__dies_within_a_line__75_and_nothing_left
sender__dies_within_a_line__75_and_nothing_left_body()
{
	dying_sender 'Subject: x\n\npartial'
	atf_check -o match:'^status=deferred .*step=sender-died ' cat log
	atf_check -o match:'^4\.3\.0 ' head -n 1 err
	expect_nothing box
}

# A sender may end before its delivery does: a whole line is taken for whole.
atf_test_case sender__dies_behind_a_line__delivered
sender__dies_behind_a_line__delivered_body()
{
	dying_sender 'Subject: x\n\nwhole\n'
	atf_check -o match:'^status=delivered ' cat log
	atf_check -o empty cat err
	expect_count 1 box/new
}

atf_test_case mailbox__named_by_nothing__75
mailbox__named_by_nothing__75_body()
{
	make_message message
	deferred 4.3.5 "$MDA" -o log=none -m "" <message
	deferred 4.3.5 "$MDA" -o log=none -m maildir: <message
}

atf_init_test_cases()
{
	atf_add_test_case no_parent_folder__75_and_not_created
	atf_add_test_case maildir_missing__create_no__75_and_not_created
	atf_add_test_case mailbox__is_a_file__75_and_unchanged
	atf_add_test_case tmp_unwritable__75
	atf_add_test_case new_unwritable__75_and_nothing_in_tmp
	atf_add_test_case parent_unwritable__75_and_told
	atf_add_test_case parent_unsearchable__75_and_told
	atf_add_test_case disk_full__message_in_memory__75_then_delivered
	atf_add_test_case disk_full__message_streamed__75_then_delivered
	atf_add_test_case fsync__eio__75_and_nothing_left
	atf_add_test_case fsync__eio_from_the_kernel__75_and_nothing_left
	atf_add_test_case link__eperm__75_and_nothing_left
	atf_add_test_case write__edquot__75_with_a_code_of_its_own
	atf_add_test_case file__too_large_for_the_limit__75_and_nothing_left
	atf_add_test_case stdin__closed__75_and_nothing_left
	atf_add_test_case stdin__a_folder__75_and_nothing_left
	atf_add_test_case stdin__open_for_writing_only__75_and_nothing_left
	atf_add_test_case deadline__1_s_and_a_slow_sender__75_and_nothing_left
	atf_add_test_case deadline__slow_sender_of_large__75_and_nothing_left
	atf_add_test_case sender__dies_within_a_line__75_and_nothing_left
	atf_add_test_case sender__dies_behind_a_line__delivered
	atf_add_test_case mailbox__named_by_nothing__75
}
