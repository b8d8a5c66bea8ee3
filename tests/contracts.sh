#! /bin/sh
#
# contracts.sh SRCDIR - is every public function promised something?
#
# A header opens with a comment that states its duty ("stage.h - ..."), and
# directly over each prototype stands a comment that begins with its name
# ("stage_commit - ..."). Says file:line for each that does not.

cd "$1" || exit 2

status=0
for file in base/*.h durable/*.h message/*.h account/*.h maildir/*.h \
    mbox/*.h mime/*.h sieve/*.h lmtp/*.h mda/*.h compat/*.h; do
	[ -f "$file" ] || continue
	awk '
	function fault(line, what) {
		printf "%s:%d: %s\n", FILENAME, line, what
		bad = 1
	}
	# A whole declaration outside of braces, without its comments.
	function declaration(text, line,    name) {
		if (text ~ /^(typedef|struct [a-z_0-9]+;)/ ||
		    !match(text, /[A-Za-z_][A-Za-z_0-9]*\(/))
			return
		name = substr(text, RSTART, RLENGTH - 1)
		sub(/^compat_/, "", name)
		if (comment_end != line - 1 || comment_name != name)
			fault(line, name " has no comment \"" name " - ...\"")
	}
	FNR == 1 && $0 != "/*" { fault(1, "does not open with its duty") }
	FNR == 2 {
		name = FILENAME
		sub(/.*\//, "", name)
		if (index($0, " * " name " - ") != 1)
			fault(2, "does not begin with \" * " name " - \"")
	}
	# Comment blocks: remember the first word of "name - sentence".
	!inside && /^\/\*/ {
		inside = 1
		first = FNR + 1
		comment_name = ""
	}
	inside {
		if (FNR == first && $3 == "-")
			comment_name = $2
		if (/\*\//) {
			inside = 0
			comment_end = FNR
		}
		next
	}
	/^[ \t]*#/ || /^[ \t]*$/ { next }
	{
		gsub(/\/\*[^*]*\*\//, "")
		sub(/\/\*.*/, "")
		if (text == "")
			started = FNR
		text = text " " $0
		sub(/^ +/, "", text)
		depth += gsub(/\{/, "{") - gsub(/\}/, "}")
		braces = braces || text ~ /\{/
		if (depth > 0 || $0 !~ /;[ \t]*$/)
			next
		if (!braces)
			declaration(text, started)
		text = ""
		braces = 0
	}
	END { exit bad }' "$file" || status=1
done
exit "$status"
