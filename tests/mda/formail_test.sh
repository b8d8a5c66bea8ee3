# The messages of an mbox, handed over one by one, as README says.

needs()
{
	atf_set require.progs formail
}

# An mbox of fifty, and mda where formail finds it.
start()
{
	mkdir bin home
	ln -s "$MDA" bin/mda
	printf 'log = none\ndelivered_to = never\n' >mda.conf
	number=0
	while [ "$number" -lt 50 ]; do
		number=$((number + 1))
		printf 'From a@b Thu Jan  1 00:00:00 1970\n'
		printf 'Message-ID: <%s@x>\nSubject: n\n\n>From %s\n\n' \
		    "$number" "$number"
	done >mbox
	cp mbox before
	HOME=$PWD/home
	PATH=$PWD/bin:$PATH
	export HOME PATH
	line=$(sed -n 's/^.* .\(formail -s mda <mbox\). |$/\1/p' \
	    "$SRCDIR/README.md")
}

atf_test_case formail__fifty_messages__each_once
formail__fifty_messages__each_once_head() { needs; }
formail__fifty_messages__each_once_body()
{
	start
	atf_check sh -c "$line"
	atf_check -o inline:'50\n' \
	    sh -c 'cat home/Maildir/new/* | grep Message-ID | sort -u | grep -c .'
	atf_check -o inline:'50\n' sh -c 'ls home/Maildir/new | grep -c .'
	atf_check -s exit:1 grep '^From ' home/Maildir/new/*
}

# The mbox is the sender's, and still has all.
atf_test_case formail__mailbox_missing__says_so_and_keeps
formail__mailbox_missing__says_so_and_keeps_head() { needs; }
formail__mailbox_missing__says_so_and_keeps_body()
{
	start
	echo >home/Maildir
	atf_check -s exit:75 -e match:'home/Maildir is not a folder' \
	    sh -c "$line"
	atf_check cmp before mbox
}

atf_init_test_cases()
{
	atf_add_test_case formail__fifty_messages__each_once
	atf_add_test_case formail__mailbox_missing__says_so_and_keeps
}
