"""mta_listen.py PATH|HOST:PORT COMMAND... - as inetd does: for each connection
to the socket PATH, or the port of HOST, start the command, with the connection
for input and output."""

import os
import socket
import subprocess
import sys

path, command = sys.argv[1], sys.argv[2:]
if path.startswith("/"):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    os.chmod(path, 0o666)
    server.listen(64)
else:
    host, port = path.split(":")
    server = socket.create_server((host, int(port)))
running = []
while True:
    connection, _ = server.accept()
    try:
        running.append(subprocess.Popen(
            command, stdin=connection, stdout=connection))
    except OSError:
        pass  # the client sees the end of the connection
    connection.close()
    running = [process for process in running if process.poll() is None]
