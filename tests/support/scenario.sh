# scenario.sh - deliveries that are made again and again, each time with
# something else going wrong. Forks are counted here: there are thousands.
#
# scenario NAME		choose one, and make what it needs
# record		list the calls that it makes in the file "calls"
# record_now		the same, from where things are
# next_nth CALL		gives nth: how often it was named by now
# reset			put everything back to its start
# broken FAULTS		deliver, with MDA_FAULT set
# killed WHEN		deliver, with MDA_KILL set
# again			deliver; all three give status
# look			gives visible, staged: the number of files
# bad WORD ...		say what went wrong in the case $case_name
# conclude NAME		judge all cases

# What was in the mailbox before must never change.
old_text='an old message'

scenario()
{
	chosen=$1
	box=$HOME/box
	target=$box
	base_fault=
	set -- -m "maildir:$box"
	make_message message
	mkdir -p "$box/tmp" "$box/new" "$box/cur"
	if [ "$chosen" = folder ]; then
		target=$box/.Lists.bugs
		set -- -o mailbox=maildir:%h/box -m +Lists.bugs
	fi
	case $chosen in
	stream)
		set -- -o spool_memory=4096 "$@"
		make_large message ;;
	rename)
		base_fault='linkat:*:ENOTSUP' ;;
	plain_rename)
		base_fault='linkat:*:ENOTSUP rename_noreplace:*:ENOSYS' ;;
	lost_answer)
		base_fault='linkat:*:done-EIO' ;;
	lost_answer_exists)
		base_fault='linkat:*:done-EEXIST' ;;
	cleanup)
		base_fault='unlinkat:*:EIO' ;;
	esac
	if [ "$chosen" != create ]; then
		echo "$old_text" >"$box/new/old"
		echo "$old_text" >"$box/cur/old:2,S"
	fi
	arguments=$*
}

# More than is read or written in one piece.
make_large()
{
	line=0123456789012345678901234567890123456789012345678901234567890
	awk -v line="$line" 'BEGIN {
		for (i = 0; i < 9000; i++)
			print i, line
	}' >>"$1"
}

reset()
{
	case $chosen in
	create)	rm -rf "$box" ;;
	folder)	rm -rf "$target" ;;
	*)	rm -f "$box"/new/[0-9]* "$box"/tmp/* ;;
	esac
	: >log
}

next_nth()
{
	eval "nth=\$((\${nth_$1-0} + 1)); nth_$1=\$nth"
}

# $arguments holds no blanks of its own: HOME is a folder made by Kyua.
# shellcheck disable=SC2086
broken()
{
	status=0
	MDA_FAULT="$base_fault $1" "$MDA_FAULT_BIN" -o log=none \
	    -o "log_file=$HOME/log" $arguments <message >out 2>err || status=$?
}

# shellcheck disable=SC2086
killed()
{
	MDA_KILL=$1 "$MDA_FAULT_BIN" -o log=none $arguments \
	    <message >out 2>err &
	wait_for "$!"
}

# shellcheck disable=SC2086
again()
{
	status=0
	"$MDA" -o log=none $arguments <message >out 2>err || status=$?
}

look()
{
	visible=0
	staged=0
	for entry in "$target"/new/[0-9]*; do
		[ -e "$entry" ] || continue
		visible=$((visible + 1))
		cmp -s message "$entry" || bad "not whole: $entry"
	done
	for entry in "$target"/tmp/*; do
		[ ! -e "$entry" ] || staged=$((staged + 1))
	done
	[ "$chosen" = create ] || look_at_old
}

look_at_old()
{
	for entry in "$box/new/old" "$box/cur/old:2,S"; do
		text=
		IFS= read -r text <"$entry"
		[ "$text" = "$old_text" ] || bad "changed: $entry"
	done
}

bad()
{
	wrong=$((wrong + 1))
	[ "$wrong" -gt 50 ] || echo "$chosen $case_name: $*"
}

record()
{
	reset
	record_now
}

record_now()
{
	cases=0
	wrong=0
	case_name=start
	export MDA_TRACE="$HOME/calls"
	broken ''
	unset MDA_TRACE
	[ "$status" -eq 0 ] || {
		cat err
		atf_fail "$chosen: cannot deliver at all"
	}
}

# conclude NAME - all went well, and no fewer cases ran than the list says.
conclude()
{
	echo "$1: $cases cases, $wrong went wrong"
	[ "$wrong" -eq 0 ] || atf_fail "$wrong of $cases cases, see stdout"
	expected=$(sed -n "s/^$1 //p" "$SRCDIR/tests/fault/maildir.count")
	[ "$cases" -ge "${expected:-100000}" ] || atf_fail \
	    "$cases cases of $1, but maildir.count says ${expected:-nothing}"
}
