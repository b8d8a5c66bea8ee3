"""mta_readers.py - messages for mail readers, and what those made of them.

    mta_readers.py make DIR
        Makes one message of each kind, DIR/KIND.
    mta_readers.py senders
        Prints "KIND SENDER" for each.
    mta_readers.py whole DIR GIVEN [WORD ...]
        GIVEN is what a reader made of a mailbox: a folder with a file for
        each message, a Maildir, or an mbox. Each message of DIR must be in it once,
        whole, and nothing else. Prints what is wrong.
    mta_readers.py listed DIR LIST NEW [-KIND ...] [?KIND ...]
        LIST is a list of messages that a reader shows, one a line. Of each
        message of DIR it must have one line with the string NEW, its sender
        and its date, and no other: but none for -KIND, and for ?KIND one
        with NEW alone.

What mda puts in front is part of a message. The words tell how the reader
gives it:

length    the mbox GIVEN is read by its Content-Length fields, otherwise by
          From_ lines behind empty ones
headed    with an empty line behind a message that is all header
ended     with a newline behind each message, too
spaced    with another one behind it
padded    with another one behind it, if it has an empty body
lined     with an empty line at the end, which it may have had
quoted    with the quoting that it has in an mbox
mboxo     with the quoting of lines that begin with "From " and no others
crlf      with CRLF at the ends of lines
no-nul    with the byte 0x80 for NUL
status    with fields that mail readers keep their notes in
-KIND     not at all, if it is of that kind
"""

import os
import re
import sys

RECIPIENT = b"alice@example.org"
HEADLESS = ("empty", "no_header")


def header(number, kind):
    return (
        b"From: Bob %d <bob%d@example.net>\n"
        b"To: alice@example.org\n"
        b"Subject: %s\n"
        b"Date: Mon, %d Jan 2024 10:00:00 +0000\n"
        b"Message-ID: <%s@example.net>\n"
        % (number, number, kind.encode(), number, kind.encode())
    )


def large():
    return b"".join(b"line %06d of a large message\n" % i
                    for i in range(60000))


# A message without a header, and one without anything, have no field "From".
MESSAGES = [
    ("ordinary", b"\nhello\n"),
    ("from_lines", b"\nFrom the start\n\nFrom bob@example.org Mon Jan  1 "
                   b"00:00:00 2024\nSubject: no message\n\n>From quoted\n"
                   b">>From twice\n From afar\n\nFrom \n"),
    ("nul", b"\nbefore\0behind\n\0\nthe end\n"),
    ("eight_bit", b"\nGr\xc3\xbc\xc3\x9fe \xe4\xbd\xa0\xe5\xa5\xbd, "
                  b"and no UTF-8: \xff\xfe\xe9\n"),
    ("no_newline", b"\nwithout an end"),
    ("long_lines", b"\n" + b"x" * 70000 + b"\n" + b"y" * 1000000 + b"\nz\n"),
    ("empty_body", b"\n"),
    ("header_only", b""),
    ("no_header", b"no field here\nnor there\n"),
    ("empty", b""),
    ("empty_lines", b"\n\n\nat both ends\n\n\n"),
    ("dots", b"\n.\n..\n.dot\n"),
    ("large", b"\n" + large()),
]
KINDS = [kind for kind, _ in MESSAGES]


def make(folder):
    os.makedirs(folder)
    for number, (kind, rest) in enumerate(MESSAGES, 1):
        with open(os.path.join(folder, kind), "wb") as file:
            if kind not in HEADLESS:
                file.write(header(number, kind))
            file.write(rest)


def sender_of(kind):
    return "bob%d@example.net" % number_of(kind)

def number_of(kind):
    return KINDS.index(kind) + 1


# ---- What must be there ---------------------------------------------------

HEAD_END = re.compile(rb"^\r?\n", re.M)
STATUS = re.compile(
    rb"^(?:Status|X-Status|Content-Length|Lines|X-UID|X-IMAP|X-IMAPbase):"
    rb"[^\n]*\n", re.M)


def delivered(kind, message):
    """As it lies in a Maildir."""
    trace = b"Return-Path: <%s>\nDelivered-To: %s\n" % (
        sender_of(kind).encode(), RECIPIENT)
    return trace + (b"\n" if kind == "no_header" else b"") + message


def headed(message):
    return message if HEAD_END.search(message) else message + b"\n"


def ended(message):
    """As it lies in an mbox, but for the quoting."""
    if not message.endswith(b"\n"):
        message += b"\n"
    return headed(message)


def quoted(message):
    return re.sub(rb"(?m)^(>*From )", rb">\1", message)


def wanted(kind, message, words):
    message = delivered(kind, message)
    if "headed" in words:
        message = headed(message)
    if "ended" in words:
        message = ended(message)
    if "spaced" in words or (
            "padded" in words and HEAD_END.search(message).end() ==
            len(message)):
        message += b"\n"
    if "lined" in words:
        while not message.endswith(b"\n\n"):
            message += b"\n"
    if "mboxo" in words:
        message = re.sub(rb"(?m)^From ", b">From ", message)
    if "quoted" in words:
        message = quoted(message)
    if "no-nul" in words:
        message = message.replace(b"\0", b"\x80")
    if "crlf" in words:
        message = message.replace(b"\n", b"\r\n")
    return message


# ---- What is there --------------------------------------------------------

def read(path):
    with open(path, "rb") as file:
        return file.read()


def records_by_lines(data):
    for record in re.split(rb"(?:\A|(?<=\n\n))From [^\n]*\n", data)[1:]:
        if not record.endswith(b"\n"):
            raise ValueError("no empty line at the end")
        yield re.sub(rb"(?m)^>(>*From )", rb"\1", record[:-1])


def records_by_length(data):
    at = 0
    while at < len(data):
        line_end = data.index(b"\n", at) + 1
        if data[at:at + 5] != b"From ":
            raise ValueError("no From_ line at %d" % at)
        body = data.index(b"\n\n", line_end) + 2
        field = re.search(rb"(?m)^Content-Length: *([0-9]+)",
                          data[line_end:body])
        end = body + int(field.group(1))
        yield data[line_end:end]
        at = end + 1


def without_status(message):
    head = HEAD_END.search(message)
    cut = head.start() if head else len(message)
    return STATUS.sub(b"", message[:cut]) + message[cut:]


def given_in(path, words):
    if os.path.isdir(path + "/cur"):
        return (given_in(path + "/cur", words) +
                given_in(path + "/new", words))
    if os.path.isdir(path):
        messages = [read(path + "/" + name) for name in os.listdir(path)]
    elif "length" in words:
        messages = list(records_by_length(read(path)))
    else:
        messages = list(records_by_lines(read(path)))
    if "status" in words:
        messages = [without_status(message) for message in messages]
    return messages


# ---- The two compared -----------------------------------------------------

def shown(message):
    if len(message) > 400:
        return "%d bytes, %r ... %r" % (
            len(message), message[:300], message[-60:])
    return repr(message)


def chosen(folder, words):
    return [kind for kind in sorted(os.listdir(folder))
            if "-" + kind not in words]


def whole(folder, given, *words):
    left = given_in(given, words)
    faults = []
    for kind in chosen(folder, words):
        message = wanted(kind, read(folder + "/" + kind), words)
        if message in left:
            left.remove(message)
        else:
            faults.append("not there: %s, %s" % (kind, shown(message)))
    return faults + ["what is this? " + shown(message) for message in left]


def listed(folder, path, new, *words):
    lines = read(path).decode("utf-8", "replace").split("\n")
    faults = []
    count = 0
    for kind in chosen(folder, words):
        sender = r"\b[Bb]ob ?%d\b" % number_of(kind)
        found = [line for line in lines
                 if new in line and re.search(sender, line) and
                 (kind in HEADLESS or
                  "2024-01-%02d" % number_of(kind) in line)]
        if "?" + kind not in words and len(found) != 1:
            faults.append("%d lines for %s" % (len(found), kind))
        count += 1
    about = [line for line in lines if new in line]
    if len(about) != count:
        faults.append("%d lines, not %d" % (len(about), count))
    return faults + (lines if faults else [])


def say(faults):
    for fault in faults:
        print(fault)
    return 1 if faults else 0


def main(command, *arguments):
    if command == "make":
        make(*arguments)
        return 0
    if command == "senders":
        for kind in KINDS:
            print(kind, sender_of(kind))
        return 0
    return say({"whole": whole, "listed": listed}[command](*arguments))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
