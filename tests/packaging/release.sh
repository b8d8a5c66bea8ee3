#! /bin/sh
#
# release.sh VERSION TARGET - does the archive build, pass, install and
# uninstall on its own? Run by "make distcheck", in the build folder; TARGET is
# the one of make that runs the suite, or "none".
#
# It is built twice: with all tools that are here, and as on a bare system,
# where neither msgfmt nor git nor a network is. The two installs must be the
# same to the byte, and so must be an archive made from the archive.
# The last line is "N passed, N failed, 0 skipped"; tests/summary keeps it.

set -u
version=$1
target=$2
make=${MAKE:-make}
passed=0 failed=0
work=$PWD/distcheck
name=mda-$version
[ ! -d "$work" ] || chmod -R u+w "$work"
rm -rf "$work"
mkdir "$work" || exit 2

tell()
{
	echo "release.sh: $*"
}

# claim TEXT COMMAND ... - one thing that must be so.
claim()
{
	text=$1
	shift
	if ("$@") >>"$work/log" 2>&1 </dev/null; then
		passed=$((passed + 1))
		tell "yes: $text"
	else
		failed=$((failed + 1))
		tail -n 20 "$work/log"
		tell "NO: $text (see $work/log)"
	fi
}

# Nothing may be written into it.
unpacked()
{
	gzip -dc "$name.tar.gz" | (cd "$work" && tar xf -) &&
	    chmod -R a-w "$work/$name" && cd "$work/$name" &&
	    sed -n '/^#/!p' MANIFEST | xargs ls
}

# built FOLDER - below a folder whose name tells nothing to the compiler.
built()
{
	mkdir -p "$work/$1" && cd "$work/$1" &&
	    "../$name/configure" --prefix=/usr --sysconfdir=/etc \
		--with-systemdsystemunitdir=/usr/lib/systemd/system \
		CFLAGS="-O2 -ffile-prefix-map=$work/$1=." &&
	    "$make" -j2 WERROR=-Werror all
}

# all_tools_but WORD ... - a folder with links to them, in $work/tools. The
# first of a name is the one that counts.
all_tools_but()
{
	mkdir "$work/tools" || return 1
	(
		IFS=:
		for folder in $PATH; do
			ln -s "$folder"/* "$work/tools/" 2>/dev/null
		done
	)
	for tool do
		rm -f "$work/tools/$tool"
	done
}

# without_network COMMAND ... - where a user may say so.
without_network()
{
	if unshare -n true 2>/dev/null; then
		unshare -n "$@"
	elif unshare -r -n true 2>/dev/null; then
		unshare -r -n "$@"
	else
		tell 'the network cannot be taken away here' >&3
		"$@"
	fi
}

built_bare()
{
	all_tools_but git msgfmt msgmerge xgettext msgattrib gmsgfmt || return 1
	# shellcheck disable=SC2016 # the inner shell's variables
	without_network env PATH="$work/tools" sh -ec '
		! command -v msgfmt
		! command -v git
		mkdir "$1/bare"
		cd "$1/bare"
		"../$2/configure" --prefix=/usr --sysconfdir=/etc \
		    --with-systemdsystemunitdir=/usr/lib/systemd/system \
		    CFLAGS="-O2 -ffile-prefix-map=$1/bare=."
		"$3" -j2 WERROR=-Werror all
	' sh "$work" "$name" "$make"
}

installed()
{
	cd "$work/$1" && "$make" install DESTDIR="$work/root-$1"
}

# A program each, a page each, a language each, and the units.
is_complete()
{
	cd "$work/root-build/usr" || return 1
	for program in mda mda-lmtp mda-sieve; do
		[ "$(bin/$program --version)" = "$program $version" ] ||
		    return 1
	done
	for page in "$work/$name"/man/*.[1-9]; do
		page=${page##*/}
		[ -f "share/man/man${page##*.}/$page" ] || return 1
		! grep '/usr/local/\(etc\|bin\)/mda' \
		    "share/man/man${page##*.}/$page" || return 1
	done
	# shellcheck disable=SC2013 # words are meant
	for language in $(sed 's/#.*//' "$work/$name/po/LINGUAS"); do
		[ -f "share/locale/$language/LC_MESSAGES/mda.mo" ] || return 1
	done
	grep -q '^ExecStart=/usr/bin/mda-lmtp$' \
	    'lib/systemd/system/mda-lmtp@.service' || return 1
	[ -f share/doc/mda/LICENSE ] && [ -f share/doc/mda/README.md ]
}

# The archive is made again from what came out of it, without git.
same_archive()
{
	cd "$work/build" && PATH=$work/tools "$make" dist &&
	    cmp "$name.tar.gz" "$work/../$name.tar.gz"
}

is_uninstalled()
{
	cd "$work/build" && "$make" uninstall DESTDIR="$work/root-build" ||
	    return 1
	left=$(find "$work/root-build" ! -type d)
	[ -z "$left" ] || {
		echo "left behind: $left"
		return 1
	}
	[ ! -d "$work/root-build/usr/share/doc/mda" ]
}

suite_passes()
{
	cd "$work/build" && "$make" "$target"
}

exec 3>&2
claim 'it is unpacked, and MANIFEST tells what is in it' unpacked
claim 'it builds from a source that cannot be written' built build
claim 'it builds without msgfmt, git and network' built_bare
claim 'it is installed' installed build
claim 'programs, manuals and languages are all there' is_complete
claim 'the bare build is installed' installed bare
claim 'both installs are the same to the byte' \
    diff -r "$work/root-build" "$work/root-bare"
claim 'the archive makes the same archive' same_archive
[ "$target" = none ] || claim "its suite passes (make $target)" suite_passes
claim 'it is uninstalled, and nothing is left' is_uninstalled
echo "$passed passed, $failed failed, 0 skipped" | tee tests/summary
[ "$failed" -eq 0 ] || exit 1
chmod -R u+w "$work"
rm -rf "$work"
