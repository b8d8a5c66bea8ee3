# summary.awk - from the turns of race(1) to a table.
#
# One line a contestant, in the order of their first turn: median, quarters
# and ratios to the first contestant. A ratio is taken within each round, and
# the median of those counts: a round that was slow for all changes nothing.

BEGIN {
	FS = OFS = "\t"
}

function sort(values, count,    i, j, value)
{
	for (i = 2; i <= count; i++) {
		value = values[i]
		for (j = i - 1; j > 0 && values[j] > value; j--)
			values[j + 1] = values[j]
		values[j + 1] = value
	}
}

function part(values, count, share,    at)
{
	at = int(share * (count - 1) + 0.5) + 1
	return values[at]
}

{
	if (!($1 in place)) {
		place[$1] = ++names
		name[names] = $1
	}
	who = place[$1]
	if ($2 + 1 > rounds)
		rounds = $2 + 1
	wall[who, $2] = $3
	cpu[who, $2] = $4
	if ($5 > peak[who])
		peak[who] = $5
}

END {
	for (who = 1; who <= names; who++) {
		for (round = 0; round < rounds; round++) {
			walls[round + 1] = wall[who, round]
			cpus[round + 1] = cpu[who, round]
			ratios[round + 1] = wall[who, round] / wall[1, round]
			shares[round + 1] = cpu[1, round] > 0 ? \
			    cpu[who, round] / cpu[1, round] : 0
		}
		sort(walls, rounds)
		sort(cpus, rounds)
		sort(ratios, rounds)
		sort(shares, rounds)
		printf "%s\t%.0f\t%.0f\t%.0f\t%.2f\t%.2f\t%.2f\t%.0f\t%.2f\t%d\n", \
		    name[who], part(walls, rounds, 0.5), \
		    part(walls, rounds, 0.25), part(walls, rounds, 0.75), \
		    part(ratios, rounds, 0.5), part(ratios, rounds, 0.25), \
		    part(ratios, rounds, 0.75), part(cpus, rounds, 0.5), \
		    part(shares, rounds, 0.5), peak[who]
	}
}
