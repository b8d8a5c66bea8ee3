# What is inherited from whoever starts mda is not trusted.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2154
. "$SRCDIR/tests/support/box.sh"

careless=$BUILDDIR/tests/support/careless

# start_slow COMMAND ... - until it waits for more of its message, which
# comes through descriptor 9. Gives pid.
start_slow()
{
	mkfifo slow
	rm -f trace
	MDA_TRACE=$HOME/trace "$@" <slow >out 2>err &
	pid=$!
	exec 9>slow
	printf 'Subject: x\n\nthe first part\n' >&9
	wait_until grep -q read trace
}

# end_slow - the message is over; gives status.
end_slow()
{
	exec 9>&-
	wait_for "$pid"
}

atf_test_case umask__0_inherited__files_are_private
umask__0_inherited__files_are_private_body()
{
	make_message message
	atf_check "$careless" "$MDA" -o log=none -o "log_file=$HOME/log" \
	    -m box/ <message
	expect_only box message
	atf_check -o match:'^drwx------ ' ls -ld box
	atf_check -o match:'^drwx------ ' ls -ld box/tmp
	atf_check -o match:'^-rw------- ' ls -l "$file"
	atf_check -o match:'^-rw------- ' ls -l log
}

atf_test_case signals__ignored_and_blocked__sigterm_counts
signals__ignored_and_blocked__sigterm_counts_body()
{
	make_box box
	start_slow "$careless" "$MDA_FAULT_BIN" -o log=none -m box/
	kill -TERM "$pid"
	wait_for "$pid"
	exec 9>&-
	atf_check_equal 75 "$status"
	atf_check -o match:'^4\.3\.2 ' head -n 1 err
	expect_nothing box
}

atf_test_case signals__ignored_and_blocked__deadline_counts
signals__ignored_and_blocked__deadline_counts_body()
{
	make_box box
	start_slow "$careless" "$MDA_FAULT_BIN" -o log=none -o deadline=1 \
	    -m box/
	wait_for "$pid"
	exec 9>&-
	atf_check_equal 75 "$status"
	atf_check -o match:'^4\.4\.7 ' head -n 1 err
	expect_nothing box
}

atf_test_case signals__ignored_and_blocked__crash_is_75
signals__ignored_and_blocked__crash_is_75_body()
{
	not_sanitized
	make_box box
	make_message message
	export MDA_FAULT=write:1:SIGSEGV
	deferred 4.3.0 "$careless" "$MDA_FAULT_BIN" -o log=none -m box/ \
	    <message
	expect_nothing box
}

atf_test_case signals__others__do_not_stop_a_delivery
signals__others__do_not_stop_a_delivery_body()
{
	make_box box
	start_slow "$MDA_FAULT_BIN" -o log=none -m box/
	for signal in USR1 USR2 PIPE CHLD CONT; do
		kill "-$signal" "$pid"
	done
	end_slow
	atf_check_equal 0 "$status"
	expect_count 1 box/new
}

# A reader that is gone is no death by SIGPIPE, which would be a bounce.
atf_test_case stderr__reader_is_gone__still_75
stderr__reader_is_gone__still_75_body()
{
	make_message message
	mkfifo words
	cat words >/dev/null &
	reader=$!
	exec 8>words
	kill "$reader"
	wait_for "$reader"
	status=0
	"$MDA" -o log=none -m none/box/ <message 2>&8 || status=$?
	exec 8>&-
	atf_check_equal 75 "$status"
}

# Senders leave descriptors open; whoever waits for their end would wait for
# the delivery as well, and mail could be written into one of them.
atf_test_case descriptors__inherited__are_closed
descriptors__inherited__are_closed_body()
{
	make_box box
	mkfifo held
	{ cat held; echo over >over; } >/dev/null &
	cat_pid=$!
	exec 5>held 7>&5
	start_slow "$MDA_FAULT_BIN" -o log=none -m box/
	exec 5>&- 7>&-
	wait_until test -s over
	wait_for "$cat_pid"
	end_slow
	atf_check_equal 0 "$status"
	expect_count 1 box/new
}

atf_test_case descriptors__far_apart__are_closed
descriptors__far_apart__are_closed_body()
{
	[ -d /proc/self/fd ] || atf_skip 'descriptors cannot be listed here'
	make_box box
	start_slow "$careless" "$MDA_FAULT_BIN" -o log=none -m box/
	# Beside 0 to 2, and the trace at 100, there is what we opened: the
	# mailbox, and what makes the sandbox.
	for fd in "/proc/$pid/fd"/*; do
		case ${fd##*/} in
		[012]|100) continue ;;
		esac
		case $(readlink "$fd") in
		"$PWD"/box*|anon_inode:*) ;;
		*)	atf_fail "open: $(ls -l "$fd")" ;;
		esac
	done
	end_slow
	atf_check_equal 0 "$status"
}

atf_test_case stdout_and_stderr__closed__nothing_gets_into_the_message
stdout_and_stderr__closed__nothing_gets_into_the_message_body()
{
	make_message message
	status=0
	"$MDA" -v -o log=none -m box/ <message >&- 2>&- || status=$?
	atf_check_equal 0 "$status"
	expect_only box message
	status=0
	"$MDA" -v -o log=none -m none/box/ <message >&- 2>&- || status=$?
	atf_check_equal 75 "$status"
}

atf_test_case all_three__closed__75
all_three__closed__75_body()
{
	make_box box
	status=0
	"$MDA" -o log=none -m box/ <&- >&- 2>&- || status=$?
	atf_check_equal 75 "$status"
	expect_nothing box
}

# Mail is not to lie about in core files.
atf_test_case core_files__without_limit__none_is_written
core_files__without_limit__none_is_written_body()
{
	[ -r /proc/self/limits ] || atf_skip 'limits cannot be listed here'
	make_box box
	start_slow "$careless" "$MDA_FAULT_BIN" -o log=none -m box/
	atf_check -o match:'core file size *0 +0 ' cat "/proc/$pid/limits"
	end_slow
	atf_check_equal 0 "$status"
}

atf_test_case working_folder__root__is_fine
working_folder__root__is_fine_body()
{
	make_box box
	make_message message
	home=$HOME
	cd /
	atf_check "$MDA" -o log=none -m "$home/box/" <"$home/message"
	cd "$home" || exit
	expect_only box message
}

atf_test_case working_folder__removed__is_fine
working_folder__removed__is_fine_body()
{
	make_box box
	make_message message
	home=$HOME
	mkdir gone
	cd gone || exit
	rmdir ../gone
	status=0
	"$MDA" -o log=none -m "$home/box/" <"$home/message" || status=$?
	cd "$home" || exit
	atf_check_equal 0 "$status"
	expect_only box message
}

atf_test_case environment__empty__delivers
environment__empty__delivers_body()
{
	make_box box
	make_message message
	atf_check env -i "$MDA" -o log=none -m "$HOME/box/" <message
	expect_only box message
}

atf_test_case environment__home_missing__the_user_data_base_is_asked
environment__home_missing__the_user_data_base_is_asked_body()
{
	home=$(awk -F : -v uid="$(id -u)" '$3 == uid { print $6; exit }' \
	    /etc/passwd)
	[ -n "$home" ] || atf_skip 'not in /etc/passwd'
	for setting in -uHOME HOME= HOME=relative/path; do
		atf_check -s ignore -o match:"^home  *$home\$" \
		    env "$setting" "$MDA" -n
	done
}

# A catalog holds printf formats: only ours may be opened, as root.
atf_test_case language__leads_elsewhere__is_dropped_for_root
language__leads_elsewhere__is_dropped_for_root_head()
{
	atf_set require.user root
	atf_set require.progs strace
}
language__leads_elsewhere__is_dropped_for_root_body()
{
	not_sanitized
	grep -q '^#define HAVE_LIBINTL 1' "$BUILDDIR/config.h" ||
	    atf_skip 'built without translations'
	strace -o trace true 2>why || atf_skip "strace: $(cat why)"
	# The last one is an honest language, to see that one is looked for.
	for setting in LANGUAGE=../../planted LANGUAGE=/planted/x \
	    LC_ALL=../planted LC_MESSAGES=../planted LANG=/planted \
	    LC_CTYPE=../planted LOCPATH=/planted NLSPATH=/planted/%N \
	    GCONV_PATH=/planted LANGUAGE=planted; do
		atf_check -s exit:75 -e match:'^4\.3\.0 ' strace -o trace \
		    env LC_ALL=C.UTF-8 LANGUAGE=en "$setting" \
		    "$MDA" -o log=none -o root_mail=yes -m box/ <&-
		sed '1,/execve.*mda/d' trace >opened
		[ "$setting" != LANGUAGE=planted ] || break
		atf_check -s exit:1 -o empty grep planted opened
	done
	grep -q planted opened || atf_skip 'this locale has no languages'
}

atf_init_test_cases()
{
	atf_add_test_case umask__0_inherited__files_are_private
	atf_add_test_case signals__ignored_and_blocked__sigterm_counts
	atf_add_test_case signals__ignored_and_blocked__deadline_counts
	atf_add_test_case signals__ignored_and_blocked__crash_is_75
	atf_add_test_case signals__others__do_not_stop_a_delivery
	atf_add_test_case stderr__reader_is_gone__still_75
	atf_add_test_case descriptors__inherited__are_closed
	atf_add_test_case descriptors__far_apart__are_closed
	atf_add_test_case \
	    stdout_and_stderr__closed__nothing_gets_into_the_message
	atf_add_test_case all_three__closed__75
	atf_add_test_case core_files__without_limit__none_is_written
	atf_add_test_case working_folder__root__is_fine
	atf_add_test_case working_folder__removed__is_fine
	atf_add_test_case environment__empty__delivers
	atf_add_test_case environment__home_missing__the_user_data_base_is_asked
	atf_add_test_case language__leads_elsewhere__is_dropped_for_root
}
