"""A counter with printers on loopback: some work, some hang up, some never take a byte."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
import threading
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec

from evertill.host.clock import HostClock
from evertill.lane.printing.talk import JobNews, JobState
from evertill.lane.printing.worker_client import PrintClient, worker_command
from tests.unit.lane.receipt_samples import HEAD, basket, shop

WAIT_S = 30.0
DOCUMENT = msgspec.json.encode(basket())
SETTINGS = msgspec.json.encode(shop())
LONG_DOCUMENT = msgspec.json.encode(msgspec.structs.replace(basket(), notes=("Thank you. " * 40_000,)))
CUT = b"\x1dVA\x03"


class PaperPrinter:
    """A printer on a TCP port of its own. `jobs` holds what each connection brought.

    `hang_up_after` bytes it resets the connection; `deaf` it accepts and never reads.
    """

    def __init__(self, *, hang_up_after: int | None = None, deaf: bool = False, port: int = 0) -> None:
        self.jobs: list[bytes] = []
        self.connections = 0
        self._hang_up_after = hang_up_after
        self._deaf = deaf
        self._held: list[socket.socket] = []
        self._listening = socket.socket()
        self._listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        self._listening.bind(("127.0.0.1", port))
        self._listening.listen()
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        for held in [self._listening, *self._held]:
            with contextlib.suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)
            held.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            if self._deaf:
                self._held.append(connection)
            else:
                self._take(connection)

    def _take(self, connection: socket.socket) -> None:
        got = b""
        with connection, contextlib.suppress(OSError):
            while chunk := connection.recv(1_024):
                got += chunk
                if self._hang_up_after is not None and len(got) >= self._hang_up_after:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    break
        self.jobs.append(got)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def network(name: str, port: int, **more: Any) -> dict[str, Any]:
    return {"id": name, "kind": "network", "host": "127.0.0.1", "port": port, "connect_s": 1, **more}


def file(path: Path, **more: Any) -> dict[str, Any]:
    return {"id": "paper", "kind": "file", "path": str(path), **more}


@contextlib.asynccontextmanager
async def counter(
    folder: Path, *printers: dict[str, Any], silence_s: float = 15.0
) -> AsyncIterator[PrintClient]:
    """A lane's print client with these printers, its worker running; gone afterwards."""
    setup = folder / "printers.json"
    setup.write_text(json.dumps(printers))
    client = PrintClient(worker_command(setup), now_ns=HostClock().monotonic_ns, silence_s=silence_s)
    await client.start()
    try:
        yield client
    finally:
        await client.stop()


def print_receipt(client: PrintClient, **more: Any) -> int:
    return client.print(DOCUMENT, SETTINGS, head_code=HEAD, **more)


async def until(happened: Callable[[], bool], what: str) -> None:
    """Returns as soon as it has happened; fails if it does not within half a minute."""
    deadline = time.monotonic() + WAIT_S
    while not happened():
        assert time.monotonic() < deadline, f"this never happened: {what}"
        await asyncio.sleep(0.01)


async def came_to(client: PrintClient, job: int, state: JobState) -> JobNews:
    """The job's news once it is in that state."""
    await until(lambda: (news := client.job(job)) is not None and news.state is state, f"job {job} {state}")
    news = client.job(job)
    assert news is not None
    return news


def worker_pid(client: PrintClient) -> int:
    """The running worker's process id."""
    process = client._process
    assert process is not None, "a worker is running"
    return process.pid
