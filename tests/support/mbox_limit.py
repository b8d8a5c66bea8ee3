"""mbox_limit.py - a limit on the size of files at one byte after the other.

    mbox_limit.py FOLDER STEP [OPTION ...]

"message" is the message and "before" what its mbox in FOLDER holds. The limit
begins where that ends and grows by STEP bytes until the message fits. The
kernel itself cuts a write there, and refuses the next.

$MDA must answer 75 and leave the mbox as it was, and no file beside it; in the
end the mbox holds the message. Prints what went wrong, and the number of cases.
"""

import sys

from mbox_disk import faults_of, mda, read, write

MOST_BYTES = 1 << 20


def main(folder, step, *options):
    box = folder + "/mbox"
    old = read("before")
    write(box, old)
    if mda(box, options)[0] != 0:  # makes the journal
        sys.exit("cannot deliver at all")
    write(box, old)
    cases = faults = 0
    for more in range(0, MOST_BYTES, int(step)):
        outcome = mda(box, options, len(old) + more)
        if outcome[0] == 0:
            break
        cases += 1
        fault = ", ".join(faults_of(folder, outcome, b"4.3.0 ", old))
        if fault:
            faults += 1
            print("%d bytes more: %s" % (more, fault))
        if faults > 20:
            break
    print("%d cases, %d went wrong" % (cases, faults))
    return faults != 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
