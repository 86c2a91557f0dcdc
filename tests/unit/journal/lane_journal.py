"""One lane's journal on a simulated machine, for the tests of this folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from evertill.journal import Head, Journal, Line, NewEntry, Position, read_after
from tests.fakes.clock import SimulatedClock
from tests.fakes.disk import SimulatedDisk
from tests.fakes.entropy import SeededEntropy

DIRECTORY = Path("/lane/journal")
WITNESS = Path("/lane/witness")
SECOND = Path("/card/journal")
AT = "2026-11-22T19:05:01.123Z"
TODAY = "2026-11-22"
TOMORROW = "2026-11-23"


class LaneMachine:
    """A register's disk, clock and chance; journals are opened on it one after the other."""

    def __init__(self, *, seed: int = 1, disk: SimulatedDisk | None = None) -> None:
        self.disk = disk or SimulatedDisk()
        self.clock = SimulatedClock()
        self.entropy = SeededEntropy(seed)

    def open(self, **given: Any) -> Journal:
        """Opens the journal as the lane does."""
        settings = {"directory": DIRECTORY, "witness_directory": WITNESS, "store": "S1", "lane": "L1"}
        settings["reserve_bytes"] = 0
        return Journal.open(self.disk, self.clock, self.entropy, **(settings | given))

    def handed_out(self, after: Position | Head | None = None, **given: Any) -> list[Line]:
        """What another process may send up now."""
        return list(read_after(self.disk, DIRECTORY, after, witness_directory=WITNESS, **given))

    def newest_file(self) -> Path:
        """The journal file with the most recent entries."""
        return max(
            (path for path in self.disk.files() if path.suffix == ".journal" and self.disk.content(path)),
            key=lambda path: (path.parent.name, path.name),
        )


def sell(journal: Journal, count: int = 1, *, day: str = TODAY, note: str = "") -> list[Position]:
    """Appends lines of a sale, unsynced."""
    first = journal.head.seq + 1
    return journal.append_many([entry(first + index, day=day, note=note) for index in range(count)])


def entry(number: int, *, day: str = TODAY, note: str = "") -> NewEntry:
    """One scanned line."""
    data = f'{{"sku":"{note}{number}","amount_minor":{number * 10}}}'.encode()
    return NewEntry(kind="LineAdded", data=data, at=AT, day=day)


def pay(journal: Journal, *, day: str = TODAY) -> Position:
    """Pays: on return the sale is promised to the shopper."""
    journal.append("SalePaid", b"{}", at=AT, day=day)
    journal.sync()
    return journal.synced_head


def kept_hashes(journal: Journal) -> set[str]:
    """Every entry that a replay from the beginning gives."""
    return {line.hash for line in journal.replay_after(None)}
