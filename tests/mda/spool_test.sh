# Root delivers into a spool in which somebody else may do things, too.
#
# Each layout is tried with the locks that Debian asks for and with those of
# the BSDs. The victims are such that neither their modes nor the kernel's
# fs.protected_* save them: some may be written, and so linked, by all.

# What is sourced sets variables; as_attacker and to_spool are several words.
# shellcheck disable=SC1091,SC2086,SC2154
. "$SRCDIR/tests/support/private.sh"
# shellcheck disable=SC1091,SC2154
. "$SRCDIR/tests/support/box.sh"

debian='fcntl dotlock'
# Not each system has flock(2).
bsd=flock
grep -q '^#define HAVE_FLOCK 1$' "$BUILDDIR/config.h" || bsd=

# make_victims - what no delivery to alice may change; gives victims.
make_victims()
{
	mkdir victims
	mkdir -m 1777 elsewhere
	echo "bob's" >victims/bobs
	echo "alice's own, and no mailbox" >victims/diary
	echo "root's" >victims/roots
	chown bob victims/bobs
	chown alice victims/diary
	chmod 666 victims/bobs victims/diary
	chmod 600 victims/roots
	victims="$stage/victims/bobs $stage/victims/diary
	    $stage/victims/roots $stage/elsewhere/made"
	list_victims >victims.before
}

list_victims()
{
	find victims elsewhere -printf '%p %u:%g %m %s\n' | sort
	cat victims/*
}

expect_victims_whole()
{
	list_victims >victims.after
	atf_check cmp victims.before victims.after
}

# layout NAME - make the spool; gives as_attacker, words to put before a
# command of somebody who may do something in it.
layout()
{
	mkdir spool
	as_attacker="setpriv --reuid mallory --regid mallory --groups mail"
	case $1 in
	shared) chgrp mail spool && chmod 2775 spool ;;
	sticky) chgrp mail spool && chmod 3775 spool ;;
	open)	chgrp mail spool && chmod 1777 spool
		as_attacker=$as_mallory ;;
	own)	chown alice:alice spool && chmod 755 spool
		as_attacker=$as_alice ;;
	theirs) chown mallory spool && chmod 777 spool
		as_attacker=$as_mallory ;;
	esac
	[ -d spool ] || atf_fail "no layout $1"
}

# start - gives to_spool, words to put before "locks=SET": deliver to alice.
start()
{
	private_start
	make_victims
	to_spool="$MDA -c settings -o lock_timeout=0 -d alice \
	    -m mbox:$stage/spool/%u -o"
}

# each_layout FUNCTION - a spool of each kind, and FUNCTION LOCKS in it.
each_layout()
{
	start
	for kind in shared sticky open own theirs; do
		for set in "$debian" $bsd; do
			layout "$kind"
			"$1" "$set"
			expect_victims_whole
			rm -r spool
		done
	done
}

# ---- What lies there -------------------------------------------------------

delivers_twice()
{
	for message in one two; do
		make_message "$message"
		atf_check $to_spool "locks=$1" <"$message"
	done
	atf_check -o inline:'2\n' grep -c '^Message-ID:' spool/alice
	atf_check_equal alice "$(stat -c %U spool/alice)"
	atf_check -o inline:'.\n./.alice.mda\n./alice\n' \
	    sh -c 'cd spool && find . | sort'
}

atf_test_case spool__each_layout__delivered_and_nothing_else_there
spool__each_layout__delivered_and_nothing_else_there_head()
{
	atf_set require.user root
}
spool__each_layout__delivered_and_nothing_else_there_body()
{
	each_layout delivers_twice
}

# refuses LOCKS WORDS - 75 with these words, and nothing new in the spool.
refuses()
{
	ls -lin spool >before
	make_message message
	atf_check -s exit:75 -o empty -e save:said $to_spool "locks=$1" <message
	atf_check -o match:"^4\\.[0-9]\\.[0-9] .*$2" head -n 1 said
	ls -lin spool >after
	atf_check cmp before after
	rm -rf spool/alice
}

refuses_links()
{
	for victim in $victims; do
		ln -s "$victim" spool/alice
		chown -h mallory spool/alice
		refuses "$1" 'is a symbolic link'
	done
	ln victims/bobs spool/alice
	refuses "$1" 'has another name'
	ln victims/diary spool/alice
	refuses "$1" 'has another name'
}

atf_test_case box__a_link__75_and_target_untouched
box__a_link__75_and_target_untouched_head()
{
	atf_set require.user root
}
box__a_link__75_and_target_untouched_body()
{
	each_layout refuses_links
}

# Modes that would let alice write: what refuses is no lack of rights.
refuses_others_files()
{
	for owner in mallory:mallory root:mail bob:mail; do
		for mode in 666 660; do
			echo "somebody's" >spool/alice
			chown "$owner" spool/alice
			chmod "$mode" spool/alice
			refuses "$1" \
			    '(belongs to another user|no permission to write)'
		done
	done
}

atf_test_case box__of_another__75_and_untouched
box__of_another__75_and_untouched_head()
{
	atf_set require.user root
}
box__of_another__75_and_untouched_body()
{
	each_layout refuses_others_files
}

# Whoever writes to such a file may change whose rights a program has.
refuses_set_ids()
{
	for mode in 4600 2660 6755; do
		echo '#!/bin/sh' >spool/alice
		chown alice:mail spool/alice
		chmod "$mode" spool/alice
		refuses "$1" 'set-user-id or set-group-id'
	done
}

atf_test_case box__set_user_id__75_and_untouched
box__set_user_id__75_and_untouched_head()
{
	atf_set require.user root
}
box__set_user_id__75_and_untouched_body()
{
	each_layout refuses_set_ids
}

refuses_other_kinds()
{
	mkfifo -m 666 spool/alice
	refuses "$1" 'is no regular file'
	mkdir -m 777 spool/alice
	refuses "$1" 'is a folder'
	mknod -m 666 spool/alice c 1 3
	refuses "$1" ''
}

atf_test_case box__no_file__75_at_once
box__no_file__75_at_once_head()
{
	atf_set require.user root
}
box__no_file__75_at_once_body()
{
	each_layout refuses_other_kinds
}

# The journal is written in place: of all files it does most harm as a link.
goes_without_journal()
{
	for victim in $victims; do
		rm -f spool/alice spool/.alice.mda
		ln -s "$victim" spool/.alice.mda
		chown -h mallory spool/.alice.mda
		make_message message
		atf_check $to_spool "locks=$1" <message
	done
	for victim in bobs diary; do
		rm -f spool/alice spool/.alice.mda
		ln "victims/$victim" spool/.alice.mda
		atf_check $to_spool "locks=$1" <message
	done
}

atf_test_case journal__a_link__target_untouched
journal__a_link__target_untouched_head()
{
	atf_set require.user root
}
journal__a_link__target_untouched_body()
{
	each_layout goes_without_journal
}

# A lock that is old enough to be broken, and not to be followed.
meets_a_lock()
{
	[ "$1" = "$debian" ] || return 0
	for victim in $victims; do
		ln -s "$victim" spool/alice.lock
		chown -h mallory spool/alice.lock
		touch -h -d '3 days ago' spool/alice.lock
		make_message message
		atf_check -s exit:75 -o empty -e match:'stayed locked' \
		    $to_spool "locks=$1" <message
		rm spool/alice.lock
	done
	ln victims/diary spool/alice.lock
	touch -d '3 days ago' victims/diary
	atf_check $to_spool "locks=$1" <message
	[ ! -e spool/alice.lock ] || atf_fail 'the lock is left'
}

atf_test_case lock__a_link__target_untouched
lock__a_link__target_untouched_head()
{
	atf_set require.user root
}
lock__a_link__target_untouched_body()
{
	each_layout meets_a_lock
}

# ---- What changes meanwhile ------------------------------------------------

# start_racer ARGUMENT ... - as_attacker; gives racer.
start_racer()
{
	$as_attacker "$BUILDDIR/tests/support/spool_racer" "$@" >turns &
	racer=$!
}

# It raced all the while, and something of its own stood in the way.
stop_racer()
{
	kill -TERM "$racer"
	wait_for "$racer"
	atf_check_equal "racer 0" "racer $status"
	read -r made words placed rest <turns
	if [ "$made" -le 10 ] || [ "$placed" -eq 0 ]; then
		atf_fail "no race: $made $words $placed $rest"
	fi
	echo "$kind, $set: $made turns, $placed placed, $(wc -l <acked) acked"
}

# acknowledge LOCKS NUMBER ... - a delivery of each; lists those with 0.
acknowledge()
{
	set=$1
	shift
	for number do
		make_message "m.$number"
		status=0
		$to_spool "locks=$set" <"m.$number" >out 2>err || status=$?
		case $status in
		0)	echo "m.$number" >>acked ;;
		75)	atf_check -o match:'^4\.' head -n 1 err ;;
		*)	atf_fail "status $status: $(cat err)" ;;
		esac
		[ ! -s out ] || atf_fail "said: $(cat out)"
	done
}

# expect_acked_once - each that was acknowledged in one file of alice's, the
# others nowhere; and nothing of any message in a file of somebody else.
expect_acked_once()
{
	find . -type f -user alice ! -path './victims/*' \
	    -exec sed -n 's/^Message-ID: <\(.*\)@.*/\1/p' {} + | sort >found
	sort acked >wanted
	atf_check diff wanted found
	atf_check -o empty find . -type f ! -name 'm.*' ! -user alice \
	    -exec grep -l 'Message-ID' {} \;
	expect_victims_whole
}

# set_right ROUND - put the mailbox aside, so that the next delivery makes one;
# and in a sticky folder take off what the racer may not, such as a link to a
# file of alice's. Elsewhere it counts on that nobody takes its things away.
set_right()
{
	kill -STOP "$racer"
	wait_until is_stopped "$racer"
	found=$(stat -c '%U %h %F' spool/alice 2>/dev/null) || found=
	case $found,$kind in
	'alice 1 regular'*)
		mv spool/alice "boxes/$1" ;;
	*,sticky|*,open)
		rm -f spool/alice spool/alice.lock ;;
	esac
	kill -CONT "$racer"
}

is_stopped()
{
	grep -q '^State:	T' "/proc/$1/status"
}

# Every fifth time alice has no mailbox yet, and the keeper makes one.
race_for_names()
{
	set=$1
	: >acked
	mkdir boxes
	start_racer "$stage/spool" alice 4711 $victims
	for round in 1 2 3 4 5 6 7 8; do
		acknowledge "$set" "$round.1" "$round.2" "$round.3" \
		    "$round.4" "$round.5"
		set_right "$round"
	done
	stop_racer
	rm -f spool/alice.lock
	[ -z "$(find spool -name alice \( ! -user alice -o ! -type f -o \
	    -links +1 \))" ] || rm -r spool/alice
	acknowledge "$set" last
	atf_check -o inline:'last\n' sed -n 's/^m\.last$/last/p' acked
	expect_acked_once
	rm -r boxes
}

atf_test_case race__names__nothing_astray
race__names__nothing_astray_head()
{
	atf_set require.user root
	atf_set timeout 600
}
race__names__nothing_astray_body()
{
	each_layout race_for_names
}

# Only who may change the folder above can do this. Alice's rights are what
# the link leads to: never root's, whatever the keeper is asked for. She has a
# mailbox already where she may make none.
race_for_folder()
{
	kind=$1
	set=$2
	: >acked
	layout "$kind"
	as_attacker=$as_mallory
	: >spool/alice
	chown alice:mail spool/alice
	chmod 660 spool/alice
	mv spool above/spool
	ln -s above/spool spool
	start_racer "-$stage/above/spool" alice 4711 "$stage/roots" \
	    "$stage/bobs" "$stage/victims"
	acknowledge "$set" 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15
	stop_racer
	acknowledge "$set" last
	expect_acked_once
	expect_count 0 roots
	expect_count 0 bobs
	rm -r spool above/spool
}

atf_test_case race__spool_is_swapped__nothing_of_others_astray
race__spool_is_swapped__nothing_of_others_astray_head()
{
	atf_set require.user root
	atf_set timeout 600
}
race__spool_is_swapped__nothing_of_others_astray_body()
{
	start
	mkdir above
	chown mallory above
	mkdir -m 755 roots
	mkdir -m 700 bobs
	chown bob bobs
	for layout_kind in shared sticky open own theirs; do
		for set in "$debian" $bsd; do
			race_for_folder "$layout_kind" "$set"
		done
	done
}

# Root may change where a spool lies at any time. The two processes may then
# see different folders.
atf_test_case race__spool_moved_by_root__each_message_once
race__spool_moved_by_root__each_message_once_head()
{
	atf_set require.user root
	atf_set timeout 600
}
race__spool_moved_by_root__each_message_once_body()
{
	start
	mkdir -m 755 roots
	kind=moved
	layout shared
	as_attacker= # root
	for set in "$debian" $bsd; do
		: >acked
		start_racer "-$stage/spool" alice 4711 "$stage/roots"
		acknowledge "$set" 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 \
		    18 19 20
		stop_racer
		acknowledge "$set" last
		expect_acked_once
		rm -f spool/alice roots/alice
	done
}

# ---- Who reads -------------------------------------------------------------

parent_reads_nothing()
{
	printf 'Subject: MARKED\n\nMARKED\n' >message
	trace_apart "$MDA" -c settings -o "locks=$1" -d alice \
	    -m "mbox:$stage/spool/%u"
	atf_check -s exit:1 grep -E \
	    '^(p?readv?2?|pread64|recv[a-z]*|splice|tee)\(0,' of_parent
	atf_check -s exit:1 grep MARKED of_parent
	atf_check -o match:'^read\(0, .*MARKED' grep MARKED of_child
	# All of it after root's rights are gone.
	sed -n 's/^set[a-z]*uid[0-9]*(4711.*= 0$/uid/p
	    s/^read(0,.*/read/p' of_child | uniq >order
	atf_check -o inline:'uid\nread\n' cat order
}

atf_test_case parent__each_layout__never_reads_the_message
parent__each_layout__never_reads_the_message_head()
{
	atf_set require.user root
	atf_set require.progs strace
}
parent__each_layout__never_reads_the_message_body()
{
	not_sanitized
	each_layout parent_reads_nothing
}

atf_init_test_cases()
{
	atf_add_test_case spool__each_layout__delivered_and_nothing_else_there
	atf_add_test_case box__a_link__75_and_target_untouched
	atf_add_test_case box__of_another__75_and_untouched
	atf_add_test_case box__set_user_id__75_and_untouched
	atf_add_test_case box__no_file__75_at_once
	atf_add_test_case journal__a_link__target_untouched
	atf_add_test_case lock__a_link__target_untouched
	atf_add_test_case race__names__nothing_astray
	atf_add_test_case race__spool_is_swapped__nothing_of_others_astray
	atf_add_test_case race__spool_moved_by_root__each_message_once
	atf_add_test_case parent__each_layout__never_reads_the_message
}
