"""cases.py - what can go wrong with the calls of a recorded run.

The texts are what MDA_FAULT takes (tests/fault/fault_sys.c).
"""

import collections
import os

# Those that a signal may interrupt, and that are to go on.
INTERRUPTED = ("read", "write", "pread", "pwrite", "ftruncate", "fsync",
               "fdatasync")
TRANSFERS = ("read", "write", "pread", "pwrite")
IN_A_ROW = 5


def read_errors():
    path = os.path.join(os.environ["SRCDIR"], "tests", "fault", "errors")
    with open(path, encoding="ascii") as lines:
        words = [line.split() for line in lines if line[0] != "#"]
    return {line[0]: line[1:] for line in words}


def read_calls(path):
    """The names of the calls of a run that MDA_TRACE wrote down."""
    with open(path, encoding="ascii") as lines:
        return [line.split()[1] for line in lines]


class Case:
    """What happens to one delivery."""

    def __init__(self, text, error=None, calls=()):
        self.text = text
        self.error = error  # None: it is to be delivered all the same
        self.calls = set(calls)


def numbered(calls):
    """Each call with its number among those of its name."""
    count = collections.Counter()
    for name in calls:
        count[name] += 1
        yield name, count[name]


def errors(calls):
    table = read_errors()
    for name, nth in numbered(calls):
        for error in table[name]:
            is_whole = error in ("short", "one")
            yield Case("%s:%d:%s" % (name, nth, error),
                       None if is_whole else error, [name])


def lost(calls):
    count = collections.Counter(calls)
    for name, nth in numbered(calls):
        if "done-EIO" not in read_errors()[name] or nth == count[name]:
            continue
        for what in "done-EIO", "done-EEXIST":
            for last in sorted({nth + 1, count[name]}):
                yield Case("%s:%d:%s %s:%d-%d?:EIO" % (
                    name, nth, what, name, nth + 1, last), "EIO", [name])


def storm(calls):
    for name, nth in numbered(calls):
        if name in INTERRUPTED:
            yield Case("%s:%d-%d:EINTR" % (name, nth, nth + IN_A_ROW - 1))
    yield Case(" ".join(name + ":odd:EINTR" for name in INTERRUPTED))
    for what in "one", "short":
        each = ["%s:*:%s" % (name, what) for name in TRANSFERS]
        for text in each:
            yield Case(text)
        yield Case(" ".join(each))
        yield Case(" ".join([name + ":odd:EINTR"
                             for name in INTERRUPTED] + each))


KINDS = {"errors": errors, "lost": lost, "storm": storm}
