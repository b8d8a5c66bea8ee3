#! /bin/sh
#
# lint.sh SRCDIR - everything that can be said about the source without
# running it. Works in ./lint, on a copy, so that it does not matter where
# or whether the source is configured. A tool that is missing is named.

set -u
srcdir=$(cd "$1" && pwd) || exit 2
make=${MAKE-make}
# A bmake below a GNU make does not understand its flags.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKE
status=0

has()
{
	command -v "$1" >/dev/null 2>&1 || {
		echo "lint: no $1 here"
		return 1
	}
}

check()
{
	echo "lint: $1"
	shift
	"$@" || {
		echo "lint: FAILED: $*"
		status=1
	}
}

# compile COMPILER MAKE - every warning is an error; the test programs too.
# Called by way of check().
# shellcheck disable=SC2317
compile()
{
	(
		mkdir "lint/$1" || exit 1
		sh "$srcdir/tests/files.sh" all "$srcdir" "$PWD/lint/$1"
		cd "lint/$1" || exit 1
		./configure CC="$1" >configure.log 2>&1 || {
			cat configure.log
			exit 1
		}
		"$2" WERROR=-Werror tests >make.log 2>&1 || {
			grep -v '^[a-z]* -std' make.log
			exit 1
		}
	)
}

# typeset PAGE - groff knows other macros than mandoc. That a path fills a line
# is no fault.
# shellcheck disable=SC2317
typeset()
{
	said=$(groff -mandoc -Tutf8 -z "$1" 2>&1 | grep -v "can't break line")
	[ -z "$said" ] || {
		echo "$said"
		return 1
	}
}

rm -rf lint
mkdir lint || exit 2

# The two compilers share out the two kinds of make.
! has gcc || check "gcc, $make" compile gcc "$make"
if has clang; then
	if has bmake; then
		check 'clang, bmake' compile clang bmake
	else
		check "clang, $make" compile clang "$make"
	fi
fi

check layers sh "$srcdir/tests/layers.sh" "$srcdir"
check platforms sh "$srcdir/tests/platforms.sh" "$srcdir"
check contracts sh "$srcdir/tests/contracts.sh" "$srcdir"
check metrics sh "$srcdir/tests/metrics.sh" "$srcdir"
check translations sh "$srcdir/po/po.sh" check "$srcdir" \
    "$(cat "$srcdir/VERSION")"

# In tests for atf-sh: functions are called and variables read elsewhere
# (SC2317, SC2034), an "exit" of a case is meant (SC2242), arguments may be
# left out (SC2119, SC2120), bytes are made by printf (SC2059), and a file that
# atf_check reads is not the one that it writes (SC2094).
helpers_of_atf=SC2034,SC2059,SC2094,SC2119,SC2120,SC2242,SC2317
cd "$srcdir" || exit 2
if has shellcheck; then
	check scripts shellcheck -s sh configure quickstart .ci/run po/po.sh \
	    tests/dist.sh tests/files.sh tests/layers.sh tests/platforms.sh \
	    tests/contracts.sh \
	    tests/metrics.sh tests/lint.sh tests/run.sh tests/mta/check.sh \
	    tests/mta/roots.sh tests/fuzz/fuzz.sh tests/valgrind.sh tests/coverage.sh \
	    tests/support/throwaway.sh \
	    tests/packaging/deb.sh tests/packaging/release.sh \
	    tests/packaging/skeletons.sh tests/portable/check.sh \
	    tests/portable/fetch.sh tests/portable/emulate.sh
	for file in tests/*/*_test.sh; do
		[ ! -f "$file" ] || check "$file" \
		    shellcheck -s sh -e "$helpers_of_atf" "$file"
	done
fi
# From their own folder: there the pages find each other.
if has mandoc && cd man; then
	for page in *.[1-9]; do
		check "$page" mandoc -Tlint -Wstyle "$page"
	done
	! has groff || for page in *.[1-9]; do
		check "$page, groff" typeset "$page"
	done
fi
[ "$status" -ne 0 ] || echo 'lint: nothing to complain about'
exit "$status"
