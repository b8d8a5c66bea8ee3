#! /bin/sh
#
# emulate.sh PROCESSOR COMMAND ... - run the command while the kernel hands
# programs of that processor to qemu. Call it as root in a mount name space of
# its own ("unshare -m"): strace(1) would show qemu's system calls instead of
# the program's, so it is taken away, and the cases that need it are skipped.

set -eu
processor=$1
shift
list=/proc/sys/fs/binfmt_misc
name=mda-$processor
mount -t binfmt_misc none "$list"
magic=$(sed -n 's/^magic //p' "/usr/share/binfmts/qemu-$processor")
mask=$(sed -n 's/^mask //p' "/usr/share/binfmts/qemu-$processor")
if [ ! -e "$list/$name" ]; then
	# "F": opened now, so that it is found in any chroot and name space.
	printf ':%s:M:0:%s:%s:/usr/bin/qemu-%s-static:F\n' \
	    "$name" "$magic" "$mask" "$processor" >"$list/register"
	# The kernel's list outlives the name space.
	trap 'echo -1 >"$list/$name"' 0
	trap 'exit 1' 1 2 15
fi
if strace=$(command -v strace); then
	folder=$(dirname "$strace")
	# A folder of the real one's files, and of what changes in memory.
	mount -t tmpfs none /mnt
	mkdir /mnt/upper /mnt/work
	mount -t overlay none "$folder" -o \
	    "lowerdir=$folder,upperdir=/mnt/upper,workdir=/mnt/work"
	rm "$strace"
fi
MDA_EMULATED=yes
export MDA_EMULATED
"$@"
