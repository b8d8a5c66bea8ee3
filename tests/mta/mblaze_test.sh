# mblaze reads what mda wrote.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2034,SC2154
layer=readers
. "$SRCDIR/tests/support/mta.sh"
. "$SRCDIR/tests/support/mta_readers.sh"

make_folder()
{
	for_alice mkdir -p "$given/cur" "$given/new" "$given/tmp"
}

in_maildir()
{
	deliver
	make_folder
	for_alice sh -c "mlist -N $maildir | mrefile -k $given"
	for_alice sh -c "mlist -N $maildir | mscan -f '%u %f %D %s' >$list"
	expect_whole
	expect_listed . '?no_header' '?empty'
}

# mblaze brings them into a Maildir, each with the empty line behind it.
from_mbox()
{
	deliver -m "mbox:$mbox"
	make_folder
	for_alice sh -c "mdeliver -M $given <$mbox"
	expect_whole ended spaced
}

after_inc()
{
	deliver_later first
	for_alice sh -c "minc $maildir"
	deliver_later second
	as_alice sh -c "mlist -N $maildir | mscan -f %s" >new
	as_alice sh -c "mlist $maildir | mscan -f %s" | sort >all
	atf_check -o inline:'second\n' cat new
	atf_check -o inline:'first\nsecond\n' cat all
}

atf_init_test_cases()
{
	reader_case mblaze__maildir__whole_once_and_new in_maildir
	reader_case mblaze__mboxrd__brought_in_as_delivered from_mbox
	reader_case mblaze__mail_behind_minc__alone_is_new after_inc
}
