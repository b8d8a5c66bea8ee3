# What mda -n says of the way to a mailbox: each thing that can be wrong there
# is provoked, and named.

# What is sourced sets variables.
# shellcheck disable=SC1091,SC2154
. "$SRCDIR/tests/support/box.sh"

# plan STATUS OPTION ... - leaves what -n prints in "plan".
plan()
{
	wanted=$1
	shift
	atf_check -s "exit:$wanted" -o save:plan "$MDA" -n -o log=none "$@"
	atf_check -o match:"^exit  *$wanted\$" tail -n 1 plan
}

# tells TEXT ... - each of them stands in a line of the plan.
tells()
{
	for text do
		grep -q -F -e "$text" plan || {
			cat plan
			atf_fail "not told: $text"
		}
	done
}

unprivileged()
{
	atf_set require.user unprivileged
}

atf_test_case folder__not_searchable_by_its_owner__named
folder__not_searchable_by_its_owner__named_head() { unprivileged; }
folder__not_searchable_by_its_owner__named_body()
{
	mkdir above
	make_box above/box
	chmod 600 above
	plan 75 -m above/box/
	tells "! above is not searchable by uid $(id -u)" \
	    "uid $(id -u) is its owner, who has no such right" \
	    'problem     4.3.0 no permission to open the folder'
	chmod 700 above
}

# Root owns it, and closes it to us.
atf_test_case folder__not_searchable_by_others__named
folder__not_searchable_by_others__named_head()
{
	atf_set require.user root
	atf_set require.progs setpriv
}
folder__not_searchable_by_others__named_body()
{
	mkdir above
	make_box above/box
	chmod 755 .
	chmod 750 above
	status=0
	setpriv --reuid 65534 --regid 65534 --clear-groups \
	    "$MDA" -n -o log=none -m above/box/ >plan || status=$?
	atf_check_equal 75 "$status"
	tells '! above is not searchable by uid 65534' \
	    'uid 65534 is neither its owner nor in its group'
	chgrp 65534 above
	chmod 705 above
	setpriv --reuid 65534 --regid 65534 --clear-groups \
	    "$MDA" -n -o log=none -m above/box/ >plan || status=$?
	tells 'uid 65534 is in its group, which has no such right'
}

atf_test_case maildir__not_readable__named
maildir__not_readable__named_head() { unprivileged; }
maildir__not_readable__named_body()
{
	make_box box
	chmod 300 box
	plan 75 -m box/
	tells "! box is not readable and searchable by uid $(id -u)"
	chmod 700 box
}

atf_test_case inner__not_writable__named
inner__not_writable__named_head() { unprivileged; }
inner__not_writable__named_body()
{
	make_box box
	chmod 500 box/new
	plan 75 -m box/
	tells "! box/new is not readable and writable by uid $(id -u)"
}

atf_test_case folder_above__not_writable__nothing_created
folder_above__not_writable__nothing_created_head() { unprivileged; }
folder_above__not_writable__nothing_created_body()
{
	mkdir above
	chmod 500 above
	plan 75 -m above/box/
	tells 'missing  above/box' \
	    "! nothing can be created in above by uid $(id -u)" \
	    'problem     4.3.0 no permission to create'
	plan 75 -m above/box
	tells '! no permission to write the mbox above/box'
}

atf_test_case mbox__folder_not_writable__no_dotlock
mbox__folder_not_writable__no_dotlock_head() { unprivileged; }
mbox__folder_not_writable__no_dotlock_body()
{
	mkdir above
	: >above/box
	chmod 500 above
	plan 75 -m above/box
	tells '! cannot make the lock file above/box'
	plan 0 -m above/box -o locks=fcntl
}

atf_test_case mbox__not_writable__named
mbox__not_writable__named_head() { unprivileged; }
mbox__not_writable__named_body()
{
	: >box
	chmod 400 box
	plan 75 -m box
	tells '! no permission to write the mbox box'
}

atf_test_case parent__missing__never_created
parent__missing__never_created_body()
{
	plan 75 -m none/box/
	tells '  missing  none' '! none must exist: it is never created' \
	    'problem     4.3.0 the folder that holds the Maildir none/box'
	plan 75 -m none/box
	tells '! none must exist: it is never created'
}

atf_test_case file__in_place_of_a_folder__named
file__in_place_of_a_folder__named_body()
{
	echo file >thing
	for mailbox in thing/box/ thing/box maildir:thing; do
		plan 75 -m "$mailbox"
		tells '! thing is not a folder' \
		    'problem     4.3.0 thing is not a folder'
	done
	make_box box
	rmdir box/tmp
	echo file >box/tmp
	plan 75 -m box/
	tells '! box/tmp is not a folder'
}

atf_test_case link__on_the_way__target_and_what_follows
link__on_the_way__target_and_what_follows_body()
{
	mkdir -p far/away
	ln -s far/away near
	ln -s "$PWD/near" absolute
	plan 0 -m absolute/box/
	tells "  absolute -> $PWD/near" "  $PWD/near -> far/away" \
	    "  $PWD/far/away" "missing  $PWD/far/away/box"
}

atf_test_case link__the_maildir_itself__followed
link__the_maildir_itself__followed_body()
{
	make_box real
	ln -s real box
	plan 0 -m box/
	tells '  box -> real' '  real/tmp'
	make_message message
	atf_check "$MDA" -o log=none -m box/ <message
}

atf_test_case link__inside_the_maildir__refused
link__inside_the_maildir__refused_body()
{
	make_box box
	rmdir box/new
	ln -s cur box/new
	plan 75 -m box/
	tells '! box/new is a symbolic link'
	make_message message
	deferred 4.3.0 "$MDA" -o log=none -m box/ <message
}

atf_test_case link__to_nowhere__75
link__to_nowhere__75_body()
{
	ln -s nowhere box
	plan 75 -m maildir:box
	tells '  box -> nowhere' '! nowhere must exist'
	make_message message
	deferred 4.3.0 "$MDA" -o log=none -m maildir:box <message
	[ ! -e nowhere ] || atf_fail 'it was created'
}

atf_test_case link__circle__ends
link__circle__ends_body()
{
	ln -s two one
	ln -s one two
	plan 75 -m one/box/
	tells '  one -> two' '  two -> one' 'cannot be examined'
}

# Each turn makes the rest of the path longer.
atf_test_case link__path_grows__ends
link__path_grows__ends_body()
{
	long=$(printf '%0200d' 0 | sed 's/0/.\//g')
	ln -s "$long${long}link/$long" link
	plan 75 -m link/box/
	tells 'cannot be examined'
}

atf_test_case mode__special_bits__as_ls_has_them
mode__special_bits__as_ls_has_them_body()
{
	mkdir a
	make_box a/box
	for bits in 7711 7700 1777 3770 2750; do
		chmod "$bits" a || atf_skip "no mode $bits here"
		plan 0 -m a/box/
		# shellcheck disable=SC2012 # the mode is what we want
		tells "  $(ls -ld a | cut -c 1-10) uid $(id -u) gid "
	done
}

atf_test_case owner__known__by_name
owner__known__by_name_body()
{
	make_box box
	plan 0 -m box/
	tells "($(id -un):$(id -gn))  box/tmp" "user        $(id -un)"
}

atf_test_case owner__unknown__question_mark
owner__unknown__question_mark_head()
{
	atf_set require.user root
}
owner__unknown__question_mark_body()
{
	make_box box
	chown 12345678:12345679 box/cur
	plan 0 -o root_mail=yes -m box/
	tells 'uid 12345678 gid 12345679 (?:?)  box/cur'
}

atf_test_case acl__set__plus_sign
acl__set__plus_sign_head()
{
	atf_set require.progs python3
}
acl__set__plus_sign_body()
{
	grep -q 'HAVE_GETXATTR 1' "$BUILDDIR/config.h" || atf_skip 'not built in'
	mkdir above
	make_box above/box
	# user::rwx, user:65534:r-x, group::---, mask::r-x, other::---
	python3 -c '
import os, struct
rows = [(1, 7, -1), (2, 5, 65534), (4, 0, -1), (16, 5, -1), (32, 0, -1)]
acl = struct.pack("<I", 2) + b"".join(
    struct.pack("<HHi", *row) for row in rows)
os.setxattr("above", "system.posix_acl_access", acl)' 2>why ||
	    atf_skip "no ACL can be set: $(tail -n 1 why)"
	plan 0 -m above/box/
	tells "drwxr-x---+ uid $(id -u)"
}

# Paths come from templates and hands; none may forge a line.
atf_test_case name__control_bytes__no_other_line
name__control_bytes__no_other_line_body()
{
	plan 75 -m "$(printf 'a\nexit        0\033[2J')/box/"
	atf_check -o inline:'1\n' grep -c '^exit' plan
	tells '  missing  a?exit        0?[2J'
}

# ---- File systems, in a mount namespace of our own --------------------------

# on_mount TYPE OPTIONS COMMAND - make a file system on "here" and run that, as
# root.
on_mount()
{
	private='unshare -m'
	[ "$(id -u)" -eq 0 ] || private='unshare -rm'
	mkdir -p here
	$private mount -t "$1" -o "$2" none here 2>why ||
	    atf_skip "no file system of our own: $(cat why)"
	# shellcheck disable=SC2016 # for the shell inside
	$private sh -c 'mount -t "$1" -o "$2" none here && eval "$3"' \
	    sh "$@" >plan || atf_fail "$(cat plan)"
}

needs_mount()
{
	atf_set require.progs 'unshare mount'
}

atf_test_case storage__tmpfs__warned_of
storage__tmpfs__warned_of_head() { needs_mount; }
storage__tmpfs__warned_of_body()
{
	# shellcheck disable=SC2016 # for the shell inside
	on_mount tmpfs mode=700 '"$MDA" -n -o log=none -o root_mail=yes -m here/box/'
	tells 'storage     tmpfs' '! it lives in memory' 'exit        0' \
	    "mount       none on $PWD/here (rw,"
}

atf_test_case storage__read_only__75
storage__read_only__75_head() { needs_mount; }
storage__read_only__75_body()
{
	# shellcheck disable=SC2016 # for the shell inside
	on_mount tmpfs mode=700 '
		mkdir here/box here/box/tmp here/box/new here/box/cur
		: >here/mbox
		mount -o remount,bind,ro here || exit 9
		"$MDA" -n -o log=none -o root_mail=yes -m here/box/; echo "status $?"
		"$MDA" -n -o log=none -o root_mail=yes -m here/none/; echo "status $?"
		"$MDA" -n -o log=none -o root_mail=yes -m here/mbox; echo "status $?"'
	tells '! here/box/tmp lies on a file system that is mounted read-only' \
	    '! here lies on a file system that is mounted read-only' \
	    '! cannot open the mbox here/mbox: Read-only file system'
	atf_check -o inline:'3\n' grep -c '^status 75' plan
}

atf_test_case storage__no_files_left__warned_of
storage__no_files_left__warned_of_head() { needs_mount; }
storage__no_files_left__warned_of_body()
{
	# shellcheck disable=SC2016 # for the shell inside
	on_mount tmpfs mode=700,nr_inodes=4 '
		touch here/1 here/2 here/3
		"$MDA" -n -o log=none -o root_mail=yes -m here/box/'
	tells '! no more files can be created there'
}

atf_test_case storage__no_room_left__warned_of
storage__no_room_left__warned_of_head() { needs_mount; }
storage__no_room_left__warned_of_body()
{
	# shellcheck disable=SC2016 # for the shell inside
	on_mount tmpfs mode=700,size=64k '
		dd if=/dev/zero of=here/filler bs=1024 2>/dev/null
		"$MDA" -n -o log=none -o root_mail=yes -m here/box/'
	tells 'free        0 MiB' '! the disk is full'
}

atf_test_case storage__overlay__warned_of
storage__overlay__warned_of_head() { needs_mount; }
storage__overlay__warned_of_body()
{
	mkdir base
	# shellcheck disable=SC2016 # for the shell inside
	on_mount tmpfs mode=700 '
		mkdir here/upper here/work here/top
		mount -t overlay -o lowerdir=base,upperdir=here/upper,workdir=here/work,volatile \
		    none here/top 2>/dev/null || { echo none; exit 0; }
		"$MDA" -n -o log=none -o root_mail=yes -m here/top/box/'
	! grep -qx none plan || atf_skip 'no overlay can be mounted'
	tells 'storage     overlay' '! it is an overlay' \
	    'volatile: an fsync does nothing there, and no mail survives'
}

atf_test_case folder_sync__works__is_told
folder_sync__works__is_told_body()
{
	make_box box
	plan 0 -m box/
	tells '            a folder can be synced' 'free        '
}

atf_init_test_cases()
{
	atf_add_test_case folder__not_searchable_by_its_owner__named
	atf_add_test_case folder__not_searchable_by_others__named
	atf_add_test_case maildir__not_readable__named
	atf_add_test_case inner__not_writable__named
	atf_add_test_case folder_above__not_writable__nothing_created
	atf_add_test_case mbox__folder_not_writable__no_dotlock
	atf_add_test_case mbox__not_writable__named
	atf_add_test_case parent__missing__never_created
	atf_add_test_case file__in_place_of_a_folder__named
	atf_add_test_case link__on_the_way__target_and_what_follows
	atf_add_test_case link__the_maildir_itself__followed
	atf_add_test_case link__inside_the_maildir__refused
	atf_add_test_case link__to_nowhere__75
	atf_add_test_case link__circle__ends
	atf_add_test_case link__path_grows__ends
	atf_add_test_case mode__special_bits__as_ls_has_them
	atf_add_test_case owner__known__by_name
	atf_add_test_case owner__unknown__question_mark
	atf_add_test_case acl__set__plus_sign
	atf_add_test_case name__control_bytes__no_other_line
	atf_add_test_case storage__tmpfs__warned_of
	atf_add_test_case storage__read_only__75
	atf_add_test_case storage__no_files_left__warned_of
	atf_add_test_case storage__no_room_left__warned_of
	atf_add_test_case storage__overlay__warned_of
	atf_add_test_case folder_sync__works__is_told
}
