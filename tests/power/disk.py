"""disk.py - a disk that writes down what reaches it, and what a power cut
leaves of that.

The disk is a file behind qemu-storage-daemon, which notes each write and each
flush in the order in which they came (the format of Linux's dm-log-writes).
What was written before a flush has ended is there after a cut. Of what came
later any part may be there, in blocks of 4 KB.
"""

import mmap
import os
import random
import struct
import subprocess
import time

BLOCK = 4096
SECTOR = 512
FLUSH, DISCARD = 1, 4
NOTES = BLOCK  # behind the file system, for what its user wants noted

# Size in megabytes, what makes it, what mends it when it was not unmounted.
KINDS = {
    "ext4": (64, ["mkfs.ext4", "-q", "-F"], None),
    "ext4-without-journal": (
        64, ["mkfs.ext4", "-q", "-F", "-O", "^has_journal"],
        ["e2fsck", "-f", "-y"]),
    "xfs": (300, ["mkfs.xfs", "-q", "-f"], None),
    "btrfs": (128, ["mkfs.btrfs", "-q", "-f"], None),
}


def run(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def wait_for(is_so, what):
    for _ in range(500):
        if is_so():
            return
        time.sleep(0.02)
    raise SystemExit("power: " + what)


class Disk:
    """A file system of a kind, mounted at "at", while a "with" lasts."""

    def __init__(self, kind, folder):
        megabytes, self.mkfs, _ = KINDS[kind]
        self.size_bytes = megabytes << 20
        self.folder = folder
        self.at = self.path("mounted")
        self.daemon = None
        self.device = None
        os.mkdir(self.at)

    def path(self, name):
        return os.path.join(self.folder, name)

    def __enter__(self):
        with open(self.path("disk"), "wb") as file:
            file.truncate(self.size_bytes)
        run(*self.mkfs, self.path("disk"))
        with open(self.path("disk"), "r+b") as file:
            file.truncate(self.size_bytes + NOTES)
        run("cp", "--sparse=always", self.path("disk"), self.path("start"))
        for name in ("log", "watched"):
            open(self.path(name), "wb").close()
        self.daemon = subprocess.Popen([
            "qemu-storage-daemon",
            "--blockdev", "file,node-name=d,filename=" + self.path("disk"),
            "--blockdev", "file,node-name=l,filename=" + self.path("log"),
            "--blockdev", "blklogwrites,node-name=w,file=d,log=l",
            "--export", "fuse,id=e,node-name=w,writable=on,mountpoint="
            + self.path("watched")])
        wait_for(lambda: os.stat(self.path("watched")).st_size > 0,
                 "no disk appears")
        run("mount", "-o", "loop", self.path("watched"), self.at)
        with open("/proc/mounts", encoding="ascii") as file:
            self.device = next(line.split()[0] for line in file
                               if line.split()[1] == self.at)
        return self

    def note(self, number):
        """A write that nothing else waits for, and that syncs nothing."""
        page = mmap.mmap(-1, SECTOR)
        page[:8] = struct.pack("<Q", number)
        fd = os.open(self.device, os.O_WRONLY | os.O_DIRECT)
        os.pwrite(fd, page, self.size_bytes)
        os.close(fd)

    def __exit__(self, *_):
        run("umount", self.at)
        self.daemon.terminate()
        self.daemon.wait()

    def log(self):
        """What reached it: (offset, data) of each write, None for a flush;
        ("note", number) for what was noted."""
        with open(self.path("log"), "rb") as file:
            _, _, count, sector = struct.unpack("<QQQI", file.read(28))
            file.seek(sector)
            for _ in range(count):
                head = file.read(sector)
                at, length, flags, _ = struct.unpack("<QQQQ", head[:32])
                data = b"" if flags & DISCARD else file.read(length * sector)
                if at * sector == self.size_bytes:
                    yield "note", struct.unpack("<Q", data[:8])[0]
                elif data:
                    yield at * sector, data
                if flags & FLUSH:
                    yield None


def blocks_of(offset, data):
    """The parts of a write that a cut leaves whole or not at all."""
    at = 0
    while at < len(data):
        end = min(len(data), at + BLOCK - (offset + at) % BLOCK)
        yield offset + at, data[at:end]
        at = end


class Cuts:
    """What a cut at each moment may leave: (notes before it, a state).

    A state is a list of blocks to be written over the disk of the start, in
    this order. Between two flushes: all that was written up to the moment;
    and, at the end, none of it, and some random parts.
    """

    def __init__(self, log, first_note, parts):
        self.kept = []  # flushed
        self.fresh = []  # not yet
        self.log = log
        self.first_note = first_note
        self.parts = parts
        self.random = random.Random(1)
        self.moments = 0

    def _some(self):
        return [block for block in self.fresh if self.random.random() < 0.5]

    def _at_end(self, notes):
        if len(self.fresh) > 0:
            yield notes, list(self.kept)
        if len(self.fresh) > 1:
            for _ in range(min(self.parts, 2 ** len(self.fresh) - 2)):
                yield notes, self.kept + self._some()

    def __iter__(self):
        notes = None
        for event in self.log:
            if event is None:
                if notes is not None:
                    yield from self._at_end(notes)
                self.kept += self.fresh
                self.fresh = []
                continue
            if event[0] == "note":
                notes = event[1]
            else:
                self.fresh += blocks_of(*event)
            if notes is not None:
                self.moments += 1
                yield notes, self.kept + self.fresh
