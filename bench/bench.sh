#! /bin/sh
#
# bench.sh - mda, a floor, and the peers that are installed, side by side.
#
# usage: bench/bench.sh BUILD_FOLDER [SECTION ...]
#
# Sections: 2k 50k 10m 100m eight mbox static static-mbox calls large; without
# any, all but large, which needs 1.1 GB of disk. A section writes BUILD_FOLDER/bench/SECTION.tsv
# and SECTION.svg, if there is gnuplot, and shows a table in Markdown.
#
# Environment: ROUNDS (of each section; a round is COUNT deliveries of each),
# COUNT; SCRATCH, a folder on the disk to be measured; STATIC, an mda built
# with --enable-static; and where peers lie that are not in the PATH:
# DOVECOT_LDA, MAIL_MAILDIR, MAIL_MBOXFILE.
#
# Best run by an ordinary user: mda takes root's mail only when told so, and
# some peers do not.
#
# A delivery into a young Maildir, or below a young folder, costs more syncs:
# boxes are made once, kept in SCRATCH/home, where nobody makes anything else,
# and measured when they are older than ten minutes.

set -eu

build=$(cd "$1" && pwd)
shift
here=$(cd "$(dirname "$0")" && pwd)
out=$build/bench
scratch=${SCRATCH:-$out/scratch}
rounds=${ROUNDS:-25}
HOME=$scratch/home
mkdir -p "$out" "$HOME" "$scratch/mbox"
LC_ALL=C
export HOME LC_ALL
tab=$(printf '\t')

# ---- Programs ------------------------------------------------------------

[ -x "$build/mda/mda" ] || { echo "no $build/mda/mda: run make" >&2; exit 1; }
${CC:-cc} -O2 -o "$out/race" "$here/race.c"
${CC:-cc} -O2 -o "$out/floor" "$here/floor.c"
static_floor=
if command -v musl-gcc >/dev/null; then
	musl-gcc -O2 -static -o "$out/floor-static" "$here/floor.c"
	static_floor=$out/floor-static
fi

message()
{
	[ -f "$scratch/$1" ] || awk -v lines="$2" 'BEGIN {
		print "Message-ID: <bench@localhost>\nSubject: benchmark\n"
		for (i = 0; i < lines; i++)
			print "A line of seventy bytes, as mail has many of them, and no more text."
	}' >"$scratch/$1"
}

message 2k 28
message 50k 730
message 10m 150000
message 100m 1500000

# ---- Contestants ---------------------------------------------------------

found()
{
	command -v "$1" >/dev/null 2>&1
}

# enter NAME COMMAND [WRITERS] - one line of the list; each has its own box.
enter()
{
	printf '%s%s%s%s%s\n' "$1" "$tab" "${3:-1}" "$tab" "$2"
}

box()
{
	mkdir -p "$HOME/$1/tmp" "$HOME/$1/new" "$HOME/$1/cur"
	echo "$HOME/$1"
}

dovecot_lda=${DOVECOT_LDA:-/usr/lib/dovecot/dovecot-lda}

# Its strictest: mail_fsync is "optimized" by default, which syncs less.
dovecot_conf()
{
	printf '%s\n' "mail_location = maildir:$1" 'mail_fsync = always' \
	    'first_valid_uid = 0' 'log_path = /dev/null' 'protocols =' \
	    "postmaster_address = postmaster@localhost" "base_dir = $scratch/dovecot-run"
}

notmuch_box()
{
	printf '[database]\npath=%s\n[new]\ntags=\n' "$1" >"$scratch/notmuch.conf"
	[ -d "$1/.notmuch" ] || notmuch --config="$scratch/notmuch.conf" new >/dev/null 2>&1
}

# Who does the same work comes first. "no dir sync": loses mail in a power
# cut after exit 0; "no sync" need not be told.
maildir_list()
{
	enter floor "$out/floor maildir $(box floor)"
	enter mda "$build/mda/mda -o root_mail=yes -m maildir:$(box mda)"
	enter 'mda, sandbox off' "$build/mda/mda -o root_mail=yes -o sandbox=off -m maildir:$(box mda-off)"
	static_list
	peers
}

static_list()
{
	[ -z "$static_floor" ] ||
	    enter 'static floor' "$static_floor maildir $(box floor-static)"
	[ ! -x "${STATIC-}" ] ||
	    enter 'static mda' "$STATIC -o root_mail=yes -m maildir:$(box mda-static)"
}

peers()
{
	if found mdeliver; then
		enter 'mdeliver (no dir sync)' "mdeliver $(box mdeliver)"
	fi
	if found safecat; then
		dir=$(box safecat)
		enter 'safecat (no dir sync)' "safecat $dir/tmp $dir/new"
	fi
	if [ -x "${MAIL_MAILDIR-}" ]; then
		enter 'mail.maildir (no dir sync)' "$MAIL_MAILDIR $(box smtpd)"
	fi
	if found procmail; then
		printf 'DEFAULT=%s/\n' "$(box procmail)" >"$scratch/procmailrc"
		enter 'procmail (no dir sync)' "procmail -m $scratch/procmailrc"
	fi
	if found maildrop; then
		printf 'to "%s"\n' "$(box maildrop)" >"$scratch/mailfilter"
		chmod 600 "$scratch/mailfilter"
		enter 'maildrop (no dir sync)' "maildrop $scratch/mailfilter"
	fi
	if [ -x "$dovecot_lda" ] && [ "$(id -u)" -ne 0 ]; then
		dovecot_conf "$(box dovecot)" >"$scratch/dovecot.conf"
		enter 'dovecot-lda' "$dovecot_lda -c $scratch/dovecot.conf"
	fi
	if found notmuch; then
		notmuch_box "$(box notmuch)"
		enter 'notmuch insert' "notmuch --config=$scratch/notmuch.conf insert"
	fi
	if found fdm; then
		printf '%s\n' "set lock-file \"$scratch/fdm.lock\"" \
		    'account "in" stdin' "action \"box\" maildir \"$(box fdm)\"" \
		    'match all action "box"' >"$scratch/fdm.conf"
		enter 'fdm (no dir sync)' "fdm -l -f $scratch/fdm.conf -a in fetch"
	fi
}

mbox_list()
{
	enter floor "$out/floor mbox-dotlock $scratch/mbox/floor"
	enter 'floor, no dotlock' "$out/floor mbox $scratch/mbox/bare"
	enter mda "$build/mda/mda -o root_mail=yes -m mbox:$scratch/mbox/mda"
	static_mbox_list
	if found procmail; then
		printf 'DEFAULT=%s\n' "$scratch/mbox/procmail" >"$scratch/procmailrc-mbox"
		enter 'procmail (fsync, no repair)' "procmail -m $scratch/procmailrc-mbox"
	fi
	if found maildrop; then
		printf 'to "%s"\n' "$scratch/mbox/maildrop" >"$scratch/mailfilter-mbox"
		chmod 600 "$scratch/mailfilter-mbox"
		enter 'maildrop (fsync, no repair)' "maildrop $scratch/mailfilter-mbox"
	fi
	if [ -x "${MAIL_MBOXFILE-}" ]; then
		enter 'mail.mboxfile (fsync, no lock)' "$MAIL_MBOXFILE $scratch/mbox/smtpd"
	fi
}

static_mbox_list()
{
	[ -z "$static_floor" ] || enter 'static floor' \
	    "$static_floor mbox-dotlock $scratch/mbox/floor-static"
	[ ! -x "${STATIC-}" ] || enter 'static mda' \
	    "$STATIC -o root_mail=yes -m mbox:$scratch/mbox/mda-static"
}

# ---- Sections ------------------------------------------------------------

# race SECTION COUNT MESSAGE ROUNDS [AFTER] - the list comes on stdin; AFTER is
# done after each turn.
race()
{
	section=$1
	count=$2
	message=$3
	rounds_here=$4
	shift 4
	cat >"$out/$section.list"
	# Whoever fails here is no contestant, and is named.
	: >"$out/$section.good"
	while IFS= read -r line; do
		printf '%s\n' "$line" |
		    "$out/race" 1 1 "$scratch/$message" "$@" \
		    >/dev/null 2>"$out/said" &&
		    printf '%s\n' "$line" >>"$out/$section.good" ||
		    echo "left out: $(cat "$out/said")"
	done <"$out/$section.list"
	"$out/race" "$rounds_here" "$count" "$scratch/$message" "$@" \
	    <"$out/$section.good" >"$out/$section.raw"
	awk -f "$here/summary.awk" "$out/$section.raw" >"$out/$section.tsv"
	show "$section"
}

show()
{
	echo
	echo "### $1"
	echo
	echo '| | µs, median | quarters | x first | quarters | CPU µs | x first | peak kB |'
	echo '|---|---|---|---|---|---|---|---|'
	awk -F "$tab" '{ printf "| %s | %s | %s to %s | %s | %s to %s | %s | %s | %s |\n",
	    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10 }' "$out/$1.tsv"
}

# Calls behind the loader, which ends where mda sets its deadline.
count_calls()
{
	strace -o "$out/calls" "$@" <"$scratch/2k"
	sed -n '/^\(alarm\|setitimer\)(/,$p' "$out/calls" | grep -c '('
}

calls()
{
	echo
	echo '### System calls behind the loader'
	echo
	echo "Maildir: $(count_calls "$build/mda/mda" -o root_mail=yes -f a@b -a c@d -m "maildir:$(box mda)")"
	echo "mbox: $(count_calls "$build/mda/mda" -o root_mail=yes -f a@b -a c@d -m "mbox:$scratch/mbox/mda")"
}

# The rate of one writer, and of eight at once into the same box.
eight()
{
	enter 'mda, one' "$build/mda/mda -o root_mail=yes -m mbox:$scratch/mbox/one"
	enter 'mda, eight at once' "$build/mda/mda -o root_mail=yes -m mbox:$scratch/mbox/eight" 8
	if found procmail; then
		printf 'DEFAULT=%s\n' "$scratch/mbox/procmail-8" >"$scratch/procmailrc-8"
		enter 'procmail, eight at once' "procmail -m $scratch/procmailrc-8" 8
	fi
}

# One box of a gigabyte, one Maildir of many; the small ones beside them.
large()
{
	if [ ! -f "$scratch/mbox/large" ]; then
		awk 'BEGIN { for (n = 0; n < 500000; n++) {
			print "From a@b Thu Jan  1 00:00:00 1970\nSubject: x\n"
			for (i = 0; i < 28; i++)
				print "A line of seventy bytes, as mail has many of them, and no more text."
			print "" } }' >"$scratch/mbox/large"
		dir=$(box large)
		(cd "$dir/cur" && awk 'BEGIN { for (n = 0; n < 200000; n++)
			print n ".M1P1Q1R00000000.host,S=5:2,S" }' | xargs touch)
		sync
	fi
	{
		enter 'mbox, small' "$build/mda/mda -o root_mail=yes -m mbox:$scratch/mbox/mda"
		enter 'mbox, 1 GB' "$build/mda/mda -o root_mail=yes -m mbox:$scratch/mbox/large"
	} | race large-mbox 10 2k "$rounds"
	{
		enter 'Maildir, small' "$build/mda/mda -o root_mail=yes -m maildir:$(box mda)"
		enter 'Maildir, 200,000' "$build/mda/mda -o root_mail=yes -m maildir:$(box large)"
	} | race large-maildir 10 2k "$rounds"
}

# large_messages MESSAGE ROUNDS - beside a mere copy of it. What was stored goes
# at once: memory that a virtual machine had not touched before costs it four
# times as long as the rest, so nobody may have to take new memory.
large_messages()
{
	{
		enter 'cat and fsync' "$out/floor copy $scratch/copy"
		maildir_list
	} | race "$1" 1 "$1" "$2" \
	    "find '$HOME' -path '$HOME/large' -prune -o -size +5M -path '*/new/*' -exec rm -f {} +"
}

section()
{
	case $1 in
	2k)	maildir_list | race 2k "${COUNT:-10}" 2k "$rounds" ;;
	50k)	maildir_list | race 50k 5 50k "$rounds" ;;
	10m)	large_messages 10m "$rounds" ;;
	100m)	large_messages 100m "${ROUNDS:-9}" ;;
	eight)	eight | race eight 64 2k "$rounds" ;;
	mbox)	mbox_list | race mbox "${COUNT:-10}" 2k "$rounds" ;;
	static)
		[ -z "$static_floor" ] ||
		    static_list | race static "${COUNT:-10}" 2k "$rounds" ;;
	static-mbox)
		[ -z "$static_floor" ] ||
		    static_mbox_list | race static-mbox "${COUNT:-10}" 2k "$rounds" ;;
	large)	large ;;
	calls)	calls ;;
	*)	echo "no such section: $1" >&2; exit 64 ;;
	esac
}

# plot SECTION TITLE - a bar for each, and the spread between its quarters.
plot()
{
	[ -s "$out/$1.tsv" ] || return 0
	gnuplot <<-END
		set terminal svg size 800,420 font "sans,12"
		set output "$out/$1.svg"
		set datafile separator "\t"
		set title "$2: median, and the quarters"
		set ylabel "microseconds"
		stats "$out/$1.tsv" using 4 nooutput
		set yrange [0:1.15 * STATS_max]
		set rmargin 14
		set style fill solid 0.4
		set boxwidth 0.6
		set xtics rotate by -35 noenhanced
		unset key
		plot "$out/$1.tsv" using 0:2:xtic(1) with boxes, \
		    "" using 0:3:(0):(\$4 - \$3) with vectors nohead lc "black", \
		    "" using 0:4:2 with labels offset 0,0.8
	END
}

echo "Measured $(date -u '+%Y-%m-%d %H:%M') UTC, $(uname -srm), $(nproc) x$(sed -n 's/^model name[^:]*://p' /proc/cpuinfo | head -n 1), $(df -PT "$scratch" | awk 'END { print $2 " on " $1 }'), load$(cut -d ' ' -f 1-3 /proc/loadavg | sed 's/^/ /')."
[ $# -gt 0 ] || set -- 2k 50k 10m 100m eight mbox static static-mbox calls
for name do
	section "$name"
done
if found gnuplot; then
	plot 2k 'durable Maildir delivery, 2 KB'
	plot mbox 'durable mbox delivery, 2 KB'
else
	echo "no gnuplot: no plots"
fi
