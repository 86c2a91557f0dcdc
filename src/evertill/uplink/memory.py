"""What the uplink remembers over its own death, and what it tells the lane.

`mark.json` is only a memory: if it is lost or torn, the server is asked how far it holds the lane's
entries. It still matters, because the highest mark that the server ever signed is how a lane notices
that a server went back in time. `status.json` is for the lane's screen and is never read back.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

import msgspec

from evertill.journal.line import Position
from evertill.ports import Access, Disk
from evertill.wire.answer import Mark

BYTES_MAX = 1 << 16


class Remembered(msgspec.Struct, frozen=True, kw_only=True):
    """`acked` is where to go on in the journal; `highest` and `server_epoch` are the highest mark ever
    signed and in which life of the server; `edition` is what the lane sells by, as its entries say."""

    acked: Position | None = None
    highest: Mark | None = None
    server_epoch: str = ""
    edition: int = 0
    went_back: int = 0  # how often the server was seen to have gone back in time


class UplinkStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How the way up is. `state`: "starting", "sending" (all is well), "waiting" (nobody answers),
    "refused" (the server says no), "held_aside" (it takes entries but not into its books), "forked"
    (another machine uses this identity: the lane must open a new epoch), "journal" (the journal cannot
    be read). `unsent` is None while unknown. Times are wall-clock, shown only."""

    state: str = "starting"
    code: str = ""
    text: str = ""
    hint: str = ""
    mark: Mark | None = None
    unsent: int | None = None
    sent: int = 0
    last_contact_at: str = ""
    last_error_at: str = ""
    last_error: str = ""
    failures: int = 0
    server_epoch: str = ""
    server_edition: int = 0
    edition_error: str = ""
    went_back: int = 0
    forked_epoch: str = ""
    gate: str = ""


class UplinkMemory:
    """The two files below HOME/lane/uplink."""

    def __init__(self, disk: Disk, directory: Path) -> None:
        self._disk = disk
        self._directory = directory
        disk.make_directory(directory)

    def load(self) -> Remembered:
        """What was remembered; nothing if the file is missing or torn."""
        path = self._directory / "mark.json"
        if not self._disk.exists(path):
            return Remembered()
        with contextlib.suppress(OSError, msgspec.DecodeError, UnicodeDecodeError):
            file = self._disk.open(path, Access.READ)
            try:
                return msgspec.json.decode(file.read_at(0, BYTES_MAX), type=Remembered)
            finally:
                file.close()
        return Remembered()

    def save(self, remembered: Remembered, *, durable: bool) -> None:
        """Replaces mark.json as a whole. Raises OSError."""
        replace_file(self._disk, self._directory / "mark.json", msgspec.json.encode(remembered), durable)

    def tell(self, status: UplinkStatus) -> None:
        """Replaces status.json as a whole. Raises OSError."""
        replace_file(self._disk, self._directory / "status.json", msgspec.json.encode(status), False)


def replace_file(disk: Disk, path: Path, data: bytes, durable: bool) -> None:
    """On return readers see the old file or the new one, never a part; after a power cut too if `durable`."""
    part = path.with_name(path.name + ".part")
    if disk.exists(part):
        disk.remove(part)
    file = disk.open(part, Access.CREATE)
    try:
        taken = 0
        while taken < len(data):
            taken += file.write_at(taken, data[taken:])
        if durable:
            file.sync()
    finally:
        file.close()
    disk.rename(part, path)
    if durable:
        disk.sync_directory(path.parent)
