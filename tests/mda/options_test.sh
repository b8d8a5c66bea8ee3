# The command line: each option, and what happens with a wrong one.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2154
. "$SRCDIR/tests/support/box.sh"

# expect_line TEXT - the message delivered to box holds this line.
expect_line()
{
	expect_count 1 box/new
	atf_check -o inline:"$1\n" grep -F -x -- "$1" "$file"
	rm "$file"
}

# wrong SAID ARGUMENT ... - a slip of an administrator must not bounce mail.
wrong()
{
	said_about=$1
	shift
	[ -d box ] || make_box box
	make_message message
	deferred 4.3.5 "$MDA" "$@" <message
	atf_check -o match:"$said_about" cat said
	expect_nothing box
	[ ! -e Maildir ] || atf_fail 'delivered to the default mailbox'
}

atf_test_case sender__each_spelling__return_path
sender__each_spelling__return_path_body()
{
	make_message message
	for option in -f -r --sender; do
		atf_check "$MDA" -o log=none -m box/ "$option" a@b.c <message
		expect_line 'Return-Path: <a@b.c>'
	done
	atf_check "$MDA" -o log=none -m box/ --sender=a@b.c <message
	expect_line 'Return-Path: <a@b.c>'
}

atf_test_case sender__looks_like_an_option__is_a_sender
sender__looks_like_an_option__is_a_sender_body()
{
	make_message message
	for sender in -rf -n --help -- - -o; do
		atf_check "$MDA" -o log=none -m box/ -f "$sender" <message
		expect_line "Return-Path: <$sender>"
	done
}

atf_test_case sender__twice__the_last_counts
sender__twice__the_last_counts_body()
{
	make_message message
	atf_check "$MDA" -f one@a -o log=none -f two@b -m box/ <message
	expect_line 'Return-Path: <two@b>'
	atf_check "$MDA" -f one@a -o log=none -r '' -m box/ <message
	expect_line 'Return-Path: <>'
}

atf_test_case sender__empty__is_the_null_sender
sender__empty__is_the_null_sender_body()
{
	make_message message
	for sender in '' '<>' MAILER-DAEMON; do
		atf_check "$MDA" -o log=none -m box/ -f "$sender" <message
		expect_line 'Return-Path: <>'
	done
	atf_check "$MDA" -o log=none -m box/ --sender= <message
	expect_line 'Return-Path: <>'
}

atf_test_case recipient__each_spelling__delivered_to
recipient__each_spelling__delivered_to_body()
{
	make_message message
	atf_check "$MDA" -o log=none -m box/ -a a@b.c <message
	expect_line 'Delivered-To: a@b.c'
	atf_check "$MDA" -o log=none -m box/ --recipient a@b.c <message
	expect_line 'Delivered-To: a@b.c'
	atf_check "$MDA" -o log=none -m box/ --recipient=a@b.c <message
	expect_line 'Delivered-To: a@b.c'
}

atf_test_case procmail__its_letters__are_accepted
procmail__its_letters__are_accepted_body()
{
	make_message message
	atf_check "$MDA" -t -Y -o log=none -m box/ <message
	expect_only box message
	rm "$file"
	atf_check "$MDA" -tY -o log=none -m box/ -f a@b <message
	expect_line 'Return-Path: <a@b>'
}

atf_test_case letters__together__each_counts
letters__together__each_counts_body()
{
	make_box box
	atf_check -o match:'^exit  *0$' "$MDA" -nv -m box/
	atf_check -o match:'^exit  *0$' "$MDA" -vtYn -m box/
	expect_nothing box
	make_message message
	atf_check -e match:'^status=delivered ' \
	    "$MDA" -tvo log=none -m box/ <message
	expect_only box message
}

# Root's own mail has a setting of its own.
atf_test_case user__self__delivered
user__self__delivered_head()
{
	atf_set require.user unprivileged
}
user__self__delivered_body()
{
	name=$(id -un)
	make_message message
	atf_check "$MDA" -o log=none -d "$name" -m box/ <message
	expect_only box message
	rm "$file"
	atf_check "$MDA" -o log=none --user="$name" -m box/ <message
	expect_only box message
}

atf_test_case user__unknown__67_for_good
user__unknown__67_for_good_body()
{
	make_box box
	make_message message
	atf_check -s exit:67 -o empty -e match:'^5\.1\.1 there is no user ' \
	    "$MDA" -o log=none -d no-such-user-here -m box/ <message
	expect_nothing box
}

atf_test_case user__somebody_else__75
user__somebody_else__75_head()
{
	atf_set require.user unprivileged
}
user__somebody_else__75_body()
{
	wrong 'root' -o log=none -d root -m box/
}

atf_test_case detail__given__names_the_folder
detail__given__names_the_folder_body()
{
	make_message message
	for option in '-e one' '--detail two' '--detail=three'; do
		# shellcheck disable=SC2086 # an option and its value
		atf_check "$MDA" -o log=none -o detail_folder=create \
		    $option <message
	done
	for folder in one two three; do
		expect_count 1 "Maildir/.$folder/new"
	done
}

atf_test_case queue_id__given__is_in_the_log
queue_id__given__is_in_the_log_body()
{
	make_message message
	for option in '-q 4A7F' '--queue-id 4A7F' '--queue-id=4A7F'; do
		# shellcheck disable=SC2086
		atf_check -e match:' queue=4A7F' \
		    "$MDA" -v -o log=none -m box/ $option <message
	done
}

atf_test_case long_options__with_both_forms_of_value__like_letters
long_options__with_both_forms_of_value__like_letters_body()
{
	make_message message
	echo 'return_path = never' >settings
	atf_check -e match:'^status=delivered ' "$MDA" --verbose \
	    --config settings --set log=none --mailbox box/ \
	    --sender a@b <message
	expect_only box message
	rm "$file"
	atf_check "$MDA" --config=settings --set=log=none --mailbox=box/ \
	    --sender=a@b <message
	expect_only box message
	atf_check -o match:'^exit' "$MDA" --explain --mailbox=box/
}

atf_test_case mailbox__twice__the_last_counts
mailbox__twice__the_last_counts_body()
{
	make_message message
	atf_check "$MDA" -m other/ -o log=none -m box/ <message
	expect_only box message
	[ ! -e other ] || atf_fail 'delivered to the first one'
}

atf_test_case unknown__letter__75_and_nothing_stored
unknown__letter__75_and_nothing_stored_body()
{
	wrong 'no option -z' -z -m box/
	wrong 'no option -vz' -vz -m box/
	wrong 'no option -=' -= -m box/
}

atf_test_case unknown__word__75_and_nothing_stored
unknown__word__75_and_nothing_stored_body()
{
	wrong 'no option --senders' --senders a@b -m box/
	wrong 'no option --send' --send a@b -m box/
	wrong 'no option --' -m box/ --
	wrong 'no option --verbose=yes' --verbose=yes -m box/
}

# "-fvalue" is refused: a sender's address never becomes an option, and no
# option becomes an address.
atf_test_case value__joined_to_its_letter__75
value__joined_to_its_letter__75_body()
{
	wrong 'argument of its own' -fa@b -m box/
	wrong 'argument of its own' -mbox/
}

atf_test_case value__missing__75
value__missing__75_body()
{
	wrong 'option -f needs a value' -m box/ -f
	wrong 'option -vf needs a value' -m box/ -vf
	wrong 'option --sender needs a value' -m box/ --sender
}

atf_test_case operand__any__75
operand__any__75_body()
{
	wrong 'argument user belongs to no option' -m box/ user
	wrong 'argument - belongs to no option' -m box/ -
	wrong 'argument  belongs to no option' -m box/ ''
}

atf_test_case set__more_than_there_is_room_for__75
set__more_than_there_is_room_for__75_body()
{
	set -- -m box/
	for number in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 \
	    22 23 24 25 26 27 28 29 30 31 32; do
		set -- "$@" -o "deadline=$number"
	done
	make_message message
	atf_check -o match:'deadline  *= 32s ' "$MDA" -n "$@"
	wrong 'too many' "$@" -o deadline=33
}

atf_test_case help__asked_for__tells_and_exits_0
help__asked_for__tells_and_exits_0_body()
{
	atf_check -o match:'^usage: mda ' "$MDA" --help
	for letter in a c d e f m o q; do
		atf_check -o match:"\\[-$letter " "$MDA" --help
	done
}

atf_test_case version__asked_for__tells_and_exits_0
version__asked_for__tells_and_exits_0_body()
{
	atf_check -o inline:"mda $(cat "$SRCDIR/VERSION")\n" "$MDA" --version
}

# Without a message nobody is harmed by a permanent code.
atf_test_case explain__wrong_option__64
explain__wrong_option__64_body()
{
	atf_check -s exit:64 -o match:'no option -z' "$MDA" -n -z
	atf_check -s exit:64 -o match:'-f needs a value' "$MDA" -n -f
	atf_check -s exit:64 -o match:'user belongs to no option' \
	    "$MDA" -n user
}

atf_init_test_cases()
{
	atf_add_test_case sender__each_spelling__return_path
	atf_add_test_case sender__looks_like_an_option__is_a_sender
	atf_add_test_case sender__twice__the_last_counts
	atf_add_test_case sender__empty__is_the_null_sender
	atf_add_test_case recipient__each_spelling__delivered_to
	atf_add_test_case procmail__its_letters__are_accepted
	atf_add_test_case letters__together__each_counts
	atf_add_test_case user__self__delivered
	atf_add_test_case user__unknown__67_for_good
	atf_add_test_case user__somebody_else__75
	atf_add_test_case detail__given__names_the_folder
	atf_add_test_case queue_id__given__is_in_the_log
	atf_add_test_case long_options__with_both_forms_of_value__like_letters
	atf_add_test_case mailbox__twice__the_last_counts
	atf_add_test_case unknown__letter__75_and_nothing_stored
	atf_add_test_case unknown__word__75_and_nothing_stored
	atf_add_test_case value__joined_to_its_letter__75
	atf_add_test_case value__missing__75
	atf_add_test_case operand__any__75
	atf_add_test_case set__more_than_there_is_room_for__75
	atf_add_test_case help__asked_for__tells_and_exits_0
	atf_add_test_case version__asked_for__tells_and_exits_0
	atf_add_test_case explain__wrong_option__64
}
