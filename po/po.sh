#! /bin/sh
#
# po.sh pot|update|check|dist SRCDIR VERSION [FOLDER] - what translators need.
#
#	pot	collect the sentences of the sources into ./po/mda.pot
#	update	merge them into SRCDIR/po/*.po
#	check	every sentence translated, nothing doubtful, formats right
#	dist	put mda.pot and the compiled catalogs into FOLDER
#
# mda.pot is not kept with the source: its line numbers change at each edit.

set -u
srcdir=$2
version=$3
linguas=$(sed 's/#.*//' "$srcdir/po/LINGUAS" | tr -s ' \t\n' ' ')

has()
{
	command -v "$1" >/dev/null 2>&1
}

# make_pot FILE - a fixed date makes the result the same each time.
make_pot()
{
	rm -f "$1"
	sed '/^#/d; /^$/d' "$srcdir/po/POTFILES" >"$1.files"
	if [ -s "$1.files" ]; then
		list=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
		(cd "$srcdir" && xgettext --from-code=UTF-8 --keyword=_ \
		    --keyword=N_ --keyword=ngettext:1,2 \
		    --add-comments=TRANSLATORS: --package-name=mda \
		    --package-version="$version" -o "$list" \
		    -f "$list.files") || return 1
	fi
	rm -f "$1.files"
	[ -f "$1" ] || return 0
	if [ -n "${SOURCE_DATE_EPOCH-}" ]; then
		day=$(date -u -d "@$SOURCE_DATE_EPOCH" '+%Y-%m-%d %H:%M+0000')
		sed "s/^\"POT-Creation-Date: .*/\"POT-Creation-Date: $day\\\\n\"/" \
		    "$1" >"$1.new" && mv "$1.new" "$1"
	fi
}

# Every source with a sentence for people is listed.
check_list()
{
	(
		cd "$srcdir" || exit 1
		for file in */*.c; do
			case $file in tests/*|probe/*) continue ;; esac
			grep -Eq '(^|[^A-Za-z0-9_])(N?_|ngettext)\("' \
			    "$file" 2>/dev/null || continue
			grep -qx "$file" po/POTFILES || {
				echo "po/POTFILES: $file is missing"
				exit 1
			}
		done
	)
}

# complain FILE WHAT - is there an entry left in FILE?
complain()
{
	grep -q '^msgid' "$1" || return 0
	echo "po/$language.po: $2:"
	sed -n '/^msgid/,/^$/p' "$1"
	return 1
}

check_language()
{
	po=$srcdir/po/$language.po
	msgfmt --check -o /dev/null "$po" || return 1
	[ -f "$work/mda.pot" ] || return 0
	msgmerge --quiet -o "$work/all" "$po" "$work/mda.pot" || return 1
	msgattrib --no-obsolete --untranslated "$work/all" >"$work/none"
	msgattrib --no-obsolete --only-fuzzy "$work/all" >"$work/fuzzy"
	complain "$work/none" 'not translated' &&
	    complain "$work/fuzzy" 'in doubt'
}

check()
{
	check_list || return 1
	if ! has msgfmt || ! has xgettext; then
		echo 'note: no gettext tools: translations are not checked'
		return 0
	fi
	work=$(mktemp -d) || return 1
	make_pot "$work/mda.pot"
	result=$?
	for language in $linguas; do
		check_language || result=1
	done
	rm -rf "$work"
	return "$result"
}

dist()
{
	if has xgettext; then
		make_pot "$1/mda.pot" || return 1
	elif [ -f "$srcdir/po/mda.pot" ]; then
		cp "$srcdir/po/mda.pot" "$1/"
	fi
	for language in $linguas; do
		if has msgfmt; then
			msgfmt --check -o "$1/$language.mo" \
			    "$srcdir/po/$language.po" || return 1
		else
			cp "$srcdir/po/$language.mo" "$1/" || return 1
		fi
	done
}

case $1 in
pot)
	mkdir -p po && make_pot po/mda.pot ;;
update)
	mkdir -p po && make_pot po/mda.pot || exit 1
	for language in $linguas; do
		msgmerge --quiet --update --backup=none --no-location \
		    "$srcdir/po/$language.po" po/mda.pot || exit 1
	done ;;
check)
	check ;;
dist)
	dist "$4" ;;
*)
	echo "po.sh: $1?" >&2
	exit 2 ;;
esac
