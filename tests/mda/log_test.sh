# The log line: one for each delivery, for programs to read.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2154
. "$SRCDIR/tests/support/box.sh"

# expect_lines NUMBER FILE
expect_lines()
{
	lines=$(wc -l <"$2")
	[ "$lines" -eq "$1" ] || atf_fail "$lines lines: $(cat "$2")"
}

# log_of OPTION ... - deliver "message"; the line is in the file "log".
log_of()
{
	rm -f log
	status=0
	"$MDA" -o log=none -o "log_file=$HOME/log" "$@" \
	    <message >out 2>err || status=$?
	expect_lines 1 log
}

# has PATTERN ... - the line matches each of them.
has()
{
	for pattern do
		atf_check -o ignore -e empty grep -e "$pattern" log
	done
}

atf_test_case delivered__log_file__has_its_keys
delivered__log_file__has_its_keys_body()
{
	make_message message
	log_of -m box/ -f from@a -a to@b -q 4A7F
	atf_check_equal 0 "$status"
	expect_count 1 box/new
	size=$(wc -c <"$file" | tr -d ' ')
	has '^status=delivered box=maildir path=box ' \
	    " name=\"*${file##*/}\"* bytes=$size " ' write_ms=[0-9]' \
	    ' sync_ms=[0-9]' ' queue=4A7F ' ' id=<message@example\.org>' \
	    ' from=from@a' ' to=to@b'
}

atf_test_case deferred__log_file__has_its_keys
deferred__log_file__has_its_keys_body()
{
	make_message message
	echo thing >thing
	log_of -m maildir:thing -q 4A7F
	atf_check_equal 75 "$status"
	has '^status=deferred box=maildir step=open-dir errno=ENOTDIR' \
	    ' dsn=4\.3\.0 ' ' path=thing ' ' residue=no' ' queue=4A7F' \
	    ' id=<message@example\.org>'
}

atf_test_case bounced__log_file__says_so
bounced__log_file__says_so_body()
{
	make_message message
	log_of -m box/ -d no-such-user-here
	atf_check_equal 67 "$status"
	has '^status=bounced ' ' step=user-unknown ' ' dsn=5\.1\.1 '
}

atf_test_case log_file__exists__gets_a_line_more
log_file__exists__gets_a_line_more_body()
{
	make_message message
	for turn in 1 2 3; do
		atf_check "$MDA" -o log=none -o "log_file=$HOME/log" \
		    -m box/ <message
		expect_lines "$turn" log
	done
	atf_check -o match:'^-rw-------' ls -l log
}

atf_test_case log_file__is_a_link__is_not_followed
log_file__is_a_link__is_not_followed_body()
{
	make_message message
	echo precious >elsewhere
	ln -s elsewhere log
	atf_check "$MDA" -o log=none -o "log_file=$HOME/log" -m box/ <message
	expect_only box message
	atf_check -o inline:'precious\n' cat elsewhere
}

# A log that nobody reads does not hold up the mail.
atf_test_case log_file__is_a_fifo__does_not_wait
log_file__is_a_fifo__does_not_wait_body()
{
	make_message message
	mkfifo log
	atf_check "$MDA" -o log=none -o "log_file=$HOME/log" -m box/ <message
	expect_only box message
}

atf_test_case verbose__delivered__line_on_stderr
verbose__delivered__line_on_stderr_body()
{
	make_message message
	atf_check -e match:'^status=delivered ' \
	    "$MDA" -v -o log=none -m box/ <message
}

# The status code stays in front of all.
atf_test_case verbose__deferred__sentence_first
verbose__deferred__sentence_first_body()
{
	make_message message
	deferred 4.3.0 "$MDA" -v -o log=none -m none/box/ <message
	atf_check -o match:'^status=deferred ' sed -n 2p said
}

atf_test_case log__none__no_daemon_is_asked
log__none__no_daemon_is_asked_head()
{
	atf_set require.progs strace
}
log__none__no_daemon_is_asked_body()
{
	not_sanitized
	strace -o trace true 2>why || atf_skip "strace: $(cat why)"
	make_message message
	atf_check strace -o trace -e trace=network \
	    "$MDA" -o log=none -m box/ <message
	atf_check -s exit:1 -o empty grep socket trace
	atf_check strace -o trace -e trace=network "$MDA" -m box/ <message
	atf_check -o match:'/dev/log|/var/run/log' cat trace
}

# one_line_of KEYS - this is the whole line, by its keys, in this order.
one_line_of()
{
	# Values in quotes hold neither quotes nor line ends: out they go.
	keys=$(sed 's/"[^"]*"/""/g; s/=[^ ]*//g' log)
	atf_check_equal "$1" "$keys"
}

atf_test_case values__from_strangers__cannot_forge
values__from_strangers__cannot_forge_body()
{
	lf='
'
	evil="x status=delivered${lf}status=delivered path=\"/y\" z=\\"
	printf 'Message-ID: <a"b\\c>\r\n status=delivered\tid=1\n\nbody\n' \
	    >message
	log_of -m box/ -f "$evil" -a "$evil" -q "$evil"
	one_line_of 'status box path name bytes write_ms sync_ms queue id from to'
	has '\\012' '\\134' '\\042' ' id="<a\\042b\\134c>'

	log_of -m "$evil/" -q "$evil"
	one_line_of 'status box step errno dsn path residue queue id'
	has '^status=deferred '
}

# A name could hold anything; the sentence stays one line all the same.
atf_test_case sentence__names_with_line_ends__one_line
sentence__names_with_line_ends__one_line_body()
{
	make_message message
	name=$(printf 'no\nsuch\0335.1.1\n5.1.1/x')
	deferred 4.3.0 "$MDA" -o log=none -m "$name/" <message
	expect_lines 1 said
	escape=$(printf '\033')
	atf_check -s exit:1 -o empty grep -e "$escape" said
}

atf_test_case json__any_value__is_json
json__any_value__is_json_body()
{
	lf='
'
	evil="x\",\"status\":\"no\"${lf}\\ $(printf '\303\244\001\177')"
	printf 'Message-ID: <a"b\\c\001\377>\n\nbody\n' >message
	make_box box
	string='"([^"\\]|\\u[0-9a-f][0-9a-f][0-9a-f][0-9a-f])*"'
	pair="\"[a-z_]+\":($string|[0-9]+)"
	for where in box/ none/box/; do
		log_of -o log_format=json -m "$where" -f "$evil" -a "$evil" \
		    -q "$evil"
		atf_check -o ignore grep -E -x "\\{$pair(,$pair)*\\}" log
		python3 -c '' 2>/dev/null || continue
		atf_check -o match:"^(delivered|deferred)\$" python3 -c \
		    'import json; print(json.load(open("log"))["status"])'
	done
}

atf_test_case values__very_long__line_stays_whole
values__very_long__line_stays_whole_body()
{
	long=$(dd if=/dev/zero bs=5000 count=1 2>/dev/null | tr '\000' '"')
	make_message message
	for format in logfmt json; do
		log_of -o "log_format=$format" -m box/ -f "$long" -a "$long" \
		    -q "$long"
		atf_check_equal 0 "$status"
		size=$(wc -c <log)
		[ "$size" -le 4096 ] || atf_fail "a line of $size bytes"
	done
	has '}$'
}

atf_init_test_cases()
{
	atf_add_test_case delivered__log_file__has_its_keys
	atf_add_test_case deferred__log_file__has_its_keys
	atf_add_test_case bounced__log_file__says_so
	atf_add_test_case log_file__exists__gets_a_line_more
	atf_add_test_case log_file__is_a_link__is_not_followed
	atf_add_test_case log_file__is_a_fifo__does_not_wait
	atf_add_test_case verbose__delivered__line_on_stderr
	atf_add_test_case verbose__deferred__sentence_first
	atf_add_test_case log__none__no_daemon_is_asked
	atf_add_test_case values__from_strangers__cannot_forge
	atf_add_test_case sentence__names_with_line_ends__one_line
	atf_add_test_case json__any_value__is_json
	atf_add_test_case values__very_long__line_stays_whole
}
