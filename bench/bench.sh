#! /bin/sh
#
# bench.sh - mda, a floor, and the peers that are installed, side by side.
#
# usage: bench/bench.sh BUILD_FOLDER [SECTION ...]
#
# Sections: 2k 50k 10m 100m eight mbox old calls; without any, all but old,
# which needs a box of 1 GB and a Maildir of 200,000 messages. A section
# writes BUILD_FOLDER/bench/SECTION.tsv and a table in Markdown.
#
# Environment: ROUNDS (of each section; a round is COUNT deliveries of each),
# COUNT; SCRATCH, a folder on the disk to be measured; STATIC, an mda built
# with --enable-static; and where peers lie that are not in the PATH:
# DOVECOT_LDA, MAIL_MAILDIR, MAIL_MBOXFILE.
#
# The first delivery into a young Maildir costs two syncs more: boxes are made
# once, kept in SCRATCH, and measured when they are older than ten minutes.

set -eu

build=$(cd "$1" && pwd)
shift
here=$(cd "$(dirname "$0")" && pwd)
out=$build/bench
scratch=${SCRATCH:-$out/scratch}
rounds=${ROUNDS:-25}
mkdir -p "$out" "$scratch"
HOME=$scratch
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

# enter NAME COMMAND - one line of the list; each has a box of its own.
enter()
{
	printf '%s%s%s\n' "$1" "$tab" "$2"
}

box()
{
	mkdir -p "$scratch/$1/tmp" "$scratch/$1/new" "$scratch/$1/cur"
	echo "$scratch/$1"
}

# Who does the same work comes first. "no dir sync": loses mail in a power
# cut after exit 0; "no sync" need not be told.
maildir_list()
{
	enter floor "$out/floor maildir $(box floor)"
	enter mda "$build/mda/mda -o root_mail=yes -m maildir:$(box mda)"
	enter 'mda, sandbox off' "$build/mda/mda -o root_mail=yes -o sandbox=off -m maildir:$(box mda-off)"
	[ -z "$static_floor" ] ||
	    enter 'static floor' "$static_floor maildir $(box floor-static)"
	[ ! -x "${STATIC-}" ] ||
	    enter 'static mda' "$STATIC -o root_mail=yes -m maildir:$(box mda-static)"
	[ "${1-}" != all ] || peers
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
	if found fdm; then
		printf 'account "in" stdin\naction "box" maildir "%s"\nmatch all action "box"\n' \
		    "$(box fdm)" >"$scratch/fdm.conf"
		enter 'fdm (no dir sync)' "fdm -l -f $scratch/fdm.conf -a in fetch"
	fi
}

mbox_list()
{
	enter floor "$out/floor mbox-dotlock $scratch/floor.mbox"
	enter 'floor, no dotlock' "$out/floor mbox $scratch/bare.mbox"
	enter mda "$build/mda/mda -o root_mail=yes -m mbox:$scratch/mda.mbox"
	[ -z "$static_floor" ] || enter 'static floor' \
	    "$static_floor mbox-dotlock $scratch/floor-static.mbox"
	[ ! -x "${STATIC-}" ] || enter 'static mda' \
	    "$STATIC -o root_mail=yes -m mbox:$scratch/mda-static.mbox"
	if found procmail; then
		printf 'DEFAULT=%s\n' "$scratch/procmail.mbox" >"$scratch/procmailrc-mbox"
		enter 'procmail (fsync, no repair)' "procmail -m $scratch/procmailrc-mbox"
	fi
	if found maildrop; then
		printf 'to "%s"\n' "$scratch/maildrop.mbox" >"$scratch/mailfilter-mbox"
		chmod 600 "$scratch/mailfilter-mbox"
		enter 'maildrop (fsync, no repair)' "maildrop $scratch/mailfilter-mbox"
	fi
	if [ -x "${MAIL_MBOXFILE-}" ]; then
		enter 'mail.mboxfile (fsync, no lock)' "$MAIL_MBOXFILE $scratch/smtpd.mbox"
	fi
}

# ---- Sections ------------------------------------------------------------

# race SECTION COUNT WRITERS MESSAGE ROUNDS - the list comes on stdin.
race()
{
	cat >"$out/$1.list"
	# Whoever fails here is no contestant, and is named.
	: >"$out/$1.good"
	while IFS= read -r line; do
		printf '%s\n' "$line" | "$out/race" 1 1 1 "$scratch/$4" \
		    >/dev/null 2>"$out/said" &&
		    printf '%s\n' "$line" >>"$out/$1.good" ||
		    echo "left out: $(cat "$out/said")"
	done <"$out/$1.list"
	"$out/race" "$5" "$2" "$3" "$scratch/$4" <"$out/$1.good" >"$out/$1.raw"
	awk -f "$here/summary.awk" "$out/$1.raw" >"$out/$1.tsv"
	show "$1"
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
	echo "mbox: $(count_calls "$build/mda/mda" -o root_mail=yes -f a@b -a c@d -m "mbox:$scratch/mda.mbox")"
}

# One box of a gigabyte, one Maildir of many; the empty ones beside them.
old()
{
	if [ ! -f "$scratch/large.mbox" ]; then
		awk 'BEGIN { for (n = 0; n < 500000; n++) {
			print "From a@b Thu Jan  1 00:00:00 1970\nSubject: x\n"
			for (i = 0; i < 28; i++)
				print "A line of seventy bytes, as mail has many of them, and no more text."
			print "" } }' >"$scratch/large.mbox"
		dir=$(box large)
		(cd "$dir/cur" && awk 'BEGIN { for (n = 0; n < 200000; n++)
			print n ".M1P1Q1R00000000.host,S=5:2,S" }' | xargs touch)
		sync
	fi
	{
		enter 'mbox, small' "$build/mda/mda -o root_mail=yes -m mbox:$scratch/mda.mbox"
		enter 'mbox, 1 GB' "$build/mda/mda -o root_mail=yes -m mbox:$scratch/large.mbox"
	} | race old-mbox 10 1 2k "$rounds"
	{
		enter 'Maildir, small' "$build/mda/mda -o root_mail=yes -m maildir:$(box mda)"
		enter 'Maildir, 200,000' "$build/mda/mda -o root_mail=yes -m maildir:$(box large)"
	} | race old-maildir 10 1 2k "$rounds"
}

section()
{
	case $1 in
	2k)	maildir_list all | race 2k "${COUNT:-10}" 1 2k "$rounds" ;;
	50k)	maildir_list | race 50k 5 1 50k "$rounds" ;;
	10m)	maildir_list | race 10m 1 1 10m "$rounds" ;;
	100m)
		{
			enter 'cat and fsync' "$out/floor copy $scratch/copy"
			maildir_list
		} | race 100m 1 1 100m 5
		find "$scratch" -size +90M -path '*/new/*' -exec rm -f {} + ;;
	eight)	mbox_list | grep 'floor\|mda' | race eight 32 8 2k 10 ;;
	mbox)	mbox_list | race mbox "${COUNT:-10}" 1 2k "$rounds" ;;
	old)	old ;;
	calls)	calls ;;
	*)	echo "no such section: $1" >&2; exit 64 ;;
	esac
}

# The bars, and the spread between the quarters, for whoever likes to look.
plot()
{
	found gnuplot || { echo "no gnuplot: no plot" >&2; return 0; }
	[ -s "$out/2k.tsv" ] || return 0
	gnuplot <<-END
		set terminal svg size 800,420 font "sans,12"
		set output "$out/2k.svg"
		set datafile separator "\t"
		set title "durable Maildir delivery, 2 KB: median, and the quarters"
		set ylabel "microseconds"
		set yrange [0:*]
		set style fill solid 0.4
		set boxwidth 0.6
		set xtics rotate by -35
		unset key
		plot "$out/2k.tsv" using 0:2:xtic(1) with boxes, \
		    "" using 0:2:3:4 with yerrorbars pt 0 lc "black"
	END
}

echo "Measured $(date -u '+%Y-%m-%d %H:%M') UTC, $(uname -srm), $(nproc) x$(sed -n 's/^model name[^:]*://p' /proc/cpuinfo | head -n 1), $(df -PT "$scratch" | awk 'END { print $2 " on " $1 }'), load$(cut -d ' ' -f 1-3 /proc/loadavg | sed 's/^/ /')."
[ $# -gt 0 ] || set -- 2k 50k 10m 100m eight mbox calls
for name do
	section "$name"
done
plot
