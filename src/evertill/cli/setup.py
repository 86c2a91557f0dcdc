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

    What is already there stays as it is. Raises Fault home_unusable if the folder cannot be written.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
        server = read_or_make_identity(HostDisk(), home / "gate", HostEntropy())
        folder = _first_edition(home, server, store)
        _lane(home, store, lane, server, folder)
    except OSError as error:
        raise Fault(
            "home_unusable",
            "The shop's folder cannot be written. Choose another with --home, or free space on the disk.",
            detail=f"{home}: {error.strerror}",
        ) from error


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
    seed = bytes.fromhex(load_or_make_secret(lane_home.key_file, _new_key()).decode())
    if not lane_home.identity_file.exists():
        facts = SqliteFacts(HostDisk(), HostClock(), home / "gate" / "facts.db")
        try:
            facts.enrol(store, lane, SigningKey(seed).public_key)
        finally:
            facts.close()
        identity = LaneIdentity(store=store, lane=lane, gate_public_key=server.public_key.hex())
        _write(lane_home.identity_file, msgspec.json.format(msgspec.json.encode(identity)))
    if not lane_home.edition_versions():
        newest = editions.path(editions.versions()[-1])
        lane_home.editions.mkdir(parents=True, exist_ok=True)
        part = lane_home.editions / f"{newest.name}.part"
        shutil.copyfile(newest, part)
        os.replace(part, lane_home.editions / newest.name)


def _new_key() -> bytes:
    return new_seed(HostEntropy()).hex().encode()


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(data)
    os.replace(part, path)
