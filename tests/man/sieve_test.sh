# The scripts in mda-sieve.5 do what the page says. The form of the comments
# above each of them is told at the top of that page.

# extract - gives the files N.sieve, N.msg, N.body, N.options and N.gives of each
# that is run, others as they are named, and count, how many there are.
extract()
{
	mkdir -p sieve
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
	sub(/^\.\\" body /, "") { print >file("body"); next }
	sub(/^\.\\" gives /, "") { print >file("gives"); next }
	sub(/^\.\\" setting /, "") {
		printf "-o\n%s\n", $0 >file("options")
		next
	}
	sub(/^\.\\" sender ?/, "") {
		printf "-f\n%s\n", $0 >file("options")
		next
	}
	sub(/^\.\\" file /, "") { name = $0; next }
	/^\.Bd/ {
		if ($2 != "-literal") print "another display" >file("odd")
		literal = 1
		next
	}
	/^\.Ed/ {
		literal = 0
		if (name == "") number++
		name = ""
	}
	literal { print text($0) >(name == "" ? file("sieve") : name) }
	END { print number }
	' "$SRCDIR/man/mda-sieve.5")
	[ "$count" -ge 16 ] || atf_fail "only $count examples were found"
	for odd in *.odd; do
		[ ! -e "$odd" ] || atf_fail 'a display that is not literal'
	done
}

# with_options NUMBER COMMAND [WORD ...] - behind these words stand the options of
# that example, its script, and its message if the command is "test".
with_options()
{
	number=$1
	shift
	set -- "$sieve" "$@"
	if [ -e "$number.options" ]; then
		while IFS= read -r word; do
			set -- "$@" "$word"
		done <"$number.options"
	fi
	set -- "$@" "$number.sieve"
	[ "$2" != test ] || set -- "$@" "$number.msg"
	"$@" >out 2>&1 || atf_fail "$number: $(cat out)"
}

sieve=$BUILDDIR/mda/mda-sieve

atf_test_case examples__checked__right
examples__checked__right_body()
{
	extract
	for script in ??.sieve; do
		with_options "${script%.sieve}" check
		atf_check -o empty cat out
	done
}

# What is printed, without the name of the message and the places.
atf_test_case examples__run__as_the_page_says
examples__run__as_the_page_says_body()
{
	extract
	for script in ??.sieve; do
		name=${script%.sieve}
		[ -e "$name.body" ] || echo body >"$name.body"
		{ echo; cat "$name.body"; } >>"$name.msg"
		with_options "$name" test -f friend@example.org -a me@example.net
		sed -n 's/^  \(.*[^ ]\)  ([^()]*)$/\1/p' out >actions
		diff "$name.gives" actions || {
			cat "$name.sieve" out
			atf_fail "$name does something else"
		}
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

# Those that are asked for by ihave count.
atf_test_case extensions__each__has_an_example
extensions__each__has_an_example_body()
{
	extract
	sed -n 's/^	{ "\([a-z0-9;-]*\)", .*},$/\1/p' \
	    "$SRCDIR/sieve/extension.c" >names
	[ "$(wc -l <names)" -ge 28 ] || atf_fail 'not all names were found'
	for script in *.sieve sieve/*.sieve; do
		sed -n '/require/,/;$/p; /ihave/p' "$script"
	done >all
	while read -r name; do
		case $name in
		# Always there, and those that another example brings along.
		comparator-i\;octet | comparator-i\;ascii-casemap) continue ;;
		spamtest) name=spamtestplus ;;
		esac
		grep -q "\"$name\"" all || atf_fail "no example has $name"
	done <names
}

atf_init_test_cases()
{
	atf_add_test_case examples__checked__right
	atf_add_test_case examples__run__as_the_page_says
	atf_add_test_case comments__of_each_script__there
	atf_add_test_case extensions__each__has_an_example
}
