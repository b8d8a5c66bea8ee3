# s-nail reads what mda wrote.

# What is sourced sets variables; some are for the case to expand.
# shellcheck disable=SC1091,SC2016,SC2034,SC2154
layer=readers
. "$SRCDIR/tests/support/mta.sh"
. "$SRCDIR/tests/support/mta_readers.sh"

# say LINE ... - as commands, with the box that $box names.
say()
{
	printf '%s\n' "$@" >"$root/mail/out/commands"
	as_alice sh -c "exec s-nail -n -N -R -S 'headline=%a %m %f;%d;%s' \
	    -S datefield=%Y-%m-%d -f $box </mail/out/commands" >said 2>&1 ||
	    { cat said; atf_fail 's-nail fails'; }
}

take()
{
	box=$1
	say 'from *' 'set newfolders=maildir' "copy * $given" x
	grep ';' said >"$root$list"
}

in_maildir()
{
	deliver
	take "$maildir"
	expect_whole lined mboxo
	expect_listed N
}

in_mbox()
{
	deliver -m "mbox:$mbox"
	take "$mbox"
	expect_whole ended quoted spaced
	expect_listed N
}

# while_open BOX OPTION ... - "newmail" tells it.
while_open()
{
	box=$1
	shift
	deliver_later first "$@"
	mkfifo "$root/mail/out/ready" "$root/mail/out/go"
	chmod 666 "$root/mail/out/ready" "$root/mail/out/go"
	say 'from *' '!echo >/mail/out/ready; read go </mail/out/go' newmail \
	    'from *' x &
	reader=$!
	read -r ready <"$root/mail/out/ready"
	deliver_later second "$@"
	echo >"$root/mail/out/go"
	wait "$reader" || atf_fail 's-nail fails'
	sed -n 's/^N.*; *\([a-z]*\) *$/\1/p' said >subjects
	atf_check -o inline:'first\nfirst\nsecond\n' cat subjects
}

atf_init_test_cases()
{
	reader_case s_nail__maildir__whole_once_and_new in_maildir
	reader_case s_nail__mboxrd__whole_once_and_new in_mbox
	reader_case s_nail__open_maildir__new_mail_seen \
	    while_open '"$maildir"'
	reader_case s_nail__open_mbox__new_mail_seen \
	    while_open '"$mbox" -m "mbox:$mbox"'
}
