"""The scanners that are wired to the register itself: HOME/lane/scanners.json, a list; no file means none.

    [{"port": "/dev/ttyACM0"}, {"port": "/dev/ttyS0", "baud": 115200, "suffix": "\\t"}]

A scanner that types like a keyboard needs no entry: the screen reads it. What a wired one reads is carried
out at once, whatever page the screen shows. Read once, at the start of the lane.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any

import msgspec

from evertill.lane.words import N_
from evertill.ports import Scanner

SCANNERS_MAX = 8
CODES_WAITING_MAX = 100  # more than anybody scans while the register thinks
MISSING = N_("The scanner at {port} does not answer. Plug it in again; typing and touching still work.")
UNREADABLE = N_(
    "The list of scanners cannot be read. Correct the file scanners.json; typing and touching still work."
)


class ScannerSetup(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where one scanner is, and what it puts around a code: `prefix`, and any character of `suffix`."""

    port: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    baud: Annotated[int, msgspec.Meta(ge=300, le=4_000_000)] = 9600
    prefix: Annotated[str, msgspec.Meta(max_length=20)] = ""
    suffix: Annotated[str, msgspec.Meta(min_length=1, max_length=20)] = "\r\n"


class Scanners:
    """All of them. `connect` makes the real one of a setup."""

    def __init__(self, path: Path, connect: Callable[[ScannerSetup], Scanner]) -> None:
        self._is_readable = True
        self._scanners: list[tuple[ScannerSetup, Scanner]] = []
        try:
            setups = msgspec.json.decode(path.read_bytes(), type=list[ScannerSetup])
        except FileNotFoundError:
            setups = []
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            setups, self._is_readable = [], False
        self._scanners = [(setup, connect(setup)) for setup in setups[:SCANNERS_MAX]]

    async def serve(self, scanned: Callable[[str], Awaitable[None]]) -> None:
        """Hands every code that is read to `scanned`, one after the other in the order they came, until
        cancelled; then lets go of the lines."""
        loop = asyncio.get_running_loop()
        codes: asyncio.Queue[str] = asyncio.Queue()

        def take(code: str) -> None:
            if codes.qsize() < CODES_WAITING_MAX:
                codes.put_nowait(code)

        for _, scanner in self._scanners:
            scanner.start(lambda code: loop.call_soon_threadsafe(take, code))
        try:
            while True:
                await scanned(await codes.get())
        finally:
            for _, scanner in self._scanners:
                scanner.close()

    def status(self, say: Callable[[str], str]) -> list[dict[str, Any]]:
        """Each scanner for the status line: "ok", "missing", or one "unreadable" for the file."""
        if not self._is_readable:
            return [{"name": "scanners.json", "state": "unreadable", "words": say(UNREADABLE)}]
        return [
            {
                "name": setup.port,
                "state": "ok" if scanner.connected else "missing",
                "words": "" if scanner.connected else say(MISSING).format(port=setup.port),
            }
            for setup, scanner in self._scanners
        ]
