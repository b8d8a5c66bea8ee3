# mta_sendmail.sh - what the tests of sendmail share. Needs mta_cases.sh.

# shellcheck disable=SC2034,SC2154 # others read and set them
# start_sendmail KEY - with these lines of the manual; no name server is asked,
# and no load is too high.
start_sendmail()
{
	server_log=$syslog
	{
		cat <<-'END'
			include(`/usr/share/sendmail/cf/m4/cf.m4')
			OSTYPE(`debian')
			define(`confSERVICE_SWITCH_FILE', `/mail/switch')
			define(`confQUEUE_LA', `1000')
			define(`confREFUSE_LA', `1000')
			define(`confDELAY_LA', `1000')
			define(`confTO_IDENT', `0')
			FEATURE(`no_default_msa')
			FEATURE(`accept_unresolvable_domains')
			DAEMON_OPTIONS(`Name=MTA, Addr=127.0.0.1, Port=smtp')
			LOCAL_DOMAIN(`example.org')
		END
		from_manual "$1"
		printf 'MAILER(`%s'"')\\n" local smtp
	} >"$root/mail/sendmail.mc"
	echo 'hosts files' >"$root/mail/switch"
	in_root m4 /mail/sendmail.mc >"$root/etc/mail/sendmail.cf" ||
	    atf_fail 'm4 fails'
	# On an overlay it does not trust the files of its queue.
	mount -t tmpfs tmpfs "$root/var/spool/mqueue" || atf_fail 'no tmpfs'
	in_root sendmail -bd </dev/null >"$root/mail/start" 2>&1 || {
		cat "$root/mail/start"
		atf_fail 'sendmail does not start'
	}
}

submit()
{
	: >"$server_log"
	send_mail "$1" "$2"
}

outcome()
{
	wait_until grep " to=<$rcpt>.* dsn=" "$server_log"
	case $(grep -m 1 " to=<$rcpt>.* dsn=" "$server_log") in
	*dsn=2.*) outcome=delivered ;;
	*dsn=4.*) outcome=deferred ;;
	*)	outcome=bounced ;;
	esac
}

come_again()
{
	in_root sendmail -q -v </dev/null
}

is_idle()
{
	! in_root ls /var/spool/mqueue | grep -q '^[a-zA-Z]f'
}
