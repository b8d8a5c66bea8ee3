"""mbox_readers.py - the messages of an mbox as three kinds of readers see it.

    mbox_readers.py RULE BOX

Prints the value of each message's "Subject:" on a line. RULE is

python  the module mailbox of the standard library;
mutt    a line "From ", an address, and a date with a time of day begins a
        message wherever it stands at the start of a line; a Content-Length
        counts where a From_ line follows what it spans;
plain   a line that begins with "From " behind an empty one, as in mbox(5).
"""

import mailbox
import re
import sys

MUTT_FROM = re.compile(
    rb"From (?:[^\n]*? )?"
    rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? "
    rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) "
    rb" ?[0-9]{1,2} [0-9]{1,2}:[0-9]{2}(?::[0-9]{2})? [^\n]*[0-9]{2,4}[^\n]*\n"
)


def subject_of(text):
    for line in text.split(b"\n"):
        if line.strip(b"\r") == b"":
            break
        if line.lower().startswith(b"subject:"):
            return line[8:].strip().decode("latin-1")
    return "-"


def by_python(path):
    box = mailbox.mbox(path, create=False)
    subjects = [message["subject"] or "-" for message in box]
    box.close()
    return subjects


def span_of_length(data, start):
    """Where the message's own Content-Length says that the next begins."""
    header_end = data.find(b"\n\n", start)
    if header_end == -1:
        return None
    field = re.search(rb"^content-length:\s*([0-9]+)",
                      data[start:header_end + 1], re.I | re.M)
    if field is None:
        return None
    at = header_end + 2 + int(field.group(1)) + 1
    return at if data[at:at + 5] == b"From " else None


def by_mutt(path):
    with open(path, "rb") as file:
        data = file.read()
    subjects = []
    at = 0
    while at < len(data):
        line_end = data.find(b"\n", at) + 1 or len(data)
        match = MUTT_FROM.match(data, at)
        at = line_end
        if match is None:
            continue
        subjects.append(subject_of(data[line_end:]))
        at = span_of_length(data, line_end) or line_end
    return subjects


def by_plain(path):
    with open(path, "rb") as file:
        data = b"\n\n" + file.read()
    return [subject_of(data[match.end():])
            for match in re.finditer(rb"(?<=\n\n)From [^\n]*\n", data)]


RULES = {"python": by_python, "mutt": by_mutt, "plain": by_plain}

for subject in RULES[sys.argv[1]](sys.argv[2]):
    print(subject)
