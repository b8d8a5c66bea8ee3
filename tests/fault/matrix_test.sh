# Every call of a delivery fails with every error that it can have, loses its
# answer, is interrupted, or takes one byte: matrix.py tells how. By root, in
# either of the two processes.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2154
. "$SRCDIR/tests/support/private.sh"
. "$SRCDIR/tests/support/box.sh"

# A build with sanitizers takes three times as long.
patience=600
[ -z "${MDA_SANITIZER-}" ] || patience=1800

# matrix SCENE PROCESS - no fault, and to the last figure what matrix.count
# says. Other systems have other locks, so other calls.
matrix()
{
	case $1 in
	root*|fixed)	private_start ;;
	esac
	atf_check -o save:result \
	    python3 -B "$SRCDIR/tests/fault/matrix.py" "$1" "$2"
	cat result
	[ -z "${MDA_PART-}" ] || return 0
	grep "^[a-z]* $1 $2: " "$SRCDIR/tests/fault/matrix.count" |
	    cmp - result || atf_fail "tests/fault/matrix.count has other \
figures. When these are meant, write them there."
}

# differ MUTANT SCENE [WORDS] - a delivery agent with a fault (record_sys.c) has
# other figures, or is found to do what the words say.
differ()
{
	MDA_MUTANT=$1 python3 -B "$SRCDIR/tests/fault/matrix.py" "$2" 1 \
	    >result || true
	cat result
	if [ -n "${3-}" ]; then
		atf_check -o not-empty grep "$3" result
		return
	fi
	atf_check -o not-empty grep ' 0 faults$' result
	! grep "^[a-z]* $2 1: " "$SRCDIR/tests/fault/matrix.count" |
	    cmp -s - result || atf_fail 'nothing was noticed'
}

# add_mutant MUTANT SCENE [WORDS]
add_mutant()
{
	name=mutant_$(echo "$1" | tr - _)__${2}__noticed
	atf_test_case "$name"
	eval "${name}_head()
		{
			atf_set require.progs python3
			atf_set timeout $patience
		}
		${name}_body() { differ $1 $2 '${3-}'; }"
	atf_add_test_case "$name"
}

# add_case SCENE PROCESS RIGHTS
add_case()
{
	name=$1__process_${2}__each_fault__whole_or_75
	atf_test_case "$name"
	eval "${name}_head()
		{
			atf_set require.progs python3
			[ -z '$3' ] || atf_set require.user $3
			atf_set timeout $patience
		}
		${name}_body() { matrix $1 $2; }"
	atf_add_test_case "$name"
}

atf_init_test_cases()
{
	for scene in maildir_first maildir maildir_stream detail \
	    detail_existing mbox_first mbox sieve
	do
		add_case "$scene" 1 ''
	done
	for scene in root_maildir_first root_maildir root_detail fixed \
	    root_mbox_first root_mbox
	do
		add_case "$scene" 2 root
	done
	add_mutant sync-ignored maildir
	add_mutant undo-left maildir 'deferred: one is there 1 times'
	# Root's own process makes none of these calls for a Maildir.
	for scene in root_mbox_first root_mbox; do
		add_case "$scene" 1 root
	done
}
