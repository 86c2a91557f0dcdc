"""A lane's folder: what stands where, who the lane is, and which edition it can sell from."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable
from pathlib import Path

import apsw
import msgspec

from evertill.core.fault import Fault
from evertill.journal.line import Head
from evertill.lane.catalogue import Catalogue, build_catalogue
from evertill.wire.edition import LINE_BYTES_MAX, EditionFault, read_header, read_records

EDITIONS_KEPT = 3


class LaneIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """Who this lane is and whom it believes. Written once, at set-up. Keys are hex."""

    store: str
    lane: str
    gate_public_key: str
    gate_url: str = ""
    second_medium: str | None = None


class _Acknowledged(msgspec.Struct):
    highest: Head | None = None


class LaneHome:
    """The paths below HOME/lane. `prepare_aside` makes a catalogue in a process of its own: a register
    that sells carries none of what only the making needs."""

    def __init__(self, directory: Path, prepare_aside: Callable[[int], None] | None = None) -> None:
        self.directory = directory
        self._prepare_aside = prepare_aside
        self.identity_file = directory / "lane.json"
        self.key_file = directory / "lane.key"
        self.journal = directory / "journal"
        self.witness = directory / "witness"
        self.books = directory / "lane.db"
        self.editions = directory / "editions"
        self.uplink = directory / "uplink"
        self.printers = directory / "printers.json"
        self.scanners = directory / "scanners.json"

    def identity(self) -> LaneIdentity:
        """Who this lane is; a Fault if the folder was never set up or cannot be read."""
        try:
            return msgspec.json.decode(self.identity_file.read_bytes(), type=LaneIdentity)
        except (OSError, msgspec.DecodeError) as error:
            raise Fault(
                "lane_not_set_up",
                "This folder is not a register yet. Run the set-up, or choose another folder.",
                detail=str(error),
            ) from error

    def acknowledged_heads(self) -> list[Head]:
        """The highest head that the server signed for, as the uplink left it: a witness from outside.

        A journal that ends before it lost its tail, however sound the rest of its chain looks.
        """
        try:
            told = msgspec.json.decode((self.uplink / "mark.json").read_bytes(), type=_Acknowledged)
        except (OSError, msgspec.DecodeError):
            return []
        return [told.highest] if told.highest is not None else []

    def catalogue_file(self, version: int) -> Path:
        """Where the catalogue made from edition `version` stands."""
        return self.directory / f"catalogue-{version:08d}.db"

    def edition_files(self) -> dict[int, Path]:
        """Version -> edition file, as the uplink put them there."""
        found = {}
        with contextlib.suppress(FileNotFoundError):
            for name in os.listdir(self.editions):
                if match := re.fullmatch(r"(\d+)\.edition", name):
                    found[int(match[1])] = self.editions / name
        return found

    def edition_versions(self) -> list[int]:
        """Versions of the edition files that are here, ascending."""
        return sorted(self.edition_files())

    def set_aside(self, version: int) -> None:
        """On return the file of this edition no longer counts, so that the uplink fetches it anew."""
        path = self.edition_files().get(version)
        if path is not None:
            with contextlib.suppress(OSError):
                os.replace(path, path.with_suffix(".refused"))

    def prepare_catalogue(self, version: int, identity: LaneIdentity) -> Path:
        """On return the catalogue of edition `version` is there, made from a fully verified edition.

        Raises Fault if the edition is missing, garbled, or not this shop's; nothing is left behind.
        """
        path = self.catalogue_file(version)
        if self._prepare_aside is not None and not path.exists():
            self._prepare_aside(version)
        if path.exists():
            return path
        aside = path.with_suffix(f".{os.getpid()}.new")
        aside.unlink(missing_ok=True)
        try:
            with self.edition_files().get(version, self.editions / "none").open("rb") as file:
                public_key = bytes.fromhex(identity.gate_public_key)
                header = read_header(file.readline(LINE_BYTES_MAX + 1), public_key, store=identity.store)
                if header.version != version:
                    raise EditionFault("edition_garbled", f"file {version} holds edition {header.version}")
                build_catalogue(aside, header, read_records(header, file))
            os.replace(aside, path)
        except apsw.Error as error:
            raise Fault(
                "catalogue_unwritten",
                "The new catalogue cannot be written to the register's disk. Free some space on it.",
                retry=True,
                detail=str(error),
            ) from error
        except OSError as error:
            raise Fault(
                "edition_missing",
                "The register has no catalogue to sell from. Connect it to the shop's server once.",
                detail=str(error),
            ) from error
        finally:
            aside.unlink(missing_ok=True)
        return path

    def open_catalogue(self, wanted: int, identity: LaneIdentity) -> Catalogue:
        """The catalogue of edition `wanted`, or of the newest edition that can be used."""
        faults: list[Fault] = []
        versions = [wanted, *(v for v in reversed(self.edition_versions()) if v != wanted)]
        for version in versions:
            if version < 1:
                continue
            try:
                return self.open_exactly(version, identity)
            except Fault as fault:
                faults.append(fault)
        raise (
            faults[0]
            if faults
            else Fault(
                "edition_missing",
                "The register has no catalogue to sell from. Connect it to the shop's server once.",
            )
        )

    def open_exactly(self, version: int, identity: LaneIdentity) -> Catalogue:
        """The catalogue of edition `version`, made anew if its file is unusable. Raises Fault."""
        path = self.prepare_catalogue(version, identity)
        try:
            return Catalogue(path)
        except Fault:
            path.unlink(missing_ok=True)
            return Catalogue(self.prepare_catalogue(version, identity))

    def forget_old_catalogues(self, in_force: int) -> None:
        """Removes catalogues and editions that are neither in force nor among the newest."""
        keep = {in_force, *self.edition_versions()[-EDITIONS_KEPT:]}
        for path in self.directory.glob("catalogue-*.db"):
            if int(path.stem.split("-")[1]) not in keep:
                path.unlink(missing_ok=True)
