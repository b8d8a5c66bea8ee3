#! /bin/sh
#
# files.sh all|kept SRCDIR [TARGET] - list the files of the source, one a
# line; or copy them into the folder TARGET.
#
# In a checkout git knows them ("kept": only those it keeps; "all": new ones
# too, unless ignored); a release lists them in MANIFEST; elsewhere it is all
# but what a build leaves.

which=$1
cd "$2" || exit 1

list()
{
	if [ -e .git ] && git ls-files >/dev/null 2>&1; then
		git ls-files
		[ "$which" = kept ] ||
		    git ls-files --others --exclude-standard
	elif [ -f MANIFEST ]; then
		sed '/^#/d' MANIFEST
	else
		find . -type f ! -path './.git/*' ! -path './build/*' \
		    ! -name '*.[ao]' ! -name '*_test' ! -name 'config.*' \
		    ! -name Makefile ! -path ./mda/mda |
		    sed 's,^\./,,'
	fi | LC_ALL=C sort -u | while IFS= read -r file; do
		[ ! -f "$file" ] || printf '%s\n' "$file"
	done
}

if [ "$#" -eq 2 ]; then
	list
else
	# xargs takes a backslash before anything unusual, a blank say.
	list | sed 's,[^A-Za-z0-9_./-],\\&,g' | xargs tar cf - |
	    (cd "$3" && tar xf -)
fi
