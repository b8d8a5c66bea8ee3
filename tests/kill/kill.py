"""kill.py - a signal at every system call of the program as it is installed.

    kill.py SCENE WHO [MUTANT]

WHO is "first", the program itself, or "second", the process that it forks. A
run is recorded; then the scene begins anew for each of its calls, and a signal
comes before it, or after it (at_call.c): SIGKILL, and those that ask a program
to stop. A reader comes by, the sender tries again what it was not told about,
and another message comes. The last line tells the numbers. MUTANT is a
delivery agent with one fault (record_sys.c), to show that it would be found.
"""

import collections
import os
import sys

sys.path.insert(0, os.path.join(os.environ["SRCDIR"], "tests", "support"))

from boxes import OTHER, Fault, Maildir
from scenes import MDA, ONE, SCENES, Stage

AT_CALL = os.path.join(os.environ["BUILDDIR"], "tests", "kill", "at_call")
CHANGES = ("create", "write", "pwrite", "fsync", "fdatasync", "linkat",
           "unlinkat", "mkdirat", "ftruncate")
# What each says when it could be heeded; SIGALRM is the deadline.
ASKING = {"TERM": b"4.3.2 ", "HUP": b"4.3.2 ", "ALRM": b"4.4.7 "}
SIGNALS = {"KILL": 9, "TERM": 15, "HUP": 1, "ALRM": 14}
NEVER, NOT_HERE = 97, 98
# Root's process hears of its child's end by a signal and by a socket, and has
# a few calls more or less when the one or the other comes first.
RECORDINGS, FEWER_MAX = 5, 10
FAULTS_MAX = 20


def is_done(journal):
    """The newest entry's sender has been told, or is about to be."""
    entries = [journal[at:at + 512].split() for at in range(
        0, len(journal), 512)]
    return max(words for words in entries if len(words) > 8)[8] == b"d"


class Kill:
    def __init__(self, name, who, mutant=None):
        self.name = name
        self.who = who
        self.is_mutant = mutant is not None  # it is enough to find it once
        self.program = os.environ["MDA_FAULT_BIN"] if mutant else MDA
        self.more = {"MDA_MUTANT": mutant} if mutant else {}
        self.stage = Stage(SCENES[name]())
        self.points = collections.Counter()
        self.unheard = 0  # before mda has its signals in hand
        self.doubled = 0  # killed behind the last thing of all
        self.missed = 0  # root's process had ended before that call
        self.faults = 0
        self.calls = min((self.record() for _ in range(
            RECORDINGS if self.may_miss() else 1)), key=len)
        self.caught_from = self.first_caught()
        self.last = max([number for number, name in enumerate(self.calls, 1)
                         if name in CHANGES], default=0)

    def start(self, *how):
        """A delivery that is watched."""
        return self.stage.run(self.program, ONE, [AT_CALL, *how], self.more)

    def record(self):
        path = os.path.join(self.stage.work, "calls")
        self.stage.reset()
        status, said = self.start("list", self.who, path)
        if status == NOT_HERE:
            raise SystemExit("processes cannot be watched here")
        if status != 0 or said:
            raise SystemExit("cannot record: status %d, %r" % (status, said))
        with open(path, encoding="ascii") as lines:
            return [line.split()[1] for line in lines]

    def first_caught(self):
        """The call behind the program's last sigaction(2) of the start."""
        if self.who == "second":
            return 0
        start = self.calls.index("sigaction")
        while self.calls[start] == "sigaction":
            start += 1
        return start + 1

    def explore(self):
        for number in range(1, len(self.calls) + 1):
            for when in "before", "after":
                if when == "after" and number == len(self.calls):
                    continue  # the end never returns
                self.try_one(self.kill, "KILL", when, number)
                if self.is_mutant and self.faults:
                    return
                for signal in () if self.is_mutant else ASKING:
                    self.try_one(self.ask, signal, when, number)

    def try_one(self, method, signal, when, number):
        self.points[signal] += 1
        try:
            self.stage.reset()
            status, said = self.start(when, str(number), self.who, signal)
            if status == NEVER:
                self.miss(number)
            else:
                method(signal, when, number, status, said)
        except Fault as fault:
            self.faults += 1
            if self.faults <= FAULTS_MAX:
                print("%s %s: SIG%s %s call %d, %s: %s" % (
                    self.name, self.who, signal, when, number,
                    self.calls[number - 1], fault))

    def may_miss(self):
        return self.stage.scene.is_split and self.who == "first"

    def miss(self, number):
        if not self.may_miss() or number <= len(self.calls) - FEWER_MAX:
            raise Fault("there was no such call")
        self.missed += 1

    # ---- Nobody can do anything about it

    def kill(self, _signal, when, number, status, said):
        if self.who == "second":
            self.expect_deferred(status, said, b"4.3.0 ")
        elif status != 128 + SIGNALS["KILL"]:
            raise Fault("status %d" % status)
        seen = self.stage.counts()[ONE]
        if seen > 1:
            raise Fault("is there %d times" % seen)
        is_over = seen == 1 and self.is_over(when, number)
        self.doubled += is_over
        self.come_again(2 if is_over else 1)

    def is_over(self, when, number):
        """Nothing was left to do but to tell the sender."""
        if self.stage.scene.is_split and self.who == "first":
            return self.is_second_over()
        return number > self.last or (number, when) == (self.last, "after")

    def is_second_over(self):
        """When it was we do not know; it left no witness."""
        scene = self.stage.scene
        tree = self.stage.tree()
        if isinstance(scene.box, Maildir):
            tmp = scene.box.path + "/tmp/"
            return not any(path.startswith(tmp) for path in tree)
        folder, name = os.path.split(scene.box.path)
        return is_done(tree["%s/.%s.mda" % (folder, name)])

    # ---- Who is asked to stop says 75, or has delivered

    def ask(self, signal, _when, number, status, said):
        if number <= self.caught_from and status == 128 + SIGNALS[signal]:
            self.unheard += 1
            self.stage.expect_nothing_new("unheard")
            return self.come_again(1)
        if status == 0 and not said:
            self.stage.expect("told", **{ONE: 1})
            self.stage.expect_clean("told")
            return self.stage.expect_form()
        code = ASKING[signal]
        if self.stage.scene.is_split and self.who == "first" and \
                said.startswith(ASKING["TERM"]):
            code = ASKING["TERM"]  # with which it stops its child
        self.expect_deferred(status, said, code)
        self.stage.expect_nothing_new("deferred")
        return self.come_again(1)

    @staticmethod
    def expect_deferred(status, said, code):
        if status != 75 or said.count(b"\n") != 1 or \
                not said.startswith(code):
            raise Fault("status %d, %r" % (status, said))

    def come_again(self, copies):
        self.stage.must("again", ONE)
        self.stage.expect("again", **{ONE: copies})
        self.stage.must("another", OTHER)
        self.stage.expect("another", **{ONE: copies, OTHER: 1})
        self.stage.expect_form()
        if len(self.stage.leftovers()) > 1:
            self.stage.expect_clean("in the end")

    def conclude(self):
        changes = sum(name in CHANGES for name in self.calls)
        print("%s %s: %d calls, %d of them change something; %s; %d before "
              "mda was there to hear, %d behind its end, %d doubled after all "
              "was done, %d faults" % (
                  self.name, self.who, len(self.calls), changes,
                  ", ".join("%d SIG%s" % (self.points[signal], signal)
                            for signal in SIGNALS),
                  self.unheard, self.missed, self.doubled, self.faults))


def main(*arguments):
    os.umask(0o077)
    kill = Kill(*arguments)
    try:
        kill.explore()
        kill.conclude()
    finally:
        kill.stage.close()
    return 1 if kill.faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
