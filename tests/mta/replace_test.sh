# What mda-setup(7) says of procmail and maildrop, whose place mda takes: both
# are run on the same messages.

# What is sourced sets variables; a shell in there expands some.
# shellcheck disable=SC1091,SC2016,SC2034,SC2154
layer=fetchers
. "$SRCDIR/tests/support/mta.sh"
. "$SRCDIR/tests/support/mta_readers.sh"

# one NAME FIELD ... - a message of that name.
one()
{
	message=$root/mail/in/$1
	printf '%s\n' "Message-ID: <$1@example.net>" >"$message"
	shift
	printf '%s\n' "$@" '' hello >>"$message"
}

# Each rule of the manual's is met, and just not.
make_messages()
{
	long=$(printf '%01200d' 0)
	rm -f "$root/mail/in"/*
	one plain 'From: bob@example.net'
	one list 'List-Id: Bugs of it <bugs.example.org>'
	one other_list 'List-Id: Bugs of it <bugsXexample.org>'
	one small_spam 'X-Spam-Flag: YES'
	one large_spam 'X-Spam-Flag: YES' "X-Long: $long"
	one no_spam 'X-Spam-Flag: NO' "X-Long: $long"
	one invoice 'Subject: your Invoice of May'
	one invoice_of_customer 'From: a@example.com' 'Subject: invoice'
	one customer 'From: Al <al@example.com>' 'Subject: hello'
	one other_customer 'From: al@exampleXcom' 'Subject: hello'
	one list_of_customer 'From: al@example.com' \
	    'List-Id: <bugs.example.org>'
}

start_replacing()
{
	make_messages
	for name in .Lists.bugs .Junk .Invoices .Customers; do
		for_alice mkdir -p "$maildir/$name/cur" "$maildir/$name/new" \
		    "$maildir/$name/tmp"
	done
	for_alice mkdir -p "$maildir/cur" "$maildir/new" "$maildir/tmp"
}

# run COMMAND ... - for each message.
run()
{
	for message in "$root/mail/in"/*; do
		as_alice "$@" <"$message" || atf_fail "fails: $*"
	done
}

# What lies in which folder, by Message-ID; it is taken out.
contents()
{
	(cd "$root$maildir" && grep -r '^Message-ID:' --include='*' . |
	    sed 's,/[^/:]*:Message-ID,,' | sort)
	find "$root$maildir" -type f -delete
}

# compare_with COMMAND ... - the same messages in the same folders.
compare_with()
{
	run "$@"
	contents >theirs
	from_manual replace-sieve >"$root$home/.mda.sieve"
	chmod 644 "$root$home/.mda.sieve"
	run mda -f bob@example.net -a "$rcpt"
	contents >ours
	atf_check test "$(wc -l <ours)" -ge 12
	for folder in /new Lists.bugs Junk Invoices Customers; do
		atf_check -o ignore grep "$folder" ours
	done
	atf_check cmp theirs ours
}

procmail_rules()
{
	start_replacing
	from_manual replace-procmail-rc >"$root$home/.procmailrc"
	chmod 644 "$root$home/.procmailrc"
	in_root chown alice:alice "$home/.procmailrc"
	cp "$root/mail/in/list" "$root/mail/in/z_list_again"
	compare_with procmail -f bob@example.net
	atf_check -o inline:'1\n' grep -c '<list@' ours
}

maildrop_rules()
{
	start_replacing
	from_manual replace-maildrop-filter >"$root$home/.mailfilter"
	chmod 600 "$root$home/.mailfilter"
	in_root chown alice:alice "$home/.mailfilter"
	compare_with maildrop
}

spool()
{
	in_root install -d -m 1777 /var/mail
	mbox=/var/mail/alice
	use_settings "$(from_manual replace-spool-settings)"
	deliver_later first
	printf 'From: bob@example.net\nSubject: second\n\nthis is second\n' |
	    as_alice procmail -f bob@example.net
	deliver_later third
	as_alice grep '^this is' "$mbox" >lines
	atf_check -o inline:'this is first\nthis is second\nthis is third\n' \
	    cat lines
}

# ---- Trying it -----------------------------------------------------------

by_hand()
{
	from_manual try-by-hand | sed -n 's/^# //p' >"$root/mail/commands"
	in_root sh -e /mail/commands >said 2>&1 || { cat said; atf_fail no; }
	atf_check -o ignore grep -Eq '^exit +0' said
	atf_check -o match:'status=delivered' grep status= said
	atf_check -o match:'^hello$' sh -c "cat $root$home/Trial/new/*"
	atf_check test ! -e "$root$maildir"
}

# beside FILE KEY COMMAND ... - a failing trial changes nothing either.
beside()
{
	start_replacing
	one only 'From: bob@example.net'
	for other in "$root/mail/in"/*; do
		[ "${other##*/}" = only ] || rm -f "$other"
	done
	{
		[ "$1" = .mailfilter ] && echo "DEFAULT=\"$maildir\""
		[ "$1" = .procmailrc ] && echo "DEFAULT=$maildir/"
		from_manual "$2"
	} >"$root$home/$1"
	chmod 600 "$root$home/$1"
	in_root chown alice:alice "$home/$1"
	shift 2
	run "$@"
	atf_check_equal '1 1' "$(mail count "$maildir") $(mail count "$home/Trial")"
	use_settings 'no_such_setting = 1'
	run "$@"
	atf_check_equal '2 1' "$(mail count "$maildir") $(mail count "$home/Trial")"
}

atf_init_test_cases()
{
	reader_case procmail__recipes__same_folders_by_the_script procmail_rules
	reader_case maildrop__filter__same_folders_by_the_script maildrop_rules
	reader_case procmail__spool__delivered_to_by_both spool
	reader_case trial__by_hand__as_told by_hand
	reader_case trial__beside_procmail__a_copy_and_no_harm \
	    beside .procmailrc try-procmail procmail -f bob@example.net
	reader_case trial__beside_maildrop__a_copy_and_no_harm \
	    beside .mailfilter try-maildrop maildrop
}
