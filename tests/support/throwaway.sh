# throwaway.sh - a Debian of its own, seen by nobody else, gone afterwards.
#
# To be sourced; for a mount and process name space of the caller's own.

# throwaway_mount LAYERS UPPER WORK ROOT - LAYERS as lowerdir= has them, the
# topmost first; what is written goes to UPPER.
throwaway_mount()
{
	mkdir -p "$2" "$3" "$4" &&
	    mount -t overlay -o "lowerdir=$1,upperdir=$2,workdir=$3" \
		overlay "$4" &&
	    mount -t proc proc "$4/proc" &&
	    mount -t tmpfs -o mode=755 tmpfs "$4/dev" &&
	    throwaway_devices "$4/dev"
}

# Not the machine's own /dev: a socket "log" in there would be everybody's.
throwaway_devices()
{
	for device in null:3 zero:5 full:7 random:8 urandom:9; do
		mknod -m 666 "$1/${device%:*}" c 1 "${device#*:}" || return 1
	done
	mknod -m 666 "$1/tty" c 5 0 &&
	    ln -s /proc/self/fd "$1/fd" &&
	    ln -s /proc/self/fd/0 "$1/stdin" &&
	    ln -s /proc/self/fd/1 "$1/stdout" &&
	    ln -s /proc/self/fd/2 "$1/stderr" &&
	    mkdir -m 1777 "$1/shm"
}

# throwaway_run ROOT COMMAND ... - in there, with nothing of our environment.
throwaway_run()
{
	in=$1
	shift
	env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
	    HOME=/root LC_ALL=C DEBIAN_FRONTEND=noninteractive \
	    chroot "$in" "$@"
}
