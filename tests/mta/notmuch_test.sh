# notmuch reads what mda wrote.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2034,SC2154
layer=readers
. "$SRCDIR/tests/support/mta.sh"
. "$SRCDIR/tests/support/mta_readers.sh"

configure()
{
	printf '%s\n' '[database]' "path=$maildir" \
	    '[user]' 'name=Alice' "primary_email=$rcpt" \
	    '[new]' 'tags=unread;inbox' \
	    '[maildir]' 'synchronize_flags=true' >"$root$home/.notmuch-config"
}

# What has neither sender nor subject is no mail to it.
in_maildir()
{
	deliver
	configure
	for_alice notmuch new
	mkdir -m 777 "$root$given"
	as_alice notmuch search --output=messages tag:unread >ids
	while read -r id; do
		as_alice notmuch show --format=raw "$id" </dev/null \
		    >"$root$given/${id#id:}"
		as_alice notmuch search "$id" </dev/null
	done <ids >"$root$list"
	expect_whole -no_header -empty
	expect_listed unread -no_header -empty
}

later()
{
	deliver_later first
	configure
	for_alice notmuch new
	for_alice notmuch tag -unread -- subject:first
	deliver_later second
	for_alice notmuch new
	as_alice notmuch search --output=messages tag:unread >new
	as_alice notmuch count '*' >count
	atf_check -o inline:'id:second@example.net\n' cat new
	atf_check -o inline:'2\n' cat count
	set -- "$root$maildir"/cur/*:2,S
	atf_check -o inline:'1\n' echo "$#"
	atf_check -o ignore grep -qx 'this is first' "$1"
}

atf_init_test_cases()
{
	reader_case notmuch__maildir__whole_once_and_new in_maildir
	reader_case notmuch__mail_behind_new__alone_is_new later
}
