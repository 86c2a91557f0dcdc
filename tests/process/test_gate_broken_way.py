"""Real gate and uplink with a way between them that loses, garbles, cuts and delays."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import pytest

from evertill.host.clock import HostClock
from evertill.host.disk import HostDisk
from evertill.host.entropy import HostEntropy
from evertill.host.net import HttpLink
from evertill.host.secret import load_secret
from evertill.lane.home import LaneHome
from evertill.uplink.assemble import UplinkSettings, assemble
from evertill.uplink.pacing import Pace
from evertill.uplink.pump import Pump, UplinkIdentity
from evertill.wire.signature import SigningKey
from tests.process.gate_world import Till, held_hashes, set_up_lane, start_gate, start_uplink, until
from tests.process.proxy import FAULTS, BrokenWay

pytestmark = pytest.mark.process

IMPATIENT = Pace(first_wait_ms=10, wait_max_ms=40, lost_spread_ms=10, budget=1e9, deadline_ms=3_000)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    set_up_lane(tmp_path)
    return tmp_path


def pump_over(home: Path, link: HttpLink) -> Pump:
    """A pump in this process, as `evertill uplink` makes it, but impatient."""
    lane_home = LaneHome(home / "lane")
    identity = lane_home.identity()
    return assemble(
        UplinkSettings(
            identity=UplinkIdentity(
                store=identity.store,
                lane=identity.lane,
                gate_public_key=bytes.fromhex(identity.gate_public_key),
            ),
            lane_folder=lane_home.directory,
            pace=IMPATIENT,
        ),
        disk=HostDisk(),
        clock=HostClock(),
        entropy=HostEntropy(),
        link=link,
        key=SigningKey(bytes.fromhex(load_secret(lane_home.key_file).decode())),
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_way_that_breaks_in_every_manner_loses_and_doubles_nothing(home: Path, seed: int) -> None:
    chance = random.Random(seed)
    till = Till(home)
    gate = start_gate(home)
    way = BrokenWay(int(gate.ready["gate"].rpartition(":")[2]), lambda: chance.choice(FAULTS), slow_s=0.05)
    link = HttpLink(way.url)
    pump = pump_over(home, link)
    try:
        for _ in range(20):
            till.sell(chance.randrange(1, 60))
            for _ in range(6):
                link.wait(pump.tick())
            acked = pump.status.mark
            if acked is not None:
                assert set(till.hashes[: acked.seq]) <= set(held_hashes(home))

        def sent() -> bool:
            link.wait(pump.tick())
            return held_hashes(home) == till.hashes and pump.status.mark is not None and not pump.has_more

        until(sent, wait_s=60, what="all arrive in the end")
        assert held_hashes(home) == till.hashes, "each once, in order"
        assert sum(way.connections.values()) > 15
    finally:
        pump.close()
        link.close()
        way.close()
        gate.end()


def test_answers_that_get_lost_make_the_uplink_send_again_and_the_gate_keep_once(home: Path) -> None:
    order = itertools.chain(
        ["pass", "answer_lost", "answer_lost", "answer_garbled"], itertools.repeat("pass")
    )
    till = Till(home)
    till.sell(40)
    gate = start_gate(home)
    way = BrokenWay(int(gate.ready["gate"].rpartition(":")[2]), lambda: next(order))
    uplink = start_uplink(home, way.url)
    try:
        until(lambda: held_hashes(home) == till.hashes, what="all arrive")
        until(lambda: way.connections["pass"] >= 2, what="and are acknowledged in the end")
        assert held_hashes(home) == till.hashes
        assert way.connections["answer_lost"] == 2
    finally:
        uplink.end()
        way.close()
        gate.end()


def test_a_gate_that_takes_five_seconds_to_answer_still_gets_everything(home: Path) -> None:
    till = Till(home)
    till.sell(200)
    gate = start_gate(home)
    way = BrokenWay(int(gate.ready["gate"].rpartition(":")[2]), lambda: "slow", slow_s=5)
    uplink = start_uplink(home, way.url)
    try:
        before_s = uplink.cpu_s
        took_s = until(lambda: held_hashes(home) == till.hashes, wait_s=40, what="all arrive")
        assert took_s >= 4
        assert uplink.cpu_s - before_s < 2
    finally:
        uplink.end()
        way.close()
        gate.end()
