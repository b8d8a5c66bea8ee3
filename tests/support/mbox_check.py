"""mbox_check.py - what an mbox must hold, told without our own code.

    mbox_check.py records LIST
        Each line of LIST is "NAME FORMAT BOX START MESSAGE ...", blanks
        between: the bytes of the file BOX are those of the file START, then
        one record for each MESSAGE, and nothing else. FORMAT is mboxrd,
        mboxo or mboxcl2. Prints a line for each box that is not so.

    mbox_check.py count BOX
        Prints how many messages python's mailbox module sees.
"""

import mailbox
import re
import sys

FROM = re.compile(
    rb"From [^\s]+ (Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
    rb" (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
    rb" [ 123][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2} [0-9]{4}\n"
)


def lines_of(data):
    return re.findall(rb"[^\n]*\n|[^\n]+", data)


def split_message(message):
    """The header, with Content-Length fields left out, and the rest."""
    head = []
    dropped = False
    lines = lines_of(message)
    for number, line in enumerate(lines):
        if line in (b"\n", b"\r\n", b"\r"):
            return head, lines[number:]
        folded = line[:1] in (b" ", b"\t")
        dropped = (dropped and folded) or bool(
            re.match(rb"content-length[: \t]", line, re.I)
        )
        if not dropped:
            head.append(line)
    return head, []


def quoted(line, form):
    mark = rb"From " if form == "mboxo" else rb">*From "
    return b">" + line if re.match(mark, line) else line


def record(message, form):
    """What follows the From_ line; None where that cannot be told."""
    head, rest = split_message(message)
    rest = rest or [b"\n"]
    if head and not head[-1].endswith(b"\n"):
        head[-1] += b"\n"
    if form != "mboxcl2":
        text = b"".join(quoted(line, form) for line in head + rest)
        if text and not text.endswith(b"\n"):
            text += b"\n"
        return text + b"\n"
    body = b"".join(rest)
    if body and not body.endswith(b"\n"):
        body += b"\n"
    head = b"".join(quoted(line, form) for line in head)
    length = len(body) - len(rest[0])
    field = b"Content-Length: %-20d\n" % length
    return head + field + body + b"\n"


def check_records(form, box, start, messages):
    at = len(start)
    if not box.startswith(start):
        return "what was there before has changed"
    for number, message in enumerate(messages):
        line = FROM.match(box, at)
        if line is None:
            return "record %d: no From_ line at %d: %r" % (
                number + 1, at, box[at:at + 60])
        at = line.end()
        wanted = record(message, form)
        if box[at:at + len(wanted)] != wanted:
            return "record %d at %d is not the message" % (number + 1, at)
        at += len(wanted)
    if at != len(box):
        return "%d bytes more: %r" % (len(box) - at, box[at:at + 60])
    return None


def count(path):
    box = mailbox.mbox(path, create=False)
    try:
        return len(box)
    finally:
        box.close()


def read(path):
    with open(path, "rb") as file:
        return file.read()


def check_line(line):
    _, form, path, start, *messages = line.split()
    fault = check_records(form, read(path), read(start),
                          [read(message) for message in messages])
    if fault is None and form != "mboxcl2":
        seen = count(path)
        wanted = count(start) + len(messages)
        if seen != wanted:
            fault = "python sees %d messages, not %d" % (seen, wanted)
    return fault


def main(arguments):
    if arguments[0] == "count":
        print(count(arguments[1]))
        return 0
    with open(arguments[1], encoding="ascii") as lines:
        status = 0
        for line in lines:
            fault = check_line(line)
            if fault is not None:
                print(line.split()[0] + ": " + fault)
                status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
