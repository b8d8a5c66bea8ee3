#! /bin/sh
#
# mbox.sh - is an mbox as fast with eight writers as with one, and with a
# gigabyte in it as with nothing?
#
# usage: bench/mbox.sh BUILD_FOLDER [SCRATCH_FOLDER]
#
# SCRATCH_FOLDER should lie on the disk to be measured; it needs 2.2 GB.

set -eu

build=$(cd "$1" && pwd)
scratch=$(mktemp -d "${2:-$build}/bench.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
here=$(dirname "$0")
rounds=${ROUNDS:-7}
count=${COUNT:-400}
mda=$build/mda/mda
deliveries=$scratch/deliveries
message=$scratch/message

${CC:-cc} -O2 -o "$deliveries" "$here/deliveries.c"
{
	printf 'Message-ID: <bench@localhost>\nSubject: 2 KB\n\n'
	awk 'BEGIN { for (i = 0; i < 28; i++)
		print "A line of seventy bytes, as mail has many of them, and no more text." }'
} >"$message"

# shellcheck source=bench/compare.sh
. "$here/compare.sh"

echo "| $(wc -c <"$message") bytes, µs a delivery | A | B | A/B | spread |"
echo '|---|---|---|---|---|'
compare 'A: 8 writers at once, B: one' \
    8 "$mda -o log=none -o root_mail=yes -m mbox:$scratch/eight" \
    1 "$mda -o log=none -o root_mail=yes -m mbox:$scratch/one"

# A gigabyte of real mail: the one box written above, again and again.
cp "$scratch/one" "$scratch/large"
while [ "$(wc -c <"$scratch/large")" -lt 1000000000 ]; do
	cat "$scratch/large" >"$scratch/twice"
	cat "$scratch/large" >>"$scratch/twice"
	mv "$scratch/twice" "$scratch/large"
done
sync
compare 'A: into a box of 1 GB, B: of a few MB' \
    1 "$mda -o log=none -o root_mail=yes -m mbox:$scratch/large" \
    1 "$mda -o log=none -o root_mail=yes -m mbox:$scratch/one"
