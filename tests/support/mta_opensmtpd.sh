# mta_opensmtpd.sh - what the tests of OpenSMTPD share. Needs mta_cases.sh.

serve()
{
	in_root smtpd </dev/null >"$root/mail/start" 2>&1 || {
		cat "$root/mail/start"
		atf_fail 'OpenSMTPD does not start'
	}
	wait_until in_root smtpctl show status
}

submit()
{
	: >"$server_log"
	send_mail "$1" "$2"
}

# Two versions write the result in two ways; "mda" and "mta" deliver.
outcome()
{
	tried="m[dt]a delivery .*to=<$rcpt>.* result="
	wait_until grep "$tried" "$server_log"
	case $(grep -m 1 "$tried" "$server_log") in
	*result=Ok*|*'result="Ok"'*) outcome=delivered ;;
	*result=TempFail*|*'result="TempFail"'*) outcome=deferred ;;
	*)	outcome=bounced ;;
	esac
}

come_again()
{
	in_root smtpctl schedule all
}

is_idle()
{
	[ -z "$(in_root smtpctl show queue)" ]
}
