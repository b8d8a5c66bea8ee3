#! /usr/bin/env python3
"""lmtp.py - mda-lmtp and Dovecot's LMTP server on one disk, in one run.

usage: bench/lmtp.py BUILD_FOLDER

Run by root, because Dovecot wants that; both deliver as the user BENCH_USER
(nobody), into Maildirs of virtual users, with durability on: mail_fsync =
always. The message has 2 KB. A round has each of them, one after the other:

	1	a conversation of one message for one recipient
	100	the same for a hundred, each with a Maildir of its own
	1000	a thousand messages for one recipient over one connection

and mda-lmtp alone, by root, for one and for a hundred accounts of the system,
which are those of this program's own mount name space.

Printed are medians, and the median and extremes of the rounds' ratios.
Environment: ROUNDS (15); SCRATCH, a folder on the disk to be measured, where
boxes are kept: the first run makes them. A Maildir costs more syncs while it,
or a folder above it, is younger than ten minutes: measure later, and where
nobody else makes anything.
"""

import os
import pwd
import shutil
import socket
import statistics
import subprocess
import sys
import time

BUILD = os.path.abspath(sys.argv[1])
SCRATCH = os.path.abspath(os.environ.get("SCRATCH", BUILD + "/bench/lmtp"))
ROUNDS = int(os.environ.get("ROUNDS", "15"))
USER = pwd.getpwnam(os.environ.get("BENCH_USER", "nobody"))
YOUNG_S = 600
FIRST_UID = 60000  # of accounts that are made up
PATIENCE_S = 60
HEADER = (b"Received: from a.example.org by b.example.org; "
          b"Fri, 27 Nov 2026 12:00:00 +0000\r\n"
          b"Message-ID: <%d@bench.example.org>\r\nSubject: benchmark\r\n\r\n")
LINE = b"A line of seventy bytes, as mail has many of them, and no more text.\r\n"

DOVECOT = """
base_dir = {dir}/run
log_path = {dir}/log
protocols = lmtp
ssl = no
mail_location = maildir:{boxes}/%n
mail_fsync = always
maildir_copy_with_hardlinks = no
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
first_valid_uid = {uid}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={dir}/home/%n allow_all_users=yes
}}
passdb {{
  driver = static
  args = nopassword=y
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service lmtp {{
  unix_listener {dir}/lmtp {{
    mode = 0666
  }}
}}
"""


class Talk:
    """One conversation; each step of it waits for its replies."""

    def __init__(self, sock):
        sock.settimeout(PATIENCE_S)
        self.sock = sock
        self.file = sock.makefile("rb")
        self.expect(b"220")
        self.ask(b"LHLO bench", b"250")

    def expect(self, code):
        while True:
            line = self.file.readline()
            if not line.startswith(code):
                raise ValueError(line)
            if line[3:4] == b" ":
                return

    def ask(self, text, code):
        self.sock.sendall(text + b"\r\n")
        self.expect(code)

    def send(self, number, recipients):
        lines = [b"MAIL FROM:<bench@example.org>"]
        lines += [b"RCPT TO:<%s@example.org>" % to for to in recipients]
        self.sock.sendall(b"\r\n".join(lines + [b"DATA", b""]))
        for _ in lines:
            self.expect(b"250")
        self.expect(b"354")
        self.sock.sendall(HEADER % number + LINE * 28 + b".\r\n")
        for _ in recipients:
            self.expect(b"250")

    def quit(self):
        self.ask(b"QUIT", b"221")
        self.file.close()
        self.sock.close()


class Mda:
    name = "mda-lmtp"

    def __init__(self):
        self.boxes = SCRATCH + "/mda"
        make_boxes(self.boxes)
        make_folder(SCRATCH + "/server")
        with open(SCRATCH + "/server/settings", "w"):  # not this machine's
            pass

    def connect(self):
        ours, theirs = socket.socketpair()
        self.process = subprocess.Popen(
            [BUILD + "/mda/mda-lmtp", "-c", SCRATCH + "/server/settings", "-o", "account=fixed",
             "-o", "log=none", "-o", f"mailbox=maildir:{self.boxes}/%n"],
            stdin=theirs, stdout=theirs, cwd="/", user=USER.pw_uid,
            group=USER.pw_gid, extra_groups=[])
        theirs.close()
        return Talk(ours)

    def disconnect(self):
        self.process.wait()

    def stop(self):
        pass


class Accounts(Mda):
    """By root, each recipient as an account of its own."""

    name = "mda-lmtp by root"

    def __init__(self):
        self.boxes = SCRATCH + "/accounts"
        if not os.path.isdir(self.boxes):
            os.makedirs(self.boxes)
        make_boxes(self.boxes, FIRST_UID)
        with open(SCRATCH + "/server/passwd", "w") as passwd:
            with open("/etc/passwd") as usual:
                passwd.write(usual.read())
            for number in range(100):
                uid = FIRST_UID + number
                passwd.write(f"r{number}:x:{uid}:{uid}::{self.boxes}:/\n")
        subprocess.check_call(
            ["mount", "--bind", SCRATCH + "/server/passwd", "/etc/passwd"])

    def connect(self):
        ours, theirs = socket.socketpair()
        self.process = subprocess.Popen(
            [BUILD + "/mda/mda-lmtp", "-c", SCRATCH + "/server/settings",
             "-o", "log=none", "-o", "mailbox=maildir:%h/%n"],
            stdin=theirs, stdout=theirs, cwd="/")
        theirs.close()
        return Talk(ours)


class Dovecot:
    name = "dovecot lmtp"

    def __init__(self):
        self.boxes = SCRATCH + "/dovecot"
        make_boxes(self.boxes)
        self.dir = SCRATCH + "/server"
        os.makedirs(self.dir + "/run", exist_ok=True)
        make_folder(self.dir + "/home")
        if os.path.exists(self.dir + "/lmtp"):
            os.unlink(self.dir + "/lmtp")
        group = subprocess.check_output(
            ["id", "-gn", USER.pw_name], text=True).strip()
        with open(self.dir + "/conf", "w") as conf:
            conf.write(DOVECOT.format(
                dir=self.dir, boxes=self.boxes, user=USER.pw_name,
                group=group, uid=USER.pw_uid, gid=USER.pw_gid))
        self.server = subprocess.Popen(
            ["dovecot", "-F", "-c", self.dir + "/conf"])
        until = time.monotonic() + 20
        while not os.path.exists(self.dir + "/lmtp"):
            if time.monotonic() > until:
                self.stop()
                sys.exit("Dovecot does not come up: see " + self.dir + "/log")
            time.sleep(0.05)

    def connect(self):
        sock = socket.socket(socket.AF_UNIX)
        sock.connect(self.dir + "/lmtp")
        return Talk(sock)

    def disconnect(self):
        pass

    def stop(self):
        self.server.terminate()
        self.server.wait()


def make_folder(path, uid=None):
    if not os.path.isdir(path):  # a folder that is touched is young again
        os.makedirs(path)
        os.chown(path, uid or USER.pw_uid, uid or USER.pw_gid)


def make_boxes(path, first_uid=None):
    make_folder(path)
    for number in range(100):
        box = f"{path}/r{number}"
        uid = first_uid and first_uid + number
        if not os.path.isdir(box + "/tmp"):
            for folder in ("", "/tmp", "/new", "/cur"):
                make_folder(box + folder, uid)


def refuse_young():
    paths = [SCRATCH + path for path in ("/mda/r99", "/mda", "/accounts", "")]
    while paths[-1] != "/":
        paths.append(os.path.dirname(paths[-1]))
    for path in paths:
        if time.time() - os.stat(path).st_ctime < YOUNG_S:
            sys.exit(f"lmtp.py: {path} is young; wait for ten minutes")


def empty_boxes(server):
    for number in range(100):
        for folder in ("new", "cur"):
            for entry in os.scandir(f"{server.boxes}/r{number}/{folder}"):
                os.unlink(entry.path)


def conversation(server, messages, recipients):
    """Milliseconds, from connecting to the answer to QUIT."""
    names = [b"r%d" % number for number in range(recipients)]
    start = time.perf_counter()
    talk = server.connect()
    for number in range(messages):
        talk.send(time.time_ns() + number, names)
    talk.quit()
    taken = (time.perf_counter() - start) * 1000
    server.disconnect()
    return taken


def row(label, ours, theirs):
    ratios = sorted(a / b for a, b in zip(ours, theirs))
    print(f"| {label} | {statistics.median(ours):.1f} | "
          f"{statistics.median(theirs):.1f} | "
          f"{statistics.median(ratios):.2f} | "
          f"{ratios[0]:.2f} to {ratios[-1]:.2f} |")


def section(servers, label, messages, recipients, rounds):
    taken = {server: [] for server in servers}
    for _ in range(rounds):
        for server in servers:
            taken[server].append(conversation(server, messages, recipients))
    for server in servers:
        empty_boxes(server)
    row(label, *(taken[server] for server in servers))
    return statistics.median(taken[servers[0]])


def compare_accounts(accounts):
    one, many = [], []
    for _ in range(ROUNDS):
        one.append(conversation(accounts, 1, 1))
        many.append(conversation(accounts, 1, 100))
    empty_boxes(accounts)
    ratios = sorted(b / a for a, b in zip(one, many))
    print(f"By root, one account {statistics.median(one):.1f} ms, 100 accounts "
          f"{statistics.median(many):.1f} ms: {statistics.median(ratios):.1f} "
          f"times as long ({ratios[0]:.1f} to {ratios[-1]:.1f}).")


def main():
    if os.geteuid() != 0 or not shutil.which("dovecot"):
        sys.exit("lmtp.py: root and Dovecot (dovecot-lmtpd) are needed")
    if "LMTP_BENCH" not in os.environ:
        os.environ["LMTP_BENCH"] = "inside"
        os.execvp("unshare", ["unshare", "-m", sys.executable, *sys.argv])
    servers = [Mda(), Dovecot()]
    accounts = Accounts()
    try:
        refuse_young()
        print("| milliseconds | mda-lmtp | dovecot | ratio | from, to |")
        print("|---|---|---|---|---|")
        one = section(servers, "one message, one recipient", 1, 1, ROUNDS)
        many = section(servers, "one message, 100 recipients", 1, 100, ROUNDS)
        section(servers, "1,000 messages, one connection", 1000, 1,
                max(3, ROUNDS // 5))
        print(f"\n100 recipients take {many / one:.1f} times as long as one.")
        compare_accounts(accounts)
    finally:
        servers[1].stop()


main()
