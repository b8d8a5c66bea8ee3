#! /bin/sh
#
# metrics.sh SRCDIR - how long are our functions?
#
# Counts the lines between the braces, in all sources that are installed.
# Status 1 when the median is over 12, the 90th percentile over 35, or one
# over 60. A function is what has "name(" and then its braces at column 0.

cd "$1" || exit 2

for file in base/*.c durable/*.c message/*.c account/*.c maildir/*.c \
    mbox/*.c mime/*.c sieve/*.c lmtp/*.c mda/*.c compat/*.c; do
	[ -f "$file" ] || continue
	awk '
	/^[A-Za-z_][A-Za-z_0-9]*\(/ { name = substr($0, 1, index($0, "(") - 1) }
	/^\{$/ { start = FNR }
	/^\}$/ && start {
		printf "%d %s:%d %s\n", FNR - start - 1, FILENAME, start, name
		start = 0
	}' "$file"
done | sort -n | awk '
{
	length_of[NR] = $1
	what[NR] = $0
}
# The smallest length that this share of the functions does not exceed.
function percentile(share,    at) {
	at = int(NR * share)
	if (at < NR * share)
		at++
	return length_of[at]
}
END {
	if (NR == 0) {
		print "no function found"
		exit 1
	}
	median = percentile(0.5)
	p90 = percentile(0.9)
	for (i = NR; i > 0 && length_of[i] > 35; i--)
		print what[i]
	printf "%d functions: median %d, p90 %d, longest %d lines\n",
	    NR, median, p90, length_of[NR]
	exit median > 12 || p90 > 35 || length_of[NR] > 60
}'
