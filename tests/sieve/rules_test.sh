# Every rule of an RFC that binds us has a test, and the test is there: "rules"
# says which.

rules=$SRCDIR/tests/sieve/rules

# With "%" for what is parted by bars in that file: RFC section%rule%where%name.
parted()
{
	sed -e '/^#/d' -e '/^$/d' -e 's/ | /%/g' "$rules" |
	    sed 's/^\([^%]*%[^%]*%[^:]*\): /\1%/'
}

# In a file of svtest_files the name may be a beginning.
atf_test_case rules__each_of_them__has_a_test_that_is_there
rules__each_of_them__has_a_test_that_is_there_body()
{
	parted >lines
	[ "$(wc -l <lines)" -ge 360 ] || atf_fail 'rules are missing'
	while IFS=% read -r rule _ where name; do
		[ -n "$name" ] || atf_fail "$rule: no test is named"
		case $where in
		-) continue ;;
		*/*)
			file=$SRCDIR/tests/$where
			atf_check -o ignore -e ignore -x "grep -Eq \
			    '^atf_test_case $name\$|_HEAD\\($name\\)' \
			    '$file.sh' || grep -q '_HEAD($name)' '$file.c'"
			;;
		*)
			NAME="test \"$name" awk '
			index($0, ENVIRON["NAME"]) == 1 { found = 1 }
			END { exit !found }' \
			    "$SRCDIR/tests/sieve/svtest_files/$where.svtest" ||
				atf_fail "$rule: no test \"$name\" in $where"
			;;
		esac
	done <lines
}

atf_test_case rules__rfcs_of_the_manual__all_of_them
rules__rfcs_of_the_manual__all_of_them_body()
{
	sed -n 's/^\.It RFC \([0-9, ]*\)$/\1/p' "$SRCDIR/man/mda-sieve.5" |
	    tr -d ' ' | tr , '\n' | sort -u >wanted
	[ "$(wc -l <wanted)" -ge 18 ] || atf_fail 'the manual names too few'
	parted | cut -c 1-4 | sort -u >got
	atf_check diff wanted got
}

# What reads the texts of the RFCs, on one of our own.
atf_test_case numbers__of_sentences__by_section
numbers__of_sentences__by_section_head()
{
	atf_set require.progs python3
}
numbers__of_sentences__by_section_body()
{
	cat >rfc9999.txt <<-'EOF'
	1.  Introduction ...... 1

	1.  Introduction

	   A program MUST do this.  It may do that.  It SHOULD NOT do
	   the other; "but" it need not.

	2.1.  Rules

	   It SHALL be so.  That is REQUIRED.
	EOF
	count=$SRCDIR/tests/sieve/rules.py
	printf '9999 1 | a | -: b\n9999 1 | c | -: d\n' >list
	printf '9999 2.1 | e | -: f\n9999 2.1 e | g | -: h\n' >>list
	atf_check -s exit:1 -o inline:'RFC 9999 section 2.1: 2 sentences, 1 lines
4 sentences, 1 sections are not right
' python3 "$count" list .
	echo '9999 2.1 | i | -: j' >>list
	atf_check -o inline:'4 sentences, 0 sections are not right
' python3 "$count" list .
}

atf_init_test_cases()
{
	atf_add_test_case rules__each_of_them__has_a_test_that_is_there
	atf_add_test_case rules__rfcs_of_the_manual__all_of_them
	atf_add_test_case numbers__of_sentences__by_section
}
