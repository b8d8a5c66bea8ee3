"""lmtp_storm.py - clients that break off, servers that die, and many at once.

	lmtp_storm.py cut BOXES COMMAND...	a conversation cut behind every
		byte: what was promised is there, and nothing is there in part
	lmtp_storm.py kill BOXES COMMAND...	all processes killed at any moment;
		then the client repeats what was not answered: one copy is there
	lmtp_storm.py storm BOXES COMMAND...	200 sessions to 20 mailboxes

BOXES is the folder of the Maildirs. The last line tells the result.
"""

import collections
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lmtp import Client, dotted, on_the_wire  # noqa: E402

PATIENCE_S = 60
KILLS = 100
SESSIONS = 200
BOXES = 20
MESSAGES = 4
MEMORY_MOST_KIB = 2048


def body(name):
    return (f"Message-ID: <{name}@example.org>\nSubject: {name}\n\n"
            f".dot of {name}\nthe end of {name}\n").encode()


def stored(boxes):
    """What is visible, by the text of the message; whether all is whole."""
    found = collections.Counter()
    for box in sorted(os.listdir(boxes)):
        new = f"{boxes}/{box}/new"
        for name in os.listdir(new) if os.path.isdir(new) else ():
            with open(f"{new}/{name}", "rb") as file:
                found[box, file.read()] += 1
    return found


def witnesses(boxes):
    return sum(len(os.listdir(f"{boxes}/{box}/tmp"))
               for box in os.listdir(boxes))


def clear(boxes):
    shutil.rmtree(boxes)
    os.mkdir(boxes)
    for box in "al", "bo", "cy":
        for folder in "", "/tmp", "/new", "/cur":
            os.mkdir(f"{boxes}/{box}{folder}", 0o700)


# ---- A conversation that is cut ---------------------------------------------

ONE, TWO = body("one"), body("two")
WIRE_TWO = on_the_wire(TWO)


def script_without(answered):
    """All that is said; not for the recipients that were answered before."""
    parts = [b"LHLO c\r\n"]
    first = [b"RCPT TO:<al>\r\n", b"RCPT TO:<bo>\r\n"][answered:]
    if first:
        parts += [b"MAIL FROM:<a@b>\r\n", *first, b"DATA\r\n",
                  dotted(on_the_wire(ONE))]
    if answered < 3:
        parts += [b"MAIL FROM:<a@b>\r\nRCPT TO:<cy>\r\n",
                  b"BDAT 20\r\n" + WIRE_TWO[:20],
                  b"BDAT %d LAST\r\n" % (len(WIRE_TWO) - 20) + WIRE_TWO[20:]]
    return b"".join(parts) + b"QUIT\r\n"


def count_promised(heard):
    return heard.count(b"250 2.0.0 delivered\r\n")


SCRIPT = script_without(0)
WHOLE = {("al", ONE): 1, ("bo", ONE): 1, ("cy", TWO): 1}


def hear(sock):
    heard = b""
    while True:
        try:
            got = sock.recv(65536)
        except ConnectionResetError:
            return heard
        if not got:
            return heard
        heard += got


def play(command, script, half):
    """The replies to a script that ends early; half: the client listens on."""
    ours, theirs = socket.socketpair()
    ours.settimeout(PATIENCE_S)
    server = subprocess.Popen(command, stdin=theirs, stdout=theirs)
    theirs.close()
    heard = b""
    try:
        ours.sendall(script)
        if half:
            ours.shutdown(socket.SHUT_WR)
    except (BrokenPipeError, ConnectionResetError):
        pass  # it ended before it heard anything
    if half:
        heard = hear(ours)
    ours.close()
    server.wait(PATIENCE_S)
    return heard


def check_cut(boxes, cut, heard, half):
    found = stored(boxes)
    faults = [f"{key} {count}" for key, count in found.items()
              if WHOLE.get(key) != count]
    promised = count_promised(heard)
    if half and promised != sum(found.values()):
        faults.append(f"{promised} promised, {sum(found.values())} there")
    ended = SCRIPT.index(b"\r\n.\r\n") + 5
    if cut <= ended and found:
        faults.append("delivered too early")
    if ("al", ONE) in found and ("bo", ONE) not in found:
        faults.append("for one of two")
    for fault in faults:
        print(f"cut at {cut}: {fault}")
    return len(faults)


def cut_all(boxes, *command):
    faults = 0
    counted = 0
    for cut in range(len(SCRIPT) + 1):
        for half in (False, True):
            heard = play(command, SCRIPT[:cut], half)
            faults += check_cut(boxes, cut, heard, half)
            counted += 1
            clear(boxes)
    print(f"{counted} conversations, {faults} faults")
    return faults


# ---- Servers that die -------------------------------------------------------


def is_group_alive(group):
    for folder in os.listdir("/proc"):
        try:
            with open(f"/proc/{folder}/stat") as file:
                state, _, of = file.read().rsplit(")", 1)[1].split()[:3]
        except OSError:  # no process, or gone
            continue
        if int(of) == group and state != "Z":
            return True
    return False


def kill_group(server):
    """All of them; who waits for a disk dies a moment later."""
    os.killpg(server.pid, signal.SIGKILL)
    server.wait(PATIENCE_S)
    until = time.monotonic() + PATIENCE_S
    while is_group_alive(server.pid):
        if time.monotonic() > until:
            raise TimeoutError("processes that cannot be killed")
        time.sleep(0.001)


def kill_one(boxes, command, delay_s):
    ours, theirs = socket.socketpair()
    server = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, start_new_session=True)
    theirs.close()
    ours.sendall(SCRIPT)
    time.sleep(delay_s)
    kill_group(server)
    answered = count_promised(hear(ours))
    ours.close()
    before = stored(boxes)
    again = play(command, script_without(answered), True)
    after = stored(boxes)
    faults = []
    if any(WHOLE.get(key) != count for key, count in before.items()):
        faults.append("not whole, or too many")
    if sum(before.values()) < answered:
        faults.append(f"{answered} promised, {sum(before.values())} there")
    if after != WHOLE or answered + count_promised(again) != 3:
        faults.append(f"{sum(after.values())} after the retry: {again!r}")
    for fault in faults:
        print(f"killed after {delay_s * 1000:.1f} ms: {fault}")
    return len(faults), sum(before.values())


def kill_all(boxes, *command):
    usual_s = PATIENCE_S
    for _ in range(5):
        start = time.perf_counter()
        play(command, SCRIPT, True)
        usual_s = min(usual_s, time.perf_counter() - start)
        clear(boxes)
    prng = random.Random(7)
    faults = 0
    seen = collections.Counter()
    for _ in range(KILLS):
        more, there = kill_one(boxes, command, prng.uniform(0, usual_s * 1.2))
        faults += more
        seen[there] += 1
        clear(boxes)
    print("messages there when killed:", dict(sorted(seen.items())))
    print(f"{KILLS} kills, {faults} faults")
    return faults


# ---- Many at once -----------------------------------------------------------


def family(pid):
    """A process and all that it started."""
    yield pid
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            children = file.read().split()
    except FileNotFoundError:
        return
    for child in children:
        yield from family(int(child))


def memory_kib(pid):
    total = 0
    for member in family(pid):
        try:
            with open(f"/proc/{member}/smaps_rollup") as file:
                total += sum(int(line.split()[1]) for line in file
                             if line.startswith("Pss:"))
        except ProcessLookupError:  # a worker that has just ended
            pass
    return total


class Session(threading.Thread):
    def __init__(self, number, command, barrier):
        super().__init__(daemon=True)
        self.number, self.barrier = number, barrier
        self.command = command
        self.promised = []
        self.client = None
        self.fault = None

    def work(self):
        self.client = Client(self.command)
        self.client.begin()
        for turn in range(MESSAGES):
            boxes = [f"r{(self.number + turn * step) % BOXES}"
                     for step in (1, 7)]
            text = body(f"m{self.number}.{turn}")
            for to, answer in self.client.send(
                    "a@b", sorted(set(boxes)), on_the_wire(text)):
                if answer != "250 2.0.0 delivered":
                    raise ValueError(answer)
                self.promised.append((to, text))
        self.barrier.wait(PATIENCE_S)  # all are connected: now measure
        self.barrier.wait(PATIENCE_S)
        if self.client.quit() != 0:
            raise ValueError("exit status")

    def run(self):
        try:
            self.work()
        except Exception as fault:  # every fault is one of the test
            self.fault = fault
            self.barrier.abort()


def storm(boxes, *command):
    barrier = threading.Barrier(SESSIONS + 1)
    sessions = [Session(n, command, barrier) for n in range(SESSIONS)]
    for session in sessions:
        session.start()
    measured = []
    try:
        barrier.wait(PATIENCE_S * 2)
        measured = [memory_kib(s.client.server.pid) for s in sessions[::10]]
        barrier.wait(PATIENCE_S)
    except threading.BrokenBarrierError:
        pass
    for session in sessions:
        session.join(PATIENCE_S)
    faults = [s.fault for s in sessions if s.fault or s.is_alive()]
    promised = collections.Counter(
        key for session in sessions for key in session.promised)
    if stored(boxes) != promised or witnesses(boxes):
        faults.append("the mailboxes are not what was promised")
    most = max(measured, default=0)
    if not 0 < most < MEMORY_MOST_KIB:
        faults.append(f"{most} KiB of memory for a session")
    for fault in faults[:5]:
        print(repr(fault))
    print(f"memory of a session: at most {most} KiB")
    print(f"{SESSIONS} sessions, {sum(promised.values())} copies, "
          f"{len(faults)} faults")
    return len(faults)


if __name__ == "__main__":
    modes = {"cut": cut_all, "kill": kill_all, "storm": storm}
    sys.exit(1 if modes[sys.argv[1]](*sys.argv[2:]) else 0)
