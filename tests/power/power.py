"""power.py - power cuts, on real file systems.

    power.py KIND FORM [MUTANT]

On a disk that writes down what reaches it (disk.py) messages are delivered,
one after the other, into a Maildir or an mbox. Then the power fails at each
moment: a disk is made as it may be then, mounted, looked at; the sender tries
again what it was not told about, and another message comes. The last line
tells the numbers. MUTANT is a delivery agent with one fault (record_sys.c of
tests/crash), to show that it would be found.

A message may be there twice where a delivery was done and its sender had not
yet noted it: when nothing was left that could tell. That is counted.
"""

import os
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.environ["SRCDIR"], "tests", "support"))

from boxes import Fault, Maildir, Mbox, make_message, read_tree
from disk import KINDS, Cuts, Disk, run

SIZES = (0, 2000, 40000, 300, 150000, 2000, 9000, 500)
PARTS = 4  # random states between two flushes
FAULTS_MAX = 5
START, EXTRA = 1000, "extra"
OFF_S = 600  # until the machine is up again


class Power:
    def __init__(self, kind, form, mutant):
        self.kind = kind
        self.form = form
        self.is_mutant = mutant is not None
        self.program = os.environ["MDA_FAULT_BIN"]
        self.environment = dict(os.environ, HOME="/nonexistent",
                                MDA_OLD_FOLDERS="yes",
                                MDA_MUTANT=mutant or "none")
        self.messages = {str(number): make_message(str(number), size)
                         for number, size in enumerate(SIZES)}
        self.messages[EXTRA] = make_message(EXTRA, 1000)
        self.states = self.doubled = 0
        self.faults = []
        self.at = os.path.join(os.getcwd(), "state")
        os.mkdir(self.at)

    def box(self):
        return Maildir("box", {}) if self.form == "maildir" else Mbox(
            "box", b"")

    def deliver(self, root, name):
        done = subprocess.run([
            self.program, "-o", "root_mail=yes", "-o", "log=none",
            "-o", "sieve=", "-m", "%s:%s/box" % (self.form, root)],
            input=self.messages[name], env=self.environment, check=False,
            capture_output=True)
        if done.returncode != 0:
            raise Fault("%s: exit status %d: %s" % (
                name, done.returncode, done.stderr.decode().strip()))

    def record(self):
        """What reached the disk; each delivery is noted when it is done."""
        with Disk(self.kind, os.getcwd()) as disk:
            run("sync", "-f", disk.at)
            disk.note(START)
            for number in range(len(SIZES)):
                self.deliver(disk.at, str(number))
                disk.note(number)
        return list(disk.log())

    def write_state(self, blocks):
        run("cp", "--sparse=always", "start", "now")
        with open("now", "r+b") as file:
            for offset, data in blocks:
                file.seek(offset)
                file.write(data)
        mend = KINDS[self.kind][2]
        if mend is not None:
            subprocess.run(mend + ["now"], check=False,  # 1: it mended
                           stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)

    def look(self, done):
        """Straight behind the cut: what was acknowledged is there."""
        tree = read_tree(self.at)
        counts = self.box().look(tree, self.messages)
        for number in range(len(SIZES)):
            count = counts[str(number)]
            if number < done and count != 1:
                raise Fault("%d was acknowledged and is there %d times" % (
                    number, count))
            if number > done and count != 0:
                raise Fault("%d was never sent" % number)
        return counts[str(done)] if done < len(SIZES) else 0

    def has_witness(self):
        """Is anything left in tmp/ by which a second try could be known?"""
        tmp = os.path.join(self.at, "box", "tmp")
        return os.path.isdir(tmp) and os.listdir(tmp) != []

    def let_time_pass(self):
        """A lock file without a word in it is a dead one's when it is old."""
        lock = os.path.join(self.at, "box.lock")
        if os.path.exists(lock):
            then = time.time() - OFF_S
            os.utime(lock, (then, then))

    def try_again(self, done):
        self.let_time_pass()
        if done < len(SIZES):
            self.deliver(self.at, str(done))
        self.deliver(self.at, EXTRA)
        tree = read_tree(self.at)
        counts = self.box().count(tree, self.messages)
        self.box().check_form(tree)
        for number in range(min(done + 1, len(SIZES))):
            count = counts[str(number)]
            if count != 1 and not (number == done and count == 2):
                raise Fault("at the end %d is there %d times" % (
                    number, count))
        if counts[EXTRA] != 1:
            raise Fault("the next message is there %d times" % counts[EXTRA])
        return done < len(SIZES) and counts[str(done)] == 2

    def check_mounted(self, done):
        was_there = self.look(done)
        could_know = self.form == "maildir" and self.has_witness()
        if self.try_again(done):
            if not was_there or could_know:
                raise Fault("%d is there twice" % done)
            self.doubled += 1

    def check(self, notes, blocks):
        done = 0 if notes == START else notes + 1
        self.states += 1
        self.write_state(blocks)
        run("mount", "-o", "loop", "now", self.at)
        try:
            self.check_mounted(done)
        except Fault as fault:
            self.faults.append("state %d, %d acknowledged: %s" % (
                self.states, done, fault))
        finally:
            run("umount", self.at)

    def explore(self):
        cuts = Cuts(self.record(), START, PARTS)
        for notes, blocks in cuts:
            self.check(notes, blocks)
            if len(self.faults) >= (1 if self.is_mutant else FAULTS_MAX):
                break
        for fault in self.faults:
            print(fault)
        print("%s, %s: %d deliveries, %d moments, %d states, %d faults, "
              "%d twice" % (self.kind, self.form, len(SIZES), cuts.moments,
                            self.states, len(self.faults), self.doubled))
        return len(self.faults) > 0 or (self.is_mutant and self.doubled > 0)


def main(kind, form, mutant=None):
    folder = os.path.join(os.getcwd(), "power")
    os.mkdir(folder)
    run("mount", "-t", "tmpfs", "-o", "size=2g", "power", folder)
    os.chdir(folder)
    is_faulty = Power(kind, form, mutant).explore()
    sys.exit(is_faulty != (mutant is not None))


main(*sys.argv[1:])
