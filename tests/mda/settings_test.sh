# The settings file and -o: where values come from, and what is refused.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2154
. "$SRCDIR/tests/support/box.sh"

# mentions FILE TEXT - somewhere in a line.
mentions()
{
	atf_check -o ignore grep -F -e "$2" "$1"
}

# not_accepted TEXT OPTION ... - 75 with a message waiting, and nothing is
# stored anywhere; 78 from -n. Both say this.
not_accepted()
{
	text=$1
	shift
	[ -d box ] || make_box box
	make_message message
	deferred 4.3.5 "$MDA" "$@" -m box/ <message
	mentions said "$text"
	expect_nothing box
	[ ! -e Maildir ] || atf_fail 'delivered to the default mailbox'

	atf_check -s exit:78 -o save:plan "$MDA" -n "$@" -m box/
	mentions plan "$text"
	atf_check -o match:'^exit  *78$' tail -n 1 plan
}

# refused TEXT - the settings in the file "settings" are.
refused()
{
	not_accepted "$1" -c settings
}

# shows NAME VALUE FROM [OPTION ...] - as -n has it.
shows()
{
	name=$1
	wanted="$2 ($3)"
	shift 3
	atf_check -o save:plan "$MDA" -n -m box/ "$@"
	found=$(sed -n "s/^  $name  *= *//p" plan | tr -s ' ')
	atf_check_equal "$name: $wanted" "$name: $found"
}

atf_test_case file__named__is_read
file__named__is_read_body()
{
	make_box box
	cat >settings <<-'END'
		# a comment

		   # another one
		log = none
		return_path=never
		  deadline   =   100s
		delimiter = +-
	END
	shows log none settings:4 -c settings
	shows return_path never settings:5 -c settings
	shows deadline 100s settings:6 -c settings
	shows delimiter '+-' settings:7 -c settings
	shows create mailbox default -c settings
	make_message message
	atf_check "$MDA" -c settings -f a@b -m box/ <message
	expect_only box message
}

atf_test_case file__last_line_without_newline__is_read
file__last_line_without_newline__is_read_body()
{
	make_box box
	printf 'log = none\r\ndeadline = 100s' >settings
	shows log none settings:1 -c settings
	shows deadline 100s settings:2 -c settings
}

atf_test_case file__empty__defaults
file__empty__defaults_body()
{
	make_box box
	: >settings
	shows deadline 270s default -c settings
}

atf_test_case file__named_and_missing__75
file__named_and_missing__75_body()
{
	make_box box
	make_message message
	deferred 4.3.0 "$MDA" -c nowhere -m box/ <message
	atf_check -o match:nowhere cat said
	expect_nothing box
	atf_check -s exit:78 -o match:'^problem .*nowhere' \
	    "$MDA" -n -c nowhere -m box/
}

atf_test_case option__over_the_file__wins
option__over_the_file__wins_body()
{
	make_box box
	echo 'deadline = 100s' >settings
	shows deadline 50s -o -c settings -o deadline=50
	shows deadline 50s -o -o deadline=50s -c settings
	shows deadline 2m -o -c settings -o deadline=50 -o 'deadline = 2m'
}

atf_test_case line__later__wins
line__later__wins_body()
{
	make_box box
	printf 'deadline = 10\ndeadline = 20\n' >settings
	shows deadline 20s settings:2 -c settings
}

atf_test_case name__unknown__file_and_line_are_told
name__unknown__file_and_line_are_told_body()
{
	printf '\n# x\nno_such = 1\n' >settings
	refused 'settings:3: no_such'
	printf 'Deadline = 1\n' >settings
	refused 'settings:1: Deadline'
	not_accepted '-o: no_such' -o no_such=1
}

atf_test_case line__no_assignment__file_and_line_are_told
line__no_assignment__file_and_line_are_told_body()
{
	printf 'log = none\ndeadline 10\n' >settings
	refused 'settings:2: deadline 10'
	printf '= 10\n' >settings
	refused 'settings:1: '
	printf 'log = none\n\000\n' >settings
	refused 'settings:2: '
	{
		printf 'log_file = '
		dd if=/dev/zero bs=3000 count=1 2>/dev/null | tr '\000' x
	} >settings
	refused 'settings:1: '
	not_accepted '-o: deadline' -o deadline
}

# value_is_bad NAME VALUE ...
value_is_bad()
{
	name=$1
	shift
	for value do
		printf 'log = none\n%s = %s\n' "$name" "$value" >settings
		refused "settings:2: $name = $value"
		not_accepted "-o: $name = $value" -o "$name=$value"
	done
}

atf_test_case value__not_a_choice__file_and_line_are_told
value__not_a_choice__file_and_line_are_told_body()
{
	value_is_bad create maybe Maildir ''
	value_is_bad log_format xml
	value_is_bad detail_folder if
	value_is_bad return_path 'missing, always'
}

# The list of choices is no choice.
atf_test_case value__two_choices__file_and_line_are_told
value__two_choices__file_and_line_are_told_body()
{
	value_is_bad return_path 'missing always'
	value_is_bad create 'mailbox no'
}

atf_test_case value__not_a_number__file_and_line_are_told
value__not_a_number__file_and_line_are_told_body()
{
	value_is_bad deadline 0 901 16m 1d ten 1.5 '10 s' 10ss ''
	value_is_bad deadline 99999999999999999999999999
	value_is_bad spool_memory 4095 2G 1T 1MB 1m
}

atf_test_case value__with_a_minus__is_no_number
value__with_a_minus__is_no_number_body()
{
	value_is_bad deadline -1 +1
}

atf_test_case value__units__are_understood
value__units__are_understood_body()
{
	make_box box
	shows deadline 90s -o -o deadline=90
	shows deadline 15m -o -o deadline=900s
	shows deadline 15m -o -o deadline=15m
	shows spool_memory 4K -o -o spool_memory=4096
	shows spool_memory 1G -o -o spool_memory=1G
	shows spool_memory 5000 -o -o spool_memory=5000
}

# Whoever can write the file can turn anybody's mail elsewhere.
atf_test_case file__writable_by_others__75
file__writable_by_others__75_body()
{
	echo 'log = none' >settings
	for mode in 620 602 666; do
		chmod "$mode" settings
		refused 'settings'
		atf_check -o match:'others may write' cat said
	done
	chmod 644 settings
	shows log none settings:1 -c settings
}

atf_test_case file__of_somebody_else__75
file__of_somebody_else__75_head()
{
	atf_set require.user root
}
file__of_somebody_else__75_body()
{
	echo 'log = none' >settings
	chown 12345 settings
	refused 'belongs neither to root nor'
}

atf_test_case file__of_root__is_read_by_anybody
file__of_root__is_read_by_anybody_head()
{
	atf_set require.user unprivileged
}
file__of_root__is_read_by_anybody_body()
{
	make_box box
	root_file=/etc/passwd	# root's, and no settings at all
	make_message message
	deferred 4.3.5 "$MDA" -c "$root_file" -m box/ <message
	atf_check -o match:'passwd:1: ' cat said
}

atf_test_case file__unreadable__75
file__unreadable__75_head()
{
	atf_set require.user unprivileged
}
file__unreadable__75_body()
{
	make_box box
	make_message message
	echo 'log = none' >settings
	chmod 000 settings
	deferred 4.3.0 "$MDA" -c settings -m box/ <message
	expect_nothing box
	atf_check -s exit:78 -o match:'^problem .*settings' \
	    "$MDA" -n -c settings -m box/
}

atf_test_case file__no_regular_file__75
file__no_regular_file__75_body()
{
	mkdir settings
	refused 'settings is no regular file'
	rmdir settings
	mkfifo settings
	refused 'settings is no regular file'
}

atf_test_case file__too_large__75
file__too_large__75_body()
{
	awk 'BEGIN { for (i = 0; i < 10000; i++) print "# comment" }' \
	    >settings
	refused 'settings is larger than 64 KiB'
}

atf_test_case mailbox__set__is_used
mailbox__set__is_used_body()
{
	make_message message
	wanted=0
	# shellcheck disable=SC2088 # mda expands it
	for mailbox in 'maildir:%h/box' 'maildir:~/box' "$HOME/box/" \
	    '~/box/' '%h/box/'; do
		echo "mailbox = $mailbox" >settings
		wanted=$((wanted + 1))
		atf_check "$MDA" -o log=none -c settings <message
		expect_count "$wanted" box/new
	done
}

atf_test_case mailbox__set_wrong__75_and_nothing_stored
mailbox__set_wrong__75_and_nothing_stored_body()
{
	make_message message
	for mailbox in maildir:box box/ 'maildir:%h/%x' 'maildir:%h/%' \
	    maildir: ''; do
		deferred 4.3.5 "$MDA" -o log=none -o "mailbox=$mailbox" \
		    <message
	done
	expect_count 2 .	# the message, and what was said of it
}

atf_test_case spool_memory__small__still_whole
spool_memory__small__still_whole_body()
{
	make_message message
	dd if=/dev/zero bs=1024 count=100 2>/dev/null >>message
	atf_check "$MDA" -o log=none -o spool_memory=4K -m box/ <message
	expect_only box message
}

atf_test_case create__no__existing_maildir_is_used
create__no__existing_maildir_is_used_body()
{
	make_box box
	make_message message
	atf_check "$MDA" -o log=none -o create=no -m box/ <message
	expect_only box message
}

# first_lines RULE MESSAGE - of Return-Path, with sender a@b.
first_line()
{
	rm -rf box
	atf_check "$MDA" -o log=none -o "return_path=$1" -f a@b -m box/ <"$2"
	expect_count 1 box/new
	IFS= read -r line <"$file"
}

atf_test_case return_path__each_rule__as_it_says
return_path__each_rule__as_it_says_body()
{
	make_message without
	{ echo 'Return-Path: <old@c>'; cat without; } >with

	first_line missing without
	atf_check_equal 'Return-Path: <a@b>' "$line"
	first_line missing with
	atf_check cmp with "$file"
	first_line always with
	atf_check_equal 'Return-Path: <a@b>' "$line"
	atf_check -o inline:'Return-Path: <old@c>\n' sed -n 2p "$file"
	first_line never without
	atf_check cmp without "$file"
}

atf_test_case delivered_to__each_rule__as_it_says
delivered_to__each_rule__as_it_says_body()
{
	make_message without
	{ echo 'Delivered-To: old@c'; cat without; } >with

	for case in 'missing without 1' 'missing with 0' 'always with 1' \
	    'never without 0'; do
		# shellcheck disable=SC2086 # three words
		set -- $case
		rm -rf box
		atf_check "$MDA" -o log=none -o "delivered_to=$1" -a a@b \
		    -m box/ <"$2"
		expect_count 1 box/new
		atf_check_equal "$case" \
		    "$1 $2 $(grep -c '^Delivered-To: a@b$' "$file")"
	done
}

atf_init_test_cases()
{
	atf_add_test_case file__named__is_read
	atf_add_test_case file__last_line_without_newline__is_read
	atf_add_test_case file__empty__defaults
	atf_add_test_case file__named_and_missing__75
	atf_add_test_case option__over_the_file__wins
	atf_add_test_case line__later__wins
	atf_add_test_case name__unknown__file_and_line_are_told
	atf_add_test_case line__no_assignment__file_and_line_are_told
	atf_add_test_case value__not_a_choice__file_and_line_are_told
	atf_add_test_case value__two_choices__file_and_line_are_told
	atf_add_test_case value__not_a_number__file_and_line_are_told
	atf_add_test_case value__with_a_minus__is_no_number
	atf_add_test_case value__units__are_understood
	atf_add_test_case file__writable_by_others__75
	atf_add_test_case file__of_somebody_else__75
	atf_add_test_case file__of_root__is_read_by_anybody
	atf_add_test_case file__unreadable__75
	atf_add_test_case file__no_regular_file__75
	atf_add_test_case file__too_large__75
	atf_add_test_case mailbox__set__is_used
	atf_add_test_case mailbox__set_wrong__75_and_nothing_stored
	atf_add_test_case spool_memory__small__still_whole
	atf_add_test_case create__no__existing_maildir_is_used
	atf_add_test_case return_path__each_rule__as_it_says
	atf_add_test_case delivered_to__each_rule__as_it_says
}
