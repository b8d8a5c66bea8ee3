"""mta_tty.py - a program with a terminal, and what it shows there.

    mta_tty.py TRANSCRIPT COMMAND ...

What it writes goes to TRANSCRIPT, a new line for each control sequence, until
it ends or a minute is over.
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

LIMIT_S = 60
CONTROL = re.compile(rb"(?:\x1b[\[(][0-9;?]*[A-Za-z]|\x1b[=>78]|[\x00-\x1f])+")


def read_all(terminal, transcript):
    end = time.monotonic() + LIMIT_S
    while time.monotonic() < end:
        if not select.select([terminal], [], [], 1)[0]:
            continue
        try:
            data = os.read(terminal, 65536)
        except OSError:
            return True
        if not data:
            return True
        transcript.write(CONTROL.sub(b"\n", data))
    return False


def main(path, *command):
    child, terminal = pty.fork()
    if child == 0:
        os.execvp(command[0], command)
    size = struct.pack("HHHH", 40, 100, 0, 0)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, size)
    with open(path, "wb", buffering=0) as transcript:
        if not read_all(terminal, transcript):
            os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


sys.exit(main(*sys.argv[1:]))
