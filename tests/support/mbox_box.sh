# mbox_box.sh - deliveries into an mbox that are made again and again, each
# time with something else going wrong. Forks are counted here: there are
# thousands. What lies in the box in the end is judged for all cases at once,
# by mbox_check.py.
#
# mbox_scenario NAME	choose one, and make what it needs
# mbox_record		list the calls that it makes in the file "calls"
# mbox_reset		put everything back to its start
# mbox_broken FAULTS	deliver, with MDA_FAULT set
# mbox_killed WHEN	deliver, with MDA_KILL set
# mbox_again		deliver once more
# mbox_other		deliver the message "other"; all four give status
# mbox_keep MESSAGE ...	remember the box, and what must be in it
# mbox_bad WORD ...	say what went wrong in the case $case_name
# mbox_conclude NAME	judge all cases

mbox_check="$SRCDIR/tests/support/mbox_check.py"

# Old messages, and such as must be quoted in one way or the other.
make_mbox()
{
	cat >"$1" <<'END'
From ann@example.org Thu Jan  1 00:00:00 2015
Message-ID: <old.1@example.org>
Subject: an old message

>From the start of it
to the end.

From bob@example.org Thu Jan  1 00:00:01 2015
Message-ID: <old.2@example.org>
Subject: another one

text

END
}

# mbox_scenario NAME - of the settings, and of what is there in the beginning.
mbox_scenario()
{
	set_one=$1
	form=mboxrd
	locks='dotlock fcntl'
	patience=20s
	options=
	start=old
	mkdir -p saved box kept
	: >kept/list
	make_mbox old
	: >nothing
	mbox_messages
	case $1 in
	flock|all_locks)	built_with FLOCK ;;
	esac
	case $1 in
	mboxo|mboxcl2)		form=$1 ;;
	dotlock|fcntl|flock)	locks=$1 ;;
	all_locks)		locks='dotlock fcntl flock' ;;
	no_journal)		options='-o mbox_journal=off' ;;
	new*)			start=nothing ;;
	esac
	case $1 in
	*large)	options='-o spool_memory=4096'
		mbox_enlarge message ;;
	esac
	mbox_prepare
}

mbox_messages()
{
	for name in message other third; do
		make_message "$name"
		printf '>From the start\nFrom %s to the end\n' "$name" \
		    >>"$name"
	done
}

# Known to the journal, as all but the first delivery find it.
mbox_prepare()
{
	case $set_one in
	new*)	;;
	first)	cat "$start" >box/mbox ;;
	*)	mbox_other
		[ "$status" -eq 0 ] || atf_fail "cannot prepare: $(cat err)"
		cat "$start" >box/mbox ;;
	esac
	mbox_save
	case $set_one in
	torn)	mbox_tear third
		mbox_save ;;
	witness)
		mbox_record
		mbox_killed "$(mbox_number_of write):after"
		atf_check_equal 137 "$status"
		mbox_save ;;
	esac
}

# mbox_tear MESSAGE - a full disk, and what was written cannot be cut off.
mbox_tear()
{
	export MDA_FAULT='write:2:short write:3:ENOSPC ftruncate:1:EIO'
	mbox_run "$MDA_FAULT_BIN" "$1"
	unset MDA_FAULT
	atf_check_equal 75 "$status"
	! cmp -s "$start" box/mbox || atf_fail 'nothing is torn'
}

# mbox_number_of CALL - its place in "calls"; the last one, if it comes twice.
mbox_number_of()
{
	sed -n "s/ $1 .*//p" calls | tail -n 1
}

# More than is read or written in one piece.
mbox_enlarge()
{
	line=0123456789012345678901234567890123456789012345678901234567890
	awk -v line="$line" 'BEGIN {
		for (i = 0; i < 6000; i++)
			print i, line
	}' >>"$1"
}

# The journal knows the box by its inode: that stays what it is.
mbox_save()
{
	rm -f saved/*
	[ ! -f box/mbox ] || cat box/mbox >saved/mbox
	[ ! -f box/.mbox.mda ] || cat box/.mbox.mda >saved/journal
}

mbox_reset()
{
	for entry in box/* box/.[!.]*; do
		case $entry in
		box/mbox|box/.mbox.mda) ;;
		*)	[ ! -e "$entry" ] || rm -rf "$entry" ;;
		esac
	done
	if [ -f saved/mbox ]; then
		cat saved/mbox >box/mbox
	else
		rm -f box/mbox
	fi
	if [ -f saved/journal ]; then
		cat saved/journal >box/.mbox.mda
	else
		rm -f box/.mbox.mda
	fi
	: >log
}

# mbox_run PROGRAM MESSAGE
# $options is words on purpose.
# shellcheck disable=SC2086
mbox_run()
{
	status=0
	"$1" -o log=none -o "log_file=$HOME/log" -o "mbox_format=$form" \
	    -o "locks=$locks" -o "lock_timeout=$patience" \
	    -o return_path=never $options -f sender@example.org \
	    -m mbox:box/mbox <"$2" >out 2>err || status=$?
}

mbox_broken()
{
	export MDA_FAULT="$1"
	mbox_run "$MDA_FAULT_BIN" message
	unset MDA_FAULT
}

mbox_killed()
{
	export MDA_KILL="$1"
	mbox_run "$MDA_FAULT_BIN" message 2>/dev/null
	unset MDA_KILL
}

mbox_again()
{
	mbox_run "$MDA" message
}

mbox_other()
{
	mbox_run "$MDA" other
}

mbox_bad()
{
	echo "$set_one $case_name: $*"
	wrong=$((wrong + 1))
}

mbox_keep()
{
	cp box/mbox "kept/$cases"
	echo "$case_name $form kept/$cases $*" >>kept/list
}

mbox_record()
{
	cases=0
	wrong=0
	case_name=start
	rm -f calls
	mbox_reset
	export MDA_TRACE="$HOME/calls"
	mbox_broken ''
	unset MDA_TRACE
	[ "$status" -eq 0 ] || {
		cat err
		atf_fail "$set_one: cannot deliver at all"
	}
	mbox_reset
}

# mbox_conclude NAME - all went well, and no fewer cases ran than the list says.
mbox_conclude()
{
	python3 "$mbox_check" records kept/list >faults ||
	    wrong=$((wrong + 1))
	sed "s/^/$set_one /" faults
	echo "$1: $cases cases, $wrong went wrong"
	[ "$wrong" -eq 0 ] || atf_fail "$wrong of $cases cases, see stdout"
	expected=$(sed -n "s/^$1 //p" "$SRCDIR/tests/fault/mbox.count")
	[ "$cases" -ge "${expected:-1000000}" ] || atf_fail \
	    "$cases cases of $1, but mbox.count says ${expected:-none}"
}
