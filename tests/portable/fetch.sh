#! /bin/sh
#
# fetch.sh ARCHITECTURE|source CACHE PACKAGE ... - get Debian packages of
# another architecture, unpacked below CACHE/ARCHITECTURE/root, or the source
# of one, in CACHE/source. With lists of its own: what the system knows and
# has installed is not touched.

set -eu
kind=$1
mkdir -p "$2/$kind"
home=$(cd "$2/$kind" && pwd)
shift 2
[ ! -f "$home/done" ] || exit 0
mkdir -p "$home/lists/partial" "$home/cache/archives/partial" "$home/root"
: >"$home/status"

set_up()
{
	echo 'APT::Sandbox::User "root";'
	echo "Dir::State::Lists \"$home/lists\";"
	echo "Dir::State::status \"$home/status\";"
	echo "Dir::Cache \"$home/cache\";"
	if [ "$kind" != source ]; then
		echo "APT::Architecture \"$kind\"; APT::Architectures { \"$kind\"; };"
	else
		cat /etc/apt/sources.list.d/*.sources 2>/dev/null |
		    sed 's/^Types: deb$/Types: deb-src/' >"$home/src.sources"
		sed -n 's/^deb /deb-src /p' /etc/apt/sources.list 2>/dev/null \
		    >"$home/src.list" || :
		[ -s "$home/src.list" ] && list=$home/src.list ||
		    list=$home/src.sources
		echo "Dir::Etc::SourceList \"$list\";"
		echo 'Dir::Etc::SourceParts "/dev/null";'
	fi
}

set_up >"$home/apt.conf"
APT_CONFIG=$home/apt.conf
export APT_CONFIG
# An index that changes meanwhile is no failure yet: what is missing, is.
apt-get -qq update || :
if [ "$kind" = source ]; then
	(cd "$home" && apt-get -qq source --download-only "$@")
else
	(cd "$home/cache/archives" && apt-get -qq download "$@" &&
	    for file in ./*.deb; do dpkg -x "$file" "$home/root"; done)
fi
: >"$home/done"
