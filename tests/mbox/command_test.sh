# Deliveries into an mbox from the command line: what is refused, what is
# said, what is called, what is left.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2154
. "$SRCDIR/tests/support/box.sh"

# set_up - an mbox with two messages, and one that comes. Its folder is one of
# its own, so that everything in it can be told.
set_up()
{
	mkdir box
	make_message message
	for number in 1 2; do
		printf 'Message-ID: <%s@example.org>\nSubject: old\n\nold\n' \
		    "$number" | "$MDA" -o log=none -m mbox:box/mbox ||
		    atf_fail 'cannot deliver at all'
	done
	cp box/mbox before
}

# delivered OPTION ... - and nothing is said.
delivered()
{
	atf_check "$MDA" -o log=none "$@" <message
}

# refused WORDS OPTION ... - 75, with a code and a sentence in which the words
# stand; and nothing has changed in box/.
refused()
{
	words=$1
	shift
	ls -lnA box >list
	atf_check -s exit:75 -o empty -e save:said \
	    "$MDA" -o log=none "$@" <message
	atf_check -o match:"^4\.[23]\.[05] .*$words" head -n 1 said
	atf_check -o file:list ls -lnA box
}

# ---- Not the mbox that it should be ----------------------------------------

atf_test_case symlink__as_mbox__75_and_named
symlink__as_mbox__75_and_named_body()
{
	set_up
	cp before precious
	ln -s ../precious box/link
	refused 'box/link is a symbolic link' -m mbox:box/link
	atf_check cmp before precious
}

atf_test_case dangling_symlink__as_mbox__75_and_nothing_made
dangling_symlink__as_mbox__75_and_nothing_made_body()
{
	set_up
	ln -s ../elsewhere box/link
	refused 'box/link is a symbolic link' -m mbox:box/link
	atf_check -s exit:1 test -e elsewhere
}

atf_test_case hard_link__as_mbox__75_and_named
hard_link__as_mbox__75_and_named_body()
{
	set_up
	cp before precious
	ln precious box/link
	refused 'box/link has another name' -m mbox:box/link
	atf_check cmp before precious
}

atf_test_case fifo__as_mbox__75_without_waiting
fifo__as_mbox__75_without_waiting_body()
{
	set_up
	mkfifo box/fifo
	refused 'box/fifo is no regular file' -m mbox:box/fifo
}

atf_test_case folder__as_mbox__75_and_named
folder__as_mbox__75_and_named_body()
{
	set_up
	mkdir box/folder
	refused 'box/folder is a folder' -m mbox:box/folder
}

atf_test_case folder_above__missing__75_and_nothing_made
folder_above__missing__75_and_nothing_made_body()
{
	set_up
	refused 'box/none' -m mbox:box/none/mbox
}

atf_test_case foreign_owner__as_mbox__75_and_named
foreign_owner__as_mbox__75_and_named_head()
{
	atf_set require.user root
}
foreign_owner__as_mbox__75_and_named_body()
{
	mkdir box
	make_message message
	make_message box/mbox
	cp box/mbox before
	chown nobody box/mbox
	refused 'box/mbox belongs to another user' -o root_mail=yes \
	    -m mbox:box/mbox
	atf_check cmp before box/mbox
}

atf_test_case read_only__as_mbox__75_and_named
read_only__as_mbox__75_and_named_head()
{
	atf_set require.user unprivileged
}
read_only__as_mbox__75_and_named_body()
{
	set_up
	chmod 400 box/mbox
	refused 'no permission to write the mbox box/mbox' -m mbox:box/mbox
	atf_check cmp before box/mbox
}

atf_test_case read_only_folder__dotlock__75_and_named
read_only_folder__dotlock__75_and_named_head()
{
	atf_set require.user unprivileged
}
read_only_folder__dotlock__75_and_named_body()
{
	set_up
	chmod 500 box
	refused 'mbox.lock' -m mbox:box/mbox
	atf_check cmp before box/mbox
	chmod 700 box
}

# Without a lock file nothing has to be made there.
atf_test_case read_only_folder__kernel_locks__delivered
read_only_folder__kernel_locks__delivered_head()
{
	atf_set require.user unprivileged
}
read_only_folder__kernel_locks__delivered_body()
{
	set_up
	chmod 500 box
	delivered -o locks=fcntl -m mbox:box/mbox
	chmod 700 box
	expect_third
}

# expect_third - the message stands behind what was there.
expect_third()
{
	echo "1 mboxrd box/mbox before message" >list
	atf_check python3 "$SRCDIR/tests/support/mbox_check.py" records list
}

# ---- Which mbox ------------------------------------------------------------

atf_test_case path__mbox_with_prefix__mbox
path__mbox_with_prefix__mbox_body()
{
	set_up
	delivered -m mbox:box/mbox
	expect_third
}

atf_test_case path__that_of_a_file__mbox
path__that_of_a_file__mbox_body()
{
	set_up
	delivered -m box/mbox
	expect_third
}

atf_test_case path__missing__new_mbox
path__missing__new_mbox_body()
{
	set_up
	: >before
	rm box/mbox
	delivered -m box/mbox
	expect_third
	atf_check -o match:'^-rw-------' ls -l box/mbox
}

atf_test_case path__that_of_a_folder__maildir
path__that_of_a_folder__maildir_body()
{
	set_up
	make_box maildir
	delivered -m maildir
	expect_only maildir message
}

atf_test_case path__in_home__expanded
path__in_home__expanded_body()
{
	set_up
	: >before
	rm box/mbox
	delivered -m 'mbox:~/box/mbox'
	expect_third
}

atf_test_case create_no__missing__75_and_nothing_made
create_no__missing__75_and_nothing_made_body()
{
	set_up
	refused 'box/new does not exist' -o create=no -m mbox:box/new
	delivered -o create=no -m mbox:box/mbox
	expect_third
}

atf_test_case locale__of_the_sender__date_in_english
locale__of_the_sender__date_in_english_body()
{
	set_up
	for name in de_DE.UTF-8 fr_FR.UTF-8 ja_JP.UTF-8 C.UTF-8; do
		cat before >box/mbox
		LC_ALL=$name LC_TIME=$name LANG=$name TZ=Asia/Tokyo \
		    delivered -m mbox:box/mbox
		expect_third
	done
}

# ---- Explained -------------------------------------------------------------

# explain PATTERN ... - each stands in what is said; and nothing changes.
explain()
{
	ls -lnA --time-style=full-iso box >list 2>/dev/null ||
	    ls -lnA box >list
	atf_check -o save:said "$MDA" -n -m mbox:box/mbox
	for pattern do
		atf_check -o match:"$pattern" cat said
	done
	ls -lnA --time-style=full-iso box >again 2>/dev/null ||
	    ls -lnA box >again
	atf_check cmp list again
	[ ! -e box/mbox ] || atf_check cmp before box/mbox
}

atf_test_case explain__mbox__format_locks_and_journal
explain__mbox__format_locks_and_journal_body()
{
	set_up
	explain 'mboxrd' 'dotlock fcntl' '\.mbox\.mda' \
	    "box/mbox, $(($(wc -c <before))) bytes"
}

atf_test_case explain__missing__would_be_created
explain__missing__would_be_created_body()
{
	set_up
	rm box/mbox box/.mbox.mda
	explain 'would be created' '\.mbox\.mda is not there yet'
}

atf_test_case explain__locked__says_who_waits
explain__locked__says_who_waits_body()
{
	set_up
	echo 12345 >box/mbox.lock
	explain 'mbox.lock is there now'
}

atf_test_case explain__wrong_kind__says_why
explain__wrong_kind__says_why_body()
{
	set_up
	for kind in link folder fifo; do
		case $kind in
		link)	ln -s mbox box/link ;;
		folder)	mkdir box/folder ;;
		fifo)	mkfifo box/fifo ;;
		esac
		ls -lnA box >list
		atf_check -s not-exit:0 -o match:"! .*box/$kind" -e ignore \
		    "$MDA" -n -m "mbox:box/$kind"
		atf_check -o file:list ls -lnA box
	done
}

# ---- Calls -----------------------------------------------------------------

# A second delivery: everything is there, and known to the journal.
trace_second()
{
	set_up
	atf_check -o ignore -e ignore strace -o trace -y \
	    "$MDA" -o log=none -o sieve= -m mbox:box/mbox <message
	# What is ours begins with the deadline.
	sed -n '/^alarm(/,/^exit_group/p' trace >calls
	cat calls
}

atf_test_case strace__second_delivery__few_calls
strace__second_delivery__few_calls_head()
{
	atf_set require.progs strace
}
strace__second_delivery__few_calls_body()
{
	not_sanitized
	as_usual
	trace_second
	count=$(wc -l <calls)
	echo "$count calls"
	[ "$count" -gt 20 ] || atf_fail 'no calls to be seen'
	# Looking for a script is one more, and the log two.
	# The look at the name, after the locks, is one that no safety may spare.
	# The stack for what handles a stack that is used up came later: 61.
	[ "$count" -le 61 ] || atf_fail "$count calls"
}

# order PATTERN ... - they come in this order, each behind the last.
order()
{
	at=0
	for pattern do
		line=$(awk -v at="$at" -v pattern="$pattern" \
		    'NR > at && $0 ~ pattern { print NR; exit }' trace)
		[ -n "$line" ] ||
		    atf_fail "no $pattern behind line $at of the trace"
		at=$line
	done
}

atf_test_case strace__second_delivery__locks_journal_write_close_unlock
strace__second_delivery__locks_journal_write_close_unlock_head()
{
	atf_set require.progs strace
}
strace__second_delivery__locks_journal_write_close_unlock_body()
{
	not_sanitized
	as_usual
	trace_second
	order 'openat.*"mbox", .*O_APPEND.*O_SYNC|openat.*"mbox", .*O_SYNC.*O_APPEND' \
	    'fcntl.*F_OFD_SETLK|fcntl.*F_SETLK' 'linkat.*"mbox.lock"' \
	    'fstat|newfstatat|statx' 'openat.*"\.mbox\.mda"' 'pwrite64.*mbox\.mda' \
	    'fdatasync.*mbox\.mda' 'write\([0-9]+<[^>]*box/mbox>' \
	    'close\([0-9]+<[^>]*box/mbox>' 'unlinkat.*"mbox.lock"'
	atf_check -o inline:'1\n' \
	    grep -c -E '^write\([0-9]+<[^>]*box/mbox>' trace
	atf_check -s exit:1 grep -E '^fsync' trace
	atf_check -o inline:'1\n' grep -c '^fdatasync' trace
	atf_check -s exit:1 grep -E '^ftruncate' trace
}

atf_test_case times__after_a_delivery__access_before_modification
times__after_a_delivery__access_before_modification_body()
{
	set_up
	delivered -m mbox:box/mbox
	atf_check python3 -c 'import os, sys
st = os.stat("box/mbox")
sys.exit(not int(st.st_atime) < int(st.st_mtime))'
}

# ---- Waiting ---------------------------------------------------------------

# hold LOCK - another process has it, until released.
hold()
{
	mkfifo gate
	cat >holder.py <<'END'
import fcntl, sys
file = open("box/mbox", "r+b")
if sys.argv[1] == "fcntl":
    fcntl.lockf(file, fcntl.LOCK_EX)
else:
    fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
open("gate").read()
END
	python3 holder.py "$1" >held &
	holder=$!
	wait_until grep -q held held
}

release()
{
	: >gate
	wait_for "$holder"
	atf_check_equal 0 "$status"
}

atf_test_case lock_timeout__fcntl_held__75_and_box_as_before
lock_timeout__fcntl_held__75_and_box_as_before_body()
{
	set_up
	hold fcntl
	refused 'box/mbox stayed locked' -o lock_timeout=1s -m mbox:box/mbox
	atf_check cmp before box/mbox
	release
	delivered -m mbox:box/mbox
	expect_third
}

atf_test_case lock_timeout__flock_held__75_where_it_counts
lock_timeout__flock_held__75_where_it_counts_body()
{
	built_with FLOCK
	set_up
	hold flock
	refused 'box/mbox stayed locked' -o locks=flock -o lock_timeout=0s \
	    -m mbox:box/mbox
	delivered -m mbox:box/mbox
	release
	expect_third
}

atf_test_case lock_timeout__foreign_lock_file__75_and_it_stays
lock_timeout__foreign_lock_file__75_and_it_stays_body()
{
	set_up
	echo 0 >box/mbox.lock
	refused 'box/mbox stayed locked' -o lock_timeout=1s -m mbox:box/mbox
	atf_check -o inline:'0\n' cat box/mbox.lock
}

atf_test_case deadline__while_waiting__75_and_foreign_lock_stays
deadline__while_waiting__75_and_foreign_lock_stays_body()
{
	set_up
	echo 0 >box/mbox.lock
	atf_check -s exit:75 -o empty -e match:'^4\.4\.7 ' \
	    "$MDA" -o log=none -o deadline=1s -m mbox:box/mbox <message
	atf_check -o inline:'0\n' cat box/mbox.lock
	atf_check cmp before box/mbox
}

# stop_while_waiting SIGNAL - the trace tells when it waits.
stop_while_waiting()
{
	set_up
	echo 0 >box/mbox.lock
	MDA_TRACE=$HOME/trace "$MDA_FAULT_BIN" -o log=none \
	    -m mbox:box/mbox <message >out 2>err &
	pid=$!
	wait_until grep -q '^[0-9][0-9]* fcntl_lock' trace
	kill "-$1" "$pid"
	wait_for "$pid"
	atf_check_equal 75 "$status"
	atf_check -o match:'^4\.3\.2 ' head -n 1 err
	atf_check -o inline:'0\n' cat box/mbox.lock
	atf_check cmp before box/mbox
	atf_check -o inline:'.mbox.mda\nmbox\nmbox.lock\n' ls -A box
}

atf_test_case sigterm__while_waiting__75_and_foreign_lock_stays
sigterm__while_waiting__75_and_foreign_lock_stays_body()
{
	stop_while_waiting TERM
}

atf_test_case sigint__while_waiting__75_and_foreign_lock_stays
sigint__while_waiting__75_and_foreign_lock_stays_body()
{
	stop_while_waiting INT
}

# A signal at each call: the message is there or not, our lock is not.
atf_test_case sigterm__at_each_call__whole_or_75_and_no_lock
sigterm__at_each_call__whole_or_75_and_no_lock_body()
{
	set_up
	MDA_TRACE=$HOME/calls "$MDA_FAULT_BIN" -o log=none \
	    -m mbox:box/mbox <message || atf_fail 'cannot deliver'
	cp box/mbox after
	wrong=0
	while read -r _ call _; do
		eval "nth=\$((\${nth_$call-0} + 1)); nth_$call=\$nth"
		cat before >box/mbox
		status=0
		MDA_FAULT=$call:$nth:SIGTERM "$MDA_FAULT_BIN" -o log=none \
		    -m mbox:box/mbox <message >out 2>err || status=$?
		size=$(($(wc -c <box/mbox)))
		case $status:$size in
		0:$(($(wc -c <after))))	;;
		75:$(($(wc -c <before))))
			read -r said <err
			case $said in
			4.3.2' '*) ;;
			*)	echo "$call:$nth: $said"
				wrong=1 ;;
			esac ;;
		*)	echo "$call:$nth: status $status, $size bytes"
			wrong=1 ;;
		esac
		[ ! -e box/mbox.lock ] || {
			echo "$call:$nth: a lock file is left"
			wrong=1
		}
	done <calls
	atf_check_equal 0 "$wrong"
	atf_check -o inline:'.mbox.mda\nmbox\n' ls -A box
}

atf_init_test_cases()
{
	atf_add_test_case symlink__as_mbox__75_and_named
	atf_add_test_case dangling_symlink__as_mbox__75_and_nothing_made
	atf_add_test_case hard_link__as_mbox__75_and_named
	atf_add_test_case fifo__as_mbox__75_without_waiting
	atf_add_test_case folder__as_mbox__75_and_named
	atf_add_test_case folder_above__missing__75_and_nothing_made
	atf_add_test_case foreign_owner__as_mbox__75_and_named
	atf_add_test_case read_only__as_mbox__75_and_named
	atf_add_test_case read_only_folder__dotlock__75_and_named
	atf_add_test_case read_only_folder__kernel_locks__delivered
	atf_add_test_case path__mbox_with_prefix__mbox
	atf_add_test_case path__that_of_a_file__mbox
	atf_add_test_case path__missing__new_mbox
	atf_add_test_case path__that_of_a_folder__maildir
	atf_add_test_case path__in_home__expanded
	atf_add_test_case create_no__missing__75_and_nothing_made
	atf_add_test_case locale__of_the_sender__date_in_english
	atf_add_test_case explain__mbox__format_locks_and_journal
	atf_add_test_case explain__missing__would_be_created
	atf_add_test_case explain__locked__says_who_waits
	atf_add_test_case explain__wrong_kind__says_why
	atf_add_test_case strace__second_delivery__few_calls
	atf_add_test_case strace__second_delivery__locks_journal_write_close_unlock
	atf_add_test_case times__after_a_delivery__access_before_modification
	atf_add_test_case lock_timeout__fcntl_held__75_and_box_as_before
	atf_add_test_case lock_timeout__flock_held__75_where_it_counts
	atf_add_test_case lock_timeout__foreign_lock_file__75_and_it_stays
	atf_add_test_case deadline__while_waiting__75_and_foreign_lock_stays
	atf_add_test_case sigterm__while_waiting__75_and_foreign_lock_stays
	atf_add_test_case sigint__while_waiting__75_and_foreign_lock_stays
	atf_add_test_case sigterm__at_each_call__whole_or_75_and_no_lock
}
