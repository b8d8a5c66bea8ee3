# Every sentence that an administrator can meet is in the DIAGNOSTICS of mda.1,
# with what to do about it; and that page has no others.
#
# There an entry is ".It Cm step" (".It Cm errno=NAME" for sentences that come
# at any step, ".It No no step" for those of a signal handler), then each
# sentence from .Do to .Dc, on text lines, with NAME for %1$s and ERROR for
# %2$s, then text.

# table_sentences - step|sentence, in the order of mda/report.c.
table_sentences()
{
	sed -n '/sentences\[\] = {/,/^};/p' "$SRCDIR/mda/report.c" |
	    tr '\n\t' '  ' | sed -e 's/\\"/<q>/g' -e 's/" *"//g' |
	    awk '{ gsub(/\{ /, "\n{ "); print }' |
	    sed -n 's/^{ \([^,]*\), \([^,]*\), *N_("\(.*\)") *},.*/\1|\2|\3/p' |
	    sed -e 's/^NULL|\([A-Z]*\)/errno=\1/' -e 's/^"\([^"]*\)"|[^|]*/\1/' \
		-e 's/<q>/"/g' -e 's/%1\$s/NAME/g' -e 's/%2\$s/ERROR/g' \
		-e 's/%%/%/g'
}

# handler_sentences - those that need no table; they have no step.
handler_sentences()
{
	sed -n 's/.*leave("[0-9.]* \(.*\)\\n");/no step|\1/p' \
	    "$SRCDIR/base/interrupt.c"
}

# page_sentences - the same from the manual; "step|" alone without a remedy.
page_sentences()
{
	awk '
	function finish() {
		if (step != "" && !remedy)
			print step "|"
		step = ""
	}
	/^\.Sh / { finish(); inside = $2 == "DIAGNOSTICS" }
	!inside { next }
	/^\.(It|El)/ { finish() }
	/^\.It Cm / { step = $3; remedy = 0; next }
	/^\.It No no step$/ { step = "no step"; remedy = 0; next }
	step == "" { next }
	/^\.Do$/ { quoting = 1; sentence = ""; next }
	/^\.Dc$/ { quoting = 0; print step "|" sentence; next }
	quoting { sentence = sentence (sentence == "" ? "" : " ") $0; next }
	!/^\.(br|Pp)$/ { remedy = 1 }
	' "$SRCDIR/man/mda.1"
}

atf_test_case sentences__of_the_program__all_in_the_manual
sentences__of_the_program__all_in_the_manual_body()
{
	{ table_sentences; handler_sentences; } | sort >program
	page_sentences | sort >page
	atf_check diff program page
}

# What cannot be parsed any more must not look like nothing forgotten.
atf_test_case sentences__in_the_table__all_found
sentences__in_the_table__all_found_body()
{
	table_sentences >found
	tr '\n\t' '  ' <"$SRCDIR/mda/report.c" | sed 's/.*sentences\[\] = {//
	    s/ };.*//' | tr '{' '\n' | grep -c 'N_(' >rows
	atf_check -o file:rows grep -c '^[^|]*|.' found
}

# ---- mda -n ------------------------------------------------------------------
#
# In the subsection "Explanation" each sentence stands from .Do to .Dc, with
# NAME and NUMBER for what varies. A label is an item. Columns and steps ask
# for nothing, and need no entry; usage has a case of its own.

# spoken FILE ... - the sentences of sources, each on a line.
spoken()
{
	for source do
		tr '\n\t' '  ' <"$SRCDIR/$source" | sed 's/\\"/<q>/g' |
		    awk '{ gsub(/[^a-zA-Z](N?_|ngettext)\( *"/, "\n&"); print }' |
		    sed -n 's/^.\(N_\|_\|ngettext\)( *"\([^"]*\(" *"[^"]*\)*\)".*/\2/p'
	done | sed -e 's/" *"//g' -e 's/%[0-9]*\$*s/NAME/g' \
	    -e 's/%l*[duz][u]*/NUMBER/g' -e 's/<q>/"/g' -e 's/^  *//' \
	    -e 's/  */ /g'
}

# explained - those of mda -n.
explained()
{
	grep -v -e '^#' -e 'mda/report\.c' "$SRCDIR/po/POTFILES" >sources
	# shellcheck disable=SC2046 # one word each
	spoken $(cat sources) | grep -v -e '^usage: ' -e '^[1-6]\. ' \
	    -e '^and fsync the file again$' -e '^NAME uid NUMBER gid ' \
	    -e '^uid NUMBER, gid NUMBER, groups' -e '^NAME on NAME (NAME)$' \
	    -e '^NAME, NUMBER byte$' -e '^NUMBER MiB$' | sort -u
}

# page_explains - what stands there: quoted, and with "items" the labels too.
page_explains()
{
	awk -v items="${1-}" '
	/^\.S[sh] / { inside = $2 == "Explanation" }
	!inside { next }
	items != "" && /^\.It [a-z]/ {
		$1 = ""
		count = split($0, labels, / , | +$/)
		for (i = 1; i <= count; i++) {
			sub(/^ */, "", labels[i])
			print labels[i]
		}
	}
	/^\.Do$/ { quoting = 1; sentence = ""; next }
	/^\.Dc$/ { quoting = 0; sub(/^\\&/, "", sentence); print sentence; next }
	quoting { sentence = sentence (sentence == "" ? "" : " ") $0 }
	' "$SRCDIR/man/mda.1" | sort -u
}

atf_test_case explanation__each_sentence__in_the_manual
explanation__each_sentence__in_the_manual_body()
{
	explained >program
	page_explains items >page
	atf_check -o empty comm -23 program page
	page_explains >page
	atf_check -o empty comm -13 program page
}

# What cannot be parsed any more must not look like nothing forgotten.
atf_test_case explanation__sentences__all_found
explanation__sentences__all_found_body()
{
	sed '/^#/d; /^$/d' "$SRCDIR/po/POTFILES" >sources
	while IFS= read -r source; do
		spoken "$source" | grep -c . >found || :
		tr '\n' ' ' <"$SRCDIR/$source" |
		    grep -o '[^a-zA-Z]\(N_\|_\|ngettext\)([ 	]*"' |
		    grep -c . >calls || :
		atf_check -o file:calls cat found
	done <sources
}

# Nothing is quoted without a word on what to do.
atf_test_case explanation__each_quotation__has_a_remedy
explanation__each_quotation__has_a_remedy_body()
{
	# shellcheck disable=SC2016 # for awk
	atf_check -o empty awk '
	/^\.S[sh] / { inside = $2 == "Explanation" }
	!inside { next }
	/^\.Do$/ { quoting = 1; next }
	/^\.Dc$/ { quoting = 0; bare = 1; next }
	/^\.(It|El)/ && bare { print NR ": " last; bare = 0 }
	quoting { last = $0; next }
	/./ && !/^\.(br|Pp)$/ { bare = 0 }
	' "$SRCDIR/man/mda.1"
}

# ---- The other programs ------------------------------------------------------

# quoted PAGE SECTION - what stands from .Do to .Dc there.
quoted()
{
	awk -v section="$2" '
	/^\.Sh / { inside = $2 == section }
	!inside { next }
	/^\.Do$/ { quoting = 1; sentence = ""; next }
	/^\.Dc$/ { quoting = 0; print sentence; next }
	quoting { sentence = sentence (sentence == "" ? "" : " ") $0 }
	' "$SRCDIR/man/$1" | sort -u
}

# Those whose text is a sentence of mda/report.c have a "%" in place of it.
atf_test_case lmtp__each_reply__in_its_manual
lmtp__each_reply__in_its_manual_body()
{
	cat "$SRCDIR"/lmtp/*.c "$SRCDIR"/mda/lmtp_*.c |
	    grep -o '"[45][0-9][0-9] [^"%]*"' | tr -d '"' | sort -u >program
	atf_check -o ignore grep -x '421 4.7.0 too many errors' program
	quoted mda-lmtp.8 DIAGNOSTICS >page
	atf_check diff program page
}

atf_test_case sieve__each_trouble__in_its_manual
sieve__each_trouble__in_its_manual_body()
{
	cat "$SRCDIR"/filter/*.c "$SRCDIR"/mda/filter*.c | tr '\n\t' '  ' |
	    sed 's/"  *"//g' |
	    grep -o '\(set_trouble\|judge_keep\)([^"();]*"[^"]*"' |
	    sed -e 's/.*"\(.*\)"/\1/' -e 's/%d/NUMBER/g' |
	    grep ' ' | grep -v '^%' | sort -u >program
	atf_check -o ignore grep -x 'the scripts took too long' program
	quoted mda-sieve.1 DIAGNOSTICS >page
	atf_check diff program page
}

# usage_of FILE - what it says, as far as that is about arguments.
usage_of()
{
	tr '\n\t' '  ' <"$SRCDIR/$1" | sed -e 's/"  *"//g' \
	    -e 's/.*"usage: //' -e 's/".*//' -e 's/\\n[A-Z].*//' \
	    -e 's/\\n/ /g' | tr -s ' '
	echo
}

# synopsis_of PAGE - the same from its manual.
synopsis_of()
{
	sed -n -e '/^\.Sh SYNOPSIS/,/^\.Sh DESCRIPTION/!d' -e '/^\.Sh/d' \
	    -e 's/^\.Nm //' -e 's/^\.Op \(.*\)/[\1]/' -e 's/^\.//' \
	    -e 's/Fl Fl /--/g' -e 's/Fl /-/g' -e 's/Ar //g' -e 's/Cm //g' \
	    -e 's/ Ns = Ns /=/g' -e p "$SRCDIR/man/$1" | tr '\n' ' ' |
	    tr -s ' ' | sed 's/ $//'
	echo
}

atf_test_case usage__of_each_program__its_synopsis
usage__of_each_program__its_synopsis_body()
{
	for pair in main.c:mda.1 lmtp_main.c:mda-lmtp.8 \
	    sieve_main.c:mda-sieve.1; do
		usage_of "mda/${pair%:*}" >usage
		atf_check -o match:'^mda.*--help \| --version$' cat usage
		synopsis_of "${pair#*:}" >synopsis
		atf_check diff usage synopsis
	done
}

atf_init_test_cases()
{
	atf_add_test_case sentences__of_the_program__all_in_the_manual
	atf_add_test_case sentences__in_the_table__all_found
	atf_add_test_case explanation__each_sentence__in_the_manual
	atf_add_test_case explanation__sentences__all_found
	atf_add_test_case explanation__each_quotation__has_a_remedy
	atf_add_test_case lmtp__each_reply__in_its_manual
	atf_add_test_case sieve__each_trouble__in_its_manual
	atf_add_test_case usage__of_each_program__its_synopsis
}
