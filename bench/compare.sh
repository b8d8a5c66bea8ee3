# compare.sh - time two commands side by side, round by round.
#
# Sourced by the benchmarks. The machine's speed drifts, so each round runs
# both, and what counts is the median of the rounds' ratios.
#
# needs: $deliveries, the program; $message, a file; $rounds, $count.

median()
{
	sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# compare LABEL WRITERS_A "COMMAND A" WRITERS_B "COMMAND B": microseconds a
# delivery for A and B, the median ratio A/B, and its least and most.
compare()
{
	label=$1 writers_a=$2 a=$3 writers_b=$4 b=$5
	: >"$scratch/a"; : >"$scratch/b"; : >"$scratch/ratio"
	round=0
	while [ "$round" -lt "$rounds" ]; do
		# The commands are words, not files: no path here has blanks.
		# shellcheck disable=SC2086
		x=$("$deliveries" "$count" "$writers_a" "$message" $a) || exit 1
		# shellcheck disable=SC2086
		y=$("$deliveries" "$count" "$writers_b" "$message" $b) || exit 1
		echo "$x" >>"$scratch/a"
		echo "$y" >>"$scratch/b"
		awk "BEGIN { printf \"%.3f\n\", $x / $y }" >>"$scratch/ratio"
		round=$((round + 1))
	done
	printf '| %s | %s | %s | %s | %s to %s |\n' "$label" \
	    "$(median <"$scratch/a")" "$(median <"$scratch/b")" \
	    "$(median <"$scratch/ratio")" \
	    "$(sort -n "$scratch/ratio" | head -n 1)" \
	    "$(sort -n "$scratch/ratio" | tail -n 1)"
}
