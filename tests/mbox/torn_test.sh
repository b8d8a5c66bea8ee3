# A message that was only half written: cut off by the next delivery where
# the journal tells of it, and harmless where nothing does.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2154
. "$SRCDIR/tests/support/box.sh"

# set_up FORMAT - two old messages, and one that comes.
set_up()
{
	form=$1
	mkdir box
	for number in 1 2; do
		make_letter "old$number" >msg
		deliver <msg
	done
	cp box/mbox old
	make_letter first >first
	make_letter second >second
}

body_lines=9

# make_letter NAME - a header that can be told, a body that must be quoted, and
# enough of it that half of it is a piece.
make_letter()
{
	printf 'Message-ID: <%s@example.org>\nSubject: %s\n\n' "$1" "$1"
	for line in $(seq "$body_lines"); do
		echo "From line $line of $1 Greetings From Paris"
	done
}

deliver()
{
	atf_check "$MDA" -o log=none -o "log_file=$HOME/log" \
	    -o "mbox_format=$form" -m mbox:box/mbox "$@"
}

# tear - die behind half of the write.
tear()
{
	rm -f calls
	cp box/mbox before
	MDA_TRACE=$HOME/calls MDA_FAULT='write:2:short' "$MDA_FAULT_BIN" \
	    -o log=none -o "mbox_format=$form" -m mbox:box/mbox <first ||
	    atf_fail 'cannot deliver at all'
	number=$(sed -n 's/ write .*//p' calls | sed -n 2p)
	cat before >box/mbox
	rm -f calls
	MDA_KILL=$number:after MDA_FAULT='write:2:short' "$MDA_FAULT_BIN" \
	    -o log=none -o "mbox_format=$form" -m mbox:box/mbox \
	    <first >out 2>err &
	wait_for "$!"
	atf_check_equal 137 "$status"
	cp box/mbox torn
	cmp -s before torn && atf_fail 'nothing is torn'
	tail -c 1 torn | grep -q . || atf_fail 'torn at the end of a line'
}

# expect_subjects RULE SUBJECT ... - so a reader sees the box.
expect_subjects()
{
	rule=$1
	shift
	printf '%s\n' "$@" >expected
	atf_check -o file:expected \
	    python3 "$SRCDIR/tests/support/mbox_readers.py" "$rule" box/mbox
}

# Each rule, and the programs that are here.
expect_readers()
{
	for rule in python mutt plain; do
		expect_subjects "$rule" "$@"
	done
	printf '%s\n' "$@" >expected
	if command -v formail >/dev/null 2>&1; then
		atf_check -o file:expected \
		    formail -s formail -x Subject: -z <box/mbox
	fi
	if command -v s-nail >/dev/null 2>&1; then
		s-nail -n -R -H -f box/mbox </dev/null >headers 2>/dev/null
		atf_check_equal "$#" "$(grep -c . headers)"
	fi
	if command -v doveadm >/dev/null 2>&1; then
		by_dovecot
	fi
}

# Dovecot reads a copy, for it writes into what it reads; and not as root.
by_dovecot()
{
	rm -rf dovecot
	mkdir -p dovecot/home
	cp box/mbox dovecot/inbox
	reader=$(id -un)
	if [ "$reader" = root ]; then
		reader=nobody
		chown -R nobody dovecot
	fi
	cat >dovecot/conf <<END
base_dir = $PWD/dovecot/run
log_path = /dev/stderr
ssl = no
mail_home = $PWD/dovecot/home
mail_location = mbox:$PWD/dovecot/home/mail:INBOX=$PWD/dovecot/inbox
mail_uid = $reader
mail_gid = $(id -gn "$reader")
mbox_write_locks = fcntl
END
	status=0
	env USER="$reader" HOME="$PWD/dovecot/home" doveadm \
	    -c dovecot/conf fetch hdr.subject ALL >seen 2>said || status=$?
	if [ "$status" -ne 0 ]; then
		echo "doveadm does not run here: $(cat said)"
		return 0
	fi
	sed -n 's/^hdr.subject: //p' seen >subjects
	atf_check cmp expected subjects
}

# ---- With the journal ------------------------------------------------------

cut_with_journal()
{
	set_up "$1"
	tear
	deliver <"$2"
	atf_check -o match:"repaired=$(($(wc -c <torn) - $(wc -c <old)))" \
	    tail -n 1 log
	echo "1 $form box/mbox old $2" >list
	atf_check python3 "$SRCDIR/tests/support/mbox_check.py" records list
}

atf_test_case mboxrd__torn_then_another_message__cut
mboxrd__torn_then_another_message__cut_body()
{
	cut_with_journal mboxrd second
	expect_readers old1 old2 second
}

atf_test_case mboxrd__torn_then_the_same_message__cut
mboxrd__torn_then_the_same_message__cut_body()
{
	cut_with_journal mboxrd first
}

atf_test_case mboxo__torn_then_another_message__cut
mboxo__torn_then_another_message__cut_body()
{
	cut_with_journal mboxo second
}

atf_test_case mboxcl2__torn_then_another_message__cut
mboxcl2__torn_then_another_message__cut_body()
{
	cut_with_journal mboxcl2 second
}

# In its body "From " may begin a line. Behind the lines that the journal has
# marks for, that could be a foreign message, and what is not certain stays.
atf_test_case mboxcl2__torn_behind_the_marks__own_message
mboxcl2__torn_behind_the_marks__own_message_body()
{
	body_lines=100
	set_up mboxcl2
	tear
	deliver <second
	atf_check cmp -n "$(wc -c <torn)" torn box/mbox
	expect_subjects mutt old1 old2 first second
}

# ---- Without ---------------------------------------------------------------

# What is torn stays; the next message is its own all the same, and so is the
# one behind it.
atf_test_case journal_removed__torn_then_another__own_message
journal_removed__torn_then_another__own_message_body()
{
	set_up mboxrd
	tear
	rm box/.mbox.mda
	deliver <second
	atf_check cmp -n "$(wc -c <torn)" torn box/mbox
	expect_readers old1 old2 first second
	make_letter third >third
	deliver <third
	expect_readers old1 old2 first second third
}

atf_test_case journal_off__torn_then_another__own_message
journal_off__torn_then_another__own_message_body()
{
	set_up mboxrd
	tear
	deliver -o mbox_journal=off <second
	atf_check cmp -n "$(wc -c <torn)" torn box/mbox
	expect_readers old1 old2 first second
}

atf_test_case journal_destroyed__torn_then_another__own_message
journal_destroyed__torn_then_another__own_message_body()
{
	set_up mboxrd
	tear
	head -c 8192 /dev/urandom >noise
	cat noise >box/.mbox.mda
	deliver <second
	atf_check cmp -n "$(wc -c <torn)" torn box/mbox
	expect_readers old1 old2 first second
}

# A copy has an inode of its own, of which the journal knows nothing.
atf_test_case box_copied__torn_then_another__own_message
box_copied__torn_then_another__own_message_body()
{
	set_up mboxrd
	tear
	cp box/mbox box/copy
	mv box/copy box/mbox
	deliver <second
	atf_check cmp -n "$(wc -c <torn)" torn box/mbox
	expect_readers old1 old2 first second
}

# Torn at each byte, with nothing that tells of it.
atf_test_case journal_off__torn_at_each_byte__own_message
journal_off__torn_at_each_byte__own_message_body()
{
	set_up mboxrd
	deliver <first
	cp box/mbox whole
	whole_size=$(wc -c <whole)
	size=$(wc -c <old)
	wrong=0
	mkdir cases
	while [ "$size" -le "$whole_size" ]; do
		head -c "$size" whole >cases/"$size"
		"$MDA" -o log=none -o mbox_journal=off \
		    -m "mbox:cases/$size" <second || wrong=$((wrong + 1))
		size=$((size + 1))
	done
	atf_check_equal 0 "$wrong"
	cat >judge.py <<'END'
import glob, mailbox, sys
wrong = 0
for path in glob.glob("cases/*"):
    messages = list(mailbox.mbox(path, create=False))
    last = messages[-1]
    text = last.get_payload().split("\n")
    if last["subject"] != "second" or len(text) < 9 or \
            messages[0]["subject"] != "old1" or \
            not 3 <= len(messages) <= 4:
        print(path, [message["subject"] for message in messages])
        wrong = 1
sys.exit(wrong)
END
	atf_check python3 judge.py
}

# ---- Another program has written behind it ---------------------------------

# never_cut NAME BYTES - what another program appends to the torn message.
never_cut()
{
	cat torn >box/mbox
	cat saved_journal >box/.mbox.mda
	printf "$2" >>box/mbox
	cp box/mbox foreign
	deliver <second
	atf_check cmp -n "$(wc -c <foreign)" foreign box/mbox
	expect_subjects "$1" old1 old2 first foreign second
	# ... nor by any that comes later.
	deliver <first
	atf_check cmp -n "$(wc -c <foreign)" foreign box/mbox
}

foreign='From eve@example.org Thu Jan  1 12:34:56 2015\nSubject: foreign\n\nx\n\n'
short='From eve Thu Jan  1 12:34 2015\nSubject: foreign\n'
timeless='From eve\nSubject: foreign\n\nx\n\n'

atf_test_case foreign__on_its_own_line__never_cut
foreign__on_its_own_line__never_cut_body()
{
	set_up mboxrd
	tear
	cp box/.mbox.mda saved_journal
	never_cut python "\\n$foreign"
	never_cut plain "\\n\\n$foreign"
	never_cut mutt "\\n$short"
	never_cut python "\\n$timeless"
}

# Killed when the journal had told of the message and not a byte of it was
# written. Then another program had one by the same sender in the same second,
# and no longer than ours.
atf_test_case foreign__with_our_from_line__never_cut
foreign__with_our_from_line__never_cut_body()
{
	set_up mboxrd
	cp box/mbox before
	MDA_TRACE=$HOME/calls "$MDA_FAULT_BIN" -o log=none -m mbox:box/mbox \
	    <first || atf_fail 'cannot deliver at all'
	number=$(sed -n 's/ write .*//p' calls | tail -n 1)
	cat before >box/mbox
	MDA_KILL=$number:before "$MDA_FAULT_BIN" -o log=none \
	    -m mbox:box/mbox <first >out 2>err &
	wait_for "$!"
	atf_check_equal 137 "$status"
	atf_check cmp before box/mbox
	cp box/.mbox.mda saved_journal
	from=$(tr '\t' '\n' <saved_journal | sed -n 's/.* o \(From .*\)/\1/p')
	[ -n "$from" ] || atf_fail 'the journal does not tell of it'
	cp box/mbox torn
	never_cut_at "$from\nSubject: foreign\n\nx\n\n"
	never_cut_at "$from\nSubject: foreign\n\nx"
	never_cut_at "$from\nMessage-ID: <first@example.org>\n\nx\n"
	# The same journal does cut our own.
	cat before >box/mbox
	cat saved_journal >box/.mbox.mda
	printf "$from\n%s\nSubj" 'Message-ID: <first@example.org>' >>box/mbox
	deliver <second
	echo "1 $form box/mbox before second" >list
	atf_check python3 "$SRCDIR/tests/support/mbox_check.py" records list
}

# never_cut_at BYTES - appended by another program where ours was to stand.
never_cut_at()
{
	cat before >box/mbox
	cat saved_journal >box/.mbox.mda
	printf "$1" >>box/mbox
	cp box/mbox foreign
	deliver <second
	atf_check cmp -n "$(wc -c <foreign)" foreign box/mbox
	deliver <first
	atf_check cmp -n "$(wc -c <foreign)" foreign box/mbox
}

# No reader can see that one; at least its bytes are there.
atf_test_case foreign__glued_in_mid_line__never_cut
foreign__glued_in_mid_line__never_cut_body()
{
	set_up mboxrd
	tear
	for text in "$foreign" "$short"; do
		printf "$text" >>box/mbox
		cp box/mbox glued
		deliver <second
		atf_check cmp -n "$(wc -c <glued)" glued box/mbox
		expect_subjects python old1 old2 first second
		cat torn >box/mbox
	done
}

# procmail itself, where it is here.
atf_test_case procmail__delivers_behind_torn__never_cut
procmail__delivers_behind_torn__never_cut_body()
{
	command -v procmail >/dev/null 2>&1 || {
		echo 'no procmail here: its bytes are in the cases above'
		return 0
	}
	set_up mboxrd
	tear
	rm box/mbox.lock
	printf 'DEFAULT=%s/box/mbox\nLOGFILE=/dev/null\n' "$PWD" >rc
	make_letter foreign >foreign_message
	atf_check -e ignore \
	    procmail -f eve@example.org -m rc <foreign_message
	cp box/mbox foreign
	deliver <second
	atf_check cmp -n "$(wc -c <foreign)" foreign box/mbox
}

# ---- Readers that have changed it since ------------------------------------

atf_test_case truncated__behind_the_tear__nothing_lost
truncated__behind_the_tear__nothing_lost_body()
{
	set_up mboxrd
	tear
	cat old >box/mbox
	deliver <second
	echo "1 mboxrd box/mbox old second" >list
	atf_check python3 "$SRCDIR/tests/support/mbox_check.py" records list
}

# A reader has taken out the first message: all offsets are others.
atf_test_case rewritten__behind_the_tear__nothing_lost
rewritten__behind_the_tear__nothing_lost_body()
{
	set_up mboxrd
	tear
	awk '/^From / { n++ } n > 1' torn >rest
	cat rest >box/mbox
	deliver <second
	atf_check cmp -n "$(wc -c <rest)" rest box/mbox
	expect_subjects python old2 first second
}

# ---- Explained -------------------------------------------------------------

atf_test_case explain__torn__says_so_and_changes_nothing
explain__torn__says_so_and_changes_nothing_body()
{
	set_up mboxrd
	tear
	cp box/.mbox.mda saved_journal
	atf_check -o save:said "$MDA" -n -m mbox:box/mbox
	size=$(($(wc -c <torn) - $(wc -c <old)))
	atf_check -o match:"torn message of $size bytes: would be cut off" \
	    cat said
	atf_check cmp torn box/mbox
	atf_check cmp saved_journal box/.mbox.mda
	atf_check -o inline:'.mbox.mda\nmbox\nmbox.lock\n' ls -A box
}

# tear_twice - one torn record behind another. mda itself does not append behind
# one, so the second is made without the journal, which then gets both entries.
tear_twice()
{
	tear
	cp torn torn_once
	mv box/.mbox.mda journal
	for number in 3 4 5 6; do
		make_letter "new$number" >msg
		deliver <msg
	done
	cat torn_once >box/mbox
	tear
	dd if=journal of=box/.mbox.mda bs=512 skip=3 seek=15 count=1 \
	    conv=notrunc 2>told || atf_fail "$(cat told)"
}

atf_test_case explain__two_torn__both_named
explain__two_torn__both_named_body()
{
	set_up mboxrd
	tear_twice
	atf_check -o save:said "$MDA" -n -m mbox:box/mbox
	once=$(($(wc -c <torn_once) - $(wc -c <old)))
	twice=$(($(wc -c <torn) - $(wc -c <torn_once)))
	printf '%s\n' "$twice" "$once" >sizes
	atf_check -o file:sizes \
	    sed -n 's/.* torn message of \([0-9]*\) bytes: .*/\1/p' said
	deliver <second
	atf_check -o match:"repaired=$((once + twice))" tail -n 1 log
	echo "1 $form box/mbox old second" >list
	atf_check python3 "$SRCDIR/tests/support/mbox_check.py" records list
}

atf_init_test_cases()
{
	atf_add_test_case mboxrd__torn_then_another_message__cut
	atf_add_test_case mboxrd__torn_then_the_same_message__cut
	atf_add_test_case mboxo__torn_then_another_message__cut
	atf_add_test_case mboxcl2__torn_then_another_message__cut
	atf_add_test_case mboxcl2__torn_behind_the_marks__own_message
	atf_add_test_case journal_removed__torn_then_another__own_message
	atf_add_test_case journal_off__torn_then_another__own_message
	atf_add_test_case journal_destroyed__torn_then_another__own_message
	atf_add_test_case box_copied__torn_then_another__own_message
	atf_add_test_case journal_off__torn_at_each_byte__own_message
	atf_add_test_case foreign__on_its_own_line__never_cut
	atf_add_test_case foreign__with_our_from_line__never_cut
	atf_add_test_case foreign__glued_in_mid_line__never_cut
	atf_add_test_case procmail__delivers_behind_torn__never_cut
	atf_add_test_case truncated__behind_the_tear__nothing_lost
	atf_add_test_case rewritten__behind_the_tear__nothing_lost
	atf_add_test_case explain__torn__says_so_and_changes_nothing
	atf_add_test_case explain__two_torn__both_named
}
