#! /bin/sh
#
# fuzz.sh SRCDIR SECONDS TARGET ... - let clang's fuzzer look for faults.
#
# Builds in the folder fuzz/ of the working folder, and keeps there what it
# found worth trying (corpus-TARGET) and what failed (crash-*, timeout-*): give
# such a file to tests/fuzz/TARGET_fuzz to see it again. Status 1 when there
# was a fault.

srcdir=$1 seconds=$2
shift 2
case $srcdir in /*) ;; *) srcdir=$PWD/$srcdir ;; esac
command -v clang >/dev/null || {
	echo "fuzz.sh: there is no clang; its fuzzer is what does the work" >&2
	exit 2
}
sanitize=address,undefined
mkdir -p fuzz && cd fuzz || exit 2
"$srcdir/configure" --disable-hardening CC=clang \
    CFLAGS="-O1 -g -fsanitize=fuzzer-no-link,$sanitize -fno-sanitize-recover=all" \
    >configure.log 2>&1 || { tail configure.log; exit 2; }
make libmda.a >make.log 2>&1 || { tail make.log; exit 2; }
libs=$(sed -n 's/^FOUND_LIBS *= *//p' Makefile)

status=0
for target; do
	object=tests/fuzz/${target}_fuzz
	# shellcheck disable=SC2086 # several words
	{
		make "$object.o" &&
		    clang -g -fsanitize=fuzzer,$sanitize -o "$object" \
			"$object.o" libmda.a $libs
	} >>make.log 2>&1 || { tail make.log; exit 2; }
	mkdir -p "corpus-$target"
	echo "$target, $seconds seconds"
	words=$srcdir/tests/fuzz/$target.dict
	set --
	[ ! -f "$words" ] || set -- -dict="$words"
	"./$object" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
	    "$@" -print_final_stats=1 \
	    -verbosity=0 "corpus-$target" \
	    "$srcdir/tests/fuzz/seeds/$target" >"$target.log" 2>&1 ||
	    { status=1; grep -v '^INFO' "$target.log" | tail -n 40; }
	sed -n 's/^stat::number_of_executed_units: */tried: /p' "$target.log"
done
exit $status
