# Python's module mailbox reads what mda wrote.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2034,SC2154
layer=readers
. "$SRCDIR/tests/support/mta.sh"
. "$SRCDIR/tests/support/mta_readers.sh"

# take CLASS BOX - to the folder given, and to list, in which it is new when
# it has no flag.
take()
{
	for_alice python3 -c '
import email.utils, mailbox, os, sys
name, path, given, list = sys.argv[1:]
box = getattr(mailbox, name)(path, create=False)
os.mkdir(given)
with open(list, "w") as lines:
    for number, key in enumerate(box.keys()):
        with open("%s/%d" % (given, number), "wb") as file:
            file.write(box.get_bytes(key))
        message = box[key]
        date = message["Date"]
        day = email.utils.parsedate_to_datetime(date) if date else "-"
        lines.write("flags=%s; %s %s\n" % (
            message.get_flags(),
            message["Return-Path"].strip("<>").replace("@", " "), day))
' "$1" "$2" "$given" "$list"
}

in_maildir()
{
	deliver
	take Maildir "$maildir"
	expect_whole
	expect_listed 'flags=;'
}

in_mbox()
{
	deliver -m "mbox:$mbox"
	take mbox "$mbox"
	expect_whole ended quoted
	expect_listed 'flags=;'
}

# while_open CLASS BOX OPTION ... - what comes is there at the next look, for
# a Maildir in the box that is open.
while_open()
{
	deliver_later first
	mkfifo "$root/mail/out/go"
	as_alice python3 -c '
import mailbox, sys
box = mailbox.Maildir(sys.argv[1], create=False)
print(*[message["subject"] for message in box], flush=True)
open("/mail/out/go").read()
print(*sorted(message["subject"] for message in box))
' "$maildir" >seen &
	reader=$!
	wait_until grep -qx first seen
	deliver_later second
	: >"$root/mail/out/go"
	wait "$reader" || atf_fail 'python fails'
	atf_check -o inline:'first\nfirst second\n' cat seen
}

# It has read the mbox, mail comes, it removes a message: refused or kept.
changed_mbox()
{
	deliver_later first -m "mbox:$mbox"
	deliver_later second -m "mbox:$mbox"
	mkfifo "$root/mail/out/go"
	as_alice python3 -c '
import mailbox, sys
box = mailbox.mbox(sys.argv[1], create=False)
box.lock()
box.remove(0)
print("locked", flush=True)
open("/mail/out/go").read()
box.flush()
box.unlock()
' "$mbox" >seen &
	reader=$!
	wait_until grep -qx locked seen
	deliver_later third -m "mbox:$mbox" &
	sender=$!
	: >"$root/mail/out/go"
	wait "$reader" || atf_fail 'python fails'
	wait "$sender" || atf_fail 'not delivered'
	as_alice grep -a '^this is' "$mbox" >lines
	atf_check -o inline:'this is second\nthis is third\n' cat lines
}

atf_init_test_cases()
{
	reader_case python__maildir__whole_once_and_new in_maildir
	reader_case python__mboxrd__whole_once_and_new in_mbox
	reader_case python__open_maildir__new_mail_seen while_open
	reader_case python__mbox_locked_and_rewritten__nothing_lost changed_mbox
}
