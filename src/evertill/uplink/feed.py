"""Reading the journal for the way up: the next batch, and the places that a server asks for."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from evertill.journal.line import Head, Line, Position, encode_line
from evertill.journal.lineage import epoch_path, lineage
from evertill.journal.reader import durable_head, places, read_after
from evertill.journal.segment import find_line
from evertill.ports import Disk
from evertill.wire.answer import Mark
from evertill.wire.batch import BatchLimits

_ADOPTED = re.compile(rb'"kind":"EditionAdopted","data":\{"edition":([0-9]{1,15})[,}]')


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """The next lines to send, of one epoch. `edition` is the last one adopted in them, 0 for none."""

    epoch: str
    first_seq: int
    last: Position
    body: bytes
    entries: int
    edition: int


class Feed:
    """One lane's journal, read-only."""

    def __init__(
        self, disk: Disk, directory: Path, witness_directory: Path, second_directory: Path | None = None
    ) -> None:
        self._disk = disk
        self._directory = directory
        self._witness = witness_directory
        self._second = second_directory

    def head(self) -> Position | None:
        """The last durable entry. Three small reads."""
        return durable_head(self._disk, self._witness, self._second)

    def next(self, after: Position | Head | None, limits: BatchLimits) -> Parcel | None:
        """The durable lines behind `after`, as many of one epoch as fit; at least one if there is one.

        Raises the faults of `journal.reader.read_after`.
        """
        lines: list[Line] = []
        size = 0
        for line in read_after(
            self._disk,
            self._directory,
            after,
            witness_directory=self._witness,
            second_directory=self._second,
            limit_bytes=limits.bytes_max,
        ):
            full = len(lines) >= limits.entries_max or size + line.length > limits.bytes_max
            if lines and (full or line.epoch != lines[0].epoch):
                break
            lines.append(line)
            size += line.length
        return _parcel(lines) if lines else None

    def locate(self, mark: Mark) -> tuple[bool, Position | Head | None]:
        """Where in the journal a server's mark stands, by epoch and seq, to be read from behind it.

        (False, None) if the journal does not hold it. Seq 0 is the beginning of an epoch, an empty
        epoch the beginning of everything.
        """
        if not mark.epoch:
            return True, None
        directories = places(self._directory, self._second)
        path = epoch_path(self._disk, directories, mark.epoch)
        if path is None:
            return False, None
        if mark.seq == 0:
            line_of_parents = lineage(self._disk, directories, mark.epoch)
            return bool(line_of_parents), line_of_parents[-1].parent if line_of_parents else None
        line = find_line(self._disk, path, mark.seq)
        return line is not None, line.position if line else None

    def unsent(self, acked: Position | None) -> int | None:
        """How many durable entries stand behind `acked`; None if that cannot be told cheaply."""
        head = self.head()
        if head is None:
            return 0
        if acked is not None and acked.epoch == head.epoch:
            return max(0, head.seq - acked.seq)
        count = head.seq
        for step in reversed(lineage(self._disk, places(self._directory, self._second), head.epoch)):
            if step.parent is None:
                return count if acked is None else None
            if acked is not None and step.parent.epoch == acked.epoch:
                return count + max(0, step.parent.seq - acked.seq)
            count += step.parent.seq
        return None


def _parcel(lines: list[Line]) -> Parcel:
    edition = 0
    for line in lines:
        found = _ADOPTED.search(line.body) if b"EditionAdopted" in line.body else None
        edition = int(found[1]) if found else edition
    return Parcel(
        epoch=lines[0].epoch,
        first_seq=lines[0].seq,
        last=lines[-1].position,
        body=b"".join(encode_line(line.prev, line.hash, line.body) for line in lines),
        entries=len(lines),
        edition=edition,
    )
