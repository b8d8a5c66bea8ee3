"""scenes.py - mailboxes to deliver to again and again, each time with something
else going wrong.

A scene knows what is there in the beginning, how mda is called, and what a
mailbox may hold afterwards. Those of accounts want root, and the users of
private.sh.
"""

import itertools
import os
import shutil
import stat
import subprocess
import tempfile

from boxes import (OTHER, Both, Fault, Maildir, Mbox, make_message,
                   read_tree)

MDA = os.environ["MDA"]
ONE = "one"  # the message that something happens to
OLD = {"%s/new/old": b"an old message\n", "%s/cur/old:2,S": b"and another\n"}
OLD_MBOX = (b"From ann@example.org Thu Jan  1 00:00:00 2015\n"
            b"Message-ID: <old@example.org>\n\n>From the start\n\n")
SENDER = ["-o", "return_path=never", "-f", "sender@example.org"]


def maildir_at(path, marked=False):
    tree = {path: None}
    tree.update((path + "/" + name, None) for name in ("tmp", "new", "cur"))
    if marked:
        tree[path + "/maildirfolder"] = b""
    return tree


def old_mail(path):
    return {name % path: data for name, data in OLD.items()}


def work_folder(place=None):
    """In memory where that can be: nothing here depends on a real disk."""
    for folder in (place, "/dev/shm", None):
        try:
            return tempfile.mkdtemp(prefix="mda-scene.", dir=folder)
        except OSError:
            continue
    raise SystemExit("no folder to work in")


class Scene:
    """One mailbox, and one way to deliver to it."""

    def __init__(self, box, words, start=(), size=0, has_journal=False,
                 user=None, owners=(), faults="", is_split=False, sends=None):
        self.box = box
        self.words = list(words)
        self.start = dict(start)  # path -> bytes, None for a folder
        self.has_journal = has_journal  # of an earlier delivery
        self.user = user  # the uid and gid of what lies in the mailbox
        self.owners = dict(owners)  # path -> (uid, gid, mode)
        self.faults = faults  # that each delivery has
        self.is_split = is_split  # by root: two processes
        self.sends = sends  # the file that has a line for each mail
        self.messages = {ONE: make_message(ONE, size),
                         OTHER: make_message(OTHER)}

    def command(self, program, root):
        words = [word.replace("ROOT", root) for word in self.words]
        return [program, *SENDER, *words]


def maildir(path="box", words=("-m", "maildir:box"), is_new=False, **more):
    old = {} if is_new else old_mail(path)
    start = dict(more.pop("start", {}))  # what is above comes first
    if not is_new:
        start.update(maildir_at(path, path + "/maildirfolder" in start))
    start.update(old)
    return Scene(Maildir(path, old), words, start, **more)


def mbox(path="spool/mbox", words=("-m", "mbox:spool/mbox"), is_new=False,
         **more):
    start = {os.path.dirname(path): None}
    if not is_new:
        start[path] = OLD_MBOX
    return Scene(Mbox(path, b"" if is_new else OLD_MBOX), words, start,
                 has_journal=not is_new, **more)


SCRIPT = b"""require ["fileinto", "copy"];
fileinto :copy "A";
redirect :copy "else@example.com";
"""
# Each mail is a line of "sent"; one that is cut would not end so.
SENDMAIL = b"""#! /bin/sh
tail -n 1 >>"$HOME/sent"
"""


def sieve(**more):
    """Two folders that exist, and a mail to somebody else."""
    old = old_mail("box")
    start = dict(maildir_at("box"), **maildir_at("box/.A", True))
    start.update(old)
    start[".mda.sieve"] = SCRIPT
    start["sendmail"] = SENDMAIL
    box = Both(Maildir("box", old), Maildir("box/.A", {}))
    words = ["-o", "mailbox=maildir:%h/box", "-o", "delivered_to=never",
             "-a", "me@example.net", "-o", "sendmail_path=ROOT/sendmail"]
    return Scene(box, words, start, sends="sent", **more)


DETAIL = ["-o", "mailbox=maildir:%h/box", "-o", "detail_folder=create",
          "-e", "bugs"]
ALICE = ["-c", "settings", "-d", "alice"]
SPOOL = {"spool": (0, 4708, 0o2775)}  # as Debian's /var/mail; not Alice's
FIXED = ["-c", "settings", "-o", "account=fixed", "-o", "fixed_user=vmail",
         "-o", "mailbox=maildir:/mnt/srv/%d/%n", "-d", "carol@example.org"]

SCENES = {
    "maildir_first": lambda: maildir(is_new=True),
    "maildir": maildir,
    "maildir_stream": lambda: maildir(
        words=["-o", "spool_memory=4096", "-m", "maildir:box"], size=40000),
    "mbox_first": lambda: mbox(is_new=True),
    "mbox": mbox,
    "detail": lambda: maildir(
        "box/.bugs", DETAIL, is_new=True,
        start=dict(maildir_at("box"), **{"box/new/old": b"an old message\n"})),
    "detail_existing": lambda: maildir(
        "box/.bugs", DETAIL, start=dict(maildir_at("box"),
                                        **maildir_at("box/.bugs", True))),
    "root_maildir_first": lambda: maildir(
        "home/alice/Maildir", ALICE, is_new=True, user=(4711, 4712),
        is_split=True),
    "root_maildir": lambda: maildir(
        "home/alice/Maildir", ALICE, user=(4711, 4712), is_split=True),
    "root_mbox_first": lambda: mbox(
        "spool/alice", [*ALICE, "-m", "mbox:/mnt/spool/%u"], is_new=True,
        user=(4711, 4708), owners=SPOOL, is_split=True),
    "root_mbox": lambda: mbox(
        "spool/alice", [*ALICE, "-m", "mbox:/mnt/spool/%u"],
        user=(4711, 4708), owners=SPOOL, is_split=True),
    "root_detail": lambda: maildir(
        "home/alice/Maildir/.bugs",
        [*ALICE, "-o", "detail_folder=create", "-e", "bugs"], is_new=True,
        user=(4711, 4712), is_split=True,
        start=maildir_at("home/alice/Maildir")),
    "sieve": sieve,
    "fixed": lambda: maildir(
        "srv/example.org/carol", FIXED, is_new=True, user=(4741, 4742),
        is_split=True, start={"srv": None, "srv/example.org": None},
        owners={"srv": (0, 0, 0o755),
                "srv/example.org": (4741, 4742, 0o700)}),
}


class Stage:
    """A scene on a disk."""

    def __init__(self, scene):
        self.scene = scene
        self.work = work_folder()
        self.files = {}
        self.root = "/mnt" if scene.is_split else os.path.join(
            self.work, "root")
        if not scene.is_split:
            os.mkdir(self.root, 0o700)
        # Of the whole name space of accounts, what the scene is about.
        self.tops = sorted({path.split("/")[0] for path in itertools.chain(
            scene.start, [scene.box.path])})
        for name, data in scene.messages.items():
            self.files[name] = os.path.join(self.work, name)
            with open(self.files[name], "wb") as file:
                file.write(data)
        self.env = dict(os.environ, HOME=self.root)
        if scene.is_split:
            del self.env["HOME"]
        self.said = os.path.join(self.work, "said")
        self.saved = {}
        self._start()

    def close(self):
        shutil.rmtree(self.work)

    # ---- What is there in the beginning

    def _start(self):
        self._make(self.scene.start)
        if self.scene.has_journal:
            self.must("prepare", OTHER)
            with open(self._at(self.scene.box.path), "wb") as file:
                file.write(self.scene.box.start)
        self.saved = self.tree()

    def _at(self, path):
        return os.path.join(self.root, path)

    def _make(self, tree):
        for path, data in tree.items():
            full = self._at(path)
            if data is None:
                if not os.path.isdir(full):
                    os.mkdir(full, 0o700)
            else:
                with open(full, "wb") as file:
                    file.write(data)
                os.chmod(full, 0o700 if data.startswith(b"#!") else 0o600)
            self._give(path, full)

    def _give(self, path, full):
        if path in self.scene.owners:
            uid, gid, mode = self.scene.owners[path]
            os.chown(full, uid, gid)
            os.chmod(full, mode)
        elif self.scene.user is not None:
            os.chown(full, *self.scene.user)

    def tree(self):
        tree = {}
        for top in self.tops:
            full = self._at(top)
            if not os.path.isdir(full):
                continue
            tree[top] = None
            tree.update((top + "/" + path, data)
                        for path, data in read_tree(full).items())
        return tree

    def reset(self):
        """A file that was there keeps its inode: a journal knows it."""
        if self.sent():
            os.unlink(self._at(self.scene.sends))
        now = self.tree()
        for path in sorted(now, reverse=True):
            if path not in self.saved:
                full = self._at(path)
                if now[path] is None:
                    os.rmdir(full)
                else:
                    os.unlink(full)
        for path, data in self.saved.items():
            if data is not None and path not in now:
                raise Fault("gone: " + path)
            if data is not None and now[path] != data:
                with open(self._at(path), "wb") as file:
                    file.write(data)

    # ---- Deliveries

    def run(self, program, name, before=(), more=None):
        """Gives (status, what was said)."""
        env = self.env if more is None else dict(self.env, **more)
        with open(self.files[name], "rb") as message, open(
                self.said, "w+b") as said:
            done = subprocess.run(
                [*before, *self.scene.command(program, self.root)],
                stdin=message,
                stdout=said, stderr=said, cwd=self.root, env=env,
                close_fds=False, check=False)
            said.seek(0)
            return done.returncode, said.read()

    def must(self, when, name):
        """A delivery to which nothing happens."""
        status, said = self.run(MDA, name)
        if status != 0 or said:
            raise Fault("%s: status %d, %r" % (when, status, said))

    def sent(self):
        """The mails that went to somebody else, by their last lines."""
        if self.scene.sends is None:
            return []
        try:
            with open(self._at(self.scene.sends), "rb") as file:
                return file.read().splitlines()
        except FileNotFoundError:
            return []

    # ---- What lies there

    def counts(self):
        return self.scene.box.count(self.tree(), self.scene.messages)

    def expect(self, when, **wanted):
        counts = self.counts()
        for name, number in wanted.items():
            if counts[name] != number:
                raise Fault("%s: %s is there %d times, not %d" % (
                    when, name, counts[name], number))

    def expect_form(self):
        self.scene.box.check_form(self.tree())
        if self.scene.user is None:
            return
        for path, number in self._owners():
            if number != self.scene.user[0]:
                raise Fault("of uid %d: %s" % (number, path))

    def _owners(self):
        box = self.scene.box.path
        names = [path for path in self.tree() if (path + "/").startswith(
            box + "/")]
        for path in names:
            yield path, os.lstat(self._at(path))[stat.ST_UID]

    def leftovers(self):
        """What is there besides the mailbox, its journal, and old mail."""
        box = self.scene.box
        known = set(self.saved) | {box.path}
        if isinstance(box, Mbox):
            folder, name = os.path.split(box.path)
            known.add("%s/.%s.mda" % (folder, name))
        paths = [one.path for one in getattr(box, "boxes", [box])]
        mail = [path + folder for path in paths
                for folder in ("/new", "/cur")]
        return [path for path, data in self.tree().items()
                if path not in known and data is not None and
                os.path.basename(path) != "maildirfolder" and
                os.path.dirname(path) not in mail]

    def expect_clean(self, when):
        left = self.leftovers()
        if left:
            raise Fault("%s: left behind: %s" % (when, ", ".join(left)))

    def expect_nothing_new(self, when):
        """No message, and an mbox is what it was."""
        tree = self.tree()
        box = self.scene.box
        self.expect(when, **{ONE: 0})
        if isinstance(box, Mbox) and tree.get(box.path, b"") != box.start:
            raise Fault(when + ": the mbox has changed")
        self.expect_clean(when)
