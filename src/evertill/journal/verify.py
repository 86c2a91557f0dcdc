"""Checking a whole journal and saying in sentences what is wrong: every line, link, number, name and head.

Unlike an opening this goes on behind a wrong line, so that one damaged entry is told from fifty. It
reads only, and may run while the lane writes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import msgspec

from evertill.journal.line import BODY_AT, ZEROS, EpochOpened, Head, Line, leading_of, read_body, shape_fits
from evertill.journal.lineage import epoch_path, lineage, newest_leaf
from evertill.journal.reader import places, witness_places
from evertill.journal.segment import (
    Segment,
    epochs_in,
    find_line,
    raw_lines,
    read_first,
    segments_in,
    whole_lines_behind,
)
from evertill.journal.witness import Record, newest_record
from evertill.ports import Access, Disk


class Wrong(StrEnum):
    """What kind of thing is wrong."""

    TORN_TAIL = "torn_tail"  # the newest file does not end in a whole line: a power cut, or being written
    LINE = "line"  # not a line of a journal
    HASH = "hash"  # the bytes are not those that were hashed
    CHAIN = "chain"  # does not follow on the entry before
    NUMBER = "number"  # the seq is not the next one
    BODY = "body"  # not the JSON that the format asks for, or of another store, lane or epoch
    NAME = "name"  # the file's name does not fit its first entry
    PARENT = "parent"  # the epoch does not go on from what it says
    BEHIND = "behind"  # an entry that the witness confirmed is not here


class Break(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong, and where: `line` counts from 1, `offset` in bytes."""

    wrong: Wrong
    file: str
    line: int
    offset: int
    words: str


class EpochReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in one epoch."""

    epoch: str
    path: str
    parent: Head | None
    reason: str
    entries: int
    last: Head | None
    days: tuple[str, str] | None  # of the first and the last file
    lost: tuple[int, int] | None  # entries of the parent's epoch that were gone when this one was opened
    in_line: bool  # on the line of parents of the epoch in force
    breaks: tuple[Break, ...]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The whole journal: epochs from the oldest on, and breaks that belong to none of them."""

    epochs: tuple[EpochReport, ...]
    breaks: tuple[Break, ...]
    confirmed: Head | None  # by the witness, if it was asked

    @property
    def all_breaks(self) -> list[Break]:
        """Everything that is wrong, in the order of the entries."""
        return [found for epoch in self.epochs for found in epoch.breaks] + list(self.breaks)

    @property
    def ok(self) -> bool:
        """Nothing is wrong at all."""
        return not self.all_breaks

    @property
    def only_torn(self) -> bool:
        """The only thing wrong is the mark of a power cut, which the next start cuts off."""
        return not self.ok and all(found.wrong is Wrong.TORN_TAIL for found in self.all_breaks)


def verify(
    disk: Disk,
    directory: Path,
    witness_directory: Path | None = None,
    second_directory: Path | None = None,
) -> Report:
    """Checks every byte of every epoch; with a witness also that the end is there. Raises OSError."""
    witnesses = witness_places(witness_directory, second_directory) if witness_directory else []
    newest = newest_record(disk, witnesses)
    record = newest[0] if newest else None
    directories = places(directory, second_directory)
    confirmed = record.confirmed.head if record and record.confirmed else None
    in_force = confirmed.epoch if confirmed else newest_leaf(disk, directories)
    line = [step.epoch for step in lineage(disk, directories, in_force)] if in_force else []
    others = sorted({epoch for place in directories for epoch in epochs_in(disk, place)} - set(line))
    reports = []
    for epoch in [*line, *others]:
        path = epoch_path(disk, directories, epoch)
        assert path is not None, "an epoch that was listed has a directory"
        reports.append(_verify_epoch(disk, directories, path, in_line=epoch in line))
    breaks = _compare(disk, directories, record)
    return Report(epochs=tuple(reports), breaks=tuple(breaks), confirmed=confirmed)


def _verify_epoch(disk: Disk, directories: list[Path], path: Path, *, in_line: bool) -> EpochReport:
    first = read_first(disk, path)
    opened = first[1] if first else EpochOpened(parent=None, reason="")
    leading = leading_of(first[0].body) if first else None
    files = segments_in(disk, path)
    check = _EpochCheck(path, opened.parent.hash if opened.parent else ZEROS, leading[0] if leading else None)
    for segment in files:
        check.read(disk, segment, newest=segment is files[-1])
    if not in_line and check.entries == 0:
        check.breaks.clear()  # an opening that was cut short: nothing was ever confirmed in it
    lost = None
    if opened.parent and opened.kept is not None and opened.kept < opened.parent.seq:
        lost = (opened.kept + 1, opened.parent.seq)
    elif opened.parent:
        check.breaks += _check_parent(disk, directories, path, opened.parent)
    return EpochReport(
        epoch=path.name,
        path=str(path),
        parent=opened.parent,
        reason=opened.reason,
        entries=check.entries,
        last=Head(epoch=path.name, seq=check.seq, hash=check.prev) if check.entries else None,
        days=(files[0].day, files[-1].day) if files else None,
        lost=lost,
        in_line=in_line,
        breaks=tuple(check.breaks),
    )


class _EpochCheck:
    """Walks through the files of one epoch, keeping what the next line must be."""

    def __init__(self, path: Path, prev: str, leading: bytes | None) -> None:
        self._path = path
        self.prev = prev
        self.seq = 0
        self._leading = leading
        self.entries = 0
        self.breaks: list[Break] = []

    def read(self, disk: Disk, segment: Segment, *, newest: bool) -> None:
        if segment.first_seq != self.seq + 1:
            self._note(
                Wrong.NAME,
                segment,
                1,
                0,
                f"the file should begin with entry {segment.first_seq} by its name, but entry {self.seq + 1} "
                "comes next: a file is missing or misnamed",
            )
        file = disk.open(segment.path, Access.READ)
        try:
            for number, (offset, raw, ended) in enumerate(raw_lines(file, 0), start=1):
                if ended:
                    self._line(segment, number, offset, raw)
                elif newest:
                    words = (
                        f"the last {len(raw)} bytes are not a whole line, which is the mark of a power cut"
                    )
                    self._note(Wrong.TORN_TAIL, segment, number, offset, words)
                else:
                    self._note(Wrong.LINE, segment, number, offset, "the file ends in the middle of a line")
        finally:
            file.close()

    def _line(self, segment: Segment, number: int, offset: int, raw: bytes) -> None:
        """Checks one line; the next one is measured by what this one says of itself."""
        self.entries += 1
        expected_prev, expected_seq = self.prev, self.seq + 1
        self.seq = expected_seq
        if not shape_fits(raw):
            self._note(Wrong.LINE, segment, number, offset, "this is not a line of a journal")
            return
        self.prev = raw[65:129].decode()
        body = raw[BODY_AT:]
        found = leading_of(body)
        if hashlib.sha256(raw[:65] + body).hexdigest().encode() != raw[65:129]:
            words = f"the hash of entry {expected_seq} does not fit its bytes: it was changed or damaged"
            self._note(Wrong.HASH, segment, number, offset, words)
            return
        if found is None or found[1] != self._path.name or (self._leading and found[0] != self._leading):
            self._note(Wrong.BODY, segment, number, offset, "the entry is of another epoch, lane or format")
        elif found[2] != expected_seq:
            self.seq = found[2]
            words = f"entry {found[2]} stands where entry {expected_seq} should be"
            self._note(Wrong.NUMBER, segment, number, offset, words)
        elif raw[:64].decode() != expected_prev:
            words = f"entry {found[2]} does not follow on the entry before it"
            self._note(Wrong.CHAIN, segment, number, offset, words)
        elif not _reads_as_json(body):
            self._note(Wrong.BODY, segment, number, offset, f"the body of entry {found[2]} is not JSON")

    def _note(self, wrong: Wrong, segment: Segment, line: int, offset: int, words: str) -> None:
        file = f"{self._path.name}/{segment.name}"
        self.breaks.append(
            Break(
                wrong=wrong,
                file=file,
                line=line,
                offset=offset,
                words=f"{file}, line {line} (byte {offset}): {words}.",
            )
        )


def _reads_as_json(body: bytes) -> bool:
    try:
        read_body(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return True


def _check_parent(disk: Disk, directories: list[Path], path: Path, parent: Head) -> Iterator[Break]:
    """The parent's entry must be where the epoch says; a parent that is not here at all is no fault."""
    above = epoch_path(disk, directories, parent.epoch)
    if above is None:
        return
    line = find_line(disk, above, parent.seq)
    if line is not None and line.hash == parent.hash:
        return
    words = f"it goes on from entry {parent.seq} of epoch {parent.epoch}, which is not there"
    yield Break(wrong=Wrong.PARENT, file=path.name, line=1, offset=0, words=f"Epoch {path.name}: {words}.")


def _compare(disk: Disk, directories: list[Path], record: Record | None) -> Iterator[Break]:
    """What the witness confirmed must be here."""
    if record is None or record.confirmed is None:
        return
    head = record.confirmed
    path = epoch_path(disk, directories, head.epoch)
    line = find_line(disk, path, head.seq) if path else None
    if line is not None and line.hash == head.hash:
        return
    what = "is another one here" if line else "is not here: the end was cut off, or these are old files"
    yield Break(
        wrong=Wrong.BEHIND,
        file=head.epoch,
        line=0,
        offset=0,
        words=f"The witness confirmed entry {head.seq} of epoch {head.epoch}, which {what}.",
    )


def dump(disk: Disk, directory: Path, second_directory: Path | None = None) -> Iterator[Line]:
    """Every whole line, oldest epoch first, whatever is wrong around it: for looking, not for believing."""
    directories = places(directory, second_directory)
    leaf = newest_leaf(disk, directories)
    line = [step.epoch for step in lineage(disk, directories, leaf)] if leaf else []
    others = sorted({epoch for place in directories for epoch in epochs_in(disk, place)} - set(line))
    for epoch in [*others, *line]:
        path = epoch_path(disk, directories, epoch)
        if path is not None:
            yield from whole_lines_behind(disk, path, 0)
