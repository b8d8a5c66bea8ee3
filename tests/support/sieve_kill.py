"""sieve_kill.py - kill a process of a delivery, at a moment chosen.

    sieve_kill.py WHICH NUMBER COMMAND ...

Runs the command, and kills the WHICH-th process that it forks, 0 for its own,
with SIGKILL at the entry of its NUMBER-th system call. Exits with the command's
status; writes to the file "killed" how many system calls that process made,
and whether it was killed.
"""

import ctypes
import os
import signal
import sys

TRACEME, CONT, SYSCALL, SETOPTIONS, GETEVENTMSG = 0, 7, 24, 0x4200, 0x4201
TRACE_FORKS = 2 | 4 | 8  # fork, vfork, clone
TRACE_SYSGOOD = 1
KILL_ON_EXIT = 0x100000
EVENT_FORKS = (1, 2, 3)

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p,
                        ctypes.c_void_p]
libc.ptrace.restype = ctypes.c_long


def ptrace(request, pid, data=0):
    return libc.ptrace(request, pid, None, ctypes.c_void_p(data))


def start(command):
    pid = os.fork()
    if pid == 0:
        ptrace(TRACEME, 0)
        os.execv(command[0], command)
    os.waitpid(pid, 0)
    ptrace(SETOPTIONS, pid, TRACE_FORKS | TRACE_SYSGOOD | KILL_ON_EXIT)
    return pid


class Victim:
    """The process that is to die; it stops at each entry and each return."""

    def __init__(self, which, number):
        self.which, self.number = which, number
        self.pid = None
        self.children = []
        self.known = set()
        self.early = set()  # stopped before we heard of their fork
        self.stops = 0
        self.killed = False

    def note_fork(self, parent, main):
        message = ctypes.c_ulong()
        libc.ptrace(GETEVENTMSG, parent, None, ctypes.byref(message))
        if parent == main:
            self.children.append(message.value)
            if len(self.children) == self.which:
                self.pid = message.value
        self.known.add(message.value)
        if message.value in self.early:
            resume(message.value, self)

    def at_call(self):
        self.stops += 1
        if self.stops == 2 * self.number - 1:
            os.kill(self.pid, signal.SIGKILL)
            self.killed = True

    def calls(self):
        return (self.stops + 1) // 2


def resume(pid, victim, passed=0):
    ptrace(SYSCALL if pid == victim.pid else CONT, pid, passed)


# A child's first stop may be told before the fork that made it: which one it
# is, is not known until then, so it waits.
def go_on(pid, status, victim):
    stop = os.WSTOPSIG(status)
    if stop == signal.SIGTRAP | 0x80 and pid == victim.pid:
        victim.at_call()
    if stop == signal.SIGSTOP and pid not in victim.known:
        victim.early.add(pid)
        return
    passed = 0
    if stop not in (signal.SIGTRAP, signal.SIGTRAP | 0x80, signal.SIGSTOP):
        passed = stop
    resume(pid, victim, passed)


def main(which, number, command):
    victim = Victim(which, number)
    main_pid = start(command)
    victim.known.add(main_pid)
    if which == 0:
        victim.pid = main_pid
    ptrace(SYSCALL if which == 0 else CONT, main_pid)
    while True:
        pid, status = os.wait()
        if os.WIFSTOPPED(status):
            if status >> 16 in EVENT_FORKS:
                victim.note_fork(pid, main_pid)
            go_on(pid, status, victim)
        elif pid == main_pid:
            break
    with open("killed", "w") as out:
        out.write("%d %s\n" % (victim.calls(), "yes" if victim.killed
                               else "no"))
    return os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
