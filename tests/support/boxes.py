"""boxes.py - what a mailbox must hold, for tests that make many deliveries.

A tree is a dictionary from path to bytes, with None for folders: it comes from
a disk, or from a model of one.
"""

import os
import subprocess

import mbox_check

OTHER = "other"


class Fault(Exception):
    """What is wrong, in words."""


def make_message(name, size_bytes=0, is_plain=False):
    """With a line that an mbox must quote, unless it is to be plain."""
    text = ("Message-ID: <%s@example.org>\nSubject: a test\n\n"
            "%s the start of %s\n" % (
                name, "At" if is_plain else "From", name))
    line = 0
    while len(text) < size_bytes:
        text += "%d %s 0123456789012345678901234567890123456789\n" % (
            line, name)
        line += 1
    return text.encode()


def read_tree(root):
    tree = {}
    for folder, folders, files in os.walk(root):
        for name in folders:
            tree[os.path.relpath(os.path.join(folder, name), root)] = None
        for name in files:
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                tree[os.path.relpath(path, root)] = file.read()
    return tree


def deliver(command, data, **options):
    """(status, what was said), by a program that has nothing to print."""
    done = subprocess.run(command, input=data, capture_output=True,
                          close_fds=False, check=False, **options)
    if done.stdout:
        raise Fault("prints something: %r" % done.stdout)
    return done.returncode, done.stderr


class Maildir:
    """A Maildir in which some messages lie from the start."""

    def __init__(self, folder, old):
        self.path = self.folder = folder
        self.old = old  # path -> bytes
        self.is_subfolder = os.path.basename(folder).startswith(".")

    def count(self, tree, messages):
        """How often each message is visible; a Fault for anything else."""
        counts = dict.fromkeys(messages, 0)
        for path, data in self.old.items():
            if tree.get(path) != data:
                raise Fault("old mail has changed: " + path)
        for path, data in tree.items():
            where = os.path.dirname(path)
            if data is None or path in self.old or where not in (
                    self.folder + "/new", self.folder + "/cur"):
                continue
            for name, wanted in messages.items():
                if data == wanted:
                    counts[name] += 1
                    break
            else:
                raise Fault("partial: %s: %d bytes, %r..." % (
                    path, len(data), data[:60]))
        return counts

    def look(self, tree, messages):
        """The same, of what a crash left: a reader may come before us."""
        return self.count(tree, messages)

    def check_form(self, tree):
        for name in ("tmp", "new", "cur"):
            if self.folder + "/" + name not in tree:
                raise Fault("no folder " + name)
        if self.is_subfolder:
            if self.folder + "/maildirfolder" not in tree:
                raise Fault("no file maildirfolder")
            Maildir(os.path.dirname(self.folder), {}).check_form(tree)


class Both:
    """Maildirs that each message is to be in, the first one's path."""

    def __init__(self, *boxes):
        self.path = boxes[0].path
        self.boxes = list(boxes)

    def _counts(self, tree, messages):
        for name, counts in zip(messages, zip(*[
                [box.count(tree, messages)[name] for name in messages]
                for box in self.boxes])):
            yield name, min(counts), max(counts)

    def count(self, tree, messages):
        """A Fault where a message is in one of them alone."""
        found = {}
        for name, least, most in self._counts(tree, messages):
            if least == 0 and most > 0:
                raise Fault("not in each: " + name)
            found[name] = most
        return found

    def look(self, tree, messages):
        """The same, of what a crash left between the two."""
        return {name: most if least > 0 else 0
                for name, least, most in self._counts(tree, messages)}

    def check_form(self, tree):
        for box in self.boxes:
            box.check_form(tree)


class Mbox:
    """An mbox that begins with some bytes."""

    def __init__(self, path, start, form="mboxrd"):
        self.path = path
        self.start = start
        self.form = form

    def _records(self, messages):
        return {name: mbox_check.record(data, self.form)
                for name, data in messages.items()}

    def _next(self, box, at, records):
        line = mbox_check.FROM.match(box, at)
        if line is None:
            return None, at
        for name, wanted in records.items():
            if box.startswith(wanted, line.end()):
                return name, line.end() + len(wanted)
        return None, at

    def _walk(self, tree, messages):
        box = tree.get(self.path, b"")
        counts = dict.fromkeys(messages, 0)
        records = self._records(messages)
        if not box.startswith(self.start):
            if self.path not in tree and not self.start:
                return counts, b""
            raise Fault("old mail has changed")
        at = len(self.start)
        if self.start and not self.start.endswith(b"\n\n"):
            lead = 1 if self.start.endswith(b"\n") else 2
            if box[at:at + lead] == b"\n" * lead:
                at += lead
        while at < len(box):
            name, end = self._next(box, at, records)
            if name is None:
                break
            counts[name] += 1
            at = end
        return counts, box[at:]

    def count(self, tree, messages):
        counts, rest = self._walk(tree, messages)
        if rest:
            raise Fault("partial: %d bytes, %r..." % (len(rest), rest[:60]))
        return counts

    def look(self, tree, messages):
        """A torn end may stand there until the next delivery."""
        return self._walk(tree, messages)[0]

    def check_form(self, tree):
        if self.path + ".lock" in tree:
            raise Fault("a lock file is left")
