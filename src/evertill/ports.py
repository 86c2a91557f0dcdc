"""The ports: what the house asks of the machine it stands in. Promises only, no code.

Everything that is not a rule comes in through one of these: time, disk, chance, the network, the
devices. `host/` keeps the promises with the real machine, the simulator with a made-up one, and
both pass the same contract suite (tests/contract). Whoever needs a clock takes a `Clock`; nobody
calls the operating system past this page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol, runtime_checkable

# ---------------------------------------------------------------------------------------------------
# Time and chance


class Clock(Protocol):
    """Two clocks in one: the wall's, which may jump and is only shown, and the one that never goes back."""

    def now(self) -> datetime:
        """The wall clock, aware, in UTC. Never used for order or for measuring."""

    def monotonic_ns(self) -> int:
        """Nanoseconds since some moment, never going back: the only clock to measure and wait with."""


class Entropy(Protocol):
    """Chance. In the simulator it all comes from one seed."""

    def token(self, size: int) -> bytes:
        """`size` bytes that nobody can guess: epochs, keys, session ids."""

    def uniform(self) -> float:
        """A number in [0, 1): jitter, sampling. Not for secrets."""


# ---------------------------------------------------------------------------------------------------
# Disk


class Access(StrEnum):
    """How a file is opened."""

    READ = "read"  # must be there; writes are refused
    WRITE = "write"  # must be there; read and write
    CREATE = "create"  # must not be there; read and write, size 0


class OpenFile(Protocol):
    """One open file, addressed by byte offset; there is no file pointer.

    Every method raises OSError with an errno, as the operating system does. What was written is
    visible to every reader at once and survives the death of the process; it survives a power cut
    only after `sync` (or `Disk.sync_together`) returned, in any order and torn at any byte until then.
    After a sync that failed, nothing written since the last good one may be relied on, and a later
    sync that succeeds proves nothing about it.
    """

    @property
    def path(self) -> Path:
        """Where it was opened."""

    def size(self) -> int:
        """Its length in bytes now."""

    def read_at(self, offset: int, length: int) -> bytes:
        """Up to `length` bytes from `offset`; fewer only at the end of the file."""

    def write_at(self, offset: int, data: bytes) -> int:
        """Hands `data` to the system with one call; returns how many bytes it took, which may be fewer."""

    def truncate(self, size: int) -> None:
        """Cuts the file to `size` bytes and gives the space back."""

    def allocate(self, size: int) -> None:
        """Makes the file at least `size` bytes long with its space really taken; the new bytes are zero."""

    def sync(self) -> None:
        """On return everything written to this file before is durable (its name may not be)."""

    def close(self) -> None:
        """Lets go of the file; closing twice does no harm. Does not sync."""


@runtime_checkable
class Disk(Protocol):
    """The file system below one machine. Every method raises OSError with an errno."""

    def make_directory(self, path: Path) -> None:
        """On return the directory and its parents are there, and their names durable."""

    def list_directory(self, path: Path) -> list[str]:
        """The names in a directory, sorted; empty if the directory is not there."""

    def exists(self, path: Path) -> bool:
        """Whether a file or directory of this name is there."""

    def open(self, path: Path, how: Access) -> OpenFile:
        """Opens one file. A file just created has a durable name only after `sync_directory`."""

    def rename(self, old: Path, new: Path) -> None:
        """Renames within one directory, replacing `new`; durable after `sync_directory`."""

    def remove(self, path: Path) -> None:
        """Removes a file; durable after `sync_directory`."""

    def sync_directory(self, path: Path) -> None:
        """On return every creation, renaming and removal of names in this directory is durable."""

    def sync_together(self, files: Sequence[OpenFile]) -> None:
        """Syncs all files at the same time, waiting as long as the slowest; order is not promised.

        On return all are durable. If any failed, raises SyncFailed when all have ended.
        """

    def free_bytes(self, path: Path) -> int:
        """Bytes that an ordinary user can still write on the medium that holds `path`."""

    def lock(self, path: Path) -> Lock:
        """Takes the file `path` (made if need be) for this process; BlockingIOError if another holds it.

        The lock ends with the process, however it dies.
        """


class Lock(Protocol):
    """A held lock."""

    def release(self) -> None:
        """Lets others have it; releasing twice does no harm."""


class SyncFailed(OSError):
    """Some of the files of a `sync_together` were not made durable: `failed` holds their indexes."""

    def __init__(self, errno: int, reason: str, failed: Sequence[int]) -> None:
        super().__init__(errno, reason)
        self.failed = tuple(failed)


# ---------------------------------------------------------------------------------------------------
# Devices


class Scanner(Protocol):
    """A barcode scanner on a line of its own."""

    @property
    def connected(self) -> bool:
        """Whether it is there at this moment."""

    def start(self, told: Callable[[str], None]) -> None:
        """From here on `told` is called with each whole code, from any thread."""

    def close(self) -> None:
        """On return nothing more is told."""


# ---------------------------------------------------------------------------------------------------
# Network (Link, Lookup): each room adds its port below.


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRequest:
    """One question to a server. `path` includes the query; `deadline_ms` bounds the whole exchange."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""
    deadline_ms: int = 15_000
    reply_bytes_max: int = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkReply:
    """What a server answered, believed by nobody yet. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class LinkFailed(Exception):
    """No whole answer came. The request may or may not have been carried out.

    `was_connected`: the way was there and broke or fell silent, rather than nobody answering at all.
    """

    def __init__(self, reason: str, *, was_connected: bool) -> None:
        super().__init__(reason)
        self.was_connected = was_connected


class Exchange(Protocol):
    """One request on its way."""

    def poll(self) -> LinkReply | None:
        """The reply, None while there is none. Raises LinkFailed. Never waits."""

    def abandon(self) -> None:
        """Nobody waits for the reply any more; the request may still be carried out."""


class Link(Protocol):
    """A way to one server, for one request at a time."""

    def begin(self, request: LinkRequest) -> Exchange:
        """Puts a request on its way, without waiting."""

    def wait(self, wait_ms: int) -> None:
        """Waits so long, or until the request on its way has ended."""

    def close(self) -> None:
        """Lets go of the way; closing twice does no harm."""
