# mda-lmtp with scripts: each recipient's own decides for that recipient.

# What is sourced sets variables; $lmtp and $client are several words.
# shellcheck disable=SC1091,SC2086,SC2154
. "$SRCDIR/tests/support/sieve.sh"
. "$SRCDIR/tests/support/lmtp.sh"

# lmtp_start - virtual users with Maildirs box/NAME and scripts NAME.sieve.
lmtp_start()
{
	lmtp_virtual
	make_sendmail "$@"
	{
		echo "sieve = $PWD/%n.sieve"
		echo "sieve_state = $PWD/state"
		echo "sendmail_path = $PWD/sendmail"
	} >>settings
	letter
}

# script_of NAME - what is on standard input becomes the script of a user.
script_of()
{
	cat >"$1.sieve"
	chmod 600 "$1.sieve"
}

# answered RECIPIENTS LINE ... - send "msg"; those are the answers.
answered()
{
	recipients=$1
	shift
	printf '%s\n' "$@" >wanted
	atf_check -o file:wanted \
	    $client send ann@example.org "$recipients" $lmtp <msg
}

atf_test_case fileinto__one_of_three__the_others_as_ever
fileinto__one_of_three__the_others_as_ever_body()
{
	lmtp_start
	make_box box/bo
	make_box box/bo/.Lists
	echo 'require "fileinto"; fileinto "Lists";' | script_of bo
	answered al@x,bo@x,cy@x 'al@x: 250 2.0.0 delivered' \
	    'bo@x: 250 2.0.0 delivered' 'cy@x: 250 2.0.0 delivered'
	expect_only box/al msg
	holds bo 0
	expect_only box/bo/.Lists msg
	expect_only box/cy msg
	atf_check -o match:'to=bo@x' grep sieve=fileinto log
}

atf_test_case all_with_scripts__each_decides__its_own_way
all_with_scripts__each_decides__its_own_way_body()
{
	lmtp_start
	echo 'discard;' | script_of al
	script_of bo <<-'EOF'
	require "imap4flags";
	keep :flags "\\Flagged";
	EOF
	answered al@x,bo@x 'al@x: 250 2.0.0 delivered' \
	    'bo@x: 250 2.0.0 delivered'
	holds al 0
	holds bo 1
	atf_check -o match:':2,F$' echo "$file"
}

atf_test_case reject__one_of_two__550_for_it_alone
reject__one_of_two__550_for_it_alone_body()
{
	lmtp_start
	echo 'require "reject"; reject "no such mail";' | script_of al
	echo 'keep;' | script_of bo
	answered al@x,bo@x 'al@x: 550 5.7.1 the recipient refuses this message: no such mail' \
	    'bo@x: 250 2.0.0 delivered'
	atf_check -o empty find box/al -type f
	expect_only box/bo msg
}

atf_test_case reject__lines__as_many_in_the_answer
reject__lines__as_many_in_the_answer_body()
{
	lmtp_start
	script_of al <<-'EOF'
	require "ereject";
	ereject text:
	I am not taking mail from you, and I don't
	want your birdseed, either!

	Tschüß.
	.
	;
	EOF
	answered al@x "al@x: 550-5.7.1 the recipient refuses this message: I am not taking mail from you, and I don't" \
	    '550-5.7.1 want your birdseed, either!' '550-5.7.1 ' \
	    '550 5.7.1 Tsch??.'
}

atf_test_case reject__reply_limit__cut_with_dots
reject__reply_limit__cut_with_dots_body()
{
	lmtp_start
	{
		echo 'require "ereject"; ereject text:'
		awk 'BEGIN { for (i = 0; i < 200; i++) print "reason", i }'
		printf '.\n;\n'
	} | script_of al
	lmtp="$lmtp -o lmtp_reply_limit=240"
	atf_check -o save:got $client send ann@example.org al@x $lmtp <msg
	atf_check -o match:'^550 5.7.1 .*\.\.\.$' tail -n 1 got
	sed 's/^al@x: //; s/$/./' got >wire
	atf_check test "$(wc -c <wire)" -le 240
}

# RFC 5429 section 2.5. RFC 6531 section 3.7.4 lets no reply to DATA be anything
# but ASCII, whatever the client said.
atf_test_case reject__long_line__lines_that_smtp_allows
reject__long_line__lines_that_smtp_allows_body()
{
	lmtp_start
	{
		printf 'require "ereject"; ereject "'
		awk 'BEGIN { for (i = 0; i < 150; i++) printf "gr\303\274n%d ", i
		    for (i = 0; i < 700; i++) printf "x" }'
		echo '";'
	} | script_of al
	printf '%s\r\n' 'LHLO client' 'MAIL FROM:<ann@example.org> SMTPUTF8' \
	    'RCPT TO:<al@x>' DATA 'Subject: a' '' . QUIT >spoken
	atf_check -o save:said -e empty $lmtp <spoken
	sed -n '/^550/p' said >refusal
	[ "$(wc -l <refusal)" -ge 4 ] || atf_fail "said: $(cat said)"
	awk 'length($0) + 1 > 512 { exit 1 }' refusal ||
	    atf_fail 'a line is too long'
	tr -d '\r' <refusal >lines
	atf_check -s exit:1 env LC_ALL=C grep '[^ -~]' lines
	atf_check -o inline:'550 5.7.1 \n550-5.7.1 \n' \
	    sh -c 'cut -c 1-10 lines | LC_ALL=C sort -u'
	sed -e 's/^550.5.7.1 //' lines | tr -d '\n' |
	    sed 's/^.*message: //' >got
	awk 'BEGIN { for (i = 0; i < 150; i++) printf "gr?n%d ", i
	    for (i = 0; i < 700; i++) printf "x" }' | tr -d ' ' >wanted
	tr -d ' ' <got | atf_check -o file:wanted cat
}

atf_test_case script__wrong__kept
script__wrong__kept_body()
{
	lmtp_start
	echo 'this is no script' | script_of al
	answered al@x 'al@x: 250 2.0.0 delivered'
	expect_only box/al msg
	logged sieve_error
}

atf_test_case body__large_and_shared__looked_through
body__large_and_shared__looked_through_body()
{
	lmtp_start
	head -c 3000000 /dev/zero | tr '\0' x | fold >>msg
	printf '\nneedle\n' >>msg
	echo 'require "body"; if body :contains "needle" { discard; }' |
	    script_of al
	echo 'require "body"; if body :contains "pin" { discard; }' |
	    script_of bo
	answered al@x,bo@x 'al@x: 250 2.0.0 delivered' \
	    'bo@x: 250 2.0.0 delivered'
	holds al 0
	expect_only box/bo msg
}

atf_test_case redirect__large_and_shared__whole_mail
redirect__large_and_shared__whole_mail_body()
{
	lmtp_start
	head -c 3000000 /dev/zero | tr '\0' x | fold >>msg
	echo >>msg
	echo 'redirect "far@example.com";' | script_of al
	echo 'redirect :copy "far@example.com";' |
	    sed '1s/^/require "copy";/' | script_of bo
	answered al@x,bo@x 'al@x: 250 2.0.0 delivered' \
	    'bo@x: 250 2.0.0 delivered'
	holds al 0
	expect_only box/bo msg
	atf_check -o match:'^ *2$' grep -c 'far@example.com' sent.to
	# Two at once may write in the middle of each other's lines.
	letters=$(tr -cd x <sent.mail | wc -c)
	atf_check test "$letters" -ge 6000000
	atf_check test "$letters" -lt 6000100
}

atf_test_case size__large__of_all_of_it
size__large__of_all_of_it_body()
{
	lmtp_start
	head -c 3000000 /dev/zero | tr '\0' x | fold >>msg
	echo >>msg
	echo 'if size :over 3000000 { discard; }' | script_of al
	echo 'if size :over 3100000 { discard; }' | script_of bo
	answered al@x,bo@x 'al@x: 250 2.0.0 delivered' \
	    'bo@x: 250 2.0.0 delivered'
	holds al 0
	expect_only box/bo msg
}

atf_test_case redirect__sendmail_fails__kept
redirect__sendmail_fails__kept_body()
{
	lmtp_start 75
	echo 'redirect "far@example.com";' | script_of al
	answered al@x 'al@x: 250 2.0.0 delivered'
	expect_only box/al msg
}

atf_test_case duplicate__known__only_behind_the_answer
duplicate__known__only_behind_the_answer_body()
{
	lmtp_start
	echo 'require "duplicate"; if duplicate { discard; }' | script_of al
	answered al@x 'al@x: 250 2.0.0 delivered'
	answered al@x 'al@x: 250 2.0.0 delivered'
	expect_only box/al msg
}

atf_test_case mbox__with_script__as_it_decides
mbox__with_script__as_it_decides_body()
{
	lmtp_start
	echo 'discard;' | script_of al
	echo 'keep;' | script_of bo
	lmtp="$lmtp -o mailbox=mbox:$PWD/box/%n"
	answered al@x,bo@x 'al@x: 250 2.0.0 delivered' \
	    'bo@x: 250 2.0.0 delivered'
	atf_check test ! -s box/al
	atf_check -o match:'^ *1$' grep -c '^From ' box/bo
}

atf_test_case client__gone_behind_the_dot__nothing_done
client__gone_behind_the_dot__nothing_done_body()
{
	lmtp_start
	echo 'require "copy"; redirect :copy "far@example.com";' |
	    script_of al
	{
		printf '%s\r\n' 'LHLO c' 'MAIL FROM:<a@x>' 'RCPT TO:<al@x>' \
		    DATA 'Message-ID: <1@x>' '' hello .
	} >said
	atf_check -o ignore -e ignore $lmtp <said
	atf_check test ! -e sent.to
	atf_check -o empty find box/al -path '*/new/*'
}

atf_init_test_cases()
{
	atf_add_test_case fileinto__one_of_three__the_others_as_ever
	atf_add_test_case all_with_scripts__each_decides__its_own_way
	atf_add_test_case reject__one_of_two__550_for_it_alone
	atf_add_test_case reject__lines__as_many_in_the_answer
	atf_add_test_case reject__reply_limit__cut_with_dots
	atf_add_test_case reject__long_line__lines_that_smtp_allows
	atf_add_test_case script__wrong__kept
	atf_add_test_case body__large_and_shared__looked_through
	atf_add_test_case redirect__large_and_shared__whole_mail
	atf_add_test_case size__large__of_all_of_it
	atf_add_test_case redirect__sendmail_fails__kept
	atf_add_test_case duplicate__known__only_behind_the_answer
	atf_add_test_case mbox__with_script__as_it_decides
	atf_add_test_case client__gone_behind_the_dot__nothing_done
}
