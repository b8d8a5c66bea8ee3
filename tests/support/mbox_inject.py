"""mbox_inject.py - can a message make records of its own?

    mbox_inject.py ROUNDS FORMAT

Each round delivers some messages of random bytes, rich in all that matters to
a parser, into a new mbox by $MDA, and reads that by rules written down here
alone: as many records must be there as messages came in, and with their
quoting taken off (mboxrd), or by their Content-Length (mboxcl2), they must be
the bytes that came in. A failure names its round: each has a seed of its own.
"""

import os
import random
import re
import subprocess
import sys

PIECES = [b"From ", b">From ", b">>From ", b"From", b">", b"\n", b"\n", b"\n",
          b"\n\n", b"\r", b"\r\n", b"\0", b" ", b"\t", b"x", b"\xff", b":",
          b"From a@b Thu Jan  1 00:00:00 2015\n", b"Subject: s\n",
          b"\n\nFrom eve@example.org Thu Jan  1 00:00:00 2015\nSubject: e\n\n",
          b"12:34", b"Content-Type: text/plain\n", b"F", b"Fro"]


def random_message(rng):
    message = b"".join(rng.choice(PIECES)
                       for _ in range(rng.randrange(0, 40)))
    if rng.random() < 0.7:
        message = b"Subject: random\n\n" + message
    return message


def stored(message):
    """A leading From_ line is the envelope's; what has no end gets one."""
    if message.startswith(b"From "):
        end = message.find(b"\n") + 1
        message = message[end:] if end else b""
    if message and not message.endswith(b"\n"):
        message += b"\n"
    if not re.search(rb"^\r?\n", message, re.M):
        message += b"\n"
    return message


def records_of(data):
    """Behind the start or an empty line, "From " begins a record."""
    starts = [match.start()
              for match in re.finditer(rb"(?:\A|(?<=\n\n))From ", data)]
    for start, end in zip(starts, starts[1:] + [len(data)]):
        text = data[start:end]
        yield text[text.index(b"\n") + 1:]


def records_by_length(data):
    """A header, its empty line, so many bytes, and an empty line."""
    at = 0
    while at < len(data):
        if data[at:at + 5] != b"From ":
            raise ValueError("no From_ line at %d" % at)
        at = data.index(b"\n", at) + 1
        field = re.compile(rb"^Content-Length: ([0-9]+) *\n", re.M).search(
            data, at)
        if field is None:
            raise ValueError("no Content-Length behind %d" % at)
        head = data[at:field.start()]
        empty = re.compile(rb"\r?\n").match(data, field.end())
        body_end = empty.end() + int(field.group(1))
        yield re.sub(rb"^>(>*From )", rb"\1", head, flags=re.M) + \
            data[field.end():body_end]
        if body_end < len(data) and data[body_end:body_end + 1] == b"\n":
            body_end += 1
        at = body_end


def unquoted(text, form):
    if form == "mboxrd":
        text = re.sub(rb"^>(>*From )", rb"\1", text, flags=re.M)
    return text


def deliver(box, form, message):
    subprocess.run(
        [os.environ["MDA"], "-o", "log=none", "-o", "return_path=never",
         "-o", "mbox_format=" + form, "-o", "mbox_journal=off",
         "-m", "mbox:" + box], input=message, check=True)


def expected(message, form):
    message = stored(message)
    if form == "mboxo":
        return re.sub(rb"^From ", b">From ", message, flags=re.M)
    return message


def check_round(seed, form):
    rng = random.Random(seed)
    messages = [random_message(rng) for _ in range(rng.randrange(1, 5))]
    box = "box.%d" % seed
    for message in messages:
        deliver(box, form, message)
    with open(box, "rb") as file:
        data = file.read()
    os.unlink(box)
    if form == "mboxcl2":
        found = list(records_by_length(data))
        wanted = [stored(message) for message in messages]
    else:
        found = [unquoted(text[:-1], form) for text in records_of(data)]
        wanted = [expected(message, form) for message in messages]
    if found != wanted:
        print("round %d: from %r\nread %r\nfrom the box %r" %
              (seed, wanted, found, data))
        return False
    return True


def main(rounds, form):
    wrong = sum(not check_round(seed, form)
                for seed in range(1, int(rounds) + 1))
    print("%s rounds, %d went wrong" % (rounds, wrong))
    return 1 if wrong else 0


sys.exit(main(*sys.argv[1:]))
