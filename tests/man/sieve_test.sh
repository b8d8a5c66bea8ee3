# The scripts in mda-sieve.5 do what the page says. The form of the comments
# above each of them is told at the top of that page.

# extract - gives the files N.sieve, N.msg and N.gives, and how many there are.
extract()
{
	count=$(awk '
	function text(line) {
		gsub(/\\e/, "\\", line)
		gsub(/\\&/, "", line)
		return line
	}
	function file(kind) { return sprintf("%02d.%s", number + 1, kind) }
	/^\.Sh / { inside = $2 == "EXAMPLES" }
	!inside { next }
	sub(/^\.\\" header /, "") { print >file("msg"); next }
	sub(/^\.\\" gives /, "") { print >file("gives"); next }
	/^\.Ed/ { literal = 0; number++ }
	literal { print text($0) >file("sieve") }
	/^\.Bd -literal/ { literal = 1 }
	END { print number }
	' "$SRCDIR/man/mda-sieve.5")
	[ "$count" -ge 7 ] || atf_fail "only $count examples were found"
}

sieve=$BUILDDIR/mda/mda-sieve

atf_test_case examples__checked__right
examples__checked__right_body()
{
	extract
	for script in ??.sieve; do
		atf_check "$sieve" check "$script"
	done
}

# What is printed, without the name of the message and the places.
atf_test_case examples__run__as_the_page_says
examples__run__as_the_page_says_body()
{
	extract
	for script in ??.sieve; do
		name=${script%.sieve}
		printf '\nbody\n' >>"$name.msg"
		atf_check -o save:out "$sieve" test -f friend@example.org \
		    -a me@example.net "$script" "$name.msg"
		sed -n 's/^  \(.*[^ ]\)  ([^()]*)$/\1/p' out >actions
		atf_check diff "$name.gives" actions
	done
}

# A page whose examples cannot be found must not look right.
atf_test_case comments__of_each_script__there
comments__of_each_script__there_body()
{
	extract
	for script in ??.sieve; do
		for kind in msg gives; do
			[ -s "${script%sieve}$kind" ] ||
			    atf_fail "$script has no $kind"
		done
	done
}

atf_init_test_cases()
{
	atf_add_test_case examples__checked__right
	atf_add_test_case examples__run__as_the_page_says
	atf_add_test_case comments__of_each_script__there
}
