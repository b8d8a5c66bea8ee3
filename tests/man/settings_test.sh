# mda.conf.5 lists the settings that the program has, and no others. The
# form that is read here is explained at the top of the page.

# page_settings - one line for each: name|words|default|least|most
page_settings()
{
	awk '
	function finish() {
		if (name == "")
			return
		if (!has_default)
			print name " has no default"
		print name "|" words "|" preset "|" least "|" most
	}
	function value() {
		getline
		if (!sub(/^\.Cm /, ""))
			print name ": not .Cm: " $0
		sub(/ \.$/, "")
		return $0
	}
	/^\.Sh / { inside = $2 == "SETTINGS" }
	!inside { next }
	/^\.It / {
		finish()
		if ($2 != "Ic" || $4 != "No" || $5 != "=" ||
		    ($6 != "Cm" && $6 != "Ar"))
			print "not a setting: " $0
		name = $3
		words = preset = least = most = ""
		has_default = 0
		if ($6 == "Cm") {
			words = $0
			sub(/.* Cm /, "", words)
			gsub(/ \| /, " ", words)
		}
	}
	/^The default is empty\.$/ { has_default = 1 }
	/^The default is$/ { has_default = 1; preset = value() }
	/^From$/ { least = value() }
	/^to$/ && most == "" && least != "" { most = value() }
	/^\.El/ { finish(); name = "" }
	' "$SRCDIR/man/mda.conf.5"
}

# shown - what the program says: name = value (where it comes from).
shown()
{
	"$MDA" -n -c empty "$@" | sed -n \
	    -e 's/ *([^()]*)$//' -e 's/^  \([a-z_]*\) *= */\1|/p'
}

# value_of NAME - out of what shown() gives.
value_of()
{
	sed -n "s/^$1|//p"
}

each_number()
{
	page_settings | while IFS='|' read -r name words preset least most; do
		[ -z "$least" ] || echo "$name $least $most"
	done
}

# refused ASSIGNMENT
refused()
{
	atf_check -s exit:78 -o match:'mda\.conf\(5\)' \
	    "$MDA" -n -c empty -o "$1"
}

# taken NAME VALUE - is it shown as it was written?
taken()
{
	got=$(shown -o "$1=$2" | value_of "$1")
	[ "$got" = "$2" ] || atf_fail "$1 = $2 is shown as \"$got\""
}

atf_test_case page__names_and_defaults__as_shown
page__names_and_defaults__as_shown_body()
{
	: >empty
	page_settings | while IFS='|' read -r name words preset rest; do
		echo "$name|$preset"
	done >page
	shown >program
	[ -s program ] || atf_fail 'mda -n shows no settings'
	atf_check diff page program
}

atf_test_case page__words__taken
page__words__taken_body()
{
	: >empty
	page_settings >page
	while IFS='|' read -r name words rest; do
		[ -n "$words" ] || continue
		for word in $words; do
			taken "$name" "$word"
		done
		refused "$name=no-such-word"
	done <page
}

# That there are no more words, only the table itself can tell.
atf_test_case page__words__as_in_table
page__words__as_in_table_body()
{
	page_settings | while IFS='|' read -r name words rest; do
		[ -z "$words" ] || echo "$name|$words"
	done >page
	tr '\n\t' '  ' <"$SRCDIR/mda/setting_table.c" | tr '{' '\n' |
	    sed -n 's/^ *"\([a-z_]*\)", *SETTING_[A-Z]*,[^"]*"[^"]*", *"\([^"]*\)".*/\1|\2/p' \
	    >table
	[ -s table ] || atf_fail 'setting_table.c cannot be read any more'
	atf_check diff page table
}

atf_test_case page__numbers__within_bounds
page__numbers__within_bounds_body()
{
	: >empty
	each_number >numbers
	[ -s numbers ] || atf_fail 'no number has bounds'
	while read -r name least most; do
		for bound in "$least" "$most"; do
			atf_check -s not-exit:78 -o ignore \
			    "$MDA" -n -c empty -o "$name=$bound"
		done
		refused "$name=$((${least%[a-zA-Z]} - 1))${least##*[0-9]}"
		refused "$name=$((${most%[a-zA-Z]} + 1))${most##*[0-9]}"
	done <numbers
}

atf_init_test_cases()
{
	atf_add_test_case page__names_and_defaults__as_shown
	atf_add_test_case page__words__taken
	atf_add_test_case page__words__as_in_table
	atf_add_test_case page__numbers__within_bounds
}
