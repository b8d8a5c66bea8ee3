# sendmail delivers through mda, as its local mailer, which root runs.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2034,SC2154
layer=sendmail
. "$SRCDIR/tests/support/mta.sh"
. "$SRCDIR/tests/support/mta_cases.sh"

asks_user_database=yes

# start_sendmail - with what the manual gives; no name server is asked, and
# no load is too high.
start_sendmail()
{
	mta_start
	sender='sendmail local'
	null_path='<MAILER-DAEMON>' # as sendmail writes it
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
		from_manual sendmail-feature
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

atf_test_case local__unknown_user__refused_with_5_1_1
local__unknown_user__refused_with_5_1_1_head()
{
	needs_root
}
local__unknown_user__refused_with_5_1_1_body()
{
	start_sendmail
	unknown_user_refused
}

atf_test_case local__extension__found_by_mda
local__extension__found_by_mda_head()
{
	needs_root
}
local__extension__found_by_mda_body()
{
	start_sendmail
	base_settings='detail_folder = create'
	use_settings
	rcpt=alice+lists@example.org
	submit lists 1
	wait_until idle_after_trying
	expect_mail lists "$maildir/.lists"
}

# ---- In the place of mail.local ------------------------------------------

# by_root PROGRAM ... - gives status.
by_root()
{
	status=0
	printf 'From: bob@example.net\n\nthis is %s\n' "${1##*/}" |
	    in_root "$@" || status=$?
}

atf_test_case mail_local__spool__delivered_to_by_both
mail_local__spool__delivered_to_by_both_head()
{
	needs_root
}
mail_local__spool__delivered_to_by_both_body()
{
	mta_start
	use_settings "$(from_manual replace-spool-settings)"
	theirs=/usr/libexec/sendmail/mail.local
	for turn in 1 2; do
		by_root "$theirs" -f bob@example.net alice
		atf_check_equal 0 "$status"
		by_root mda -f bob@example.net -d alice
		atf_check_equal 0 "$status"
	done
	by_root "$theirs" -f bob@example.net nobody.here
	atf_check_equal 69 "$status"
	by_root mda -f bob@example.net -d nobody.here
	atf_check_equal 67 "$status"
	grep -A 1 '^$' "$root/var/mail/alice" | grep '^this is' >lines
	atf_check -o inline:\
'this is mail.local\nthis is mda\nthis is mail.local\nthis is mda\n' \
	    cat lines
	atf_check -o inline:'4\n' grep -c '^From bob@example.net ' \
	    "$root/var/mail/alice"
}

atf_init_test_cases()
{
	usual_cases local start_sendmail
	atf_add_test_case local__unknown_user__refused_with_5_1_1
	atf_add_test_case local__extension__found_by_mda
	atf_add_test_case mail_local__spool__delivered_to_by_both
}
