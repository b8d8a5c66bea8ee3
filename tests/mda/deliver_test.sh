# The plain delivery: a message on standard input becomes a file in a Maildir.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2154
. "$SRCDIR/tests/support/box.sh"

# mode_of PATH - gives mode, as "drwx------".
mode_of()
{
	# shellcheck disable=SC2012 # the mode is what we want
	mode=$(ls -ld "$1" | cut -c 1-10)
}

expect_mode()
{
	mode_of "$2"
	atf_check_equal "$1 $2" "$mode $2"
}

atf_test_case plain_command__existing_maildir__stores_and_says_nothing
plain_command__existing_maildir__stores_and_says_nothing_body()
{
	make_box Maildir
	printf 'Subject: x\n\nhello\n' >message

	atf_check "$MDA" -m "$HOME/Maildir/" <message
	expect_only Maildir message
}

atf_test_case no_option__no_settings__goes_to_maildir_of_home
no_option__no_settings__goes_to_maildir_of_home_body()
{
	make_message message

	atf_check "$MDA" -o log=none <message
	expect_only Maildir message
}

atf_test_case missing_maildir__home_exists__is_created_private
missing_maildir__home_exists__is_created_private_body()
{
	make_message message
	umask 000

	atf_check "$MDA" -o log=none -m box/ <message
	for folder in box box/tmp box/new box/cur; do
		expect_mode drwx------ "$folder"
	done
	expect_count 3 box
	expect_only box message
}

atf_test_case damaged_maildir__parts_missing__are_created
damaged_maildir__parts_missing__are_created_body()
{
	make_message message
	mkdir box

	for part in tmp new cur; do
		rm -rf box/tmp box/cur box/new
		mkdir box/tmp box/cur box/new
		rmdir "box/$part"
		atf_check "$MDA" -o log=none -m box/ <message
		expect_only box message
		expect_mode drwx------ "box/$part"
	done
}

atf_test_case mailbox__each_way_to_name_it__same_maildir
mailbox__each_way_to_name_it__same_maildir_body()
{
	make_box box
	make_message message
	wanted=0

	# shellcheck disable=SC2088 # mda expands it
	for name in box box/ box// maildir:box maildir:box/ ./box \
	    "$HOME/box" "maildir:$HOME/box/" '~/box/' 'maildir:~/box' \
	    '%h/box/'; do
		atf_check "$MDA" -o log=none -m "$name" <message
		wanted=$((wanted + 1))
		expect_count "$wanted" box/new
	done
}

atf_test_case mailbox__link_to_a_maildir__is_followed
mailbox__link_to_a_maildir__is_followed_body()
{
	make_box box
	ln -s box other
	make_message message

	atf_check "$MDA" -o log=none -m other/ <message
	expect_only box message
}

# Whoever can plant a link in the mailbox cannot turn the mail elsewhere.
atf_test_case mailbox__link_inside__75
mailbox__link_inside__75_body()
{
	mkdir elsewhere
	make_message message

	for part in tmp new; do
		rm -rf box
		make_box box
		rmdir "box/$part"
		ln -s ../elsewhere "box/$part"
		deferred 4.3.0 "$MDA" -o log=none -m box/ <message
		expect_count 0 elsewhere
	done
}

atf_test_case name__of_message__is_unique_and_tells_the_size
name__of_message__is_unique_and_tells_the_size_body()
{
	make_message message
	size=$(wc -c <message | tr -d ' ')

	atf_check "$MDA" -o log=none -m box/ <message
	expect_only box message
	digit='[0-9][0-9]*'
	hex='[0-9a-f][0-9a-f][0-9a-f][0-9a-f]'
	atf_check -o match:"^$digit\.M${digit}P${digit}Q${digit}R$hex$hex\.[^/:, ]*,S=$size\$" \
	    echo "${file##*/}"
}

atf_test_case file__delivered__is_private_and_has_one_name
file__delivered__is_private_and_has_one_name_body()
{
	make_message message
	umask 000

	atf_check "$MDA" -o log=none -m box/ <message
	expect_only box message
	expect_mode -rw------- "$file"
	atf_check -o match:'^-rw------- *1 ' ls -l "$file"
}

atf_test_case many__one_after_the_other__all_there
many__one_after_the_other__all_there_body()
{
	make_message message
	for turn in 1 2 3 4 5 6 7 8 9 10; do
		atf_check "$MDA" -o log=none -m box/ <message
		expect_count "$turn" box/new
	done
	expect_count 0 box/tmp
}

# Exit 0 and not a word: some senders take any word for a failure.
atf_test_case delivered__log_cannot_be_written__not_a_word
delivered__log_cannot_be_written__not_a_word_body()
{
	make_message message

	atf_check "$MDA" -o log_file=/nowhere/at/all -m box/ <message
	expect_only box message
}

needs_strace()
{
	atf_set require.progs strace
}

# strace_mda OPTION ... - the calls of a delivery behind the loader, which
# ends where we begin: with the deadline.
strace_mda()
{
	not_sanitized
	strace -o all true 2>said || atf_skip "strace: $(cat said)"
	atf_check strace -o all "$MDA" "$@" <message
	sed -n '/^\(alarm\|setitimer\)(/,$p' all >calls
	[ -s calls ] || atf_fail 'no deadline is set'
}

# in_order PATTERN ... - these lines come in this order.
in_order()
{
	line=0
	for pattern do
		found=$(grep -n -e "$pattern" calls | cut -d : -f 1 |
		    awk -v line="$line" '$1 > line { print $1; exit }')
		[ -n "$found" ] || {
			cat calls
			atf_fail "not in order: $pattern"
		}
		line=$found
	done
}

atf_test_case order__existing_maildir__as_promised
order__existing_maildir__as_promised_head()
{
	needs_strace
}
order__existing_maildir__as_promised_body()
{
	make_box box
	make_message message
	strace_mda -o log=none -m box/
	expect_only box message
	name=${file##*/}
	name=${name%,S=*}

	tmp=$(sed -n 's/.*"tmp", .*= \([0-9]*\)$/\1/p' calls)
	new=$(sed -n 's/.*"new", .*= \([0-9]*\)$/\1/p' calls)
	fd=$(sed -n "s/^openat($tmp, \"$name\".*= \([0-9]*\)\$/\1/p" calls)
	in_order '^read(0, "Message-ID' \
	    '^read(0, "", ' \
	    "^openat($tmp, \"$name\", .*O_CREAT|O_EXCL|.*0600) = $fd\$" \
	    "^write($fd, " \
	    "^fsync($fd) *= 0" \
	    "^close($fd) *= 0" \
	    "^linkat($tmp, \"$name\", $new, \"$name,S=.*= 0" \
	    "^fsync($new) *= 0" \
	    "^unlinkat($tmp, \"$name\", 0) *= 0" \
	    '^exit_group(0)'
}

# What makes a name durable: each folder in which one was made is synced.
atf_test_case order__maildir_created__parents_are_synced_before_the_link
order__maildir_created__parents_are_synced_before_the_link_head()
{
	needs_strace
}
order__maildir_created__parents_are_synced_before_the_link_body()
{
	make_message message
	strace_mda -o log=none -m box/

	box=$(sed -n 's/.*"box", .*O_DIRECTORY) *= \([0-9]*\)$/\1/p' calls)
	above=$(sed -n "s/^openat($box, \"\.\.\", .*= \([0-9]*\)\$/\1/p" calls)
	in_order '^mkdirat(AT_FDCWD, "box", 0700) *= 0' \
	    "^mkdirat($box, \"tmp\", 0700) *= 0" \
	    "^fsync($box) *= 0" \
	    '^linkat('
	in_order '^mkdirat(AT_FDCWD, "box", 0700) *= 0' \
	    "^openat($box, \"\.\.\"" \
	    "^fsync($above) *= 0" \
	    '^linkat('
	in_order "^mkdirat($box, \"new\"" "^fsync($box)" '^linkat('
	in_order "^mkdirat($box, \"cur\"" "^fsync($box)" '^linkat('
}

# without_young - leave out what only a Maildir younger than ten minutes
# costs: it and the folder above are synced. Every box of a test is young.
without_young()
{
	awk '
	/^openat\(.*"\.\/\.\."/ { above = $NF; next }
	above != "" && ($0 ~ "^fsync\\(" above "\\)" ||
	    $0 ~ "^close\\(" above "\\)") { next }
	/^openat\(.*Maildir"/ { box = $NF }
	box != "" && $0 ~ "^fsync\\(" box "\\)" { next }
	/\(/' calls
}

atf_test_case system_calls__existing_maildir__at_most_53
system_calls__existing_maildir__at_most_53_head()
{
	needs_strace
}
system_calls__existing_maildir__at_most_53_body()
{
	as_usual
	make_box Maildir
	make_message message
	strace_mda -f sender@example.org -a recipient@example.org \
	    -m "$HOME/Maildir/"

	without_young >steady
	count=$(wc -l <steady | tr -d ' ')
	echo "$count system calls after the loader"
	[ "$count" -le 53 ] || {
		cat steady
		atf_fail "$count system calls after the loader"
	}
}

# The lines that we put in front go with the message.
atf_test_case small_message__envelope_known__one_write
small_message__envelope_known__one_write_head()
{
	needs_strace
}
small_message__envelope_known__one_write_body()
{
	make_message message
	strace_mda -o log=none -f sender@example.org \
	    -a recipient@example.org -m box/
	atf_check -o inline:'1\n' grep -c '^write(' calls
}

# No name server is asked for anything, ever: it might not answer.
atf_test_case network__delivery__only_the_local_log
network__delivery__only_the_local_log_head()
{
	needs_strace
}
network__delivery__only_the_local_log_body()
{
	make_message message
	strace_mda -f sender@example.org -a recipient@example.org -m box/

	atf_check -o save:sockets sed -n '/^socket(/p' calls
	atf_check -s exit:1 -o empty grep -v '^socket(AF_UNIX' sockets
}

atf_init_test_cases()
{
	atf_add_test_case \
	    plain_command__existing_maildir__stores_and_says_nothing
	atf_add_test_case no_option__no_settings__goes_to_maildir_of_home
	atf_add_test_case missing_maildir__home_exists__is_created_private
	atf_add_test_case damaged_maildir__parts_missing__are_created
	atf_add_test_case mailbox__each_way_to_name_it__same_maildir
	atf_add_test_case mailbox__link_to_a_maildir__is_followed
	atf_add_test_case mailbox__link_inside__75
	atf_add_test_case name__of_message__is_unique_and_tells_the_size
	atf_add_test_case file__delivered__is_private_and_has_one_name
	atf_add_test_case many__one_after_the_other__all_there
	atf_add_test_case delivered__log_cannot_be_written__not_a_word
	atf_add_test_case order__existing_maildir__as_promised
	atf_add_test_case \
	    order__maildir_created__parents_are_synced_before_the_link
	atf_add_test_case system_calls__existing_maildir__at_most_53
	atf_add_test_case small_message__envelope_known__one_write
	atf_add_test_case network__delivery__only_the_local_log
}
