# mta_exim.sh - what the tests of Exim share. Needs mta_cases.sh.

serve()
{
	in_root exim4 -bd </dev/null >"$root/mail/start" 2>&1 || {
		cat "$root/mail/start"
		atf_fail 'Exim does not start'
	}
}

submit()
{
	: >"$server_log"
	chmod 666 "$server_log"
	send_mail "$1" "$2"
}

outcome()
{
	wait_until grep -E "^[^=]* (=>|==|\*\*) ${rcpt%@*}" "$server_log"
	case $(grep -m 1 -E "^[^=]* (=>|==|\*\*) ${rcpt%@*}" "$server_log") in
	*' => '*) outcome=delivered ;;
	*' == '*) outcome=deferred ;;
	*)	outcome=bounced ;;
	esac
}

# What is frozen too.
come_again()
{
	in_root exim4 -qff
}

is_idle()
{
	[ "$(in_root exim4 -bpc)" = 0 ]
}
