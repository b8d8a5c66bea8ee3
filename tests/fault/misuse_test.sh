# A slip in a fault test is status 99, and never taken for a result.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2154
. "$SRCDIR/tests/support/box.sh"

# misuse VARIABLE VALUE ...
misuse()
{
	variable=$1
	shift
	make_message message
	for value do
		echo "$variable=$value"
		atf_check -s exit:99 -o empty -e match:'^mda-fault: ' \
		    env "$variable=$value" "$MDA_FAULT_BIN" -o log=none \
		    -m box/ <message
	done
}

atf_test_case fault__not_understood__99
fault__not_understood__99_body()
{
	misuse MDA_FAULT fsync fsync:1 fsync:1: fsync::EIO fsync:0:EIO \
	    fsync:x:EIO fsink:1:EIO fsync:1:EOI fsync:1:SIGFOO \
	    fsync:1:done- 'fsync:1:EIO x' fsync:1-:EIO fsync:2-x:EIO \
	    fsync:even:EIO fsync:1?2:EIO 'fsync:?:EIO'
}

atf_test_case fault__of_a_call_that_never_comes__99
fault__of_a_call_that_never_comes__99_body()
{
	misuse MDA_FAULT fsync:99:EIO renameat:1:EIO fsync:90-99:EIO
}

atf_test_case kill__not_understood__99
kill__not_understood__99_body()
{
	misuse MDA_KILL 1 x:before 1:later :after '*:after' 9999:after
}

# No process is forked here, so nobody meets the fault.
atf_test_case process__not_understood_or_never_there__99
process__not_understood_or_never_there__99_body()
{
	misuse MDA_PROCESS 0 first 2x
	export MDA_FAULT=fsync:1:EIO
	misuse MDA_PROCESS 2
	export MDA_FAULT=
	MDA_KILL=1:before misuse MDA_PROCESS 2
}

# A count, a range, every other one, one byte at a time.
atf_test_case faults__some_in_a_row__met_so_often
faults__some_in_a_row__met_so_often_body()
{
	make_message message
	export MDA_TRACE="$PWD/calls"
	MDA_FAULT='fsync:2-4:EINTR write:odd:EINTR' atf_check "$MDA_FAULT_BIN" \
	    -o log=none -m box/ <message
	atf_check -o inline:'0EINTREINTREINTR0' \
	    sh -c "sed -n 's/.* fsync //p' calls | sed 5q | tr -d '\\n'"
	atf_check -o inline:"EINTR\n$(wc -c <message)\n" \
	    sed -n 's/.* write //p' calls
	rm -f calls
	rm -rf box
	MDA_FAULT='write:*:one' atf_check "$MDA_FAULT_BIN" -o log=none \
	    -m box/ <message
	expect_only box message
	size=$(($(wc -c <message)))
	[ "$(grep -c ' write 1$' calls)" -ge "$size" ] ||
	    atf_fail 'not one byte at a time'
}

atf_test_case trace__cannot_be_written__99
trace__cannot_be_written__99_body()
{
	misuse MDA_TRACE /nowhere/at/all
}

atf_test_case nothing_asked_for__delivers_like_mda
nothing_asked_for__delivers_like_mda_body()
{
	make_message message
	atf_check "$MDA_FAULT_BIN" -o log=none -m box/ <message
	expect_only box message
}

atf_test_case every_call__of_the_table__can_fail
every_call__of_the_table__can_fail_body()
{
	make_message message
	calls=$(sed -n 's/.*(\*\([a-z_]*\))(.*/\1/p' "$SRCDIR/base/sys.h")
	[ -n "$calls" ] || atf_fail 'no call found'
	for call in $calls; do
		MDA_FAULT="$call:*:EIO" "$MDA_FAULT_BIN" -o log=none -m box/ \
		    <message >/dev/null 2>said || true
		atf_check -s exit:1 -o empty grep mda-fault said
	done
}

atf_init_test_cases()
{
	atf_add_test_case fault__not_understood__99
	atf_add_test_case fault__of_a_call_that_never_comes__99
	atf_add_test_case kill__not_understood__99
	atf_add_test_case process__not_understood_or_never_there__99
	atf_add_test_case faults__some_in_a_row__met_so_often
	atf_add_test_case trace__cannot_be_written__99
	atf_add_test_case nothing_asked_for__delivers_like_mda
	atf_add_test_case every_call__of_the_table__can_fail
}
