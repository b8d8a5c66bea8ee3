# Many deliveries at once into one Maildir: each message once, and whole.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2154
. "$SRCDIR/tests/support/box.sh"

deliverers='1 2 3 4 5 6 7 8'

# at_once FUNCTION - run it for each deliverer at the same time.
at_once()
{
	pids=
	for deliverer in $deliverers; do
		"$1" "$deliverer" >"out.$deliverer" 2>&1 &
		pids="$pids $!"
	done
	for pid in $pids; do
		wait_for "$pid"
		[ "$status" -eq 0 ] || atf_fail "status $status: $(cat out.*)"
	done
	atf_check -o empty cat out.?
}

# make_numbered FILE - more than one line, so that a part would be seen.
make_numbered()
{
	printf 'Message-ID: <%s@example.org>\nSubject: %s\n\n' "$1" "$1"
	for line in 1 2 3 4 5 6 7 8 9 10; do
		echo "$1 line $line"
	done
}

fifty()
{
	number=0
	while [ "$number" -lt 50 ]; do
		number=$((number + 1))
		"$MDA" -o log=none -m box/ <"sent/$1.$number" || return
	done
}

# sums FOLDER - of what lies there, without the names.
sums()
{
	cat "$1"/* | wc -c
	for entry in "$1"/*; do
		cksum <"$entry"
	done | LC_ALL=C sort
}

atf_test_case eight_deliverers__50_each__400_whole_messages
eight_deliverers__50_each__400_whole_messages_body()
{
	make_box box
	mkdir sent
	for deliverer in $deliverers; do
		number=0
		while [ "$number" -lt 50 ]; do
			number=$((number + 1))
			make_numbered "$deliverer.$number" \
			    >"sent/$deliverer.$number"
		done
	done

	at_once fifty
	expect_count 400 box/new
	expect_count 0 box/tmp
	sums sent >wanted
	sums box/new >found
	atf_check cmp wanted found
}

# Each of them sees the others' files in tmp, with the very same message and
# two links: but those deliveries live.
same_ten()
{
	for turn in 1 2 3 4 5 6 7 8 9 10; do
		"$MDA" -o log=none -m box/ <message || return
	done
}

atf_test_case eight_deliverers__the_same_message__each_one_counts
eight_deliverers__the_same_message__each_one_counts_body()
{
	make_box box
	make_message message

	at_once same_ten
	expect_count 80 box/new
	expect_count 0 box/tmp
}

first_of_all()
{
	"$MDA" -o log=none -o mailbox=maildir:%h/box -m +Lists <message
}

atf_test_case eight_deliverers__maildir_missing__made_once
eight_deliverers__maildir_missing__made_once_body()
{
	make_message message
	for turn in 1 2 3 4 5 6 7 8 9 10; do
		rm -rf box
		at_once first_of_all
		expect_count 8 box/.Lists/new
		expect_count 0 box/.Lists/tmp
	done
}

# One that is killed again and again, beside others: nothing of theirs is
# lost, and its own message comes to be there once.
killed_and_again()
{
	for moment in linkat unlinkat unlinkat; do
		status=0
		(MDA_FAULT=$moment:1:SIGKILL exec "$MDA_FAULT_BIN" \
		    -o log=none -m box/ <killed) || status=$?
		[ "$status" -eq 137 ] || echo "at $moment: status $status" >&3
	done
	"$MDA" -o log=none -m box/ <killed
}

beside()
{
	if [ "$1" = 1 ]; then
		killed_and_again 3>&1 2>/dev/null
	else
		same_ten
	fi
}

atf_test_case one_is_killed__seven_deliver__all_there
one_is_killed__seven_deliver__all_there_body()
{
	make_box box
	make_message message
	make_message killed

	at_once beside
	copies=$(cat box/new/* | grep -c '<killed@')
	[ "$copies" -eq 1 ] || atf_fail "$copies copies"
	expect_count 71 box/new
}

atf_init_test_cases()
{
	atf_add_test_case eight_deliverers__50_each__400_whole_messages
	atf_add_test_case eight_deliverers__the_same_message__each_one_counts
	atf_add_test_case eight_deliverers__maildir_missing__made_once
	atf_add_test_case one_is_killed__seven_deliver__all_there
}
