"""The other bare baseline: the same bytes appended to a file and synced, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from time import perf_counter_ns

from evertill.host.disk import HostDisk
from evertill.lane.home import LaneHome
from evertill.ports import Access


class BareFile:
    """A file on the disk of the shop in `home`. `wait` makes the disk slower, as it is made for the lane."""

    def __init__(self, home: Path, wait: Callable[[], None] | None = None) -> None:
        self._descriptor = os.open(home / "bare", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o640)
        self._wait = wait

    def append(self, data: bytes) -> int:
        """Nanoseconds that it takes to append `data` durably."""
        begun = perf_counter_ns()
        written = os.write(self._descriptor, data)
        if self._wait is not None:
            self._wait()
        os.fdatasync(self._descriptor)
        spent = perf_counter_ns() - begun
        assert written == len(data), "written in part"
        return spent

    def close(self) -> None:
        """Lets go of the file."""
        os.close(self._descriptor)


class JournalEnd:
    """The end of a lane's journal, read from outside: what the last sale has added to it."""

    def __init__(self, home: Path) -> None:
        epochs = sorted((LaneHome(home / "lane").journal).glob("*/"))
        newest = max(epochs[-1].glob("*.journal"))
        self._file = HostDisk().open(newest, Access.READ)
        self._seen = self._file.size()

    def added(self) -> bytes:
        """What was added since it was last asked."""
        begin, self._seen = self._seen, self._file.size()
        return self._file.read_at(begin, self._seen - begin)

    def close(self) -> None:
        """Lets go of the file."""
        self._file.close()
