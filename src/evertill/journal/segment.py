"""The files of a journal: `DIR/<epoch>/<first seq, 12 digits>-<YYYY-MM-DD>.journal`, and reading their lines.

Segments are ordered by their first seq, never by their date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from evertill.journal.line import (
    BODY_AT,
    OPENED,
    ZEROS,
    EpochOpened,
    Line,
    is_whole,
    leading_of,
    read_body,
    read_opened,
)
from evertill.ports import Access, Disk, OpenFile

BLOCK_BYTES = 1 << 20

_NAME = re.compile(r"([0-9]{12})-([0-9]{4}-[0-9]{2}-[0-9]{2})\.journal")
_EPOCH = re.compile(r"[0-9a-f]{32}")


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """One file of an epoch."""

    path: Path
    first_seq: int
    day: str

    @property
    def name(self) -> str:
        """The file's name without its directory."""
        return self.path.name


def segment_name(first_seq: int, day: str) -> str:
    """The name of the file that begins with this entry on this day."""
    return f"{first_seq:012d}-{day}.journal"


def epochs_in(disk: Disk, directory: Path) -> list[str]:
    """The epochs that have a directory here, in no meaningful order."""
    return [name for name in disk.list_directory(directory) if _EPOCH.fullmatch(name)]


def segments_in(disk: Disk, epoch_directory: Path) -> list[Segment]:
    """An epoch's files in the order of their entries; other files are not looked at."""
    found = []
    for name in disk.list_directory(epoch_directory):
        parts = _NAME.fullmatch(name)
        if parts:
            found.append(Segment(path=epoch_directory / name, first_seq=int(parts[1]), day=parts[2]))
    return sorted(found, key=lambda segment: segment.name)


def raw_lines(file: OpenFile, offset: int) -> Iterator[tuple[int, bytes, bool]]:
    """(offset, bytes without newline, whether there was a newline) of each line from `offset` to the end.

    Memory stays within a block and the longest line. A last piece without a newline comes with False.
    """
    rest = b""
    at = offset
    while block := file.read_at(at + len(rest), BLOCK_BYTES):
        lines = (rest + block).split(b"\n")
        rest = lines.pop()
        for line in lines:
            yield at, line, True
            at += len(line) + 1
    if rest:
        yield at, rest, False


def line_from(raw: bytes, *, segment: str, offset: int) -> Line | None:
    """The line that these bytes (without newline) are, if its own hash is right; None if it is not one."""
    if not is_whole(raw):
        return None
    found = leading_of(raw[BODY_AT:])
    if found is None:
        return None
    _, epoch, seq = found
    return Line(
        prev=raw[:64].decode(),
        hash=raw[65:129].decode(),
        body=raw[BODY_AT:],
        epoch=epoch,
        seq=seq,
        segment=segment,
        offset=offset,
    )


def line_at(disk: Disk, epoch_directory: Path, segment: str, offset: int) -> Line | None:
    """The whole line that begins at this byte of this file, or None if there is none."""
    path = epoch_directory / segment
    if not _NAME.fullmatch(segment) or not disk.exists(path):
        return None
    file = disk.open(path, Access.READ)
    try:
        for at, raw, ended in raw_lines(file, offset):
            return line_from(raw, segment=segment, offset=at) if ended else None
    finally:
        file.close()
    return None


def find_line(disk: Disk, epoch_directory: Path, seq: int) -> Line | None:
    """The whole line with this seq in an epoch, found without reading the others: by halving the file."""
    holding = [segment for segment in segments_in(disk, epoch_directory) if segment.first_seq <= seq]
    if not holding:
        return None
    segment = holding[-1]
    file = disk.open(segment.path, Access.READ)
    try:
        low, high = 0, file.size()  # the line begins at or behind low, and before high
        while high - low > BLOCK_BYTES:
            middle = (low + high) // 2
            at, found = _seq_behind(file, middle)
            if found is None or at >= high:
                break  # not a line of ours: look through the rest one by one
            low, high = (at, high) if found <= seq else (low, at)
        for at, raw, ended in raw_lines(file, low):
            line = line_from(raw, segment=segment.name, offset=at) if ended else None
            if line is not None and line.seq == seq:
                return line
            if line is not None and line.seq > seq:
                return None
    finally:
        file.close()
    return None


def _seq_behind(file: OpenFile, offset: int) -> tuple[int, int | None]:
    """(where the first line that begins behind `offset` begins, its seq if it can be read)."""
    lines = raw_lines(file, offset)
    next(lines, None)
    at, raw, _ = next(lines, (offset, b"", False))
    found = leading_of(raw[BODY_AT:])
    return at, found[2] if found else None


def read_first(disk: Disk, epoch_directory: Path) -> tuple[Line, EpochOpened] | None:
    """An epoch's first entry and what it says of its parent; None if it is not there, whole and fitting."""
    files = segments_in(disk, epoch_directory)
    if not files or files[0].first_seq != 1:
        return None
    line = line_at(disk, epoch_directory, files[0].name, 0)
    if line is None or line.seq != 1 or line.epoch != epoch_directory.name:
        return None
    try:
        body = read_body(line.body)
        opened = read_opened(body.data)
    except msgspec.DecodeError:
        return None
    fitting = opened.parent.hash if opened.parent else ZEROS
    if body.kind != OPENED or line.prev != fitting:
        return None
    return line, opened


def whole_lines_behind(disk: Disk, epoch_directory: Path, seq: int) -> Iterator[Line]:
    """Every line of an epoch with a higher seq whose own hash is right, whatever stands around it."""
    for segment in segments_in(disk, epoch_directory):
        file = disk.open(segment.path, Access.READ)
        try:
            for at, raw, ended in raw_lines(file, 0):
                line = line_from(raw, segment=segment.name, offset=at) if ended else None
                if line is not None and line.seq > seq:
                    yield line
        finally:
            file.close()
