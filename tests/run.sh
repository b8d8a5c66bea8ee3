#! /bin/sh
#
# run.sh SRCDIR TEST ... - run the tests built in this folder with Kyua. The
# last line is "N passed, N failed, N skipped"; tests/summary keeps it.
#
# Kyua counts what it skipped as passed and is content when it ran nothing.
# We are not: status 1 when nothing ran, when something failed, or when more
# was skipped than tests/expected-skips says.

set -u
srcdir=$(cd "$1" && pwd) || exit 2
shift
build=$(pwd)
results=$build/tests/results.db
rm -f "$results" tests/summary tests/report

if ! command -v kyua >/dev/null 2>&1; then
	echo 'run.sh: no kyua here; "./quickstart test" installs it' >&2
	exit 1
fi

# Kyua wants its list in its own words, one file for each folder. A case that
# does not ask for root runs as a common user, as mail programs do.
list_tests()
{
	rights='required_user="unprivileged"'
	# Kyua's five minutes are few where qemu runs the programs.
	[ -z "${MDA_EMULATED-}" ] || rights="$rights,timeout=1800"
	rm -f tests/Kyuafile tests/*/Kyuafile
	for test do
		folder=${test%/*}
		file=$folder/Kyuafile
		if [ ! -f "$file" ]; then
			printf 'syntax(2)\ntest_suite("mda")\n' >"$file"
			echo "include(\"${folder#tests/}/Kyuafile\")"
		fi
		echo "atf_test_program{name=\"${test##*/}\",$rights}" >>"$file"
	done >tests/includes
	{ printf 'syntax(2)\ntest_suite("mda")\n'; cat tests/includes; } \
	    >tests/Kyuafile
	rm -f tests/includes
}

# others_reach FOLDER - may anybody go into it, and into all above it?
others_reach()
{
	folder=$1
	while :; do
		# shellcheck disable=SC2012 # the mode is what we want
		case $(ls -ld "$folder/" | cut -c 10) in
		x|t)	;;
		*)	return 1 ;;
		esac
		[ "$folder" != / ] || return 0
		folder=$(dirname "$folder")
	done
}

# Root's cases for a common user run as nobody, who must get at the programs.
role=other
user=
if [ "$(id -u)" -eq 0 ]; then
	role=root
	# In a chroot, root cannot have mounts of its own.
	unshare -m true 2>/dev/null || role=confined
	user='-v unprivileged_user=nobody'
	for folder in "$build" "$srcdir"; do
		others_reach "$folder" || {
			echo "run.sh: nobody cannot reach $folder" >&2
			exit 1
		}
	done
fi

# A part of "make check-portable" has a count of its own.
role=${MDA_PART:+$MDA_PART-}$role

# An empty environment: a report tells all of it, and no test may depend on
# who started it.
# shellcheck disable=SC2086 # $user is two words or none
clean_kyua()
{
	env -i PATH="$PATH" HOME="$build/tests" LC_ALL=C \
	    MDA="$build/mda/mda" MDA_FAULT_BIN="$build/tests/fault/mda-fault" \
	    SRCDIR="$srcdir" BUILDDIR="$build" \
	    MDA_SANITIZER="${MDA_SANITIZER-}" MDA_PART="${MDA_PART-}" \
	    MDA_LONG="${MDA_LONG-}" ${MDA_EMULATED:+MDA_EMULATED=yes} \
	    kyua --config=none -v parallelism="${MDA_JOBS:-2}" $user "$@" \
	    --results-file="$results"
}

list_tests "$@"
clean_kyua test -k tests/Kyuafile
kyua_status=$?
if [ "$kyua_status" -ne 0 ]; then
	clean_kyua report --verbose --results-filter=broken,failed
fi

clean_kyua report >tests/report
# What a long run has gone through.
[ "${MDA_LONG-}" != yes ] ||
    clean_kyua report --verbose --results-filter=passed |
    sed -n 's/^===> \([^ ]*:.*\)$/\1/p; /^[0-9]* cases, /p
	/^[0-9]* messages, /p'
# "Test cases: N total, N skipped, N expected failures, N broken, N failed"
# shellcheck disable=SC2046 # five words
set -- $(sed -n 's/^Test cases: //p' tests/report | tr -cd '0-9 ')
total=${1-0} skipped=${2-0} failed=$((${4-0} + ${5-0}))
expected=$(sed -n "s/^$role //p" "$srcdir/tests/expected-skips")
# A mail program that nobody was asked to install tells nothing about mda.
[ "${QUICKSTART_MORE-}" = yes ] || expected=$((${expected:-0} +
    $(grep -c "skipped: Required program '.*' not found" tests/report)))

status=$kyua_status
if [ "$total" -eq 0 ]; then
	echo 'run.sh: no test ran' >&2
	status=1
fi
if [ -z "${MDA_SANITIZER-}" ] && [ "$skipped" -gt "${expected:-0}" ]; then
	sed -n '/^===> Skipped/,/^===> [^S]/p' tests/report
	echo "run.sh: $skipped skipped, but $expected expected" >&2
	status=1
fi
# How many of which program, and why.
[ -z "${MDA_SANITIZER-}" ] ||
    sed -n 's/^\([^ :]*\):.*  ->  skipped: \(.*\)  \[.*/skipped: \1: \2/p' \
	tests/report | sort | uniq -c
[ "$failed" -eq 0 ] || status=1

echo "$((total - skipped - failed)) passed, $failed failed, $skipped skipped" |
    tee tests/summary
exit "$status"
