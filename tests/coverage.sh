#! /bin/sh
#
# coverage.sh SRCDIR - which lines and branches the whole suite goes through.
#
# With clang's counters, in a file that each process maps when it starts: so
# those count that are killed, that end by _exit(2), and that may write no file
# in their sandbox. gcc's are written at exit, and would miss all of them.
#
# Works in the folder coverage/ of the working folder. Prints a table by
# folder, and each line of durable/, maildir/ and mbox/ that nothing ran and
# that tests/coverage.allow does not explain. Status 1 when there is one, or
# when a case failed.

set -u
srcdir=$(cd "$1" && pwd) || exit 2
for tool in clang llvm-profdata llvm-cov python3; do
	command -v "$tool" >/dev/null 2>&1 || {
		echo "coverage.sh: no $tool here (Debian: clang llvm python3)" >&2
		exit 1
	}
done
# A make below another one does not understand its flags.
unset MAKEFLAGS MFLAGS MAKELEVEL
rm -rf coverage
mkdir -p coverage/raw && cd coverage || exit 2
here=$(pwd)
flags="-fcoverage-mapping -fprofile-instr-generate=$here/raw/%m%c.profraw"

# quietly COMMAND ... - its words go to make.log, and are shown when it fails.
quietly()
{
	"$@" >>make.log 2>&1 </dev/null && return 0
	tail make.log >&2
	exit 2
}

# Root's cases run as nobody: the first process makes the file for all.
make_writable()
{
	chmod 777 raw
	(
		umask 0
		for program in mda/mda mda/mda-lmtp mda/mda-sieve \
		    tests/fault/mda-fault tests/fault/mda-lmtp-fault; do
			"$program" --version
		done
		for program in tests/*/*_test; do
			"$program" -l
		done
	) >/dev/null 2>&1 </dev/null
	[ -n "$(ls raw)" ] || {
		echo 'coverage.sh: this clang counts nothing' >&2
		exit 1
	}
}

quietly sh "$srcdir/configure" --disable-hardening CC=clang \
    CFLAGS="-O1 -g $flags -mllvm -runtime-counter-relocation"
quietly make -j2 tests
rm -f raw/*
make_writable
MDA_SANITIZER=coverage make check
status=$?

# Everything in one program, so that no function is told of twice.
# shellcheck disable=SC2046 # several words
quietly clang -o everything -fprofile-instr-generate \
    -Wl,--whole-archive mda/main.o libmda.a -Wl,--no-whole-archive \
    $(sed -n 's/^FOUND_LIBS *= *//p' Makefile)
quietly llvm-profdata merge -o all.profdata raw/*.profraw
llvm-cov export -format=lcov -instr-profile=all.profdata everything \
    >lines || exit 2
python3 "$srcdir/tests/coverage.py" "$srcdir" lines || status=1
exit "$status"
