# Root's process beside a delivery is killed, or its calls fail, at each of its
# system calls; whatever it leaves, the next delivery succeeds.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2154
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

atf_init_test_cases()
{
	atf_add_test_case keeper__killed_at_each_call__next_delivery_once
	atf_add_test_case keeper__each_call_fails__0_or_75_and_next_delivery_once
}
