"""matrix.py - every call of a delivery fails with every error that it can have.

    matrix.py SCENE PROCESS

errors  each call, with each of its errors
lost    an answer is lost, and then one call more, or all that follow, fail
storm   calls that are interrupted again and again, or take one byte each

A run is recorded, and tells the calls of one process: 1 is the one that was
started, 2 the first that it forks. Then the scene begins anew for each case,
with mda-fault (fault_sys.c) and one fault in that process. Asked is: is the
status right, and what was said, to the code; what is in the mailbox, and
nothing that was there has changed; is anything left behind; and does the
sender's next try, with mda itself, leave exactly one whole message? A line
for each of the three tells all numbers.
"""

import collections
import os
import sys

sys.path.insert(0, os.path.join(os.environ["SRCDIR"], "tests", "support"))

from boxes import OTHER, Fault, Mbox
from cases import KINDS, read_calls
from scenes import ONE, SCENES, Stage

MDA_FAULT = os.environ["MDA_FAULT_BIN"]
FAULTS_MAX = 20
# What each error is, to a sender; all others are of the system (4.3.0), or of
# a mailbox that is not as it should be (4.2.0).
CODES = {"ENOSPC": "4.3.1", "zero": "4.3.1", "EDQUOT": "4.2.2"}
OTHERS = ("4.3.0", "4.2.0")
# With these a folder that a script names is not waited for: the mailbox itself
# takes the message.
LASTING = ("EACCES", "ELOOP", "ENOENT", "ENOTDIR", "EPERM", "EROFS")
# What a call is for that removes a file, and one that looks first whose it is.
REMOVING = {"unlinkat", "fstatat"}


class Matrix:
    def __init__(self, name, process):
        self.title = name
        self.process = process
        scene = SCENES[name]()
        self.stage = Stage(scene)
        self.log = os.path.join(self.stage.work, "log")
        self.trace = os.path.join(self.stage.work, "calls")
        self.let_in()
        scene.words += ["-o", "log_file=" + self.log,
                        "-o", "lock_timeout=1s"]
        self.faults = 0
        self.start_counts()
        self.calls = self.record()

    def start_counts(self):
        self.told = collections.Counter()
        self.cases = self.residues = self.left = self.twice = self.kept = 0

    def let_in(self):
        """Accounts write what they did into a folder of root's."""
        os.chmod(self.stage.work, 0o711)
        for path in self.log, self.trace:
            with open(path, "wb"):
                os.chmod(path, 0o666)

    def record(self):
        self.stage.reset()
        status, said = self.deliver({"MDA_TRACE": self.trace})
        if status != 0 or said:
            raise SystemExit("cannot record: status %d, %r" % (status, said))
        return read_calls(self.trace)

    def deliver(self, more):
        with open(self.log, "wb"):
            pass
        more["MDA_PROCESS"] = str(self.process)
        return self.stage.run(MDA_FAULT, ONE, (), more)

    def explore(self, what):
        self.start_counts()
        for case in KINDS[what](self.calls):
            self.cases += 1
            try:
                self.stage.reset()
                self.judge(case, *self.deliver({"MDA_FAULT": case.text}))
            except Fault as fault:
                self.faults += 1
                if self.faults <= FAULTS_MAX:
                    print("%s %d: %s: %s" % (
                        self.title, self.process, case.text, fault))
        self.conclude(what)

    # ---- What came of it

    def judge(self, case, status, said):
        with open(self.log, "rb") as file:
            logged = file.read()
        if status == 0 and not said:
            self.told["delivered"] += 1
            return self.judge_delivered(case)
        self.told[said[:5].decode("ascii", "replace")] += 1
        self.expect_deferred(case, status, said)
        if b" residue=yes" in logged:
            self.residues += 1
        else:
            self.expect_nothing(case)
        return self.come_again(b" residue=yes" in logged)

    def judge_delivered(self, case):
        stage = self.stage
        self.expect_sent(1, 1)
        if case.error in LASTING and self.is_kept():
            self.kept += 1
            return
        stage.expect("delivered", **{ONE: 1})
        if not stage.leftovers():
            stage.expect_form()
            return
        if not REMOVING & case.calls:
            stage.expect_clean("delivered")
        self.left += 1
        stage.must("another", OTHER)
        stage.expect("another", **{ONE: 1, OTHER: 1})
        stage.expect_form()

    def is_kept(self):
        """In the mailbox itself, and not where a script wanted it as well."""
        stage = self.stage
        boxes = getattr(stage.scene.box, "boxes", None)
        return boxes is not None and [box.count(
            stage.tree(), stage.scene.messages)[ONE] for box in boxes] == [1, 0]

    @staticmethod
    def expect_deferred(case, status, said):
        if status != 75 or said.count(b"\n") != 1:
            raise Fault("status %d, %r" % (status, said))
        if case.error is None:
            raise Fault("not delivered: %r" % said)
        codes = (CODES[case.error],) if case.error in CODES else OTHERS
        if said[:6].decode("ascii", "replace") not in [
                code + " " for code in codes]:
            raise Fault("not %s: %r" % (" or ".join(codes), said))

    def expect_nothing(self, case):
        stage = self.stage
        if not REMOVING & case.calls:
            return stage.expect_nothing_new("deferred")
        stage.expect("deferred", **{ONE: 0})
        box = stage.scene.box
        if isinstance(box, Mbox) and stage.tree().get(
                box.path, b"") != box.start:
            raise Fault("deferred: the mbox has changed")
        return None

    def come_again(self, is_residue):
        self.stage.must("again", ONE)
        self.stage.expect("again", **{ONE: 1})
        self.stage.must("another", OTHER)
        self.stage.expect("another", **{ONE: 1, OTHER: 1})
        self.stage.expect_form()
        self.expect_sent(2, 3)
        if not is_residue and len(self.stage.leftovers()) > 1:
            self.stage.expect_clean("in the end")

    def expect_sent(self, least, most):
        """Mail may be repeated, but never be cut, or not be sent."""
        if self.stage.scene.sends is None:
            return
        sent = self.stage.sent()
        if not least <= len(sent) <= most:
            raise Fault("%d mails were sent" % len(sent))
        ends = [message.splitlines()[-1]
                for message in self.stage.scene.messages.values()]
        if any(line not in ends for line in sent):
            raise Fault("half a mail was sent: %r" % sent)
        self.twice += len(sent) > least

    def conclude(self, what):
        print("%s %s %d: %d calls, %d cases: %s; %d left something visible "
              "and said so, %d left a file, %d kept, %d sent mail twice, "
              "%d faults" % (
                  what, self.title, self.process, len(self.calls),
                  self.cases,
                  ", ".join("%d %s" % (self.told[code], code)
                            for code in sorted(self.told)),
                  self.residues, self.left, self.kept, self.twice, self.faults))


def main(name, process):
    os.umask(0o077)
    matrix = Matrix(name, int(process))
    try:
        for what in KINDS:
            matrix.explore(what)
    finally:
        matrix.stage.close()
    return 1 if matrix.faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
