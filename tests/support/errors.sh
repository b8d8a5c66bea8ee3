# errors.sh - the list of tests/fault/errors, read once.

while read -r call list; do
	case $call in
	''|'#'*) ;;
	*)	eval "errors_$call=\$list" ;;
	esac
done <"$SRCDIR/tests/fault/errors"

# errors_of CALL - gives errors.
errors_of()
{
	eval "errors=\${errors_$1-}"
	[ -n "$errors" ] || atf_fail "no list of errors for $1"
}
