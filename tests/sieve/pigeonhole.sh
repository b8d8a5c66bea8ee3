#! /bin/sh
#
# pigeonhole.sh SVTEST DIR EXPECTED - run Pigeonhole's own suite, unchanged, and
# compare what fails with the list of what is to fail, and why.
#
# DIR is the folder "tests" of its sources, version 0.5.19: on Debian 12, that of
# "apt-get source dovecot". A file that is not read to its end has one failure,
# number 0. Files beneath "failures" are there to fail.

svtest=$1 dir=$2 expected=$3
[ -d "$dir" ] || {
	echo 'pigeonhole.sh: SUITE=DIR names the folder "tests" of Pigeonhole' >&2
	exit 2
}
case $svtest in /*) ;; *) svtest=$PWD/$svtest ;; esac
case $expected in /*) ;; *) expected=$PWD/$expected ;; esac
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
cd "$dir" || exit 2

# failures FILE - "FILE NUMBER" for each block of it that fails.
failures()
{
	timeout 60 "$svtest" "$1" >"$work/said" 2>&1
	sed -n "s|^ *\([0-9]*\): Test '.*': FAILED.*|$1 \1|p" "$work/said" \
	    >"$work/numbers"
	if [ -s "$work/numbers" ]; then
		cat "$work/numbers"
	elif ! tail -n 1 "$work/said" | grep -q '^[0-9]* passed, 0 failed'; then
		echo "$1 0"
	fi
	tail -n 1 "$work/said" | grep -o '^[0-9]* passed' >>"$work/passed"
}

find . -name '*.svtest' | sed 's|^\./||' | grep -v '^failures/' | sort \
    >"$work/files"
while read -r file; do
	failures "$file"
done <"$work/files" | sort >"$work/failed"
sed -n 's/^\([^# ][^ ]* [0-9]*\) .*/\1/p' "$expected" | sort >"$work/wanted"
comm -23 "$work/failed" "$work/wanted" >"$work/new"
comm -13 "$work/failed" "$work/wanted" >"$work/mended"
sed 's/$/: fails, and is not on the list/' "$work/new"
sed 's/$/: is on the list, and passes/' "$work/mended"
awk '{ passed += $1 } END { printf "%d passed, ", passed }' "$work/passed"
echo "$(wc -l <"$work/failed") failed, $(wc -l <"$work/wanted") of them on the list"
[ ! -s "$work/new" ] && [ ! -s "$work/mended" ]
