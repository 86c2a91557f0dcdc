"""Space for days of sales, taken beforehand and given back when the disk is full.

A file of real blocks beside the journal. Whoever fills the disk (logs, media, a neighbour's copies)
hits the wall that many bytes before the sales do; then the file is cut down a step at a time.
"""

from __future__ import annotations

import contextlib
import errno
from pathlib import Path

import msgspec

from evertill.ports import Access, Disk

STEP_BYTES = 1 << 20
NAME = "reserve"


class Space(msgspec.Struct, frozen=True, kw_only=True):
    """What the journal can still write: the free space of its medium, and the reserve behind it."""

    free_bytes: int
    reserve_bytes: int
    reserve_full_bytes: int


class Reserve:
    """The reserve file of one journal directory."""

    def __init__(self, disk: Disk, directory: Path, full_bytes: int) -> None:
        """Opens the file and fills it as far as the disk allows; never fails for want of space."""
        self._disk = disk
        self._directory = directory
        self._full_bytes = full_bytes
        path = directory / NAME
        self._file = disk.open(path, Access.WRITE if disk.exists(path) else Access.CREATE)
        self._bytes = self._file.size()
        if self._bytes > full_bytes:
            self._file.truncate(full_bytes)
            self._bytes = full_bytes
        self.refill()

    def refill(self) -> None:
        """Takes back what was given, as far as the disk allows."""
        if self._bytes == self._full_bytes:
            return
        try:
            self._file.allocate(self._full_bytes)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EOPNOTSUPP):
                raise
        self._bytes = self._file.size()

    def give_back(self) -> bool:
        """Frees one step. True if something was freed."""
        if self._bytes == 0:
            return False
        self._bytes = max(0, self._bytes - STEP_BYTES)
        self._file.truncate(self._bytes)
        return True

    @property
    def space(self) -> Space:
        """Free space and reserve, in bytes."""
        return Space(
            free_bytes=self._disk.free_bytes(self._directory),
            reserve_bytes=self._bytes,
            reserve_full_bytes=self._full_bytes,
        )

    def close(self) -> None:
        """Lets go of the file; the space stays taken."""
        with contextlib.suppress(OSError):
            self._file.close()
