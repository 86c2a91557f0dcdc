"""Checking a run of entries quickly: every hash, every link, every seq, without parsing JSON.

This is what an opening does with all that comes after the checkpoint (or with the whole epoch), so
it must be fast: about a microsecond and a half a line. It stops at the first line that is wrong and
looks at what stands behind it, because that is what tells a power cut from damage.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from evertill.journal.line import BODY_AT, Position, is_whole
from evertill.journal.segment import Segment, raw_lines, segments_in
from evertill.ports import Access, Disk


class BadTail(msgspec.Struct, frozen=True, kw_only=True):
    """The first line that is wrong, and what stands behind it."""

    segment: str
    offset: int
    length: int  # bytes from `offset` to the end of that file
    ended: bool  # the wrong line has a newline
    whole_behind: int  # whole lines behind it, in this file and the later ones
    later_files: bool  # files behind this one hold something


class Scanned(msgspec.Struct, frozen=True, kw_only=True):
    """What a scan found: the last good entry, where the next one goes, and where it went wrong, if it did."""

    entries: int  # good entries looked at, not counting the one started from
    last: Position | None
    end: int  # byte behind the last good line, in its segment
    bad: BadTail | None


class _Run:
    """The link that the next line must carry."""

    def __init__(self, prev: str, seq: int, leading: bytes) -> None:
        self.prev_space = prev.encode() + b" "
        self.seq = seq
        self.leading = leading


def scan(disk: Disk, epoch_directory: Path, *, leading: bytes, prev: str, after: Position | None) -> Scanned:
    """Checks an epoch from behind `after` (or from its first line, which must carry `prev`) to its end.

    `leading` is what every body begins with, up to the seq. Reads only; raises OSError if the disk does.
    """
    run = _Run(after.hash if after else prev, after.seq + 1 if after else 1, leading)
    last, end, entries = after, 0, 0
    files = segments_in(disk, epoch_directory)
    if after:
        files = [segment for segment in files if segment.name >= after.segment]
    for index, segment in enumerate(files):
        start = _behind(disk, segment, after) if after and segment.name == after.segment else 0
        if segment.first_seq != run.seq and start == 0:
            return _stopped(disk, files[index:], entries, last, end, offset=0)
        first_seq = run.seq
        bad_at, last_at, stop = _scan_segment(disk, segment, start, run)
        entries += run.seq - first_seq
        if run.seq > first_seq:
            last = Position(
                epoch=epoch_directory.name,
                seq=run.seq - 1,
                hash=run.prev_space[:64].decode(),
                segment=segment.name,
                offset=last_at,
            )
        if stop > 0 or last is None:
            end = stop
        if bad_at is not None:
            return _stopped(disk, files[index:], entries, last, end, offset=bad_at)
    return Scanned(entries=entries, last=last, end=end, bad=None)


def _behind(disk: Disk, segment: Segment, after: Position) -> int:
    """The byte behind the line at `after`, which the caller has found whole."""
    file = disk.open(segment.path, Access.READ)
    try:
        for offset, raw, _ in raw_lines(file, after.offset):
            return offset + len(raw) + 1
    finally:
        file.close()
    return after.offset


def _scan_segment(disk: Disk, segment: Segment, start: int, run: _Run) -> tuple[int | None, int, int]:
    """(offset of the first wrong line or None, offset of the last good line, byte behind it)."""
    file = disk.open(segment.path, Access.READ)
    sha256 = hashlib.sha256
    prev_space, seq, leading = run.prev_space, run.seq, run.leading
    last_at, end, bad_at = start, start, None
    try:
        for offset, raw, ended in raw_lines(file, start):
            own_space = sha256(raw[:65] + raw[BODY_AT:]).hexdigest().encode() + b" "
            if (
                raw[:65] != prev_space
                or raw[65:BODY_AT] != own_space
                or not raw.startswith(b'%b%d,"at":"' % (leading, seq), BODY_AT)
                or not ended
            ):
                bad_at = offset
                break
            prev_space = own_space
            seq += 1
            last_at = offset
            end = offset + len(raw) + 1
    finally:
        file.close()
    run.prev_space, run.seq = prev_space, seq
    return bad_at, last_at, end


def _stopped(
    disk: Disk, files: list[Segment], entries: int, last: Position | None, end: int, *, offset: int
) -> Scanned:
    """What stands at and behind a wrong line at `offset` of the first of `files`."""
    whole = 0
    first_ended, first = False, True
    later = False
    length = 0
    for index, segment in enumerate(files):
        file = disk.open(segment.path, Access.READ)
        try:
            size = file.size()
            length = size - offset if index == 0 else length
            later = later or (index > 0 and size > 0)
            for _, raw, ended in raw_lines(file, offset if index == 0 else 0):
                if first:
                    first_ended, first = ended, False
                elif ended and is_whole(raw):
                    whole += 1
        finally:
            file.close()
    bad = BadTail(
        segment=files[0].name,
        offset=offset,
        length=length,
        ended=first_ended,
        whole_behind=whole,
        later_files=later,
    )
    return Scanned(entries=entries, last=last, end=end, bad=bad)
