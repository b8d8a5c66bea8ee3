# mta.sh - real mail servers and fetchers, each in a Debian of its own.
#
# To be sourced at the top of a test program, which says which layer of
# tests/mta/layers it needs (layer=NAME). Run by root, the program begins anew
# in name spaces of its own: mounts, network, processes. What is mounted or
# started there is gone when it ends. A function that "gives" something sets
# the variable named.

# shellcheck disable=SC1091
. "$SRCDIR/tests/support/throwaway.sh"

if [ -z "${MDA_PRIVATE-}" ] && [ "$(id -u)" -eq 0 ] &&
    unshare -m true 2>/dev/null
then
	MDA_PRIVATE=yes
	export MDA_PRIVATE
	# The first process there is a shell that does nothing but wait: daemons
	# become its children, and bash in its place waits for them to end.
	# shellcheck disable=SC2016 # for that shell
	exec unshare -m -n -u -i -p -f --kill-child --mount-proc \
	    sh -c '"$0" "$@"; exit "$?"' "$0" "$@"
fi

# Which of our programs stands behind the sender; a test program may say
# "mda-lmtp" before it sources this.
program=${program-mda}

# ---- The system ----------------------------------------------------------

# mta_start - boot it, so to say. It has the users alice and bob, whose homes
# are file systems of their own, and vmail, and mda where it belongs. Gives
# root, syslog, settings_file, whose mail it will be and where it goes: from,
# rcpt, owner, home, maildir, mbox, mbox_template, and base_settings, those that
# always hold.
# Paths are as seen in there.
mta_start()
{
	[ -n "${MDA_PRIVATE-}" ] || atf_skip 'no name spaces here'
	roots=$BUILDDIR/mta
	[ -f "$roots/$layer.made" ] || atf_fail "not there: layer $layer"
	mount -t tmpfs -o mode=755 tmpfs /mnt || atf_fail 'no tmpfs'
	root=/mnt/root
	throwaway_mount "$roots/$layer:$roots/base" /mnt/upper /mnt/work \
	    "$root" || atf_fail 'no root'
	name_host
	cp "$SRCDIR"/tests/support/mta_*.py "$root/usr/local/lib/"
	mkdir -p "$root/mail"
	make_accounts
	from=bob@example.org
	rcpt=alice@example.org owner=alice home=/home/alice
	maildir=$home/Maildir mbox=$home/mbox mbox_template=%h/mbox
	base_settings=
	start_log
	install_mda
}

in_root()
{
	throwaway_run "$root" "$@"
}

name_host()
{
	hostname mail.example.org
	printf '127.0.0.1 %s\n' localhost 'mail.example.org mail' \
	    >"$root/etc/hosts"
	echo mail.example.org >"$root/etc/hostname"
	echo mail.example.org >"$root/etc/mailname"
	echo 'nameserver 127.0.0.1' >"$root/etc/resolv.conf"
	in_root ip link set lo up
}

make_accounts()
{
	for user in alice:4711 bob:4721 vmail:4741; do
		name=${user%:*} id=${user#*:}
		echo "$name:x:$id:$id:$name:/home/$name:/bin/sh" \
		    >>"$root/etc/passwd"
		echo "$name:x:$id:" >>"$root/etc/group"
		mkdir "$root/home/$name"
		mount_home "/home/$name" "$name"
	done
}

# mount_home PATH USER - a file system where syncing a folder is work, and
# that is full soon; where loop devices cannot be had, of memory.
mount_home()
{
	image=/mnt/${1##*/}.img
	if [ ! -f "$image" ]; then
		truncate -s 16M "$image"
		mkfs.ext4 -q -m 0 "$image" || atf_fail 'no mkfs.ext4'
	fi
	mount -o loop "$image" "$root$1" 2>/dev/null ||
	    mount -t tmpfs -o size=16M tmpfs "$root$1" ||
	    atf_fail "cannot mount $1"
	in_root chown "$2:$2" "$1"
	chmod 700 "$root$1"
}

# What goes to the system log is found in /var/log/syslog.
start_log()
{
	syslog=$root/var/log/syslog
	in_root python3 /usr/local/lib/mta_syslog.py &
	wait_until [ -S "$root/dev/log" ]
}

install_mda()
{
	settings_file=$root$("$MDA" --json |
	    sed -n 's/^  "settings_file": "\(.*\)",*$/\1/p')
	mkdir -p "${settings_file%/*}"
	cp "$BUILDDIR/mda/$program" "$root/usr/local/bin/mda.real"
	cp "$BUILDDIR/tests/fault/$program-fault" \
	    "$root/usr/local/bin/mda-fault"
	use_mda
	use_settings
}

# use_mda [LINE ...] - what stands where the manual has mda: itself, or a
# script that ends with these lines. It is put in place at once.
use_mda()
{
	new=$root/usr/local/bin/mda.new
	if [ "$#" -eq 0 ]; then
		cp "$root/usr/local/bin/mda.real" "$new"
	else
		{ echo '#! /bin/sh'; printf '%s\n' "$@"; } >"$new"
	fi
	chmod 755 "$new"
	mv "$new" "$root/usr/local/bin/$program"
}

# use_settings [LINE ...] - after base_settings.
use_settings()
{
	rm -f "$settings_file"
	printf '%s\n' "$base_settings" "$@" >"$settings_file"
}

# from_manual KEY - an example of mda-setup(7), to the letter: the one behind
# the comment "test: KEY".
from_manual()
{
	awk -v key="$1" '
	function text(line) {
		gsub(/\\\(dq/, "\"", line)
		gsub(/\\\(ga/, "`", line)
		gsub(/\\\(aq/, "\047", line)
		gsub(/\\&/, "", line)
		gsub(/\\e/, "\\", line)
		return line
	}
	/^\.Ed/ { inside = 0 }
	inside { print text($0); count++ }
	$1 == ".\\\"" && $2 == "test:" { wanted = $3 == key }
	/^\.Bd -literal/ { inside = wanted; wanted = 0 }
	END { exit count == 0 }
	' "$SRCDIR/man/mda-setup.7" ||
	    atf_fail "mda-setup(7) has no example \"$1\""
}

# ---- Mail ----------------------------------------------------------------

mail()
{
	in_root python3 /usr/local/lib/mta_mail.py "$@"
}

# send_mail NAME COUNT - so many new messages.
send_mail()
{
	mail make "/mail/$1" "$2" || atf_fail 'cannot make messages'
	mail send "/mail/$1" "$from" "$rcpt" ||
	    atf_fail 'the server took no mail'
}

# wait_until COMMAND ... - until it succeeds; a fault of the test when it
# does not within a minute and a half.
wait_until()
{
	turns=900
	until "$@" >/dev/null 2>&1; do
		turns=$((turns - 1))
		[ "$turns" -gt 0 ] || {
			show_logs
			atf_fail "waited too long for: $*"
		}
		sleep 0.1
	done
}

# When something went wrong, what was going on?
show_logs()
{
	for log in "$server_log" "$syslog"; do
		[ ! -f "$log" ] || {
			echo "$log:"
			tail -n 12 "$log"
		}
	done
}

# expect_mail NAME BOX - the box holds these messages, and nothing else; at
# the end of each what the sender is known to add, sender_adds.
expect_mail()
{
	mail check "$2" "/mail/$1" "${sender_adds-}" >faults || {
		cat faults
		show_logs
		atf_fail "not what was sent: $2"
	}
}

# add_row SENDER CONDITION OUTCOME - of the table that check.sh prints.
add_row()
{
	printf '%s\t%s\t%s\n' "$@" >>"$BUILDDIR/tests/mta/rows"
}

# needs_root - for the head of a case.
needs_root()
{
	atf_set require.user root
	atf_set timeout 600
}
