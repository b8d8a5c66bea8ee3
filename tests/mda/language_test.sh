# Sentences are for people and come in their language; codes, exit status and
# log line are for programs and do not.
#
# mda-fault looks for catalogs in the folder "locale" of the working folder.

# use_catalog FOLDER - put the German sentences there.
use_catalog()
{
	grep -q 'HAVE_LIBINTL 1' "$BUILDDIR/config.h" ||
	    atf_skip 'built with --disable-nls'
	mkdir -p "$1/LC_MESSAGES"
	for catalog in "$BUILDDIR/po/de.mo" "$SRCDIR/po/de.mo"; do
		[ ! -f "$catalog" ] || break
	done
	cp "$catalog" "$1/LC_MESSAGES/mda.mo" ||
	    atf_skip 'no msgfmt: no catalogs were built'
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
	for LANGUAGE in ../foreign "$PWD/foreign"; do
		atf_check -s exit:75 -o empty \
		    -e match:'^4\.3\.0 the folder that holds the Maildir ' \
		    "$MDA_FAULT_BIN" -o log=none -o root_mail=yes \
		    -m "$PWD/none/box/" \
		    </dev/null
	done
}

atf_init_test_cases()
{
	atf_add_test_case failure__german__only_the_sentence
	atf_add_test_case failure__german__in_utf_8
	atf_add_test_case explain__german__settings_as_written
	atf_add_test_case failure__no_language__english
	atf_add_test_case root__foreign_catalog__not_read
}
