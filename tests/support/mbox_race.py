"""mbox_race.py - many programs at one mbox, and what is left of it.

    mbox_race.py LOCKS MESSAGES READER [FOREIGN]

Eight writers run $MDA, each with so many messages; FOREIGN others ("python",
"procmail" or "maildrop", with commas between) append to the same mbox in
their own way. READER takes out what has come, again and again, until all have
ended: "none", "rename" (a new file over it), "truncate" (rewritten in place),
"remove", "module" (python's mailbox), "movemail", "mutt" or "s-nail". All
take the LOCKS, words with commas between; with "+" between several such sets,
each of our writers takes the next one and all others take the first.

Prints "N messages, 0 lost, 0 doubled, 0 broken", and what is not so.
"""

import contextlib
import fcntl
import hashlib
import mailbox
import multiprocessing
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time

BOX = "mbox"
LOCK = BOX + ".lock"
WRITERS = 8
TURNS_MOST = 2000  # of one that waits, a few milliseconds each

MUTT_MOST_S = 60  # of one that waits for a lock

PROGRAMS = {"procmail", "maildrop", "movemail", "mutt", "s-nail"}

FROM = re.compile(rb"^From [^\n]* [0-9]{2}:[0-9]{2}:[0-9]{2} [0-9]{4}\n", re.M)


# Programs quote in ways of their own, and some take it off again.
starts_of_lines = ["From ", ">From ", "", " "]


def message(name):
    """Lines that tell of their message; the last one is unmistakable."""
    seed = hashlib.sha256(name.encode()).digest()
    lines = ["Message-ID: <%s@example.org>" % name, "Subject: race", ""]
    for number in range(seed[0] // 2 + 40 * (seed[1] % 16 == 0)):
        start = starts_of_lines[seed[number % 32] % len(starts_of_lines)]
        lines.append("%sline %d of %s" % (start, number, name))
    return ("\n".join(lines) + "\nend of %s\n" % name).encode()


def quoted_body(text):
    body = text.split(b"\n\n", 1)[1]
    return re.sub(rb"^(>*From )", rb">\1", body, flags=re.M)


# ---- Locks, as other programs take them ------------------------------------


def take_dotlock(number):
    unique = ".race.%d.%d" % (os.getpid(), number)
    with open(unique, "w", encoding="ascii") as file:
        file.write("0")
    for _ in range(TURNS_MOST):
        try:
            os.link(unique, LOCK)
            break
        except FileExistsError:
            time.sleep(0.005)
    else:
        raise TimeoutError("the lock file stays")
    os.unlink(unique)


def is_the_one(file):
    """Is it still the file that the name leads to?"""
    try:
        at_path = os.stat(BOX)
    except FileNotFoundError:
        return False
    return os.path.samestat(os.fstat(file.fileno()), at_path)


def take_kernel_locks(file, locks):
    if "fcntl" in locks:
        fcntl.lockf(file, fcntl.LOCK_EX)
    if "flock" in locks:
        fcntl.flock(file, fcntl.LOCK_EX)


@contextlib.contextmanager
def locked(locks, number=0):
    """The lock file first, then the file, then its locks: as procmail does."""
    if "dotlock" in locks:
        take_dotlock(number)
    try:
        while True:
            file = open(BOX, "a+b")
            take_kernel_locks(file, locks)
            if is_the_one(file):
                break
            file.close()
        try:
            yield file
        finally:
            file.close()
    finally:
        if "dotlock" in locks:
            os.unlink(LOCK)


# ---- Writers ---------------------------------------------------------------


def deliver(name, locks):
    command = [os.environ["MDA"], "-o", "log=none", "-o", "lock_timeout=60s",
               "-o", "locks=" + " ".join(locks), "-m", "mbox:" + BOX]
    for _ in range(3):
        done = subprocess.run(command, input=message(name), check=False)
        if done.returncode == 0:
            return
        if done.returncode != 75:
            break
    raise RuntimeError("mda exits %d" % done.returncode)


def append(name, locks):
    text = message(name)
    header = text.split(b"\n\n", 1)[0]
    with locked(locks) as file:
        file.seek(0, os.SEEK_END)
        file.write(b"From %s Thu Jan  1 00:00:00 2015\n" % name.encode() +
                   header + b"\n\n" + quoted_body(text) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def run_procmail(name, _):
    with open("rc." + name, "w", encoding="ascii") as file:
        file.write("DEFAULT=%s/%s\nLOCKSLEEP=1\nLOGFILE=/dev/null\n" %
                   (os.getcwd(), BOX))
    subprocess.run(["procmail", "-f", "x@example.org", "-m", "rc." + name],
                   input=message(name), check=True)


def run_maildrop(name, _):
    with open("rc." + name, "w", encoding="ascii") as file:
        file.write('to "%s/%s"\n' % (os.getcwd(), BOX))
    os.chmod("rc." + name, 0o600)
    subprocess.run(["maildrop", "-f", "x@example.org", "rc." + name],
                   input=message(name), check=True, env=os.environ)


FOREIGN = {"python": append, "procmail": run_procmail,
           "maildrop": run_maildrop}


def write_all(names, write, locks):
    for name in names:
        write(name, locks)


# ---- Readers ---------------------------------------------------------------


def keep(data):
    with open("taken", "ab") as file:
        file.write(data if data.endswith(b"\n\n") or not data else
                   data + b"\n\n")
        file.flush()
        os.fsync(file.fileno())


def read_all(file):
    file.seek(0)
    return file.read()


def by_rename(locks):
    with locked(locks, 1) as file:
        keep(read_all(file))
        with open("new", "wb"):
            pass
        os.rename("new", BOX)


def by_truncate(locks):
    """The newest message stays: it is written anew at the front."""
    with locked(locks, 1) as file:
        data = read_all(file)
        starts = [match.start() for match in FROM.finditer(data)]
        if starts:
            keep(data[:starts[-1]])
            file.truncate(0)
            file.write(data[starts[-1]:])
            file.flush()


def by_remove(locks):
    with locked(locks, 1) as file:
        keep(read_all(file))
        os.unlink(BOX)


def by_module(_):
    box = mailbox.mbox(BOX, create=False)
    try:
        box.lock()
    except mailbox.ExternalClashError:
        return
    try:
        # What came between opening and locking is seen by opening again.
        box.close()
        box = mailbox.mbox(BOX, create=False)
        box.lock()
        for key in list(box.keys()):
            keep(box.get_bytes(key, from_=True))
            box.remove(key)
        box.flush()
    except (mailbox.ExternalClashError, FileNotFoundError):
        pass
    finally:
        box.close()


def keep_moved():
    with contextlib.suppress(FileNotFoundError):
        with open("moved", "rb") as file:
            keep(file.read())
        os.unlink("moved")


def by_movemail(_):
    subprocess.run(["movemail", BOX, "moved"], check=False,
                   stderr=subprocess.DEVNULL)
    keep_moved()


# "X" saves what is not yet deleted, which deletes it, and quits.
MUTT = ["mutt", "-n", "-F", "/dev/null", "-f", BOX,
        "-e", "set folder=. move=no delete=yes confirmappend=no quit=yes "
              "confirmcreate=no mbox_type=mbox wait_key=no sleep_time=0",
        "-e", "macro index X '<tag-pattern>!~D<enter><tag-prefix-cond>"
              "<save-message>=taken<enter><end-cond><quit>'"]


def answer_mutt(terminal, ends):
    """Says X until it ends: mail that has come keeps it from quitting. To
    break another program's lock, as it offers, is wrong here; without one it
    opens the box for reading only, and what it saved then would be a copy."""
    key = b"X"
    while time.monotonic() < ends:
        said = b""
        while select.select([terminal], [], [], 0.1)[0]:
            said += os.read(terminal, 65536)
        if b"remove lock" in said:
            os.write(terminal, b"n")
            key = b"q"
        else:
            os.write(terminal, key)


def by_mutt(_):
    child, terminal = pty.fork()
    if child == 0:
        os.environ["TERM"] = "vt100"
        os.execvp("mutt", MUTT)
    try:
        answer_mutt(terminal, time.monotonic() + MUTT_MOST_S)
    except OSError:  # it has closed its end
        pass
    else:
        print("mutt does not end")
        os.kill(child, signal.SIGKILL)
    os.close(terminal)
    os.waitpid(child, 0)


S_NAIL = ["s-nail", "-n", "-Shold"]


def by_s_nail(_):
    """As the box that mail arrives in, "%:", for which it locks in both ways
    and looks after that for what has come. Any other file it cuts to nothing
    when that had the size it knows, and locks it only then.

    It waits for the lock file with the kernel's lock in its hands, and gives
    up, which it says: then all is still there, and the copy one too many."""
    done = subprocess.run([*S_NAIL, "-f", "%:" + os.path.abspath(BOX)],
                          input=b"save * moved\nquit\n", check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if b"Unable to (dot) lock" not in done.stdout:
        keep_moved()
    with contextlib.suppress(FileNotFoundError):
        os.unlink("moved")


READERS = {"rename": by_rename, "truncate": by_truncate, "remove": by_remove,
           "module": by_module, "movemail": by_movemail, "mutt": by_mutt,
           "s-nail": by_s_nail}


def read_again_and_again(read, locks, ended):
    while not ended.wait(0.002):
        if os.path.exists(BOX):
            read(locks)


# ---- The count -------------------------------------------------------------


def records():
    for path in ("taken", BOX):
        if not os.path.exists(path):
            continue
        with open(path, "rb") as file:
            data = file.read()
        starts = [match.start() for match in FROM.finditer(data)]
        if data and (not starts or starts[0] != 0):
            yield b"no From_ line at the start of " + path.encode()
        for start, end in zip(starts, starts[1:] + [len(data)]):
            yield data[start:end]


def count(names):
    seen = {}
    broken = 0
    for record in records():
        match = re.search(rb"^Message-ID: <([^@]*)@", record, re.M | re.I)
        name = match.group(1).decode() if match else "?"
        body = record.split(b"\n\n", 1)[-1].rstrip(b"\n")
        if name not in names or \
                body != quoted_body(message(name)).rstrip(b"\n"):
            print("broken: %s: %r" % (name, record[:300]))
            broken += 1
            continue
        seen[name] = seen.get(name, 0) + 1
    lost = sorted(set(names) - set(seen))
    doubled = sorted(name for name in seen if seen[name] > 1)
    for what, found in (("lost", lost), ("doubled", doubled)):
        if found:
            print(what + ": " + " ".join(found))
    print("%d messages, %d lost, %d doubled, %d broken" %
          (len(names), len(lost), len(doubled), broken))
    return not lost and not doubled and not broken


def main(locks, messages, reader, foreign=""):
    lock_sets = [words.split(",") for words in locks.split("+")]
    if PROGRAMS & {reader, *foreign.split(",")}:
        starts_of_lines[:] = ["", " ", "\t", "> "]
    names = []
    processes = []

    def start(write, prefix, number, locks):
        own = ["%s.%d" % (prefix, turn) for turn in range(number)]
        names.extend(own)
        processes.append(multiprocessing.Process(
            target=write_all, args=(own, write, locks)))

    for writer in range(WRITERS):
        start(deliver, "mda%d" % writer, int(messages),
              lock_sets[writer % len(lock_sets)])
    for number, kind in enumerate(filter(None, foreign.split(","))):
        start(FOREIGN[kind], "%s%d" % (kind, number),
              max(5, int(messages) // 5), lock_sets[0])
    ended = multiprocessing.Event()
    if reader != "none":
        taker = multiprocessing.Process(
            target=read_again_and_again,
            args=(READERS[reader], lock_sets[0], ended))
        taker.start()
    for process in processes:
        process.start()
    failed = 0
    for process in processes:
        process.join()
        failed += process.exitcode != 0
    ended.set()
    if reader != "none":
        taker.join()
        failed += taker.exitcode != 0
    if failed:
        print("%d processes failed" % failed)
    return 0 if count(names) and not failed else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
