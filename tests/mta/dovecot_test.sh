# Dovecot shows by IMAP what mda wrote, and goes on doing so while mail comes.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2034,SC2154
layer=readers
. "$SRCDIR/tests/support/mta.sh"
. "$SRCDIR/tests/support/mta_readers.sh"

# serve LOCATION - as mail_location has it.
serve()
{
	server_log=$root/var/log/dovecot.log
	cat >"$root/etc/dovecot/dovecot.conf" <<-END
		protocols = imap
		listen = 127.0.0.1
		ssl = no
		disable_plaintext_auth = no
		first_valid_uid = 100
		log_path = /var/log/dovecot.log
		mail_location = $1
		mbox_read_locks = fcntl
		mbox_write_locks = dotlock fcntl
		namespace inbox {
		  inbox = yes
		  separator = /
		}
		passdb {
		  driver = static
		  args = password=secret
		}
		userdb {
		  driver = passwd
		}
	END
	in_root dovecot </dev/null >start 2>&1 ||
	    { cat start; atf_fail 'Dovecot does not start'; }
	wait_until in_root python3 -c \
	    'import socket; socket.create_connection(("127.0.0.1", 143))'
}

imap()
{
	in_root timeout 90 python3 /usr/local/lib/mta_imap.py "$@"
}

# take MAILBOX - gives given and list, new ones for each time.
takes=0
take()
{
	takes=$((takes + 1))
	given=/mail/out/given.$takes list=/mail/out/list.$takes
	imap take "$1" "$given" "$list" ||
	    { show_logs; atf_fail "cannot read $1"; }
}

# It says so when an index does not fit the files, or S= the size.
expect_content()
{
	! grep -E 'Error|Warning|Panic|Fatal' "$server_log" >complaints ||
	    { cat complaints; atf_fail 'Dovecot complains'; }
}

in_maildir()
{
	deliver
	serve "maildir:~/Maildir"
	take INBOX
	expect_whole crlf no-nul
	expect_listed 'FLAGS (\Recent)' '?no_header' '?empty'
	expect_content
}

# in_mbox FORMAT WORD ...
in_mbox()
{
	mkdir "$root$home/mail"
	in_root chown alice:alice "$home/mail"
	deliver -m "mbox:$mbox" -o "mbox_format=$1"
	shift
	serve 'mbox:~/mail:INBOX=~/mbox'
	take INBOX
	expect_whole crlf no-nul ended "$@"
	expect_listed 'FLAGS (\Recent)' '?no_header' '?empty'
	expect_content
}

# watch COUNT OPTION ... - so many deliveries, while a client waits for them.
watch()
{
	count=$1
	shift
	deliver_later mail0 "$@"
	imap watch INBOX "$count" >seen 2>&1 &
	watcher=$!
	wait_until grep -qx open seen
	number=1
	while [ "$number" -lt "$count" ]; do
		deliver_later "mail$number" "$@"
		number=$((number + 1))
	done
	wait "$watcher" || { cat seen; show_logs; atf_fail 'not seen'; }
	sed -n 's/.* Subject: //p' seen | sort >subjects
	number=1
	while [ "$number" -lt "$count" ]; do
		echo "mail$number"
		number=$((number + 1))
	done | sort >expected
	atf_check cmp subjects expected
}

# What was given to a message stays with it, when new mail has come since.
expect_lasting()
{
	take INBOX
	cp "$root$list" before
	deliver_later last "$@"
	take INBOX
	sort before >one
	sed 's/ \\Recent//; s/\\Recent//' "$root$list" | sort >two
	sed -i 's/ \\Recent//; s/\\Recent//' one
	sort -o one one
	atf_check -o empty comm -23 one two
	atf_check -o match:'^ *1$' sh -c 'comm -13 one two | wc -l'
	atf_check -o empty sh -c "sed 's/.*UID //; s/ .*//' two | sort | uniq -d"
}

# Its own list of UIDs and names.
uids()
{
	sed 1d "$root$maildir/dovecot-uidlist" | sort
}

idle_maildir()
{
	serve "maildir:~/Maildir"
	watch 20
	uids >uids.before
	atf_check -o match:'^ *20$' sh -c 'wc -l <uids.before'
	expect_lasting
	uids >uids.behind
	atf_check -o empty comm -23 uids.before uids.behind
	expect_content
}

idle_mbox()
{
	mkdir "$root$home/mail"
	in_root chown alice:alice "$home/mail"
	serve 'mbox:~/mail:INBOX=~/mbox'
	watch 20 -m "mbox:$mbox"
	expect_lasting -m "mbox:$mbox"
	expect_content
}

# Dovecot writes the mbox anew; what comes meanwhile and later is there.
expunged_mbox()
{
	mkdir "$root$home/mail"
	in_root chown alice:alice "$home/mail"
	serve 'mbox:~/mail:INBOX=~/mbox'
	for name in one two three; do
		deliver_later "$name" -m "mbox:$mbox"
	done
	imap expunge INBOX two &
	expunger=$!
	for name in four five six; do
		deliver_later "$name" -m "mbox:$mbox"
	done
	wait "$expunger" || { show_logs; atf_fail 'not expunged'; }
	deliver_later seven -m "mbox:$mbox"
	as_alice grep -a '^this is' "$mbox" >lines
	for name in one three four five six seven; do
		echo "this is $name"
	done >expected
	atf_check cmp lines expected
	take INBOX
	atf_check -o match:'^ *6$' sh -c "wc -l <$root$list"
	expect_content
}

# Its folders are ours, and ours its.
folders()
{
	deliver_later in_inbox
	deliver_later in_ours -m +Lists.bugs
	serve "maildir:~/Maildir"
	imap make Archive/2026 || atf_fail 'cannot make a folder'
	deliver_later in_its -m +Archive.2026 -o create=no
	imap list >folders
	atf_check -o match:'^Lists/bugs$' cat folders
	for pair in INBOX:in_inbox Lists/bugs:in_ours Archive/2026:in_its; do
		take "${pair%:*}"
		atf_check -o match:"^this is ${pair#*:}" cat "$root$given"/*
		atf_check -o match:'^1$' sh -c "wc -l <$root$list"
	done
	expect_content
}

fs_layout()
{
	for_alice mkdir -p "$maildir/Lists"
	deliver_later in_inbox
	deliver_later in_ours -m "maildir:$maildir/Lists/bugs"
	serve 'maildir:~/Maildir:LAYOUT=fs'
	take Lists/bugs
	atf_check -o match:'^this is in_ours' cat "$root$given"/*
	expect_content
}

# ---- In the place of its own agent ---------------------------------------

lda()
{
	as_alice /usr/lib/dovecot/dovecot-lda -f bob@example.net -a "$rcpt" \
	    -o lda_mailbox_autocreate=yes -o log_path=/dev/null "$@"
}

# two_messages MAILBOX NAME ... - these, by the one and by the other.
two_messages()
{
	take "$1"
	shift
	printf 'this is %s\n' "$@" >expected
	sed -n 's/^\(this is [a-z_]*\).*/\1/p' "$root$given"/* | sort >found
	atf_check cmp expected found
}

in_place_of_lda()
{
	use_settings "$(from_manual replace-dovecot-settings)"
	serve "maildir:~/Maildir"
	printf 'Subject: x\n\nthis is lda\n' | lda || atf_fail 'lda fails'
	printf 'Subject: x\n\nthis is lda\n' | lda -m Lists/bugs ||
	    atf_fail 'lda fails'
	deliver_later mda
	deliver_later mda -m +Lists.bugs
	rcpt=alice+Lists.bugs@example.org deliver_later mda_by_detail
	echo 'require "fileinto"; if header :is "subject" "by_script"
	    { fileinto "Lists.bugs"; }' >"$root$home/.dovecot.sieve"
	chmod 644 "$root$home/.dovecot.sieve"
	deliver_later by_script
	two_messages INBOX lda mda
	two_messages Lists/bugs by_script lda mda mda_by_detail
	expect_content
}

unknown_to_both()
{
	serve "maildir:~/Maildir"
	printf 'Subject: x\n\nx\n' >"$root/mail/x"
	status=0
	in_root sh -c '/usr/lib/dovecot/dovecot-lda -d nobody.here </mail/x' ||
	    status=$?
	atf_check_equal 67 "$status"
	status=0
	in_root sh -c 'mda -d nobody.here </mail/x' || status=$?
	atf_check_equal 67 "$status"
}

atf_init_test_cases()
{
	reader_case dovecot__maildir__whole_once_and_new in_maildir
	reader_case dovecot__mboxrd__whole_once_and_new in_mbox mboxrd quoted
	reader_case dovecot__mboxcl2__as_delivered in_mbox mboxcl2
	reader_case dovecot__idle_maildir__each_delivery_seen idle_maildir
	reader_case dovecot__idle_mbox__each_delivery_seen idle_mbox
	reader_case dovecot__expunge_from_mbox__nothing_lost expunged_mbox
	reader_case dovecot__folders__the_same_as_ours folders
	reader_case dovecot__folders_as_a_tree__the_same_as_ours fs_layout
	reader_case lda__same_options__same_mailboxes in_place_of_lda
	reader_case lda__unknown_user__67_as_ours unknown_to_both
}
