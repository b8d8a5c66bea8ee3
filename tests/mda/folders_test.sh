# Folders of a Maildir: named by -m, or by the detail of an address.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2154
. "$SRCDIR/tests/support/box.sh"

# detail RULE OPTION ... - deliver "message" with detail_folder = RULE.
detail()
{
	rule=$1
	shift
	atf_check "$MDA" -o log=none -o delivered_to=never \
	    -o "detail_folder=$rule" "$@" <message
}

atf_test_case folder__named_and_missing__is_created
folder__named_and_missing__is_created_body()
{
	make_message message
	atf_check "$MDA" -o log=none -m +Lists.bugs <message
	expect_only Maildir/.Lists.bugs message
	expect_count 0 Maildir/new
	for part in new cur tmp; do
		[ -d "Maildir/.Lists.bugs/$part" ] || atf_fail "no $part"
		[ -d "Maildir/$part" ] || atf_fail "no $part in the Maildir"
	done
	# shellcheck disable=SC2012 # the mode is what we want
	atf_check -o inline:'drwx------\n' \
	    sh -c 'ls -ld Maildir/.Lists.bugs | cut -c 1-10'
}

# Readers and other agents know a folder from a Maildir by this file.
atf_test_case folder__created__is_marked
folder__created__is_marked_body()
{
	make_message message
	atf_check "$MDA" -o log=none -m +Lists <message
	atf_check test -f Maildir/.Lists/maildirfolder
	[ ! -e Maildir/maildirfolder ] || atf_fail 'the Maildir is marked'
}

atf_test_case folder__existing__is_used_as_it_is
folder__existing__is_used_as_it_is_body()
{
	make_box Maildir
	make_box Maildir/.Lists
	make_message message
	atf_check "$MDA" -o log=none -o create=no -m +Lists <message
	expect_only Maildir/.Lists message
	[ ! -e Maildir/.Lists/maildirfolder ] || atf_fail 'it was marked'
}

atf_test_case folder__create_no_and_missing__75
folder__create_no_and_missing__75_body()
{
	make_box Maildir
	make_message message
	deferred 4.3.0 "$MDA" -o log=none -o create=no -m +Lists <message
	atf_check -o match:'does not exist' cat said
	[ ! -e Maildir/.Lists ] || atf_fail 'it was created'
	expect_nothing Maildir
}

atf_test_case folder__eight_bit_or_blank__is_a_name
folder__eight_bit_or_blank__is_a_name_body()
{
	make_message message
	name=$(printf 'Entw\303\274rfe und mehr')
	atf_check "$MDA" -o log=none -m "+$name" <message
	expect_only "Maildir/.$name" message
}

atf_test_case folder__bad_name__75_and_nothing_made
folder__bad_name__75_and_nothing_made_body()
{
	make_box Maildir
	make_message message
	control=$(printf 'a\001b')
	long=$(dd if=/dev/zero bs=201 count=1 2>/dev/null | tr '\000' x)
	for name in '' . .. .a a. a..b a/b ../../x / "$control" "$long"; do
		deferred 4.3.5 "$MDA" -o log=none -m "+$name" <message
		expect_nothing Maildir
	done
	count=0
	for entry in Maildir/.[!.]*; do
		[ ! -e "$entry" ] || atf_fail "made: $entry"
	done
}

atf_test_case folder__of_an_mbox__75
folder__of_an_mbox__75_body()
{
	make_message message
	deferred 4.3.5 "$MDA" -o log=none -o "mailbox=mbox:$HOME/mbox" \
	    -m +Lists <message
	[ ! -e mbox ] || atf_fail 'an mbox was made'
}

# A link planted in the mailbox does not lead elsewhere.
atf_test_case folder__is_a_link__75
folder__is_a_link__75_body()
{
	make_box Maildir
	make_box elsewhere
	ln -s ../elsewhere Maildir/.Lists
	make_message message
	deferred 4.3.0 "$MDA" -o log=none -m +Lists <message
	expect_nothing elsewhere
	expect_nothing Maildir
}

atf_test_case detail__off__plays_no_part
detail__off__plays_no_part_body()
{
	make_box Maildir
	make_box Maildir/.lists
	make_message message
	detail off -e lists
	expect_only Maildir message
	expect_nothing Maildir/.lists
}

atf_test_case detail__if_exists__only_where_there_is_a_folder
detail__if_exists__only_where_there_is_a_folder_body()
{
	make_box Maildir
	make_box Maildir/.lists
	make_message message
	detail if-exists -e lists
	expect_only Maildir/.lists message
	expect_nothing Maildir
	detail if-exists -e other
	expect_only Maildir message
	[ ! -e Maildir/.other ] || atf_fail 'a folder was made'
}

atf_test_case detail__if_exists_and_no_maildir__goes_to_a_new_one
detail__if_exists_and_no_maildir__goes_to_a_new_one_body()
{
	make_message message
	detail if-exists -e lists
	expect_only Maildir message
}

atf_test_case detail__create__makes_the_folder
detail__create__makes_the_folder_body()
{
	make_message message
	detail create -e lists
	expect_only Maildir/.lists message
}

atf_test_case detail__from_the_address__behind_the_delimiter
detail__from_the_address__behind_the_delimiter_body()
{
	make_message message
	detail create -a joe+lists@example.org
	expect_only Maildir/.lists message
	detail create -a joe+one+two@example.org
	expect_only Maildir/.one+two message
	detail create -a joe+local
	expect_only Maildir/.local message
	detail create -o delimiter=- -a joe-dash@example.org
	expect_only Maildir/.dash message
	detail create -o delimiter=+- -a joe-either@example.org
	expect_only Maildir/.either message
}

atf_test_case detail__none_in_the_address__goes_to_the_mailbox
detail__none_in_the_address__goes_to_the_mailbox_body()
{
	make_message message
	wanted=0
	for address in joe@example.org joe@exa+mple.org joe+@example.org joe; do
		detail create -a "$address"
		wanted=$((wanted + 1))
		expect_count "$wanted" Maildir/new
	done
	detail create -o delimiter= -a joe+lists@example.org
	expect_count "$((wanted + 1))" Maildir/new
}

# A detail comes from a stranger: it cannot lead out, and loses no mail.
atf_test_case detail__bad_name__goes_to_the_mailbox
detail__bad_name__goes_to_the_mailbox_body()
{
	make_message message
	wanted=0
	long=$(dd if=/dev/zero bs=300 count=1 2>/dev/null | tr '\000' x)
	for detail in . .. ../../x /etc a/b .hidden "$long"; do
		detail create -e "$detail"
		wanted=$((wanted + 1))
		expect_count "$wanted" Maildir/new
		expect_count 0 Maildir/tmp
	done
	expect_count 3 Maildir
}

atf_test_case detail__mailbox_named__plays_no_part
detail__mailbox_named__plays_no_part_body()
{
	make_message message
	detail create -m box/ -e lists
	expect_only box message
	[ ! -e Maildir ] || atf_fail 'the default mailbox was made'
}

atf_init_test_cases()
{
	atf_add_test_case folder__named_and_missing__is_created
	atf_add_test_case folder__created__is_marked
	atf_add_test_case folder__existing__is_used_as_it_is
	atf_add_test_case folder__create_no_and_missing__75
	atf_add_test_case folder__eight_bit_or_blank__is_a_name
	atf_add_test_case folder__bad_name__75_and_nothing_made
	atf_add_test_case folder__of_an_mbox__75
	atf_add_test_case folder__is_a_link__75
	atf_add_test_case detail__off__plays_no_part
	atf_add_test_case detail__if_exists__only_where_there_is_a_folder
	atf_add_test_case detail__if_exists_and_no_maildir__goes_to_a_new_one
	atf_add_test_case detail__create__makes_the_folder
	atf_add_test_case detail__from_the_address__behind_the_delimiter
	atf_add_test_case detail__none_in_the_address__goes_to_the_mailbox
	atf_add_test_case detail__bad_name__goes_to_the_mailbox
	atf_add_test_case detail__mailbox_named__plays_no_part
}
