# What a careless or hostile caller, account or system hands to root's mda.

# What is sourced sets variables; $close, $to_home and the like are several words.
# shellcheck disable=SC1091,SC2086,SC2154
. "$SRCDIR/tests/support/private.sh"
# shellcheck disable=SC1091,SC2154
. "$SRCDIR/tests/support/box.sh"

lmtp=$(dirname "$MDA")/mda-lmtp

# start - accounts, a spool and a message. Gives to_home, to_file and to_spool:
# commands that deliver to alice.
start()
{
	private_start
	make_message message
	mkdir spool
	chgrp mail spool
	chmod 2775 spool
	to_home="$MDA -c settings -d alice"
	to_file="$to_home -m mbox:%h/mbox"
	to_spool="$to_home -o lock_timeout=2 -m mbox:$stage/spool/%u"
}

# count_copies - of the message, in all mailboxes. Gives copies.
count_copies()
{
	copies=$(find home spool -type f ! -name '.*.mda' ! -name '*.sieve' \
	    -exec cat {} + | grep -c '^Message-ID: <message@')
}

# expect_once WHAT - one copy, whole, and nothing else in a mailbox.
expect_once()
{
	find home spool -type f ! -name '.*.mda' ! -name '*.sieve' \
	    -exec cat {} + |
	    sed '/^From /d; /^Return-Path:/d; /^Delivered-To:/d' >stored
	[ "$(tail -n 1 stored)" != '' ] || sed -i '$d' stored
	cmp message stored >/dev/null 2>&1 || {
		cat stored
		atf_fail "$1: not the message alone"
	}
}

# empty_all - as if nothing had ever been delivered.
empty_all()
{
	rm -rf home/alice/Maildir home/alice/mbox home/alice/.mbox.mda \
	    spool/alice spool/.alice.mda
}

# whole_or_75 WHAT STATUS - 0 and it is there once, or 75 and it is not; and a
# second try, without what was wrong, is good.
whole_or_75()
{
	case $2 in
	0)	expect_once "$1" ;;
	75)	count_copies
		atf_check_equal "$1: 75 0" "$1: $2 $copies"
		[ ! -s err ] || atf_check -o match:'^4\.' head -n 1 err
		atf_check $way <message
		expect_once "$1, again" ;;
	*)	atf_fail "$1: status $2: $(cat err)" ;;
	esac
	atf_check -o empty cat out
	empty_all
}

root_case()
{
	atf_set require.user root
}

# ---- Descriptors -----------------------------------------------------------

# without_dev COMMAND ... - where there is no /dev/null.
without_dev()
{
	unshare -m sh -c 'mount -t tmpfs none /dev && exec "$@"' sh "$@"
}

# closing SET COMMAND ... - start it without these descriptors. Gives status.
closing()
{
	set_closed=$1
	shift
	status=0
	case $set_closed in
	0)	"$@" <&- ;;
	1)	"$@" <message >&- ;;
	2)	"$@" <message 2>&- ;;
	01)	"$@" <&- >&- ;;
	02)	"$@" <&- 2>&- ;;
	12)	"$@" <message >&- 2>&- ;;
	012)	"$@" <&- >&- 2>&- ;;
	esac >out 2>err || status=$?
}

# Words for people, and the log line of -v, are written to 2 whatever that is.
atf_test_case descriptors__each_set_closed__nothing_but_the_message
descriptors__each_set_closed__nothing_but_the_message_head() { root_case; }
descriptors__each_set_closed__nothing_but_the_message_body()
{
	start
	for dev in '' without_dev; do
		for way in "$to_home" "$to_file" "$to_spool"; do
			for set in 0 1 2 01 02 12 012; do
				what="$dev $way: $set"
				closing "$set" $dev $way -v
				case $set,$status in
				*0*,75) count_copies
					atf_check_equal 0 "$copies" ;;
				[12]*,0) expect_once "$what" ;;
				*)	atf_fail "$what: $status: $(cat err)" ;;
				esac
				case $set in
				0|01)	atf_check -o match:'^4\.3\.0 .* closed' \
					    head -n 1 err ;;
				esac
				empty_all
			done
		done
	done
}

# leads PID FD PATH
leads()
{
	[ "$(readlink "/proc/$1/fd/$2")" = "$3" ]
}

# What would be opened as 1 and 2 is a mailbox.
atf_test_case descriptors__closed_and_no_dev_null__numbers_taken
descriptors__closed_and_no_dev_null__numbers_taken_head() { root_case; }
descriptors__closed_and_no_dev_null__numbers_taken_body()
{
	start
	# shellcheck disable=SC2016 # expanded by the inner shell
	mkfifo slow
	unshare -m sh -c 'mount -t tmpfs none /dev && exec "$@" >&- 2>&-' \
	    sh $to_spool <slow &
	pid=$!
	exec 9>slow
	cat message >&9
	wait_until find_child
	wait_until leads "$pid" 0 /
	for process in "$pid" "$child"; do
		leads "$process" 1 / || atf_fail "$process: 1"
		leads "$process" 2 / || atf_fail "$process: 2"
	done
	end_slow
	atf_check_equal 0 "$status"
}

# hold_and_run LIMIT COMMAND ... - with a file of root's open everywhere, far
# beyond a limit that was lowered since.
hold_and_run()
{
	cat >hold.py <<-'END'
		import os, resource, sys
		resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
		held = os.open("/etc/shadow", os.O_RDONLY)
		for number in (3, 4, 5, 8, 63, 64, 100, 255, 256, 1023, 1024, 1500):
		    os.dup2(held, number, inheritable=True)
		resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[1]), 4096))
		os.execvp(sys.argv[2], sys.argv[2:])
	END
	exec python3 hold.py "$@"
}

atf_test_case descriptors__of_roots_inherited__in_no_process
descriptors__of_roots_inherited__in_no_process_head()
{
	root_case
	atf_set require.progs python3
}
descriptors__of_roots_inherited__in_no_process_body()
{
	start
	for limit in 4096 16; do
		start_slow hold_and_run "$limit" $to_spool
		atf_check -s exit:1 -o empty sh -c \
		    "ls -l /proc/$pid/fd /proc/$child/fd | grep shadow"
		end_slow
		atf_check_equal 0 "$status"
	done
}

# ---- Who is it? ------------------------------------------------------------

# refused_set_id COMMAND ... - as mallory: nothing is done with its rights.
refused_set_id()
{
	status=0
	$as_mallory "$@" <message >out 2>err || status=$?
	atf_check_equal "$*: 75" "$*: $status"
	atf_check -o match:'4\.3\.5 mda runs with the rights of two' \
	    cat out err
	atf_check -o empty find home spool -type f
}

# Root's rights, or a group's, for everybody who can start a program.
atf_test_case program__set_id__75_and_nothing_done
program__set_id__75_and_nothing_done_head() { root_case; }
program__set_id__75_and_nothing_done_body()
{
	not_sanitized # the leak checker may not look into such a process
	not_emulated 'the kernel heeds the mode of qemu, not of the program'
	start
	chmod 644 settings
	for program in "$MDA" "$lmtp"; do
		cp "$program" "set_id.${program##*/}"
	done
	chmod 777 spool
	for mode in 4755 2755 6755; do
		chgrp mail set_id.*
		chmod "$mode" set_id.*
		refused_set_id ./set_id.mda -c settings -d bob
		refused_set_id ./set_id.mda -c settings -o root_mail=yes \
		    -m "mbox:$stage/home/root/mbox"
		refused_set_id ./set_id.mda -c settings \
		    -m "mbox:$stage/spool/mallory"
		refused_set_id ./set_id.mda-lmtp -c settings
		status=0
		$as_mallory ./set_id.mda -n -c settings >out 2>&1 || status=$?
		atf_check_equal "-n 78" "-n $status"
	done
	# As often as nothing is wrong with it.
	chmod 755 set_id.mda
	atf_check $as_mallory ./set_id.mda -c settings \
	    -m "mbox:$stage/spool/mallory" <message
}

# A caller that may still go back to what it was.
atf_test_case caller__two_identities__75_and_nothing_done
caller__two_identities__75_and_nothing_done_head()
{
	root_case
	atf_set require.progs python3
}
caller__two_identities__75_and_nothing_done_body()
{
	not_sanitized # as above
	start
	for ids in 'regid(0, 4712)' 'regid(4712, 0)' 'reuid(0, 4711)' \
	    'reuid(4711, 0)'; do
		atf_check -s exit:75 -o empty -e match:'^4\.3\.5 mda runs' \
		    python3 -c "import os, sys
os.set$ids
os.execv(sys.argv[1], sys.argv[1:])" "$MDA" -o log=none \
		    -m "mbox:$stage/home/alice/mbox" <message
	done
	count_copies
	atf_check_equal 0 "$copies"
}

# An administrator's variable that is not set, for example, is no stranger.
atf_test_case user__name_is_empty__75
user__name_is_empty__75_head() { root_case; }
user__name_is_empty__75_body()
{
	start
	deferred 4.3.5 "$MDA" -c settings -d '' <message
	deferred 4.3.5 "$MDA" -c settings --user= <message
	count_copies
	atf_check_equal 0 "$copies"
}

atf_test_case user__odd_names__67
user__odd_names__67_head() { root_case; }
user__odd_names__67_body()
{
	start
	newline='al
ice'
	for name in - -- -d --help . .. / ./alice 'al:ice' 0 4711 -1 %u %% \
	    "$newline" "$(printf '%0300d' 7)" "$(printf 'al\303\274ce')" \
	    "$(printf 'al\377ce')" 'ALICE' 'alice '; do
		status=0
		"$MDA" -c settings -d "$name" <message >out 2>err || status=$?
		atf_check_equal "$name: 67" "$name: $status"
		atf_check -o match:'^5\.1\.1 ' head -n 1 err
		atf_check_equal "$name: 1" "$name: $(wc -l <err)"
	done
	count_copies
	atf_check_equal 0 "$copies"
}

# ---- Homes and shells ------------------------------------------------------

# alice_is UID GID HOME SHELL - in the user database, from now on.
alice_is()
{
	sed "s#^alice:.*#alice:x:$1:$2:Alice:$3:$4#" passwd >changed
	cat changed >passwd
}

atf_test_case home__odd__75_and_nothing_made
home__odd__75_and_nothing_made_head() { root_case; }
home__odd__75_and_nothing_made_body()
{
	start
	mkdir -m 0 closed
	mkdir closed/alice
	chown alice closed/alice
	for home in '' / relative home/alice . .. "$stage/message" \
	    "$stage/closed/alice" "$stage/none/alice" "$stage/home/root" \
	    "$stage/home/bob" "$stage/$(printf '%0300d' 7)" \
	    "$stage/$(printf '%05000d' 7)"
	do
		alice_is 4711 4712 "$home" /bin/sh
		status=0
		$to_home <message >out 2>err || status=$?
		atf_check_equal "$home: 75" "$home: $status"
		atf_check -o match:'^4\.3\.[05] ' head -n 1 err
		atf_check -o empty find . -name Maildir
	done
}

# However it is written, it is the same folder, that others may write.
atf_test_case home__writable_and_slashes__75_names_it
home__writable_and_slashes__75_names_it_head() { root_case; }
home__writable_and_slashes__75_names_it_body()
{
	start
	for home in "$stage/home/alice" "$stage/home/alice/" \
	    "$stage//home///alice//" "/$stage/home/alice"; do
		alice_is 4711 4712 "$home" /bin/sh
		for way in "$to_home" "$to_file" \
		    "$to_home -m maildir:$stage/home/alice/Maildir"; do
			chmod 777 home/alice
			atf_check -s exit:75 -o empty \
			    -e match:'^4\.3\.5 others may write' $way <message
			chmod 700 home/alice
			atf_check $way <message
			expect_once "$home"
			empty_all
		done
	done
}

atf_test_case ids__odd__75_unless_an_accounts
ids__odd__75_unless_an_accounts_head() { root_case; }
ids__odd__75_unless_an_accounts_body()
{
	start
	way=$to_home
	for ids in '4294967295 4712' '4711 4294967295' '0 4712' '0 0'; do
		alice_is $ids "$stage/home/alice" /bin/sh
		status=0
		$to_home <message >out 2>err || status=$?
		atf_check_equal "$ids: 75" "$ids: $status"
		count_copies
		atf_check_equal "$ids: 0" "$ids: $copies"
	done
	for shell in '' /nonexistent /bin/false relative; do
		alice_is 4711 4712 "$stage/home/alice" "$shell"
		atf_check $to_home <message
		expect_once "$shell"
		empty_all
	done
}

# ---- Limits ----------------------------------------------------------------

atf_test_case limits__small__whole_or_75
limits__small__whole_or_75_head()
{
	root_case
	atf_set require.progs prlimit
	atf_set timeout 600
}
limits__small__whole_or_75_body()
{
	not_sanitized
	start
	for way in "$to_home" "$to_file" "$to_spool"; do
		for limit in nofile=4 nofile=5 nofile=6 nofile=7 nofile=8 \
		    nofile=9 nofile=10 nofile=12 fsize=0 fsize=1 fsize=56 \
		    fsize=57 fsize=100 fsize=4096 fsize=8191 nproc=0 nproc=1 \
		    as=6000000 as=8000000 data=500000 data=600000 core=unlimited \
		    cpu=1 memlock=0 sigpending=0 msgqueue=0; do
			case ${MDA_EMULATED-}$limit in
			yesas=*|yesdata=*) continue ;; # qemu meets it first
			esac
			status=0
			# What is said may not fit, too.
			prlimit "--$limit" $way <message >out 2>err ||
			    status=$?
			case $limit,$status in
			# These are met by the loader before us.
			as=*,127|as=*,1|data=*,127|data=*,1) status=75 && : >err ;;
			fsize=*,75) : >err ;;
			esac
			whole_or_75 "$way, $limit" "$status"
		done
	done
}

# Settings are read on the stack; death by SIGSEGV would be a bounce.
atf_test_case limits__small_stack__75_or_whole
limits__small_stack__75_or_whole_head()
{
	root_case
	atf_set require.progs prlimit
}
limits__small_stack__75_or_whole_body()
{
	not_sanitized
	built_with SIGALTSTACK
	start
	for way in "$to_home" "$to_spool"; do
		for limit in 49152 65536 81920 131072; do
			status=0
			prlimit --stack="$limit" $way <message >out 2>err ||
			    status=$?
			whole_or_75 "$way, stack $limit" "$status"
		done
	done
}

# An account that has all its processes gets its mail, and its scripts wait.
atf_test_case limits__account_has_all_its_processes__delivered
limits__account_has_all_its_processes__delivered_head()
{
	root_case
	atf_set require.progs prlimit
}
limits__account_has_all_its_processes__delivered_body()
{
	start
	$as_alice sleep 100 &
	sleeper=$!
	for way in "$to_home" "$to_spool"; do
		status=0
		prlimit --nproc=1 $way <message >out 2>err || status=$?
		whole_or_75 "$way" "$status"
	done
	echo 'fileinto "x";' >home/alice/.mda.sieve
	chown alice home/alice/.mda.sieve
	way="$to_home -o sieve=%h/.mda.sieve"
	status=0
	prlimit --nproc=1 $way <message >out 2>err || status=$?
	kill "$sleeper"
	whole_or_75 "$way" "$status"
}

# ---- Standard input --------------------------------------------------------

# refused_input STATUS - of a delivery whose input is no message.
refused_input()
{
	atf_check_equal "$1: 75" "$1: $status"
	atf_check -o match:'^4\.' head -n 1 err
	count_copies
	atf_check_equal "$1: 0" "$1: $copies"
	atf_check -o empty find home spool -type f ! -name '.*.mda' -size +0
}

atf_test_case input__no_message__75
input__no_message__75_head()
{
	root_case
	atf_set require.progs 'python3 script'
}
input__no_message__75_body()
{
	start
	mkfifo silent
	for way in "$to_home" "$to_file" "$to_spool"; do
		status=0
		$way <home >out 2>err || status=$?
		refused_input folder
		status=0
		$way 0>>only_for_writing >out 2>err || status=$?
		refused_input 'only for writing'
		status=0
		$way -o deadline=1 0<>silent >out 2>err || status=$?
		refused_input silent
		status=0
		python3 -c 'import os, socket, sys
nowhere = socket.socket()
os.dup2(nowhere.fileno(), 0)
os.execv(sys.argv[1], sys.argv[1:])' $way >out 2>err || status=$?
		refused_input 'socket that leads nowhere'
		status=0
		script -qec "$way -o deadline=1" typed 0<>silent >err ||
		    status=$?
		refused_input terminal
	done
}

# Some programs leave their pipes and sockets so.
atf_test_case input__non_blocking__waited_for
input__non_blocking__waited_for_head()
{
	root_case
	atf_set require.progs python3
}
input__non_blocking__waited_for_body()
{
	start
	cat >slowly.py <<-'END'
		import os, socket, subprocess, sys, time
		ours, its = socket.socketpair()
		its.setblocking(False)
		child = subprocess.Popen(sys.argv[1:], stdin=its)
		its.close()
		for byte in open("message", "rb").read():
		    ours.sendall(bytes([byte]))
		    time.sleep(0.002)
		ours.close()
		sys.exit(child.wait())
	END
	for way in "$to_home" "$to_spool"; do
		atf_check python3 slowly.py $way
		expect_once "$way"
		empty_all
	done
	atf_check -s exit:75 -o empty -e match:'^4\.4\.7 ' python3 -c '
import socket, subprocess, sys
ours, its = socket.socketpair()
its.setblocking(False)
sys.exit(subprocess.Popen(sys.argv[1:], stdin=its).wait())' \
	    $to_home -o deadline=1
}

# ---- The rest of what is inherited -----------------------------------------

atf_test_case folder__working_one_odd__delivered
folder__working_one_odd__delivered_head() { root_case; }
folder__working_one_odd__delivered_body()
{
	start
	mkdir -m 700 roots
	mkdir gone
	for folder in roots gone /proc/self; do
		cd "$folder" || exit
		[ "$folder" != gone ] || rmdir ../gone
		for way in -v "-m mbox:$stage/spool/%u"; do
			status=0
			"$MDA" -c "$stage/settings" -d alice $way \
			    <"$stage/message" >/dev/null 2>&1 || status=$?
			atf_check_equal "$folder: 0" "$folder: $status"
		done
		cd "$stage" || exit
		count_copies
		atf_check_equal "$folder: 2" "$folder: $copies"
		empty_all
	done
	# A name that begins there is the account's to open.
	cd roots || exit
	deferred 4.3.0 "$MDA" -c ../settings -d alice -m box/ <../message
	cd .. || exit
	atf_check -o inline:'roots\nroots/said\n' find roots
}

# Each name that some library takes for a path or for a wish.
atf_test_case environment__hostile__only_the_mailbox_is_touched
environment__hostile__only_the_mailbox_is_touched_head()
{
	root_case
	atf_set require.progs strace
}
environment__hostile__only_the_mailbox_is_touched_body()
{
	not_sanitized
	start
	mkdir -m 777 planted
	at=$stage/planted
	for way in "$to_home" "$to_file" "$to_spool"; do
		atf_check env TMPDIR="$at" TMP="$at" TEMP="$at" HOME="$at" \
		    MAIL="$at/x" MAILDIR="$at" MBOX="$at/x" TZ=":$at/zone" \
		    TZDIR="$at" LANGUAGE=../../planted LC_ALL="../..$at" \
		    LANG="$at" NLSPATH="$at/%N" LOCPATH="$at" \
		    GCONV_PATH="$at" OUTPUT_CHARSET=UTF-7 \
		    LOCALDOMAIN=evil.example HOSTALIASES="$at/x" \
		    RES_OPTIONS=debug MALLOC_TRACE="$at/x" \
		    USER=root LOGNAME=root SHELL="$at/x" PATH="$at" \
		    IFS=x ENV="$at/x" BASH_ENV="$at/x" \
		    EXTENSION=../../etc \
		    /usr/bin/strace -f -o trace $way <message
		expect_once "$way"
		atf_check -o empty find planted -mindepth 1
		sed '1,/execve/d' trace >after
		atf_check -s exit:1 -o empty grep planted after
		empty_all
	done
	# Much, and malformed: as large as the system takes it.
	long=$(printf '%0100000d' 7)
	atf_check env LANG="$long" SENDER="a@b" A="$long" B="$long" \
	    RECIPIENT="$long" $to_home <message
	count_copies
	atf_check_equal 1 "$copies"
}

# The delivery's own account is no friend of it: it may run what it likes.
atf_test_case child__looked_at_by_its_account__out_of_reach
child__looked_at_by_its_account__out_of_reach_head()
{
	root_case
}
child__looked_at_by_its_account__out_of_reach_body()
{
	start
	read -r dumpable </proc/sys/fs/suid_dumpable
	python=/usr/bin/python3 # not one that lies in root's home
	[ -x "$python" ] || atf_skip "no $python"
	[ "$dumpable" = 0 ] || atf_skip 'this system wants such processes open'
	start_slow $to_spool
	# strace would not look so hard as the kernel's own word.
	for what in "fd" "map_files" "task/$child/fd"; do
		atf_check -s not-exit:0 -o empty -e not-empty \
		    $as_alice ls "/proc/$child/$what/"
	done
	for what in mem maps environ fd/0; do
		atf_check -s not-exit:0 -o empty -e not-empty \
		    $as_alice head -c 1 "/proc/$child/$what"
	done
	# PTRACE_ATTACH, and pidfd_getfd(2) of each descriptor.
	atf_check -o inline:'EPERM EPERM\n' $as_alice $python -c '
import ctypes, errno, os, sys
libc = ctypes.CDLL(None, use_errno=True)
pid = int(sys.argv[1])
said = []
libc.ptrace(16, pid, 0, 0)
said.append(errno.errorcode[ctypes.get_errno()])
for number in range(8):
    libc.syscall(438, os.pidfd_open(pid), number, 0)
said.append(errno.errorcode[ctypes.get_errno()])
print(*said)' "$child"
	end_slow
	atf_check_equal 0 "$status"
}

atf_init_test_cases()
{
	atf_add_test_case descriptors__each_set_closed__nothing_but_the_message
	atf_add_test_case descriptors__closed_and_no_dev_null__numbers_taken
	atf_add_test_case descriptors__of_roots_inherited__in_no_process
	atf_add_test_case program__set_id__75_and_nothing_done
	atf_add_test_case caller__two_identities__75_and_nothing_done
	atf_add_test_case user__name_is_empty__75
	atf_add_test_case user__odd_names__67
	atf_add_test_case home__odd__75_and_nothing_made
	atf_add_test_case home__writable_and_slashes__75_names_it
	atf_add_test_case ids__odd__75_unless_an_accounts
	atf_add_test_case limits__small__whole_or_75
	atf_add_test_case limits__small_stack__75_or_whole
	atf_add_test_case limits__account_has_all_its_processes__delivered
	atf_add_test_case input__no_message__75
	atf_add_test_case input__non_blocking__waited_for
	atf_add_test_case folder__working_one_odd__delivered
	atf_add_test_case environment__hostile__only_the_mailbox_is_touched
	atf_add_test_case child__looked_at_by_its_account__out_of_reach
}
