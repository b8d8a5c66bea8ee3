# Deliveries that are killed, crash or are asked to stop, at every moment.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2154
. "$SRCDIR/tests/support/box.sh"
. "$SRCDIR/tests/support/scenario.sh"

# The sender knows nothing of what became of the first try, and comes again.
# Only a death behind the last call, when all is done, cannot be seen.
come_again_after()
{
	again
	[ "$status" -eq 0 ] || bad "again: status $status"
	[ ! -s err ] || bad 'again: says something'
	look
	[ "$visible" -eq 1 ] || bad "again: $visible visible"
	[ "$staged" -le 1 ] || bad "again: $staged in tmp"
}

# try_kill WHEN - before or after one call.
try_kill()
{
	case_name=$1
	cases=$((cases + 1))
	reset
	killed "$1"
	[ "$status" -eq 137 ] || bad "status $status"
	look
	[ "$visible" -le 1 ] || bad "$visible visible"
	case $1 in
	"$last:after")
		[ "$visible:$staged" = 1:0 ] ||
		    bad "$visible visible, $staged staged" ;;
	*)	come_again_after ;;
	esac
}

# kill_matrix SCENARIO
kill_matrix()
{
	scenario "$1"
	record
	last=$(sed -n '$s/ .*//p' calls)
	while read -r number _ _; do
		try_kill "$number:before"
		try_kill "$number:after"
	done <calls
	conclude "kill_$1"
}

atf_test_case existing__killed_at_each_call__retry_makes_one
existing__killed_at_each_call__retry_makes_one_body()
{
	kill_matrix existing
}

atf_test_case create__killed_at_each_call__retry_makes_one
create__killed_at_each_call__retry_makes_one_body()
{
	kill_matrix create
}

atf_test_case stream__killed_at_each_call__retry_makes_one
stream__killed_at_each_call__retry_makes_one_body()
{
	kill_matrix stream
}

atf_test_case folder__killed_at_each_call__retry_makes_one
folder__killed_at_each_call__retry_makes_one_body()
{
	kill_matrix folder
}

# Readers know a Maildir++ folder by the file "maildirfolder" in it.
atf_test_case new_folder__killed_at_each_call__retry_marks_it
new_folder__killed_at_each_call__retry_marks_it_body()
{
	scenario folder
	record
	while read -r number _ _; do
		case_name=$number:after
		reset
		killed "$case_name"
		again
		[ -f "$target/maildirfolder" ] || bad 'no maildirfolder'
	done <calls
	atf_check_equal 0 "$wrong"
}

# number_of CALL - its place in the list; the last one, if it comes twice.
number_of()
{
	sed -n "s/ $1 .*//p" calls | tail -n 1
}

atf_test_case same_message__killed_before_link__one_file
same_message__killed_before_link__one_file_body()
{
	scenario existing
	record

	reset
	killed "$(number_of linkat):before"
	look
	atf_check_equal 0 "$visible"
	again
	atf_check_equal 0 "$status"
	look
	atf_check_equal 1 "$visible"
	atf_check_equal 0 "$wrong"
}

atf_test_case same_message__killed_between_link_and_exit__one_file
same_message__killed_between_link_and_exit__one_file_body()
{
	scenario existing
	record

	reset
	killed "$(number_of linkat):after"
	look
	atf_check_equal 1 "$visible"
	atf_check -o empty -e match:'^status=delivered .* witness=' \
	    "$MDA" -v -o log=none -m "maildir:$box" <message
	look
	atf_check_equal '1 visible, 0 staged' \
	    "$visible visible, $staged staged"
	atf_check_equal 0 "$wrong"
}

# A reader may be faster than the sender's second try.
atf_test_case same_message__killed_after_link_then_read__one_file
same_message__killed_after_link_then_read__one_file_body()
{
	scenario existing
	record

	reset
	killed "$(number_of linkat):after"
	expect_count 2 box/new
	for entry in box/new/[0-9]*; do
		mv "$entry" "box/cur/${entry##*/}:2,S"
	done
	again
	atf_check_equal 0 "$status"
	expect_count 1 box/new
	expect_count 2 box/cur
	expect_count 0 box/tmp
}

# Two alike that cannot be told to be one may well be two.
atf_test_case no_message_id__killed_after_link__second_copy
no_message_id__killed_after_link__second_copy_body()
{
	scenario existing
	printf 'Subject: a note\n\nof a script\n' >message
	record

	reset
	killed "$(number_of linkat):after"
	again
	atf_check_equal 0 "$status"
	look
	atf_check_equal 2 "$visible"
	atf_check_equal 0 "$wrong"
}

atf_test_case other_message__killed_after_link__both_are_there
other_message__killed_after_link__both_are_there_body()
{
	scenario existing
	record

	reset
	killed "$(number_of linkat):after"
	sed 's/hello/hallo/' message >other
	atf_check "$MDA" -o log=none -m "maildir:$box" <other
	expect_count 3 box/new
}

# Exim puts a new date in front with each try; the rest must agree.
atf_test_case delivery_date__made_anew__one_file
delivery_date__made_anew__one_file_body()
{
	scenario existing
	record

	reset
	cp message same
	{ echo 'Delivery-date: Mon, 1 Jan 2024 00:00:00 +0000'; cat same; } \
	    >message
	killed "$(number_of linkat):after"
	{ echo 'Delivery-date: Tue, 2 Jan 2024 00:00:00 +0000'; cat same; } \
	    >message
	again
	atf_check_equal 0 "$status"
	expect_count 2 box/new
	expect_count 0 box/tmp
}

# stop_behind_link - start a delivery that waits behind its link. Gives pid.
stop_behind_link()
{
	MDA_TRACE=$HOME/trace \
	    MDA_FAULT="fsync:$(grep -c ' fsync ' calls):SIGSTOP" \
	    "$MDA_FAULT_BIN" -o log=none -m "maildir:$box" <message &
	pid=$!
	wait_until grep -q ' linkat 0' trace
}

# go_on PID FILE TEXT - let one that is stopped go on, until its trace has it.
go_on()
{
	wait_until sh -c "kill -CONT $1; grep -q '$3' $2"
}

# A delivery that lives is no dead one: its file is not taken for a witness.
atf_test_case witness__deliverer_lives__second_copy
witness__deliverer_lives__second_copy_body()
{
	scenario existing
	record
	reset
	stop_behind_link
	again
	atf_check_equal 0 "$status"
	look
	atf_check_equal '2 visible, 1 staged' \
	    "$visible visible, $staged staged"
	go_on "$pid" trace unlinkat
	wait_for "$pid"
	atf_check_equal 0 "$status"
	look
	atf_check_equal '2 visible, 0 staged' \
	    "$visible visible, $staged staged"
}

# Nor is one that ends well while we look at its file.
atf_test_case witness__deliverer_ends_while_we_look__second_copy
witness__deliverer_ends_while_we_look__second_copy_body()
{
	scenario existing
	record
	opened=$(($(grep -c ' openat ' calls) + 1))
	reset
	stop_behind_link
	one=$pid

	# The other one opens that file, and stops before it asks for a lock.
	MDA_TRACE=$HOME/other MDA_FAULT=flock:2:SIGSTOP \
	    "$MDA_FAULT_BIN" -o log=none -m "maildir:$box" <message &
	other=$!
	wait_until sh -c "[ \$(grep -c ' openat ' other) -ge $opened ]"

	go_on "$one" trace unlinkat
	wait_for "$one"
	atf_check_equal 0 "$status"
	go_on "$other" other 'linkat'
	wait_for "$other"
	atf_check_equal 0 "$status"
	look
	atf_check_equal '2 visible, 0 staged' \
	    "$visible visible, $staged staged"
}

# try_signal CALL:NTH:SIGNAL - 0 with the message, or 75 without.
try_signal()
{
	case_name=$1
	cases=$((cases + 1))
	reset
	broken "$1"
	look
	said=
	IFS= read -r said <err
	case $status:$visible:$staged:$said in
	0:1:0:|75:0:0:4.[0-9].[0-9]' '*) ;;
	*)	bad "status $status, $visible visible, $staged staged: $said" ;;
	esac
}

# A crash is no time for tidying up once the outcome is being made durable.
try_crash()
{
	case_name=$1
	cases=$((cases + 1))
	reset
	broken "$1"
	said=
	IFS= read -r said <err
	case $status:$said in
	0:)	look
		[ "$visible" -eq 1 ] || bad "$visible visible" ;;
	75:4.[0-9].[0-9]' '*) come_again_after ;;
	*)	bad "status $status: $said" ;;
	esac
}

# signal_matrix TRY SIGNAL
signal_matrix()
{
	scenario existing
	record
	nth=0
	while read -r _ call _; do
		next_nth "$call"
		"$1" "$call:$nth:$2"
	done <calls
	conclude "signal_$2"
}

atf_test_case sigterm__at_each_call__message_or_75
sigterm__at_each_call__message_or_75_body()
{
	signal_matrix try_signal SIGTERM
}

atf_test_case deadline__at_each_call__retry_makes_one
deadline__at_each_call__retry_makes_one_body()
{
	signal_matrix try_crash SIGALRM
}

atf_test_case crash__at_each_call__retry_makes_one
crash__at_each_call__retry_makes_one_body()
{
	not_sanitized
	signal_matrix try_crash SIGSEGV
}

# interrupt SIGNAL - while the sender is slow. The trace tells that the first
# part has been read: so the signals are ours by then.
interrupt()
{
	make_box box
	mkfifo slow
	rm -f trace
	MDA_TRACE=$HOME/trace "$MDA_FAULT_BIN" -o log=none -m box/ \
	    <slow >out 2>err &
	pid=$!
	exec 9>slow
	printf 'Subject: the first part\n' >&9
	wait_until grep -q read trace
	kill "-$1" "$pid"
	wait_for "$pid"
	exec 9>&-
	atf_check_equal 75 "$status"
	atf_check -o empty cat out
	atf_check -o match:'^4\.3\.2 ' head -n 1 err
	expect_nothing box
}

atf_test_case sigterm__slow_sender__75_and_nothing_left
sigterm__slow_sender__75_and_nothing_left_body()
{
	interrupt TERM
}

atf_test_case sighup__slow_sender__75_and_nothing_left
sighup__slow_sender__75_and_nothing_left_body()
{
	interrupt HUP
}

atf_test_case sigint__slow_sender__75_and_nothing_left
sigint__slow_sender__75_and_nothing_left_body()
{
	interrupt INT
}

atf_test_case sigquit__slow_sender__75_and_nothing_left
sigquit__slow_sender__75_and_nothing_left_body()
{
	interrupt QUIT
}

# The file in tmp is there already: a large message goes straight into it.
atf_test_case sigterm__slow_sender_of_large__75_and_nothing_left
sigterm__slow_sender_of_large__75_and_nothing_left_body()
{
	make_box box
	mkfifo slow
	MDA_TRACE=$HOME/trace "$MDA_FAULT_BIN" -o log=none \
	    -o spool_memory=4096 -m box/ <slow >out 2>err &
	pid=$!
	exec 9>slow
	awk 'BEGIN { for (i = 0; i < 1000; i++) print "X-Line:", i }' >&9
	wait_until grep -q 'write [0-9]' trace
	expect_count 1 box/tmp
	kill -TERM "$pid"
	wait_for "$pid"
	exec 9>&-
	atf_check_equal 75 "$status"
	atf_check -o match:'^4\.3\.2 ' head -n 1 err
	expect_nothing box
}

# The signal comes between the last look for one and the call that waits.
atf_test_case sigterm__just_before_a_read_that_waits__75
sigterm__just_before_a_read_that_waits__75_body()
{
	make_box box
	mkfifo slow
	MDA_FAULT=read:2:SIGTERM "$MDA_FAULT_BIN" -o log=none -m box/ \
	    <slow >out 2>err &
	pid=$!
	exec 9>slow
	printf 'Subject: the first part\n' >&9
	wait_for "$pid"
	exec 9>&-
	atf_check_equal 75 "$status"
	atf_check -o match:'^4\.3\.[02] ' head -n 1 err
	expect_nothing box
}

atf_init_test_cases()
{
	atf_add_test_case existing__killed_at_each_call__retry_makes_one
	atf_add_test_case create__killed_at_each_call__retry_makes_one
	atf_add_test_case stream__killed_at_each_call__retry_makes_one
	atf_add_test_case folder__killed_at_each_call__retry_makes_one
	atf_add_test_case new_folder__killed_at_each_call__retry_marks_it
	atf_add_test_case same_message__killed_before_link__one_file
	atf_add_test_case same_message__killed_between_link_and_exit__one_file
	atf_add_test_case same_message__killed_after_link_then_read__one_file
	atf_add_test_case no_message_id__killed_after_link__second_copy
	atf_add_test_case other_message__killed_after_link__both_are_there
	atf_add_test_case delivery_date__made_anew__one_file
	atf_add_test_case witness__deliverer_lives__second_copy
	atf_add_test_case witness__deliverer_ends_while_we_look__second_copy
	atf_add_test_case sigterm__at_each_call__message_or_75
	atf_add_test_case deadline__at_each_call__retry_makes_one
	atf_add_test_case crash__at_each_call__retry_makes_one
	atf_add_test_case sigterm__slow_sender__75_and_nothing_left
	atf_add_test_case sighup__slow_sender__75_and_nothing_left
	atf_add_test_case sigint__slow_sender__75_and_nothing_left
	atf_add_test_case sigquit__slow_sender__75_and_nothing_left
	atf_add_test_case sigterm__slow_sender_of_large__75_and_nothing_left
	atf_add_test_case sigterm__just_before_a_read_that_waits__75
}
