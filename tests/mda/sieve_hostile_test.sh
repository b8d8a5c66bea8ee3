# Scripts and messages that were made to do harm end in a keep, and soon; the
# process that runs them can do nothing else.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2016,SC2154
. "$SRCDIR/tests/support/sieve.sh"

# kept_soon [OPTION ...] - within two seconds of a processor the message is
# kept. The machine may be busy: the clock on the wall says nothing.
kept_soon()
{
	rm -rf box
	delivered "$@"
	[ -z "${MDA_SANITIZER-}" ] || return 0
	children=$(times | sed -n '2s/m/ /gp' | sed 's/s//g')
	spent=$(echo "$children" | awk '{ print $1*60 + $2 + $3*60 + $4 }')
	awk -v now="$spent" -v then="${before-0}" \
	    'BEGIN { exit now - then > 2.0 }' ||
	    atf_fail "it took from ${before-0} to $spent seconds"
	before=$spent
}

atf_test_case regex__exponential__kept
regex__exponential__kept_body()
{
	letter "Subject: $(printf 'a%.0s' $(seq 600))"
	for regex in '(a+)+$b' '(a|a?)+$b' '(.*)(.*)(.*)(.*)(.*)(.*)zz$' \
	    '((((a*)*)*)*)*b' '(a?){40}a{40}b'; do
		printf 'require "regex"; if header :regex "subject" "%s"
		    { discard; }' "$regex" | script
		kept_soon
		kept
	done
	for regex in '^(.*)(.*)\\1\\2zz$' '((a{1,100}){1,100}){1,100}'; do
		printf 'require "regex"; if header :regex "subject" "%s"
		    { discard; }' "$regex" | script
		kept_soon
		kept
		logged sieve_error=
	done
}

atf_test_case matches__many_stars__kept
matches__many_stars__kept_body()
{
	letter "Subject: $(printf 'a%.0s' $(seq 900))"
	printf 'if header :matches "subject"
	    "*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b" { discard; }' | script
	kept_soon
	kept
	not_logged sieve_error
}

atf_test_case nesting__deep__kept
nesting__deep__kept_body()
{
	letter
	awk 'BEGIN {
		for (i = 0; i < 100000; i++) printf "if true { "
		printf "discard;"
		for (i = 0; i < 100000; i++) printf " }"
	}' | script
	kept_soon
	kept
	logged sieve_error=
	awk 'BEGIN {
		printf "if "
		for (i = 0; i < 100000; i++) printf "not "
		printf "false { discard; }"
	}' | script
	kept_soon
	kept
	logged sieve_error=
	{ printf 'if header "a" '; yes '(["' | head -n 50000; } | script
	kept_soon
	kept
	logged sieve_error=
}

atf_test_case variables__growing__cut_and_kept
variables__growing__cut_and_kept_body()
{
	letter
	{
		echo 'require ["variables", "fileinto"]; set "a" "aaaaaaaa";'
		i=0
		while [ $i -lt 2000 ]; do
			echo 'set "a" "${a}${a}${a}${a}${a}${a}${a}${a}";'
			i=$((i + 1))
		done
	} | script
	kept_soon
	kept
	awk 'BEGIN {
		print "require \"variables\";"
		for (i = 0; i < 5000; i++)
			printf "set \"v%d\" \"x\";\n", i
		print "discard;"
	}' | script
	kept_soon
	kept
	logged sieve_error=
}

atf_test_case includes__in_a_circle__kept
includes__in_a_circle__kept_body()
{
	mkdir sieve
	letter
	printf 'require "include"; include "b";' >sieve/a
	printf 'require "include"; include "a"; discard;' >sieve/b
	printf 'require "include"; include "a"; discard;' | script
	kept_soon
	kept
	logged sieve_error=
	i=0
	while [ $i -lt 300 ]; do
		printf 'require "include"; include "c%d"; include "c%d";' \
		    $((i + 1)) $((i + 1)) >sieve/c$i
		i=$((i + 1))
	done
	printf 'require "include"; include "c0"; discard;' | script
	kept_soon
	kept
	logged sieve_error=
}

atf_test_case header__ten_megabytes__kept
header__ten_megabytes__kept_body()
{
	script <<-'EOF'
	require ["variables", "regex", "editheader"];
	if header :contains "x-none" "nothing" { discard; }
	if header :matches "subject" "*z*z*z" { discard; }
	if address :regex "to" "nobody@nowhere" { discard; }
	if header :matches "subject" "*" { set "all" "${1}"; }
	addheader "X-All" "a"; deleteheader "X-All"; deleteheader "X-None";
	EOF
	{
		echo 'Message-ID: <1@example.org>'
		printf 'Subject: '
		head -c 10000000 /dev/zero | tr '\0' a
		echo
		awk 'BEGIN { for (i = 0; i < 100000; i++)
			printf "To: a%d@example.org, <b@c>, \"d\" <e@f>\n", i }'
		printf '\nhello\n'
	} >msg
	kept_soon
	kept
	kept_soon -o spool_memory=16M
	kept
}

# Nobody who writes to the user can make a script of no effect: what is too much
# for an answer, or for what is remembered, costs that alone.
atf_test_case plan__fields_too_long_or_with_controls__script_still_decides
plan__fields_too_long_or_with_controls__script_still_decides_body()
{
	make_sendmail
	script <<-'EOF'
	require ["vacation", "duplicate", "fileinto", "mailbox"];
	vacation "I am away";
	if duplicate { discard; stop; }
	fileinto :create "A";
	EOF
	long=$(printf 'a%.0s' $(seq 100000))
	for field in "$(printf 'Subject: a\177b')" \
	    'Subject: =?utf-8?Q?a=7F=00=1Bb?=' \
	    "$(printf 'Message-ID: <a\177\001b@c>')" \
	    "Message-ID: <$long@example.org>" "Subject: $long" \
	    "References: <$long@example.org>" \
	    "To: me+$long@example.net, me@example.net" \
	    "From: $(printf '\177')<friend@example.org>"; do
		letter
		{ echo "$field"; cat msg; } >new
		mv new msg
		rm -rf box log .local
		delivered
		holds .A 1
		not_logged sieve_error
	done
	{
		printf 'Message-ID: <'
		head -c 2000000 /dev/zero | tr '\0' a
		printf '>\nReferences:'
		awk 'BEGIN { for (i = 0; i < 300000; i++) printf " <%d@x>", i }'
		printf '\nTo: me@example.net\n\nhello\n'
	} >msg
	rm -rf box log
	delivered -o spool_memory=16M
	holds .A 1
	not_logged sieve_error
}

atf_test_case reject__reason_of_megabytes__refused
reject__reason_of_megabytes__refused_body()
{
	script <<-'EOF'
	require ["reject", "variables"];
	if header :matches "subject" "*" { reject "not this: ${1}"; }
	EOF
	{
		printf 'Subject: '
		head -c 2000000 /dev/zero | tr '\0' a
		printf '\n\nhello\n'
	} >msg
	status=0
	run_mda -o spool_memory=16M >said 2>&1 || status=$?
	[ "$status" -eq 77 ] || atf_fail "exit status $status: $(cat said)"
	grep -q 'not this:' said || atf_fail 'the reason is missing'
}

# As with a home far down.
atf_test_case script__long_path__decides
script__long_path__decides_body()
{
	folder=$(printf 'd%.0s' $(seq 200))/$(printf 'e%.0s' $(seq 200))
	mkdir -p "$folder"
	echo 'discard;' >"$folder/script"
	chmod 600 "$folder/script"
	letter
	rm -rf box
	delivered -o "sieve=%h/$folder/script"
	holds '' 0
	not_logged sieve_error
}

atf_test_case mime__bomb__kept
mime__bomb__kept_body()
{
	script <<-'EOF'
	require "body";
	if body :text :contains "nothing of the kind" { discard; }
	if body :content "text" :contains "nothing of the kind" { discard; }
	if body :raw :contains "nothing of the kind" { discard; }
	EOF
	{
		echo 'Message-ID: <1@example.org>'
		awk 'BEGIN {
			for (i = 0; i < 20000; i++)
				printf "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i
		}'
	} >msg
	kept_soon -o spool_memory=16M
	kept
	{
		printf 'Content-Type: multipart/mixed; boundary=b\n\n'
		yes -- '--b
Content-Type: text/html
Content-Transfer-Encoding: base64

PGI+PGI+PGI+PGI+PGI+PGI+PGI+' | head -n 400000
	} >msg
	kept_soon -o spool_memory=16M
	kept
}

# As much as scripts look at, from a file, in a million lines and parts.
atf_test_case body__behind_memory__kept
body__behind_memory__kept_body()
{
	script <<-'EOF'
	require ["body", "regex"];
	if body :text :contains "nothing of the kind" { discard; }
	if body :content "text" :matches "*n*o*t*h*i*n*g*!" { discard; }
	if body :text :regex "(n|no)+(t|h)*ing of the k[i]+nd" { discard; }
	EOF
	{
		printf 'Content-Type: multipart/mixed; boundary=b\n\n'
		yes -- '--b
Content-Type: text/html; charset=iso-8859-15
Content-Transfer-Encoding: base64

PGI+bm90aGluZzxiPjxiPjxiPjxi' | head -n 1100000
	} >msg
	[ "$(wc -c <msg)" -gt 17000000 ] || atf_fail 'the message is too short'
	kept_soon
	kept
	{
		printf 'Content-Type: text/html\n\n'
		yes '<b>nothing of <!-- <p> &amp; nothing </b' |
		    head -c 18000000 | tr -d '\n'
		echo
	} >msg
	kept_soon
	kept
}

atf_test_case script__too_large__kept
script__too_large__kept_body()
{
	letter
	{ echo 'discard;'; head -c 1100000 /dev/zero | tr '\0' ' '; } | script
	kept_soon
	kept
	logged sieve_error=\"script-size
	head -c 1000000 /dev/zero | script
	kept_soon
	kept
	logged sieve_error=
}

# ---- The process -----------------------------------------------------------

# trace [OPTION ...] - deliver, with all system calls of all processes in
# files trace.PID; gives child, the file of the process that ran the script.
trace()
{
	rm -rf box trace.*
	strace -ff -o trace "$MDA" -o log=none \
	    -o "log_file=$PWD/log" -o mailbox=maildir:%h/box \
	    -o delivered_to=never -o return_path=never \
	    -a me@example.net "$@" <msg >said 2>&1 ||
	    atf_fail "exit status $?: $(cat said)"
	child=$(grep -L '^execve' trace.* | head -n 1)
	[ -n "$child" ] || atf_fail 'no process for the script'
}

needs_seccomp()
{
	grep -q 'HAVE_SECCOMP 1' "$BUILDDIR/config.h" || atf_skip 'no seccomp'
	not_sanitized
}

atf_test_case child__traced__only_computes
child__traced__only_computes_head()
{
	atf_set require.progs strace
}
child__traced__only_computes_body()
{
	needs_seccomp
	script <<-'EOF'
	require ["fileinto", "mailbox", "regex", "date", "body", "editheader"];
	if not mailboxexists "A" { fileinto :create "A"; }
	if currentdate :is "year" "1990" { discard; }
	if header :regex "subject" "^(a|b)+$" { stop; }
	if body :text :contains "nothing" { stop; }
	addheader "X-A" "b";
	EOF
	letter 'Subject: =?iso-2022-jp?B?GyRCRnxLXBsoQg==?='
	trace
	sed -n '/^seccomp(SECCOMP_SET_MODE_FILTER/,$p' "$child" >behind
	atf_check -o ignore grep '^read(3' behind
	sed -e 1d -e '/^[a-z_0-9]*(/!d' -e 's/(.*//' behind | sort -u >calls
	printf '%s\n' brk exit_group mmap mremap munmap read write writev \
	    >allowed
	atf_check -o empty comm -23 calls allowed
	# Not a byte of the message came before.
	sed '/^seccomp(SECCOMP_SET_MODE_FILTER/,$d' "$child" |
	    grep '^read(3' >early
	atf_check -s exit:1 grep -e hello -e friend early
	holds .A 1
}

# kill_process WHICH NUMBER - in a delivery, at that call of that process; gives
# calls, and was_killed.
kill_process()
{
	rm -rf box log
	status=0
	python3 "$SRCDIR/tests/support/sieve_kill.py" "$@" "$MDA" \
	    -o log=none -o "log_file=$PWD/log" -o mailbox=maildir:%h/box \
	    -o delivered_to=never -o return_path=never -a me@example.net \
	    -f friend@example.org -o "sendmail_path=$PWD/sendmail" <msg ||
	    status=$?
	[ "$status" -eq 0 ] || atf_fail "call $2: exit status $status"
	read -r calls was_killed <killed
}

# Once it has said all, nothing depends on it.
atf_test_case child__killed_at_each_call__kept
child__killed_at_each_call__kept_head()
{
	atf_set require.progs python3
}
child__killed_at_each_call__kept_body()
{
	not_sanitized
	not_emulated 'its calls are what is seen'
	script <<-'EOF'
	require ["fileinto", "mailbox"];
	if not mailboxexists "A" { fileinto :create "A"; }
	EOF
	letter
	number=1
	while kill_process 1 $number; [ "$was_killed" = yes ]; do
		if grep -q sieve=fileinto log; then
			holds .A 1
			holds '' 0
		else
			kept
			logged 'sieve_error="the process of the scripts'
		fi
		number=$((number + 1))
	done
	[ "$number" -gt 30 ] || atf_fail "only $number cases"
	holds .A 1
}

# The message is on its way out by then: at worst it is kept as well.
atf_test_case mailer__killed_at_each_call__kept_or_sent
mailer__killed_at_each_call__kept_or_sent_head()
{
	atf_set require.progs python3
}
mailer__killed_at_each_call__kept_or_sent_body()
{
	not_sanitized
	not_emulated 'its calls are what is seen'
	make_sendmail
	echo 'redirect "other@example.com";' | script
	letter
	{ echo 'X-Sieve-Redirected-From: me@example.net'; cat msg; } >wanted
	number=1
	while kill_process 2 $number; [ "$was_killed" = yes ]; do
		if grep -q status=redirected log; then
			atf_check cmp wanted sent.mail
		else
			kept
			logged 'mail_error="mailer: '
		fi
		rm -f sent.mail
		number=$((number + 1))
	done
	[ "$number" -gt 30 ] || atf_fail "only $number cases"
	logged status=redirected
}

atf_init_test_cases()
{
	atf_add_test_case regex__exponential__kept
	atf_add_test_case matches__many_stars__kept
	atf_add_test_case nesting__deep__kept
	atf_add_test_case variables__growing__cut_and_kept
	atf_add_test_case includes__in_a_circle__kept
	atf_add_test_case header__ten_megabytes__kept
	atf_add_test_case \
	    plan__fields_too_long_or_with_controls__script_still_decides
	atf_add_test_case reject__reason_of_megabytes__refused
	atf_add_test_case script__long_path__decides
	atf_add_test_case mime__bomb__kept
	atf_add_test_case body__behind_memory__kept
	atf_add_test_case script__too_large__kept
	atf_add_test_case child__traced__only_computes
	atf_add_test_case child__killed_at_each_call__kept
	atf_add_test_case mailer__killed_at_each_call__kept_or_sent
}
