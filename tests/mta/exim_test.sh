# Exim delivers through mda, by a pipe transport.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2034,SC2154
layer=exim
. "$SRCDIR/tests/support/mta.sh"
. "$SRCDIR/tests/support/mta_cases.sh"
. "$SRCDIR/tests/support/mta_exim.sh"

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

# The manual's limit of time is over, here after two seconds. Exim kills what
# it has started.
hang()
{
	sed -i 's/^  timeout = .*/  timeout = 2s/' "$root/etc/exim4/exim4.conf"
	use_mda 'exec sleep 60'
	submit hung 1
	outcome
}

atf_test_case pipe__timeout_over__deferred_then_one_copy
pipe__timeout_over__deferred_then_one_copy_head()
{
	needs_root
}
pipe__timeout_over__deferred_then_one_copy_body()
{
	start_exim
	serve
	hang
	add_row "$sender" hung "$outcome"
	atf_check_equal deferred "$outcome"
	atf_check -o ignore grep 'timed out' "$server_log"
	use_mda
	wait_until idle_after_trying
	expect_mail hung "$maildir"
}

atf_test_case pipe__timeout_over_without_timeout_defer__returned
pipe__timeout_over_without_timeout_defer__returned_head()
{
	needs_root
}
pipe__timeout_over_without_timeout_defer__returned_body()
{
	trap_without timeout_defer
	hang
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
	usual_cases pipe 'start_exim; serve'
	atf_add_test_case pipe__unknown_user__refused
	atf_add_test_case pipe__killed_without_freeze_signal__returned
	atf_add_test_case pipe__timeout_over__deferred_then_one_copy
	atf_add_test_case pipe__timeout_over_without_timeout_defer__returned
	atf_add_test_case pipe__extension__found_by_mda
}
