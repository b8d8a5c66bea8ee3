"""mta_mail.py - messages for mail servers, and what became of them.

    mta_mail.py make DIR COUNT
        Makes that many messages, all different: DIR/01.eml and so on.
    mta_mail.py send DIR SENDER RECIPIENT[,RECIPIENT...]
        Hands them to the server at 127.0.0.1, several at a time.
    mta_mail.py check BOX DIR [END]
        BOX, a Maildir or an mboxrd, must hold each message of DIR once and
        nothing else. Prints what is wrong. END, of the form "\\n", is what
        the sender puts behind each.
    mta_mail.py has BOX MESSAGE
        Prints how often BOX holds the message.
    mta_mail.py count BOX
        Prints how many messages there are.

What servers do to a header is their affair: they may put fields in, move
them and fold them. Each field of a message must be there, and its body the same to the
byte.
"""

import os
import re
import smtplib
import sys
import threading
import time

PARALLEL = 5
PATIENCE_S = 30  # with a server


def read(path):
    with open(path, "rb") as file:
        return file.read()


# ---- Making ---------------------------------------------------------------

BODIES = [
    b"hello\n",
    b"",
    b"From here on it looks like an mbox\n>From a quoted one\n\n"
    b"From bob@example.org Mon Jan  1 00:00:00 2024\nSubject: no message\n",
    b".\n..\n. dots at the start\n.",
    "Gr\u00fc\u00dfe, \u4f60\u597d, \U0001f4ec\n".encode(),
    b"x" * 900 + b"\n" + b"y" * 990 + b"\n",
    b"blank lines at the end\n\n\n\n",
    b"\n\nblank lines first\n",
    b"trailing blanks   \n\tand a tab\t\n",
    b"bytes that are no UTF-8: \xff\xfe\xe9\n\x01\x1b\x7f\n",
]


def large(size):
    line = b"%06d of a large message, to be stored whole, without a gap\n"
    return b"".join(line % number for number in range(size // 57))


def make_one(name, number):
    body = BODIES[number % len(BODIES)]
    if number % 10 == 7:
        body = large(1500000 if number == 7 else 30000)
    if body and not body.endswith(b"\n"):
        body += b"\n"
    return (
        b"Received: from elsewhere.example by relay.example; "
        b"Mon, 1 Jan 2024 00:00:00 +0000\n"
        b"From: Bob <bob@example.org>\n"
        b"To: alice@example.org\n"
        b"Subject: number %d,\n folded\n"
        b"Date: Mon, 1 Jan 2024 00:00:00 +0000\n"
        b"Message-ID: <%d.%s@example.org>\n"
        b"X-Odd:   kept  as it is\n"
        b"MIME-Version: 1.0\n"
        b"Content-Type: text/plain; charset=UTF-8\n"
        b"Content-Transfer-Encoding: 8bit\n"
        b"\n" % (number, number, name.encode())
    ) + body


def make(folder, count):
    os.makedirs(folder)
    for number in range(1, int(count) + 1):
        with open("%s/%02d.eml" % (folder, number), "wb") as file:
            file.write(make_one(os.path.basename(folder), number))


# ---- Sending --------------------------------------------------------------

def messages_of(folder):
    return [folder + "/" + name for name in sorted(os.listdir(folder))]


def connect():
    """Servers say that they are up before they listen."""
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            return smtplib.SMTP("127.0.0.1", 25, "client.example.org",
                                timeout=PATIENCE_S)
        except ConnectionRefusedError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def send_some(paths, sender, recipient, faults):
    try:
        with connect() as server:
            server.ehlo()
            options = [option for option in ("BODY=8BITMIME",)
                       if server.has_extn("8bitmime")]
            for path in paths:
                wire = read(path).replace(b"\n", b"\r\n")
                server.sendmail(sender, recipient.split(","), wire, options)
    except (OSError, smtplib.SMTPException) as fault:
        faults.append(fault)


def send(folder, sender, recipient):
    paths = messages_of(folder)
    faults = []
    threads = [
        threading.Thread(
            target=send_some,
            args=(paths[i::PARALLEL], sender, recipient, faults))
        for i in range(min(PARALLEL, len(paths)))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for fault in faults:
        print(fault)
    return 1 if faults else 0


# ---- Looking --------------------------------------------------------------

def unquoted(record):
    return re.sub(rb"(?m)^>(>*From )", rb"\1", record)


def records_of(data):
    """The messages of an mbox, told by From_ lines behind an empty one."""
    starts = [match.end() - len(match.group(1)) for match in
              re.finditer(rb"(?:\A|\n\n)(From [^\n]*\n)", data)]
    if data and (not starts or starts[0] != 0):
        raise ValueError("no From_ line at the start")
    for start, end in zip(starts, starts[1:] + [len(data)]):
        record = data[data.index(b"\n", start) + 1:end]
        if not record.endswith(b"\n"):
            raise ValueError("no empty line at the end")
        yield unquoted(record[:-1])


def stored_in(box):
    if os.path.isfile(box):
        return list(records_of(read(box)))
    stored = []
    for folder in ("new", "cur"):
        path = box + "/" + folder
        if os.path.isdir(path):
            stored += [read(name) for name in messages_of(path)]
    return stored


def parts_of(message):
    head, _, body = message.partition(b"\n\n")
    return [field + b"\n" for field in
            re.split(rb"\n(?![ \t])", head)], body


def name_of(fields):
    for field in fields:
        if field.lower().startswith(b"message-id:"):
            return field
    return None


def plain(field):
    """Some fetchers fold long fields, and one blank is enough for them."""
    return re.sub(rb":[ \t]+", b": ",
                  re.sub(rb"\n(?=[ \t])", b"", field), count=1)


def difference(message, stored):
    fields, body = parts_of(message)
    stored_fields, stored_body = parts_of(stored)
    stored_plain = [plain(field) for field in stored_fields]
    for field in fields:
        if plain(field) not in stored_plain:
            return "lost the field %r" % field
    if body != stored_body:
        return "body of %d bytes, not %d" % (len(stored_body), len(body))
    paths = [field for field in stored_fields
             if field.lower().startswith(b"return-path:")]
    if len(paths) > 1:
        return "%d Return-Path fields" % len(paths)
    return None


def check(box, folder, end=""):
    wanted = {}
    for path in messages_of(folder):
        message = read(path) + end.replace("\\n", "\n").encode()
        wanted[name_of(parts_of(message)[0])] = [path, message, 0]
    faults = []
    for stored in stored_in(box):
        entry = wanted.get(name_of(parts_of(stored)[0]))
        if entry is None:
            faults.append("what is this? %r" % stored[:400])
            continue
        entry[2] += 1
        fault = difference(entry[1], stored)
        if fault is not None:
            faults.append(entry[0] + ": " + fault)
    faults += ["%s: %d times" % (path, times)
               for path, _, times in wanted.values() if times != 1]
    for fault in faults:
        print(fault)
    return 1 if faults else 0


def has(box, path):
    name = name_of(parts_of(read(path))[0])
    print(sum(name_of(parts_of(stored)[0]) == name
              for stored in stored_in(box)))
    return 0


def count_in(box):
    print(len(stored_in(box)))
    return 0


COMMANDS = {"make": make, "send": send, "check": check, "has": has,
            "count": count_in}
sys.exit(COMMANDS[sys.argv[1]](*sys.argv[2:]))
