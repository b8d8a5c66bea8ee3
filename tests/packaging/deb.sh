#! /bin/sh
#
# deb.sh VERSION - is packaging/debian good? Run by "make check-deb".
#
# Builds the package from the release in two folders and compares the two to
# the byte, asks lintian, then installs it on a copy of this system (an
# overlay in a mount name space of its own: the system itself is not
# touched), delivers with it, removes and purges it and looks what is left.
# Where no such copy can be made, that is skipped.
# Wants Debian, root, and the packages that it names when they are missing.
# The last line is "N passed, N failed, N skipped"; tests/summary keeps it.

set -u
version=$1
passed=0 failed=0 skipped=0
work=$PWD/deb.tmp

tell()
{
	echo "deb.sh: $*"
}

# claim TEXT COMMAND ... - one thing that must be so.
claim()
{
	text=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
		tell "yes: $text"
	else
		failed=$((failed + 1))
		tell "NO: $text"
	fi
}

missing=
for tool in dpkg-buildpackage dh lintian apt-get unshare; do
	command -v "$tool" >/dev/null 2>&1 || missing="$missing $tool"
done
[ -z "$missing" ] || {
	tell "missing:$missing (dpkg-dev debhelper lintian util-linux)" >&2
	exit 1
}
[ "$(id -u)" -eq 0 ] || {
	tell 'only root can install a package' >&2
	exit 1
}

rm -rf "$work"
mkdir "$work" || exit 2

# build NAME - the packages, from the release, in a folder of that name.
build()
{
	mkdir -p "$work/$1" || return 1
	(
		cd "$work/$1" || exit 1
		gzip -dc "$work/../mda-$version.tar.gz" | tar xf - || exit 1
		cp "$work/../mda-$version.tar.gz" "mda_$version.orig.tar.gz"
		cp -R "mda-$version/packaging/debian" "mda-$version/" ||
		    exit 1
		cd "mda-$version" || exit 1
		# The suite has its own place; here the package is tested.
		DEB_BUILD_OPTIONS='nocheck parallel=2' dpkg-buildpackage -us -uc -b -d \
		    >"$work/$1.log" 2>&1 || {
			tail -n 30 "$work/$1.log"
			exit 1
		}
	)
}

package()
{
	find "$work/$1" -maxdepth 1 -name 'mda_*.deb'
}

# lintian warns of root too, and of nothing else.
is_accepted()
{
	lintian --fail-on error,warning "$work/one/"*.changes >"$work/lintian" \
	    2>&1
	code=$?
	[ "$code" -eq 0 ] || cat "$work/lintian"
	return "$code"
}

# On the copy: the steps of an administrator.
cat >"$work/steps" <<'EOF'
set -e
DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
    /tmp/mda.deb
[ "$(command -v mda)" = /usr/bin/mda ]
mda --version
mkdir /tmp/home
chown nobody /tmp/home
printf 'Message-ID: <1@example.org>\nSubject: t\n\nbody\n' >/tmp/message
setpriv --reuid=65534 --clear-groups --regid=65534 env HOME=/tmp/home \
    mda -f a@example.org -m /tmp/home/Maildir/ </tmp/message
grep -q '^body$' /tmp/home/Maildir/new/*
setpriv --reuid=65534 --clear-groups --regid=65534 env HOME=/tmp/home \
    mda -f a@example.org -m mbox:/tmp/home/mbox </tmp/message
grep -q '^From a@example.org ' /tmp/home/mbox
printf 'LHLO me\r\nMAIL FROM:<>\r\nRCPT TO:<nobody>\r\nDATA\r\nA: b\r\n.\r\nQUIT\r\n' |
    mda-lmtp -o mailbox=maildir:/tmp/home/Maildir | grep -q '^250 2.0.0 delivered'
grep -q '^ExecStart=/usr/bin/mda-lmtp$' '/lib/systemd/system/mda-lmtp@.service'
grep -q '^Accept=yes$' /lib/systemd/system/mda-lmtp.socket
LC_ALL=C.UTF-8 LANGUAGE=de mda --help | grep -q 'Aufruf\|Verwendung'
zcat /usr/share/man/man1/mda.1.gz | grep -q '/usr/bin/mda'
zcat /usr/share/man/man5/mda.conf.5.gz | grep -q '/etc/mda.conf'
DEBIAN_FRONTEND=noninteractive apt-get remove -y mda
hash -r
! command -v mda
dpkg --purge mda
EOF

# What the copy has and the system has not, or the other way round; dpkg's and
# apt's own notes aside.
cat >"$work/compare" <<'EOF'
cd "$1/room/upper" || exit 1
find . \( -path ./tmp -o -path ./proc -o -path ./dev -o -path ./var/cache \
    -o -path ./var/log -o -path ./var/lib/dpkg -o -path ./var/lib/apt \) \
    -prune -o -print | while read -r path; do
	if [ -c "$path" ]; then
		echo "gone: $path"
	elif [ ! -e "/$path" ] && [ ! -L "/$path" ]; then
		echo "left: $path"
	fi
done >"$1/differences"
cat "$1/differences"
[ ! -s "$1/differences" ]
EOF

# on_copy PACKAGE - install and use it where / is an overlay that nobody else
# sees; what is left of it lies in the upper layer.
on_copy()
{
	mkdir -p "$work/room" || return 1
	# shellcheck disable=SC2016 # the inner shell's variables
	unshare -m --propagation private sh -ec '
		mount -t tmpfs none "$1/room"
		mkdir "$1/room/upper" "$1/room/work" "$1/room/root"
		mount -t overlay none "$1/room/root" -o \
		    "lowerdir=/,upperdir=$1/room/upper,workdir=$1/room/work"
		cd "$1/room/root"
		mount --rbind /dev dev
		mount --rbind /proc proc
		mount -t tmpfs none tmp
		cp "$2" tmp/mda.deb
		cp "$1/steps" tmp/steps
		chroot . sh -x tmp/steps
		cd /
		sh "$1/compare" "$1"
	' sh "$work" "$1" >"$work/install.log" 2>&1
}

has_copies()
{
	mkdir -p "$work/try" || return 1
	# shellcheck disable=SC2016 # the inner shell's variable
	unshare -m --propagation private sh -ec '
		mount -t tmpfs none "$1"
		mkdir "$1/upper" "$1/work" "$1/root"
		mount -t overlay none "$1/root" -o \
		    "lowerdir=/,upperdir=$1/upper,workdir=$1/work"
	' sh "$work/try" >"$work/try.log" 2>&1
}

is_installed_and_gone()
{
	on_copy "$(package one)" || {
		tail -n 30 "$work/install.log"
		return 1
	}
}

claim 'the package is built' build one
claim 'it is built once more elsewhere' build two/deeper/down
claim 'both are the same to the byte' \
    cmp "$(package one)" "$(package two/deeper/down)"
claim 'lintian finds nothing' is_accepted
if has_copies; then
	claim 'it is installed, delivers, is removed and purged; nothing is left' \
	    is_installed_and_gone
else
	skipped=1
	tell "not installed: no copy of this system: $(cat "$work/try.log")"
fi

echo "$passed passed, $failed failed, $skipped skipped" | tee tests/summary
[ "$failed" -ne 0 ] || rm -rf "$work"
[ "$failed" -eq 0 ]
