# mda --json tells a program what mda -n tells people.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2154
. "$SRCDIR/tests/support/box.sh"

# plan STATUS OPTION ... - leaves what --json prints in "plan", which is JSON.
plan()
{
	wanted=$1
	shift
	atf_check -s "exit:$wanted" -o save:plan "$MDA" --json "$@"
	atf_check -o ignore python3 -m json.tool plan
	holds "plan['exit'] == $wanted"
}

# holds EXPRESSION ... - each is true of the plan, in the words of Python.
holds()
{
	for expression do
		python3 -c '
import json, sys
plan = json.load(open("plan", encoding="ascii"))
path = plan.get("path", [])
codes = [problem["code"] for problem in plan["problems"]]
sys.exit(not eval(sys.argv[1]))' "$expression" || {
			cat plan
			atf_fail "does not hold: $expression"
		}
	done
}

# needs_python - the head of each case.
needs_python()
{
	atf_set require.progs python3
}

atf_test_case settings__each__value_and_where_from
settings__each__value_and_where_from_head() { needs_python; }
settings__each__value_and_where_from_body()
{
	make_box box
	printf 'log = none\ndeadline = 10\n' >settings
	plan 0 -c settings -o deadline=20 -m box/
	holds "plan['settings_file'] == 'settings'" \
	    "plan['settings_file_read']" \
	    "plan['settings']['create'] == {'value': 'mailbox', 'from': 'default'}" \
	    "plan['settings']['log'] == {'value': 'none', 'from': 'file', 'file': 'settings', 'line': 1}" \
	    "plan['settings']['deadline'] == {'value': '20s', 'from': 'option'}"
}

# The two must not tell different things.
atf_test_case settings__all__as_mda_n_has_them
settings__all__as_mda_n_has_them_head() { needs_python; }
settings__all__as_mda_n_has_them_body()
{
	make_box box
	plan 0 -m box/
	python3 -c '
import json
for name, row in json.load(open("plan"))["settings"].items():
    print("  %-16s = %-20s (default)" % (name, row["value"]))
' >wanted
	"$MDA" -n -m box/ | grep '(default)$' >found
	atf_check diff wanted found
}

atf_test_case settings__bad__subject_and_78
settings__bad__subject_and_78_head() { needs_python; }
settings__bad__subject_and_78_body()
{
	printf 'log = none\nno_such = 1\n' >settings
	plan 78 -c settings
	holds "plan['subject'] == 'settings:2: no_such'" \
	    "plan['step'] == 'setting-unknown'" "plan['dsn'] == '4.3.5'"
}

atf_test_case option__wrong__64
option__wrong__64_head() { needs_python; }
option__wrong__64_body()
{
	plan 64 --no-such
	holds "plan['subject'] == '--no-such'"
	atf_check -s exit:64 -o match:'"exit": 64' "$MDA" --json operand
}

atf_test_case user__other__sentence_and_exit
user__other__sentence_and_exit_head() { needs_python; }
user__other__sentence_and_exit_body()
{
	plan 67 -d no-such-user-here
	holds "plan['step'] == 'user-unknown'" "plan['dsn'] == '5.1.1'" \
	    "'no-such-user-here' in plan['problem']"
}

atf_test_case account__self__ids_and_names
account__self__ids_and_names_head() { needs_python; }
account__self__ids_and_names_body()
{
	make_box box
	plan 0 -m box/
	holds "plan['account']['uid'] == $(id -u)" \
	    "plan['account']['gid'] == $(id -g)" \
	    "plan['account']['user'] == '$(id -un)'" \
	    "plan['account']['home'] == '$HOME'"
}

atf_test_case envelope__known__is_told
envelope__known__is_told_head() { needs_python; }
envelope__known__is_told_body()
{
	make_box box
	plan 0 -m box/ -f from@a -a to+lists@b -q 4A7F
	holds "plan['envelope'] == {'sender': 'from@a', 'recipient': 'to+lists@b', 'detail': 'lists', 'queue': '4A7F'}"
	plan 0 -m box/
	holds "plan['envelope'] == {'sender': None}"
}

atf_test_case path__each_component__owner_and_mode
path__each_component__owner_and_mode_head() { needs_python; }
path__each_component__owner_and_mode_body()
{
	mkdir above
	make_box above/box
	chmod 3711 above
	plan 0 -m above/box/
	holds "[c['path'] for c in path] == ['.', 'above', 'above/box', 'above/box/tmp', 'above/box/new', 'above/box/cur']" \
	    "path[1]['mode'] == '3711'" "path[1]['kind'] == 'folder'" \
	    "path[1]['uid'] == $(id -u)" "path[1]['user'] == '$(id -un)'" \
	    "path[2]['mode'] == '0700'"
}

atf_test_case path__link__target
path__link__target_head() { needs_python; }
path__link__target_body()
{
	mkdir real
	ln -s real link
	plan 0 -m link/box/
	holds "path[1]['kind'] == 'link'" "path[1]['target'] == 'real'" \
	    "path[2]['path'] == 'real'" "path[3]['kind'] == 'missing'"
}

atf_test_case path__parent_missing__code_step_and_subject
path__parent_missing__code_step_and_subject_head() { needs_python; }
path__parent_missing__code_step_and_subject_body()
{
	plan 75 -m none/box/
	holds "'parent-missing' in codes" "plan['step'] == 'maildir-parent'" \
	    "plan['subject'] == 'none/box'" "plan['dsn'] == '4.3.0'"
}

# What is told must be what happens.
atf_test_case failure__each__as_the_delivery
failure__each__as_the_delivery_head() { needs_python; }
failure__each__as_the_delivery_body()
{
	echo file >file
	ln -s file link
	make_box box
	make_message message
	rmdir box/new
	ln -s cur box/new
	for mailbox in none/box/ none/box file/box/ file/box maildir:file \
	    maildir:none link box/ maildir:link; do
		set -- -o create=no -o log=none -m "$mailbox"
		plan 75 "$@"
		deferred 4.3.0 "$MDA" "$@" <message
		python3 -c '
import json
plan = json.load(open("plan"))
print(plan["dsn"], plan["problem"])' >told
		case $mailbox in
		file/*|box/|maildir:link) ;; # the place is named more exactly
		*)	atf_check diff told said ;;
		esac
	done
}

atf_test_case mbox__new_and_old__format_locks_journal
mbox__new_and_old__format_locks_journal_head() { needs_python; }
mbox__new_and_old__format_locks_journal_body()
{
	plan 0 -m box
	holds "plan['mailbox'] == {'kind': 'mbox', 'path': 'box', 'folder': None}" \
	    "plan['mbox']['is_there'] is False"
	make_message message
	atf_check "$MDA" -o log=none -m box <message
	plan 0 -m box
	holds "plan['mbox']['is_there'] is True" \
	    "plan['mbox']['bytes'] == $(wc -c <box)" \
	    "plan['mbox']['journal_is_there'] is True" \
	    "plan['mbox']['unfinished'] == []" "len(plan['steps']) == 6"
}

atf_test_case mbox__no_file_of_ours__75
mbox__no_file_of_ours__75_head() { needs_python; }
mbox__no_file_of_ours__75_body()
{
	mkfifo fifo
	plan 75 -m fifo
	holds "'mbox-kind' in codes"
	echo mail >one
	ln one two
	plan 75 -m one
	holds "'mbox-links' in codes" "plan['step'] == 'mbox-links'"
	rm two
	ln -s one two
	plan 75 -m two
	holds "plan['step'] == 'mbox-open'"
}

atf_test_case mbox__locked__is_told
mbox__locked__is_told_head() { needs_python; }
mbox__locked__is_told_body()
{
	echo other >box.lock
	plan 0 -m box
	holds "'dotlock-there' in codes"
}

atf_test_case log__file__writable_or_not
log__file__writable_or_not_head() { needs_python; }
log__file__writable_or_not_body()
{
	make_box box
	plan 0 -m box/ -o log=none -o log_file="$PWD/log"
	holds "plan['log'] == {'syslog': False, 'file': '$PWD/log', 'file_writable': True}" \
	    "'log-file' not in codes"
	[ ! -e log ] || atf_fail 'it was created'
	for file in "$PWD/none/log" "$PWD/box"; do
		plan 0 -m box/ -o log=none -o log_file="$file"
		holds "plan['log']['file_writable'] is False" \
		    "'log-file' in codes"
	done
}

atf_test_case storage__here__kind_and_room
storage__here__kind_and_room_head() { needs_python; }
storage__here__kind_and_room_body()
{
	make_box box
	plan 0 -m box/
	holds "plan['storage']['kind'] != ''" \
	    "plan['storage']['free_bytes'] > 0" \
	    "plan['storage']['folder_sync'] is True"
}

# Paths, addresses and settings are anybody's.
atf_test_case value__hostile__stays_a_value
value__hostile__stays_a_value_head() { needs_python; }
value__hostile__stays_a_value_body()
{
	evil=$(printf 'a"}],\\\n\t\001\177"exit":0\033[2J')
	mkdir "$evil" || atf_skip 'no such name can be made here'
	make_box "$evil/box"
	plan 0 -m "$evil/box/" -f "$evil" -a "$evil" -q "$evil" -e "$evil"
	holds "plan['mailbox']['path'] == plan['envelope']['sender'] + '/box'" \
	    "plan['envelope']['sender'] == 'a\"}],\\\\\\n\\t\\x01\\x7f\"exit\":0\\x1b[2J'" \
	    "plan['envelope']['queue'] == plan['envelope']['sender']"
	plan 78 -o "$evil"
	plan 64 "$evil"
	plan 67 -d "$evil"
	plan 75 -m "$evil/none/box/"
}

atf_test_case value__utf_8__is_kept
value__utf_8__is_kept_head() { needs_python; }
value__utf_8__is_kept_body()
{
	name=$(printf 'B\303\274ro \360\237\223\247')
	mkdir "$name" || atf_skip 'no such name can be made here'
	plan 0 -m "$name/box/"
	holds "plan['mailbox']['path'] == 'B\\u00fcro \\U0001f4e7/box'"
}

atf_test_case value__no_utf_8__is_marked
value__no_utf_8__is_marked_head() { needs_python; }
value__no_utf_8__is_marked_body()
{
	name=$(printf 'a\377\303"\355\240\200')
	plan 75 -m "$name/box/"
	holds "plan['mailbox']['path'].startswith('a\\ufffd\\ufffd\"\\ufffd')"
}

# mda-fault looks for catalogs in the folder "locale" of the working folder.
atf_test_case language__any__english
language__any__english_head() { needs_python; }
language__any__english_body()
{
	make_box box
	mkdir -p locale/de/LC_MESSAGES
	for catalog in "$BUILDDIR/po/de.mo" "$SRCDIR/po/de.mo"; do
		[ ! -f "$catalog" ] ||
		    cp "$catalog" locale/de/LC_MESSAGES/mda.mo
	done
	plan 0 -m box/
	grep -v '"free_' plan >english
	atf_check -o save:plan env LANGUAGE=de LC_ALL=C.UTF-8 \
	    "$MDA_FAULT_BIN" --json -m box/
	grep -v '"free_' plan >other
	atf_check diff english other
}

atf_test_case json__with_a_message_waiting__does_not_read_it
json__with_a_message_waiting__does_not_read_it_head() { needs_python; }
json__with_a_message_waiting__does_not_read_it_body()
{
	make_box box
	make_message message
	{
		"$MDA" --json -m box/ >/dev/null || atf_fail "status $?"
		atf_check -o file:message cat
	} <message
	expect_nothing box
}

# What to do about each is in mda(1).
atf_test_case codes__each__in_the_manual
codes__each__in_the_manual_body()
{
	sed -n 's/.*TELL_[A-Z]*, "\([a-z0-9-]*\)".*/\1/p' "$SRCDIR"/mda/*.c |
	    sort -u >codes
	atf_check -o ignore grep -x in-memory codes
	while IFS= read -r code; do
		grep -q "^\\.It Cm.* $code\( \|\$\)" "$SRCDIR/man/mda.1" ||
		    atf_fail "$code is not in the manual"
	done <codes
}

atf_test_case output__full__74
output__full__74_body()
{
	[ -c /dev/full ] || atf_skip 'no /dev/full here'
	make_box box
	status=0
	"$MDA" --json -m box/ >/dev/full || status=$?
	atf_check_equal 74 "$status"
}

atf_init_test_cases()
{
	atf_add_test_case settings__each__value_and_where_from
	atf_add_test_case settings__all__as_mda_n_has_them
	atf_add_test_case settings__bad__subject_and_78
	atf_add_test_case option__wrong__64
	atf_add_test_case user__other__sentence_and_exit
	atf_add_test_case account__self__ids_and_names
	atf_add_test_case envelope__known__is_told
	atf_add_test_case path__each_component__owner_and_mode
	atf_add_test_case path__link__target
	atf_add_test_case path__parent_missing__code_step_and_subject
	atf_add_test_case failure__each__as_the_delivery
	atf_add_test_case mbox__new_and_old__format_locks_journal
	atf_add_test_case mbox__no_file_of_ours__75
	atf_add_test_case mbox__locked__is_told
	atf_add_test_case log__file__writable_or_not
	atf_add_test_case storage__here__kind_and_room
	atf_add_test_case value__hostile__stays_a_value
	atf_add_test_case value__utf_8__is_kept
	atf_add_test_case value__no_utf_8__is_marked
	atf_add_test_case language__any__english
	atf_add_test_case json__with_a_message_waiting__does_not_read_it
	atf_add_test_case codes__each__in_the_manual
	atf_add_test_case output__full__74
}
