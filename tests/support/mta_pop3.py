"""mta_pop3.py FOLDER - a POP3 server at 127.0.0.1 of the smallest kind.

The files of FOLDER are everybody's messages. Those that a client deletes are
gone when it says QUIT, as RFC 1939 has it.
"""

import os
import socketserver
import sys

FOLDER = sys.argv[1]


class Session(socketserver.StreamRequestHandler):
    timeout = 60

    def handle(self):
        self.names = sorted(os.listdir(FOLDER))
        self.deleted = set()
        self.say("+OK ready")
        for line in self.rfile:
            words = line.decode("ascii", "replace").split() or [""]
            answer = getattr(self, "on_" + words[0].lower(), None)
            if answer is None:
                self.say("-ERR not known here")
            else:
                answer(*words[1:])
            if words[0].upper() == "QUIT":
                return

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def say_list(self, lines):
        for line in lines:
            self.say(line)
        self.say(".")

    def message(self, name):
        with open(os.path.join(FOLDER, name), "rb") as file:
            return file.read().replace(b"\n", b"\r\n")

    def left(self):
        return [(number, name) for number, name in enumerate(self.names, 1)
                if number not in self.deleted]

    def on_user(self, *_):
        self.say("+OK")

    on_pass = on_noop = on_user

    def on_capa(self):
        self.say("+OK")
        self.say_list(["USER", "UIDL", "TOP"])

    def on_stat(self):
        sizes = [len(self.message(name)) for _, name in self.left()]
        self.say("+OK %d %d" % (len(sizes), sum(sizes)))

    def about(self, tell, number=None):
        lines = ["%d %s" % (at, tell(name)) for at, name in self.left()
                 if number in (None, str(at))]
        if number is not None:
            self.say("+OK " + lines[0])
        else:
            self.say("+OK")
            self.say_list(lines)

    def on_list(self, number=None):
        self.about(lambda name: len(self.message(name)), number)

    def on_uidl(self, number=None):
        self.about(lambda name: name, number)

    def send(self, message):
        self.say("+OK")
        for line in message.split(b"\r\n")[:-1]:
            self.wfile.write(
                (b"." if line.startswith(b".") else b"") + line + b"\r\n")
        self.say(".")

    def on_retr(self, number):
        self.send(self.message(self.names[int(number) - 1]))

    def on_top(self, number, count):
        head, _, body = self.message(
            self.names[int(number) - 1]).partition(b"\r\n\r\n")
        lines = body.split(b"\r\n")[:int(count)]
        self.send(head + b"\r\n\r\n" + b"".join(
            line + b"\r\n" for line in lines))

    def on_dele(self, number):
        self.deleted.add(int(number))
        self.say("+OK")

    def on_rset(self):
        self.deleted.clear()
        self.say("+OK")

    def on_quit(self):
        for number in self.deleted:
            os.unlink(os.path.join(FOLDER, self.names[number - 1]))
        self.say("+OK")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


Server(("127.0.0.1", 110), Session).serve_forever()
