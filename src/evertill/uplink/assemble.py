"""Puts an uplink together for one lane's folder."""

from __future__ import annotations

from pathlib import Path

import msgspec

from evertill.ports import Clock, Disk, Entropy, Link
from evertill.uplink.courier import Courier
from evertill.uplink.feed import Feed
from evertill.uplink.memory import UplinkMemory
from evertill.uplink.pacing import Pace
from evertill.uplink.pump import Pump, UplinkIdentity
from evertill.wire.signature import SigningKey


class UplinkSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where a lane's things lie, who it is, and how its way up is paced. `lane_folder` is HOME/lane."""

    identity: UplinkIdentity
    lane_folder: Path
    second_directory: Path | None = None
    pace: Pace = Pace()


def assemble(
    settings: UplinkSettings, *, disk: Disk, clock: Clock, entropy: Entropy, link: Link, key: SigningKey
) -> Pump:
    """A pump on the lane's folder; nothing is sent before its first tick. Raises OSError."""
    folder = settings.lane_folder
    return Pump(
        settings.identity,
        key=key,
        feed=Feed(disk, folder / "journal", folder / "witness", settings.second_directory),
        link=link,
        memory=UplinkMemory(disk, folder / "uplink"),
        courier=Courier(
            disk,
            folder / "editions",
            store=settings.identity.store,
            public_key=settings.identity.gate_public_key,
        ),
        clock=clock,
        entropy=entropy,
        pace=settings.pace,
    )
