#! /bin/sh
#
# layers.sh SRCDIR - does each folder include only what lies beneath it?
#
# Then any folder can be understood with only the ones it stands on. Says
# file:line for each include that reaches upward; status 1 if there is one.

cd "$1" || exit 2

# folder: the folders whose headers it may include, beside its own. config.h
# and compat/ are free for all.
table='
base:
durable: base
message: base durable
account: base durable
maildir: base durable message
mbox: base durable message
mime: base
sieve: base message mime
filter: base durable message account mime sieve
lmtp: base message
mda: base durable message account maildir mbox mime sieve filter lmtp
compat:
'

status=0
for folder in base durable message account maildir mbox mime sieve filter lmtp \
    mda compat; do
	allowed=$(printf '%s' "$table" | sed -n "s/^$folder://p")
	for file in "$folder"/*.[ch]; do
		[ -f "$file" ] || continue
		awk -v folder="$folder" -v allowed="$allowed" '
		BEGIN {
			ok[folder] = ok["compat"] = 1
			for (n = split(allowed, list, " "); n > 0; n--)
				ok[list[n]] = 1
		}
		/^[ \t]*#[ \t]*include[ \t]*"/ {
			split($0, part, "\"")
			header = part[2]
			if (header == "config.h")
				next
			if (header !~ /\//)
				why = "is written without its folder"
			else if (!(substr(header, 1, index(header, "/") - 1) \
			    in ok))
				why = "lies above " folder "/"
			else
				next
			printf "%s:%d: \"%s\" %s\n", FILENAME, FNR, header, why
			bad = 1
		}
		END { exit bad }' "$file" || status=1
	done
done
exit "$status"
