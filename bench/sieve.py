#!/usr/bin/env python3
"""sieve.py - what a script costs a delivery, in time of a processor.

    bench/sieve.py BUILD_FOLDER [ROUNDS]

Delivers a message of 2 KB into a Maildir in memory (/dev/shm), where no disk is
waited for: without a script, with one of six rules, and with one that may send
mail, taking turns. User and system time of all processes of a delivery, in
milliseconds: the median of the rounds and, round by round, the difference.
"""

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

DELIVERIES = 50

RULES = """require ["fileinto", "mailbox", "variables", "relational",
    "comparator-i;ascii-numeric", "envelope"];
if header :contains "list-id" "bugs" { fileinto :create "Bugs"; stop; }
if header :matches "subject" "*[*]*" { set "list" "${2}"; }
if address :domain "from" "spam.example" { discard; stop; }
if header :value "ge" :comparator "i;ascii-numeric" "x-spam-score" "5" {
    fileinto :create "Junk"; stop; }
if envelope "from" "boss@example.org" { fileinto :create "Boss"; stop; }
if exists "x-none" { discard; }
"""

SCRIPTS = [("no script", None), ("six rules", RULES),
           ("six rules, may send mail",
            RULES + 'if false { redirect "a@example.org"; }\n')]


def used_ms():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (usage.ru_utime + usage.ru_stime) * 1000


def deliver(mda, home, message):
    before = used_ms()
    for _ in range(DELIVERIES):
        with open(message, "rb") as text:
            subprocess.run([mda, "-o", "log=none", "-o", "root_mail=yes",
                            "-f", "friend@example.org", "-a",
                            "me@example.net"], stdin=text, check=True,
                           env={"HOME": home})
    shutil.rmtree(os.path.join(home, "Maildir"))
    return (used_ms() - before) / DELIVERIES


def main(build, rounds):
    mda = os.path.join(os.path.abspath(build), "mda/mda")
    top = tempfile.mkdtemp(dir="/dev/shm")
    message = os.path.join(top, "message")
    with open(message, "w") as out:
        out.write("Message-ID: <1@example.org>\nFrom: a@example.org\n"
                  "Subject: [list] hello\n\n")
        out.write("A line of seventy bytes, as mail has many of them, and no "
                  "more text.\n" * 28)
    times = {name: [] for name, _ in SCRIPTS}
    for number, (name, script) in enumerate(SCRIPTS):
        home = os.path.join(top, str(number))
        os.mkdir(home)
        if script:
            with open(os.path.join(home, ".mda.sieve"), "w") as out:
                out.write(script)
    for _ in range(rounds):
        for number, (name, _) in enumerate(SCRIPTS):
            times[name].append(
                deliver(mda, os.path.join(top, str(number)), message))
    shutil.rmtree(top)
    none = times["no script"]
    for name, _ in SCRIPTS:
        more = [one - base for one, base in zip(times[name], none)]
        print("%-26s %.2f ms, %.2f more (%.2f to %.2f)" % (
            name, statistics.median(times[name]), statistics.median(more),
            min(more), max(more)))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 15)
