#! /bin/sh
#
# check.sh SRCDIR "all|PART ..." TEST ... - run tests with real mail servers,
# fetchers and readers: those named PART_test. The last line is the result;
# above it a table tells what each sender made of each fault.
#
# With MTA_FETCH=yes in the environment, what they need and is not there is
# fetched into ./mta first.

set -u
srcdir=$(cd "$1" && pwd) || exit 2
parts=$2
shift 2
table=tests/mta/table
rows=tests/mta/rows

die()
{
	echo "check-mta: $*" >&2
	exit 1
}

# chosen TEST - was it asked for?
chosen()
{
	part=${1##*/}
	case " $parts " in
	*" all "*|*" ${part%_test} "*) return 0 ;;
	esac
	return 1
}

# Gives tests and layers. A test says what it needs: layer=NAME.
choose()
{
	tests='' layers=base
	for test do
		chosen "$test" || continue
		tests="$tests $test"
		layers="$layers $(sed -n 's/^layer=//p' "$srcdir/$test.sh")"
	done
	[ -n "$tests" ] || die "no test of \"$parts\" in: $*"
}

say_what_is_missing()
{
	cat >&2 <<-END
		check-mta: these packages of Debian are needed, in throw-away
		roots below $PWD/mta:
		  $1
		To fetch them (nothing is installed on this machine):
		  make check-mta MTA_FETCH=yes
	END
	exit 1
}

# Standing there, or fetched. The words of $layers are names.
# shellcheck disable=SC2086
provide()
{
	if [ "${MTA_FETCH-}" = yes ]; then
		sh "$srcdir/tests/mta/roots.sh" "$srcdir" $layers || exit 1
		return
	fi
	absent=$(for layer in $layers; do
		[ -f "mta/$layer.made" ] ||
		    sed -n "s/^$layer //p" "$srcdir/tests/mta/layers"
	done)
	# shellcheck disable=SC2116 # on one line
	[ -z "$absent" ] || say_what_is_missing "$(echo $absent)"
}

# A line for each condition, a column for each sender, six at a time; "-" where
# there is no such case. What is counted is all of them.
print_table()
{
	[ -f "$rows" ] || return 0
	LC_ALL=C sort -u "$rows" | awk -F '\t' '
	function print_block(from, to,    i, j, line) {
		line = sprintf("%-20s", "")
		for (j = from; j <= to; j++)
			line = line sprintf(" %-15s", sender[j])
		print line
		for (i = 1; i <= conditions; i++) {
			line = sprintf("%-20s", condition[i])
			for (j = from; j <= to; j++)
				line = line sprintf(" %-15s",
				    cell(sender[j], condition[i]))
			print line
		}
		print ""
	}
	function cell(who, what) {
		return (who, what) in outcome ? outcome[who, what] : "-"
	}
	{ outcome[$1, $2] = $3; times[$3]++ }
	!($1 in seen) { seen[$1] = 1; sender[++senders] = $1 }
	!(("c", $2) in seen) { seen["c", $2] = 1; condition[++conditions] = $2 }
	END {
		for (first = 1; first <= senders; first += 6)
			print_block(first,
			    first + 5 < senders ? first + 5 : senders)
		printf "%d senders: %d delivered, %d refused, ", senders,
		    times["delivered"], times["refused"]
		printf "%d deferred, %d bounced\n", times["deferred"],
		    times["bounced"]
	}' >"$table"
	echo
	cat "$table"
}

[ "$(id -u)" -eq 0 ] || die 'needs root, for name spaces and ports of its own'
unshare -m -n -p -f true || die 'this system gives no name spaces'
choose "$@"
provide
rm -f "$rows"
status=0
# More at a time than processors: most of them wait for each other.
# shellcheck disable=SC2086 # names without blanks
MDA_JOBS=4 sh "$srcdir/tests/run.sh" "$srcdir" $tests || status=$?
print_table
cat tests/summary
exit "$status"
