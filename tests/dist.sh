#! /bin/sh
#
# dist.sh SRCDIR VERSION - make mda-VERSION.tar.gz in this folder.
#
# The same source gives the same archive to the byte: names sorted, one date
# (of the last commit, or as MANIFEST remembers it), no owner, no umask. It
# brings what a bare system cannot make: the list of its files, the message
# template and the compiled catalogs. Needs GNU tar.

set -eu
LC_ALL=C
export LC_ALL
umask 022
srcdir=$1
name=mda-$2

tar=tar
! command -v gtar >/dev/null 2>&1 || tar=gtar

epoch=${SOURCE_DATE_EPOCH-}
[ -n "$epoch" ] || epoch=$(cd "$srcdir" && [ -e .git ] &&
    git log -1 --format=%ct 2>/dev/null) || :
[ -n "$epoch" ] || epoch=$(sed -n 's/^# date //p' "$srcdir/MANIFEST" \
    2>/dev/null) || :
[ -n "$epoch" ] || epoch=$(date +%s)

rm -rf dist.tmp
mkdir -p "dist.tmp/$name/po"
trap 'rm -rf dist.tmp' 0

sh "$srcdir/tests/files.sh" kept "$srcdir" >dist.tmp/files
sh "$srcdir/tests/files.sh" kept "$srcdir" "$PWD/dist.tmp/$name"
{
	echo "# date $epoch"
	cat dist.tmp/files
} >"dist.tmp/$name/MANIFEST"
SOURCE_DATE_EPOCH=$epoch sh "$srcdir/po/po.sh" dist "$srcdir" "$2" \
    "dist.tmp/$name/po"

(
	cd dist.tmp
	find "$name" -type f | sort >sorted
	"$tar" --no-recursion --format=ustar --mtime="@$epoch" \
	    --owner=0 --group=0 --numeric-owner --mode=u+w,go+rX,go-w \
	    -cf - -T sorted
) | gzip -9n >"$name.tar.gz"
echo "$name.tar.gz"
