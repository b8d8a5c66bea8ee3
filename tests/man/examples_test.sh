# The EXAMPLES of each manual do what they say.
#
# An example is a .Dl line, or the lines from .Bd -literal to .Ed. There are
# three kinds:
#
#	commands	lines that begin with "$ "; other lines are output
#	settings	in mda.conf.5, an example without commands
#	a sender's	elsewhere, an example without commands: what stands
#	configuration	from "/usr/local/bin/mda" on is what the sender runs
#
# Each runs in order, in one new home, which holds a folder Mail, and in the
# working folder a message "msg" and a settings file "new.conf"; both are
# made anew for each example. A command must succeed. So must mda -n with a
# settings file, and a delivery with what a sender runs.

# extract PAGE - give each example a file, example.01 and so on.
extract()
{
	rm -f example.*
	awk '
	function text(line) {
		gsub(/\\\(dq/, "\"", line)
		gsub(/\\&/, "", line)
		gsub(/\\e/, "\\", line)
		return line
	}
	function add(line) {
		print text(line) >sprintf("example.%02d", number)
	}
	/^\.Sh / { inside = $2 == "EXAMPLES" }
	!inside { next }
	/^\.Dl / { number++; add(substr($0, 5)) }
	/^\.Ed/ { literal = 0 }
	literal { add($0) }
	/^\.Bd -literal/ { literal = 1; number++ }
	' "$SRCDIR/man/$1"
}

make_home()
{
	mkdir bin home home/Mail || atf_fail 'cannot make a home'
	ln -s "$MDA" bin/mda
	HOME=$PWD/home
	PATH=$PWD/bin:$PATH
	export HOME PATH
}

make_files()
{
	printf 'Message-ID: <%s@example.org>\nSubject: one\n\nhello\n' "$1" >msg
	echo 'mailbox = maildir:~/Maildir' >new.conf
}

run_commands()
{
	sed -n 's/^\$ //p' "$1" >script
	atf_check -o ignore -e ignore sh -e script
}

# What senders put into the environment.
run_as_sender()
{
	sed -n 's,.*/usr/local/bin/mda,mda,p' "$1" | sed 's/"$//' >script
	[ -s script ] || atf_fail "no command in $1"
	SENDER=bob@example.net RECIPIENT=al+x@example.org \
	    atf_check -o empty -e empty sh -e script <msg
}

run_examples()
{
	page=$1
	make_home
	extract "$page"
	[ -s example.01 ] || atf_fail "$page has no example"
	for example in example.*; do
		echo "$page, $example:"
		cat "$example"
		make_files "$example"
		if grep -q '^\$ ' "$example"; then
			run_commands "$example"
		elif [ "$page" = mda.conf.5 ]; then
			chmod 600 "$example"
			atf_check -o ignore -e empty mda -n -c "$example"
		else
			run_as_sender "$example"
		fi
	done
}

atf_test_case mda_1__examples__succeed
mda_1__examples__succeed_body()
{
	run_examples mda.1
}

atf_test_case mda_conf_5__examples__succeed
mda_conf_5__examples__succeed_body()
{
	run_examples mda.conf.5
}

atf_test_case mda_delivery_7__examples__succeed
mda_delivery_7__examples__succeed_body()
{
	run_examples mda-delivery.7
}

atf_test_case every_page__has_its_examples_run
every_page__has_its_examples_run_body()
{
	for page in "$SRCDIR"/man/*.[1-9]; do
		atf_check -o ignore \
		    grep -x "	run_examples ${page##*/}" "$0"
	done
}

atf_init_test_cases()
{
	atf_add_test_case mda_1__examples__succeed
	atf_add_test_case mda_conf_5__examples__succeed
	atf_add_test_case mda_delivery_7__examples__succeed
	atf_add_test_case every_page__has_its_examples_run
}
