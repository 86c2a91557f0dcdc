"""Setting one shop up: keys, the sample shop as edition 1, one lane that the gate knows. Safe to repeat."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import msgspec

from evertill.core.fault import Fault
from evertill.host.clock import HostClock
from evertill.host.disk import HostDisk
from evertill.host.entropy import HostEntropy
from evertill.host.secret import load_or_make_secret
from evertill.lane.home import LaneHome, LaneIdentity
from evertill.sample import load_sample
from evertill.server.facts import SqliteFacts
from evertill.server.identity import ServerIdentity, read_or_make_identity
from evertill.server.publishing import EditionFolder, Publisher
from evertill.wire.signature import SigningKey, new_seed


def set_up(home: Path, *, store: str = "S1", lane: str = "L1") -> None:
    """On return HOME holds a shop that can sell: server key, an edition, a lane with its own key.

    What is already there stays as it is; a lane.json that cannot be read is set aside and made again.
    Raises Fault home_unusable if the folder cannot be written.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
        server = read_or_make_identity(HostDisk(), home / "gate", HostEntropy())
        folder = _first_edition(home, server, store)
        _lane(home, store, lane, server, folder)
    except OSError as error:
        raise home_unusable(home, error) from error


def home_unusable(home: Path, error: OSError) -> Fault:
    """What to say of a folder that cannot be used."""
    return Fault(
        "home_unusable",
        "The shop's folder cannot be written. Choose another with --home, or free space on the disk.",
        detail=f"{home}: {error.strerror}",
    )


def _first_edition(home: Path, server: ServerIdentity, store: str) -> EditionFolder:
    disk = HostDisk()
    folder = EditionFolder(disk, home / "gate" / "editions")
    if not folder.versions():
        publisher = Publisher(
            folder,
            disk=disk,
            clock=HostClock(),
            server_epoch=server.server_epoch,
            sign=server.sign,
            public_key=server.public_key,
        )
        publisher.publish(load_sample(store))
    return folder


def _lane(home: Path, store: str, lane: str, server: ServerIdentity, editions: EditionFolder) -> None:
    lane_home = LaneHome(home / "lane")
    had_key = lane_home.key_file.exists()
    key = _lane_key(lane_home)
    has_identity = _has_identity(lane_home)
    if not (had_key and has_identity):
        facts = SqliteFacts(HostDisk(), HostClock(), home / "gate" / "facts.db")
        try:
            facts.enrol(store, lane, key.public_key)
        finally:
            facts.close()
    if not has_identity:
        identity = LaneIdentity(store=store, lane=lane, gate_public_key=server.public_key.hex())
        _write(lane_home.identity_file, msgspec.json.format(msgspec.json.encode(identity)))
    if not lane_home.edition_versions():
        newest = editions.path(editions.versions()[-1])
        lane_home.editions.mkdir(parents=True, exist_ok=True)
        part = lane_home.editions / f"{newest.name}.part"
        shutil.copyfile(newest, part)
        os.replace(part, lane_home.editions / newest.name)


def _lane_key(lane_home: LaneHome) -> SigningKey:
    secret = load_or_make_secret(lane_home.key_file, _new_key())
    try:
        return SigningKey(bytes.fromhex(secret.decode()))
    except (ValueError, AssertionError) as garbled:
        raise Fault(
            "lane_key_unreadable",
            "The register's key cannot be read. Restore the file from a copy, or remove it to have one made.",
            detail=str(lane_home.key_file),
        ) from garbled


def _has_identity(lane_home: LaneHome) -> bool:
    """Whether lane.json says who the lane is. One that cannot be read is set aside.

    Made again with another name than before, it does harm to nobody: the journal knows whose it is.
    """
    try:
        lane_home.identity()
    except Fault:
        if lane_home.identity_file.exists():
            os.replace(lane_home.identity_file, lane_home.identity_file.with_suffix(".unreadable"))
        return False
    return True


def _new_key() -> bytes:
    return new_seed(HostEntropy()).hex().encode()


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(data)
    os.replace(part, path)
