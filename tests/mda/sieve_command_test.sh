# mda-sieve: what it says of scripts, and what they would do.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2154
. "$SRCDIR/tests/support/sieve.sh"

sieve=$BUILDDIR/mda/mda-sieve

atf_test_case check__right__silent
check__right__silent_body()
{
	echo 'keep;' >one
	echo 'require "fileinto"; fileinto "A";' >two
	atf_check "$sieve" check one two
}

atf_test_case check__wrong__all_errors_with_their_place
check__wrong__all_errors_with_their_place_body()
{
	printf 'keep;\nfileinto "A";\nif tru {\n}\n' >one
	echo 'keep;' >two
	atf_check -s exit:65 -e match:'^one:2:1: error: .*require' \
	    -e match:'^one:3:4: error: ' "$sieve" check one two
}

atf_test_case check__included__found_and_checked
check__included__found_and_checked_body()
{
	mkdir sieve global
	echo 'keep;' >sieve/mine.sieve
	echo 'keep' >global/theirs
	printf 'require "include"; include "mine"; include :global "theirs";' \
	    >one
	atf_check -s exit:65 -e match:'theirs:' \
	    "$sieve" check -o "sieve_global=$PWD/global" one
	echo 'keep;' >global/theirs
	atf_check "$sieve" check -o "sieve_global=$PWD/global" one
}

atf_test_case check__include_that_would_fail__warned_of
check__include_that_would_fail__warned_of_body()
{
	mkdir sieve
	echo 'require "include"; include "me";' >sieve/me.sieve
	printf 'require "include";\ninclude "me";\ninclude "none";' >one
	printf '%s\n' \
	    'me:1:20: warning: the personal script "me" includes itself' \
	    'one:3:1: warning: there is no personal script "none" to include; write ":optional" when it may be missing' \
	    >wanted
	atf_check -e file:wanted "$sieve" check one
}

atf_test_case check__cannot_be_used__66
check__cannot_be_used__66_body()
{
	atf_check -s exit:66 -e match:'cannot read the script one' \
	    "$sieve" check one
	echo 'keep;' >one
	chmod 666 one
	atf_check -s exit:66 -e match:'others may write the script one' \
	    "$sieve" check one
}

atf_test_case test__messages__actions_and_lines
test__messages__actions_and_lines_body()
{
	cat >one <<-'EOF'
	require ["fileinto", "reject", "imap4flags", "editheader"];
	if header :is "subject" "a" {
	  fileinto :flags "\\Seen" "A";
	} elsif header :is "subject" "b" {
	  reject "no\"body";
	} else {
	  addheader "X-A" "b";
	}
	EOF
	for subject in a b c; do
		printf 'Subject: %s\n\nhello\n' $subject >$subject
	done
	cat >wanted <<-'EOF'
	a:
	  fileinto "A" flags \Seen  (one:3)
	b:
	  reject "no\"body"  (one:5)
	-:
	  keep, with the header changed  (implicit)
	EOF
	"$sieve" test one a b - <c >got || atf_fail "status $?"
	atf_check diff wanted got
	atf_check -o match:'^-:$' -o match:'fileinto "A"' "$sieve" test one <a
}

atf_test_case test__envelope__as_the_options_say
test__envelope__as_the_options_say_body()
{
	cat >one <<-'EOF'
	require ["envelope", "subaddress"];
	if allof(envelope :detail "to" "x", envelope "from" "") { discard; }
	EOF
	letter
	atf_check -o match:' discard ' "$sieve" test -a me+x@a.example -f '' \
	    one msg
	atf_check -o match:' keep ' "$sieve" test -a me+y@a.example -f '' \
	    one msg
	{ echo 'From friend@example.org Thu Jan  1 00:00:00 1970'; cat msg; } \
	    >from
	echo 'require "envelope"; if envelope "from" "friend@example.org" {
	    discard; }' >one
	atf_check -o match:' discard ' "$sieve" test one from
}

atf_test_case test__run_fails__65_and_a_keep
test__run_fails__65_and_a_keep_body()
{
	printf 'require "ihave";\nerror "no more";\n' >one
	letter
	atf_check -s exit:65 -o match:'^  keep  .implicit.$' \
	    -e match:'^one:2:1: error: .*no more' "$sieve" test one msg
	atf_check -s exit:66 -e match:'cannot read the message none' \
	    "$sieve" test one none
}

atf_test_case test__anything__nothing_is_stored
test__anything__nothing_is_stored_body()
{
	make_sendmail
	cat >one <<-'EOF'
	require ["fileinto", "mailbox", "vacation", "duplicate"];
	if duplicate { discard; }
	fileinto :create "A";
	redirect "other@example.com";
	vacation "away";
	EOF
	letter
	find . ! -name before ! -name after | sort >before
	atf_check -o match:redirect -o match:vacation "$sieve" test \
	    -o "sendmail_path=$PWD/sendmail" -f friend@example.org \
	    -a me@example.net one msg
	find . ! -name before ! -name after | sort >after
	atf_check diff before after
}

atf_test_case arguments__wrong__64
arguments__wrong__64_body()
{
	for arguments in '' check test 'try one' 'check -x one' 'test -f' \
	    'check -o'; do
		# shellcheck disable=SC2086
		atf_check -s exit:64 -e match:'^usage: mda-sieve check' \
		    "$sieve" $arguments
	done
	atf_check -o match:'^usage: ' "$sieve" --help
	atf_check -o match:'^mda-sieve [0-9]' "$sieve" --version
	echo 'keep;' >one
	atf_check -s exit:78 -e match:'unknown setting' \
	    "$sieve" check -o no_such=1 one
}

atf_init_test_cases()
{
	atf_add_test_case check__right__silent
	atf_add_test_case check__wrong__all_errors_with_their_place
	atf_add_test_case check__included__found_and_checked
	atf_add_test_case check__include_that_would_fail__warned_of
	atf_add_test_case check__cannot_be_used__66
	atf_add_test_case test__messages__actions_and_lines
	atf_add_test_case test__envelope__as_the_options_say
	atf_add_test_case test__run_fails__65_and_a_keep
	atf_add_test_case test__anything__nothing_is_stored
	atf_add_test_case arguments__wrong__64
}
