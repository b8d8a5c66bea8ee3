# A disk that is full, at each page of a message of 64 KiB and at many of its
# bytes; with MDA_LONG=yes ("make check-long") at each of them.
# (tests/mbox/deliver_test.c tries each byte, with a disk that is only played.)
# The box must be as it was, and the answer 75.

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

# own_mounts - gives private, words in front of a command that may mount. Not
# in each container or chroot is there such a thing.
# shellcheck disable=SC2086 # words
own_mounts()
{
	private='unshare -m'
	[ "$(id -u)" -eq 0 ] || private='unshare -rm'
	$private true 2>why ||
	    atf_skip "no file system of our own: $(cat why)"
}

# page_by_page LEAST OPTION ... - so many cases at least.
# $private is words.
# shellcheck disable=SC2086
page_by_page()
{
	least=$1
	shift
	set_up 65536
	own_mounts
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

# byte_by_byte LEAST BLOCK STEP MOUNT - on a file system that the shell words
# MOUNT put over box/, so many cases at least.
byte_by_byte()
{
	set_up 65536
	cat >there <<END
$4 || exit 99
exec python3 "$SRCDIR/tests/support/mbox_disk.py" box $2 $3
END
	own_mounts
	# shellcheck disable=SC2086 # words
	$private sh there >result 2>why && status=0 || status=$?
	[ "$status" -ne 99 ] || atf_skip "no file system of our own: $(cat why)"
	expect_cases "$1"
}

# expect_cases LEAST - in the files result and why, with status.
expect_cases()
{
	cat result why
	atf_check_equal 0 "$status"
	cases=$(sed -n 's/ cases, 0 went wrong//p' result)
	[ "$cases" -ge "$1" ] || atf_fail "only $cases cases"
}

# The steps are odd, so that the tries lie at all places of a word; 17 pages of
# text and three others are gone through with each end of the box.
atf_test_case tmpfs__bytes_of_64_kib__as_before
tmpfs__bytes_of_64_kib__as_before_head()
{
	needs_mount
	atf_set timeout 3600
}
tmpfs__bytes_of_64_kib__as_before_body()
{
	bytes=$(short_or_long 61 1)
	byte_by_byte $((65536 / bytes)) 4096 "$bytes" \
	    'mount -t tmpfs -o size=160k,mode=700 none box'
}

# With blocks of a kilobyte, and blocks that hold the numbers of others.
atf_test_case ext2__bytes_of_64_kib__as_before
ext2__bytes_of_64_kib__as_before_head()
{
	atf_set require.user root
	atf_set require.progs 'unshare mount mkfs.ext2 truncate'
	atf_set timeout 3600
}
ext2__bytes_of_64_kib__as_before_body()
{
	bytes=$(short_or_long 61 1)
	mkdir disk
	byte_by_byte $((65536 / bytes)) 1024 "$bytes" \
	    'mount -t tmpfs -o size=1m none disk &&
	    truncate -s 512k disk/image &&
	    mkfs.ext2 -q -b 1024 -N 16 disk/image &&
	    mount -o loop disk/image box && rmdir box/lost+found'
}

# The kernel itself cuts a write at the byte, and then refuses.
atf_test_case size_limit__bytes_of_64_kib__as_before
size_limit__bytes_of_64_kib__as_before_head()
{
	atf_set timeout 3600
}
size_limit__bytes_of_64_kib__as_before_body()
{
	set_up 65536
	bytes=$(short_or_long 211 1)
	python3 "$SRCDIR/tests/support/mbox_limit.py" box "$bytes" \
	    >result 2>why && status=0 || status=$?
	expect_cases $((65536 / bytes))
	whole_in box/mbox
}

atf_init_test_cases()
{
	atf_add_test_case tmpfs__each_page_of_64_kib__as_before
	atf_add_test_case tmpfs__each_page_of_spilled_64_kib__as_before
	atf_add_test_case tmpfs__bytes_of_64_kib__as_before
	atf_add_test_case ext2__bytes_of_64_kib__as_before
	atf_add_test_case size_limit__bytes_of_64_kib__as_before
}
