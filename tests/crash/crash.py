"""crash.py - every state in which a power cut may leave a delivery.

    crash.py run SCENARIO           explore it; the last line tells the numbers
    crash.py mutant NAME SCENARIO WORD
                                    the same for a delivery agent with a fault;
                                    status 0 when that is found: a finding with
                                    this word
    crash.py record SCENARIO        print the calls, without their data

mda-fault writes down what it does to the file system (record_sys.c), and the
model tells what a crash at each of these calls may leave (model.py). Each
different state is put on a disk, and mda itself goes on from there: the sender
tries again what it was not told about, and another message comes, in either
order. In the end everything must be there once.
"""

import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.environ["SRCDIR"], "tests", "support"))
sys.path.insert(0, os.path.join(os.environ["SRCDIR"], "tests", "crash"))

from boxes import (OTHER, Both, Fault, Maildir, Mbox, deliver, make_message,
                   read_tree)
from model import File, Model

MDA = os.environ["MDA"]
MDA_FAULT = os.environ["MDA_FAULT_BIN"]
MDA_LMTP = os.path.join(os.environ["BUILDDIR"], "mda", "mda-lmtp")
MDA_LMTP_FAULT = os.path.join(os.environ["BUILDDIR"], "tests", "fault",
                              "mda-lmtp-fault")
FAULTS_MAX = 20
OLD = {"box/new/old": b"an old message\n", "box/cur/old:2,S": b"and another\n"}
OLD_MBOX = (b"From ann@example.org Thu Jan  1 00:00:00 2015\n"
            b"Message-ID: <old@example.org>\n\n>From the start\n\n")


class Run:
    """One delivery of a scenario's history."""

    def __init__(self, name="one", faults="", kill=None, mutant=None,
                 settings=()):
        self.name = name
        self.faults = faults
        self.kill = kill  # a call: the run dies where it has just returned
        self.mutant = mutant
        self.settings = settings


class Scenario:
    """A mailbox, what is there before, and deliveries one after the other."""

    def __init__(self, box, runs=None, size=0, settings=(), start=None,
                 is_young=False, is_torn_at_bytes=False, prepare=0,
                 target=None, user=None, owners=None, has_witness=True,
                 is_plain=False):
        self.box = box
        self.runs = runs or [Run()]
        self.size = size
        self.settings = list(settings)
        self.start = start or {}  # path -> bytes, None for a folder
        self.is_young = is_young  # the start need not be on the disk yet
        self.is_torn_at_bytes = is_torn_at_bytes
        self.prepare = prepare  # earlier deliveries, of which all is done
        self.target = target
        self.user = user  # by root: (name, uid, gid) of an account
        self.owners = owners or {}  # path -> (uid, gid, mode)
        self.has_witness = has_witness
        self.messages = {OTHER: make_message(OTHER)}
        for run in self.runs:
            self.messages[run.name] = make_message(
                run.name, size, is_plain)

    def command(self, program, root, settings=()):
        words = [program, "-o", "log=none", "-o", "return_path=never",
                 "-f", "sender@example.org"]
        for setting in itertools.chain(self.settings, settings):
            words += ["-o", setting]
        if self.user is not None:
            words += ["-d", self.user[0]]
        if self.target is not None:
            words += ["-m", self.target.replace("ROOT", root)]
        return words

    program, program_fault = MDA, MDA_FAULT

    def deliver(self, program, root, run, env):
        """(status, what was said), 0 and nothing when all is promised."""
        return deliver(self.command(program, root, run.settings),
                       self.messages[run.name], cwd=root, env=env)

    def told_at(self, calls):
        """The number of the first call by which the sender has been told."""
        return len(calls)

    def give(self, root, path):
        """By root, to the account."""
        full = os.path.join(root, path)
        if path in self.owners:
            uid, gid, mode = self.owners[path]
            os.chown(full, uid, gid)
            os.chmod(full, mode)
        elif self.user is not None:
            os.chown(full, *self.user[1:])

    def environment(self, root, **more):
        env = dict(os.environ, **more)
        if self.user is None:
            env["HOME"] = root
        return env


class Conversation(Scenario):
    """The message for several mailboxes, by LMTP: all are to be promised it."""

    program, program_fault = MDA_LMTP, MDA_LMTP_FAULT
    PROMISE = b"250 2.0.0 delivered\r\n"

    def command(self, program, root, settings=()):
        words = [program]
        for setting in itertools.chain(
                ["account=fixed", "mailbox=maildir:" + root + "/%n",
                 "log=none", "return_path=never", "delivered_to=never"],
                self.settings, settings):
            words += ["-o", setting]
        return words

    def script(self, name):
        names = [box.path for box in self.box.boxes]
        lines = [b"LHLO me", b"MAIL FROM:<sender@example.org>"]
        lines += [b"RCPT TO:<" + word.encode() + b">" for word in names]
        text = self.messages[name].replace(b"\n", b"\r\n")
        return b"\r\n".join(lines + [b"DATA", text + b".", b"QUIT", b""])

    def deliver(self, program, root, run, env):
        done = subprocess.run(
            self.command(program, root, run.settings),
            input=self.script(run.name), capture_output=True, cwd=root,
            env=env, check=False)
        if done.stdout.count(self.PROMISE) == len(self.box.boxes):
            return done.returncode, done.stderr
        return done.returncode or 75, done.stdout

    def told_at(self, calls):
        """Only who was told makes the witnesses go."""
        return next((number for number, call in enumerate(calls)
                     if call["call"] == "unlink"), len(calls))


def maildir_folders(path):
    return {path: None, path + "/tmp": None, path + "/new": None,
            path + "/cur": None}


EXISTING = dict(maildir_folders("box"), **OLD)
FOLDER = ["mailbox=maildir:%h/box"]


def maildir(**more):
    start = more.pop("start", EXISTING)
    old = OLD if "box/new/old" in start else {}
    return Scenario(Maildir("box", old), target="maildir:box", start=start,
                    **more)


def folder(**more):
    start = more.pop("start", EXISTING)
    old = OLD if "box/new/old" in start else {}
    return Scenario(Maildir("box/.Lists.bugs", old), target="+Lists.bugs",
                    settings=FOLDER, start=start, **more)


def sieve(**more):
    """A store in a folder, one in the mailbox, and a mail in between."""
    start = dict(EXISTING, **maildir_folders("box/.A"))
    start["box/.A/maildirfolder"] = b""
    start[".mda.sieve"] = (b'require ["fileinto", "copy"];'
                           b' fileinto :copy "A";'
                           b' redirect :copy "else@example.com";')
    return Scenario(Both(Maildir("box", OLD), Maildir("box/.A", {})),
                    settings=[*FOLDER, "delivered_to=never",
                              "sendmail_path=/bin/true"], start=start, **more)


def mbox(form="mboxrd", start=OLD_MBOX, settings=(), **more):
    files = {"spool": None}
    if start is not None:
        files["spool/mbox"] = start
    more.setdefault("target", "mbox:spool/mbox")
    return Scenario(Mbox("spool/mbox", start or b"", form), start=files,
                    settings=["mbox_format=" + form, *settings], **more)


ALICE = ("alice", 4711, 4712)  # of tests/support/private.sh


def root_maildir(is_new=False):
    """In a folder of hers, for which nothing of root's is needed."""
    start = dict({"home": None}, **{} if is_new else {
        "home/" + path: data for path, data in EXISTING.items()})
    old = {} if is_new else {"home/" + path: data
                             for path, data in OLD.items()}
    return Scenario(Maildir("home/box", old), target="maildir:ROOT/home/box",
                    start=start, size=600, user=ALICE)


def root_mbox(**more):
    """As in Debian's /var/mail: root's helper makes locks and files."""
    return mbox(target="mbox:ROOT/spool/mbox", user=ALICE,
                owners={"spool": (0, 4708, 0o2775)}, **more)


LMTP_BOXES = ("al", "bo", "cy")


def lmtp(names=LMTP_BOXES, settings=(), start=None, **more):
    tree = {}
    for name in names:
        tree.update(maildir_folders(name))
        tree[name + "/new/old"] = b"an old message\n"
    if start is not None:
        tree = start
    boxes = [Maildir(name, {name + "/new/old": b"an old message\n"}
                     if start is None else {}) for name in names]
    return Conversation(Both(*boxes), start=tree, settings=settings, **more)


def short(call, count):
    """A write of this name that is cut after half, and then the death."""
    return Run("one", faults="%s:%d:short" % (call, count),
               kill=(call, count))


SCENARIOS = {
    "maildir": maildir(size=1500),
    "maildir_young": maildir(size=600, is_young=True,
                             start=maildir_folders("box")),
    "maildir_created": maildir(start={}),
    "maildir_two": maildir(runs=[Run("one"), Run("two")]),
    "maildir_stream": maildir(size=40000, settings=["spool_memory=4096"]),
    "maildir_rename": maildir(size=600, has_witness=False, runs=[
        Run(faults="linkat:*:ENOTSUP")]),
    "maildir_witness": maildir(runs=[Run(kill=("linkat", 1)), Run()]),
    "maildir_half": maildir(runs=[Run(kill=("write", 1)), Run()]),
    "folder": folder(start=dict(EXISTING, **dict(
        maildir_folders("box/.Lists.bugs"),
        **{"box/.Lists.bugs/maildirfolder": b""}))),
    "folder_created": folder(),
    "folder_and_maildir_created": folder(start={}),
    "sieve": sieve(size=600),
    "sieve_half": sieve(runs=[Run(kill=("linkat", 2)), Run()]),
    "root_maildir": root_maildir(),
    "root_maildir_created": root_maildir(is_new=True),
    "root_mbox": root_mbox(prepare=1, size=600),
    "root_mbox_first": root_mbox(size=600),
    "root_mbox_created": root_mbox(start=None),
    "lmtp": lmtp(),
    "lmtp_shared": lmtp(settings=["share=yes"]),
    "lmtp_two": lmtp(("al", "bo"), size=600),
    "lmtp_created": lmtp(("al", "bo"), start={}),
    "mbox": mbox(prepare=1, size=1500),
    "mbox_bytes": mbox(prepare=1, is_torn_at_bytes=True,
                       settings=["locks=fcntl"]),
    "mbox_first": mbox(size=600),
    "mbox_created": mbox(start=None),
    "mbox_empty": mbox(start=b""),
    "mbox_two": mbox(runs=[Run("one"), Run("two")], prepare=1),
    "mbox_o": mbox("mboxo", prepare=1, size=600),
    "mbox_cl2": mbox("mboxcl2", prepare=1, size=600, is_plain=True),
    "mbox_large": mbox(settings=["spool_memory=4096", "locks=fcntl"],
                       size=40000, prepare=1),
    "mbox_no_end": mbox(start=OLD_MBOX + b"From b@c Thu Jan  1 00:00:00 2015"
                        b"\n\nnot ended", prepare=1),
    "mbox_repair": mbox(prepare=1, size=600, runs=[
        short("write", 2), Run("two")]),
    "mbox_repair_same": mbox(prepare=1, size=600, runs=[
        short("write", 2), Run()]),
    "mbox_witness": mbox(prepare=1, runs=[
        Run(kill=("write", 2), mutant="append-unsynced"), Run()]),
    "mbox_witness_other": mbox(prepare=1, runs=[
        Run(kill=("write", 2)), Run("two")]),
}


# ---- Recording -----------------------------------------------------------

def parse_record(path, start):
    calls = []
    with open(path, "rb") as file:
        file.seek(start)
        for line in file:
            words = line.decode("ascii").split()
            call = {"call": words[0]}
            for word in words[1:]:
                key, _, value = word.partition("=")
                if key in ("name", "to_name"):
                    call[key] = bytes.fromhex(value).decode()
                elif key == "data":
                    call[key] = bytes.fromhex(value)
                else:
                    call[key] = int(value)
            calls.append(call)
    return calls


class Recording:
    """A scenario's history, made once for real."""

    def __init__(self, scenario, work, mutant=None):
        self.scenario = scenario
        self.mutant = mutant
        self.root = os.path.join(work, "recorded")
        self.file = os.path.join(work, "calls")
        os.mkdir(self.root)
        let_in(work, self.root)
        for path, data in scenario.start.items():
            full = os.path.join(self.root, path)
            if data is None:
                os.mkdir(full, 0o700)
            else:
                with open(full, "wb") as file:
                    file.write(data)
                os.chmod(full, 0o600)
            scenario.give(self.root, path)
        for _ in range(scenario.prepare):
            self.prepare()
        self.models = [self.model(True), self.model(False)]
        self.events = []
        for run in scenario.runs:
            self.run(run)

    def prepare(self):
        """The journal knows the box then; the box is as it was."""
        self.deliver(Run(OTHER), {}, 0)
        path = os.path.join(self.root, self.scenario.box.path)
        with open(path, "wb") as file:
            file.write(self.scenario.box.start)

    def model(self, is_named):
        model = Model(self.root, is_named, self.scenario.is_torn_at_bytes)
        model.add_folder(os.stat(self.root).st_ino)
        for folder, folders, files in os.walk(self.root):
            parent = os.stat(folder).st_ino
            for name in folders:
                inode = os.stat(os.path.join(folder, name)).st_ino
                model.add_folder(inode, parent, name,
                                 not self.scenario.is_young)
            for name in files:
                path = os.path.join(folder, name)
                with open(path, "rb") as file:
                    model.add_file(os.stat(path).st_ino, parent, name,
                                   file.read())
        return model

    def deliver(self, run, more, status):
        env = self.scenario.environment(self.root, **more)
        got, said = self.scenario.deliver(
            self.scenario.program_fault, self.root, run, env)
        if got != status:
            raise SystemExit("cannot record: status %d, %r" % (got, said))

    def run(self, run):
        more = {}
        if not self.scenario.is_young:
            more["MDA_OLD_FOLDERS"] = "yes"
        if run.faults:
            more["MDA_FAULT"] = run.faults
        mutant = run.mutant or (
            self.mutant if run is self.scenario.runs[-1] else None)
        if mutant is not None:
            more["MDA_MUTANT"] = mutant
        if run.kill is not None:
            more["MDA_KILL"] = "%d:before" % (
                number_of(self.scenario, run, self.root, more) + 1)
        more["MDA_RECORD"] = self.file
        start = os.path.getsize(self.file) if os.path.exists(
            self.file) else 0
        self.deliver(run, more, -9 if run.kill is not None else 0)
        calls = parse_record(self.file, start)
        told_at = self.scenario.told_at(calls)
        self.events.append(("begin", run.name))
        self.events += [("call", call) for call in calls[:told_at]]
        self.events.append(("killed" if run.kill else "told", run.name))
        self.events += [("call", call) for call in calls[told_at:]]


def number_of(scenario, run, root, more):
    """A call's number among all, told by a run on a copy."""
    with tempfile.TemporaryDirectory(dir=os.path.dirname(root)) as copy:
        place = os.path.join(copy, "root")
        shutil.copytree(root, place)
        trace = os.path.join(copy, "trace")
        env = dict(os.environ, HOME=place, MDA_TRACE=trace, **more)
        deliver(scenario.command(MDA_FAULT, place, run.settings),
                scenario.messages[run.name], cwd=place, env=env)
        name, count = run.kill
        with open(trace, encoding="ascii") as lines:
            for line in lines:
                number, call, _ = line.split()
                if call == name:
                    count -= 1
                    if count == 0:
                        return int(number)
    raise SystemExit("no such call: %s %d" % run.kill)


# ---- Exploring -----------------------------------------------------------

class Moment:
    """What the senders know when a state can come about."""

    def __init__(self, told, waiting):
        self.told = tuple(told)
        self.waiting = tuple(waiting)
        self.committed = ()

    def key(self):
        return self.told, self.waiting, self.committed


def tree_of(state):
    return {path: data for path, _, data in state}


class Explorer:
    def __init__(self, recording):
        self.recording = recording
        self.scenario = recording.scenario
        self.found = {}  # (state, moment's key) -> is_named
        self.seen = set()
        self.moments = 0

    def explore(self):
        told, waiting = [], []
        self.look(told, waiting)
        for kind, what in self.recording.events:
            if kind == "call":
                self.call(what, told, waiting)
                continue
            if kind == "begin" and what not in waiting + told:
                waiting.append(what)
            elif kind == "told":
                waiting.remove(what)
                told.append(what)
            self.look(told, waiting)

    def call(self, call, told, waiting):
        is_new = [model.issue(call) for model in self.recording.models]
        if any(is_new):
            self.look(told, waiting)
        for model in self.recording.models:
            model.complete(call)
        if call["call"] == "sync" or call.get("sync"):
            self.look(told, waiting)

    def look(self, told, waiting):
        """Collect the states that a crash may leave now."""
        self.moments += 1
        named, loose = [list(model.states())
                        for model in self.recording.models]
        moment = Moment(told, waiting)
        moment.committed = self.committed(named, waiting)
        for state in loose:
            self.add(state, moment, False)
        for state in named:
            self.add(state, moment, True)

    def committed(self, states, waiting):
        """For these nothing is left to do but to tell the sender."""
        left = set(waiting)
        for state in states:
            if not left:
                break
            try:
                counts = self.scenario.box.look(
                    tree_of(state), self.scenario.messages)
            except Fault:
                return ()
            left = {name for name in left if counts[name] > 0}
        return tuple(sorted(left))

    def add(self, state, moment, is_named):
        key = state, moment.key()
        self.found[key] = self.found.get(key, False) or is_named


# ---- Going on from a state -----------------------------------------------

class Bench:
    """States on a disk, and deliveries to them."""

    def __init__(self, recording, work):
        self.scenario = recording.scenario
        self.root = os.path.join(work, "state")
        self.pool = os.path.join(work, "pool")
        os.mkdir(self.root)
        os.mkdir(self.pool)
        let_in(work, self.root)
        self.kept = {}
        self.in_use = {}
        self.keep_box(recording)
        self.env = self.scenario.environment(self.root)
        self.runs = 0

    def keep_box(self, recording):
        """An mbox keeps its inode over a crash, and its journal knows it."""
        if not isinstance(self.scenario.box, Mbox):
            return
        path = os.path.join(recording.root, self.scenario.box.path)
        node = recording.models[0].nodes[os.stat(path).st_ino]
        self.kept[node.number] = os.path.join(self.pool, "box")
        os.rename(path, self.kept[node.number])

    def clear(self):
        for number, inode in self.in_use.items():
            os.rename(self.find(inode), self.kept[number])
        self.in_use = {}
        for entry in os.scandir(self.root):
            if entry.is_dir():
                shutil.rmtree(entry.path)
            else:
                os.unlink(entry.path)

    def find(self, inode):
        """Of two names that root's helper gave it, one may be gone."""
        for folder, _, files in os.walk(self.root):
            for name in files:
                path = os.path.join(folder, name)
                if os.lstat(path).st_ino == inode:
                    return path
        raise Fault("the mbox was removed")

    def put(self, state):
        self.clear()
        made = {}
        locks = {number for path, number, _ in state
                 if path.endswith(".lock")}
        for path, number, data in state:
            full = os.path.join(self.root, path)
            if data is None:
                os.mkdir(full, 0o700)
            elif number in made:
                os.link(made[number], full)
            else:
                made[number] = full
                self.put_file(full, number, data, number in locks)
            self.scenario.give(self.root, path)

    def put_file(self, full, number, data, is_lock):
        if number in self.kept:
            os.rename(self.kept[number], full)
            self.in_use[number] = os.lstat(full).st_ino
        with open(full, "wb") as file:
            file.write(after_boot(data) if is_lock else data)
        os.chmod(full, 0o600)
        if is_lock:
            long_ago = time.time() - 3600
            os.utime(full, (long_ago, long_ago))

    def deliver(self, name):
        self.runs += 1
        status, said = self.scenario.deliver(
            self.scenario.program, self.root, Run(name), self.env)
        if status != 0 or said:
            raise Fault("%s comes after the crash: status %d, %r" % (
                name, status, said))


def after_boot(data):
    """A lock file was made before this boot, whatever the test's host says."""
    words = data.split(b" ")
    if len(words) == 3:
        return b" ".join(words[:2] + [b"another-boot\n"])
    return data


class Judge:
    def __init__(self, scenario, bench):
        self.scenario = scenario
        self.bench = bench
        self.doubled = 0
        self.nameless = 0  # doubled where the "named" rule does not hold

    def judge(self, state, key, is_named):
        told, waiting, committed = key
        tree = tree_of(state)
        messages = self.scenario.messages
        counts = self.scenario.box.look(tree, messages)
        for name in told:
            if counts[name] != 1:
                raise Fault("%s was acknowledged, and is there %d times" % (
                    name, counts[name]))
        for name in waiting:
            if counts[name] > 1:
                raise Fault("%s is there %d times" % (name, counts[name]))
        may_double = committed
        if not self.scenario.has_witness or (
                not is_named and not isinstance(self.scenario.box, Mbox)):
            may_double = waiting
        orders = [list(waiting) + [OTHER]]
        if waiting:
            orders.append([OTHER] + list(waiting))
        for order in orders:
            self.go_on(state, order, told, may_double, is_named)

    def go_on(self, state, order, told, may_double, is_named):
        box = self.scenario.box
        self.bench.put(state)
        for name in order:
            self.bench.deliver(name)
        tree = read_tree(self.bench.root)
        counts = box.count(tree, self.scenario.messages)
        box.check_form(tree)
        for name in self.scenario.messages:
            wanted = 1 if name in told or name in order else 0
            got = counts[name]
            if got == 2 and name in may_double:
                if is_named:
                    self.doubled += 1
                else:
                    self.nameless += 1
            elif got != wanted:
                raise Fault("after %s: %s is there %d times, not %d" % (
                    ", ".join(order), name, got, wanted))


# ---- The whole -----------------------------------------------------------

def tell_state(state):
    lines = []
    for path, number, data in state:
        if data is None:
            lines.append("    %s/" % path)
        else:
            lines.append("    %s #%d %d bytes, %d NULs" % (
                path, number, len(data), data.count(b"\0")))
    return "\n".join(lines)


def let_in(*folders):
    """Accounts are to get at what is theirs."""
    for folder in folders:
        os.chmod(folder, 0o711)


def work_folder(is_by_root):
    """In memory where that can be: nothing here depends on a real disk. Root's
    helper trusts no folder in which others may write.
    """
    for place in ("/mnt",) if is_by_root else ("/dev/shm", None):
        try:
            return tempfile.mkdtemp(prefix="mda-crash.", dir=place)
        except OSError:
            continue
    raise SystemExit("no folder to work in")


class Verdicts:
    """Findings, the first ones told; with a word to look for, until it came."""

    def __init__(self, name, word=None):
        self.name = name
        self.word = word
        self.count = 0
        self.is_met = False

    def add(self, fault, state, key, is_named):
        self.count += 1
        self.is_met = self.word is not None and self.word in str(fault)
        if self.count <= FAULTS_MAX or self.is_met:
            print("%s: %s\n  told: %s; waiting: %s; %s\n%s" % (
                self.name, fault, ",".join(key[0]) or "-",
                ",".join(key[1]) or "-",
                "named" if is_named else "weakest", tell_state(state)))


def examine(name, work, mutant=None, word=None):
    scenario = SCENARIOS[name]
    recording = Recording(scenario, work, mutant)
    explorer = Explorer(recording)
    explorer.explore()
    judge = Judge(scenario, Bench(recording, work))
    verdicts = Verdicts(name, word)
    for (state, key), is_named in explorer.found.items():
        try:
            judge.judge(state, key, is_named)
        except Fault as fault:
            verdicts.add(fault, state, key, is_named)
            if verdicts.is_met:
                break
    print("%s: %d states, %d faults; %d calls, %d moments, %d deliveries, "
          "%d doubled after all was done, %d for want of a name" % (
              name, len(explorer.found), verdicts.count,
              sum(event[0] == "call" for event in recording.events),
              explorer.moments, judge.bench.runs, judge.doubled,
              judge.nameless))
    return verdicts


def print_record(name, work):
    for kind, what in Recording(SCENARIOS[name], work).events:
        if kind != "call":
            print(kind, what)
            continue
        words = dict(what)
        data = words.pop("data", None)
        if data is not None:
            words["bytes"] = len(data)
        print(" ", words.pop("call"), " ".join(
            "%s=%s" % item for item in words.items()))


def main(arguments):
    os.umask(0o077)
    work = work_folder(any(word.startswith("root_") for word in arguments))
    try:
        if arguments[0] == "record":
            print_record(arguments[1], work)
            return 0
        if arguments[0] == "mutant":
            mutant, name, word = arguments[1:]
            return 0 if examine(name, work, mutant, word).is_met else 1
        return 1 if examine(arguments[1], work).count else 0
    finally:
        shutil.rmtree(work)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
