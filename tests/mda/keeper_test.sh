# Root's process beside a delivery is killed, or its calls fail, at each of its
# system calls; whatever it leaves, the next delivery succeeds.

# What is sourced sets variables; $to_alice is several words.
# shellcheck disable=SC1091,SC2086,SC2154
. "$SRCDIR/tests/support/private.sh"
# shellcheck disable=SC1091,SC2154
. "$SRCDIR/tests/support/box.sh"

needs()
{
	atf_set require.user root
	atf_set require.progs strace
	atf_set timeout 600
}

# start - a spool of root:mail, and a message for alice.
start()
{
	not_sanitized
	private_start
	make_message message
	new_spool
}

new_spool()
{
	rm -rf spool
	mkdir spool
	chgrp mail spool
	chmod 2775 spool
}

# deliver STRACE-ARGUMENT ... - strace sees root's process alone, which is the
# one that it starts. Gives status, when both processes have ended: the pipe
# is open until then.
deliver()
{
	status=0
	said=$(timeout 60 strace "$@" "$MDA" -c settings -o lock_timeout=5 -d alice \
	    -m "mbox:$stage/spool/%u" <message 2>&1) || status=$?
}

# list_calls - each system call from the fork on, as "NAME NUMBER": the
# how-manieth of its name.
list_calls()
{
	deliver -o trace
	atf_check_equal 0 "$status"
	sed -n 's/^\([a-z_0-9]*\)(.*/\1/p' trace | awk '
	    { seen[$1]++ }
	    /^(v?fork|clone3?)$/ { forked = 1; next }
	    forked { print $1, seen[$1] }' >calls
	for call in openat fchown fchmod fsync linkat unlinkat wait4; do
		atf_check -o ignore grep -E "^$call(32)? " calls
	done
}

# count_mail - gives mail: how often the message is in alice's mbox.
count_mail()
{
	mail=$(grep -c '^Message-ID' spool/alice 2>/dev/null) || mail=0
}

# next_delivery WHAT - of the same message succeeds. A second copy is there
# only when the first one was, and its delivery was over or told of; root's
# process may be killed when nothing is left to do but to tell.
next_delivery()
{
	first=$status
	count_mail
	before=$mail
	deliver -o trace
	atf_check_equal "$1: 0" "$1: $status"
	count_mail
	case $first,$before,$mail in
	0,1,2|137,1,2|*,[01],1) ;;
	*)	atf_fail "$1: $first, $before copies, then $mail" ;;
	esac
	atf_check_equal "$1: alice:mail 660 1" \
	    "$1: $(stat -c '%U:%G %a %h' spool/alice)"
	atf_check_equal "$1: alice:mail 600 1" \
	    "$1: $(stat -c '%U:%G %a %h' spool/.alice.mda)"
	find spool -type f ! -name alice ! -name .alice.mda \
	    ! -name '.mda-new.*' ! -name '.lk.*' >others_left
	atf_check cat others_left
}

atf_test_case keeper__killed_at_each_call__next_delivery_once
keeper__killed_at_each_call__next_delivery_once_head() { needs; }
keeper__killed_at_each_call__next_delivery_once_body()
{
	start
	list_calls
	while read -r call number <&3; do
		new_spool
		deliver -o trace -e "inject=$call:signal=KILL:when=$number"
		# It makes a few calls less when it hears of the end of its
		# child first by the signal: then it was not killed.
		[ "$status" -eq 137 ] || {
			atf_check_equal "$call $number: 0" \
			    "$call $number: $status"
			made=$(grep -c "^$call(" trace)
			[ "$made" -lt "$number" ] ||
			    atf_fail "$call $number: not killed: $said"
		}
		next_delivery "$call $number"
	done 3<calls
	echo "killed at $(wc -l <calls) calls"
}

atf_test_case keeper__each_call_fails__0_or_75_and_next_delivery_once
keeper__each_call_fails__0_or_75_and_next_delivery_once_head() { needs; }
keeper__each_call_fails__0_or_75_and_next_delivery_once_body()
{
	start
	list_calls
	# A close that fails all the same closes, and strace's does not.
	grep -v -E '^(close|exit|rt_|wait4|restart)' calls >failing
	for error in EIO EPERM ENOSPC; do
		while read -r call number <&3; do
			what="$call $number $error"
			new_spool
			deliver -o trace \
			    -e "inject=$call:error=$error:when=$number"
			case $status in
			0|75)	;;
			*)	atf_fail "$what: status $status: $said" ;;
			esac
			next_delivery "$what"
		done 3<failing
	done
}

# count_visible - gives mail: how often the message is in alice's mailboxes.
count_visible()
{
	find home/alice/Maildir/new home/alice/mbox spool/alice -type f \
	    2>/dev/null >visible
	mail=0
	while read -r box; do
		mail=$((mail + $(grep -c '^Message-ID' "$box")))
	done <visible
}

# As if the disk never answered: the first sync is the message's own, or that
# of the journal. What root's process has to sync is there already.
atf_test_case delivery__stopped_in_its_sync__75_in_time_and_next_once
delivery__stopped_in_its_sync__75_in_time_and_next_once_head() { needs; }
delivery__stopped_in_its_sync__75_in_time_and_next_once_body()
{
	start
	for where in maildir:%h/Maildir mbox:%h/mbox "mbox:$stage/spool/%u"; do
		to_alice="$MDA -c settings -v -o lock_timeout=5 -d alice -m $where"
		printf 'Message-ID: <earlier@example.org>\n\n' >earlier
		atf_check -o empty -e ignore $to_alice <earlier
		began=$(date +%s)
		status=0
		strace -f -o trace -e trace=fsync,fdatasync,kill,exit_group \
		    -e inject=fsync,fdatasync:signal=STOP:when=1 \
		    $to_alice -o deadline=1 <message >out 2>err || status=$?
		took=$(($(date +%s) - began))
		atf_check_equal "$where: 75" "$where: $status"
		atf_check -o empty cat out
		atf_check -o match:'^4\.4\.7 ' head -n 1 err
		atf_check -o match:'step=child-hung .*residue=no' cat err
		# The deadline, six seconds, and what a busy machine takes.
		[ "$took" -ge 7 ] || atf_fail "$where: only $took s"
		[ "$took" -le 30 ] || atf_fail "$where: $took s"
		hung=$(sed -n 's/^\([0-9]*\) .*stopped by SIGSTOP.*/\1/p' trace)
		atf_check -o match:"^$hung .*killed by SIGKILL" cat trace
		[ ! -d "/proc/$hung" ] || atf_fail "$hung is left"
		[ ! -e spool/alice.lock ] || atf_fail 'the lock is left'
		count_visible
		atf_check_equal "$where: 1" "$where: $mail"
		atf_check -o empty -e ignore $to_alice <message
		count_visible
		atf_check_equal "$where: 2" "$where: $mail"
		rm -rf home/alice/Maildir home/alice/mbox home/alice/.mbox.mda
		new_spool
	done
}

atf_init_test_cases()
{
	atf_add_test_case \
	    delivery__stopped_in_its_sync__75_in_time_and_next_once
	atf_add_test_case keeper__killed_at_each_call__next_delivery_once
	atf_add_test_case keeper__each_call_fails__0_or_75_and_next_delivery_once
}
