"""lmtp_points.py - each call of each process of mda-lmtp fails, or ends it.

	lmtp_points.py faults SCENE PROCESS COMMAND...	each call of the table,
		with each error that it can have (cases.py)
	lmtp_points.py kills SCENE PROCESS COMMAND...	SIGKILL before and after
		each call of the table
	lmtp_points.py signals SCENE WHO SIGNAL COMMAND...	a signal before and
		after every system call of the program as it is installed

A client sends a message to two recipients and another to a third. A run is
recorded; then the conversation begins anew for each case. Asked is: is each
answer true, to the code, and for those alone who were met; is nothing visible
in part; and does the client's next try, of what was not promised, leave
exactly one whole message for each? The last line tells the numbers.

SCENE is "apart", a worker for each recipient, "shared", one for two whose files
are links to one, or "first", where the Maildirs are to be made. PROCESS: 1 is
the monitor, which makes no call of the table, 2 the speaker, then the workers.
"""

import collections
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cases import KINDS, read_calls  # noqa: E402
from lmtp import dotted, on_the_wire  # noqa: E402
from lmtp_storm import (ONE, SCRIPT, TWO, WHOLE, clear,  # noqa: E402
                        count_promised, play, stored)

BOXES = os.path.abspath("boxes")
RECIPIENTS = [("al", ONE), ("bo", ONE), ("cy", TWO)]
WORDS = {"apart": [], "shared": ["-o", "share=yes"], "first": []}
# To whom a worker delivers. Those who speak with all are not here.
APART = {"3": "al", "4": "bo", "5": "cy"}
MET = {"apart": APART, "first": APART, "shared": {"3": "al bo", "4": "cy"}}
AT_CALL = os.path.join(os.environ["BUILDDIR"], "tests", "kill", "at_call")

CHANGES = ("create", "pwrite", "fsync", "fdatasync", "linkat", "unlinkat",
           "mkdirat", "ftruncate")
FAULTS_MAX = 20
# What each is, to a client; all others are of the system, or of a mailbox that
# is not as it should be.
CODES = {"ENOSPC": [b"452 4.3.1 "], "zero": [b"452 4.3.1 "],
         "EDQUOT": [b"452 4.2.2 "]}
OTHERS = [b"451 4.3.0 ", b"451 4.2.0 "]
ASKED = {"KILL": OTHERS, "TERM": [b"451 4.3.2 ", b"421 4.3.2 "],
         "HUP": [b"451 4.3.2 ", b"421 4.3.2 "],
         "ALRM": [b"451 4.4.7 ", b"421 4.4.2 "]}
# Also where another process has to say it: who is stopped dies, or takes the
# whole conversation along.
ALSO = [b"451 4.3.0 ", b"451 4.3.2 ", b"451 4.4.2 ", b"421 4.3.0 "]


def answers_in(heard):
    """To each recipient; None where the conversation had ended."""
    lines = heard.split(b"\r\n")[:-1]
    start = next((number for number, line in enumerate(lines)
                  if line.startswith(b"250 XFORWARD")), len(lines)) + 1
    replies = lines[start:]
    return [replies[at] if len(replies) > at else None for at in (4, 5, 9)]


class Points:
    def __init__(self, scene, process, command):
        self.scene = scene
        # Whose answers may be others than "delivered".
        self.met = MET[scene].get(process, "al bo cy").split()
        self.command = [*command, *WORDS[scene]]
        self.told = collections.Counter()
        self.cases = self.faults = self.residues = self.missed = 0

    def begin(self):
        clear(BOXES)
        if self.scene == "first":
            for box in os.listdir(BOXES):
                for folder in "tmp", "new", "cur", "":
                    os.rmdir(os.path.join(BOXES, box, folder))
        with open("log", "wb"):
            pass

    def say(self, script, before=(), **asked):
        os.environ.update(asked)
        heard = play([*before, *self.command], script, True)
        for name in asked:
            del os.environ[name]
        return heard

    def record(self, process):
        trace = os.path.abspath("calls")
        self.begin()
        heard = self.say(SCRIPT, MDA_TRACE=trace, MDA_PROCESS=str(process))
        if count_promised(heard) != 3 or stored(BOXES) != WHOLE:
            raise SystemExit("cannot record: %r" % heard)
        calls = read_calls(trace)
        os.unlink(trace)
        return calls

    # ---- One case

    def try_one(self, text, codes, before=(), **asked):
        self.begin()
        first = answers_in(self.say(SCRIPT, before, **asked))
        wrongs = self.judge(first, codes)
        self.cases += 1
        self.told.update((answer or b"none")[:9] for answer in first)
        for wrong in wrongs:
            self.faults += 1
            if self.faults <= FAULTS_MAX:
                print("%s: %s" % (text, wrong))

    def judge(self, first, codes):
        with open("log", encoding="utf-8", errors="replace") as log:
            is_residue = "residue=yes" in log.read()
        there = stored(BOXES)
        wrong = ["%s has %d, or a part" % (key[0], count)
                 for key, count in there.items()
                 if key not in WHOLE or count > 1]
        missing = []
        for key, answer in zip(RECIPIENTS, first):
            if answer == b"250 2.0.0 delivered":
                if there[key] != 1:
                    wrong.append("%s was promised, and has none" % key[0])
                continue
            missing.append(key)
            if key[0] not in self.met:
                wrong.append("%s suffers: %r" % (key[0], answer))
            if answer and there[key] and not is_residue:
                wrong.append("%s has it, but: %r" % (key[0], answer))
            if answer and answer[:10] not in codes:
                wrong.append("%s: %r" % (key[0], answer))
        self.residues += is_residue
        return wrong + self.again(missing)

    def again(self, missing):
        script = [b"LHLO c\r\n"]
        for box, text in missing:
            script += [b"MAIL FROM:<a@b>\r\nRCPT TO:<", box.encode(),
                       b">\r\nDATA\r\n", dotted(on_the_wire(text))]
        heard = self.say(b"".join(script) + b"QUIT\r\n")
        after = stored(BOXES)
        wrong = []
        if count_promised(heard) != len(missing):
            wrong.append("the next try: %r" % heard)
        if after != WHOLE:
            wrong.append("after the next try: %s" % {
                key[0]: count for key, count in after.items()})
        return wrong

    def conclude(self, title, count):
        print("%s: %s, %d cases: %s; %d left something visible and said "
              "so, %d faults" % (
                  title, count, self.cases,
                  ", ".join("%d %s" % (number, code.decode())
                            for code, number in sorted(self.told.items())),
                  self.residues, self.faults))
        return 1 if self.faults else 0


# ---- What is tried


def faults(scene, process, *command):
    points = Points(scene, process, command)
    calls = points.record(process)
    for kind in KINDS.values():
        for case in kind(calls):
            codes = [] if case.error is None else \
                CODES.get(case.error, OTHERS)
            if process == "2" and case.error == "EDQUOT":
                codes = CODES["ENOSPC"]  # its file is nobody's mailbox
            points.try_one(case.text, codes, MDA_FAULT=case.text,
                           MDA_PROCESS=process)
    return points.conclude("faults %s %s" % (scene, process),
                           "%d calls" % len(calls))


def kills(scene, process, *command):
    points = Points(scene, process, command)
    calls = points.record(process)
    for number, name in enumerate(calls, 1):
        for when in "before", "after":
            points.try_one("%s call %d, %s" % (when, number, name), OTHERS,
                           MDA_KILL="%d:%s" % (number, when),
                           MDA_PROCESS=process)
    return points.conclude("kills %s %s" % (scene, process),
                           "%d calls" % len(calls))


def list_calls(points, who):
    path = os.path.abspath("list")
    points.begin()
    heard = points.say(SCRIPT, [AT_CALL, "list", who, path])
    if count_promised(heard) != 3:
        raise SystemExit("processes cannot be watched here: %r" % heard)
    with open(path, encoding="ascii") as lines:
        return [line.split()[1] for line in lines]


def signals(scene, who, signal, *command):
    """The number of waits of a process, and so of calls, is not always the
    same: what never came has done no harm either."""
    points = Points(scene, who, command)
    calls = min((list_calls(points, who) for _ in range(3)), key=len)
    codes = ASKED[signal] + ALSO
    for number, name in enumerate(calls, 1):
        for when in "before", "after":
            points.try_one(
                "%s call %d, %s" % (when, number, name), codes,
                [AT_CALL, when, str(number), who, signal])
    return points.conclude("signals %s %s SIG%s" % (scene, who, signal),
                           "%d calls, %d of them change something" % (
                               len(calls),
                               sum(name in CHANGES for name in calls)))


if __name__ == "__main__":
    MODES = {"faults": faults, "kills": kills, "signals": signals}
    sys.exit(MODES[sys.argv[1]](*sys.argv[2:]))
