# A disk that is full, at each page of a message of 64 KiB and at many of its
# bytes. (tests/mbox/deliver_test.c tries each byte, with a disk that is only
# played.) The box must be as it was, and the answer 75.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2154
. "$SRCDIR/tests/support/box.sh"

# set_up SIZE - a message of that size or a little more, and a box so large
# that a limit on the size of files is met by it alone.
set_up()
{
	mkdir box
	awk -v size="$1" 'BEGIN {
		print "Message-ID: <large@example.org>\nSubject: large\n"
		line = "From the beginning of a line to its end, and so on."
		for (used = 0; used < size; used += length(line) + 1)
			print line
	}' >message
	awk 'BEGIN {
		print "From ann@example.org Thu Jan  1 00:00:00 2015\n"
		for (i = 0; i < 400; i++)
			print "an old message, and one of its lines"
		print ""
	}' >before
}

# whole_in BOX - what was there before, and one whole copy.
whole_in()
{
	echo "1 mboxrd $1 before message" >list
	atf_check python3 "$SRCDIR/tests/support/mbox_check.py" records list
}

needs_mount()
{
	atf_set require.progs 'unshare mount truncate'
}

# page_by_page LEAST OPTION ... - so many cases at least.
# $private is words.
# shellcheck disable=SC2086
page_by_page()
{
	least=$1
	shift
	set_up 65536
	private='unshare -m'
	[ "$(id -u)" -eq 0 ] || private='unshare -rm'
	$private mount -t tmpfs -o size=128k none box 2>why ||
	    atf_skip "no file system of our own: $(cat why)"
	atf_check -o save:result \
	    $private sh "$SRCDIR/tests/support/mbox_pages.sh" "$@"
	cat result
	cases=$(sed -n 's/ cases, 0 went wrong//p' result)
	[ "$cases" -ge "$least" ] || atf_fail "only $cases cases"
	whole_in after
	atf_check -o inline:'.mbox.mda\nfiller\nmbox\n' cat left
}

# 16 pages of text, and one for the quoting and the lock file.
atf_test_case tmpfs__each_page_of_64_kib__as_before
tmpfs__each_page_of_64_kib__as_before_head()
{
	needs_mount
}
tmpfs__each_page_of_64_kib__as_before_body()
{
	page_by_page 17
}

# The same again for the file that it is first written to.
atf_test_case tmpfs__each_page_of_spilled_64_kib__as_before
tmpfs__each_page_of_spilled_64_kib__as_before_head()
{
	needs_mount
}
tmpfs__each_page_of_spilled_64_kib__as_before_body()
{
	page_by_page 33 -o spool_memory=4096
}

# The kernel itself cuts a write at the byte, and then refuses.
atf_test_case size_limit__many_bytes_of_64_kib__as_before
size_limit__many_bytes_of_64_kib__as_before_head()
{
	atf_set require.progs prlimit
}
size_limit__many_bytes_of_64_kib__as_before_body()
{
	set_up 65536
	"$MDA" -o log=none -m mbox:box/mbox <message || atf_fail 'cannot'
	size=$(($(wc -c <before)))
	cases=0
	wrong=0
	extra=0
	cat before >box/mbox
	while :; do
		status=0
		prlimit --fsize=$((size + extra)) "$MDA" -o log=none \
		    -m mbox:box/mbox <message >out 2>err || status=$?
		[ "$status" -ne 0 ] || break
		read -r said <err || said=
		case $status:$said in
		75:4.3.0' '*) ;;
		*)	echo "$extra bytes: status $status, $said"
			wrong=$((wrong + 1)) ;;
		esac
		cmp before box/mbox || wrong=$((wrong + 1))
		cases=$((cases + 1))
		extra=$((extra + 211))
		[ "$wrong" -eq 0 ] || break
	done
	echo "$cases cases, $wrong went wrong"
	[ "$cases" -gt 300 ] || atf_fail "only $cases cases"
	atf_check_equal 0 "$wrong"
	whole_in box/mbox
	atf_check -o inline:'.mbox.mda\nmbox\n' ls -A box
}

atf_init_test_cases()
{
	atf_add_test_case tmpfs__each_page_of_64_kib__as_before
	atf_add_test_case tmpfs__each_page_of_spilled_64_kib__as_before
	atf_add_test_case size_limit__many_bytes_of_64_kib__as_before
}
