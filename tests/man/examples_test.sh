# The EXAMPLES of each manual do what they say.
#
# An example is a .Dl line, or the lines from .Bd -literal to .Ed. There are
# three kinds:
#
#	commands	lines that begin with "$ ", or "# mda" for root;
#			other lines are output
#	settings	in mda.conf.5, an example without commands
#	a sender's	elsewhere, an example without commands: what stands
#	configuration	from "/usr/local/bin/mda" on is what the sender runs
#
# What a sender runs may go on with options in the lines below.
#
# Those for root have "-d", "/var/mail" or "fixed_user" in them; they run in a
# name space with the accounts alice and vmail, a spool and a folder /srv/mail
# (tests/support/private.sh), for $u, alice, or al@example.org.
#
# Each of the others runs in order, in one new home, which holds a folder Mail, and in the
# working folder a message "msg" and a settings file "new.conf"; both are
# made anew for each example. A command must succeed. So must mda -n with a
# settings file, and a delivery with what a sender runs.

# What is sourced sets variables; the shell is to leave $u alone.
# shellcheck disable=SC1091,SC2016,SC2154
. "$SRCDIR/tests/support/private.sh"

# extract PAGE - give each example a file, example.01 and so on.
extract()
{
	rm -f example.*
	awk '
	function text(line) {
		gsub(/\\\(dq/, "\"", line)
		gsub(/\\\(ga/, "`", line)
		gsub(/\\\(aq/, "\047", line)
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
	ln -s "$MDA-lmtp" bin/mda-lmtp
	ln -s "$BUILDDIR/mda/mda-sieve" bin/mda-sieve
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
	sed -n 's/^[$#] //p' "$1" >script
	atf_check -o ignore -e ignore sh -e script
}

# What senders put into the environment, and into their macros. The path and
# the command may be two words in quotes, as m4 has them.
run_as_sender()
{
	sed -e ':a' -e '$!N' -e 's/\n *-/ -/' -e 'ta' -e 'P' -e 'D' "$1" |
	    sed -n 's,.*/usr/local/bin/mda,mda,p' |
	    sed -e "s/^mda', .mda/mda/" -e 's/%T/$u/' -e "s/[\"')]*\$//" >script
	[ -s script ] || atf_fail "no command in $1"
	SENDER=bob@example.net RECIPIENT=al+x@example.org \
	    sender=bob@example.net original_recipient=al+x@example.org \
	    queue_id=4A7F u=alice \
	    atf_check -o empty -e empty sh -e script <msg
}

is_for_root()
{
	grep -Eq ' -d |/var/mail|fixed_user' "$1"
}

# run_settings FILE OPTION ... - can they be used?
run_settings()
{
	settings=$1
	shift
	chmod 600 "$settings"
	atf_check -o ignore -e empty mda -n -c "$settings" "$@"
}

# run_one PAGE EXAMPLE OPTION ... - the options go with settings.
run_one()
{
	page=$1 example=$2
	shift 2
	echo "$page, $example:"
	cat "$example"
	make_files "$example"
	if grep -Eq '^(\$|# mda) ' "$example"; then
		run_commands "$example"
	elif [ "$page" = mda.conf.5 ]; then
		run_settings "$example" "$@"
	else
		run_as_sender "$example"
	fi
}

run_examples()
{
	make_home
	extract "$1"
	[ -s example.01 ] || atf_fail "$1 has no example"
	for example in example.*; do
		is_for_root "$example" || run_one "$1" "$example"
	done
}

# In the name space that private_start made.
make_spools()
{
	for folder in /var/mail /srv; do
		[ -d "$folder" ] || atf_skip "no $folder here"
	done
	cover /var/mail mode=2775,gid=4708
	cover /srv mode=755
	mkdir -p /srv/mail/example.org
	chown -R vmail:vmail /srv/mail
	mkdir bin
	ln -s "$MDA" bin/mda
	PATH=$PWD/bin:$PATH
	u=alice
	export PATH u
}

run_root_examples()
{
	private_start
	make_spools
	extract "$1"
	count=0
	for example in example.*; do
		is_for_root "$example" || continue
		user=alice
		! grep -q fixed_user "$example" || user=al@example.org
		run_one "$1" "$example" -d "$user"
		count=$((count + 1))
	done
	[ "$count" -gt 0 ] || atf_fail "$1 has no example for root"
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

atf_test_case mda_lmtp_8__examples__succeed
mda_lmtp_8__examples__succeed_body()
{
	run_examples mda-lmtp.8
	set -- home/al/new/*
	atf_check -o inline:'1\n' echo "$#"
	atf_check -o match:'^hello$' cat "$1"
}

atf_test_case mda_sieve_1__examples__succeed
mda_sieve_1__examples__succeed_body()
{
	run_examples mda-sieve.1
}

atf_test_case mda_setup_7__examples__succeed
mda_setup_7__examples__succeed_body()
{
	run_examples mda-setup.7
}

atf_test_case mda_1__examples_for_root__succeed
mda_1__examples_for_root__succeed_head()
{
	atf_set require.user root
}
mda_1__examples_for_root__succeed_body()
{
	run_root_examples mda.1
}

atf_test_case mda_conf_5__examples_for_root__succeed
mda_conf_5__examples_for_root__succeed_head()
{
	atf_set require.user root
}
mda_conf_5__examples_for_root__succeed_body()
{
	run_root_examples mda.conf.5
}

atf_test_case mda_proof_7__targets_and_files__are_there
mda_proof_7__targets_and_files__are_there_body()
{
	page=$SRCDIR/man/mda-proof.7
	grep -e '^\.Ql' -e '^\$ ' "$page" | grep -o 'make [a-z][a-z-]*' |
	    sort -u >targets
	atf_check test "$(wc -l <targets)" -ge 3
	while read -r make target; do
		atf_check -o ignore grep "^$target:" "$SRCDIR/Makefile.in"
	done <targets
	grep -o 'tests/[a-z_/.]*' "$page" | sed 's/\.$//' | sort -u >folders
	atf_check test -s folders
	while read -r folder; do
		atf_check test -e "$SRCDIR/$folder" -o \
		    -e "$SRCDIR/$folder.sh" -o -e "$SRCDIR/$folder.c"
	done <folders
}

# "# what it is: NUMBER", and below it the command that prints it.
atf_test_case mda_proof_7__figures__are_what_the_commands_print
mda_proof_7__figures__are_what_the_commands_print_body()
{
	awk '/^\.Sh/ { is_there = /FIGURES/ }
	is_there && /^# / { number = $NF }
	is_there && /^\$ / { print number; print substr($0, 3) }' \
	    "$SRCDIR/man/mda-proof.7" >figures
	atf_check test "$(wc -l <figures)" -ge 10
	while read -r number && read -r command; do
		atf_check -o match:"^ *$number\$" \
		    sh -c 'cd "$1" && eval "$2"' sh "$SRCDIR" "$command"
	done <figures
}

atf_test_case every_page__has_its_examples_run
every_page__has_its_examples_run_body()
{
	for page in "$SRCDIR"/man/*.[1-9]; do
		# Scripts, which tests/man/sieve_test.sh runs.
		[ "${page##*/}" != mda-sieve.5 ] || continue
		# Commands of the source, which are this suite.
		[ "${page##*/}" != mda-proof.7 ] || continue
		atf_check -o ignore \
		    grep -x "	run_examples ${page##*/}" "$0"
	done
}

atf_init_test_cases()
{
	atf_add_test_case mda_1__examples__succeed
	atf_add_test_case mda_conf_5__examples__succeed
	atf_add_test_case mda_delivery_7__examples__succeed
	atf_add_test_case mda_lmtp_8__examples__succeed
	atf_add_test_case mda_setup_7__examples__succeed
	atf_add_test_case mda_sieve_1__examples__succeed
	atf_add_test_case mda_1__examples_for_root__succeed
	atf_add_test_case mda_conf_5__examples_for_root__succeed
	atf_add_test_case mda_proof_7__targets_and_files__are_there
	atf_add_test_case mda_proof_7__figures__are_what_the_commands_print
	atf_add_test_case every_page__has_its_examples_run
}
