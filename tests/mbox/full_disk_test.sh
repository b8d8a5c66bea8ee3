# A disk that is full, at each page of a message of 64 KiB and at many of its
# bytes. (tests/mbox/deliver_test.c tries each byte, with a disk that is not
# there.) The box must be as it was, and the answer 75.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2154
. "$SRCDIR/tests/support/box.sh"

# message SIZE - lines, up to some more than that.
message()
{
	printf 'Message-ID: <large@example.org>\nSubject: large\n\n'
	awk -v size="$1" 'BEGIN {
		line = "From the beginning of a line to its end, and so on."
		for (used = 0; used < size; used += length(line) + 1)
			print line
	}'
}

# One sentence, with the code that the sender reads first.
judge()
{
	[ "$status" -eq 75 ] || wrong "status $status"
	[ ! -s out ] || wrong 'prints something'
	read -r said <err || said=
	case $said in
	4.3.[01]' '*) ;;
	*)	wrong "says $said" ;;
	esac
	cmp -s before box/mbox || wrong 'the box has changed'
	[ ! -e box/mbox.lock ] || wrong 'a lock file is left'
}

wrong()
{
	echo "$case_name: $*"
	faults=$((faults + 1))
}

# $options is words.
# shellcheck disable=SC2086
deliver()
{
	status=0
	"$@" "$MDA" -o log=none $options -m mbox:box/mbox <message \
	    >out 2>err || status=$?
}

# whole_in_the_end - space is there again: one whole copy.
whole_in_the_end()
{
	echo "1 mboxrd box/mbox before message" >list
	atf_check python3 "$SRCDIR/tests/support/mbox_check.py" records list
}

# fill_up - not a page is free; "filler" holds what is given back.
fill_up()
{
	cat /dev/zero >box/filler 2>/dev/null
	filled=$(wc -c <box/filler)
}

# page_by_page OPTION ... - inside the mount.
page_by_page()
{
	options=$*
	cases=0
	faults=0
	mount -t tmpfs -o size=512k,mode=700 none box || exit 99
	: >empty
	status=0
	"$MDA" -o log=none -m mbox:box/mbox <empty || exit 99
	printf 'From a Thu Jan  1 00:00:00 2015\n\nold\n\n' >box/mbox
	cp box/mbox before
	fill_up
	pages=0
	while :; do
		case_name="$pages pages"
		truncate -s $((filled - pages * 4096)) box/filler
		deliver
		[ "$status" -ne 0 ] || break
		judge
		cases=$((cases + 1))
		pages=$((pages + 1))
		[ "$pages" -lt 100 ] || break
	done
	echo "$cases cases, $faults went wrong"
	# 64 KiB, and the page that both box and record need.
	[ "$cases" -ge 16 ] && [ "$pages" -lt 100 ] || faults=1
	[ "$faults" -eq 0 ] || exit 1
	whole_in_the_end
	atf_check -o inline:'.mbox.mda\nfiller\nmbox\n' ls -A box
}

in_a_private_mount()
{
	mkdir box
	private='unshare -m'
	[ "$(id -u)" -eq 0 ] || private='unshare -rm'
	$private mount -t tmpfs -o size=512k none box 2>why ||
	    atf_skip "no file system of our own: $(cat why)"
	message 65536 >message
	# shellcheck disable=SC2016 # for the inner shell
	cat >inner <<'END'
. "$HOME/functions"
page_by_page "$@"
END
	sed '/^atf_init_test_cases/,$d' \
	    "$SRCDIR/tests/mbox/full_disk_test.sh" >functions
}

atf_test_case tmpfs__each_page_of_64_kib__as_before
tmpfs__each_page_of_64_kib__as_before_head()
{
	atf_set require.progs 'unshare mount truncate'
}
tmpfs__each_page_of_64_kib__as_before_body()
{
	in_a_private_mount
}

atf_init_test_cases()
{
	atf_add_test_case tmpfs__each_page_of_64_kib__as_before
}
