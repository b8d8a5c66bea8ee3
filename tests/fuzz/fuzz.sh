#! /bin/sh
#
# fuzz.sh SRCDIR SECONDS TARGET ... - look for faults, so long for each target.
#
# With clang's fuzzer where there is one; else with the walk of replay.c from
# the same seeds. Both with the sanitizers that the compiler has.
#
# Builds in the folder fuzz/ of the working folder, and keeps there what was
# found worth trying (corpus-TARGET) and what failed (crash-*, timeout-*): give
# such a file to tests/fuzz/TARGET_fuzz to see it again. Status 1 when there
# was a fault. The last line is "N passed, N failed, N skipped", in targets;
# tests/summary keeps it.

set -u
srcdir=$(cd "$1" && pwd) seconds=$2
shift 2
case $seconds in
''|*[!0-9]*)
	echo 'fuzz.sh: FUZZ_SECONDS is a number' >&2
	exit 2 ;;
esac
# A make below another one does not understand its flags.
unset MAKEFLAGS MFLAGS MAKELEVEL
summary=$PWD/tests/summary
mkdir -p tests fuzz && rm -f "$summary" && cd fuzz || exit 2

# Aborting, they leave the input behind.
ASAN_OPTIONS=abort_on_error=1
UBSAN_OPTIONS=abort_on_error=1:print_stacktrace=1
export ASAN_OPTIONS UBSAN_OPTIONS

# runs COMPILER FLAGS - can it make a fuzzer's target, and does that run?
runs()
{
	cat >try.c <<'PROGRAM'
#include <stddef.h>
#include <stdint.h>
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes);
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
	(void)data;
	return size_bytes > 4096;
}
#ifndef HAS_MAIN
int
main(void)
{
	return LLVMFuzzerTestOneInput(0, 0);
}
#endif
PROGRAM
	# shellcheck disable=SC2086 # several words
	"$1" $2 -o try try.c >/dev/null 2>&1 &&
	    ./try -runs=1 >/dev/null 2>&1
}

# What to build with: sets engine, cc, flags and what clang's fuzzer is linked
# with.
choose()
{
	sanitize=-fsanitize=address,undefined
	once="$sanitize -fno-sanitize-recover=all"
	engine="clang's fuzzer, address and undefined" cc=clang
	flags="-fsanitize=fuzzer-no-link $once"
	fuzzer="-fsanitize=fuzzer $sanitize"
	! runs clang "-DHAS_MAIN $fuzzer" || return 0
	fuzzer='' flags=$once
	for cc in cc gcc clang; do
		engine="the walk of replay.c, $cc, address and undefined"
		! runs "$cc" "$once" || return 0
	done
	engine='the walk of replay.c, without sanitizers' cc=cc flags=''
}

# quietly COMMAND ... - its words go to make.log, and are shown when it fails.
quietly()
{
	"$@" >>make.log 2>&1 </dev/null && return 0
	tail make.log >&2
	exit 2
}

build()
{
	: >make.log
	quietly sh "$srcdir/configure" --disable-hardening CC="$cc" \
	    CFLAGS="-O1 -g $flags"
	quietly make -j2 libmda.a
	libs=$(sed -n 's/^FOUND_LIBS *= *//p' Makefile)
	for target; do
		object=tests/fuzz/${target}_fuzz
		if [ -z "$fuzzer" ]; then
			quietly make -j2 "$object"
			continue
		fi
		quietly make "$object.o"
		# shellcheck disable=SC2086 # several words
		quietly clang -g $fuzzer -o "$object" "$object.o" libmda.a $libs
	done
}

# search TARGET - for so long, and say how much was tried.
search()
{
	object=tests/fuzz/${1}_fuzz seeds=$srcdir/tests/fuzz/seeds/$1
	if [ -z "$fuzzer" ]; then
		"./$object" -s "$seconds" "$seeds"/* >"$1.log" 2>&1
		result=$?
		tried=$(sed -n 's/ tried$//p' "$1.log")
		[ ! -f failed-input ] || mv failed-input "crash-$1"
	else
		mkdir -p "corpus-$1"
		"./$object" -max_total_time="$seconds" -timeout=10 \
		    -rss_limit_mb=2048 -print_final_stats=1 -verbosity=0 \
		    -dict="$srcdir/tests/fuzz/$1.dict" \
		    "corpus-$1" "$seeds" >"$1.log" 2>&1
		result=$?
		tried=$(sed -n \
		    's/^stat::number_of_executed_units: *//p' "$1.log" | tail -n 1)
	fi
	[ "$result" -eq 0 ] || grep -v '^INFO' "$1.log" | tail -n 40
	return "$result"
}

choose
echo "fuzz.sh: $engine"
build "$@"
passed=0 failed=0
for target; do
	if search "$target"; then
		passed=$((passed + 1)) word=passed
	else
		failed=$((failed + 1)) word=FAILED
	fi
	echo "fuzz.sh: $target: $word, ${tried:-?} tried in $seconds s"
done
echo "$passed passed, $failed failed, 0 skipped" | tee "$summary"
[ "$failed" -eq 0 ]
