# movemail, frm and messages of GNU mailutils read what mda wrote.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2034,SC2154
layer=readers
. "$SRCDIR/tests/support/mta.sh"
. "$SRCDIR/tests/support/mta_readers.sh"

# It cannot tell where the header of a message ends that is all header, if an
# mbox does not say so.
in_maildir()
{
	deliver
	rm -f "$root$maildir"/new/*,S=65 "$root$maildir"/new/*,S=213
	for_alice sh -c "frm $maildir >$list.frm; messages -q $maildir >$list"
	atf_check -o inline:'11\n' cat "$root$list"
	for_alice movemail "$maildir" "$given"
	expect_whole status ended padded -empty -header_only
	atf_check -o empty find "$root$maildir/new" "$root$maildir/cur" -type f
}

in_mbox()
{
	deliver -m "mbox:$mbox"
	for_alice sh -c "messages -q $mbox >$list"
	atf_check -o inline:'13\n' cat "$root$list"
	for_alice movemail "$mbox" "$given"
	expect_whole status ended padded
	atf_check -o ignore grep -q "^From bob1@example.net ... ... .* $(date +%Y)" \
	    "$root$given"
}

again()
{
	for name in first second third; do
		deliver_later "$name" -m "mbox:$mbox"
		for_alice movemail "$mbox" "$given"
	done
	as_alice grep -a '^this is' "$given" >lines
	atf_check -o inline:'this is first\nthis is second\nthis is third\n' \
	    cat lines
}

atf_init_test_cases()
{
	reader_case mailutils__maildir__whole_and_once in_maildir
	reader_case mailutils__mboxrd__whole_and_once in_mbox
	reader_case movemail__mail_behind_it__taken_next_time again
}
