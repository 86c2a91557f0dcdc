"""The witness: what the journal's head was, kept outside the journal.

A chain cannot see its own missing tail. So before each sync the head that is about to be synced
(`intended`) and the last one that is known to be durable (`confirmed`) are written here and synced at
the same time as the journal. A journal that ends before `confirmed` was cut short or comes from an old
image; one that ends between the two lost power during a sync, before anybody was told "paid".

Two files. `slots` holds two records, each in a block of its own, written in turn and synced: while
one is being written the other is durable and untouched, so a torn write never takes both. `published`
holds the newest record for other processes and is never waited for: it tells them what is durable now,
one sync earlier than `slots` can. (Writing that mark into the slots too would leave both of them
unsynced at once, and one power cut could then tear both.)

Every record carries a counter and its own SHA-256; the valid one with the highest counter counts.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import msgspec

from evertill.journal.line import Position
from evertill.ports import Access, Disk, OpenFile

RECORD_BYTES = 512
BLOCK_BYTES = 4096
SLOTS = "slots"
PUBLISHED = "published"

_PLACE = rb"(-|[0-9a-f]{32}:[0-9]+:[0-9a-f]{64}:[0-9]{12}-[0-9-]{10}\.journal:[0-9]+)"
_RECORD = re.compile(
    rb"(evertill-witness 1 ([0-9]+) (good|failed) confirmed " + _PLACE + rb" intended " + _PLACE + rb") "
    rb"([0-9a-f]{64}) *\n"
)


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One thing the witness said. `failed`: the journal's medium refused a sync after `confirmed`."""

    counter: int
    confirmed: Position | None
    intended: Position | None
    failed: bool = False


def encode_record(record: Record) -> bytes:
    """A record as its 512 bytes of text."""
    text = (
        f"evertill-witness 1 {record.counter} {'failed' if record.failed else 'good'}"
        f" confirmed {_place(record.confirmed)} intended {_place(record.intended)}"
    ).encode()
    full = text + b" " + hashlib.sha256(text).hexdigest().encode()
    assert len(full) < RECORD_BYTES, "a witness record outgrew its slot"
    return full.ljust(RECORD_BYTES - 1) + b"\n"


def decode_record(data: bytes) -> Record | None:
    """The record in these bytes, or None if they are torn, empty or changed."""
    found = _RECORD.fullmatch(data)
    if found is None or hashlib.sha256(found[1]).hexdigest().encode() != found[6]:
        return None
    return Record(
        counter=int(found[2]),
        confirmed=_position(found[4]),
        intended=_position(found[5]),
        failed=found[3] == b"failed",
    )


def _place(position: Position | None) -> str:
    if position is None:
        return "-"
    return f"{position.epoch}:{position.seq}:{position.hash}:{position.segment}:{position.offset}"


def _position(text: bytes) -> Position | None:
    if text == b"-":
        return None
    epoch, seq, own, segment, offset = text.decode().split(":")
    return Position(epoch=epoch, seq=int(seq), hash=own, segment=segment, offset=int(offset))


def read_records(disk: Disk, directory: Path) -> list[Record | None]:
    """The records of slot 0, slot 1 and the published one; None for each that is not there or not valid."""
    records: list[Record | None] = []
    for name, offsets in ((SLOTS, (0, BLOCK_BYTES)), (PUBLISHED, (0,))):
        path = directory / name
        if not disk.exists(path):
            records += [None] * len(offsets)
            continue
        file = disk.open(path, Access.READ)
        try:
            records += [decode_record(file.read_at(offset, RECORD_BYTES)) for offset in offsets]
        finally:
            file.close()
    return records


def newest_record(disk: Disk, directories: list[Path]) -> tuple[Record, Path] | None:
    """The newest valid record in any of these witness directories, and where it was found.

    A directory that cannot be read counts as empty: without a record the identity is in doubt anyway.
    """
    found = []
    for directory in directories:
        with contextlib.suppress(OSError):
            found += [(record, directory) for record in read_records(disk, directory) if record is not None]
    return max(found, key=lambda pair: pair[0].counter, default=None)


def durable_position(disk: Disk, directories: list[Path]) -> Position | None:
    """The last entry that is known to be durable, for processes that do not write the journal."""
    found = newest_record(disk, directories)
    return found[0].confirmed if found else None


class Witness:
    """The writing side: one process, the one that holds the journal."""

    def __init__(self, disk: Disk, directory: Path, *, counter: int, make_room: Callable[[], bool]) -> None:
        """Opens the witness's files, making them if need be, and makes what they hold durable.

        `counter` is the highest seen anywhere; records go on above it. `make_room` is asked to free
        space when the disk is full, and says whether it did.
        """
        self.directory = directory
        self._disk = disk
        self._make_room = make_room
        disk.make_directory(directory)
        self.slots = self._file(SLOTS, 2 * BLOCK_BYTES)
        self._published = self._file(PUBLISHED, BLOCK_BYTES)
        disk.sync_directory(directory)
        self.slots.sync()
        counters = [record.counter if record else -1 for record in read_records(disk, directory)]
        self._slot = 0 if counters[0] <= counters[1] else 1  # the older one goes next
        self._counter = max(counter, *counters)

    def _file(self, name: str, size: int) -> OpenFile:
        path = self.directory / name
        file = self._disk.open(path, Access.WRITE if self._disk.exists(path) else Access.CREATE)
        if file.size() < size:
            self._with_room(lambda: file.allocate(size))
        return file

    def intend(self, confirmed: Position | None, intended: Position | None) -> None:
        """Writes the next slot; the caller syncs `slots` together with the journal.

        While that sync runs the other slot is durable and is not touched.
        """
        self._counter += 1
        data = encode_record(Record(counter=self._counter, confirmed=confirmed, intended=intended))
        self._with_room(lambda: self._write(self.slots, self._slot * BLOCK_BYTES, data))
        self._slot = 1 - self._slot

    def publish(self, confirmed: Position | None, *, failed: bool = False) -> None:
        """Tells other processes what is durable now. Not synced; raises OSError if it cannot be written."""
        self._counter += 1
        record = Record(counter=self._counter, confirmed=confirmed, intended=confirmed, failed=failed)
        data = encode_record(record)
        self._with_room(lambda: self._write(self._published, 0, data))

    @property
    def counter(self) -> int:
        """The highest counter written or seen."""
        return self._counter

    def _write(self, file: OpenFile, offset: int, data: bytes) -> None:
        if file.write_at(offset, data) != len(data):
            raise OSError(errno.EIO, "a witness record was written in part", str(file.path))

    def _with_room(self, act: Callable[[], None]) -> None:
        while True:
            try:
                return act()
            except OSError as error:
                if error.errno not in (errno.ENOSPC, errno.EDQUOT) or not self._make_room():
                    raise

    def close(self) -> None:
        """Lets go of the files."""
        for file in (self.slots, self._published):
            with contextlib.suppress(OSError):
                file.close()
