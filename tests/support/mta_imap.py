"""mta_imap.py - an IMAP client for the tests of Dovecot.

    mta_imap.py list
        Prints the name of each mailbox.
    mta_imap.py take MAILBOX DIR LIST
        Puts each message of the mailbox into a file in the folder DIR, and
        into LIST a line for each: flags, UID, sender, date.
    mta_imap.py make MAILBOX
        Creates it.
    mta_imap.py watch MAILBOX COUNT
        Waits with IDLE until the mailbox has so many messages, each time
        fetches the newest and gives it a flag. Prints its UID and subject;
        the first line, "open", when it waits.
    mta_imap.py expunge MAILBOX SUBJECT
        Removes the messages of that subject.
"""

import email.utils
import imaplib
import os
import re
import sys

PATIENCE_S = 60


def connect(mailbox=None, readonly=True):
    server = imaplib.IMAP4("127.0.0.1", 143, PATIENCE_S)
    server.login("alice", "secret")
    if mailbox is not None:
        status, answer = server.select(mailbox, readonly)
        if status != "OK":
            raise SystemExit("cannot select %s: %r" % (mailbox, answer))
    return server


def fetch(server, which, what):
    status, answer = server.fetch(which, what)
    if status != "OK":
        raise SystemExit("cannot fetch: %r" % answer)
    return answer


def list_all():
    for line in connect().list()[1]:
        print(line.decode().rsplit('"/" ', 1)[1])


def date_of(envelope):
    match = re.search(r'ENVELOPE \("([^"]*)"', envelope)
    if match is None:
        return "-"
    day = email.utils.parsedate_to_datetime(match.group(1))
    return day.strftime("%Y-%m-%d")


def sender_of(envelope):
    match = re.search(r'\(\("([^"]*)" NIL "([^"]*)"', envelope)
    return "-" if match is None else match.group(2)


def take(mailbox, folder, path):
    server = connect(mailbox)
    os.mkdir(folder)
    for part in fetch(server, "1:*", "(UID BODY.PEEK[])"):
        if isinstance(part, tuple):
            uid = re.search(rb"UID ([0-9]+)", part[0]).group(1).decode()
            with open("%s/%s" % (folder, uid), "wb") as file:
                file.write(part[1])
    with open(path, "w", encoding="utf-8") as lines:
        for part in fetch(server, "1:*", "(UID FLAGS ENVELOPE)"):
            text = part.decode("utf-8", "replace")
            lines.write("%s UID %s %s %s\n" % (
                re.search(r"FLAGS \([^)]*\)", text).group(),
                re.search(r"UID ([0-9]+)", text).group(1),
                sender_of(text), date_of(text)))


def make(mailbox):
    status, answer = connect().create(mailbox)
    if status != "OK":
        raise SystemExit("cannot create: %r" % answer)


def told(server):
    """How many messages there are, by what came beside other answers."""
    return int(server.untagged_responses["EXISTS"][-1])


def wait_for(server, count):
    """IDLE, which this module does not know."""
    server.send(b"x1 IDLE\r\n")
    seen = 0
    while seen < count:
        line = server.readline()
        match = re.match(rb"\* ([0-9]+) EXISTS", line)
        if match is not None:
            seen = int(match.group(1))
    server.send(b"DONE\r\n")
    while not server.readline().startswith(b"x1 "):
        pass
    return seen


def watch(mailbox, count):
    server = connect(mailbox, readonly=False)
    seen = told(server)
    print("open", flush=True)
    while seen < int(count):
        now = told(server)
        if now <= seen:
            now = wait_for(server, seen + 1)
        for number in range(seen + 1, now + 1):
            answer = fetch(server, str(number),
                           "(UID BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
            uid = re.search(rb"UID ([0-9]+)", answer[0][0]).group(1)
            print(uid.decode(), answer[0][1].decode().strip(), flush=True)
            server.store(str(number), "+FLAGS", r"(\Seen)")
        seen = now
    server.logout()


def expunge(mailbox, subject):
    server = connect(mailbox, readonly=False)
    found = server.search(None, "SUBJECT", subject)[1][0].split()
    for number in found:
        server.store(number, "+FLAGS", r"(\Deleted)")
    server.expunge()
    server.logout()


COMMANDS = {"list": list_all, "take": take, "make": make, "watch": watch,
            "expunge": expunge}
COMMANDS[sys.argv[1]](*sys.argv[2:])
