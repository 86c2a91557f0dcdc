"""A cashier who never hesitates: one kept connection, one request at a time, every answer awaited.

Only the request that is measured is on the clock; filling baskets and clearing them away is not.
"""

from __future__ import annotations

import itertools
import random
import socket
from collections.abc import Iterator, Sequence
from time import perf_counter_ns
from typing import Any

import msgspec

SEED = 11
ANSWER_BYTES_MAX = 1 << 20


class Wire:
    """One kept HTTP connection to 127.0.0.1, as plain as can be, so that what is timed is the server."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket = self._connected()
        self._buffer = bytearray(ANSWER_BYTES_MAX)  # one for all answers: a fresh one each time costs more
        self._room = memoryview(self._buffer)  # than many an answer

    def _connected(self) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self._port), timeout=30)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def renew(self) -> None:
        """Connects anew: a server hangs up on those who have been silent for some seconds."""
        self._socket.close()
        self._socket = self._connected()

    def request(self, path: str, body: bytes) -> bytes:
        """The bytes of a POST request."""
        return (
            b"POST %b HTTP/1.1\r\nhost: 127.0.0.1:%d\r\ncontent-type: application/json\r\n"
            b"content-length: %d\r\n\r\n%b" % (path.encode(), self._port, len(body), body)
        )

    def timed(self, request: bytes) -> tuple[int, bytearray]:
        """(nanoseconds from the first byte sent to the last byte received, answer with its head)."""
        begun = perf_counter_ns()
        self._socket.sendall(request)
        length = self._socket.recv_into(self._buffer)
        wanted = _length(self._buffer, length)
        while length < wanted:
            more = self._socket.recv_into(self._room[length:])
            if not more:
                raise ConnectionError("the server hung up")
            length += more
            wanted = _length(self._buffer, length)
        return perf_counter_ns() - begun, self._buffer[:length]

    def get(self, path: str) -> Any:
        """The JSON at `path`."""
        head = b"GET %b HTTP/1.1\r\nhost: 127.0.0.1:%d\r\n\r\n" % (path.encode(), self._port)
        return msgspec.json.decode(_body(self.timed(head)[1]))

    def close(self) -> None:
        """Hangs up."""
        self._socket.close()


class Echo:
    """The bare server, asked with bodies of the same bytes."""

    def __init__(self, port: int) -> None:
        self._wire = Wire(port)

    def post(self, body: bytes) -> int:
        """Nanoseconds that an echo of `body` takes."""
        spent, answer = self._wire.timed(self._wire.request("/echo", body))
        assert _body(answer) == body, "an echo is the same bytes"
        return spent

    def close(self) -> None:
        """Hangs up."""
        self._wire.close()


class Till:
    """A signed-in cashier at a lane with an open shift. `codes` are scanned in an order made by chance."""

    def __init__(self, port: int, codes: Sequence[str]) -> None:
        self._wire = Wire(port)
        order = random.Random(SEED).sample(codes, len(codes))
        self._codes: Iterator[str] = itertools.cycle(order)
        state = self._wire.get("/api/v1/state")
        if state["staff"] is None:
            self.do({"type": "SignIn", "staff": "9", "pin": "9999"})
        if state["shift"] is None:
            self.do({"type": "OpenShift", "float_minor": {"EUR": 20_000}})
        if state["sale"] is not None:
            self.clear()

    def do(self, *intents: dict[str, Any]) -> dict[str, Any]:
        """Carries out intents; fails if one is refused."""
        answer = self._wire.timed(self._wire.request("/api/v1/intents", msgspec.json.encode(intents)))[1]
        decoded: dict[str, Any] = msgspec.json.decode(_body(answer))
        assert decoded["ok"], decoded.get("refusal")
        return decoded

    def fill(self, lines: int) -> None:
        """Puts so many more goods into the basket."""
        self.do(*({"type": "Scan", "code": next(self._codes)} for _ in range(lines)))

    def next_scan(self) -> bytes:
        """The body of the next scan."""
        return b'{"code":"%b"}' % next(self._codes).encode()

    def scan(self, body: bytes) -> int:
        """Nanoseconds from the scan to the priced basket."""
        spent, answer = self._wire.timed(self._wire.request("/api/v1/intents/Scan", body))
        assert answer.startswith(b"HTTP/1.1 200"), answer
        return spent

    def pay(self, body: bytes = b'{"tender":"cash"}') -> int:
        """Nanoseconds from the money to "paid"."""
        spent, answer = self._wire.timed(self._wire.request("/api/v1/intents/TakeTender", body))
        assert b'"done":{"receipt":' in answer, answer
        return spent

    def clear(self) -> None:
        """Gives the basket up."""
        self.do({"type": "VoidSale"})

    def syncs(self) -> tuple[int, int]:
        """(journal, witness): syncs that the lane has asked for since it started."""
        counted = self._wire.get("/api/v1/about")["syncs"]
        return counted["journal"], counted["witness"]

    def basket(self, scans: int) -> list[int]:
        """Times of some scans around the fiftieth of a basket that is then given up."""
        self.fill(49 - scans // 2)
        self.fill(1)  # the basket has been seen, as it has when a cashier scans the next article
        spent = [self.scan(self.next_scan()) for _ in range(scans)]
        self.clear()
        return spent

    def sale(self, lines: int = 10) -> int:
        """Time of the payment for a basket of so many lines."""
        self.fill(lines)
        return self.pay()

    def renew(self) -> None:
        """Connects anew after a long pause."""
        self._wire.renew()

    def close(self) -> None:
        """Hangs up."""
        self._wire.close()


def in_turn(tills: Sequence[Till], *, baskets: int, sales: int) -> list[tuple[list[int], list[int]]]:
    """(scans, payments) of each till: so many baskets of ten measured scans, so many sales of ten lines.

    The tills take turns basket by basket, so that whatever else the machine does hits all alike.
    """
    for till in tills:
        till.renew()
    found: list[tuple[list[int], list[int]]] = [([], []) for _ in tills]
    for number in range(baskets):
        for place in _turn(len(tills), number):
            found[place][0].extend(tills[place].basket(10))
    for number in range(sales):
        for place in _turn(len(tills), number):
            found[place][1].append(tills[place].sale())
    return found


def _turn(count: int, number: int) -> list[int]:
    """The places in turn, each time another one first."""
    return [(number + place) % count for place in range(count)]


def _length(answer: bytearray, there: int) -> int:
    """How long the answer is, of which so many bytes are there; one more than those while its head is not."""
    head_ends = answer.find(b"\r\n\r\n", 0, there)
    if head_ends < 0:
        return there + 1
    at = answer.find(b"content-length: ", 0, head_ends)
    return head_ends + 4 + int(answer[at + 16 : answer.index(b"\r", at)])


def _body(answer: bytearray) -> bytes:
    return bytes(answer[answer.index(b"\r\n\r\n") + 4 :])
