"""lmtp.py - a client of LMTP servers that are started as a command.

	lmtp.py send FROM TO[,TO...] COMMAND...	the message on standard input
	lmtp.py smtplib FROM TO COMMAND...	the same, by Python's own client
	lmtp.py chunks FROM TO COMMAND...	the same, by BDAT in many ways
	lmtp.py eager FROM TO COMMAND...	as send, by a socket that is non-blocking
		on the server's side too
	lmtp.py leave BOX COMMAND...	talk by the file "script", and go away as
		soon as something is in BOX, a folder or a file

Printed are the replies to the message, one a line, "TO: REPLY".
"""

import os
import random
import smtplib
import socket
import subprocess
import sys
import time

PATIENCE_S = 60


class Client:
    """One connection; the server's standard error must stay empty."""

    def __init__(self, command, is_blocking=True):
        self.sock, theirs = socket.socketpair()
        theirs.setblocking(is_blocking)
        self.sock.settimeout(PATIENCE_S)
        self.errors = open("stderr.of.server", "a+b")
        self.server = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=self.errors)
        theirs.close()
        self.pending = b""
        self.lines = []

    def say(self, text):
        self.sock.sendall(text)

    def line(self):
        while b"\n" not in self.pending:
            got = self.sock.recv(65536)
            if not got:
                raise EOFError(self.pending)
            self.pending += got
        line, self.pending = self.pending.split(b"\n", 1)
        if not line.endswith(b"\r"):
            raise ValueError(line)
        return line[:-1].decode("ascii")

    def reply(self):
        """The last line of a reply; all of them are in self.lines."""
        self.lines = [self.line()]
        while self.lines[-1][3:4] == "-":
            self.lines.append(self.line())
        return self.lines[-1]

    def whole_reply(self):
        self.reply()
        return "\n".join(self.lines)

    def ask(self, text, *codes):
        self.say(text + b"\r\n")
        answer = self.reply()
        if codes and answer[:3] not in codes:
            raise ValueError(f"{text!r}: {answer}")
        return answer

    def begin(self):
        if not self.reply().startswith("220 "):
            raise ValueError(self.lines)
        self.ask(b"LHLO client", "250")

    def envelope(self, sender, recipients):
        """The recipients that were accepted; the others are printed."""
        self.ask(b"MAIL FROM:<" + sender.encode() + b">", "250")
        accepted = []
        for recipient in recipients:
            answer = self.ask(b"RCPT TO:<" + recipient.encode() + b">")
            if answer.startswith("250 "):
                accepted.append(recipient)
            else:
                print(f"{recipient}: {answer}")
        return accepted

    def send(self, sender, recipients, wire):
        """Replies, in the order of the recipients."""
        accepted = self.envelope(sender, recipients)
        if not accepted:
            self.ask(b"RSET", "250")
            return []
        self.ask(b"DATA", "354")
        self.say(dotted(wire))
        return [(to, self.whole_reply()) for to in accepted]

    def quit(self):
        self.ask(b"QUIT", "221")
        return self.end()

    def end(self):
        self.sock.close()
        status = self.server.wait(PATIENCE_S)
        self.errors.seek(0)
        if self.errors.read():
            raise ValueError("something on standard error")
        self.errors.close()
        return status


def dotted(wire):
    text = b"\r\n" + wire
    if not text.endswith(b"\r\n"):
        text += b"\r\n"
    return text.replace(b"\r\n.", b"\r\n..")[2:] + b".\r\n"


def on_the_wire(message):
    return message.replace(b"\n", b"\r\n")


def show(replies):
    for recipient, answer in replies:
        print(f"{recipient}: {answer}")


def send(sender, recipients, *command):
    client = Client(command)
    client.begin()
    wire = on_the_wire(sys.stdin.buffer.read())
    show(client.send(sender, recipients.split(","), wire))
    return client.quit()


def eager(sender, recipient, *command):
    client = Client(command, is_blocking=False)
    time.sleep(0.2)  # it meets an empty socket
    client.begin()
    wire = on_the_wire(sys.stdin.buffer.read())
    show(client.send(sender, [recipient], wire))
    return client.quit()


class OwnClient(smtplib.LMTP):
    def __init__(self, sock):
        self.given = sock
        super().__init__("server", 1)

    def connect(self, host="", port=0, source_address=None):
        self.sock, self.file = self.given, None
        return self.getreply()


def by_smtplib(sender, recipient, *command):
    client = Client(command)
    own = OwnClient(client.sock)
    refused = own.sendmail(sender, [recipient],
                           on_the_wire(sys.stdin.buffer.read()),
                           ["BODY=8BITMIME", "SMTPUTF8"])
    print(refused)
    own.docmd("QUIT")
    return client.end()


def chunks(sender, recipient, *command):
    """The message again and again, each time cut into other chunks."""
    wire = on_the_wire(sys.stdin.buffer.read())
    prng = random.Random(1)
    client = Client(command)
    client.begin()
    for turn in range(40):
        client.envelope(sender, [recipient])
        left = wire
        while left:
            size = prng.randint(0, len(left)) if turn else len(left)
            last = size == len(left) and prng.random() < 0.8
            client.say(b"BDAT %d%s\r\n" % (size, b" LAST" if last else b"")
                       + left[:size])
            left = left[size:]
            answer = client.reply()
            if last:
                break
        else:
            answer = client.ask(b"BDAT 0 LAST")
        print(f"{recipient}: {answer}")
    return client.quit()


def is_filled(box):
    if os.path.isdir(box):
        return bool(os.listdir(box))
    return os.path.exists(box) and os.path.getsize(box) > 0


def leave(box, *command):
    with open("script", "rb") as file:
        script = file.read()
    client = Client(command)
    client.say(script)
    until = time.monotonic() + PATIENCE_S
    while not is_filled(box):
        if time.monotonic() > until:
            raise TimeoutError(box)
        time.sleep(0.01)
    client.sock.close()
    client.server.wait(PATIENCE_S)
    return 0


if __name__ == "__main__":
    modes = {"send": send, "smtplib": by_smtplib, "chunks": chunks,
             "eager": eager, "leave": leave}
    sys.exit(modes[sys.argv[1]](*sys.argv[2:]))
