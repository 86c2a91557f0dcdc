"""A way to a server that breaks on order: cuts, delays, garbles and swallows, one fault a connection."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
from collections.abc import Callable

# What befalls the answer to a request on one connection.
FAULTS = ("pass", "answer_lost", "answer_garbled", "answer_cut", "request_lost", "request_cut", "slow")


class BrokenWay:
    """Listens on a port of its own and passes to `port`; `choose` names the fault of each connection."""

    def __init__(self, port: int, choose: Callable[[], str], slow_s: float = 0.5) -> None:
        self._port = port
        self._choose = choose
        self._slow_s = slow_s
        self._ending = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=50)
        self.connections: dict[str, int] = dict.fromkeys(FAULTS, 0)
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """Where to connect to."""
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def close(self) -> None:
        """No more connections."""
        self._ending.set()
        self._listening.close()

    def _accept(self) -> None:
        while not self._ending.is_set():
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            fault = self._choose()
            self.connections[fault] += 1
            threading.Thread(target=self._carry, args=(client, fault), daemon=True).start()

    def _carry(self, client: socket.socket, fault: str) -> None:
        """One exchange per connection: the request up, the answer down, the fault on its way."""
        with client, contextlib.suppress(OSError):
            client.settimeout(20)
            request = _read_message(client)
            if fault == "request_lost" or not request:
                return
            with socket.create_connection(("127.0.0.1", self._port), timeout=20) as server:
                server.settimeout(20)
                if fault == "request_cut":
                    server.sendall(request[: len(request) * 2 // 3])
                    return
                server.sendall(request)
                answer = _read_message(server)
            if fault == "answer_lost":
                return
            if fault == "answer_cut":
                client.sendall(answer[: len(answer) // 2])
                return
            if fault == "answer_garbled":
                answer = _garbled(answer)
            if fault == "slow":
                self._ending.wait(self._slow_s)
            client.sendall(answer)


def _garbled(answer: bytes) -> bytes:
    """The answer with one byte of its body changed."""
    head, mark, body = answer.partition(b"\r\n\r\n")
    place = random.Random(len(answer)).randrange(len(body)) if body else 0
    return head + mark + body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :] if body else answer


def _read_message(source: socket.socket) -> bytes:
    """One HTTP message with a Content-Length (or without a body)."""
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = source.recv(65_536)
        if not chunk:
            return data
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        chunk = source.recv(65_536)
        if not chunk:
            break
        body += chunk
    return head + b"\r\n\r\n" + body
