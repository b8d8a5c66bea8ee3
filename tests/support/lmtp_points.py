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
are links to one, "first", where the Maildirs are to be made, "mbox", an mbox for
each, or "script", where the third recipient has one that wants the message in a
folder, too. By root, for system accounts: "root", and "spool", where the mbox of
the third lies in a folder of root's. PROCESS: 1 is the monitor, which makes no
call of the table, 2 the speaker, then the workers; before that for an mbox by
root comes its helper.
"""

import collections
import os
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from boxes import Both, Fault, Maildir, Mbox, read_tree  # noqa: E402
from cases import KINDS, read_calls  # noqa: E402
from lmtp import dotted, on_the_wire  # noqa: E402
from lmtp_storm import (ONE, SCRIPT, TWO, WHOLE,  # noqa: E402
                        count_promised, play)

BOXES = os.path.abspath("boxes")
RECIPIENTS = [("al", ONE), ("bo", ONE), ("cy", TWO)]
MESSAGES = {ONE: ONE, TWO: TWO}
WORDS = {"apart": [], "shared": ["-o", "share=yes"], "first": [],
         "mbox": ["-o", "mailbox=mbox:" + BOXES + "/%n",
                  "-o", "lock_timeout=1s"],
         "script": ["-o", "sieve=" + BOXES + "/%n.sieve"],
         "root": [],
         "spool": ["-o", "account_settings=" + BOXES + "/%u.settings",
                   "-o", "lock_timeout=1s"]}
# To whom a process delivers. Those who speak with all are not here.
APART = {"3": "al", "4": "bo", "5": "cy", "6": "cy"}
MET = {"shared": {"3": "al bo", "4": "cy"}}
UIDS = {"al": 4801, "bo": 4802, "cy": 4803}  # by root
MAIL = 4708  # the group of a spool
OLD = b"an old message\n"
OLD_MBOX = (b"From ann@example.org Thu Jan  1 00:00:00 2015\n"
            b"Message-ID: <old@example.org>\n\n>From the start\n\n")
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
# With these a folder that a script names is not waited for: the mailbox itself
# takes the message.
LASTING = ("EACCES", "ELOOP", "ENOENT", "ENOTDIR", "EPERM", "EROFS")
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


def write(path, data, owner=None, mode=0o600):
    """A file that is there keeps its inode: a journal knows it."""
    with open(os.path.join(BOXES, path), "wb") as file:
        file.write(data)
        os.fchmod(file.fileno(), mode)
        if owner is not None:
            os.fchown(file.fileno(), owner, owner)


def make_maildir(path, owner, data):
    """Made anew, with some old mail."""
    full = os.path.join(BOXES, path)
    shutil.rmtree(full, ignore_errors=True)
    for folder in "", "/tmp", "/new", "/cur":
        os.mkdir(full + folder, 0o700)
        if owner is not None:
            os.chown(full + folder, owner, owner)
    for name in data:
        write(name, data[name], owner)


class Boxes:
    """The mailboxes of a scene."""

    def __init__(self, scene):
        self.scene = scene
        self.owners = UIDS if scene in ("root", "spool") else {}
        self.saved = None  # of the mboxes, and beside them
        self.is_kept = False  # as it was when they were last looked at
        self.boxes = {user: self.box_of(user) for user in "al bo cy".split()}

    def box_of(self, user):
        if self.scene == "mbox":
            return Mbox(user, OLD_MBOX)
        if self.scene == "spool" and user == "cy":
            return Mbox("spool/cy", OLD_MBOX)
        old = {user + "/cur/old:2,S": OLD}
        if self.scene == "first":
            return Maildir(user, {})
        if self.scene == "script" and user == "cy":
            return Both(Maildir(user, old), Maildir(user + "/.A", {}))
        return Maildir(user, old)

    def mboxes(self):
        return [(user, box) for user, box in self.boxes.items()
                if isinstance(box, Mbox)]

    def make(self):
        os.makedirs(BOXES, exist_ok=True)
        if self.saved is not None:
            self.restore()
        elif self.mboxes():
            self.make_mboxes()
        for user, box in self.boxes.items():
            if self.scene == "first":
                shutil.rmtree(os.path.join(BOXES, user), ignore_errors=True)
            elif not isinstance(box, Mbox):
                self.make_maildirs(user, getattr(box, "boxes", [box]))

    def make_maildirs(self, user, boxes):
        for box in boxes:
            make_maildir(box.path, self.owners.get(user), box.old)
            if box.is_subfolder:
                write(box.path + "/maildirfolder", b"")
                write(user + ".sieve", b"""require ["fileinto", "copy"];
fileinto :copy "A";
""")

    def make_mboxes(self):
        if self.scene == "spool":
            os.mkdir(os.path.join(BOXES, "spool"))
            os.chown(os.path.join(BOXES, "spool"), 0, MAIL)
            os.chmod(os.path.join(BOXES, "spool"), 0o2775)
            write("cy.settings", b"mailbox = mbox:%s/spool/%%u\n" %
                  BOXES.encode(), 0, 0o644)
        for user, box in self.mboxes():
            write(box.path, OLD_MBOX, self.owners.get(user))

    def save(self):
        """After a first delivery: the journals know the mboxes."""
        tree = read_tree(BOXES)
        self.saved = {}
        for _, box in self.mboxes():
            folder, name = os.path.split(box.path)
            box.start = tree[box.path]
            for path in box.path, os.path.join(folder, ".%s.mda" % name):
                self.saved[path] = tree[path]

    def restore(self):
        for _, box in self.mboxes():
            folder = os.path.dirname(box.path)
            for name in os.listdir(os.path.join(BOXES, folder)):
                path = os.path.join(folder, name)
                if path not in self.saved and os.path.isfile(
                        os.path.join(BOXES, path)):
                    os.unlink(os.path.join(BOXES, path))
        for path, data in self.saved.items():
            with open(os.path.join(BOXES, path), "r+b") as file:
                file.truncate(0)
                file.write(data)

    def stored(self, error, may_lack):
        """What is visible; what is wrong with a mailbox counts as mail.

        may_lack: a kill may have come between the two folders of a script.
        """
        tree = read_tree(BOXES) if os.path.isdir(BOXES) else {}
        found = collections.Counter()
        self.is_kept = False
        for user, box in self.boxes.items():
            try:
                if may_lack and isinstance(box, Both):
                    counts = box.look(tree, MESSAGES)
                else:
                    counts = self.count(box, tree, error)
            except Fault as fault:
                counts = {str(fault): 1}
            found.update({(user, text): count
                          for text, count in counts.items() if count > 0})
        return found

    def count(self, box, tree, error):
        """In the mailbox itself, and not where a script wanted it as well?"""
        if error in LASTING and isinstance(box, Both):
            each = [one.count(tree, MESSAGES)[TWO] for one in box.boxes]
            if each == [1, 0]:
                self.is_kept = True
                return {TWO: 1}
        return box.count(tree, MESSAGES)


class Points:
    def __init__(self, scene, process, command):
        self.boxes = Boxes(scene)
        # Whose answers may be others than "delivered".
        self.met = MET.get(scene, APART).get(process, "al bo cy").split()
        self.command = [*command, *WORDS[scene]]
        self.told = collections.Counter()
        self.cases = self.faults = self.residues = self.kept = 0
        self.error = None  # what the first delivery meets
        self.is_killed = False
        shutil.rmtree(BOXES, ignore_errors=True)
        self.begin()
        if self.boxes.mboxes():
            self.say(SCRIPT)
            self.boxes.save()

    def begin(self):
        self.boxes.make()
        with open("log", "wb"):
            pass

    def stored(self, is_first=False):
        return self.boxes.stored(self.error, is_first and self.is_killed)

    def say(self, script, before=(), **asked):
        os.environ.update(asked)
        heard = play([*before, *self.command], script, True)
        for name in asked:
            del os.environ[name]
        return heard

    def record(self, process):
        trace = os.path.abspath("calls")
        with open(trace, "wb") as file:
            os.fchmod(file.fileno(), 0o666)  # accounts write there, too
        self.begin()
        heard = self.say(SCRIPT, MDA_TRACE=trace, MDA_PROCESS=str(process))
        if count_promised(heard) != 3 or self.stored() != WHOLE:
            raise SystemExit("cannot record: %r" % heard)
        calls = read_calls(trace)
        os.unlink(trace)
        return calls

    # ---- One case

    def try_one(self, text, codes, before=(), error=None, **asked):
        self.error = error
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
        there = self.stored(is_first=True)
        wrong = ["%s has %d: %s" % (key[0], count, key[1])
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
        self.kept += self.boxes.is_kept
        return wrong + self.again(missing)

    def again(self, missing):
        script = [b"LHLO c\r\n"]
        for box, text in missing:
            script += [b"MAIL FROM:<a@b>\r\nRCPT TO:<", box.encode(),
                       b">\r\nDATA\r\n", dotted(on_the_wire(text))]
        heard = self.say(b"".join(script) + b"QUIT\r\n")
        after = self.stored()
        wrong = []
        if count_promised(heard) != len(missing):
            wrong.append("the next try: %r" % heard)
        if after != WHOLE:
            wrong.append("after the next try: %s" % {
                key[0]: count for key, count in after.items()})
        return wrong

    def conclude(self, title, count):
        print("%s: %s, %d cases: %s; %d left something visible and said "
              "so, %d kept, %d faults" % (
                  title, count, self.cases,
                  ", ".join("%d %s" % (number, code.decode())
                            for code, number in sorted(self.told.items())),
                  self.residues, self.kept, self.faults))
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
            points.try_one(case.text, codes, error=case.error,
                           MDA_FAULT=case.text, MDA_PROCESS=process)
    return points.conclude("faults %s %s" % (scene, process),
                           "%d calls" % len(calls))


def kills(scene, process, *command):
    points = Points(scene, process, command)
    calls = points.record(process)
    points.is_killed = True
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
