"""Bringing editions down: piece by piece into a file aside, verified, then put in the lane's folder.

A download goes on where it stopped, over any number of broken connections and restarts. Nothing is put
in the folder before its header is signed by this shop's server and its body has the digest that the
header names; the lane adopts it between two sales and checks it again. The last good editions stay.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

from evertill.ports import Access, Disk, LinkReply
from evertill.wire.edition import LINE_BYTES_MAX, EditionFault, EditionHeader, read_header, verify_body

PIECE_BYTES = 1 << 20
KEPT = 3

_RANGE = re.compile(r"bytes ([0-9]{1,15})-([0-9]{1,15})/([0-9]{1,15})")
_NAME = re.compile(r"([0-9]+)\.edition")


class Courier:
    """One lane's folder of editions."""

    def __init__(self, disk: Disk, folder: Path, *, store: str, public_key: bytes) -> None:
        self._disk = disk
        self._folder = folder
        self._store = store
        self._public_key = public_key
        disk.make_directory(folder)

    def newest(self) -> int:
        """The newest edition that is here, 0 if there is none."""
        return max(self._versions(), default=0)

    def next_piece(self, version: int) -> tuple[str, str]:
        """(path, Range header) of what to ask for next."""
        part = self._part(version)
        have = 0
        if self._disk.exists(part):
            file = self._disk.open(part, Access.READ)
            try:
                have = file.size()
            finally:
                file.close()
        return f"/v1/edition/{version}", f"bytes={have}-{have + PIECE_BYTES - 1}"

    def take(self, version: int, reply: LinkReply, *, in_force: int) -> bool:
        """Adds a piece; True once the edition is whole, verified and in the folder, durable.

        Raises EditionFault if it cannot be used; what was fetched of it is then thrown away.
        Raises OSError if the disk refuses.
        """
        found = _RANGE.fullmatch(reply.headers.get("content-range", ""))
        if reply.status != 206 or found is None:
            self._forget(version)
            raise EditionFault("edition_garbled", f"status {reply.status}, no piece of a file")
        first, total = int(found[1]), int(found[3])
        part = self._part(version)
        file = self._disk.open(part, Access.WRITE if self._disk.exists(part) else Access.CREATE)
        try:
            if file.size() != first or first + len(reply.body) > total:
                raise EditionFault("edition_garbled", f"a piece from byte {first}, {file.size()} are here")
            taken = 0
            while taken < len(reply.body):
                taken += file.write_at(first + taken, reply.body[taken:])
            if first + taken < total:
                return False
            file.sync()
        except EditionFault:
            self._forget(version)
            raise
        finally:
            file.close()
        self._verify(version)
        self._disk.rename(part, self._folder / f"{version:08d}.edition")
        self._disk.sync_directory(self._folder)
        self._drop_old(in_force)
        return True

    def _verify(self, version: int) -> EditionHeader:
        file = self._disk.open(self._part(version), Access.READ)
        try:
            first_line = file.read_at(0, LINE_BYTES_MAX).partition(b"\n")[0] + b"\n"

            def chunks() -> Iterator[bytes]:
                offset = len(first_line)
                while chunk := file.read_at(offset, PIECE_BYTES):
                    offset += len(chunk)
                    yield chunk

            header = read_header(first_line, self._public_key, store=self._store)
            if header.version != version:
                raise EditionFault("edition_garbled", f"version {header.version} came as {version}")
            verify_body(header, chunks())
        except EditionFault:
            self._forget(version)
            raise
        finally:
            file.close()
        return header

    def _drop_old(self, in_force: int) -> None:
        """Keeps the newest and the one in force; broken downloads of others go, too."""
        versions = sorted(self._versions())
        with contextlib.suppress(OSError):
            for version in versions[:-KEPT]:
                if version != in_force:
                    self._disk.remove(self._versions()[version])
            for name in self._disk.list_directory(self._folder):
                if name.endswith(".edition.fetching"):
                    self._disk.remove(self._folder / name)

    def _forget(self, version: int) -> None:
        if self._disk.exists(self._part(version)):
            self._disk.remove(self._part(version))

    def _part(self, version: int) -> Path:
        return self._folder / f"{version:08d}.edition.fetching"

    def _versions(self) -> dict[int, Path]:
        found = {}
        for name in self._disk.list_directory(self._folder):
            if match := _NAME.fullmatch(name):
                found[int(match[1])] = self._folder / name
        return found
