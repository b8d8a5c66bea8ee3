# Exim delivers through mda, by a pipe transport.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2034,SC2154
layer=exim
. "$SRCDIR/tests/support/mta.sh"
. "$SRCDIR/tests/support/mta_cases.sh"

asks_user_database=no

# start_exim - with what the manual gives, and as little else as can be.
start_exim()
{
	mta_start
	sender='Exim pipe'
	server_log=$root/var/log/exim4/mainlog
	{
		cat <<-'END'
			primary_hostname = mail.example.org
			domainlist local_domains = example.org : example.net
			acl_smtp_rcpt = rcpt
			rfc1413_query_timeout = 0s
			local_interfaces = 127.0.0.1
		END
		from_manual exim-main
		cat <<-'END'
			begin acl
			rcpt:
			  require verify = recipient
			  accept
			begin routers
		END
		from_manual exim-router
		echo 'begin transports'
		from_manual exim-transport
		printf '%s\n' 'begin retry' '* * F,2h,1h; F,4d,6h'
	} >"$root/etc/exim4/exim4.conf"
}

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

atf_test_case pipe__fifty_messages__whole_in_maildir
pipe__fifty_messages__whole_in_maildir_head()
{
	needs_root
}
pipe__fifty_messages__whole_in_maildir_body()
{
	start_exim
	serve
	serve
	fifty_maildir
}

atf_test_case pipe__fifty_messages__whole_in_mbox
pipe__fifty_messages__whole_in_mbox_head()
{
	needs_root
}
pipe__fifty_messages__whole_in_mbox_body()
{
	start_exim
	serve
	fifty_mbox
}

atf_test_case pipe__each_fault__deferred_then_one_copy
pipe__each_fault__deferred_then_one_copy_head()
{
	needs_root
}
pipe__each_fault__deferred_then_one_copy_body()
{
	start_exim
	serve
	each_fault
}

atf_test_case pipe__unknown_user__refused
pipe__unknown_user__refused_head()
{
	needs_root
}
pipe__unknown_user__refused_body()
{
	start_exim
	serve
	unknown_user_refused Unrouteable
}

# A line of the manual is left out, and its trap snaps.
trap_without()
{
	start_exim
	sed -i "/^  $1/d" "$root/etc/exim4/exim4.conf"
	serve
}

atf_test_case pipe__killed_without_freeze_signal__returned
pipe__killed_without_freeze_signal__returned_head()
{
	needs_root
}
pipe__killed_without_freeze_signal__returned_body()
{
	trap_without freeze_signal
	with_fault 'write:1:SIGKILL'
	submit killed 1
	outcome
	atf_check_equal bounced "$outcome"
}

atf_test_case pipe__extension__found_by_mda
pipe__extension__found_by_mda_head()
{
	needs_root
}
pipe__extension__found_by_mda_body()
{
	start_exim
	serve
	base_settings='detail_folder = create'
	use_settings
	rcpt=alice+lists@example.org
	submit lists 1
	wait_until idle_after_trying
	expect_mail lists "$maildir/.lists"
}

atf_init_test_cases()
{
	atf_add_test_case pipe__fifty_messages__whole_in_maildir
	atf_add_test_case pipe__fifty_messages__whole_in_mbox
	atf_add_test_case pipe__each_fault__deferred_then_one_copy
	atf_add_test_case pipe__unknown_user__refused
	atf_add_test_case pipe__killed_without_freeze_signal__returned
	atf_add_test_case pipe__extension__found_by_mda
}
