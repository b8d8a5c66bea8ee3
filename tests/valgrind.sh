#! /bin/sh
#
# valgrind.sh SRCDIR TEST ... - run tests in C under valgrind: wrong reads,
# bytes never set, leaks, and descriptors that are left open.
#
# Works in the folder valgrind/ of the working folder, which has a wrapper of
# each program for run.sh; what valgrind says lies in valgrind/logs, a file for
# each process, children too. Status 1 when a case failed or a file says
# something. The last line is run.sh's.

set -u
srcdir=$(cd "$1" && pwd) || exit 2
shift
build=$(pwd)
command -v valgrind >/dev/null 2>&1 || {
	echo 'valgrind.sh: no valgrind here (Debian: valgrind)' >&2
	exit 1
}
rm -rf valgrind
mkdir -p valgrind/logs valgrind/tmp &&
    chmod 1777 valgrind/logs valgrind/tmp || exit 2

# Kyua asks a program for its list of cases, and that need not be checked.
# valgrind's own files must not lie where a case counts what lies there.
left=
for test do
	case $test in
	tests/account/sandbox_test)
		echo "valgrind.sh: without $test: valgrind knows no Landlock"
		continue ;;
	esac
	left="$left $test"
	mkdir -p "valgrind/${test%/*}"
	cat >"valgrind/$test" <<WRAPPER
#! /bin/sh
case \$1 in -l) exec '$build/$test' "\$@" ;; esac
TMPDIR='$build/valgrind/tmp'
export TMPDIR
exec valgrind -q --vgdb=no --leak-check=full --errors-for-leak-kinds=definite,possible \\
    --track-fds=yes --error-exitcode=99 --num-callers=24 \\
    --suppressions='$srcdir/tests/valgrind.supp' \\
    --log-file='$build/valgrind/logs/${test##*/}.%p' '$build/$test' "\$@"
WRAPPER
	chmod 755 "valgrind/$test"
done

# shellcheck disable=SC2086 # several words
(cd valgrind && MDA_PART=valgrind sh "$srcdir/tests/run.sh" "$srcdir" $left) \
    >valgrind/output
status=$?
sed '$d' valgrind/output

# A case may hold what it was given until it ends: by which functions is in
# valgrind.held. Any other descriptor of ours was forgotten on some path.
sources=$(cd "$srcdir" && find . -name '*.[ch]' | sed 's|.*/||' | tr '\n' ' ')
held=$(sed 's/#.*//' "$srcdir/tests/valgrind.held" | tr '\n' ' ')
awk -v sources="$sources" -v held="$held" '
BEGIN {
	count = split(sources, words, " ")
	for (i = 1; i <= count; i++)
		is_ours[words[i]] = 1
	count = split(held, words, " ")
	for (i = 1; i <= count; i++)
		is_held[words[i]] = 1
}
function tell() {
	if (text != "" && !is_inherited &&
	    (!is_descriptor || (opener != "" && !(opener in is_held))))
		print FILENAME ":" text
	text = opener = ""
	is_inherited = is_descriptor = 0
}
# The innermost function of ours that is no table of calls.
function note_opener(frame, file) {
	if (opener != "" || !match(frame, /\([a-z_0-9]+\.[ch]:[0-9]+\)/))
		return
	file = substr(frame, RSTART + 1, RLENGTH - 2)
	sub(/:.*/, "", file)
	split(frame, words, " ")
	if (!(file in is_ours) || words[3] ~ /^(fault|note|nth_call)_/)
		return
	opener = file ~ /_test\.c$|\.h$/ ? "" : file ":" words[3]
	if (opener == "")
		is_inherited = 1
}
FNR == 1 || /^==[0-9]+== *$/ { tell() }
/FILE DESCRIPTORS: / || !/^==[0-9]+== *[^ ]/ { next }
{
	sub(/^==[0-9]+== /, "")
	text = text "\n    " $0
	if (/^Open /)
		is_descriptor = 1
	if (/inherited from parent/)
		is_inherited = 1
	if (is_descriptor)
		note_opener($0)
}
END { tell() }
' valgrind/logs/* >valgrind/complaints
if [ -s valgrind/complaints ]; then
	cat valgrind/complaints
	echo "valgrind.sh: $(grep -c '^valgrind/logs' valgrind/complaints)" \
	    'complaints, see above' >&2
	status=1
fi
tail -n 1 valgrind/output | tee tests/summary
exit "$status"
