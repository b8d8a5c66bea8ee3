# A delivery with scripts is killed at each of its system calls; its sender
# tries again: what was to be stored is stored once, and mail is not lost.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2154
. "$SRCDIR/tests/support/sieve.sh"

# killed_delivery NUMBER - gives was_killed.
killed_delivery()
{
	python3 "$SRCDIR/tests/support/sieve_kill.py" 0 "$1" "$MDA" \
	    -o log=none -o mailbox=maildir:%h/box -o delivered_to=never \
	    -o return_path=never -o "sendmail_path=$PWD/sendmail" \
	    -a me@example.net -f friend@example.org <msg >said 2>&1
	read -r _ was_killed <killed
}

# start_over - the folders are there, and empty.
start_over()
{
	rm -rf .local sent.to sent.mail box/new/* box/tmp/* box/.A/new/* \
	    box/.A/tmp/*
}

# once FOLDER - the message lies there once, and whole; a file that had no name
# in new/ yet may be left in tmp/, for the sweep.
once()
{
	expect_count 1 "$1/new"
	atf_check cmp msg "$file"
	count_files "$1/tmp"
	[ "$count" -le 1 ] || atf_fail "$count files are left in $1/tmp"
}

# is_over - the first witness is gone: all was done, and the sender's next try
# cannot be told from another message (mda-delivery(7), "Exactly once").
is_over()
{
	count_files box/.A/new
	[ "$count" -eq 1 ] || return 1
	count_files box/.A/tmp
	[ "$count" -eq 0 ]
}

atf_test_case delivery__killed_at_each_call__stored_once_and_sent
delivery__killed_at_each_call__stored_once_and_sent_head()
{
	atf_set require.progs python3
}
delivery__killed_at_each_call__stored_once_and_sent_body()
{
	not_sanitized
	not_emulated 'its calls are what is seen'
	make_sendmail
	make_box box
	make_box box/.A
	script <<-'EOF'
	require ["fileinto", "copy"];
	fileinto :copy "A";
	redirect :copy "other@example.com";
	EOF
	letter
	delivered
	atf_check -o inline:'1\n' grep -c . sent.to
	number=1
	twice=0
	over=0
	while start_over; killed_delivery $number; [ "$was_killed" = yes ]; do
		if is_over; then
			over=$((over + 1))
			[ -s sent.mail ] || atf_fail "call $number: not sent"
			number=$((number + 1))
			continue
		fi
		[ "$over" -eq 0 ] || atf_fail "call $number: not the end"
		delivered
		once box
		once box/.A
		lines=$(grep -c . sent.to)
		[ "$lines" -ge 1 ] || atf_fail "call $number: not sent"
		[ "$lines" -eq 1 ] || twice=$((twice + 1))
		tail -n 1 sent.mail | grep -qx hello ||
		    atf_fail "call $number: half a mail was sent"
		number=$((number + 1))
	done
	[ "$number" -gt 80 ] || atf_fail "only $number cases"
	[ "$over" -le 12 ] || atf_fail "$over calls behind the end"
	[ "$twice" -ge 1 ] || atf_fail 'no case came behind the mail'
}

# A script that stores in one place, as many do, costs no sync.
atf_test_case syncs__with_a_script__no_more_than_without
syncs__with_a_script__no_more_than_without_head()
{
	atf_set require.progs strace
}
syncs__with_a_script__no_more_than_without_body()
{
	not_sanitized
	make_box box
	make_box box/.A
	touch -d '1 hour ago' box box/.A
	letter
	for turn in 1 2; do
		rm -f box/new/*
		strace -f -e trace=fsync,fdatasync -o "calls.$turn" "$MDA" \
		    -o log=none -o mailbox=maildir:%h/box <msg ||
		    atf_fail "status $?"
		grep -c sync "calls.$turn" >"count.$turn"
		printf 'require "fileinto"; if false { fileinto "A"; }' |
		    script
	done
	atf_check -o ignore grep '[1-9]' count.1
	atf_check diff count.1 count.2
}

atf_init_test_cases()
{
	atf_add_test_case delivery__killed_at_each_call__stored_once_and_sent
	atf_add_test_case syncs__with_a_script__no_more_than_without
}
