# What root's rights are for in a delivery: to give them up, for an account.

# What is sourced sets variables; as_alice is several words; sentences have %1$s
# and mailboxes ~/ that the shell is to leave alone.
# shellcheck disable=SC1091,SC2016,SC2086,SC2088,SC2154
. "$SRCDIR/tests/support/private.sh"
# shellcheck disable=SC1091,SC2154
. "$SRCDIR/tests/support/box.sh"

# all_of_alice PATH - she owns everything there.
all_of_alice()
{
	atf_check -o empty find "$1" ! -user alice -o ! -group alice
}

# nothing_anywhere - no home has got anything.
nothing_anywhere()
{
	atf_check -o empty find home -mindepth 2
}

atf_test_case account__maildir__owned_by_it
account__maildir__owned_by_it_head()
{
	atf_set require.user root
}
account__maildir__owned_by_it_body()
{
	private_start
	make_message message
	atf_check "$MDA" -c settings -d alice <message
	expect_only home/alice/Maildir message
	expect_owner '4711:4712 600' "$file"
	expect_owner '4711:4712 700' home/alice/Maildir
	all_of_alice home/alice
}

atf_test_case account__large_message__owned_by_it
account__large_message__owned_by_it_head()
{
	atf_set require.user root
}
account__large_message__owned_by_it_body()
{
	private_start
	make_message message
	head -c 3000000 /dev/zero | tr '\0' x >>message
	echo >>message
	atf_check "$MDA" -c settings -d alice <message
	expect_only home/alice/Maildir message
	all_of_alice home/alice
}

atf_test_case account__mbox_at_home__owned_by_it
account__mbox_at_home__owned_by_it_head()
{
	atf_set require.user root
}
account__mbox_at_home__owned_by_it_body()
{
	private_start
	make_message message
	atf_check "$MDA" -c settings -d alice -m 'mbox:%h/mbox' <message
	atf_check -o match:1 grep -c '^hello$' home/alice/mbox
	expect_owner '4711:4712 600' home/alice/mbox
	all_of_alice home/alice
}

# ids WHICH PID - of a process, as the kernel lists them.
ids()
{
	sed -n "s/^$1:	//p" "/proc/$2/status"
}

atf_test_case child__delivery__ids_and_groups_of_the_account
child__delivery__ids_and_groups_of_the_account_head()
{
	atf_set require.user root
}
child__delivery__ids_and_groups_of_the_account_body()
{
	private_start
	start_slow "$MDA" -c settings -d alice
	four='4711	4711	4711	4711'
	atf_check_equal "$four" "$(ids Uid "$child")"
	four='4712	4712	4712	4712'
	atf_check_equal "$four" "$(ids Gid "$child")"
	atf_check_equal '4712 4750 4751' "$(ids Groups "$child" |
	    tr ' ' '\n' | grep . | sort -n | tr '\n' ' ' | sed 's/ $//')"
	for set in CapInh CapPrm CapEff CapAmb; do
		atf_check_equal "$set 0000000000000000" \
		    "$set $(ids "$set" "$child")"
	done
	end_slow
	atf_check_equal 0 "$status"
}

atf_test_case child__delivery__holds_nothing_of_root
child__delivery__holds_nothing_of_root_head()
{
	atf_set require.user root
}
child__delivery__holds_nothing_of_root_body()
{
	private_start
	mkdir -m 2775 spool
	chgrp mail spool
	start_slow "$MDA" -c settings -d alice -m "mbox:$stage/spool/%u"
	for fd in "/proc/$child/fd"/*; do
		opened=$(readlink "$fd")
		case ${fd##*/}:$opened in
		0:"$stage/slow"|1:"$stage/out"|2:"$stage/err"|*:socket:*) ;;
		# What it opened itself, with the rights of the account.
		*:"$stage/spool"|*:anon_inode:*) ;;
		*)	echo "${fd##*/} is $opened" ;;
		esac
	done >held
	atf_check cat held
	end_slow
	atf_check_equal 0 "$status"
}

atf_test_case parent__delivery__has_no_message
parent__delivery__has_no_message_head()
{
	atf_set require.user root
}
parent__delivery__has_no_message_body()
{
	private_start
	start_slow "$MDA" -c settings -d alice
	atf_check_equal /dev/null "$(readlink "/proc/$pid/fd/0")"
	atf_check_equal "$stage/slow" "$(readlink "/proc/$child/fd/0")"
	end_slow
	atf_check_equal 0 "$status"
}

# traced ARGUMENT ... - deliver under strace; gives of_parent and of_child.
traced()
{
	not_sanitized
	command -v strace >/dev/null || atf_skip 'no strace'
	printf 'Subject: MARKED\n\nMARKED\n' >message
	trace_apart "$MDA" -c settings "$@"
}

# What takes a descriptor, and 0 as the first argument.
atf_test_case parent__traced__never_touches_the_message
parent__traced__never_touches_the_message_head()
{
	atf_set require.user root
}
parent__traced__never_touches_the_message_body()
{
	private_start
	mkdir -m 2775 spool
	chgrp mail spool
	for where in maildir:%h/Maildir "mbox:$stage/spool/%u"; do
		traced -d alice -m "$where"
		atf_check -s exit:1 grep -E \
		    '^(p?readv?2?|pread64|recv[a-z]*|splice|tee)\(0,' of_parent
		atf_check -s exit:1 grep \
		    -E '^(mmap|sendfile|copy_file_range)\(.*, 0, 0(x0)?\)' of_parent
		atf_check -s exit:1 grep MARKED of_parent
		atf_check -o match:'^read\(0, .*MARKED' grep MARKED of_child
	done
}

# No byte is read before root's rights are gone.
atf_test_case child__traced__drops_rights_before_it_reads
child__traced__drops_rights_before_it_reads_head()
{
	atf_set require.user root
}
child__traced__drops_rights_before_it_reads_body()
{
	private_start
	traced -d alice
	sed -n 's/^setgroups[0-9]*(.*= 0$/groups/p
	    s/^set[a-z]*gid[0-9]*(4712.*= 0$/gid/p
	    s/^set[a-z]*uid[0-9]*(4711.*= 0$/uid/p
	    s/^read(0,.*/read/p' of_child | uniq >order
	atf_check -o inline:'groups\ngid\nuid\nread\n' cat order
	atf_check -s exit:1 grep -E '^set[a-z]*[ug]id[0-9]*\(.* = 0$' of_parent
}

# ---- Which account ---------------------------------------------------------

atf_test_case user__unknown__67_and_nothing_made
user__unknown__67_and_nothing_made_head()
{
	atf_set require.user root
}
user__unknown__67_and_nothing_made_body()
{
	private_start
	make_message message
	atf_check -s exit:67 -o empty -e match:'^5\.1\.1 there is no user carol' \
	    "$MDA" -c settings -d carol <message
	nothing_anywhere
}

# An empty name, a path, a number: no user is called so.
atf_test_case user__strange_names__67
user__strange_names__67_head()
{
	atf_set require.user root
}
user__strange_names__67_body()
{
	private_start
	make_message message
	for name in ../alice alice/ 4711 'alice:x' ' alice' '*' 'al%u'; do
		atf_check -s exit:67 -o empty -e match:'^5\.1\.1 ' \
		    "$MDA" -c settings -d "$name" <message
	done
	nothing_anywhere
}

# answers_of_database CODE STATUS - a module of the C library that gives
# these two for every name.
answers_of_database()
{
	not_for musl
	compiler=$(sed -n 's/^CC = //p' "$BUILDDIR/Makefile")
	cat >module.c <<-END
		#include <errno.h>
		#include <nss.h>
		#include <pwd.h>
		enum nss_status	_nss_mdatest_getpwnam_r(const char *,
		    struct passwd *, char *, size_t, int *);
		enum nss_status
		_nss_mdatest_getpwnam_r(const char *name, struct passwd *entry,
		    char *text, size_t size, int *code)
		{
			(void)name, (void)entry, (void)text, (void)size;
			*code = $1;
			return $2;
		}
	END
	# shellcheck disable=SC2086 # the compiler may have options
	${compiler:-cc} -shared -fPIC -o libnss_mdatest.so.2 module.c ||
	    atf_fail 'cannot make a module'
	use_databases 'passwd: files mdatest' 'group: files'
}

atf_test_case user__database_refuses__75
user__database_refuses__75_head()
{
	atf_set require.user root
}
user__database_refuses__75_body()
{
	not_sanitized
	private_start
	make_message message
	for code in ECONNREFUSED EIO ENOENT EMFILE; do
		answers_of_database "$code" NSS_STATUS_UNAVAIL
		LD_LIBRARY_PATH=$stage deferred 4.3.0 \
		    "$MDA" -c settings -d carol <message
		atf_check -o match:'user database for carol' cat said
	done
	nothing_anywhere
}

atf_test_case user__database_busy__75
user__database_busy__75_head()
{
	atf_set require.user root
}
user__database_busy__75_body()
{
	not_sanitized
	private_start
	make_message message
	answers_of_database EAGAIN NSS_STATUS_TRYAGAIN
	LD_LIBRARY_PATH=$stage deferred 4.3.0 \
	    "$MDA" -c settings -d carol <message
	nothing_anywhere
}

# The same module, up again.
atf_test_case user__database_answers__67
user__database_answers__67_head()
{
	atf_set require.user root
}
user__database_answers__67_body()
{
	not_sanitized
	private_start
	make_message message
	answers_of_database ENOENT NSS_STATUS_NOTFOUND
	LD_LIBRARY_PATH=$stage atf_check -s exit:67 -o empty \
	    -e match:'^5\.1\.1 ' "$MDA" -c settings -d carol <message
}

atf_test_case user__database_file_missing__75
user__database_file_missing__75_head()
{
	atf_set require.user root
}
user__database_file_missing__75_body()
{
	private_start
	make_message message
	mount -t tmpfs tmpfs /etc
	deferred 4.3.0 "$MDA" -c settings -d alice <message
	nothing_anywhere
}

# As while the package of such a module is replaced.
atf_test_case user__database_module_missing__75
user__database_module_missing__75_head()
{
	atf_set require.user root
}
user__database_module_missing__75_body()
{
	# It has no modules.
	not_for musl
	private_start
	make_message message
	use_databases 'passwd: nosuchmodule' 'group: files'
	deferred 4.3.0 "$MDA" -c settings -d alice <message
	nothing_anywhere
}

atf_test_case root__by_name__75
root__by_name__75_head()
{
	atf_set require.user root
}
root__by_name__75_body()
{
	private_start
	make_message message
	for name in root toor; do
		deferred 4.3.5 "$MDA" -c settings -d "$name" <message
		atf_check -o match:"$name has root's rights" cat said
	done
	nothing_anywhere
}

atf_test_case root__root_mail_yes__delivered
root__root_mail_yes__delivered_head()
{
	atf_set require.user root
}
root__root_mail_yes__delivered_body()
{
	private_start
	make_message message
	atf_check "$MDA" -c settings -o root_mail=yes -d root <message
	expect_only home/root/Maildir message
	expect_owner '0:0 600' "$file"
}

# What a sender that forgets to name somebody would have read by root.
atf_test_case root__no_name__75
root__no_name__75_head()
{
	atf_set require.user root
}
root__no_name__75_body()
{
	private_start
	make_message message
	deferred 4.3.5 "$MDA" -c settings <message
	atf_check -o match:'name one with -d .* set root_mail = yes' cat said
	deferred 4.3.5 env HOME="$stage/home/root" "$MDA" -c settings <message
	deferred 4.3.5 "$MDA" -c settings -m "$stage/home/root/box/" <message
	deferred 4.3.5 "$MDA" -c settings -o account=fixed \
	    -o "mailbox=maildir:$stage/home/%n" -d alice <message
	atf_check -s exit:75 -o match:'^problem     4.3.5 root delivers for no' \
	    "$MDA" -n -c settings
	nothing_anywhere
}

# It keeps root's rights, but not what the sandbox takes.
atf_test_case root__no_name_but_root_mail__delivered_confined
root__no_name_but_root_mail__delivered_confined_head()
{
	atf_set require.user root
}
root__no_name_but_root_mail__delivered_confined_body()
{
	not_sanitized
	built_with SECCOMP
	private_start
	make_message message
	atf_check "$MDA" -c settings -o root_mail=yes -o sandbox=require \
	    <message
	expect_only home/root/Maildir message
	mkfifo slow
	"$MDA" -c settings -o root_mail=yes <slow >out 2>err 9>&- &
	pid=$!
	exec 9>slow
	printf 'Message-ID: <slow@example.org>\n\nthe first part\n' >&9
	wait_until grep -q '^NoNewPrivs:	1' "/proc/$pid/status"
	wait_until grep -q '^Seccomp:	2' "/proc/$pid/status"
	end_slow
	atf_check_equal 0 "$status"
	expect_count 2 home/root/Maildir/new
}

# No cron job or service need say where its home is.
atf_test_case self__no_home_in_environment__that_of_the_database
self__no_home_in_environment__that_of_the_database_head()
{
	atf_set require.user root
}
self__no_home_in_environment__that_of_the_database_body()
{
	private_start
	make_message message
	atf_check env -u HOME $as_alice "$MDA" -c settings <message
	expect_only home/alice/Maildir message
	expect_count 0 home/root
}

atf_test_case other__not_root__75
other__not_root__75_head()
{
	atf_set require.user root
}
other__not_root__75_body()
{
	private_start
	make_message message
	for name in bob root; do
		deferred 4.3.5 $as_alice "$MDA" -c settings -d "$name" <message
		atf_check -o match:"only root may .* $name" cat said
	done
	nothing_anywhere
}

atf_test_case other__not_root_by_fixed_user__75
other__not_root_by_fixed_user__75_head()
{
	atf_set require.user root
}
other__not_root_by_fixed_user__75_body()
{
	private_start
	make_message message
	deferred 4.3.5 $as_alice "$MDA" -c settings -o account=fixed \
	    -o fixed_user=vmail -o "mailbox=maildir:$stage/home/%u/Maildir" \
	    -d bob <message
	nothing_anywhere
}

atf_test_case self__not_root_by_name__delivered
self__not_root_by_name__delivered_head()
{
	atf_set require.user root
}
self__not_root_by_name__delivered_body()
{
	private_start
	make_message message
	atf_check $as_alice "$MDA" -c settings -d alice <message
	expect_only home/alice/Maildir message
}

atf_test_case environment__home_of_the_caller__not_used
environment__home_of_the_caller__not_used_head()
{
	atf_set require.user root
}
environment__home_of_the_caller__not_used_body()
{
	private_start
	make_message message
	mkdir -m 777 callers
	chmod 777 callers
	atf_check env HOME="$stage/callers" USER=bob LOGNAME=bob \
	    "$MDA" -c settings -d alice <message
	expect_only home/alice/Maildir message
	rm -r home/alice/Maildir
	atf_check env HOME="$stage/callers" \
	    "$MDA" -c settings -d alice -m '~/Maildir/' <message
	expect_only home/alice/Maildir message
	expect_count 0 callers
}

# A sender that left its own home in the environment: the mail waits, and goes
# nowhere else. To name the account is enough.
atf_test_case self__home_of_another__75_and_nothing_there
self__home_of_another__75_and_nothing_there_head()
{
	atf_set require.user root
}
self__home_of_another__75_and_nothing_there_body()
{
	private_start
	make_message message
	for other in root bob; do
		deferred 4.3.0 env HOME="$stage/home/$other" $as_alice \
		    "$MDA" -c settings <message
		atf_check -o match:"home/$other/Maildir" cat said
	done
	nothing_anywhere
}

atf_test_case self__home_of_another_and_named__own_home
self__home_of_another_and_named__own_home_head()
{
	atf_set require.user root
}
self__home_of_another_and_named__own_home_body()
{
	private_start
	make_message message
	atf_check env HOME="$stage/home/bob" $as_alice \
	    "$MDA" -c settings -d alice <message
	expect_only home/alice/Maildir message
	expect_count 0 home/bob
}

# ---- How it may end --------------------------------------------------------

# died WORD - 75 from the parent, which says so; nothing is left.
died()
{
	atf_check_equal 75 "$status"
	atf_check -o match:"^4\\.[0-9]\\.[0-9] .*$1" head -n 1 err
	atf_check -o empty cat out
	is_gone "$child" || atf_fail "$child is left"
	expect_nothing home/alice/Maildir
}

atf_test_case child__sigkill__75_and_nothing_left
child__sigkill__75_and_nothing_left_head()
{
	atf_set require.user root
}
child__sigkill__75_and_nothing_left_body()
{
	private_start
	make_box home/alice/Maildir
	chown -R alice:alice home/alice
	start_slow "$MDA" -c settings -d alice
	kill -KILL "$child"
	wait_for "$pid"
	exec 9>&-
	died 'signal 9'
}

atf_test_case child__crashes__75_and_nothing_left
child__crashes__75_and_nothing_left_head()
{
	atf_set require.user root
}
child__crashes__75_and_nothing_left_body()
{
	private_start
	make_box home/alice/Maildir
	chown -R alice:alice home/alice
	for name in SEGV BUS FPE ILL ABRT; do
		start_slow "$MDA" -c settings -d alice
		kill -s "$name" "$child"
		wait_for "$pid"
		exec 9>&-
		died ''
	done
}

# Those that no handler of ours expects.
atf_test_case child__other_signals__75_or_delivered
child__other_signals__75_or_delivered_head()
{
	atf_set require.user root
}
child__other_signals__75_or_delivered_body()
{
	private_start
	for name in USR1 USR2 PIPE XFSZ XCPU SYS TRAP VTALRM PROF; do
		start_slow "$MDA" -c settings -d alice
		kill -s "$name" "$child"
		end_slow
		case $status in
		0|75)	;;
		*)	atf_fail "status $status after SIG$name" ;;
		esac
		is_gone "$child" || atf_fail "$child is left"
	done
}

atf_test_case child__asked_to_stop__75
child__asked_to_stop__75_head()
{
	atf_set require.user root
}
child__asked_to_stop__75_body()
{
	private_start
	make_box home/alice/Maildir
	chown -R alice:alice home/alice
	start_slow "$MDA" -c settings -d alice
	kill -TERM "$child"
	wait_for "$pid"
	exec 9>&-
	died 'interrupted'
}

# The child alone is out of memory, in the middle of a message.
atf_test_case child__no_memory__75
child__no_memory__75_head()
{
	atf_set require.user root
}
child__no_memory__75_body()
{
	not_sanitized
	not_emulated 'it needs memory of its own'
	private_start
	make_box home/alice/Maildir
	chown -R alice:alice home/alice
	start_slow "$MDA" -c settings -d alice -m "mbox:%h/mbox"
	atf_check $as_alice prlimit --pid "$child" --as=4096
	{ head -c 3000000 /dev/zero | tr '\0' x; } >&9 2>/dev/null
	end_slow
	died ''
	[ ! -s home/alice/mbox ] || atf_fail 'something was stored'
}

atf_test_case all__no_memory__75
all__no_memory__75_head()
{
	atf_set require.user root
}
all__no_memory__75_body()
{
	not_sanitized
	not_emulated 'it needs memory of its own'
	private_start
	make_message message
	head -c 900000 /dev/zero | tr '\0' x >>message
	deferred 4.3.0 prlimit --data=600000 \
	    "$MDA" -c settings -d alice <message
	atf_check -o empty find home -type f
}

atf_test_case all__no_more_processes__75
all__no_more_processes__75_head()
{
	atf_set require.user root
}
all__no_more_processes__75_body()
{
	private_start
	make_message message
	# The limit counts for the account, too, and holds for its setuid.
	for limit in 0 1; do
		status=0
		prlimit --nproc="$limit" "$MDA" -c settings -d alice \
		    <message >out 2>err || status=$?
		case $status in
		0|75)	;;
		*)	atf_fail "status $status" ;;
		esac
	done
}

atf_test_case parent__asked_to_stop__both_end_75
parent__asked_to_stop__both_end_75_head()
{
	atf_set require.user root
}
parent__asked_to_stop__both_end_75_body()
{
	private_start
	make_box home/alice/Maildir
	chown -R alice:alice home/alice
	for name in TERM HUP INT QUIT; do
		start_slow "$MDA" -c settings -d alice
		kill -s "$name" "$pid"
		wait_for "$pid"
		exec 9>&-
		died 'interrupted'
	done
}

# Nobody tells the sender what became of it, so nothing may.
atf_test_case parent__sigkill__nothing_delivered
parent__sigkill__nothing_delivered_head()
{
	atf_set require.user root
}
parent__sigkill__nothing_delivered_body()
{
	private_start
	for where in maildir:%h/Maildir mbox:%h/mbox; do
		start_slow "$MDA" -c settings -d alice -m "$where"
		kill -KILL "$pid"
		wait_for "$pid"
		atf_check_equal 137 "$status"
		exec 9>&-
		wait_until is_gone "$child"
		atf_check -o empty find home -type f -size +0 ! -name '.*'
		atf_check -o match:'^4\.4\.2 ' head -n 1 err
	done
}

atf_test_case parent__sigkill_with_lock__next_delivery_goes_on
parent__sigkill_with_lock__next_delivery_goes_on_head()
{
	atf_set require.user root
}
parent__sigkill_with_lock__next_delivery_goes_on_body()
{
	private_start
	mkdir -m 2775 spool
	chgrp mail spool
	chmod 2775 spool
	make_message message
	atf_check "$MDA" -c settings -d alice -m "mbox:$stage/spool/%u" \
	    <message
	# What a keeper leaves that is killed: its pid is gone.
	sh -c 'echo $$' >gone
	printf '%s %s %s\n' "$(cat gone)" "$(hostname)" \
	    "$(cat /proc/sys/kernel/random/boot_id)" >spool/alice.lock
	chmod 600 spool/alice.lock
	make_message message2
	atf_check "$MDA" -c settings -o lock_timeout=5 -d alice \
	    -m "mbox:$stage/spool/%u" <message2
	atf_check -o inline:'2\n' grep -c '^hello$' spool/alice
	[ ! -e spool/alice.lock ] || atf_fail 'the lock is left'
}

atf_test_case deadline__sender_too_slow__75
deadline__sender_too_slow__75_head()
{
	atf_set require.user root
}
deadline__sender_too_slow__75_body()
{
	private_start
	make_box home/alice/Maildir
	chown -R alice:alice home/alice
	start_slow "$MDA" -c settings -d alice -o deadline=3
	wait_for "$pid"
	exec 9>&-
	died 'deadline'
}

atf_test_case input__closed__75
input__closed__75_head()
{
	atf_set require.user root
}
input__closed__75_body()
{
	private_start
	deferred 4.3.0 "$MDA" -c settings -d alice <&-
	nothing_anywhere
}

# ---- Words -----------------------------------------------------------------

# number4 NUMBER - as four bytes, the lowest first.
number4()
{
	# shellcheck disable=SC2059 # the format is made of numbers
	printf "\\$(printf %o $(($1 % 256)))\\$(printf %o $(($1 / 256)))\\0\\0"
}

# make_catalog DIR FROM TO - one sentence, and another instead.
make_catalog()
{
	mkdir -p "$1/LC_MESSAGES"
	{
		printf '\336\022\004\225\0\0\0\0'
		number4 1
		number4 28
		number4 36
		number4 0
		number4 44
		number4 "${#2}"
		number4 44
		number4 "${#3}"
		number4 $((45 + ${#2}))
		printf '%s\0%s\0' "$2" "$3"
	} >"$1/LC_MESSAGES/mda.mo"
}

# prepare_language - for sentence; gives languages, each a way to "evil".
prepare_language()
{
	grep -q 'HAVE_LIBINTL 1' "$BUILDDIR/config.h" ||
	    atf_skip 'built with --disable-nls'
	private_start
	make_catalog evil "$1" 'EVIL %1$s'
	# The way up begins in LOCALEDIR, which need not be there.
	cover /usr/local mode=755
	mkdir -p /usr/local/share/locale
	mkdir /usr/local/evil
	cp -R evil/LC_MESSAGES /usr/local/evil
	languages="../../evil ../../../../..$stage/evil $stage/evil"
	LC_ALL=C.UTF-8
	export LC_ALL
	make_message message
}

# The catalog is good: whoever is not root may choose such words.
atf_test_case language__path_not_root__catalog_is_good
language__path_not_root__catalog_is_good_head()
{
	atf_set require.user root
}
language__path_not_root__catalog_is_good_body()
{
	# Its gettext knows no LANGUAGE.
	not_for musl
	prepare_language 'there is no user %1$s'
	said_evil=0
	for LANGUAGE in $languages; do
		export LANGUAGE
		atf_check -s exit:67 -o empty -e save:said \
		    $as_alice "$MDA" -c settings -d carol <message
		! grep -q EVIL said || said_evil=$((said_evil + 1))
	done
	[ "$said_evil" -gt 0 ] ||
	    not_emulated 'its C library reads no locales of another byte order'
	[ "$said_evil" -gt 0 ] || atf_fail 'the catalog is never read'
}

atf_test_case language__path__parent_does_not_follow
language__path__parent_does_not_follow_head()
{
	atf_set require.user root
}
language__path__parent_does_not_follow_body()
{
	prepare_language 'there is no user %1$s'
	for LANGUAGE in $languages; do
		export LANGUAGE
		atf_check -s exit:67 -o empty \
		    -e inline:'5.1.1 there is no user carol\n' \
		    "$MDA" -c settings -d carol <message
	done
}

# It has given up root's rights by then, but root's caller chose LANGUAGE.
atf_test_case language__path__child_does_not_follow
language__path__child_does_not_follow_head()
{
	atf_set require.user root
}
language__path__child_does_not_follow_body()
{
	sentence='%1$s is no regular file: no mail is written to it'
	prepare_language "$sentence"
	mkfifo -m 600 home/alice/mbox
	chown alice:alice home/alice/mbox
	for LANGUAGE in $languages; do
		export LANGUAGE
		# The sandbox would hide it, too.
		deferred 4.2.0 "$MDA" -c settings -d alice -m mbox:%h/mbox \
		    -o sandbox=off <message
		atf_check -s exit:1 grep EVIL said
	done
}

# ---- The home --------------------------------------------------------------

atf_test_case home__missing__75_names_it
home__missing__75_names_it_head()
{
	atf_set require.user root
}
home__missing__75_names_it_body()
{
	private_start
	rmdir home/alice
	make_message message
	deferred 4.3.0 "$MDA" -c settings -d alice <message
	atf_check -o match:"home folder $stage/home/alice: .*[Nn]o such" cat said
	nothing_anywhere
}

atf_test_case home__of_another__75_names_it
home__of_another__75_names_it_head()
{
	atf_set require.user root
}
home__of_another__75_names_it_body()
{
	private_start
	chown mallory home/alice
	chmod 755 home/alice
	make_message message
	deferred 4.3.5 "$MDA" -c settings -d alice <message
	atf_check -o match:"$stage/home/alice belongs to another user" cat said
	nothing_anywhere
}

atf_test_case home__writable_by_others__75_names_it
home__writable_by_others__75_names_it_head()
{
	atf_set require.user root
}
home__writable_by_others__75_names_it_body()
{
	private_start
	make_message message
	for mode in 770 707 777 1777; do
		chmod "$mode" home/alice
		deferred 4.3.5 "$MDA" -c settings -d alice <message
		atf_check -o match:"others may write .*$stage/home/alice" \
		    cat said
	done
	nothing_anywhere
}

atf_test_case home__writable_by_others_check_off__delivered
home__writable_by_others_check_off__delivered_head()
{
	atf_set require.user root
}
home__writable_by_others_check_off__delivered_body()
{
	private_start
	make_message message
	chmod 777 home/alice
	atf_check "$MDA" -c settings -o home_check=no -d alice <message
	expect_only home/alice/Maildir message
}

atf_test_case home__writable_mail_elsewhere__delivered
home__writable_mail_elsewhere__delivered_head()
{
	atf_set require.user root
}
home__writable_mail_elsewhere__delivered_body()
{
	private_start
	make_message message
	chmod 777 home/alice
	mkdir -m 700 srv
	chown alice srv
	atf_check "$MDA" -c settings -d alice -m "$stage/srv/box/" <message
	expect_only srv/box message
}

atf_test_case home__of_root__delivered
home__of_root__delivered_head()
{
	atf_set require.user root
}
home__of_root__delivered_body()
{
	private_start
	make_message message
	make_box home/alice/Maildir
	chown -R alice:alice home/alice/Maildir
	chown root home/alice
	chmod 755 home/alice
	atf_check "$MDA" -c settings -d alice <message
	expect_only home/alice/Maildir message
}

# Her own link is her own business: it is followed with her rights alone.
atf_test_case home__link_to_root__75_and_untouched
home__link_to_root__75_and_untouched_head()
{
	atf_set require.user root
}
home__link_to_root__75_and_untouched_body()
{
	private_start
	make_message message
	make_box victim
	ln -s "$stage/victim" home/alice/Maildir
	deferred 4.3.0 "$MDA" -c settings -d alice <message
	expect_nothing victim
	rm home/alice/Maildir
	mkdir home/alice/Maildir home/alice/Maildir/cur
	ln -s "$stage/victim/tmp" home/alice/Maildir/tmp
	ln -s "$stage/victim/new" home/alice/Maildir/new
	chown -h -R alice:alice home/alice/Maildir
	deferred 4.3.0 "$MDA" -c settings -d alice <message
	expect_nothing victim
}

# The keeper makes files where alice may not: never where her link leads.
atf_test_case home__mbox_folder_links_to_root__75_and_nothing_made
home__mbox_folder_links_to_root__75_and_nothing_made_head()
{
	atf_set require.user root
}
home__mbox_folder_links_to_root__75_and_nothing_made_body()
{
	private_start
	make_message message
	for mode in 755 775 1777; do
		mkdir victim
		chmod "$mode" victim
		rm -f home/alice/mail
		ln -s "$stage/victim" home/alice/mail
		chown -h alice:alice home/alice/mail
		[ "$mode" = 1777 ] || deferred 4.3.0 "$MDA" -c settings \
		    -d alice -m mbox:%h/mail/inbox <message
		[ "$mode" != 1777 ] || atf_check "$MDA" -c settings \
		    -d alice -m mbox:%h/mail/inbox <message
		# What she could have made herself is no matter.
		[ "$mode" = 1777 ] || expect_count 0 victim
		rm -r victim
	done
}

# ---- Fixed account, and each one's settings ---------------------------------

# virtual_start - settings for mailboxes that all belong to vmail.
virtual_start()
{
	private_start
	mkdir -p srv/example.org
	chown vmail:vmail srv srv/example.org
	printf '%s\n' 'log = none' 'account = fixed' 'fixed_user = vmail' \
	    "mailbox = maildir:$stage/srv/%d/%n" >fixed
	make_message message
}

atf_test_case fixed__user_with_domain__below_its_domain
fixed__user_with_domain__below_its_domain_head()
{
	atf_set require.user root
}
fixed__user_with_domain__below_its_domain_body()
{
	virtual_start
	atf_check "$MDA" -c fixed -d carol@example.org <message
	expect_only srv/example.org/carol message
	expect_owner '4741:4742 600' "$file"
	atf_check -o empty find srv ! -user vmail
}

atf_test_case fixed__address_and_user__user_counts
fixed__address_and_user__user_counts_head()
{
	atf_set require.user root
}
fixed__address_and_user__user_counts_body()
{
	virtual_start
	atf_check "$MDA" -c fixed -d carol@example.org -a dave@example.net \
	    -o delivered_to=never <message
	expect_only srv/example.org/carol message
}

atf_test_case fixed__address_alone__below_its_domain
fixed__address_alone__below_its_domain_head()
{
	atf_set require.user root
}
fixed__address_alone__below_its_domain_body()
{
	virtual_start
	atf_check "$MDA" -c fixed -a Carol@Example.ORG -o delivered_to=never \
	    -o lower_case=yes <message
	expect_only srv/example.org/carol message
}

# A stranger chose them: they lead nowhere.
atf_test_case fixed__hostile_addresses__75_and_nothing_made
fixed__hostile_addresses__75_and_nothing_made_head()
{
	atf_set require.user root
}
fixed__hostile_addresses__75_and_nothing_made_body()
{
	virtual_start
	rmdir srv/example.org
	for address in ../victim@example.org carol@.. carol@../../home/vmail \
	    .@example.org ..@example.org a/b@example.org @example.org carol@ \
	    carol .hidden@example.org carol@.org "$(printf 'a\nb@c')" \
	    "$(printf 'a\177@c')" '+detail@example.org' '/@example.org'
	do
		deferred 4.3.5 "$MDA" -c fixed -d "$address" <message
		deferred 4.3.5 "$MDA" -c fixed -a "$address" <message
	done
	atf_check -o empty find srv -mindepth 1
	nothing_anywhere
}

atf_test_case fixed__user_missing__75
fixed__user_missing__75_head()
{
	atf_set require.user root
}
# The user who is missing is an administrator's slip, and no sender's.
fixed__user_missing__75_body()
{
	virtual_start
	deferred 4.3.5 "$MDA" -c fixed -o fixed_user=vmial -d carol@example.org \
	    <message
}

atf_test_case fixed__user_is_root__75
fixed__user_is_root__75_head()
{
	atf_set require.user root
}
fixed__user_is_root__75_body()
{
	virtual_start
	deferred 4.3.5 "$MDA" -c fixed -o fixed_user=root -d carol@example.org \
	    <message
	atf_check -o match:"root has root's rights" cat said
}

atf_test_case fixed__user_template__as_given
fixed__user_template__as_given_head()
{
	atf_set require.user root
}
fixed__user_template__as_given_body()
{
	virtual_start
	atf_check "$MDA" -c fixed -d carol@example.org \
	    -o "mailbox=maildir:$stage/srv/%u" <message
	expect_only srv/carol@example.org message
}

# with_account_settings LINE ... - for alice.
with_account_settings()
{
	mkdir -p each
	printf '%s\n' "$@" >each/alice.conf
	printf '%s\n' 'log = none' "account_settings = $stage/each/%u.conf" \
	    >settings
}

atf_test_case settings__of_the_account__hold_for_it_alone
settings__of_the_account__hold_for_it_alone_head()
{
	atf_set require.user root
}
settings__of_the_account__hold_for_it_alone_body()
{
	private_start
	make_message message
	with_account_settings 'mailbox = maildir:%h/elsewhere'
	atf_check "$MDA" -c settings -d alice <message
	expect_only home/alice/elsewhere message
	atf_check "$MDA" -c settings -d bob <message
	expect_only home/bob/Maildir message
	atf_check "$MDA" -c settings -d alice \
	    -o mailbox=maildir:%h/on-top <message
	expect_only home/alice/on-top message
}

# The sender must not be stopped by a pipe that breaks: its message is read.
atf_test_case settings__size_limit_of_the_account__69_and_all_read
settings__size_limit_of_the_account__69_and_all_read_head()
{
	atf_set require.user root
}
settings__size_limit_of_the_account__69_and_all_read_body()
{
	private_start
	make_message message
	with_account_settings 'message_size_limit = 10K'
	atf_check "$MDA" -c settings -d alice <message
	{
		cat message
		head -c 2000000 /dev/zero | tr '\0' x
	} >large
	{
		cat large
		echo "$?" >sent
	} | atf_check -s exit:69 -o empty -e match:'^5\.3\.4 ' \
	    "$MDA" -c settings -d alice
	atf_check -o inline:'0\n' cat sent
	expect_only home/alice/Maildir message
	atf_check "$MDA" -c settings -d bob <large
	expect_only home/bob/Maildir large
}

atf_test_case settings__deadline_of_the_account__counts
settings__deadline_of_the_account__counts_head()
{
	atf_set require.user root
}
settings__deadline_of_the_account__counts_body()
{
	private_start
	make_box home/alice/Maildir
	chown -R alice:alice home/alice
	with_account_settings 'deadline = 3s'
	start_slow "$MDA" -c settings -d alice
	wait_for "$pid"
	exec 9>&-
	died 'deadline'
}

atf_test_case settings__delimiter_of_the_account__counts
settings__delimiter_of_the_account__counts_head()
{
	atf_set require.user root
}
settings__delimiter_of_the_account__counts_body()
{
	private_start
	make_message message
	with_account_settings 'delimiter = -' 'detail_folder = create'
	atf_check "$MDA" -c settings -o delivered_to=never -d alice \
	    -a alice-lists@example.org <message
	expect_only home/alice/Maildir/.lists message
}

atf_test_case settings__file_of_another__75
settings__file_of_another__75_head()
{
	atf_set require.user root
}
settings__file_of_another__75_body()
{
	private_start
	make_message message
	with_account_settings 'deadline = 100'
	for user in alice mallory; do
		chown "$user" each/alice.conf
		deferred 4.3.5 "$MDA" -c settings -d alice <message
		atf_check -o match:"$stage/each/alice.conf belongs" cat said
	done
	chown root each/alice.conf settings
	chown alice settings
	deferred 4.3.5 "$MDA" -c settings -d alice <message
	nothing_anywhere
}

atf_test_case settings__file_writable_by_others__75
settings__file_writable_by_others__75_head()
{
	atf_set require.user root
}
settings__file_writable_by_others__75_body()
{
	private_start
	make_message message
	with_account_settings 'deadline = 100'
	for mode in 664 646 666; do
		chmod "$mode" each/alice.conf
		deferred 4.3.5 "$MDA" -c settings -d alice <message
		atf_check -o match:"others may write .*alice.conf" cat said
	done
	nothing_anywhere
}

# refuses_way PATH [CODE WORDS] - 75, and not a word of where it leads.
refuses_way()
{
	deferred "${2-4.3.5}" "$MDA" -c settings -v \
	    -o account_settings="$1" -d alice <message
	atf_check -o match:"${3-others may change a folder}" cat said
	atf_check -s exit:1 grep -i secret said
	status=0
	"$MDA" -n -c settings -o account_settings="$1" -d alice >plan 2>&1 ||
	    status=$?
	atf_check_equal 75 "$status"
	atf_check -s exit:1 grep -i secret plan
}

# Alice leads root to a file of root's that only root may read.
atf_test_case settings__way_of_others__75_and_no_text
settings__way_of_others__75_and_no_text_head()
{
	atf_set require.user root
}
settings__way_of_others__75_and_no_text_body()
{
	private_start
	make_message message
	mkdir -m 755 roots each
	echo 'root:SECRET:1:' >roots/shadow
	chmod 600 roots/shadow
	atf_check $as_alice ln -s "$stage/roots/shadow" home/alice/file
	atf_check $as_alice ln -s "$stage/roots" home/alice/folder
	ln roots/shadow home/alice/hard
	refuses_way %h/file
	refuses_way %h/hard
	refuses_way %h/folder/shadow
	refuses_way %h/../../roots/shadow
	cp roots/shadow relative
	refuses_way relative
	ln -s "$stage/roots/shadow" each/file
	refuses_way "$stage/each/file" 4.3.0 'errno=ELOOP .*path=[^ ]*each/file '
	for mode in 775 757 1777; do
		chmod "$mode" each
		refuses_way "$stage/each/file"
	done
	expect_count 3 home/alice
	# Where nothing is, there is nothing to read.
	atf_check "$MDA" -c settings -o account_settings=%h/none \
	    -d alice <message
	expect_only home/alice/Maildir message
}

# A link of root's in a folder of root's alone is root's word.
atf_test_case settings__folder_by_roots_link__read
settings__folder_by_roots_link__read_head()
{
	atf_set require.user root
}
settings__folder_by_roots_link__read_body()
{
	private_start
	make_message message
	with_account_settings 'mailbox = maildir:%h/elsewhere'
	ln -s each linked
	atf_check "$MDA" -c settings -d alice \
	    -o account_settings="$stage/linked/%u.conf" <message
	expect_only home/alice/elsewhere message
}

atf_test_case settings__bad_line_for_the_account__75_with_file_and_line
settings__bad_line_for_the_account__75_with_file_and_line_head()
{
	atf_set require.user root
}
settings__bad_line_for_the_account__75_with_file_and_line_body()
{
	private_start
	make_message message
	with_account_settings 'deadline = 100' 'no_such = 1'
	deferred 4.3.5 "$MDA" -c settings -d alice <message
	atf_check -o match:"$stage/each/alice.conf:2: no_such" cat said
	nothing_anywhere
}

# ---- Details ---------------------------------------------------------------

atf_test_case detail__folder_off__inbox
detail__folder_off__inbox_head()
{
	atf_set require.user root
}
detail__folder_off__inbox_body()
{
	private_start
	make_message message
	atf_check "$MDA" -c settings -o delivered_to=never -d alice \
	    -a alice+lists@example.org <message
	expect_only home/alice/Maildir message
	[ ! -e home/alice/Maildir/.lists ] || atf_fail 'a folder was made'
}

atf_test_case detail__folder_if_exists__there_or_inbox
detail__folder_if_exists__there_or_inbox_head()
{
	atf_set require.user root
}
detail__folder_if_exists__there_or_inbox_body()
{
	private_start
	make_message message
	set -- -c settings -o delivered_to=never -o detail_folder=if-exists \
	    -d alice -a alice+lists@example.org
	atf_check "$MDA" "$@" <message
	expect_only home/alice/Maildir message
	make_box home/alice/Maildir/.lists
	chown -R alice:alice home/alice/Maildir/.lists
	make_message another
	atf_check "$MDA" "$@" <another
	expect_only home/alice/Maildir/.lists another
	expect_count 1 home/alice/Maildir/new
}

atf_test_case detail__folder_create__made
detail__folder_create__made_head()
{
	atf_set require.user root
}
detail__folder_create__made_body()
{
	private_start
	make_message message
	atf_check "$MDA" -c settings -o delivered_to=never \
	    -o detail_folder=create -d alice -a alice+lists@example.org \
	    <message
	expect_only home/alice/Maildir/.lists message
	expect_owner '4711:4712 700' home/alice/Maildir/.lists
	atf_check "$MDA" -c settings -o detail_folder=create -d alice \
	    -e other <message
	expect_only home/alice/Maildir/.other message
}

atf_test_case detail__hostile__inbox
detail__hostile__inbox_head()
{
	atf_set require.user root
}
detail__hostile__inbox_body()
{
	private_start
	sent=0
	for detail in ../../bob / a/b .. . ../x "$(printf 'a\nb')" a. .a; do
		sent=$((sent + 1))
		make_message "message$sent"
		atf_check "$MDA" -c settings -o delivered_to=never \
		    -o detail_folder=create -d alice \
		    -a "alice+$detail@example.org" <"message$sent"
		expect_count "$sent" home/alice/Maildir/new
	done
	atf_check -o empty find home/bob -mindepth 1
	atf_check -o empty find home/alice/Maildir -mindepth 1 -name '.*'
}

atf_test_case detail__other_delimiters__each_cuts
detail__other_delimiters__each_cuts_head()
{
	atf_set require.user root
}
detail__other_delimiters__each_cuts_body()
{
	private_start
	make_message message
	atf_check "$MDA" -c settings -o delivered_to=never -o delimiter=-+ \
	    -o detail_folder=create -d alice -a alice-one+two@example.org \
	    <message
	expect_only home/alice/Maildir/.one+two message
	make_message another
	atf_check "$MDA" -c settings -o delivered_to=never -o delimiter=+- \
	    -o detail_folder=create -d alice -a alice+three-x@example.org \
	    <another
	expect_only home/alice/Maildir/.three-x another
}

# The delimiter may stand in a domain.
atf_test_case detail__delimiter_in_domain__no_detail
detail__delimiter_in_domain__no_detail_head()
{
	atf_set require.user root
}
detail__delimiter_in_domain__no_detail_body()
{
	private_start
	make_message message
	atf_check "$MDA" -c settings -o delivered_to=never -o delimiter=- \
	    -o detail_folder=create -d alice -a alice@my-example.org <message
	expect_only home/alice/Maildir message
}

atf_init_test_cases()
{
	atf_add_test_case account__maildir__owned_by_it
	atf_add_test_case account__large_message__owned_by_it
	atf_add_test_case account__mbox_at_home__owned_by_it
	atf_add_test_case child__delivery__ids_and_groups_of_the_account
	atf_add_test_case child__delivery__holds_nothing_of_root
	atf_add_test_case parent__delivery__has_no_message
	atf_add_test_case parent__traced__never_touches_the_message
	atf_add_test_case child__traced__drops_rights_before_it_reads
	atf_add_test_case user__unknown__67_and_nothing_made
	atf_add_test_case user__strange_names__67
	atf_add_test_case user__database_refuses__75
	atf_add_test_case user__database_busy__75
	atf_add_test_case user__database_answers__67
	atf_add_test_case user__database_file_missing__75
	atf_add_test_case user__database_module_missing__75
	atf_add_test_case root__by_name__75
	atf_add_test_case root__root_mail_yes__delivered
	atf_add_test_case root__no_name__75
	atf_add_test_case root__no_name_but_root_mail__delivered_confined
	atf_add_test_case self__no_home_in_environment__that_of_the_database
	atf_add_test_case other__not_root__75
	atf_add_test_case other__not_root_by_fixed_user__75
	atf_add_test_case self__not_root_by_name__delivered
	atf_add_test_case environment__home_of_the_caller__not_used
	atf_add_test_case self__home_of_another__75_and_nothing_there
	atf_add_test_case self__home_of_another_and_named__own_home
	atf_add_test_case child__sigkill__75_and_nothing_left
	atf_add_test_case child__crashes__75_and_nothing_left
	atf_add_test_case child__other_signals__75_or_delivered
	atf_add_test_case child__asked_to_stop__75
	atf_add_test_case child__no_memory__75
	atf_add_test_case all__no_memory__75
	atf_add_test_case all__no_more_processes__75
	atf_add_test_case parent__asked_to_stop__both_end_75
	atf_add_test_case parent__sigkill__nothing_delivered
	atf_add_test_case parent__sigkill_with_lock__next_delivery_goes_on
	atf_add_test_case deadline__sender_too_slow__75
	atf_add_test_case input__closed__75
	atf_add_test_case language__path_not_root__catalog_is_good
	atf_add_test_case language__path__parent_does_not_follow
	atf_add_test_case language__path__child_does_not_follow
	atf_add_test_case home__missing__75_names_it
	atf_add_test_case home__of_another__75_names_it
	atf_add_test_case home__writable_by_others__75_names_it
	atf_add_test_case home__writable_by_others_check_off__delivered
	atf_add_test_case home__writable_mail_elsewhere__delivered
	atf_add_test_case home__of_root__delivered
	atf_add_test_case home__link_to_root__75_and_untouched
	atf_add_test_case home__mbox_folder_links_to_root__75_and_nothing_made
	atf_add_test_case fixed__user_with_domain__below_its_domain
	atf_add_test_case fixed__address_and_user__user_counts
	atf_add_test_case fixed__address_alone__below_its_domain
	atf_add_test_case fixed__hostile_addresses__75_and_nothing_made
	atf_add_test_case fixed__user_missing__75
	atf_add_test_case fixed__user_is_root__75
	atf_add_test_case fixed__user_template__as_given
	atf_add_test_case settings__of_the_account__hold_for_it_alone
	atf_add_test_case settings__size_limit_of_the_account__69_and_all_read
	atf_add_test_case settings__deadline_of_the_account__counts
	atf_add_test_case settings__delimiter_of_the_account__counts
	atf_add_test_case settings__file_of_another__75
	atf_add_test_case settings__file_writable_by_others__75
	atf_add_test_case settings__way_of_others__75_and_no_text
	atf_add_test_case settings__folder_by_roots_link__read
	atf_add_test_case settings__bad_line_for_the_account__75_with_file_and_line
	atf_add_test_case detail__folder_off__inbox
	atf_add_test_case detail__folder_if_exists__there_or_inbox
	atf_add_test_case detail__folder_create__made
	atf_add_test_case detail__hostile__inbox
	atf_add_test_case detail__other_delimiters__each_cuts
	atf_add_test_case detail__delimiter_in_domain__no_detail
}
