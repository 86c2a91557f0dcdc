"""Publishing: from a draft to the next numbered, signed edition on the server's disk.

An edition is one file, `<version>.edition`, written aside, synced and renamed, so that whoever
reads the folder sees whole editions only. A published edition is never changed and a number is
never used twice: after a restore the office gives the highest number that any lane has seen
(`above`). A draft that contradicts itself is refused before anything is written. Two publishers
at once cannot take the same number: one of them holds the folder's lock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC
from pathlib import Path

import msgspec

from evertill.core.fault import Fault
from evertill.core.pricebook import Product
from evertill.ports import Access, Clock, Disk
from evertill.server.catalogue.merge import CatalogueChange, merge
from evertill.wire.edition import (
    LINE_BYTES_MAX,
    EditionDraft,
    EditionHeader,
    Record,
    Sign,
    collect,
    read_header,
    read_records,
    split_lines,
    write_edition,
)
from evertill.wire.edition_check import Problem, check_edition, refuse_unfit

CHUNK_BYTES = 1 << 20
EDITIONS_KEPT = 10


class EditionFolder:
    """The published editions of one store in one folder; `Publisher` writes it, the gate reads it."""

    def __init__(self, disk: Disk, folder: Path) -> None:
        self._disk = disk
        self.folder = folder

    def versions(self) -> list[int]:
        """All published versions that are still kept, oldest first."""
        names = self._disk.list_directory(self.folder)
        return sorted(int(name[:-8]) for name in names if name.endswith(".edition") and name[:-8].isdigit())

    def path(self, version: int) -> Path:
        """Where this version's file is."""
        return self.folder / f"{version:08d}.edition"

    def chunks(self, version: int) -> Iterator[bytes]:
        """The file's bytes, header line first, in pieces of CHUNK_BYTES."""
        file = self._disk.open(self.path(version), Access.READ)
        try:
            offset = 0
            while chunk := file.read_at(offset, CHUNK_BYTES):
                offset += len(chunk)
                yield chunk
        finally:
            file.close()

    def first_line(self, version: int) -> bytes:
        """The header line of this version."""
        file = self._disk.open(self.path(version), Access.READ)
        try:
            return file.read_at(0, LINE_BYTES_MAX).partition(b"\n")[0] + b"\n"
        finally:
            file.close()

    def put(self, version: int, lines: Iterable[bytes]) -> None:
        """On return the edition is durable under its name. Raises Fault "edition_not_stored"."""
        part = self.folder / f"{version:08d}.part"
        try:
            self._write(part, lines)
            self._disk.rename(part, self.path(version))
            self._disk.sync_directory(self.folder)
        except OSError as wrong:
            hint = "The edition could not be stored. Make room on the server's disk and publish again."
            raise Fault("edition_not_stored", hint, retry=True) from wrong

    def drop_old(self, kept: int) -> None:
        """Remove all but the newest `kept` editions."""
        for version in self.versions()[:-kept]:
            self._disk.remove(self.path(version))

    def _write(self, part: Path, lines: Iterable[bytes]) -> None:
        if self._disk.exists(part):
            self._disk.remove(part)
        file = self._disk.open(part, Access.CREATE)
        try:
            offset = 0
            for block in _blocks(lines):
                while block:
                    taken = file.write_at(offset, block)
                    offset += taken
                    block = block[taken:]
            file.sync()
        finally:
            file.close()


class Publisher:
    """Makes editions of one store. `server_epoch` names this life of the server; a restore begins another."""

    def __init__(
        self,
        folder: EditionFolder,
        *,
        disk: Disk,
        clock: Clock,
        server_epoch: str,
        sign: Sign,
        public_key: bytes,
        told: Callable[[int], None] | None = None,
    ) -> None:
        self.folder = folder
        self._disk = disk
        self._clock = clock
        self._server_epoch = server_epoch
        self._sign = sign
        self._public_key = public_key
        self._told = told

    def latest(self) -> EditionHeader | None:
        """The header of the newest edition, None before the first. Raises EditionFault if it is damaged."""
        versions = self.folder.versions()
        return self._header(versions[-1]) if versions else None

    def latest_draft(self) -> EditionDraft:
        """The content of the newest edition; its products are read from the file each time they are walked.

        Raises Fault "catalogue_missing" before the first edition, EditionFault if the file is damaged.
        """
        header = self.latest()
        if header is None:
            raise Fault(
                "catalogue_missing", "This shop has no catalogue yet. Start it once, then import your list."
            )
        stored = _StoredProducts(self.folder, header)
        small = collect(record for record in stored.records() if not isinstance(record, Product))
        return msgspec.structs.replace(small, products=stored)

    def check(self, draft: EditionDraft) -> list[Problem]:
        """What would stop or worry the publication of `draft`."""
        return check_edition(draft.records())

    def publish(self, draft: EditionDraft, *, above: int = 0) -> int:
        """Publish `draft` as the next version, higher than any before and than `above`; returns it.

        On return the edition is durable and told to whoever asked to be told. Raises EditionFault
        "edition_unfit" for a draft with errors (nothing is written), Fault "publishing_busy" if
        somebody else publishes at this moment, Fault "edition_not_stored" if the disk refuses.
        """
        refuse_unfit(self.check(draft))
        self._disk.make_directory(self.folder.folder)
        try:
            lock = self._disk.lock(self.folder.folder / "publishing.lock")
        except BlockingIOError as busy:
            hint = "Somebody else is publishing at this moment. Try again in a few seconds."
            raise Fault("publishing_busy", hint, retry=True) from busy
        try:
            version = max([above, *self.folder.versions()]) + 1
            issued_at = self._clock.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            lines = write_edition(
                draft, server_epoch=self._server_epoch, version=version, issued_at=issued_at, sign=self._sign
            )
            self.folder.put(version, lines)
            self.folder.drop_old(EDITIONS_KEPT)
        finally:
            lock.release()
        if self._told is not None:
            self._told(version)
        return version

    def merge(self, change: CatalogueChange) -> int:
        """Publish the newest edition with `change` worked into it; returns the new version."""
        return self.publish(merge(self.latest_draft(), change))

    def _header(self, version: int) -> EditionHeader:
        return read_header(self.folder.first_line(version), self._public_key)


class _StoredProducts:
    """The products of a published edition, read from its file each time they are walked."""

    def __init__(self, folder: EditionFolder, header: EditionHeader) -> None:
        self._folder = folder
        self._header = header

    def __iter__(self) -> Iterator[Product]:
        for record in self.records():
            if isinstance(record, Product):
                yield record

    def records(self) -> Iterator[Record]:
        """All records of the edition, proven when the iterator has ended."""
        lines = split_lines(self._folder.chunks(self._header.version))
        next(lines)
        return read_records(self._header, lines)


def _blocks(lines: Iterable[bytes]) -> Iterator[bytes]:
    block: list[bytes] = []
    size = 0
    for line in lines:
        block.append(line)
        size += len(line)
        if size >= CHUNK_BYTES:
            yield b"".join(block)
            block, size = [], 0
    if block:
        yield b"".join(block)
