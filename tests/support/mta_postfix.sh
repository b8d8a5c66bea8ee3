# mta_postfix.sh - what the tests of Postfix share. Needs mta_cases.sh.

# start_postfix MAIN_KEY [MASTER_KEY [LINE]] - with these lines of the manual,
# and a line more in main.cf.
start_postfix()
{
	server_log=$root/var/log/postfix.log
	etc=$root/etc/postfix
	cat >"$etc/main.cf" <<-'END'
		compatibility_level = 3.6
		myhostname = mail.example.org
		mydestination = example.org
		inet_interfaces = loopback-only
		inet_protocols = ipv4
		smtp_dns_support_level = disabled
		alias_maps =
		maillog_file = /var/log/postfix.log
		minimal_backoff_time = 1h
	END
	from_manual "$1" >>"$etc/main.cf"
	[ "$#" -eq 1 ] || from_manual "$2" >>"$etc/master.cf"
	echo "${3-}" >>"$etc/main.cf"
	in_root postconf -F '*/*/chroot=n' || atf_fail 'no postconf'
	in_root postfix start >"$root/mail/start" 2>&1 || {
		cat "$root/mail/start"
		atf_fail 'Postfix does not start'
	}
}

submit()
{
	: >"$server_log"
	send_mail "$1" "$2"
}

outcome()
{
	wait_until grep "to=<$rcpt>.* status=" "$server_log"
	case $(grep -m 1 "to=<$rcpt>.* status=" "$server_log") in
	*status=sent*)	outcome=delivered ;;
	*status=deferred*) outcome=deferred ;;
	*status=bounced*) outcome=bounced ;;
	*)	outcome=unknown ;;
	esac
}

come_again()
{
	in_root postqueue -f
}

is_idle()
{
	[ "$(in_root postqueue -p)" = 'Mail queue is empty' ]
}
