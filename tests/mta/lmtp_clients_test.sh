# Programs of administrators hand mail to mda-lmtp: Python's smtplib, swaks.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2034,SC2154
layer=clients
program=mda-lmtp
. "$SRCDIR/tests/support/mta.sh"
. "$SRCDIR/tests/support/mta_cases.sh"
. "$SRCDIR/tests/support/mta_pipe.sh"

asks_user_database=yes
speaks_lmtp

start_python()
{
	start_piping 'Python smtplib'
	listen
}

hand_over()
{
	quietly python3 /usr/local/lib/mta_lmtp.py /run/mda/lmtp "$from" "$rcpt"
}

# swaks tells what the server said, and by its status only where. It takes the
# first dot off a line, and adds an empty one, so no fifty messages.
start_swaks()
{
	start_piping swaks
	sender_adds='\n'
	listen
	hand_over()
	{
		cat >"$root/mail/message"
		in_root timeout 60 swaks --protocol LMTP --socket /run/mda/lmtp \
		    --from "${from:-<>}" --to "$rcpt" --data @/mail/message \
		    >said 2>&1 </dev/null && return 0
		cat said >>"$server_log"
		! grep -q '^<\*\* 5' said || return 69
		return 75
	}
}

# refused - as an unknown user is.
refused()
{
	rcpt=nobody.here@example.org
	submit unknown 1
	outcome
	atf_check_equal bounced "$outcome"
	atf_check -o ignore grep '550.*5\.1\.1' "$server_log"
	add_row "$sender" 'unknown user' refused
}

atf_init_test_cases()
{
	usual_cases python start_python
	usual_case python__unknown_user__refused_with_5_1_1 start_python refused
	usual_case swaks__null_sender__no_address start_swaks null_sender
	usual_case swaks__each_fault__deferred_then_one_copy start_swaks \
	    each_fault
	usual_case swaks__unknown_user__refused_with_5_1_1 start_swaks refused
}
