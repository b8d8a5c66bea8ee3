# mda-lmtp in the hands of clients: what they say, what it answers, and what
# lies in the mailboxes then.

# What is sourced sets variables; $lmtp and $client are several words.
# shellcheck disable=SC1091,SC2086,SC2154
. "$SRCDIR/tests/support/box.sh"
. "$SRCDIR/tests/support/lmtp.sh"

# script LINE ... - what a client says, in one piece; LHLO comes first.
script()
{
	printf '%s\r\n' 'LHLO client' "$@" >script
}

# replies - all but the greeting and the answer to LHLO, in the file said.
replies()
{
	atf_check -o save:said -e empty $lmtp "$@" <script
	tr -d '\r' <said | sed '1,/^250 XFORWARD/d' >told
}

# told LINE ... - those are the replies, at the beginning of each line.
told()
{
	printf '%s\n' "$@" >wanted
	cut -c 1-9 told >short
	cut -c 1-9 wanted | atf_check -o file:short cat
}

mail='MAIL FROM:<ann@example.org>'

# ---- What is stored ---------------------------------------------------------

atf_test_case message__one_recipient__stored_as_it_was
message__one_recipient__stored_as_it_was_body()
{
	lmtp_virtual
	printf 'Message-ID: <a@b>\n\n.dot\n..two\n\0nul\n\377\n.\nend\n' >message
	atf_check -o inline:'al@example.org: 250 2.0.0 delivered\n' \
	    $client send ann@example.org al@example.org $lmtp <message
	expect_only box/al message
	atf_check -o match:'^status=delivered .* from=ann@example.org to=al' \
	    cat log
}

atf_test_case socket__non_blocking__waited_for
socket__non_blocking__waited_for_body()
{
	lmtp_virtual
	make_message message
	atf_check -o inline:'al@x: 250 2.0.0 delivered\n' \
	    $client eager ann@example.org al@x $lmtp <message
	expect_only box/al message
}

atf_test_case message__by_smtplib__stored
message__by_smtplib__stored_body()
{
	lmtp_virtual
	printf 'Message-ID: <a@b>\n\ngr\303\274n\n' >message
	atf_check -o inline:'{}\n' \
	    $client smtplib ann@example.org al@example.org $lmtp <message
	expect_only box/al message
}

atf_test_case message__any_chunks__the_same
message__any_chunks__the_same_body()
{
	lmtp_virtual
	{
		make_message /dev/stdout
		printf '.\n.dot\n\nlonger than that\n%05000d\n' 0
	} >message
	atf_check -o save:out \
	    $client chunks ann@example.org al@example.org $lmtp <message
	atf_check -o inline:'40\n' grep -c ': 250 2.0.0 ' out
	expect_count 40 box/al/new
	for file in box/al/new/*; do
		atf_check cmp message "$file"
	done
	expect_count 0 box/al/tmp
}

atf_test_case message__large__stored_and_not_held
message__large__stored_and_not_held_body()
{
	lmtp_virtual
	{
		make_message /dev/stdout
		awk 'BEGIN { for (i = 0; i < 60000; i++)
			print "a line of a large message, number " i }'
	} >message
	atf_check -o ignore $client send ann@example.org \
	    al@example.org,bo@example.org $lmtp <message
	expect_only box/al message
	expect_only box/bo message
}

atf_test_case envelope__known__lines_in_front
envelope__known__lines_in_front_body()
{
	lmtp_virtual
	make_message message
	atf_check -o ignore $client send ann@example.org \
	    al@example.org,bo+x@example.org $lmtp -o return_path=missing \
	    -o delivered_to=missing <message
	for to in al bo+x; do
		{
			echo 'Return-Path: <ann@example.org>'
			echo "Delivered-To: $to@example.org"
			cat message
		} >wanted
		expect_only "box/${to%+x}" wanted
	done
}

# What programs leave there is about another message.
atf_test_case environment__of_another_message__not_heeded
environment__of_another_message__not_heeded_body()
{
	lmtp_virtual
	make_message message
	atf_check -o match:'^al@x: 250' env SENDER=evil@x RECIPIENT=evil@x \
	    ORIGINAL_RECIPIENT=evil@x EXTENSION=evil USER=evil LOGNAME=evil \
	    $client send ann@example.org al@x $lmtp -o return_path=always \
	    -o delivered_to=always -o detail_folder=create <message
	expect_count 1 box/al/new
	atf_check -o match:'^Return-Path: <ann@example.org>' \
	    -o match:'^Delivered-To: al@x' -o not-match:evil cat "$file"
}

# A conversation is held with the settings that it began with.
atf_test_case settings__changed_meanwhile__those_of_its_beginning
settings__changed_meanwhile__those_of_its_beginning_body()
{
	lmtp_virtual
	mkfifo input
	$lmtp <input >said &
	pid=$!
	exec 9>input
	wait_until grep -q '^220 ' said
	echo 'mailbox = /nonexistent/' >settings
	script "$mail" 'RCPT TO:<al@x>' DATA A: . QUIT
	cat script >&9
	exec 9>&-
	wait_for "$pid"
	atf_check_equal 0 "$status"
	expect_count 1 box/al/new
}

atf_test_case sender__null__as_such
sender__null__as_such_body()
{
	lmtp_virtual
	make_message message
	atf_check -o ignore $client send '' al@example.org $lmtp \
	    -o return_path=missing <message
	expect_count 1 box/al/new
	atf_check -o inline:'Return-Path: <>\n' head -n 1 "$file"
}

# ---- Addresses --------------------------------------------------------------

atf_test_case address__no_domain__the_user
address__no_domain__the_user_body()
{
	lmtp_virtual
	make_message message
	atf_check -o match:'250' $client send ann@example.org al $lmtp <message
	expect_only box/al message
}

atf_test_case address__quoted__without_its_quotes
address__quoted__without_its_quotes_body()
{
	lmtp_virtual
	make_message message
	atf_check -o match:'250' $client send ann@example.org \
	    '"odd name"@example.org' $lmtp -o delivered_to=missing <message
	{
		echo 'Delivered-To: "odd name"@example.org'
		cat message
	} >wanted
	expect_only 'box/odd name' wanted
}

atf_test_case address__utf_8__with_or_without_a_word
address__utf_8__with_or_without_a_word_body()
{
	lmtp_virtual
	name=$(printf 'j\303\274rgen')
	script "MAIL FROM:<$name@example.org> SMTPUTF8" \
	    "RCPT TO:<$name@example.org>" DATA A: . \
	    "MAIL FROM:<$name@example.org>" \
	    "RCPT TO:<$name@example.org>" DATA A: . QUIT
	replies
	told '250 2.1.0' '250 2.1.5' '354 go on' '250 2.0.0' \
	    '250 2.1.0' '250 2.1.5' '354 go on' '250 2.0.0' '221 2.0.0'
	expect_count 2 "box/$name/new"
}

atf_test_case address__orcpt_with_xtext__taken
address__orcpt_with_xtext__taken_body()
{
	lmtp_virtual
	script "$mail SIZE=3 BODY=8BITMIME RET=HDRS ENVID=q+2B1" \
	    'RCPT TO:<al@example.org> NOTIFY=NEVER ORCPT=rfc822;al+2Bext@x' \
	    'RCPT TO:<bo@example.org> ORCPT=rfc822;al+zz' \
	    DATA A: . QUIT
	replies
	told '250 2.1.0' '250 2.1.5' '501 5.5.4' '354 go on' '250 2.0.0' \
	    '221 2.0.0'
	expect_count 1 box/al/new
}

# The user who runs it has a name, and no other can be named.
atf_test_case address__of_the_system__by_name
address__of_the_system__by_name_body()
{
	lmtp_virtual
	me=$(id -un)
	shouted=$(printf '%s' "$me" | tr '[:lower:]' '[:upper:]')
	make_message message
	atf_check -o save:out $client send ann@example.org \
	    "$me@example.org,$me+x,$shouted,no-such-user,root" $lmtp \
	    -o account=system -o mailbox="maildir:$PWD/box/%u" \
	    -o lower_case=yes <message
	sed 's/^\([^:]*: .........\).*/\1/' out >short
	{
		echo 'no-such-user: 550 5.1.1'
		echo 'root: 451 4.3.5'
		echo "$me@example.org: 250 2.0.0"
		echo "$me+x: 250 2.0.0"
		echo "$shouted: 250 2.0.0"
	} | atf_check -o file:short cat
	expect_count 3 "box/$me/new"
}

# ---- The protocol -----------------------------------------------------------

atf_test_case pipelined__with_data_and_quit__in_order
pipelined__with_data_and_quit__in_order_body()
{
	lmtp_virtual
	script "$mail" 'RCPT TO:<al@example.org>' 'RCPT TO:<bo@example.org>' \
	    DATA 'Subject: one' '' ..dot . \
	    NOOP 'VRFY al' "$mail" 'RCPT TO:<al@example.org>' RSET \
	    "$mail" 'RCPT TO:<cy@example.org>' DATA 'Subject: two' . QUIT \
	    'MAIL FROM:<late@example.org>'
	replies
	told '250 2.1.0' '250 2.1.5' '250 2.1.5' '354 go on' '250 2.0.0' \
	    '250 2.0.0' '250 2.0.0' '252 2.5.0' '250 2.1.0' '250 2.1.5' \
	    '250 2.0.0' '250 2.1.0' '250 2.1.5' '354 go on' '250 2.0.0' \
	    '221 2.0.0'
	printf 'Subject: one\n\n.dot\n' >one
	printf 'Subject: two\n' >two
	expect_only box/al one
	expect_only box/bo one
	expect_only box/cy two
}

atf_test_case xforward__ident__in_the_log
xforward__ident__in_the_log_body()
{
	lmtp_virtual
	script 'XFORWARD IDENT=4A7F' "$mail" 'RCPT TO:<al@x>' DATA A: . QUIT
	replies
	atf_check -o match:' queue=4A7F ' cat log
}

atf_test_case bare_lf__command_or_dot__not_obeyed
bare_lf__command_or_dot__not_obeyed_body()
{
	lmtp_virtual
	script "$mail" 'RCPT TO:<al@x>' DATA
	{
		cat script
		printf 'A: b\r\n\n.\nMAIL FROM:<evil@x>\n.\r\n\r.\r\n.\r\n'
		printf 'RSET\nQUIT\r\n'
	} >longer
	mv longer script
	replies
	told '250 2.1.0' '250 2.1.5' '354 go on' '250 2.0.0' '500 5.5.2' \
	    '221 2.0.0'
	printf 'A: b\n\n.\nMAIL FROM:<evil@x>\n.\n\r.\n' >wanted
	expect_only box/al wanted
}

atf_test_case line__too_long__500_and_on
line__too_long__500_and_on_body()
{
	lmtp_virtual
	script "MAIL FROM:<$(printf '%03000d' 0)@x>" "$mail" \
	    'RCPT TO:<al@x>' DATA 'A: b' '' "$(printf '%0100000d' 0)" . QUIT
	replies
	told '500 5.5.2' '250 2.1.0' '250 2.1.5' '354 go on' '250 2.0.0' \
	    '221 2.0.0'
	printf 'A: b\n\n%0100000d\n' 0 >wanted
	expect_only box/al wanted
}

atf_test_case errors__twenty__closed
errors__twenty__closed_body()
{
	lmtp_virtual
	script 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 NOOP
	replies
	atf_check -o inline:'20\n' grep -c . told
	atf_check -o inline:'421 4.7.0 too many errors\n' tail -n 1 told
}

atf_test_case recipients__too_many__452_and_the_others_delivered
recipients__too_many__452_and_the_others_delivered_head()
{
	atf_set require.progs 'prlimit python3'
}
recipients__too_many__452_and_the_others_delivered_body()
{
	lmtp_virtual
	make_message message
	list=r1@x
	for i in 2 3 4 5 6 7 8 9 10 11 12 13 14; do
		list=$list,r$i@x
	done
	atf_check -o save:out $client send ann@example.org "$list" \
	    prlimit --nofile=128 $lmtp <message
	atf_check -o inline:'2\n' grep -c ': 452 4.5.3 ' out
	atf_check -o inline:'12\n' grep -c ': 250 2.0.0 ' out
	expect_count 12 box
}

# The client sends it again for those who were too many.
atf_test_case recipients__beyond_the_setting__452
recipients__beyond_the_setting__452_body()
{
	lmtp_virtual
	make_message message
	atf_check -o save:out $client send ann@example.org al@x,bo@x,cy@x \
	    $lmtp -o lmtp_recipient_limit=2 <message
	atf_check -o inline:'cy@x: 452 4.5.3 too many recipients at once\n' \
	    sed -n 1p out
	atf_check -o inline:'2\n' grep -c ': 250 2.0.0 ' out
	expect_only box/al message
	expect_only box/bo message
	atf_check test ! -e box/cy
}

atf_test_case message__above_the_limit__552
message__above_the_limit__552_body()
{
	lmtp_virtual
	script "$mail SIZE=200" "$mail SIZE=10" 'RCPT TO:<al@x>' DATA \
	    "A: $(printf '%0120d' 0)" . "$mail" 'RCPT TO:<al@x>' DATA B: . \
	    QUIT
	replies -o message_size_limit=100
	told '552 5.3.4' '250 2.1.0' '250 2.1.5' '354 go on' '552 5.3.4' \
	    '250 2.1.0' '250 2.1.5' '354 go on' '250 2.0.0' '221 2.0.0'
	printf 'B:\n' >wanted
	expect_only box/al wanted
}

atf_test_case idle__too_long__421
idle__too_long__421_body()
{
	lmtp_virtual
	mkfifo input
	sleep 30 >input &
	sleeper=$!
	atf_check -o match:'^421 4\.4\.2 ' -e empty \
	    $lmtp -o lmtp_timeout=1 <input
	kill "$sleeper"
}

# begun LINE ... - a client that says this and then no more, for a while.
# Gives sleeper.
begun()
{
	script "$mail" 'RCPT TO:<al@x>' "$@"
	mkfifo input
	{
		cat script
		sleep 30
	} >input &
	sleeper=$!
}

atf_test_case idle__within_a_message__421_and_nothing
idle__within_a_message__421_and_nothing_body()
{
	lmtp_virtual
	make_box box/al
	for part in DATA 'BDAT 1000 LAST'; do
		rm -f input
		begun "$part" 'Subject: half' '' 'a line'
		atf_check -o save:said -e empty $lmtp -o lmtp_timeout=1 <input
		kill "$sleeper"
		tail -n 1 said | atf_check -o match:'^421 4\.4\.2 ' cat
		expect_nothing box/al
	done
}

# Its replies have no room any more: it is not waited for longer either.
atf_test_case client__never_reads__given_up
client__never_reads__given_up_head()
{
	atf_set require.progs timeout
}
client__never_reads__given_up_body()
{
	lmtp_virtual
	make_box box/al
	{
		printf 'LHLO c\r\n'
		awk 'BEGIN { for (i = 0; i < 20000; i++) printf "NOOP\r\n" }'
		printf '%s\r\n' "$mail" 'RCPT TO:<al@x>' DATA A: . QUIT
	} >script
	mkfifo output
	{ sleep 30; } <output &
	sleeper=$!
	atf_check timeout 20 sh -c "exec $lmtp -o lmtp_timeout=1 \
	    <script >output"
	kill "$sleeper"
	expect_nothing box/al
}

atf_test_case signal__while_idle__421_and_75
signal__while_idle__421_and_75_body()
{
	lmtp_virtual
	mkfifo input
	sleep 30 >input &
	sleeper=$!
	$lmtp <input >said &
	pid=$!
	wait_until grep -q '^220 ' said
	kill "$pid"
	wait_for "$pid"
	atf_check_equal 75 "$status"
	atf_check -o match:'^421 4\.3\.2 ' cat said
	kill "$sleeper"
}

# ---- Verdicts ---------------------------------------------------------------

atf_test_case verdicts__one_cannot__the_others_delivered
verdicts__one_cannot__the_others_delivered_body()
{
	lmtp_virtual
	make_message message
	make_box box/al
	make_box box/cy
	atf_check -o save:out $client send ann@example.org al@x,bo@x,cy@x \
	    $lmtp -o create=no <message
	atf_check -o inline:'al@x: 250 2.0.0 delivered\n' sed -n 1p out
	atf_check -o match:'^bo@x: 451 4\.3\.0 the Maildir .* does not exist' \
	    sed -n 2p out
	atf_check -o inline:'cy@x: 250 2.0.0 delivered\n' sed -n 3p out
	expect_only box/al message
	expect_only box/cy message
	atf_check test ! -e box/bo
	atf_check -o match:'^status=deferred .*step=maildir-missing .*to=bo@x' \
	    grep deferred log
}

# al's process hangs; bo's answer comes when the deadline is over, and some
# seconds for al's to say so itself. When it wakes, it does not deliver.
atf_test_case verdicts__one_hangs__451_at_the_deadline
verdicts__one_hangs__451_at_the_deadline_body()
{
	not_sanitized
	lmtp_virtual
	make_message message
	make_box box/al
	make_box box/bo
	printf '#! /bin/sh\necho $$ >pid\nexec "$@"\n' >tell
	chmod +x tell
	# Its file is there, and it was not sealed.
	MDA_PROCESS=3 MDA_FAULT=flock:1:SIGSTOP $client send ann@example.org \
	    al@x,bo@x ./tell "$BUILDDIR/tests/fault/mda-lmtp-fault" \
	    -c settings -o deadline=1 >out <message &
	sender=$!
	wait_until test -s pid
	wait_until find_stopped "$(cat pid)"
	wait_until grep -q 'step=deadline .* to=al@x$' log
	kill -CONT "$worker"
	wait_for "$sender"
	atf_check_equal 0 "$status"
	atf_check -o match:'^al@x: 451 4\.4\.7 ' sed -n 1p out
	atf_check -o match:'^bo@x: 250 ' sed -n 2p out
	wait_until is_empty box/al/tmp
	expect_nothing box/al
	expect_only box/bo message
}

is_empty()
{
	[ -z "$(ls "$1")" ]
}

atf_test_case verdicts__address_makes_no_path__451
verdicts__address_makes_no_path__451_body()
{
	lmtp_virtual
	make_message message
	atf_check -o match:'^"a/b"@x: 451 4\.3\.5 ' -o match:'^al@x: 250 ' \
	    $client send ann@example.org '"a/b"@x,al@x' $lmtp <message
	expect_only box/al message
}

# A mailbox that cannot be asked, in one way or the other, may be there
# tomorrow: its recipient comes again, and the others have their mail.
atf_test_case verdicts__box_cannot_be_asked__451_for_it_alone
verdicts__box_cannot_be_asked__451_for_it_alone_head()
{
	atf_set require.progs 'strace python3'
}
verdicts__box_cannot_be_asked__451_for_it_alone_body()
{
	not_sanitized
	# There, mailboxes are asked by calls of other names, and others by these.
	not_for musl
	not_for i386
	lmtp_virtual
	make_message message
	tried=0
	for kind in maildir: mbox: ''; do
		for call in /openat /statat; do
			for error in EACCES EIO ENOTCONN ESTALE ETIMEDOUT \
			    EMFILE; do
				ask_boxes "$kind" "$call" "$error"
			done
		done
	done
	# Each kind asks by one of the calls at least.
	atf_check test "$tried" -ge 18
}

# ask_boxes KIND CALL ERROR - each such call for bo's mailbox fails.
ask_boxes()
{
	rm -rf box log
	mkdir box
	for name in al bo cy; do
		[ "$1" != maildir: ] || make_box "box/$name"
		[ "$1" != mbox: ] || : >"box/$name"
	done
	$client send ann@example.org al@x,bo@x,cy@x \
	    strace -qq -f -o trace -P "$PWD/box/bo" -e "trace=$2" \
	    -e "inject=$2:error=$3" $lmtp -o "mailbox=$1$PWD/box/%n" \
	    <message >out || atf_fail "$1 $2 $3: the conversation"
	grep -q INJECTED trace || return 0
	tried=$((tried + 1))
	cut -c 1-14 out | grep -v '^bo@x: 451 4\.[23]\.' >short
	printf '%s\n' 'al@x: 250 2.0.' 'cy@x: 250 2.0.' >wanted
	cmp -s wanted short || atf_fail "$1 $2 $3: $(cat out)"
	atf_check -o match:'^status=deferred .* to=bo@x$' grep deferred log
}

# The same with no help.
atf_test_case verdicts__folder_not_searchable__451_for_it_alone
verdicts__folder_not_searchable__451_for_it_alone_body()
{
	lmtp_virtual
	make_message message
	make_box box/al
	make_box box/bo
	chmod 0 box/bo
	atf_check -o save:out $client send ann@example.org bo@x,al@x $lmtp \
	    <message
	chmod 700 box/bo
	atf_check -o match:'^bo@x: 451 4\.3\.0 ' sed -n 1p out
	atf_check -o match:'^al@x: 250 ' sed -n 2p out
	expect_only box/al message
	expect_nothing box/bo
}

atf_test_case mbox__two_recipients__two_records
mbox__two_recipients__two_records_body()
{
	lmtp_virtual
	sed -i 's/never/missing/' settings
	make_message message
	atf_check -o match:'al@x: 250' -o match:'al\+x@x: 250' \
	    -o match:'bo@x: 250' \
	    $client send ann@example.org al@x,al+x@x,bo@x $lmtp \
	    -o mailbox="mbox:$PWD/box/%n" <message
	atf_check -o inline:'2\n' grep -c '^From ann@example.org ' box/al
	atf_check -o inline:'1\n' grep -c '^From ann@example.org ' box/bo
	atf_check test ! -e box/al.lock
}

# Sixteen recipients, eight processes: whatever is written is written and
# synced before anything is visible; behind that, each folder is synced once.
atf_test_case syncs__many_recipients__together
syncs__many_recipients__together_head()
{
	atf_set require.progs 'strace python3'
}
syncs__many_recipients__together_body()
{
	not_sanitized
	lmtp_virtual
	make_message message
	list=r1@x
	for i in 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
		list=$list,r$i@x
	done
	atf_check -o save:out $client send ann@example.org "$list" \
	    strace -qq -f -o trace -e trace=fsync,linkat,openat,unlinkat \
	    $lmtp <message
	atf_check -o inline:'16\n' grep -c ': 250 2.0.0' out
	sed '/linkat(.*resumed/d' trace | awk '
	/ linkat\(/ { links++ }
	/O_CREAT/ && links > 0 { late++ }
	/ fsync\(/ && links > 0 { behind++ }
	/ unlinkat\(/ && behind < 16 { early++ }
	END { print links, late + 0, behind, early + 0 }' |
	    atf_check -o inline:'16 0 16 0\n' cat
}

atf_test_case share__same_bytes__one_file
share__same_bytes__one_file_body()
{
	lmtp_virtual
	make_message message
	atf_check -o ignore $client send ann@example.org al@x,bo@x,cy@x \
	    $lmtp -o share=yes <message
	for name in al bo cy; do
		expect_only "box/$name" message
		atf_check -o inline:'3\n' stat -c %h "$file"
	done
}

atf_test_case share__not_set__files_of_their_own
share__not_set__files_of_their_own_body()
{
	lmtp_virtual
	make_message message
	atf_check -o ignore $client send ann@example.org al@x,bo@x \
	    $lmtp <message
	expect_only box/al message
	atf_check -o inline:'1\n' stat -c %h "$file"
}

# ---- Clients that go --------------------------------------------------------

atf_test_case client__gone_behind_the_dot__nothing_delivered
client__gone_behind_the_dot__nothing_delivered_body()
{
	lmtp_virtual
	make_box box/al
	script "$mail" 'RCPT TO:<al@x>' 'RCPT TO:<bo@x>' DATA A: .
	replies
	expect_nothing box/al
	expect_nothing box/bo
	atf_check -o match:'step=abandoned ' cat log
}

atf_test_case client__reads_no_more__nothing_delivered
client__reads_no_more__nothing_delivered_head()
{
	atf_set require.progs strace
}
client__reads_no_more__nothing_delivered_body()
{
	not_sanitized
	lmtp_virtual
	make_box box/al
	script "$mail" 'RCPT TO:<al@x>' DATA A: . QUIT
	mkfifo output
	head -c 1 <output >/dev/null &
	reader=$!
	strace -qq -f -o trace -e trace=fsync \
	    -e inject=fsync:delay_enter=700000:when=1 \
	    $lmtp <script >output &
	wait_for $!
	atf_check_equal 0 "$status"
	wait "$reader"
	expect_nothing box/al
}

# lose_the_answer BOX SLOW - SLOW is what strace is to delay.
lose_the_answer()
{
	script "$mail" 'RCPT TO:<al@x>' DATA 'Message-ID: <a@b>' '' x .
	atf_check $client leave "$1" strace -qq -f -o trace \
	    -e "trace=${2%%:*}" -e "inject=$2" $lmtp
	atf_check -o match:'^status=delivered ' cat log
}

# retry - the client says all of it again, and is told that it is there.
retry()
{
	script "$mail" 'RCPT TO:<al@x>' DATA 'Message-ID: <a@b>' '' x . QUIT
	replies
	told '250 2.1.0' '250 2.1.5' '354 go on' '250 2.0.0' '221 2.0.0'
	atf_check -o match:' witness=' tail -n 1 log
}

# The folder's sync takes so long that the client goes before its answer.
atf_test_case answer__lost__found_by_the_retry
answer__lost__found_by_the_retry_head()
{
	atf_set require.progs 'strace python3'
}
answer__lost__found_by_the_retry_body()
{
	lmtp_virtual
	lose_the_answer box/al/new fsync:delay_enter=700000:when=2+
	expect_count 1 box/al/new
	expect_count 1 box/al/tmp
	retry
	expect_count 1 box/al/new
	expect_count 0 box/al/tmp
}

# The same where the time of the box is set, behind the append.
atf_test_case answer__lost__found_in_the_mbox
answer__lost__found_in_the_mbox_head()
{
	atf_set require.progs 'strace python3'
}
answer__lost__found_in_the_mbox_body()
{
	lmtp_virtual
	lmtp="$lmtp -o mailbox=mbox:$PWD/box/%n"
	lose_the_answer box/al utimensat:delay_enter=700000
	retry
	atf_check -o inline:'1\n' grep -c '^From ' box/al
}

# ---- Workers that outlive their monitor -------------------------------------

# stop_before CALL [MORE] - a worker hangs before that call, the last of its
# kind or so many before it, and its monitor is killed. Gives worker.
stop_before()
{
	built_with FLOCK
	not_sanitized
	lmtp_virtual
	make_message message
	printf 'LHLO me\r\nMAIL FROM:<>\r\nRCPT TO:<al>\r\nDATA\r\n' >script
	sed 's/$/\r/' message >>script
	printf '.\r\nQUIT\r\n' >>script
	case $options in
	*mbox:*)	: >box/al ;;
	*)		make_box box/al ;;
	esac
	fault="$BUILDDIR/tests/fault/mda-lmtp-fault -c settings $options"
	lmtp="$lmtp $options"
	atf_check -o match:'^250 2.0.0 delivered' \
	    env MDA_PROCESS=3 MDA_TRACE=calls $fault <script
	rm -f box/al/new/*
	[ ! -f box/al ] || : >box/al
	number=$(($(grep -c " $1 " calls) - ${2-0}))
	MDA_PROCESS=3 MDA_FAULT="$1:$number:SIGSTOP" $fault <script >said &
	monitor=$!
	wait_until find_stopped "$monitor"
	kill -9 "$monitor"
}
options=

# ask_again - the client who has lost its server; and the worker goes on while
# it is waited for. There is one copy.
ask_again()
{
	$client send ann@example.org al $lmtp <message >out &
	sender=$!
	wait_until find_waiting
	kill -CONT "$worker"
	wait_for "$sender"
	atf_check -o match:'^al: 250 2.0.0' cat out
	expect_count 1 box/al/new
}

# repeat - the same, and nothing is left.
repeat()
{
	ask_again
	expect_count 0 box/al/tmp
}

# The message is visible already.
atf_test_case worker__outlives_its_monitor__one_copy_after_the_retry
worker__outlives_its_monitor__one_copy_after_the_retry_body()
{
	stop_before fsync	# of new/
	expect_count 1 box/al/new
	repeat
}

# It is not visible yet, and nothing can stop it from becoming so.
atf_test_case worker__behind_its_last_check__one_copy_after_the_retry
worker__behind_its_last_check__one_copy_after_the_retry_body()
{
	stop_before linkat
	expect_count 0 box/al/new
	repeat
	atf_check -o match:' witness=' tail -n 1 log
}

atf_test_case worker__with_a_script__one_copy_after_the_retry
worker__with_a_script__one_copy_after_the_retry_body()
{
	echo 'keep;' >al.sieve
	chmod 600 al.sieve
	options="-o sieve=$PWD/%n.sieve"
	stop_before linkat
	expect_count 0 box/al/new
	repeat
}

# Before its last check it gives up when it wakes: nobody waits for that.
atf_test_case worker__before_its_gate__one_copy_after_the_retry
worker__before_its_gate__one_copy_after_the_retry_body()
{
	stop_before fsync 1	# of its file
	expect_count 0 box/al/new
	ask_again
	atf_check -o not-match:' witness=' tail -n 1 log
}

# In an mbox it has the lock, and that keeps all others out.
atf_test_case worker__holds_the_lock__one_copy_after_the_retry
worker__holds_the_lock__one_copy_after_the_retry_body()
{
	options="-o mailbox=mbox:$PWD/box/%n -o lock_timeout=1"
	stop_before write
	atf_check -o match:'^al: 451 4.2.0' \
	    $client send ann@example.org al $lmtp <message
	atf_check test ! -s box/al
	kill -CONT "$worker"
	wait_until test -s box/al
	atf_check -o match:'^al: 250 2.0.0' $client send ann@example.org al \
	    $lmtp -o lock_timeout=60 <message
	atf_check -o inline:'1\n' grep -c '^From ' box/al
	atf_check -o match:' witness=' tail -n 1 log
}

# find_stopped PARENT - gives worker: its child that was stopped.
find_stopped()
{
	read -r children <"/proc/$1/task/$1/children"
	for worker in $children; do
		grep -q '^State:	T' "/proc/$worker/status" && return
	done
	return 1
}

# The second delivery's stage is there, beside the witness to be.
find_waiting()
{
	[ "$(find box/al/tmp -type f | wc -l)" -eq 2 ]
}

# ---- What is wrong from the start -------------------------------------------

# turned_away CODE STEP ARGUMENT ...
turned_away()
{
	code=$1
	step=$2
	shift 2
	rm -f log
	atf_check -s exit:75 -o match:"^421 $code [a-z].*" -e empty \
	    $lmtp "$@" </dev/null
	[ -z "$step" ] || atf_check -o match:"step=$step " cat log
}

atf_test_case start__impossible__421_says_why
start__impossible__421_says_why_body()
{
	lmtp_virtual
	turned_away 4.3.5 setting-value -o lmtp_timeout=never
	turned_away 4.3.5 '' -d al
	turned_away 4.3.5 '' -m x/
	turned_away 4.3.5 '' al
	turned_away 4.3.0 '' -c no-such-file
}

atf_test_case start__input_closed__421
start__input_closed__421_body()
{
	lmtp_virtual
	atf_check -s exit:75 -o match:'^421 4\.3\.0 ' -e empty \
	    sh -c "exec $lmtp <&-"
}

atf_test_case help__asked__printed
help__asked__printed_body()
{
	lmtp_virtual
	atf_check -o match:'^usage: mda-lmtp ' $lmtp --help
	atf_check -o match:'^mda-lmtp [0-9]' $lmtp --version
}

atf_init_test_cases()
{
	atf_add_test_case message__one_recipient__stored_as_it_was
	atf_add_test_case socket__non_blocking__waited_for
	atf_add_test_case message__by_smtplib__stored
	atf_add_test_case message__any_chunks__the_same
	atf_add_test_case message__large__stored_and_not_held
	atf_add_test_case envelope__known__lines_in_front
	atf_add_test_case environment__of_another_message__not_heeded
	atf_add_test_case settings__changed_meanwhile__those_of_its_beginning
	atf_add_test_case sender__null__as_such
	atf_add_test_case address__no_domain__the_user
	atf_add_test_case address__quoted__without_its_quotes
	atf_add_test_case address__utf_8__with_or_without_a_word
	atf_add_test_case address__orcpt_with_xtext__taken
	atf_add_test_case address__of_the_system__by_name
	atf_add_test_case pipelined__with_data_and_quit__in_order
	atf_add_test_case xforward__ident__in_the_log
	atf_add_test_case bare_lf__command_or_dot__not_obeyed
	atf_add_test_case line__too_long__500_and_on
	atf_add_test_case errors__twenty__closed
	atf_add_test_case recipients__too_many__452_and_the_others_delivered
	atf_add_test_case recipients__beyond_the_setting__452
	atf_add_test_case message__above_the_limit__552
	atf_add_test_case idle__too_long__421
	atf_add_test_case idle__within_a_message__421_and_nothing
	atf_add_test_case client__never_reads__given_up
	atf_add_test_case signal__while_idle__421_and_75
	atf_add_test_case verdicts__one_cannot__the_others_delivered
	atf_add_test_case verdicts__one_hangs__451_at_the_deadline
	atf_add_test_case verdicts__address_makes_no_path__451
	atf_add_test_case verdicts__box_cannot_be_asked__451_for_it_alone
	atf_add_test_case verdicts__folder_not_searchable__451_for_it_alone
	atf_add_test_case mbox__two_recipients__two_records
	atf_add_test_case syncs__many_recipients__together
	atf_add_test_case share__same_bytes__one_file
	atf_add_test_case share__not_set__files_of_their_own
	atf_add_test_case client__gone_behind_the_dot__nothing_delivered
	atf_add_test_case client__reads_no_more__nothing_delivered
	atf_add_test_case answer__lost__found_by_the_retry
	atf_add_test_case answer__lost__found_in_the_mbox
	atf_add_test_case worker__outlives_its_monitor__one_copy_after_the_retry
	atf_add_test_case worker__behind_its_last_check__one_copy_after_the_retry
	atf_add_test_case worker__with_a_script__one_copy_after_the_retry
	atf_add_test_case worker__before_its_gate__one_copy_after_the_retry
	atf_add_test_case worker__holds_the_lock__one_copy_after_the_retry
	atf_add_test_case start__impossible__421_says_why
	atf_add_test_case start__input_closed__421
	atf_add_test_case help__asked__printed
}
