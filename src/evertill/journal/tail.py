"""The end of the newest file: where lines are added, whole or not at all."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Callable
from pathlib import Path

from evertill.journal.segment import Segment, segment_name, segments_in
from evertill.ports import Access, Disk, OpenFile

NO_SPACE = (errno.ENOSPC, errno.EDQUOT)


class Tail:
    """One open file and the byte behind its last whole line."""

    def __init__(self, segment: Segment, file: OpenFile, size: int) -> None:
        self.segment = segment
        self.file = file
        self.size = size

    def write(self, data: bytes, make_room: Callable[[], bool]) -> None:
        """Adds whole lines with one call. Raises OSError, with nothing added.

        When the disk is full, `make_room` is asked for more as long as it finds some. If what was
        written in part cannot be cut off again, the error raised is that of the cutting.
        """
        done = 0
        while done < len(data):
            try:
                done += self.file.write_at(self.size + done, data[done:] if done else data)
            except OSError as error:
                if error.errno not in NO_SPACE:
                    raise
                if not make_room():
                    self.file.truncate(self.size)
                    raise
        self.size += len(data)

    def close(self) -> None:
        """Lets go of the file; does not sync."""
        with contextlib.suppress(OSError):
            self.file.close()


def begin_tail(
    disk: Disk, epoch_directory: Path, first_seq: int, day: str, make_room: Callable[[], bool]
) -> Tail:
    """A new, empty file whose name is durable. An empty one left by an earlier attempt is taken."""
    path = epoch_directory / segment_name(first_seq, day)
    while True:
        try:
            file = disk.open(path, Access.WRITE if disk.exists(path) else Access.CREATE)
            break
        except OSError as error:
            if error.errno not in NO_SPACE or not make_room():
                raise
    assert file.size() == 0, f"{path.name} is there and not empty"
    disk.sync_directory(epoch_directory)
    return Tail(Segment(path=path, first_seq=first_seq, day=day), file, 0)


def reopen_tail(disk: Disk, epoch_directory: Path, name: str, end: int) -> tuple[Tail, int]:
    """The file `name` open for more lines at byte `end`, and how many torn bytes behind it were cut.

    Files begun behind it hold nothing whole and are removed. What was cut stays cut: it is synced.
    """
    cut_bytes = 0
    tail = None
    for segment in segments_in(disk, epoch_directory):
        if segment.name < name:
            continue
        file = disk.open(segment.path, Access.WRITE)
        keep = end if segment.name == name else 0
        size = file.size()
        if size > keep:
            cut_bytes += size - keep
            file.truncate(keep)
            file.sync()
        if segment.name == name:
            tail = Tail(segment, file, keep)
        else:
            file.close()
            disk.remove(segment.path)
            disk.sync_directory(epoch_directory)
    assert tail is not None, f"{name} was there a moment ago"
    return tail, cut_bytes
