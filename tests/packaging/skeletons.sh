#! /bin/sh
#
# skeletons.sh SRCDIR VERSION - do the packages of other systems know what is
# built and installed? Run by "make check-packages", in the build folder.
#
# Tools of those systems are used where Debian has them (rpmbuild, rpmlint,
# bmake), and played where it has not. What cannot be looked at is named. The
# last line is "N passed, N failed".

set -u
src=$(cd "$1" && pwd)
version=$2
make=${MAKE:-make}
passed=0 failed=0
work=$PWD/packages.tmp
rm -rf "$work"
mkdir "$work" || exit 2
here=$src/packaging

tell()
{
	echo "skeletons.sh: $*"
}

claim()
{
	text=$1
	shift
	if "$@" >>"$work/log" 2>&1; then
		passed=$((passed + 1))
		tell "yes: $text"
	else
		failed=$((failed + 1))
		tell "NO: $text (see $work/log)"
	fi
}

has()
{
	command -v "$1" >/dev/null 2>&1 || {
		tell "not looked at without $1"
		return 1
	}
}

files_below()
{
	(cd "$1" && find . ! -type d | sed 's,^\./,,' | LC_ALL=C sort)
}

# list_of PLIST - files that a port would pack, with what FreeBSD writes in
# front of and around them taken away.
list_of()
{
	sed -e '/^@comment/d' -e 's/^@[a-z]* //' -e 's/%%NLS%%//' \
	    -e 's/%%PORTDOCS%%//' -e 's,%%DOCSDIR%%,share/doc/mda,' \
	    -e 's/\.gz$//' -e '/\/$/d' "$1" | LC_ALL=C sort
}

# staged MANDIR - what "make install" puts below the prefix.
staged()
{
	rm -rf "$work/staged"
	"$make" DESTDIR="$work/staged" prefix=/usr/local \
	    mandir="/usr/local/$1" docdir=/usr/local/share/doc/mda install \
	    >>"$work/log" 2>&1
	files_below "$work/staged/usr/local" >"$work/installed"
}

same_list()
{
	list_of "$1" >"$work/listed"
	diff "$work/listed" "$work/installed"
}

# The ports' makefiles with nothing behind the include.
reads()
{
	mkdir -p "$work/mk"
	echo 'all:' >"$work/mk/bsd.port.mk"
	: >"$work/mk/sys.mk"
	bmake -m "$work/mk" -f "$1/Makefile" -n all
}

alpine()
{
	mkdir -p "$work/alpine"
	(
		cd "$work/alpine" || exit 1
		gzip -dc "$work/../mda-$version.tar.gz" | tar xf - || exit 1
		cd "mda-$version" || exit 1
		export CBUILD='' CHOST='' pkgdir="$work/alpine/root"
		set -e
		# shellcheck disable=SC1091
		. "$here/alpine/APKBUILD"
		# shellcheck disable=SC2154 # set by the file above
		[ "$pkgver" = "$version" ]
		(build)
		(package)
	) && files_below "$work/alpine/root/usr" >"$work/alpine.list" &&
	    diff "$work/installed" "$work/alpine.list"
}

rpm_build()
{
	mkdir -p "$work/rpm/SOURCES"
	cp "mda-$version.tar.gz" "$work/rpm/SOURCES/"
	# What Fedora's own macros would say.
	rpmbuild -bb --nodeps --define "_topdir $work/rpm" \
	    --define "_pkgdocdir /usr/share/doc/mda" \
	    --define '_unitdir /usr/lib/systemd/system' \
	    --define 'systemd_post() true %*' \
	    --define 'systemd_preun() true %*' \
	    --define 'systemd_postun_with_restart() true %*' \
	    "$here/rpm/mda.spec" || return 1
	rpm -qpl "$work"/rpm/RPMS/*/mda-"$version"-*.rpm |
	    sed -n -e '/\/usr\/share\/licenses/d' -e 's,^/usr/,,p' |
	    sed -e 's/\.gz$//' | LC_ALL=C sort >"$work/rpm.list"
	# Folders are listed too, and the license lies elsewhere.
	grep -v LICENSE "$work/installed" | LC_ALL=C comm -23 - "$work/rpm.list" \
	    >"$work/rpm.lost"
	[ ! -s "$work/rpm.lost" ] || { cat "$work/rpm.lost"; return 1; }
	# The programs themselves look for their settings where Fedora has them.
	rpm2cpio "$work"/rpm/RPMS/*/mda-"$version"-*.rpm |
	    (mkdir "$work/rpm/root" && cd "$work/rpm/root" && cpio -id) &&
	    grep -q /etc/mda.conf "$work/rpm/root/usr/bin/mda" &&
	    grep -q '^ExecStart=/usr/bin/mda-lmtp$' \
		"$work/rpm/root/usr/lib/systemd/system/mda-lmtp@.service"
}

staged share/man
claim 'every package has this version' sh -c "
	for file in alpine/APKBUILD rpm/mda.spec freebsd/Makefile openbsd/Makefile
	do grep -q '$version' '$here'/\$file || exit 1; done"
claim 'FreeBSD lists what is installed' same_list "$here/freebsd/pkg-plist"
claim 'Alpine builds and packs what is installed' alpine
if has rpmbuild; then
	claim 'RPM builds and packs what is installed' rpm_build
fi
if has rpmlint; then
	claim 'rpmlint finds no fault in the spec file' \
	    rpmlint -r "$src/tests/packaging/rpmlint.toml" \
	    "$here/rpm/mda.spec"
fi
staged man
claim 'OpenBSD lists what is installed' same_list "$here/openbsd/pkg/PLIST"
if has bmake; then
	claim 'FreeBSD: bmake reads the port' reads "$here/freebsd"
	claim 'OpenBSD: bmake reads the port' reads "$here/openbsd"
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
