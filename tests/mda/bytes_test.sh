# Bytes in are bytes out, whatever they are and however many.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2154
. "$SRCDIR/tests/support/box.sh"

# same_bytes FILE [OPTION ...] - deliver it, and find it unchanged.
same_bytes()
{
	message=$1
	shift
	rm -rf box
	atf_check "$MDA" -o log=none "$@" -m box/ <"$message"
	expect_only box "$message"
}

# same_both_ways FILE - held in memory, and written as it comes.
same_both_ways()
{
	same_bytes "$1"
	same_bytes "$1" -o spool_memory=4096
}

# repeat NUMBER BYTE - so many of one byte, as tr(1) writes it.
repeat()
{
	dd if=/dev/zero bs="$1" count=1 2>/dev/null | tr '\000' "$2"
}

atf_test_case nul__in_header_and_body__same
nul__in_header_and_body__same_body()
{
	printf 'Subject: a\000b\n\nbefore\000after\n\000\n' >message
	same_both_ways message
	printf '\000' >message
	same_both_ways message
	printf '\000Subject: x\n\nbody\n' >message
	same_both_ways message
}

atf_test_case cr__alone_and_before_lf__same
cr__alone_and_before_lf__same_body()
{
	printf 'Subject: a\rb\n\nlone\rCR\n\r' >message
	same_both_ways message
	printf 'Subject: x\r\n\r\nbody\r\n' >message
	same_both_ways message
	printf '\r\r\n\n\r' >message
	same_both_ways message
}

atf_test_case eight_bit__all_bytes__same
eight_bit__all_bytes__same_body()
{
	printf 'Subject: \303\244\344\n\n' >message
	awk 'BEGIN { for (i = 0; i < 256; i++) printf "\\%03o", i }' >format
	# shellcheck disable=SC2059 # 256 octal numbers
	printf "$(cat format)" >>message
	atf_check -o match:'^ *270$' wc -c <message
	same_both_ways message
}

atf_test_case line__of_10_mb__same
line__of_10_mb__same_body()
{
	{
		printf 'Subject: long\n\n'
		repeat 10485760 x
		printf '\nthe end\n'
	} >message
	same_both_ways message
}

atf_test_case line__of_10_mb_in_header__same
line__of_10_mb_in_header__same_body()
{
	{
		printf 'X-Long: '
		repeat 10485760 x
		printf '\nMessage-ID: <a@b>\n\nbody\n'
	} >message
	same_both_ways message
}

atf_test_case final_newline__missing__same
final_newline__missing__same_body()
{
	printf 'Subject: x\n\nno newline' >message
	same_both_ways message
	printf 'Subject: no newline' >message
	same_both_ways message
	printf x >message
	same_both_ways message
}

atf_test_case empty__no_byte_at_all__is_a_message
empty__no_byte_at_all__is_a_message_body()
{
	: >message
	same_both_ways message
	atf_check_equal "${file%,S=0},S=0" "$file"
}

atf_test_case header__none__same
header__none__same_body()
{
	printf '\nonly a body\n' >message
	same_both_ways message
	printf 'no field here\nand: none here\n' >message
	same_both_ways message
	printf ' begins: with a blank\n\nbody\n' >message
	same_both_ways message
	printf '\n' >message
	same_both_ways message
}

atf_test_case from_lines__in_the_body__same
from_lines__in_the_body__same_body()
{
	printf 'Subject: x\n\nFrom the start\n\nFrom a@b Mon\n>From c\n' \
	    >message
	same_both_ways message
	printf '>From quoted\nSubject: x\n\nbody\n' >message
	same_both_ways message
	printf 'from small@letters\n\nbody\n' >message
	same_both_ways message
	printf 'From:colon@example.org\n\nFrom \n' >message
	same_both_ways message
}

# Just below, at and above what is read, held and written in one piece.
atf_test_case size__around_each_buffer__same
size__around_each_buffer__same_body()
{
	printf 'Subject: size\n\n' >start
	for edge in 4096 8192 65536 262144 266240 1048576 1310720; do
		for size in $((edge - 1)) $edge $((edge + 1)); do
			{ cat start; repeat $((size - 15)) y; } >message
			same_both_ways message
		done
	done
}

# The pieces in which a pipe brings a message are no part of it.
atf_test_case pipe__in_small_pieces__same
pipe__in_small_pieces__same_body()
{
	make_message message
	awk 'BEGIN { for (i = 0; i < 20000; i++) print i }' >>message

	dd if=message bs=7 2>/dev/null |
	    atf_check "$MDA" -o log=none -m box/
	expect_only box message
	rm "$file"
	dd if=message bs=4097 2>/dev/null |
	    atf_check "$MDA" -o log=none -o spool_memory=4096 -m box/
	expect_only box message
}

# Some senders hand over a file: it counts from where it stands.
atf_test_case file__read_in_part__the_rest_is_the_message
file__read_in_part__the_rest_is_the_message_body()
{
	make_message message
	{
		printf 'taken by the sender\n'
		cat message
	} >both

	{
		dd bs=20 count=1 of=taken 2>/dev/null
		atf_check "$MDA" -o log=none -m box/
	} <both
	expect_only box message
}

# Memory does not grow with the message: 8 MiB for data and heap together.
atf_test_case large__200_mb_with_8_mib_of_memory__same
large__200_mb_with_8_mib_of_memory__same_head()
{
	atf_set timeout 600
}
large__200_mb_with_8_mib_of_memory__same_body()
{
	not_sanitized
	not_emulated 'it needs memory of its own'
	large()
	{
		printf 'Message-ID: <large@example.org>\n\n'
		yes '0123456789 abcdefghijklmnopqrstuvwxyz From here on' |
		    head -c 209715200
	}
	within_8_mib()
	{
		# shellcheck disable=SC3045 # dash, bash and the BSDs know -d
		(ulimit -d 8192 && exec "$MDA" -o log=none "$@" -m box/) \
		    >out 2>&1
	}
	make_box box
	! large | within_8_mib -o spool_memory=1G ||
	    atf_skip 'memory cannot be limited here'
	large | within_8_mib || atf_fail "not with 8 MiB: $(cat out)"
	[ ! -s out ] || atf_fail "$(cat out)"
	expect_count 1 box/new
	large | cmp - "$file" || atf_fail 'not the same bytes'
	size=$(wc -c <"$file")
	[ "$size" -ge 209715200 ] || atf_fail "only $size bytes"
}

# 200 messages made of what makes trouble; always the same ones, so that a
# failure can be looked at again. A From_ line in front is not part of one.
random_formats()
{
	awk 'BEGIN {
		count = split("From |>From |\\000|\\r|\\n|\\n\\n| |\\t|:|x|" \
		    "Subject: y|Message-ID: <z>|Received: |\\377|\\n.\\n|" \
		    "\\nFrom |Content-Length: 3\\n|\\r\\n|Return-Path: <>",
		    piece, "|")
		srand(1)
		for (i = 0; i < 200; i++) {
			line = ""
			for (n = int(rand() * 40); n > 0; n--)
				line = line piece[int(rand() * count) + 1]
			print line
		}
	}'
}

atf_test_case random__200_messages__same_but_the_from_line
random__200_messages__same_but_the_from_line_body()
{
	number=0
	from_lines=0
	make_box box
	random_formats >formats
	while IFS= read -r format; do
		number=$((number + 1))
		# shellcheck disable=SC2059 # that is how bytes are made
		printf "$format" >message
		case $format in
		'From '*)
			from_lines=$((from_lines + 1))
			# A line without its end may be cut off: it stays.
			if [ "$(head -n 1 message | tail -c 1 | wc -l)" -eq 1 ]; then
				tail -n +2 message >expected
			else
				cp message expected
			fi ;;
		*)	cp message expected ;;
		esac
		memory=4096
		[ $((number % 2)) -eq 0 ] || memory=1M
		"$MDA" -o log=none -o return_path=never \
		    -o "spool_memory=$memory" -m box/ <message >out 2>&1 ||
		    atf_fail "message $number: status $?: $(cat out)"
		[ ! -s out ] || atf_fail "message $number: $(cat out)"
		count_files box/new
		[ "$count" -eq 1 ] || atf_fail "message $number: $count files"
		cmp expected "$file" || atf_fail "message $number: $format"
		rm "$file"
	done <formats
	echo "$number messages, $from_lines with a From_ line"
	[ "$number" -eq 200 ] || atf_fail "$number messages"
	[ "$from_lines" -ge 5 ] || atf_fail "$from_lines with a From_ line"
}

atf_init_test_cases()
{
	atf_add_test_case nul__in_header_and_body__same
	atf_add_test_case cr__alone_and_before_lf__same
	atf_add_test_case eight_bit__all_bytes__same
	atf_add_test_case line__of_10_mb__same
	atf_add_test_case line__of_10_mb_in_header__same
	atf_add_test_case final_newline__missing__same
	atf_add_test_case empty__no_byte_at_all__is_a_message
	atf_add_test_case header__none__same
	atf_add_test_case from_lines__in_the_body__same
	atf_add_test_case size__around_each_buffer__same
	atf_add_test_case pipe__in_small_pieces__same
	atf_add_test_case file__read_in_part__the_rest_is_the_message
	atf_add_test_case large__200_mb_with_8_mib_of_memory__same
	atf_add_test_case random__200_messages__same_but_the_from_line
}
