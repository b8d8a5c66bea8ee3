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

atf_init_test_cases()
{
	atf_add_test_case sentences__of_the_program__all_in_the_manual
	atf_add_test_case sentences__in_the_table__all_found
}
