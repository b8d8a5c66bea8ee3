# mbox_pages.sh OPTION ... - deliver "message" into box/mbox on a file system
# of its own, with one page of it free after the other, until it fits. Prints
# what went wrong, and the number of cases. To be run where mounts are private:
# there we are root.

cases=0
faults=0

wrong()
{
	echo "$pages pages: $*"
	faults=$((faults + 1))
}

judge()
{
	[ "$status" -eq 75 ] || wrong "status $status"
	[ ! -s out ] || wrong 'prints something'
	read -r said <err || said=
	case $said in
	4.3.1' '*) ;;
	*)	wrong "says $said" ;;
	esac
	cmp -s before box/mbox || wrong 'the box has changed'
	[ ! -e box/mbox.lock ] || wrong 'a lock file is left'
}

mount -t tmpfs -o size=512k,mode=700 none box || exit 99
"$MDA" -o log=none -o root_mail=yes -m mbox:box/mbox </dev/null || exit 99
cat before >box/mbox
cat /dev/zero >box/filler 2>/dev/null
filled=$(wc -c <box/filler)
pages=0
while [ "$pages" -lt 100 ]; do
	truncate -s $((filled - pages * 4096)) box/filler
	status=0
	"$MDA" -o log=none -o root_mail=yes "$@" -m mbox:box/mbox \
	    <message >out 2>err || status=$?
	[ "$status" -ne 0 ] || break
	judge
	cases=$((cases + 1))
	pages=$((pages + 1))
done
cp box/mbox after
ls -A box >left
echo "$cases cases, $faults went wrong"
[ "$faults" -eq 0 ]
