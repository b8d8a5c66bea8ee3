#! /bin/sh
#
# suite.sh SVTEST DIR - run a suite of somebody else's .svtest files.
#
# Prints "PASSED FAILED FILE" for each file beneath DIR, and the sum. Files
# beneath a folder "failures" are there to fail: one of them that ends in an
# orderly way is right. Status 1 when a test failed that should not.

svtest=$1
dir=$2
[ -d "$dir" ] || { echo "suite.sh: SUITE=DIR names the suite" >&2; exit 2; }
case $svtest in /*) ;; *) svtest=$PWD/$svtest ;; esac
cd "$dir" || exit 2

passed=0 failed=0
for file in $(find . -name '*.svtest' | sort); do
	file=${file#./}
	# "7 passed, 2 failed" is the last line, unless the program died.
	sum=$(timeout 60 "$svtest" "$file" 2>&1 | tail -n 1)
	ok=${sum%% passed*} bad=${sum##*passed, } bad=${bad%% failed*}
	case $ok$bad in ''|*[!0-9]*) ok=0 bad=1 sum= ;; esac
	case $file in
	failures/*|*/failures/*)
		[ "$bad" -gt 0 ] && [ -n "$sum" ] && ok=1 bad=0 ;;
	esac
	echo "$ok $bad $file"
	passed=$((passed + ok)) failed=$((failed + bad))
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
