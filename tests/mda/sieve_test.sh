# Deliveries with scripts: what they want done is done, and nothing is lost.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2154
. "$SRCDIR/tests/support/sieve.sh"

atf_test_case no_script__delivered__log_says_nothing
no_script__delivered__log_says_nothing_body()
{
	letter
	delivered
	kept
	not_logged sieve
}

atf_test_case keep__implicit__delivered
keep__implicit__delivered_body()
{
	echo 'if false { discard; }' | script
	letter
	delivered
	kept
	logged 'status=delivered' 'sieve=keep'
	not_logged sieve_error
}

atf_test_case fileinto__folder_there__only_there
fileinto__folder_there__only_there_body()
{
	make_box box
	make_box box/.Lists.bugs
	printf 'require "fileinto"; fileinto "%s";' Lists.bugs | script
	letter
	delivered
	holds '' 0
	holds .Lists.bugs 1
	atf_check cmp msg "$file"
	logged 'path=[^ ]*/box/.Lists.bugs ' 'sieve=fileinto'
}

atf_test_case fileinto__slash_and_inbox__same_folder
fileinto__slash_and_inbox__same_folder_body()
{
	make_box box
	make_box box/.Lists.bugs
	script <<-'EOF'
	require "fileinto";
	fileinto "Lists/bugs";
	fileinto "inbox.Lists.bugs";
	fileinto "INBOX";
	EOF
	letter
	delivered
	holds '' 1
	holds .Lists.bugs 1
}

atf_test_case fileinto__not_ascii__modified_utf_7
fileinto__not_ascii__modified_utf_7_body()
{
	script <<-'EOF'
	require ["fileinto", "mailbox"];
	fileinto :create "Entwürfe & mehr/日本語";
	EOF
	letter
	delivered
	holds '.Entw&APw-rfe &- mehr.&ZeVnLIqe-' 1
}

atf_test_case fileinto__folder_missing__kept
fileinto__folder_missing__kept_body()
{
	printf 'require "fileinto"; fileinto "Nowhere";' | script
	letter
	delivered
	kept
	logged 'folder_error="folder-missing: '
	[ ! -e box/.Nowhere ] || atf_fail 'the folder was made'
}

atf_test_case fileinto__create__folder_made
fileinto__create__folder_made_body()
{
	script <<-'EOF'
	require ["fileinto", "mailbox"];
	if not mailboxexists "New" { fileinto :create "New"; }
	EOF
	letter
	delivered
	holds .New 1
	[ -e box/.New/maildirfolder ] || atf_fail 'no maildirfolder'
	delivered
	holds .New 1
	holds '' 1
}

atf_test_case fileinto__no_folder_name__kept
fileinto__no_folder_name__kept_body()
{
	letter
	for name in .. a..b ../up . /etc; do
		rm -rf box
		printf 'require ["fileinto", "mailbox"];
		    fileinto :create "%s";' "$name" | script
		delivered
		kept
		logged folder_error=
	done
}

atf_test_case fileinto__mbox__kept
fileinto__mbox__kept_body()
{
	script <<-'EOF'
	require ["fileinto", "copy", "mailbox"];
	fileinto :create "Lists";
	fileinto :copy :create "More";
	keep;
	EOF
	letter
	delivered -m mbox:mail
	atf_check -o inline:"1\n" grep -c '^From ' mail
	logged 'status=delivered box=mbox' 'folder_error="mailbox-folder: Lists'
}

atf_test_case several__same_bytes__one_file
several__same_bytes__one_file_body()
{
	script <<-'EOF'
	require ["fileinto", "mailbox"];
	fileinto :create "A"; fileinto :create "B"; keep;
	EOF
	letter
	delivered
	for folder in '' .A .B; do
		holds "$folder" 1
		atf_check -o inline:'3\n' stat -c %h "$file"
	done
	logged stores=3
}

atf_test_case flags__known__in_cur
flags__known__in_cur_body()
{
	script <<-'EOF'
	require ["imap4flags", "fileinto", "mailbox"];
	fileinto :create :flags ["$label1", "\\Seen", "\\Flagged"] "A";
	setflag "\\Answered";
	keep;
	EOF
	letter
	delivered
	holds .A 1
	atf_check -o match:'/cur/.*,S=[0-9]*:2,FS$' echo "$file"
	holds '' 1
	atf_check -o match:'/cur/.*,S=[0-9]*:2,R$' echo "$file"
	atf_check cmp msg "$file"
}

atf_test_case mailboxexists__no_right_to_store__no
mailboxexists__no_right_to_store__no_body()
{
	make_box box
	make_box box/.A
	echo 'require "mailbox"; if mailboxexists "A" { discard; }' | script
	letter
	delivered
	holds '' 0
	for part in cur new tmp; do
		rm -rf box
		make_box box
		make_box box/.A
		chmod 500 "box/.A/$part"
		delivered
		holds '' 1
	done
}

atf_test_case discard__alone__nothing_stored
discard__alone__nothing_stored_body()
{
	echo 'discard;' | script
	letter
	delivered
	holds '' 0
	logged 'status=discarded' 'sieve=discard'
}

atf_test_case header_edited__stored__body_as_it_was
header_edited__stored__body_as_it_was_body()
{
	script <<-'EOF'
	require ["editheader", "fileinto", "mailbox"];
	fileinto :create "Before";
	addheader "X-Filtered" "yes";
	deleteheader "Subject";
	keep;
	EOF
	letter 'Subject: away with it'
	delivered
	holds .Before 1
	atf_check cmp msg "$file"
	holds '' 1
	{ echo 'X-Filtered: yes'; grep -v ^Subject msg; } >wanted
	atf_check cmp wanted "$file"
}

# One folder by two names, before and behind the change: two messages.
atf_test_case header_edited__folder_of_two_names__both_there
header_edited__folder_of_two_names__both_there_body()
{
	script <<-'EOF'
	require ["editheader", "fileinto", "mailbox"];
	fileinto :create "Lists.bugs";
	addheader "X-Filtered" "yes";
	fileinto :create "Lists/bugs";
	EOF
	letter
	delivered
	holds .Lists.bugs 2
}

atf_test_case long_message__script__all_of_it
long_message__script__all_of_it_body()
{
	script <<-'EOF'
	require ["fileinto", "mailbox", "editheader"];
	if size :over 100K { fileinto :create "Big"; }
	addheader "X-Filtered" "yes";
	keep;
	EOF
	letter
	awk 'BEGIN { for (i = 0; i < 20000; i++) print i, "a line" }' >>msg
	delivered -o spool_memory=4096
	holds .Big 1
	atf_check cmp msg "$file"
	holds '' 1
	{ echo 'X-Filtered: yes'; cat msg; } >wanted
	atf_check cmp wanted "$file"
}

# long_letter - with a part in another character set far behind the beginning.
long_letter()
{
	letter 'MIME-Version: 1.0' 'Content-Type: multipart/mixed; boundary=b'
	{
		printf -- '--b\n\n'
		awk 'BEGIN { for (i = 0; i < 20000; i++) print i, "a line" }'
		printf -- '--b\nContent-Type: text/plain; charset=EUC-JP\n\n'
		printf '\306\374\313\334 needle\n--b--\n'
	} >>msg
}

atf_test_case body__behind_memory__found
body__behind_memory__found_body()
{
	not_emulated 'its C library finds no converters'
	not_for i386 # for the same reason
	grep -q 'HAVE_ICONV 1' "$BUILDDIR/config.h" || atf_skip 'no iconv'
	script <<-'EOF'
	require ["body", "fileinto", "mailbox", "copy"];
	if body :text :contains "日本 needle" {
		fileinto :copy :create "Text";
	}
	if body :raw :contains "a line\n--b" { fileinto :copy :create "Raw"; }
	if body :content "text" :contains "19999 a line" {
		fileinto :create "Content";
	}
	EOF
	long_letter
	delivered -o spool_memory=4096
	holds '' 0
	holds .Text 1
	atf_check cmp msg "$file"
	holds .Content 1
}

atf_test_case body__behind_the_limit__not_seen
body__behind_the_limit__not_seen_body()
{
	script <<-'EOF'
	require ["body", "imap4flags"];
	if body :raw :contains "needle" { discard; }
	if allof(body :raw :contains "2000 a line", size :over 200K) {
		addflag "\\Flagged";
	}
	EOF
	long_letter
	delivered -o spool_memory=4096 -o sieve_body_limit=100000
	holds '' 1
	atf_check -o match:':2,F$' echo "$file"
}

atf_test_case long_message__mbox__all_of_it
long_message__mbox__all_of_it_body()
{
	echo 'if size :under 100K { discard; }' | script
	letter
	awk 'BEGIN { for (i = 0; i < 20000; i++) print i, "a line" }' >>msg
	delivered -o spool_memory=4096 -m mbox:mail
	sed -e 1d -e '$d' mail | cmp - msg || atf_fail 'another message'
}

atf_test_case reject__reason__77_and_nothing_stored
reject__reason__77_and_nothing_stored_body()
{
	script <<-'EOF'
	require "reject";
	reject "I do not want
	this mail.";
	EOF
	letter
	atf_check -s exit:77 \
	    -e inline:'5.7.1 the recipient refuses this message: I do not want this mail.\n' \
	    "$MDA" -o log=none -o "log_file=$PWD/log" \
	    -o mailbox=maildir:%h/box <msg
	holds '' 0
	logged status=bounced step=sieve-reject
}

# refused - what a script that refuses says to the sender is in the file "said".
refused()
{
	letter
	atf_check -s exit:77 -e save:said "$MDA" -o log=none \
	    -o "log_file=$PWD/log" -o mailbox=maildir:%h/box <msg
}

atf_test_case reject__not_ascii__each_character
reject__not_ascii__each_character_body()
{
	echo 'require "ereject"; ereject "Für Sie geschlossen 😀";' | script
	refused
	atf_check -o match:': Für Sie geschlossen 😀$' cat said
}

atf_test_case reject__long_reason__all_of_it
reject__long_reason__all_of_it_body()
{
	{
		echo 'require "reject"; reject text:'
		awk 'BEGIN { for (i = 0; i < 200; i++) print "reason", i }'
		printf '.\n;\n'
	} | script
	refused
	atf_check -o inline:'3\n' sh -c 'wc -l <said'
	awk 'length($0) > 910 { exit 1 }' said || atf_fail 'a line is too long'
	tr '\n' ' ' <said | sed 's/.*message: //; s/ $//' >got
	awk 'BEGIN { for (i = 0; i < 200; i++) print "reason", i }' |
	    tr '\n' ' ' | sed 's/ $//' >wanted
	cmp wanted got || atf_fail "not all of it: $(cat said)"
}

# What Postfix would not read is cut, between two characters.
atf_test_case reject__giant_reason__cut_with_dots
reject__giant_reason__cut_with_dots_body()
{
	{
		printf 'require "reject"; reject "x'
		awk 'BEGIN { for (i = 0; i < 9000; i++) printf "ü" }'
		echo '";'
	} | script
	refused
	atf_check -o match:'ü\.\.\.$' tail -n 1 said
	atf_check test "$(wc -c <said)" -gt 3900
	atf_check test "$(wc -c <said)" -lt 4096
	atf_check -o ignore iconv -f UTF-8 -t UTF-16 said
}

atf_test_case redirect__sent__not_kept
redirect__sent__not_kept_body()
{
	make_sendmail
	echo 'redirect "other@example.com";' | script
	letter
	delivered
	holds '' 0
	atf_check -o inline:'-i -f friend@example.org -- other@example.com\n' \
	    cat sent.to
	{ echo 'X-Sieve-Redirected-From: me@example.net'; cat msg; } >wanted
	atf_check cmp wanted sent.mail
	logged status=redirected redirects=1
}

atf_test_case redirect__null_sender__brackets
redirect__null_sender__brackets_body()
{
	make_sendmail
	echo 'redirect "other@example.com";' | script
	letter
	delivered -f ''
	atf_check -o inline:'-i -f <> -- other@example.com\n' cat sent.to
}

atf_test_case redirect__long_message__all_of_it
redirect__long_message__all_of_it_body()
{
	make_sendmail
	printf 'require "copy"; redirect :copy "other@example.com";' | script
	letter
	awk 'BEGIN { for (i = 0; i < 20000; i++) print i, "a line" }' >>msg
	delivered -o spool_memory=4096
	kept
	{ echo 'X-Sieve-Redirected-From: me@example.net'; cat msg; } >wanted
	atf_check cmp wanted sent.mail
}

# traced WORD ... - from now on deliveries run under strace, the first process.
traced()
{
	printf '#!/bin/sh\nexec strace -o calls %s "%s" "$@"\n' "$*" \
	    "$BUILDDIR/mda/mda" >traced
	chmod 755 traced
	MDA=$PWD/traced
}

# Mail cannot be taken back, and a second try would send it again.
atf_test_case redirect__told_to_stop_behind_it__sent_once_and_0
redirect__told_to_stop_behind_it__sent_once_and_0_head()
{
	atf_set require.progs strace
}
redirect__told_to_stop_behind_it__sent_once_and_0_body()
{
	not_sanitized
	make_sendmail
	echo 'redirect "other@example.com";' | script
	letter
	traced -e trace=read
	delivered
	# The last one reads that the mail was taken.
	reads=$(grep -c '^read(' calls)
	rm sent.to
	traced -e "inject=read:signal=TERM:when=$reads"
	delivered
	atf_check -o ignore grep SIGTERM calls
	atf_check -o inline:'1\n' grep -c . sent.to
	logged status=redirected redirects=1
}

# Whoever ignores it has the children of his children reaped unheard.
atf_test_case redirect__sigchld_ignored_by_the_caller__sent
redirect__sigchld_ignored_by_the_caller__sent_body()
{
	make_sendmail
	echo 'redirect "other@example.com";' | script
	letter
	(
		trap '' CHLD
		run_mda
	) || atf_fail "status $?"
	atf_check -o inline:'1\n' grep -c . sent.to
	logged status=redirected redirects=1
}

atf_test_case redirect__sendmail_fails__kept
redirect__sendmail_fails__kept_body()
{
	echo 'redirect "other@example.com";' | script
	letter
	for code in 1 75; do
		rm -rf box
		make_sendmail $code
		delivered
		kept
		logged "mail_error=\"sendmail: $code\"" status=delivered
	done
	rm -rf box sendmail
	delivered
	kept
	logged 'mail_error="sendmail: 255"'
}

atf_test_case redirect__sendmail_fails__mbox_keeps
redirect__sendmail_fails__mbox_keeps_body()
{
	make_sendmail 1
	echo 'redirect "other@example.com";' | script
	letter
	delivered -m mbox:mail
	atf_check -o inline:"1\n" grep -c '^From ' mail
}

atf_test_case redirect__came_round__kept
redirect__came_round__kept_body()
{
	make_sendmail
	echo 'redirect "other@example.com";' | script
	letter 'X-Sieve-Redirected-From: me@example.net'
	delivered
	kept
	[ ! -e sent.to ] || atf_fail 'it went round again'
	logged mail_error=\"redirect-loop
}

atf_test_case redirect__thirty_received__kept
redirect__thirty_received__kept_body()
{
	make_sendmail
	echo 'redirect "other@example.com";' | script
	letter
	for count in 29 30; do
		rm -rf box sent.to
		letter
		{ yes 'Received: from a by b' | head -n $count; cat msg; } >new
		mv new msg
		delivered
		if [ $count -eq 29 ]; then
			holds '' 0
		else
			kept
		fi
	done
	[ ! -e sent.to ] || atf_fail 'it went on'
}

atf_test_case redirect__too_many__kept
redirect__too_many__kept_body()
{
	make_sendmail
	printf 'redirect "a@example.com"; redirect "b@example.com";' | script
	letter
	delivered -o sieve_redirects=1
	kept
	[ ! -e sent.to ] || atf_fail 'some of it was sent'
	logged 'sieve_error=.*redirect.*limit'
}

atf_test_case vacation__first_and_second__answered_once
vacation__first_and_second__answered_once_body()
{
	make_sendmail
	printf 'require "vacation"; vacation "I am away";' | script
	letter 'Subject: lunch'
	delivered
	logged answer=sent
	kept
	atf_check -o inline:'-i -f <> -- friend@example.org\n' cat sent.to
	atf_check -o ignore grep '^Subject: Auto: lunch$' sent.mail
	rm -rf box
	delivered
	kept
	logged 'answer="not sent: answered before"'
	atf_check -o inline:'1\n' grep -c friend sent.to
	delivered -f other@example.org
	logged answer=sent
}

# RFC 6131 section 2: as long as the administrator allows.
atf_test_case vacation__seconds__at_least_the_minimum
vacation__seconds__at_least_the_minimum_body()
{
	make_sendmail
	printf 'require "vacation-seconds"; vacation :seconds 0 "in a meeting";' |
	    script
	letter
	delivered
	logged answer=sent
	rm log
	delivered
	logged 'answer="not sent: answered before"'
	rm -rf log .local
	for _ in first second; do
		delivered -o sieve_vacation_minimum=0s
		logged answer=sent
		rm log
	done
}

atf_test_case vacation__list__no_answer
vacation__list__no_answer_body()
{
	make_sendmail
	printf 'require "vacation"; vacation "I am away";' | script
	letter 'List-Id: <a.example.org>'
	delivered
	kept
	[ ! -e sent.to ] || atf_fail 'a list was answered'
	logged answer=
}

# Two who cannot remember would answer each other for ever.
atf_test_case vacation__no_state__no_answer
vacation__no_state__no_answer_body()
{
	make_sendmail
	printf 'require "vacation"; vacation "I am away";' | script
	letter
	echo >state
	delivered -o "sieve_state=$PWD/state"
	kept
	[ ! -e sent.to ] || atf_fail 'somebody was answered'
	logged 'answer="not sent: no state"' state_error=
}

atf_test_case vacation__sendmail_fails__not_remembered
vacation__sendmail_fails__not_remembered_body()
{
	make_sendmail 1
	printf 'require "vacation"; vacation "I am away";' | script
	letter
	delivered
	kept
	logged 'answer="not sent: sendmail failed"'
	make_sendmail
	delivered
	logged answer=sent
}

atf_test_case duplicate__second__discarded
duplicate__second__discarded_body()
{
	printf 'require "duplicate"; if duplicate { discard; }' | script
	letter
	delivered
	kept
	delivered
	kept
	logged status=discarded
	atf_check -o match:'^[0-9]+ d: <1@example.org>$' \
	    cat .local/state/mda/seen
	[ ! -e .local/state/mda/seen.new ] || atf_fail 'a file was left'
}

# What cannot be known is not taken for seen.
atf_test_case duplicate__no_state__kept
duplicate__no_state__kept_body()
{
	printf 'require "duplicate"; if duplicate { discard; }' | script
	letter
	mkdir state
	chmod 777 state
	for turn in 1 2; do
		delivered -o "sieve_state=$PWD/state"
		holds '' $turn
		logged state_error=
	done
}

atf_test_case before_and_after__in_order__each_runs
before_and_after__in_order__each_runs_body()
{
	script <<-'EOF'
	require ["fileinto", "mailbox", "copy"];
	fileinto :copy :create "Mine";
	EOF
	printf 'require ["fileinto", "mailbox", "copy"];
	    fileinto :copy :create "First";' >before
	printf 'require ["fileinto", "mailbox"]; fileinto :create "Last";' \
	    >after
	letter
	delivered -o sieve_before=%h/before -o sieve_after=%h/after
	holds .First 1
	holds .Mine 1
	holds .Last 1
	holds '' 0
}

atf_test_case before__discards__users_not_run
before__discards__users_not_run_body()
{
	echo 'keep;' | script
	echo 'discard;' >before
	letter
	delivered -o sieve_before=%h/before
	holds '' 0
}

atf_test_case users__wrong__before_still_counts
users__wrong__before_still_counts_body()
{
	echo 'no such thing' | script
	echo 'discard;' >before
	letter
	delivered -o sieve_before=%h/before
	holds '' 0
	echo 'keep;' >before
	delivered -o sieve_before=%h/before
	kept
	logged sieve_error=
}

atf_test_case include__personal__run
include__personal__run_body()
{
	mkdir sieve
	echo 'discard;' >sieve/away.sieve
	printf 'require "include"; include :personal "away";' | script
	letter
	delivered
	holds '' 0
	printf 'require "include"; include :personal "../away";' | script
	delivered
	kept
	logged sieve_error=
}

# With ".sieve" behind it, which is tried first, no file can have such a name.
atf_test_case include__longest_name__run
include__longest_name__run_body()
{
	mkdir sieve
	name=$(printf 'n%.0s' $(seq 255))
	echo 'discard;' >"sieve/$name"
	printf 'require "include"; include "%s";' "$name" | script
	letter
	delivered
	holds '' 0
	printf 'require "include"; include :optional "%s%s";' "$name" "$name" |
	    script
	delivered
	kept
	not_logged sieve_error
}

atf_test_case include__missing_or_circle__kept_when_it_comes_to_it
include__missing_or_circle__kept_when_it_comes_to_it_body()
{
	mkdir sieve
	echo 'require "include"; discard; include "me";' >sieve/me.sieve
	letter
	for name in me none; do
		rm -rf box
		printf 'require "include";\ndiscard;\ninclude "%s";' $name |
		    script
		delivered
		kept
		logged sieve_error=
		rm -rf box
		printf 'require "include"; if header "x" "y" {
		    include "%s"; } discard;' $name | script
		delivered
		holds '' 0
	done
}

atf_test_case script__wrong__kept
script__wrong__kept_body()
{
	printf 'if true {\n\tfileinto "A";\n}\n' | script
	letter
	delivered
	kept
	logged 'sieve_error="[^ ]*/.mda.sieve:2:2: .*require'
}

atf_test_case script__run_fails__kept
script__run_fails__kept_body()
{
	printf 'require "ihave"; discard; error "no more";' | script
	letter
	delivered
	kept
	logged 'sieve_error=".*no more'
}

# Whoever can write a script can send anybody's mail elsewhere.
atf_test_case script__others_may_write__kept
script__others_may_write__kept_body()
{
	echo 'discard;' | script
	letter
	for mode in 620 602 666; do
		rm -rf box
		chmod $mode .mda.sieve
		delivered
		kept
		logged 'sieve_error="script-mode: '
	done
	rm -rf box .mda.sieve
	mkdir .mda.sieve
	delivered
	kept
	logged 'sieve_error="script-kind: '
}

atf_test_case script__of_another__kept
script__of_another__kept_head()
{
	atf_set require.user root
}
script__of_another__kept_body()
{
	echo 'discard;' | script
	chown 4321 .mda.sieve
	letter
	run_mda -o root_mail=yes || atf_fail "exit status $?"
	kept
	logged 'sieve_error="script-owner: '
}

atf_test_case spamtest__number__scaled
spamtest__number__scaled_body()
{
	script <<-'EOF'
	require ["spamtest", "relational", "comparator-i;ascii-numeric",
	    "virustest"];
	if anyof(spamtest :value "ge" :comparator "i;ascii-numeric" "5",
	    virustest :value "eq" :comparator "i;ascii-numeric" "5") {
		discard;
	}
	EOF
	letter 'X-Spam-Score: 9.1'
	delivered
	holds '' 1
	delivered -o sieve_spam_type=number -o sieve_spam_maximum=10 \
	    -o sieve_spam_status=X-Spam-Score
	logged status=discarded
	letter 'X-Virus: Infected'
	delivered -o sieve_virus_type=text -o sieve_virus_status=X-Virus \
	    -o 'sieve_virus_texts=1=Clean 5=Infected'
	logged status=discarded
}

atf_test_case sandbox__required__all_of_it_works
sandbox__required__all_of_it_works_body()
{
	for answer in LANDLOCK SECCOMP PRCTL_NO_NEW_PRIVS; do
		grep -q "HAVE_$answer 1" "$BUILDDIR/config.h" ||
		    atf_skip "no $answer"
	done
	make_sendmail
	script <<-'EOF'
	require ["fileinto", "mailbox", "duplicate", "vacation", "copy",
	    "imap4flags", "date"];
	if duplicate { discard; }
	if currentdate :is "year" "1990" { discard; }
	fileinto :create :flags "\\Seen" "A";
	redirect :copy "other@example.com";
	vacation "I am away";
	EOF
	letter
	delivered -o sandbox=require
	holds .A 1
	logged redirects=1 answer=sent
	not_logged error
}

atf_test_case explain__script__shown
explain__script__shown_body()
{
	atf_check -o match:'scripts .*/.mda.sieve: not there' \
	    "$MDA" -n -o mailbox=maildir:%h/box
	echo 'keep;' | script
	atf_check -o match:'scripts .*/.mda.sieve$' \
	    "$MDA" -n -o mailbox=maildir:%h/box
	echo 'keep' | script
	atf_check -o match:'! .*mda.sieve:[0-9]*:.*messages are kept' \
	    "$MDA" -n -o mailbox=maildir:%h/box
	chmod 666 .mda.sieve
	atf_check -o match:'! others may write the script .*are kept' \
	    "$MDA" -n -o mailbox=maildir:%h/box
	atf_check -o match:'"state": "refused"' -o match:'"sieve-script"' \
	    "$MDA" -n --json -o mailbox=maildir:%h/box
}

atf_test_case delegated__roots_order__account_runs_it
delegated__roots_order__account_runs_it_head()
{
	atf_set require.user root
}
delegated__roots_order__account_runs_it_body()
{
	user=nobody
	chmod 755 .
	mkdir home
	chown "$user" home
	make_sendmail
	cat >sendmail <<-EOF
	#!/bin/sh
	{ id -un; echo "\$HOME"; } >$PWD/home/ran
	cat >/dev/null
	EOF
	printf 'redirect "other@example.com";' >home/.mda.sieve
	letter
	"$MDA" -d "$user" -o log=none -o "log_file=$PWD/log" -m "$PWD/home/box/" \
	    -o home_check=no -o "sieve=$PWD/home/.mda.sieve" \
	    -o "sendmail_path=$PWD/sendmail" <msg || atf_fail "status $?"
	atf_check -o match:"^$user\$" cat home/ran
}

atf_init_test_cases()
{
	atf_add_test_case no_script__delivered__log_says_nothing
	atf_add_test_case keep__implicit__delivered
	atf_add_test_case fileinto__folder_there__only_there
	atf_add_test_case fileinto__slash_and_inbox__same_folder
	atf_add_test_case fileinto__not_ascii__modified_utf_7
	atf_add_test_case fileinto__folder_missing__kept
	atf_add_test_case fileinto__create__folder_made
	atf_add_test_case fileinto__no_folder_name__kept
	atf_add_test_case fileinto__mbox__kept
	atf_add_test_case several__same_bytes__one_file
	atf_add_test_case flags__known__in_cur
	atf_add_test_case mailboxexists__no_right_to_store__no
	atf_add_test_case discard__alone__nothing_stored
	atf_add_test_case header_edited__stored__body_as_it_was
	atf_add_test_case header_edited__folder_of_two_names__both_there
	atf_add_test_case long_message__script__all_of_it
	atf_add_test_case body__behind_memory__found
	atf_add_test_case body__behind_the_limit__not_seen
	atf_add_test_case long_message__mbox__all_of_it
	atf_add_test_case reject__reason__77_and_nothing_stored
	atf_add_test_case reject__not_ascii__each_character
	atf_add_test_case reject__long_reason__all_of_it
	atf_add_test_case reject__giant_reason__cut_with_dots
	atf_add_test_case redirect__sent__not_kept
	atf_add_test_case redirect__null_sender__brackets
	atf_add_test_case redirect__long_message__all_of_it
	atf_add_test_case redirect__told_to_stop_behind_it__sent_once_and_0
	atf_add_test_case redirect__sigchld_ignored_by_the_caller__sent
	atf_add_test_case redirect__sendmail_fails__kept
	atf_add_test_case redirect__sendmail_fails__mbox_keeps
	atf_add_test_case redirect__came_round__kept
	atf_add_test_case redirect__thirty_received__kept
	atf_add_test_case redirect__too_many__kept
	atf_add_test_case vacation__first_and_second__answered_once
	atf_add_test_case vacation__seconds__at_least_the_minimum
	atf_add_test_case vacation__list__no_answer
	atf_add_test_case vacation__no_state__no_answer
	atf_add_test_case vacation__sendmail_fails__not_remembered
	atf_add_test_case duplicate__second__discarded
	atf_add_test_case duplicate__no_state__kept
	atf_add_test_case before_and_after__in_order__each_runs
	atf_add_test_case before__discards__users_not_run
	atf_add_test_case users__wrong__before_still_counts
	atf_add_test_case include__personal__run
	atf_add_test_case include__longest_name__run
	atf_add_test_case include__missing_or_circle__kept_when_it_comes_to_it
	atf_add_test_case script__wrong__kept
	atf_add_test_case script__run_fails__kept
	atf_add_test_case script__others_may_write__kept
	atf_add_test_case script__of_another__kept
	atf_add_test_case spamtest__number__scaled
	atf_add_test_case sandbox__required__all_of_it_works
	atf_add_test_case explain__script__shown
	atf_add_test_case delegated__roots_order__account_runs_it
}
