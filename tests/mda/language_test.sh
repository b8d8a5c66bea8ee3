# Sentences are for people and come in their language; codes, exit status and
# log line are for programs and do not.
#
# mda-fault looks for catalogs in the folder "locale" of the working folder.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2154
. "$SRCDIR/tests/support/box.sh"

# use_catalog FOLDER [LANGUAGE] - put the sentences there, the German ones.
use_catalog()
{
	language=${2:-de}
	grep -q 'HAVE_LIBINTL 1' "$BUILDDIR/config.h" ||
	    atf_skip 'built with --disable-nls'
	mkdir -p "$1/LC_MESSAGES"
	for catalog in "$BUILDDIR/po/$language.mo" \
	    "$SRCDIR/po/$language.mo"; do
		[ ! -f "$catalog" ] || break
	done
	cp "$catalog" "$1/LC_MESSAGES/mda.mo" ||
	    atf_skip 'no msgfmt: no catalogs were built'
}

# speak LANGUAGE - behind speak_german.
speak()
{
	LANGUAGE=$1
	[ "$LC_ALL" = C.UTF-8 ] || LC_ALL=$1.UTF-8
	use_catalog "locale/$1" "$1"
}

# speak_german - glibc wants a locale that exists, and then heeds LANGUAGE;
# others go by the name of the locale alone.
speak_german()
{
	use_catalog locale/de
	LANGUAGE=de
	export LANGUAGE LC_ALL
	for LC_ALL in C.UTF-8 de_DE.UTF-8; do
		"$MDA_FAULT_BIN" --help | grep -q '^Aufruf: mda' && return
	done
	not_emulated 'its C library reads no locales of another byte order'
	atf_fail 'no German to be had'
}

atf_test_case failure__german__only_the_sentence
failure__german__only_the_sentence_body()
{
	speak_german
	atf_check -s exit:75 -o empty -e save:said \
	    "$MDA_FAULT_BIN" -v -o log=none -m "$PWD/none/box/" </dev/null
	atf_check -o match:'^4\.3\.0 das Verzeichnis, in dem das Maildir ' \
	    sed -n 1p said
	atf_check -o match:'^status=deferred .* step=maildir-parent ' \
	    sed -n 2p said
}

# Who reads a reply is a mail server, and its author somebody else.
atf_test_case reply__german__in_english
reply__german__in_english_body()
{
	speak_german
	{
		echo 'account = fixed'
		echo "mailbox = maildir:$PWD/none/%n"
		echo 'log = none'
	} >settings
	printf '%s\r\n' 'LHLO c' 'MAIL FROM:<>' 'RCPT TO:<al@x>' DATA A: . \
	    QUIT >script
	atf_check -o match:'^451 4\.3\.0 the folder that holds the Maildir' \
	    "$BUILDDIR/tests/fault/mda-lmtp-fault" -c settings <script
	atf_check -s exit:75 -o match:'^421 4\.3\.0 cannot read the settings file' \
	    "$BUILDDIR/tests/fault/mda-lmtp-fault" -c nosuchfile <script
}

atf_test_case failure__german__in_utf_8
failure__german__in_utf_8_body()
{
	speak_german
	atf_check -s exit:75 -o empty -e match:'führt durch' \
	    "$MDA_FAULT_BIN" -o log=none -m /dev/null/ </dev/null
}

atf_test_case explain__german__settings_as_written
explain__german__settings_as_written_body()
{
	speak_german
	mkdir home
	: >mda.conf
	HOME=$PWD/home
	export HOME
	atf_check -o save:said "$MDA_FAULT_BIN" -n -c mda.conf
	atf_check -o ignore grep '^Postfach  *Maildir' said
	atf_check -o ignore grep '^Exit-Status  *0$' said
	atf_check -o ignore grep '^  folder_sync  *= require' said
}

languages='ar de es fr ja pt_BR ru zh_CN'

atf_test_case languages__each_with_a_catalog__are_the_ones_tested
languages__each_with_a_catalog__are_the_ones_tested_body()
{
	sed 's/#.*//' "$SRCDIR/po/LINGUAS" | xargs >listed
	atf_check -o inline:"$languages\n" cat listed
}

# Without a locale of that language: glibc heeds LANGUAGE in C.UTF-8.
atf_test_case failure__each_language__says_its_sentence_once
failure__each_language__says_its_sentence_once_body()
{
	speak_german
	for spoken in $languages; do
		speak "$spoken"
		atf_check -s exit:75 -o empty -e save:"said.$LANGUAGE" \
		    "$MDA_FAULT_BIN" -v -o log=none -m "$PWD/none/box/" \
		    </dev/null
		atf_check -o match:"^4\\.3\\.0 .*$PWD/none/box" \
		    sed -n 1p "said.$LANGUAGE"
		atf_check -o match:'^status=deferred .* step=maildir-parent ' \
		    sed -n 2p "said.$LANGUAGE"
		sed -n 1p "said.$LANGUAGE" >>sentences
	done
	atf_check -s exit:1 grep 'the folder that holds' sentences
	atf_check -o empty sh -c 'sort sentences | uniq -d'
}

# The values of all labels begin in the same column, whatever the letters.
atf_test_case explain__each_language__in_columns
explain__each_language__in_columns_body()
{
	grep -q 'HAVE_WCSWIDTH 1' "$BUILDDIR/config.h" ||
	    atf_skip 'no wcswidth: letters count as one column'
	command -v python3 >/dev/null || atf_skip 'needs python3'
	speak_german
	mkdir home
	: >mda.conf
	HOME=$PWD/home
	export HOME
	for spoken in $languages; do
		speak "$spoken"
		atf_check -o save:said "$MDA_FAULT_BIN" -n -c mda.conf
		atf_check -o ignore grep '^  folder_sync  *= require' said
		atf_check env PYTHONIOENCODING=utf-8 python3 -c '
import sys, unicodedata
def wide(letter):
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
labels = 0
for line in open(sys.argv[1], encoding="utf-8"):
    at = line.find("  ") if line[0] != " " else -1
    if at == -1:
        continue
    rest = len(line) - len(line[at:].lstrip())
    labels += 1
    if sum(map(wide, line[:rest])) != 12:
        sys.exit(line)
if labels < 8:
    sys.exit("only %d labels" % labels)
' said
	done
}

# tells_size LANGUAGE BYTES WORDS - mda -n of an mbox of that size.
tells_size()
{
	speak "$1"
	head -c "$2" /dev/zero | tr '\0' '\n' >box
	atf_check -o match:"$PWD/box, $3\$" \
	    "$MDA_FAULT_BIN" -n -c mda.conf -m "mbox:$PWD/box"
}

# Russian has a form for 1 and 21, one for 2 to 4, one for 5 to 20.
atf_test_case explain__counts__each_in_its_plural_form
explain__counts__each_in_its_plural_form_body()
{
	speak_german
	mkdir home
	: >mda.conf
	HOME=$PWD/home
	export HOME
	tells_size de 1 '1 Byte'
	tells_size de 2 '2 Bytes'
	tells_size fr 0 '0 octet'
	tells_size fr 2 '2 octets'
	tells_size ru 1 '1 байт'
	tells_size ru 4 '4 байта'
	tells_size ru 11 '11 байт'
	tells_size ru 22 '22 байта'
}

atf_test_case explain__counts__english_too
explain__counts__english_too_body()
{
	mkdir home
	: >mda.conf
	HOME=$PWD/home
	export HOME
	for said in '0 bytes' '1 byte' '2 bytes'; do
		head -c "${said% *}" /dev/zero >box
		atf_check -o match:"$PWD/box, $said\$" \
		    "$MDA_FAULT_BIN" -n -c mda.conf -m "mbox:$PWD/box"
	done
}

atf_test_case failure__no_language__english
failure__no_language__english_body()
{
	use_catalog locale/de
	LC_ALL=C LANGUAGE=de atf_check -s exit:75 -o empty \
	    -e match:'^4\.3\.0 the folder that holds the Maildir ' \
	    "$MDA_FAULT_BIN" -o log=none -m "$PWD/none/box/" </dev/null
}

# A catalog holds printf formats: root's must not come from just anywhere.
atf_test_case root__foreign_catalog__not_read
root__foreign_catalog__not_read_head()
{
	atf_set require.user root
}
root__foreign_catalog__not_read_body()
{
	speak_german
	use_catalog foreign
	rm -r locale/de
	# The sandbox would hide it, too.
	for LANGUAGE in ../foreign "$PWD/foreign"; do
		atf_check -s exit:75 -o empty \
		    -e match:'^4\.3\.0 the folder that holds the Maildir ' \
		    "$MDA_FAULT_BIN" -o log=none -o root_mail=yes \
		    -o sandbox=off -m "$PWD/none/box/" \
		    </dev/null
	done
}

atf_init_test_cases()
{
	atf_add_test_case failure__german__only_the_sentence
	atf_add_test_case reply__german__in_english
	atf_add_test_case failure__german__in_utf_8
	atf_add_test_case explain__german__settings_as_written
	atf_add_test_case languages__each_with_a_catalog__are_the_ones_tested
	atf_add_test_case failure__each_language__says_its_sentence_once
	atf_add_test_case explain__each_language__in_columns
	atf_add_test_case explain__counts__each_in_its_plural_form
	atf_add_test_case explain__counts__english_too
	atf_add_test_case failure__no_language__english
	atf_add_test_case root__foreign_catalog__not_read
}
