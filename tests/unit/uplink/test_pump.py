"""The way up: what the register wrote is held by the gate once, whatever the way did to it."""

from __future__ import annotations

import errno
import itertools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evertill.ports import LinkReply
from evertill.wire.batch import BatchLimits
from tests.fakes.journal_lines import Chain
from tests.fakes.link import FAULTS
from tests.unit.uplink.gate_in_memory import FIRST_LIFE, LANE, LANE_KEY, SECOND_LIFE, World


def test_sales_are_sent_as_soon_as_they_are_durable() -> None:
    world = World()
    world.run(seconds=1)
    world.sell(1)
    world.run(seconds=0.2)
    assert world.gate.hashes == world.hashes
    assert world.status.state == "sending"
    world.run(seconds=1)
    assert world.status.unsent == 0


def test_lines_that_are_not_synced_are_never_sent() -> None:
    world = World()
    world.sell(3)
    world.sell(2, sync=False)
    world.run(seconds=2)
    assert world.gate.hashes == world.hashes[:4]
    world.journal.sync()
    world.run(seconds=1)
    assert world.gate.hashes == world.hashes


def test_a_lane_far_behind_sends_long_batches_within_the_limits() -> None:
    world = World()
    world.sell(2_600)
    world.run(seconds=2)
    assert world.gate.hashes == world.hashes
    batches = [request for request in world.link.requests if request.method == "POST"]
    assert len(batches) <= 8
    assert all(len(request.body) <= 512 << 10 for request in batches)
    assert max(request.body.count(b"\n") for request in batches) == 500


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault != "ok"])
def test_one_fault_on_the_way_loses_and_doubles_nothing(fault: str) -> None:
    world = World(iter(["ok", "ok", fault, fault]))
    world.run(seconds=1)
    world.sell(7)
    world.run(seconds=60)
    assert world.gate.hashes == world.hashes
    assert len(world.gate.facts.booked) == len(world.hashes)
    assert world.status.state == "sending"


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.sampled_from(FAULTS), max_size=30),
    st.lists(st.integers(1, 40), max_size=6),
    st.integers(0, 2**20),
)
def test_any_faults_in_any_order_end_with_every_entry_once(
    faults: list[str], sales: list[int], seed: int
) -> None:
    world = World(iter(faults), seed)
    for count in sales:
        world.sell(count)
        world.run(seconds=3)
    world.link.faults = iter(())
    world.run(seconds=60)
    assert world.gate.hashes == world.hashes
    assert len(world.gate.facts.booked) == len(world.hashes)


def test_an_absent_gate_is_asked_ever_more_seldom_and_never_in_a_spin() -> None:
    world = World(itertools.repeat("absent"))
    world.sell(5)
    ticks = world.run(seconds=300)
    assert ticks < 1_000
    assert len(world.link.requests) < 40
    gaps_ms = [(later - earlier) // 1_000_000 for earlier, later in itertools.pairwise(world.link.began_ns)]
    assert max(gaps_ms) <= 2 * world.pace.wait_max_ms + 10
    assert min(gaps_ms[-10:]) >= world.pace.wait_max_ms, "capped first, jitter after"
    assert world.status.state == "waiting"
    assert world.status.hint
    assert world.status.unsent == len(world.hashes)


def test_a_gate_that_never_answers_is_given_up_after_the_deadline() -> None:
    world = World(itertools.repeat("silent"))
    world.sell(5)
    world.run(seconds=15.1)
    assert len(world.link.requests) == 1
    assert world.status.code == "server_silent"
    world.link.faults = iter(())
    world.run(seconds=30)
    assert world.gate.hashes == world.hashes


def test_an_overloaded_gate_is_left_alone_as_long_as_it_asked() -> None:
    world = World()
    world.run(seconds=1)
    world.gate.overloaded = 1
    world.sell(1)
    world.run(seconds=12)
    first, second = [
        at
        for request, at in zip(world.link.requests, world.link.began_ns, strict=True)
        if request.method == "POST"
    ][-2:]
    assert second - first >= 4_000 * 1_000_000
    assert world.gate.hashes == world.hashes


def test_a_killed_uplink_goes_on_where_it_was() -> None:
    world = World()
    world.sell(600)
    world.run(seconds=2)
    world.sell(10)
    world.link.close()
    world.pump = world.start_pump()
    world.link.requests.clear()
    world.run(seconds=2)
    assert world.gate.hashes == world.hashes
    assert sum(request.body.count(b"\n") for request in world.link.requests) == 10


def test_a_lost_memory_is_asked_for_and_not_sent_again() -> None:
    world = World()
    world.sell(600)
    world.run(seconds=2)
    world.disk.remove(LANE / "uplink" / "mark.json")
    world.sell(3)
    world.link.close()
    world.pump = world.start_pump()
    world.link.requests.clear()
    world.run(seconds=2)
    assert world.gate.hashes == world.hashes
    assert sum(request.body.count(b"\n") for request in world.link.requests) == 3


@pytest.mark.parametrize("content", [b"", b"{", b'{"acked":5}', b"\xff\xfe", b"[" * 100])
def test_a_torn_memory_is_as_good_as_none(content: bytes) -> None:
    world = World()
    world.sell(5)
    world.run(seconds=2)
    world.disk.replace(LANE / "uplink" / "mark.json", content)
    world.link.close()
    world.pump = world.start_pump()
    world.sell(5)
    world.run(seconds=2)
    assert world.gate.hashes == world.hashes


def test_a_server_restored_from_an_old_backup_is_sent_again_what_it_lacks_without_being_asked() -> None:
    world = World()
    world.sell(700)
    world.run(seconds=3)
    assert world.status.server_epoch == FIRST_LIFE
    world.gate.restore_empty()
    world.run(seconds=15)  # nobody sells: the question whether all is still held comes by itself
    assert world.gate.hashes == world.hashes
    assert world.status.server_epoch == SECOND_LIFE
    assert world.status.went_back == 1
    world.run(seconds=60)
    assert world.status.went_back == 1, "noted once"


def test_a_forked_lane_is_told_and_its_entries_are_kept_beside_the_others() -> None:
    world = World()
    world.sell(5)
    world.run(seconds=2)
    copy = Chain("x")
    copy.epoch = world.journal.head.epoch
    lines = [fact for entries in world.gate.facts.entries.values() for fact in entries.values()]
    copy.hashes = [fact.hash for fact in lines]
    copy.lines = [b""] * len(lines)
    copy._prev = copy.hashes[-1]
    copy.sell(2, amount_minor=9)
    with world.gate.facts.transaction() as tx:
        assert world.gate.keeper.receive(tx, copy.batch(7, 8, LANE_KEY)).held
    world.sell(3)
    world.run(seconds=3)
    assert set(world.gate.hashes) == {*world.hashes, *copy.hashes}
    assert world.status.state == "forked"
    assert world.status.forked_epoch == copy.epoch
    assert world.status.hint
    world.journal.open_epoch("forked")
    world.hashes.append(world.journal.head.hash)
    world.sell(2)
    world.run(seconds=3)
    assert set(world.gate.hashes) == {*world.hashes, *copy.hashes}
    assert world.status.state == "sending"


def test_a_new_epoch_of_the_journal_is_followed() -> None:
    world = World()
    world.sell(5)
    world.journal.open_epoch("asked")
    world.hashes.append(world.journal.head.hash)
    world.sell(5)
    world.run(seconds=2)
    assert sorted(world.gate.hashes) == sorted(world.hashes)
    assert world.status.state == "sending"
    world.gate.restore_empty()
    world.run(seconds=20)
    assert sorted(world.gate.hashes) == sorted(world.hashes)


def test_a_revoked_lane_is_told_asks_seldom_and_goes_on_when_it_is_admitted_again() -> None:
    world = World()
    world.run(seconds=1)
    world.gate.facts.revoke("S1", "L1", "stolen")
    world.sell(5)
    world.run(seconds=60)
    assert (world.status.state, world.status.code) == ("refused", "lane_revoked")
    assert len(world.link.requests) < 12
    world.gate.facts.enrol("S1", "L1", world.gate.facts.lanes["S1", "L1"].public_key)
    world.run(seconds=25)
    assert world.gate.hashes == world.hashes
    assert world.status.state == "sending"


def test_batches_that_are_too_large_for_the_gate_are_halved_until_they_fit() -> None:
    world = World()
    world.gate.limits = BatchLimits(entries_max=60, bytes_max=20_000)
    world.sell(300)
    world.run(seconds=5)
    assert world.gate.hashes == world.hashes


def test_a_server_with_another_key_is_not_believed() -> None:
    world = World()
    world.sell(3)
    world.run(seconds=1)
    right = world.gate._signed

    def forged(answer, signature, status):  # type: ignore[no-untyped-def]
        reply = right(answer, signature, status)
        wrong = {name: value[:-8] + "AAAAAA==" for name, value in reply.headers.items()}
        return LinkReply(status=200, headers=wrong, body=reply.body)

    world.gate._signed = forged  # type: ignore[method-assign]
    world.sell(2)
    acked = world.status.mark
    world.run(seconds=5)
    assert world.status.mark == acked
    assert (world.status.state, world.status.code) == ("waiting", "answer_garbled")


def test_a_full_disk_does_not_keep_entries_from_being_sent() -> None:
    world = World()
    world.sell(4)
    world.disk.fail("write", "uplink", number=errno.ENOSPC)
    world.run(seconds=3)
    assert world.gate.hashes == world.hashes


def test_the_folder_of_editions_is_made() -> None:
    world = World()
    assert world.disk.exists(Path(LANE / "editions"))
