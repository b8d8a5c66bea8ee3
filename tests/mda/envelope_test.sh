# Who sent it and for whom: from options, environment and the From_ line.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2154
. "$SRCDIR/tests/support/box.sh"

# deliver OPTION ... - the file "message"; gives file, what was stored.
deliver()
{
	rm -rf box
	atf_check "$MDA" -o log=none -m box/ "$@" <message
	expect_count 0 box/tmp
	expect_count 1 box/new
}

# expect_head LINE ... - the stored message is these lines and the message.
expect_head()
{
	for line do
		printf '%s\n' "$line"
	done >expected
	cat message >>expected
	atf_check cmp expected "$file"
}

atf_test_case nothing_known__plain_message__nothing_added
nothing_known__plain_message__nothing_added_body()
{
	make_message message
	deliver
	expect_head
}

atf_test_case both_known__plain_message__return_path_comes_first
both_known__plain_message__return_path_comes_first_body()
{
	make_message message
	deliver -f from@a -a to@b
	expect_head 'Return-Path: <from@a>' 'Delivered-To: to@b'
}

atf_test_case sender__in_environment__is_used
sender__in_environment__is_used_body()
{
	make_message message
	export SENDER=env@a
	deliver
	expect_head 'Return-Path: <env@a>'
	deliver -f option@a
	expect_head 'Return-Path: <option@a>'
}

# Some senders give the null sender as an empty value.
atf_test_case sender__empty_in_environment__is_the_null_sender
sender__empty_in_environment__is_the_null_sender_body()
{
	make_message message
	export SENDER=
	deliver
	expect_head 'Return-Path: <>'
}

atf_test_case recipient__in_environment__the_original_one_first
recipient__in_environment__the_original_one_first_body()
{
	make_message message
	export RECIPIENT=now@a
	deliver
	expect_head 'Delivered-To: now@a'
	export ORIGINAL_RECIPIENT=original@a
	deliver
	expect_head 'Delivered-To: original@a'
	deliver -a option@a
	expect_head 'Delivered-To: option@a'
}

atf_test_case recipient__empty_in_environment__counts_as_none
recipient__empty_in_environment__counts_as_none_body()
{
	make_message message
	export RECIPIENT='' ORIGINAL_RECIPIENT=''
	deliver
	expect_head
	export RECIPIENT=now@a
	deliver
	expect_head 'Delivered-To: now@a'
}

atf_test_case extension__in_environment__names_the_folder
extension__in_environment__names_the_folder_body()
{
	make_message message
	export EXTENSION=lists
	atf_check "$MDA" -o log=none -o detail_folder=create <message
	expect_only Maildir/.lists message
	atf_check "$MDA" -o log=none -o detail_folder=create -e mine <message
	expect_only Maildir/.mine message
}

# from_line LINE [OPTION ...] - a message with this line in front.
from_line()
{
	make_message rest
	printf '%s\n' "$1" >message
	cat rest >>message
	shift
	deliver "$@"
	cp rest message
}

atf_test_case from_line__in_front__is_taken_off_and_used
from_line__in_front__is_taken_off_and_used_body()
{
	from_line 'From joe@a  Mon Jan  1 00:00:00 2024'
	expect_head 'Return-Path: <joe@a>'
	from_line 'From joe@a Mon Jan 1 00:00:00 2024'
	expect_head 'Return-Path: <joe@a>'
	from_line 'From "odd name"@a Mon Jan  1 00:00:00 2024'
	expect_head 'Return-Path: <"odd name"@a>'
	from_line 'From MAILER-DAEMON Mon Jan  1 00:00:00 2024'
	expect_head 'Return-Path: <>'
	from_line 'From joe@a'
	expect_head 'Return-Path: <joe@a>'
}

atf_test_case from_line__sender_known__is_only_taken_off
from_line__sender_known__is_only_taken_off_body()
{
	from_line 'From joe@a  Mon Jan  1 00:00:00 2024' -f option@b
	expect_head 'Return-Path: <option@b>'
	from_line 'From joe@a  Mon Jan  1 00:00:00 2024' -f ''
	expect_head 'Return-Path: <>'
	export SENDER=env@c
	from_line 'From joe@a  Mon Jan  1 00:00:00 2024'
	expect_head 'Return-Path: <env@c>'
}

atf_test_case from_line__without_address__is_only_taken_off
from_line__without_address__is_only_taken_off_body()
{
	from_line 'From '
	expect_head
}

# One is the sender's; a second one is part of what somebody wrote.
atf_test_case from_line__twice__only_the_first_goes
from_line__twice__only_the_first_goes_body()
{
	printf 'From a@b x\nFrom c@d y\n\nbody\n' >message
	deliver -o return_path=never
	atf_check -o inline:'From c@d y\n\nbody\n' cat "$file"
}

atf_test_case return_path__there_already__none_is_added
return_path__there_already__none_is_added_body()
{
	for field in 'Return-Path: <old@x>' 'return-path: <old@x>' \
	    'RETURN-PATH : <old@x>'; do
		printf '%s\nSubject: x\n\nbody\n' "$field" >message
		deliver -f new@a
		expect_head
	done
}

atf_test_case return_path__in_the_body__does_not_count
return_path__in_the_body__does_not_count_body()
{
	printf 'Subject: x\n\nReturn-Path: <old@x>\n' >message
	deliver -f new@a
	expect_head 'Return-Path: <new@a>'
	printf 'Subject: x\n Return-Path: <folded@x>\n\nbody\n' >message
	deliver -f new@a
	expect_head 'Return-Path: <new@a>'
	printf 'X-Return-Path: <x@x>\n\nbody\n' >message
	deliver -f new@a
	expect_head 'Return-Path: <new@a>'
}

atf_test_case delivered_to__there_already__none_is_added
delivered_to__there_already__none_is_added_body()
{
	printf 'Subject: x\nDelivered-To: other@x\n\nbody\n' >message
	deliver -a me@a
	expect_head
}

# Neither a field nor a second header can come from an address.
atf_test_case address__with_line_ends__adds_no_field
address__with_line_ends__adds_no_field_body()
{
	make_message message
	lf='
'
	cr=$(printf '\r')
	deliver -f "a@b>${lf}X-Evil: 1${lf}${lf}body" -a "c@d${cr}${lf}X-Bad: 2"
	expect_head 'Return-Path: <a@b>?X-Evil: 1??body>' \
	    'Delivered-To: c@d??X-Bad: 2'

	export SENDER="e@f${lf}X-Evil: 1" RECIPIENT="g@h${lf}X-Bad: 2"
	deliver
	expect_head 'Return-Path: <e@f?X-Evil: 1>' \
	    'Delivered-To: g@h?X-Bad: 2'
}

atf_test_case address__in_from_line_with_cr__adds_no_field
address__in_from_line_with_cr__adds_no_field_body()
{
	printf 'From a@b\rX-Evil:1 Mon\nSubject: x\n\nbody\n' >message
	deliver
	printf 'Subject: x\n\nbody\n' >message
	expect_head 'Return-Path: <a@b?X-Evil:1>'
}

# Ours would otherwise swallow the first lines of a body.
atf_test_case header__none__stays_a_body
header__none__stays_a_body_body()
{
	printf 'hello\nthis: is no field\n' >message
	deliver -f a@b
	expect_head 'Return-Path: <a@b>' ''
	printf '\nhello\n' >message
	deliver -f a@b
	expect_head 'Return-Path: <a@b>'
	: >message
	deliver -f a@b
	expect_head 'Return-Path: <a@b>'
}

atf_test_case line_ends__crlf__ours_are_too
line_ends__crlf__ours_are_too_body()
{
	printf 'Subject: x\r\n\r\nbody\r\n' >message
	deliver -f a@b -a c@d
	printf 'Return-Path: <a@b>\r\nDelivered-To: c@d\r\n' >expected
	cat message >>expected
	atf_check cmp expected "$file"
}

atf_test_case address__long_and_eight_bit__is_kept_whole
address__long_and_eight_bit__is_kept_whole_body()
{
	make_message message
	long=$(dd if=/dev/zero bs=5000 count=1 2>/dev/null | tr '\000' x)
	utf=$(printf '\303\244')
	deliver -f "$long@$utf" -a "$utf@$long"
	expect_head "Return-Path: <$long@$utf>" "Delivered-To: $utf@$long"
}

atf_init_test_cases()
{
	atf_add_test_case nothing_known__plain_message__nothing_added
	atf_add_test_case both_known__plain_message__return_path_comes_first
	atf_add_test_case sender__in_environment__is_used
	atf_add_test_case sender__empty_in_environment__is_the_null_sender
	atf_add_test_case recipient__in_environment__the_original_one_first
	atf_add_test_case recipient__empty_in_environment__counts_as_none
	atf_add_test_case extension__in_environment__names_the_folder
	atf_add_test_case from_line__in_front__is_taken_off_and_used
	atf_add_test_case from_line__sender_known__is_only_taken_off
	atf_add_test_case from_line__without_address__is_only_taken_off
	atf_add_test_case from_line__twice__only_the_first_goes
	atf_add_test_case return_path__there_already__none_is_added
	atf_add_test_case return_path__in_the_body__does_not_count
	atf_add_test_case delivered_to__there_already__none_is_added
	atf_add_test_case address__with_line_ends__adds_no_field
	atf_add_test_case address__in_from_line_with_cr__adds_no_field
	atf_add_test_case header__none__stays_a_body
	atf_add_test_case line_ends__crlf__ours_are_too
	atf_add_test_case address__long_and_eight_bit__is_kept_whole
}
