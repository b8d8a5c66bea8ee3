# mta_cases.sh - what is asked of each sender. Needs mta.sh. The sender's own
# test program gives
#
# sender		its name in the table
# asks_user_database	"no" where it runs mda as the recipient, without -d
# submit NAME COUNT	hand it so many new messages for alice
# outcome		gives outcome, what it made of the first of them:
#			delivered, deferred or bounced
# come_again		have it try once more what it keeps
# is_idle		it keeps nothing any more
#
# and may change where the mail goes: see mta_start; and may give
#
# before_mda		the faults for which it keeps the mail by itself
# null_path		what stands in Return-Path when there is no sender

# ---- Faults, and how they are mended -------------------------------------

faults='no_space no_quota no_permission no_way_to_home read_only
    home_unmounted home_missing io_error file_too_large bad_settings
    settings_of_others lock_timeout deadline no_landlock crashed terminated
    killed_at_write killed_at_link killed_when_visible no_program
    no_user_database no_memory no_descriptors stale_mount link_refused
    not_a_maildir mbox_is_fifo dotlock_held'
before_mda=
null_path='<>'

with_fault()
{
	use_mda "MDA_FAULT='$1' exec /usr/local/bin/mda-fault \"\$@\""
}

# hide_from_mda FILE PLACE - mda alone finds the file there. Common users may
# not mount anything; in this root of ours they get a program that lets them.
hide_from_mda()
{
	cp "$root/usr/bin/unshare" "$root/usr/local/bin/unshare-as-root"
	chmod 4755 "$root/usr/local/bin/unshare-as-root"
	use_mda 'as="--reuid $(id -u) --regid $(id -g) --clear-groups"' \
	    'exec /usr/local/bin/unshare-as-root -m -S 0 -G 0 sh -c "' \
	    "    mount --bind $1 $2 &&" \
	    '    exec /usr/bin/setpriv $as /usr/local/bin/mda.real \"\$@\"" mda "$@"'
}

# put_aside PATH, put_back PATH - so that something else can stand there.
put_aside()
{
	[ ! -e "$root$1" ] || mv "$root$1" "$root$1.aside"
}

put_back()
{
	rm -f "$root$1"
	[ ! -e "$root$1.aside" ] || mv "$root$1.aside" "$root$1"
}

# Gives box, where it differs.
break_it()
{
	case $1 in
	no_space)
		fill_home ;;
	no_quota)
		with_fault 'write:*:EDQUOT' ;;
	no_permission)
		chmod 0 "$root$maildir/new" ;;
	no_way_to_home)
		in_root chown root:root "$home" ;;
	read_only)
		mount -o remount,ro "$root$home" ;;
	home_unmounted)
		umount "$root$home" ;;
	home_missing)
		umount "$root$home" && rmdir "$root$home" ;;
	io_error)
		with_fault 'fsync:*:EIO' ;;
	file_too_large)
		use_mda 'ulimit -f 0' 'exec /usr/local/bin/mda.real "$@"' ;;
	no_memory)
		with_fault 'openat:*:ENOMEM' ;;
	no_descriptors)
		with_fault 'openat:*:ENFILE' ;;
	stale_mount)
		with_fault 'openat:*:ESTALE' ;;
	link_refused)
		with_fault 'linkat:*:EPERM' ;;
	not_a_maildir)
		put_aside "$maildir"
		: >"$root$maildir" ;;
	mbox_is_fifo)
		box=$mbox
		use_settings "mailbox = mbox:$mbox_template"
		put_aside "$mbox"
		in_root mkfifo -m 666 "$mbox" ;;
	dotlock_held)
		box=$mbox
		use_settings "mailbox = mbox:$mbox_template" 'lock_timeout = 1s'
		: >"$root$mbox.lock" ;;
	bad_settings)
		use_settings 'no_such_setting = 1' ;;
	settings_of_others)
		use_settings 'log = syslog'
		chmod 666 "$settings_file" ;;
	lock_timeout)
		lock_mbox 'lock_timeout = 1s' ;;
	deadline)
		lock_mbox 'deadline = 1s' ;;
	no_landlock)
		use_settings 'sandbox = require'
		use_mda "exec python3 /usr/local/lib/mta_old_kernel.py \\" \
		    '    /usr/local/bin/mda.real "$@"' ;;
	crashed)
		with_fault 'write:1:SIGSEGV' ;;
	terminated)
		with_fault 'write:1:SIGTERM' ;;
	killed_at_write)
		with_fault 'write:1:SIGKILL' ;;
	killed_at_link)
		with_fault 'linkat:1:SIGKILL' ;;
	killed_when_visible)
		with_fault 'unlinkat:1:SIGKILL' ;;
	no_program)
		rm "$root/usr/local/bin/$program" ;;
	no_user_database)
		echo 'passwd: nosuchmodule' >"$root/mail/nsswitch.conf"
		hide_from_mda /mail/nsswitch.conf /etc/nsswitch.conf ;;
	*)
		atf_fail "no such fault: $1" ;;
	esac
}

mend_it()
{
	case $1 in
	no_space)
		rm "$root$home/fill" ;;
	no_permission)
		chmod 700 "$root$maildir/new" ;;
	no_way_to_home)
		in_root chown "$owner:$owner" "$home" ;;
	read_only)
		mount -o remount,rw "$root$home" ;;
	home_unmounted)
		mount_home "$home" "$owner" ;;
	home_missing)
		mkdir "$root$home"
		mount_home "$home" "$owner" ;;
	not_a_maildir)
		put_back "$maildir" ;;
	mbox_is_fifo)
		put_back "$mbox" ;;
	dotlock_held)
		rm "$root$mbox.lock" ;;
	lock_timeout|deadline)
		kill "$(cat "$root$mbox.held")"
		use_settings "mailbox = mbox:$mbox_template" ;;
	*)
		use_mda
		use_settings ;;
	esac
}

fill_home()
{
	dd if=/dev/zero of="$root$home/fill" bs=64k 2>/dev/null
	dd if=/dev/zero of="$root$home/fill" bs=1k oflag=append conv=notrunc \
	    2>/dev/null
}

# lock_mbox SETTING - another program holds it.
lock_mbox()
{
	box=$mbox
	use_settings "mailbox = mbox:$mbox_template" "$1"
	rm -f "$root$mbox.held"
	in_root setpriv --reuid "$owner" --regid "$owner" --clear-groups \
	    python3 /usr/local/lib/mta_lock.py "$mbox" &
	wait_until [ -f "$root$mbox.held" ]
}

# ---- The cases -----------------------------------------------------------

# idle_after_trying - called again and again.
idle_after_trying()
{
	is_idle && return 0
	come_again
	is_idle
}

# fifty_maildir, fifty_mbox - are stored, whole, each once.
fifty_maildir()
{
	submit fifty 50
	wait_until idle_after_trying
	expect_mail fifty "$maildir"
	add_row "$sender" '50 messages, Maildir' delivered
}

fifty_mbox()
{
	use_settings "mailbox = mbox:$mbox_template"
	submit fifty 50
	wait_until idle_after_trying
	expect_mail fifty "$mbox"
	add_row "$sender" '50 messages, mbox' delivered
}

# null_sender - as bounces have it: no address is made up for it.
null_sender()
{
	from=
	submit bounce 2
	wait_until idle_after_trying
	expect_mail bounce "$maildir"
	cat "$root$maildir"/new/* | sed -n 's/^Return-Path: *//p' >paths
	atf_check -o inline:"$null_path\n$null_path\n" cat paths
	use_settings "mailbox = mbox:$mbox_template"
	submit once_more 1
	wait_until idle_after_trying
	atf_check -o inline:'1\n' grep -c '^From MAILER-DAEMON ' "$root$mbox"
	add_row "$sender" 'null sender' delivered
}

# reason NAME - what mda writes to the log; empty where it cannot, or where
# the sender does not start it.
reason()
{
	case $1 in
	no_space)	echo errno=ENOSPC ;;
	no_quota)	echo errno=EDQUOT ;;
	no_permission)	echo errno=EACCES ;;
	read_only)	echo errno=EROFS ;;
	home_unmounted)	echo errno=E ;;
	io_error)	echo errno=EIO ;;
	file_too_large)	echo errno=EFBIG ;;
	link_refused)	echo errno=EPERM ;;
	not_a_maildir)	echo errno=ENOTDIR ;;
	mbox_is_fifo)	echo step=mbox-kind ;;
	dotlock_held)	echo step=lock-timeout ;;
	no_memory)	echo errno=ENOMEM ;;
	no_descriptors)	echo errno=ENFILE ;;
	stale_mount)	echo errno=ESTALE ;;
	bad_settings)	echo step=setting-unknown ;;
	settings_of_others) echo step=settings-mode ;;
	lock_timeout)	echo step=lock-timeout ;;
	deadline)	echo step=deadline ;;
	no_landlock)	echo step=sandbox ;;
	terminated)	echo step=signal ;;
	no_user_database) echo step=getpwnam ;;
	esac
}

# expect_outcome NAME - deferred, and for the reason meant.
expect_outcome()
{
	expected=deferred why=$(reason "$1")
	[ "$1 $asks_user_database" != 'no_user_database no' ] ||
	    expected=delivered why=
	case " $before_mda " in
	*" $1 "*) why= ;;
	esac
	[ "$outcome" = "$expected" ] || wrong "$1: $outcome"
	[ -z "$why" ] || is_logged "status=deferred .*$why" ||
	    wrong "$1: the log has no $why"
}

# is_logged PATTERN - or will be soon: another process writes it.
is_logged()
{
	turns=50
	until grep -q "$1" "$syslog"; do
		turns=$((turns - 1))
		[ "$turns" -gt 0 ] || return 1
		sleep 0.1
	done
}

# one_fault NAME - what becomes of a message that meets it?
one_fault()
{
	box=$maildir
	: >"$syslog"
	break_it "$1"
	submit "$1" 1
	outcome
	add_row "$sender" "$1" "$outcome"
	expect_outcome "$1"
	mend_it "$1"
	wait_until idle_after_trying
	copies=$(mail has "$box" "/mail/$1/01.eml")
	[ "$copies" = 1 ] || wrong "$1: $copies copies"
	use_settings
}

wrong()
{
	echo "$sender, $*"
	show_logs
	wrongs=$((wrongs + 1))
}

# each_fault - defers the message, which is delivered once when the fault is
# mended. Its author hears nothing of it.
each_fault()
{
	wrongs=0
	submit before 1
	wait_until idle_after_trying
	for fault in $faults; do
		one_fault "$fault"
	done
	returned=$(mail count /home/bob/Maildir)
	[ "$returned" = 0 ] || wrong "$returned messages returned"
	[ "$wrongs" -eq 0 ] || atf_fail "$wrongs times wrong, see above"
}

# unknown_user_refused - by the server, before it has taken the message.
unknown_user_refused()
{
	mail make /mail/unknown 1
	! mail send /mail/unknown bob@example.org "nobody.here@${rcpt#*@}" \
	    >said || atf_fail 'it took the message'
	atf_check -o ignore grep -F "(550, b'${1-5.1.1} " said
	add_row "$sender" 'unknown user' refused
}

# usual_cases PREFIX START - the cases that every sender has; START is the
# function that starts it, with its arguments.
usual_cases()
{
	usual_case "$1__fifty_messages__whole_in_maildir" "$2" fifty_maildir
	usual_case "$1__fifty_messages__whole_in_mbox" "$2" fifty_mbox
	usual_case "$1__null_sender__no_address" "$2" null_sender
	usual_case "$1__each_fault__deferred_then_one_copy" "$2" each_fault
}

usual_case()
{
	atf_test_case "$1"
	eval "$1_head() { needs_root; }; $1_body() { $2; $3; }"
	atf_add_test_case "$1"
}

# ---- LMTP ----------------------------------------------------------------

# listen [PORT] - mda-lmtp behind the socket of mda-setup(7), or a port, as a
# super-server has it.
listen()
{
	in_root python3 /usr/local/lib/mta_listen.py \
	    "${1+127.0.0.1:}${1-/run/mda/lmtp}" /usr/local/bin/mda-lmtp &
	wait_until is_listening "$@"
}

is_listening()
{
	if [ "$#" -eq 0 ]; then
		[ -S "$root/run/mda/lmtp" ]
	else
		in_root ss -Hltn "sport = :$1" | grep -q .
	fi
}

# speaks_lmtp - it hands the mail to mda-lmtp. What is killed behind the last
# answer has delivered, and the sender knows.
speaks_lmtp()
{
	program=mda-lmtp
	faults=$(printf '%s' "$faults" | sed 's/killed_when_visible//')
}

# expect_both HOME - the message "both" has come to al+x and to bo.
expect_both()
{
	for name in al bo; do
		[ "$(mail has "$1/$name" /mail/both/01.eml)" = 1 ] || {
			show_logs
			atf_fail "not there for $name"
		}
	done
	atf_check -o ignore grep -qx 'Delivered-To: al+x@example.net' \
	    "$root$1"/al/new/*
}

# ---- Virtual users -------------------------------------------------------

# virtual_user - the mail is for al@example.net, whose mailbox is vmail's.
virtual_user()
{
	rcpt=al@example.net owner=vmail home=/srv/mail
	mbox=/srv/mail/example.net/al.mbox
	mbox_template=/srv/mail/%d/%n.mbox
	maildir=/srv/mail/example.net/al
	mkdir "$root/srv/mail"
	mount_home "$home" "$owner"
	in_root install -d -o vmail -g vmail /srv/mail/example.net
	base_settings=$(from_manual virtual-settings)
	use_settings
}
