"""mbox_disk.py - a full disk at one byte of a message after the other.

    mbox_disk.py FOLDER BLOCK STEP [OPTION ...]

FOLDER is a small file system of BLOCK-sized blocks, "message" the message and
"before" what its mbox holds. Room is given by the block; at which byte of the
record it ends depends on where in a block the mbox ends as well. So all ends of
a block are gone through, STEP bytes apart, and with each of them all numbers
of free blocks until the message fits: with STEP 1, no byte is left out.

$MDA must answer 75 and leave the mbox as it was, and no file beside it. Prints
what went wrong, and the number of cases.
"""

import os
import resource
import sys

AS_ROOT = ["-o", "log=none", "-o", "root_mail=yes"]
BLOCKS_MOST = 400


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


def mda(box, options, limit=None):
    """Gives its status, and what it said. No file of it may grow over limit."""
    child = os.fork()
    if child == 0:
        try:
            if limit is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            os.dup2(os.open("message", os.O_RDONLY), 0)
            os.dup2(os.open("said", os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
            os.execv(os.environ["MDA"], ["mda", *AS_ROOT, *options,
                                         "-m", "mbox:" + box])
        finally:
            os._exit(99)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return status, read("said")


def fill(path):
    """Takes all the room that there is. Gives how much that was."""
    with open(path, "wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
        try:
            while True:
                file.write(bytes(1))
        except OSError:
            return file.tell()


def faults_of(folder, outcome, code, old):
    status, said = outcome
    if status != 75:
        yield "status %d" % status
    if not said.startswith(code):
        yield "says %r" % said
    if read(folder + "/mbox") != old:
        yield "the box has changed"
    names = sorted(os.listdir(folder))
    if [name for name in names if name != "filler"] != [".mbox.mda", "mbox"]:
        yield "leaves %s" % names


def each_room(folder, block, old, options):
    """Yields for each number of blocks what went wrong, until it fits."""
    filler = folder + "/filler"
    write(folder + "/mbox", old)
    filled = fill(filler)
    for free in range(BLOCKS_MOST):
        os.truncate(filler, filled - free * block)
        outcome = mda(folder + "/mbox", options)
        if outcome[0] == 0:
            if not read(folder + "/mbox").startswith(old):
                yield "fits, and the box has changed"
            break
        yield ", ".join(faults_of(folder, outcome, b"4.3.1 ", old))
    else:
        yield "never fits"
    os.unlink(filler)


def main(folder, block, step, *options):
    block = int(block)
    before = read("before")
    write(folder + "/mbox", before)
    if mda(folder + "/mbox", options)[0] != 0:  # makes the journal
        sys.exit("cannot deliver at all")
    cases = faults = 0
    for end in range(0, block, int(step)):
        padding = (end - len(before)) % block
        old = before[:-2] + b"x" * padding + before[-2:]
        for number, fault in enumerate(each_room(folder, block, old, options)):
            cases += 1
            if fault:
                faults += 1
                print("box ends at %d, %d blocks: %s" % (end, number, fault))
        if faults > 20:
            break
    print("%d cases, %d went wrong" % (cases, faults))
    return faults != 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
