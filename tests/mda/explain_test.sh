# mda -n tells what would be done, and why, and changes nothing.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2154
. "$SRCDIR/tests/support/box.sh"

# plan STATUS OPTION ... - leaves what -n prints in "plan".
plan()
{
	wanted=$1
	shift
	atf_check -s "exit:$wanted" -o save:plan "$MDA" -n "$@"
	case $wanted in
	64|78)	;;
	*)	atf_check -o match:"^exit  *$wanted\$" tail -n 1 plan ;;
	esac
}

# tells TEXT ... - each of them stands in a line of the plan.
tells()
{
	for text do
		grep -q -F -e "$text" plan || {
			cat plan
			atf_fail "not told: $text"
		}
	done
}

atf_test_case settings__each__value_and_where_from
settings__each__value_and_where_from_body()
{
	make_box box
	printf 'log = none\ndeadline = 10\n' >settings
	plan 0 -c settings -o deadline=20 -m box/
	tells 'settings    settings'
	tr -s ' ' <plan >narrow
	atf_check -o inline:' create = mailbox (default)\n' \
	    grep '^ create =' narrow
	atf_check -o inline:' deadline = 20s (-o)\n' grep '^ deadline' narrow
	atf_check -o inline:' log = none (settings:1)\n' grep '^ log =' narrow
}

atf_test_case settings__file_missing__is_told
settings__file_missing__is_told_body()
{
	make_box box
	plan 0 -m box/
	atf_check -o match:'^settings .*mda\.conf' cat plan
}

atf_test_case account__self__uid_gid_home
account__self__uid_gid_home_body()
{
	make_box box
	plan 0 -m box/
	tells "uid $(id -u), gid $(id -g), groups" "home        $HOME"
}

atf_test_case envelope__known__is_told
envelope__known__is_told_body()
{
	make_box Maildir
	plan 0 -f from@a -a to+lists@b
	tells 'sender      from@a' 'recipient   to+lists@b' \
	    'detail      lists'
	plan 0
	tells 'sender      from the From_ line, else unknown'
}

atf_test_case path__each_component__owner_and_mode
path__each_component__owner_and_mode_body()
{
	mkdir above
	chmod 711 above
	make_box above/box
	plan 0 -m "$HOME/above/box/"
	owner="uid $(id -u) gid "
	tells "drwx--x--x $owner" "  $HOME/above" "  $HOME/above/box" \
	    "  $HOME/above/box/tmp" "  $HOME/above/box/new" \
	    "  $HOME/above/box/cur" '  /'
}

atf_test_case steps__maildir__in_order
steps__maildir__in_order_body()
{
	make_box box
	plan 0 -m box/
	tells '1. read the message' '2. write it' 'fsync' '4. link it' \
	    '5. unlink' 'storage     '
	plan 0 -m box/ -o sync_after_link=always
	tells 'fsync the file again'
}

atf_test_case maildir__missing__would_be_created
maildir__missing__would_be_created_body()
{
	plan 0 -m box/
	tells 'missing  box' 'would be created'
	plan 75 -m box/ -o create=no
	tells 'missing  box' 'create = no'
	[ ! -e box ] || atf_fail 'it was created'
}

atf_test_case maildir__part_missing__would_be_created
maildir__part_missing__would_be_created_body()
{
	make_box box
	rmdir box/tmp
	plan 0 -m box/
	tells 'missing  box/tmp' 'would be created'
	[ ! -e box/tmp ] || atf_fail 'it was created'
}

atf_test_case parent__missing__75_and_told
parent__missing__75_and_told_body()
{
	plan 75 -m none/box/
	tells 'missing  none' 'never created'
	[ ! -e none ] || atf_fail 'it was created'
}

atf_test_case folder__missing__as_the_settings_say
folder__missing__as_the_settings_say_body()
{
	make_box Maildir
	plan 0 -m +Lists
	tells 'folder      .Lists' 'would be created'
	plan 75 -m +Lists -o create=no
	plan 0 -e Lists -o detail_folder=if-exists
	plan 0 -e Lists -o detail_folder=create -o create=no
	tells 'would be created'
}

atf_test_case path__closed_to_us__75_and_told
path__closed_to_us__75_and_told_head()
{
	atf_set require.user unprivileged
}
path__closed_to_us__75_and_told_body()
{
	mkdir above
	make_box above/box
	chmod 600 above
	plan 75 -m above/box/
	tells "not searchable by uid $(id -u)"
	chmod 700 above
	chmod 500 above/box/new
	plan 75 -m above/box/
	tells "not readable and writable by uid $(id -u)"
	make_message message
	deferred 4.3.0 "$MDA" -o log=none -m above/box/ <message
}

# What may not be written cannot be created in either.
atf_test_case parent__unwritable__75_and_told
parent__unwritable__75_and_told_head()
{
	atf_set require.user unprivileged
}
parent__unwritable__75_and_told_body()
{
	mkdir above
	chmod 500 above
	make_message message
	deferred 4.3.0 "$MDA" -o log=none -m above/box/ <message
	plan 75 -m above/box/
	tells 'missing  above/box'
}

atf_test_case path__through_a_file__75_and_told
path__through_a_file__75_and_told_body()
{
	echo file >thing
	plan 75 -m thing/box/
	plan 75 -m maildir:thing
	tells 'is not a folder'
}

atf_test_case user__unknown__67
user__unknown__67_body()
{
	plan 67 -d no-such-user-here
	tells 'there is no user no-such-user-here'
}

atf_test_case settings__bad__file_and_line_and_78
settings__bad__file_and_line_and_78_body()
{
	printf 'log = none\nno_such = 1\n' >settings
	plan 78 -c settings
	tells 'settings:2: no_such' 'exit        78'
	plan 78 -o no_such=1
	tells '-o: no_such'
}

atf_test_case option__wrong__64
option__wrong__64_body()
{
	plan 64 --no-such
	tells 'no option --no-such' 'exit        64'
	plan 64 operand
}

# everything - names, modes, sizes and times of all that is there.
everything()
{
	ls -lRA --time-style=full-iso box 2>/dev/null || ls -lRA box
	ls -ldi box box/*
}

atf_test_case explain__any_mailbox__changes_nothing
explain__any_mailbox__changes_nothing_body()
{
	make_box box
	make_message message
	atf_check "$MDA" -o log=none -m box/ <message
	echo leftover >box/tmp/leftover
	rmdir box/cur
	everything >before

	atf_check -o ignore "$MDA" -n -m box/
	atf_check -o ignore "$MDA" -n -o "mailbox=maildir:$HOME/box" -m +new
	atf_check -o ignore "$MDA" -n -o "mailbox=maildir:$HOME/box" \
	    -o detail_folder=create -e new
	atf_check -o ignore "$MDA" -n -o log_file="$HOME/box/log" -m box/
	everything >after
	atf_check cmp before after
}

# It may be asked while a message waits, and leaves that alone.
atf_test_case explain__with_a_message_waiting__does_not_read_it
explain__with_a_message_waiting__does_not_read_it_body()
{
	make_box box
	make_message message
	{
		"$MDA" -n -m box/ >/dev/null || atf_fail "status $?"
		atf_check -o file:message cat
	} <message
	expect_nothing box
}

atf_init_test_cases()
{
	atf_add_test_case settings__each__value_and_where_from
	atf_add_test_case settings__file_missing__is_told
	atf_add_test_case account__self__uid_gid_home
	atf_add_test_case envelope__known__is_told
	atf_add_test_case path__each_component__owner_and_mode
	atf_add_test_case steps__maildir__in_order
	atf_add_test_case maildir__missing__would_be_created
	atf_add_test_case maildir__part_missing__would_be_created
	atf_add_test_case parent__missing__75_and_told
	atf_add_test_case folder__missing__as_the_settings_say
	atf_add_test_case path__closed_to_us__75_and_told
	atf_add_test_case parent__unwritable__75_and_told
	atf_add_test_case path__through_a_file__75_and_told
	atf_add_test_case user__unknown__67
	atf_add_test_case settings__bad__file_and_line_and_78
	atf_add_test_case option__wrong__64
	atf_add_test_case explain__any_mailbox__changes_nothing
	atf_add_test_case explain__with_a_message_waiting__does_not_read_it
}
