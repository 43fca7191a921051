#!/usr/bin/env python3
"""Sends bodies of 2 MiB that do not end. fill.py PORT ADDRESS[,ADDRESS...]

From each address of this machine it opens more requests than the edge accepts, sends all of each body but 30 bytes, prints
one line, and sends the rest a byte at a time, so that no time limit of the edge applies.
"""
import socket
import ssl
import sys
import time

PORT, ADDRESSES = int(sys.argv[1]), sys.argv[2].split(",")
SIZE, REST, REQUESTS = 2 << 20, 30, 60
HEAD = (
    "POST /send_greeting HTTP/1.1\r\nHost: edge.test\r\nContent-Type: application/json\r\n"
    f"Content-Length: {SIZE}\r\n\r\n"
).encode()

context = ssl.create_default_context()
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE

connections = []
for address in ADDRESSES:
    for _ in range(REQUESTS):
        plain = socket.create_connection(("127.0.0.1", PORT), 10, (address, 0))
        connection = context.wrap_socket(plain)
        connections.append(connection)
        try:
            connection.sendall(HEAD + b" " * (SIZE - REST))
        except OSError:
            pass  # rejected by the edge
print("sent", len(connections), flush=True)
for _ in range(REST - 1):
    time.sleep(3)
    for connection in connections:
        try:
            connection.sendall(b" ")
        except OSError:
            pass
