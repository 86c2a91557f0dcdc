"""Scanners wired to the register: codes in their order, one after the other; the status line knows them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from evertill.lane.scanners import CODES_WAITING_MAX, Scanners, ScannerSetup


class FakeScanner:
    """A scanner in memory; `told` is whoever listens."""

    def __init__(self, setup: ScannerSetup) -> None:
        self.setup = setup
        self.connected = True
        self.told: Callable[[str], None] | None = None

    def start(self, told: Callable[[str], None]) -> None:
        """Keeps the listener."""
        self.told = told

    def close(self) -> None:
        """Nobody listens any more."""
        self.told = None


def _two(tmp_path: Path) -> tuple[Scanners, list[FakeScanner]]:
    (tmp_path / "scanners.json").write_text('[{"port": "A"}, {"port": "B", "baud": 115200, "suffix": "\\t"}]')
    made: list[FakeScanner] = []

    def connect(setup: ScannerSetup) -> FakeScanner:
        made.append(FakeScanner(setup))
        return made[-1]

    return Scanners(tmp_path / "scanners.json", connect), made


def test_codes_of_all_scanners_are_carried_out_one_after_the_other(tmp_path: Path) -> None:
    scanners, (one, other) = _two(tmp_path)
    done: list[str] = []
    at_once = 0

    async def scanned(code: str) -> None:
        nonlocal at_once
        at_once += 1
        await asyncio.sleep(0)
        assert at_once == 1
        at_once -= 1
        done.append(code)

    async def scene() -> None:
        serving = asyncio.create_task(scanners.serve(scanned))
        await asyncio.sleep(0)
        assert one.told is not None and other.told is not None
        for number in range(10):
            (one if number % 2 else other).told(str(number))  # type: ignore[misc]
        while len(done) < 10:
            await asyncio.sleep(0)
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        assert one.told is None, "the line is let go"

    asyncio.run(scene())
    assert done == [str(number) for number in range(10)]


def test_a_scanner_gone_mad_fills_no_memory(tmp_path: Path) -> None:
    scanners, (one, _) = _two(tmp_path)
    done: list[str] = []
    held = asyncio.Event()

    async def scanned(code: str) -> None:
        await held.wait()
        done.append(code)

    async def scene() -> None:
        serving = asyncio.create_task(scanners.serve(scanned))
        await asyncio.sleep(0)
        for _number in range(5 * CODES_WAITING_MAX):
            one.told("x")  # type: ignore[misc]
        await asyncio.sleep(0)
        held.set()
        while len(done) < CODES_WAITING_MAX:
            await asyncio.sleep(0)
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)

    asyncio.run(scene())
    assert len(done) <= CODES_WAITING_MAX + 1


def test_the_status_line_tells_which_scanner_is_missing(tmp_path: Path) -> None:
    scanners, (_, other) = _two(tmp_path)
    other.connected = False
    told = scanners.status(lambda text: text)
    assert [(one["name"], one["state"]) for one in told] == [("A", "ok"), ("B", "missing")]
    assert "B" in told[1]["words"]


def test_no_file_is_no_scanner_and_a_bad_one_is_said(tmp_path: Path) -> None:
    assert Scanners(tmp_path / "none.json", FakeScanner).status(str) == []
    for bad in ("[{", '{"port": "A"}', '[{"port": ""}]', '[{"port": "A", "suffix": ""}]', '[{"prot": "A"}]'):
        (tmp_path / "bad.json").write_text(bad)
        (told,) = Scanners(tmp_path / "bad.json", FakeScanner).status(str)
        assert told["state"] == "unreadable", bad
