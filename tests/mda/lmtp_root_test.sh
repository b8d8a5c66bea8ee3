# mda-lmtp started by root: who does what with which rights.

# What is sourced sets variables; $lmtp and $client are several words.
# shellcheck disable=SC1091,SC2086,SC2154
. "$SRCDIR/tests/support/private.sh"
# shellcheck disable=SC1091,SC2154
. "$SRCDIR/tests/support/box.sh"

# lmtp_start - accounts as of private.sh. Gives lmtp and client.
lmtp_start()
{
	private_start
	{
		echo 'log = none'
		echo "log_file = $stage/log"
		echo 'return_path = never'
		echo 'delivered_to = never'
	} >settings
	: >log
	chmod 666 log
	make_message message
	lmtp="$BUILDDIR/mda/mda-lmtp -c settings"
	client="python3 $SRCDIR/tests/support/lmtp.py"
}

# to LIST OPTION ... - send the message to these; the answers are in out.
to()
{
	list=$1
	shift
	atf_check -o save:out $client send ann@example.org "$list" \
	    $prefix $lmtp "$@" <message
}
prefix=

# answered LINE ... - so begin the answers.
answered()
{
	printf '%s\n' "$@" >wanted
	awk '{ print $1, $2, $3 }' out | atf_check -o file:wanted cat
}

root_case()
{
	atf_set require.user root
	atf_set require.progs 'python3 strace unshare'
}

atf_test_case accounts__two__each_its_own
accounts__two__each_its_own_head() { root_case; }
accounts__two__each_its_own_body()
{
	lmtp_start
	to alice@x,bob+lists@x,nosuch@x,root@x
	answered 'nosuch@x: 550 5.1.1' 'root@x: 451 4.3.5' \
	    'alice@x: 250 2.0.0' 'bob+lists@x: 250 2.0.0'
	expect_only home/alice/Maildir message
	expect_owner '4711:4712 600' "$file"
	expect_only home/bob/Maildir message
	expect_owner '4721:4722 600' "$file"
	atf_check -o empty find home/alice ! -user alice -o ! -group alice
	atf_check -o match:' to=nosuch@x$' \
	    grep 'status=bounced step=user-unknown' log
}

atf_test_case accounts__many_messages__one_connection
accounts__many_messages__one_connection_head() { root_case; }
accounts__many_messages__one_connection_body()
{
	lmtp_start
	{
		printf 'LHLO me\r\n'
		for i in 1 2 3 4 5; do
			printf 'MAIL FROM:<>\r\nRCPT TO:<alice>\r\n'
			printf 'RCPT TO:<bob>\r\nDATA\r\nN: %s\r\n.\r\n' "$i"
		done
		printf 'QUIT\r\n'
	} >script
	atf_check -o save:said $lmtp <script
	atf_check -o inline:'10\n' grep -c '^250 2.0.0 delivered' said
	expect_count 5 home/alice/Maildir/new
	expect_count 5 home/bob/Maildir/new
	expect_count 0 home/alice/Maildir/tmp
}

atf_test_case accounts__own_settings__heeded
accounts__own_settings__heeded_head() { root_case; }
accounts__own_settings__heeded_body()
{
	lmtp_start
	mkdir -m 755 own
	printf '%s\n' 'mailbox = maildir:~/Other' 'delivered_to = always' \
	    >own/alice
	printf 'mailbox = \n' >own/mallory
	to alice@x,bob@x,mallory@x,alice@y \
	    -o account_settings="$stage/own/%u"
	answered 'mallory@x: 451 4.3.5' 'alice@x: 250 2.0.0' \
	    'bob@x: 250 2.0.0' 'alice@y: 250 2.0.0'
	expect_only home/bob/Maildir message
	expect_count 2 home/alice/Other/new
	atf_check -o inline:'Delivered-To: alice@x\nDelivered-To: alice@y\n' \
	    sh -c 'grep -h ^Delivered-To home/alice/Other/new/* | sort'
	atf_check -s exit:2 -o empty -e ignore ls home/alice/Maildir
}

# In the middle of a conversation: 550 is for whom the database does not know,
# and for nobody while it cannot be asked.
atf_test_case database__away_for_a_while__451_then_250_and_550
database__away_for_a_while__451_then_250_and_550_head() { root_case; }
database__away_for_a_while__451_then_250_and_550_body()
{
	# The other libc has no modules.
	[ "${MDA_PART-}" != musl ] || atf_skip 'no modules to be away'
	lmtp_start
	mkfifo input
	$lmtp <input >said &
	pid=$!
	exec 9>input
	printf 'LHLO me\r\nMAIL FROM:<>\r\nRCPT TO:<alice>\r\n' >&9
	wait_until grep -q '^250 2.1.5' said
	use_databases 'passwd: nosuchmodule' 'group: files'
	printf 'RCPT TO:<bob>\r\nRCPT TO:<nosuch>\r\nNOOP\r\n' >&9
	wait_until grep -q '^250 2.0.0' said
	use_databases 'passwd: files' 'group: files'
	printf 'RCPT TO:<bob>\r\nRCPT TO:<nosuch>\r\n' >&9
	printf 'DATA\r\nSubject: t\r\n\r\n.\r\nQUIT\r\n' >&9
	exec 9>&-
	wait_for "$pid"
	atf_check_equal 0 "$status"
	sed -n '/^250 2.1.0/,$ s/^\([0-9]* [0-9.]*\).*/\1/p' said >codes
	printf '%s\n' '250 2.1.0' '250 2.1.5' '451 4.3.0' '451 4.3.0' \
	    '250 2.0.0' '250 2.1.5' '550 5.1.1' '354 send' '250 2.0.0' \
	    '250 2.0.0' '221 2.0.0' >wanted
	sed 's/^354.*/354 send/' codes >seen
	atf_check -o file:wanted cat seen
	expect_count 1 home/alice/Maildir/new
	expect_count 1 home/bob/Maildir/new
	atf_check -o inline:'2\n' grep -c 'status=deferred step=getpwnam' log
}

# Whatever the answer is, it is not "no such user": for whom it knows and for
# whom it does not. The first question is for lmtp_user.
atf_test_case database__fails_with_any_error__451_for_all
database__fails_with_any_error__451_for_all_head() { root_case; }
database__fails_with_any_error__451_for_all_body()
{
	not_sanitized
	lmtp_start
	for error in EIO ETIMEDOUT EMFILE ENFILE ENOMEM EACCES ESTALE \
	    ENOTCONN ECONNREFUSED EINTR
	do
		prefix="strace -qq -f -o trace -P /etc/passwd -e trace=/^open
		    -e inject=/^open:error=$error:when=2+"
		to alice@x,nosuch@x
		answered 'alice@x: 451 4.3.0' 'nosuch@x: 451 4.3.0'
		atf_check -o match:INJECTED cat trace
	done
	atf_check -o inline:'20\n' grep -c 'status=deferred step=getpwnam' log
	atf_check -s exit:2 -o empty -e ignore ls home/alice/Maildir
}

atf_test_case home__missing__the_other_is_delivered
home__missing__the_other_is_delivered_head() { root_case; }
home__missing__the_other_is_delivered_body()
{
	lmtp_start
	rmdir home/alice
	chmod g+w home/mallory
	to alice@x,bob@x,mallory@x
	answered 'alice@x: 451 4.3.0' 'bob@x: 250 2.0.0' 'mallory@x: 451 4.3.5'
	expect_only home/bob/Maildir message
	atf_check -o match:'step=home-missing' -o match:'step=home-mode' cat log
}

atf_test_case disk__full_for_one__the_other_is_delivered
disk__full_for_one__the_other_is_delivered_head() { root_case; }
disk__full_for_one__the_other_is_delivered_body()
{
	lmtp_start
	mount -t tmpfs -o size=64k,mode=700 tmpfs home/alice
	make_box home/alice/Maildir
	head -c 40000 /dev/zero >home/alice/filler
	chown -R 4711:4712 home/alice
	awk 'BEGIN { for (i = 0; i < 6000; i++) print "a line" }' >>message
	to bob@x,alice@x
	answered 'bob@x: 250 2.0.0' 'alice@x: 452 4.3.1'
	expect_only home/bob/Maildir message
	expect_nothing home/alice/Maildir
}

# The spool is root's alone: only with its help is there a box, and a lock.
atf_test_case mbox__in_a_spool_of_roots__delivered
mbox__in_a_spool_of_roots__delivered_head() { root_case; }
mbox__in_a_spool_of_roots__delivered_body()
{
	lmtp_start
	mkdir -m 755 spool
	to alice@x,bob@x,alice+again@x -o mailbox="mbox:$stage/spool/%u" \
	    -o delivered_to=always
	answered 'alice@x: 250 2.0.0' 'bob@x: 250 2.0.0' \
	    'alice+again@x: 250 2.0.0'
	expect_owner '4711:4712 600' spool/alice
	expect_owner '4721:4722 600' spool/bob
	atf_check -o inline:'2\n' grep -c '^From ann@example.org' spool/alice
	atf_check -o inline:'1\n' grep -c '^From ann@example.org' spool/bob
	atf_check -o empty find spool -name '*.lock*'
}

# Root's process beside bob's delivery waits along with it at the gate.
atf_test_case mbox__another_hangs__delivered_all_the_same
mbox__another_hangs__delivered_all_the_same_head() { root_case; }
mbox__another_hangs__delivered_all_the_same_body()
{
	not_sanitized
	lmtp_start
	mkdir -m 755 spool own
	echo "mailbox = mbox:$stage/spool/%u" >own/bob
	make_box home/alice/Maildir
	chown -R alice:alice home/alice/Maildir
	printf '#! /bin/sh\necho $$ >pid\nexec "$@"\n' >tell
	chmod +x tell
	prefix=./tell
	lmtp="$BUILDDIR/tests/fault/mda-lmtp-fault -c settings"
	# Her file is there, and it was not sealed.
	MDA_PROCESS=3 MDA_FAULT=flock:1:SIGSTOP
	export MDA_PROCESS MDA_FAULT
	to alice@x,bob@x -o deadline=1 -o account_settings="$stage/own/%u" &
	sender=$!
	wait_until test -s pid
	wait_until grep -q 'step=deadline .* to=alice@x$' log
	find_worker_of "$(cat pid)" 4711
	kill -CONT "$worker"
	wait_for "$sender"
	answered 'alice@x: 451 4.4.7' 'bob@x: 250 2.0.0'
	atf_check -o inline:'1\n' grep -c '^From ann@example.org' spool/bob
	expect_nothing home/alice/Maildir
}

atf_test_case virtual__fixed_user__all_are_his
virtual__fixed_user__all_are_his_head() { root_case; }
virtual__fixed_user__all_are_his_body()
{
	lmtp_start
	mkdir -p mail/example.org
	chown vmail:vmail mail/example.org
	to Al@example.org,bo+x@example.org -o account=fixed \
	    -o fixed_user=vmail -o mailbox="maildir:$stage/mail/%d/%n" \
	    -o lower_case=yes
	answered 'Al@example.org: 250 2.0.0' 'bo+x@example.org: 250 2.0.0'
	expect_only mail/example.org/al message
	expect_owner '4741:4742 600' "$file"
	expect_only mail/example.org/bo message
}

# Each process has a trace of its own; only those that gave root's rights up
# may touch the client, or look into the message.
atf_test_case root__traced__never_reads_the_client
root__traced__never_reads_the_client_head() { root_case; }
root__traced__never_reads_the_client_body()
{
	not_sanitized
	lmtp_start
	mkdir traces
	prefix="strace -qq -ff -o traces/t"
	to alice@x,bob@x
	answered 'alice@x: 250 2.0.0' 'bob@x: 250 2.0.0'
	for trace in traces/t.*; do
		awk '
		/^(setuid|setuid32)\([1-9]/ { dropped = 1 }
		/^(read|recvfrom)\(0,/ && !dropped { print FILENAME ": " $0 }
		/^pread64\(3, "Message/ && !dropped { print FILENAME ": " $0 }
		' "$trace"
	done >seen
	atf_check -o empty cat seen
	atf_check -o match:. grep -l '^read(0,' -r traces
	atf_check -o match:. grep -l '^pread64(3, "Message' -r traces
}

atf_test_case accounts__traced__their_groups_and_no_others
accounts__traced__their_groups_and_no_others_head() { root_case; }
accounts__traced__their_groups_and_no_others_body()
{
	not_sanitized
	lmtp_start
	mkdir traces
	prefix="strace -qq -ff -o traces/t"
	to alice@x,bob@x
	answered 'alice@x: 250 2.0.0' 'bob@x: 250 2.0.0'
	for uid in 4711 4721; do
		grep -l "^setuid\(32\)*($uid)" traces/t.* | xargs sed -n \
		    's/^setgroups\(32\)*(3, \[\(.*\)\]).*= 0$/\2/p' |
		    tr -d ' ' | tr ',' '\n' | sort -n | tr '\n' ' '
		echo
	done >seen
	printf '%s \n' '4712 4750 4751' '4708 4722 4751' >wanted
	atf_check -o file:wanted cat seen
}

# While the speaker talks: nobody, and no way to open a file.
atf_test_case speaker__while_it_talks__nobody_and_confined
speaker__while_it_talks__nobody_and_confined_head() { root_case; }
speaker__while_it_talks__nobody_and_confined_body()
{
	not_sanitized
	lmtp_start
	mkfifo input
	sleep 60 >input &
	sleeper=$!
	$lmtp <input >said &
	pid=$!
	wait_until grep -q '^220 ' said
	read -r speaker rest <"/proc/$pid/task/$pid/children"
	atf_check -o match:'^Uid:	65534	65534	65534	65534' \
	    cat "/proc/$speaker/status"
	! grep -q 'HAVE_SECCOMP 1' "$BUILDDIR/config.h" ||
	    atf_check -o match:'^Seccomp:	2' -o match:'^NoNewPrivs:	1' \
		cat "/proc/$speaker/status"
	atf_check_equal /dev/null "$(readlink "/proc/$pid/fd/0")"
	atf_check_equal /dev/null "$(readlink "/proc/$speaker/fd/2")"
	kill "$sleeper"
	wait_for "$pid"
	atf_check_equal 0 "$status"
}

# Alice's worker is killed before its gate: bob has his mail, she has not.
atf_test_case worker__killed__451_and_the_others_delivered
worker__killed__451_and_the_others_delivered_head() { root_case; }
worker__killed__451_and_the_others_delivered_body()
{
	lmtp_start
	mkdir -m 777 traces
	# strace may wonder, on standard error, where its process has gone.
	printf '#! /bin/sh\nexec "$@" 2>/dev/null\n' >quiet
	chmod +x quiet
	prefix="./quiet strace -qq -f -o traces/t -e trace=fsync,setuid
	    -e inject=fsync:delay_enter=1500000:when=1"
	to alice@x,bob@x &
	sender=$!
	wait_until find_worker 4711
	kill -9 "$worker"
	wait_for "$sender"
	answered 'alice@x: 451 4.3.0' 'bob@x: 250 2.0.0'
	expect_count 0 home/alice/Maildir/new
	expect_only home/bob/Maildir message
	atf_check -o match:' from=ann@example.org to=alice@x$' \
	    grep 'step=child-died' log
}

# ---- Scripts, each run as its account

# start_scripts [COMMAND] - alice is away, and says so by a sendmail that writes
# who calls it into "sent", after COMMAND.
start_scripts()
{
	lmtp_start
	printf 'require "vacation"; vacation "away";\n' >home/alice/.mda.sieve
	chown 4711:4712 home/alice/.mda.sieve
	cat >sendmail <<-END
		#! /bin/sh
		cat >/dev/null
		${1-:}
		id -un >>"$stage/sent"
	END
	chmod 755 sendmail
	: >sent
	chmod 666 sent
	echo "sendmail_path = $stage/sendmail" >>settings
	letter 1
}

# letter NUMBER - one to alice.
letter()
{
	printf 'Message-ID: <%s@x>\nFrom: ann@example.org\nTo: alice@x\n\n.\n' \
	    "$1" >message
}

atf_test_case scripts__vacation__once_as_the_account
scripts__vacation__once_as_the_account_head() { root_case; }
scripts__vacation__once_as_the_account_body()
{
	start_scripts
	to bob@x,alice@x
	answered 'bob@x: 250 2.0.0' 'alice@x: 250 2.0.0'
	atf_check -o inline:'alice\n' cat sent
	letter 2
	to alice@x
	answered 'alice@x: 250 2.0.0'
	atf_check -o inline:'alice\n' cat sent
	expect_count 2 home/alice/Maildir/new
	expect_count 0 home/alice/Maildir/tmp
	expect_count 1 home/bob/Maildir/new
	atf_check -o empty find home/alice ! -user alice
}

# The message is there, the sender of mail has been asked, and the client goes.
atf_test_case scripts__answer_lost__one_copy_and_perhaps_a_second_mail
scripts__answer_lost__one_copy_and_perhaps_a_second_mail_head() { root_case; }
scripts__answer_lost__one_copy_and_perhaps_a_second_mail_body()
{
	start_scripts 'sleep 1'
	{
		printf 'LHLO me\r\nMAIL FROM:<ann@example.org>\r\n'
		printf 'RCPT TO:<alice@x>\r\nDATA\r\n'
		sed 's/^\./../; s/$/\r/' message
		printf '.\r\n'
	} >script
	make_box home/alice/Maildir
	chown -R 4711:4712 home/alice/Maildir
	atf_check $client leave home/alice/Maildir/new $lmtp
	expect_count 1 home/alice/Maildir/new
	expect_count 1 home/alice/Maildir/tmp
	to alice@x
	answered 'alice@x: 250 2.0.0'
	expect_count 1 home/alice/Maildir/new
	expect_count 0 home/alice/Maildir/tmp
	atf_check -o match:'^alice$' -o not-match:'^[^a]' cat sent
	atf_check test "$(wc -l <sent)" -le 2
}

# Her worker dies while the mail is on its way: bob has his, and she has one
# copy after the next try.
atf_test_case scripts__worker_killed_at_its_mail__one_copy_after_the_retry
scripts__worker_killed_at_its_mail__one_copy_after_the_retry_head()
{
	root_case
}
scripts__worker_killed_at_its_mail__one_copy_after_the_retry_body()
{
	start_scripts '[ -e /mnt/again ] || { echo >/mnt/held; sleep 30; }'
	: >held
	chmod 666 held
	printf '#! /bin/sh\necho $$ >pid\nexec "$@"\n' >tell
	chmod +x tell
	prefix=./tell
	to bob@x,alice@x &
	sender=$!
	wait_until test -s held
	: >again
	find_worker_of "$(cat pid)" 4711
	kill -9 "$worker"
	wait_for "$sender"
	answered 'bob@x: 250 2.0.0' 'alice@x: 451 4.3.0'
	expect_count 1 home/bob/Maildir/new
	prefix=
	to alice@x
	answered 'alice@x: 250 2.0.0'
	expect_count 1 home/alice/Maildir/new
	atf_check -o match:'^alice$' cat sent
}

# find_worker_of MONITOR UID - gives worker: the monitor's own child.
find_worker_of()
{
	read -r children <"/proc/$1/task/$1/children"
	for worker in $children; do
		! grep -q "^Uid:	$2	" "/proc/$worker/status" || return 0
	done
	atf_fail "no worker of $2"
}

# find_worker UID - gives worker: the one in our name space.
find_worker()
{
	ours=$(readlink /proc/self/ns/mnt)
	# One program looks at all: it must be done before the worker is.
	# shellcheck disable=SC2013 # a line is a word
	for file in $(grep -ls "^Uid:	$1	$1	" /proc/[0-9]*/status); do
		worker=${file#/proc/}
		worker=${worker%/status}
		[ "$(readlink "/proc/$worker/ns/mnt")" != "$ours" ] || return 0
	done
	return 1
}

# turned_away CODE STEP ARGUMENT ...
turned_away()
{
	code=$1
	step=$2
	shift 2
	: >log
	atf_check -s exit:75 -o match:"^421 $code [a-z].*" -e empty \
	    $lmtp "$@" </dev/null
	atf_check -o match:"step=$step " cat log
}

atf_test_case start__impossible__421_says_why
start__impossible__421_says_why_head() { root_case; }
start__impossible__421_says_why_body()
{
	lmtp_start
	turned_away 4.3.5 lmtp-user -o lmtp_user=nosuch
	turned_away 4.3.5 lmtp-user -o lmtp_user=toor
	cover /var/tmp mode=1777
	mount -o remount,ro /var/tmp
	turned_away 4.3.0 spill
	umount -l /var/tmp
	lmtp="python3 $SRCDIR/tests/support/mta_old_kernel.py $lmtp"
	turned_away 4.3.5 sandbox -o sandbox=require
	# The other libc has no modules.
	[ "${MDA_PART-}" != musl ] || return 0
	use_databases 'passwd: nosuchmodule' 'group: files'
	turned_away 4.3.0 getpwnam
}

# What the client sends has no room: it hears so, and nothing is delivered.
atf_test_case spool__full__452_and_nothing
spool__full__452_and_nothing_head() { root_case; }
spool__full__452_and_nothing_body()
{
	lmtp_start
	cover /var/tmp size=64k,mode=1777
	awk 'BEGIN { for (i = 0; i < 20000; i++) print "a line" }' >>message
	to alice@x,bob@x
	answered 'alice@x: 452 4.3.1' 'bob@x: 452 4.3.1'
	atf_check -o inline:'2\n' grep -c 'step=spill errno=ENOSPC' log
	expect_count 0 home/alice
	make_message message
	to alice@x
	answered 'alice@x: 250 2.0.0'
}

atf_init_test_cases()
{
	atf_add_test_case accounts__two__each_its_own
	atf_add_test_case accounts__many_messages__one_connection
	atf_add_test_case accounts__own_settings__heeded
	atf_add_test_case database__away_for_a_while__451_then_250_and_550
	atf_add_test_case database__fails_with_any_error__451_for_all
	atf_add_test_case home__missing__the_other_is_delivered
	atf_add_test_case disk__full_for_one__the_other_is_delivered
	atf_add_test_case mbox__in_a_spool_of_roots__delivered
	atf_add_test_case mbox__another_hangs__delivered_all_the_same
	atf_add_test_case virtual__fixed_user__all_are_his
	atf_add_test_case root__traced__never_reads_the_client
	atf_add_test_case accounts__traced__their_groups_and_no_others
	atf_add_test_case speaker__while_it_talks__nobody_and_confined
	atf_add_test_case worker__killed__451_and_the_others_delivered
	atf_add_test_case scripts__vacation__once_as_the_account
	atf_add_test_case \
	    scripts__answer_lost__one_copy_and_perhaps_a_second_mail
	atf_add_test_case \
	    scripts__worker_killed_at_its_mail__one_copy_after_the_retry
	atf_add_test_case start__impossible__421_says_why
	atf_add_test_case spool__full__452_and_nothing
}
