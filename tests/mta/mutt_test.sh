# mutt and neomutt read what mda wrote.

# What is sourced sets variables; some are for the case to expand.
# shellcheck disable=SC1091,SC2016,SC2034,SC2154
layer=readers
. "$SRCDIR/tests/support/mta.sh"
. "$SRCDIR/tests/support/mta_readers.sh"

# Settings that let it go on without a question, and nobody's own.
unattended='folder=. confirmappend=no confirmcreate=no mbox_type=mbox quit=yes
    wait_key=no copy=no sort=mailbox-order timeout=1 mail_check=1 read_inc=0
    index_format="%Z;%a;%{%Y-%m-%d};%s;"'

# look PROGRAM BOX OPTION ... - what it shows on its terminal goes to seen.
look()
{
	program=$1 box=$2
	shift 2
	as_alice python3 /usr/local/lib/mta_tty.py /mail/out/seen "$program" \
	    -n -F /dev/null -f "$box" -e "set $unattended" "$@" </dev/null
}

# take PROGRAM BOX - all that is new is copied, and listed.
take()
{
	look "$1" "$2" -R -e "push '<refresh><exit>'" || atf_fail "$1 fails"
	grep '^N.*;.*;.*;' "$root/mail/out/seen" >"$root$list"
	look "$1" "$2" -R -e "push '<tag-pattern>~N<enter><tag-prefix><copy-message>$given<enter><untag-pattern>~A<enter><exit>'" ||
	    atf_fail "$1 fails"
}

in_maildir()
{
	deliver
	take "$1" "$maildir"
	expect_whole length status headed
	expect_listed N '?no_header' '?empty'
}

in_mbox()
{
	deliver -m "mbox:$mbox"
	take "$1" "$mbox"
	expect_whole length status ended quoted
	expect_listed N
}

in_mboxcl2()
{
	deliver -m "mbox:$mbox" -o mbox_format=mboxcl2
	take "$1" "$mbox"
	expect_whole length status ended
	expect_listed N
}

# is_shown NAME OPTION ... - at last: what comes while neomutt opens a Maildir, it shows
# when more comes.
is_shown()
{
	grep -q ";$1;" "$root/mail/out/seen" && return 0
	shift
	turn=$((turn + 1))
	[ "$((turn % 30))" -ne 0 ] || deliver_later more "$@"
	return 1
}

# while_open PROGRAM BOX OPTION ... - it shows what comes.
while_open()
{
	program=$1 box=$2
	shift 2
	deliver_later first "$@"
	look "$program" "$box" &
	wait_until grep -q ';first;' "$root/mail/out/seen"
	turn=0
	for name in second third; do
		deliver_later "$name" "$@"
		wait_until is_shown "$name" "$@"
	done
}

atf_init_test_cases()
{
	for reader in mutt neomutt; do
		reader_case "${reader}__maildir__whole_once_and_new" \
		    in_maildir "$reader"
		reader_case "${reader}__mboxrd__whole_once_and_new" \
		    in_mbox "$reader"
		reader_case "${reader}__mboxcl2__as_delivered" \
		    in_mboxcl2 "$reader"
		reader_case "${reader}__open_maildir__new_mail_shown" \
		    while_open "$reader" '"$maildir"'
		reader_case "${reader}__open_mbox__new_mail_shown" \
		    while_open "$reader" '"$mbox" -m "mbox:$mbox"'
	done
}
