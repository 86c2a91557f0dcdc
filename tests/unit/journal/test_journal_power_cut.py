"""The power goes at every call that the journal makes, and takes every mixture of what was not synced.

Two promises are kept by hand here, without the journal's help: what was paid (sync returned), and
what was handed to the uplink. Both must be found again, whatever happened.
"""

from __future__ import annotations

import copy
import itertools
import random
from collections.abc import Iterator

import pytest

from evertill.journal import Found
from tests.fakes.disk import PowerCut, Unsynced
from tests.unit.journal.lane_journal import SECOND, TOMORROW, LaneMachine, kept_hashes, pay, sell

MIXTURES_MAX = 8


class Promises:
    """What was said to somebody outside."""

    def __init__(self) -> None:
        self.hashes: set[str] = set()


def trade(machine: LaneMachine, promises: Promises) -> None:
    """Two sales, an open one, a new day, another sale, a restart of the program, an open sale."""
    journal = machine.open()
    sell(journal)
    promises.hashes.add(pay(journal).hash)
    promises.hashes |= {line.hash for line in machine.handed_out()}
    sell(journal, 2)
    promises.hashes |= {line.hash for line in machine.handed_out()}
    sell(journal)
    promises.hashes.add(pay(journal, day=TOMORROW).hash)
    journal.settle()
    sell(journal, 2, day=TOMORROW)
    machine.disk.kill()
    journal = machine.open()
    promises.hashes |= {line.hash for line in machine.handed_out()}
    sell(journal)
    promises.hashes.add(pay(journal, day=TOMORROW).hash)
    promises.hashes |= {line.hash for line in machine.handed_out()}
    sell(journal, day=TOMORROW)


def trade_on_a_bad_disk(machine: LaneMachine, promises: Promises) -> None:
    """A sale; lines of an open one; the program dies, a bit among them rots; the next start sells on."""
    journal = machine.open()
    promises.hashes.add(pay(journal).hash)
    lines = sell(journal, 3)
    machine.disk.kill()
    machine.disk.flip(machine.newest_file(), lines[1].offset + 200, 0)
    journal = machine.open()
    assert journal.opening.found is Found.DAMAGE
    promises.hashes |= {line.hash for line in machine.handed_out()}
    assert lines[0].hash in promises.hashes
    promises.hashes.add(pay(journal).hash)


TRADES = {"a good disk": trade, "a bad disk": trade_on_a_bad_disk}


def mixtures(items: list[Unsynced], seed: int) -> Iterator[dict[int, int]]:
    """Every way (or a sample, if there are too many) in which unsynced things survive: none, torn, whole."""
    choices = [sorted({0, item.pieces // 2, max(0, item.pieces - 1), item.pieces}) for item in items]
    if 4 ** len(items) <= 4 * MIXTURES_MAX:
        for mixture in itertools.product(*choices):
            yield dict(enumerate(mixture))
        return
    yield dict.fromkeys(range(len(items)), 0)
    yield {index: item.pieces for index, item in enumerate(items)}
    chance = random.Random(seed)
    for _ in range(MIXTURES_MAX):
        yield {index: chance.choice(choice) for index, choice in enumerate(choices)}


def cut(machine: LaneMachine, mixture: dict[int, int]) -> LaneMachine:
    """A copy of the machine after the power went, with this mixture left."""
    after = copy.deepcopy(machine)
    left = {id(item): mixture[index] for index, item in enumerate(after.disk.unsynced())}
    after.disk.power_cut(lambda item: left[id(item)])
    return after


def run_until_cut(at: int, trading: str = "a good disk") -> tuple[LaneMachine, Promises, bool]:
    machine, promises = LaneMachine(), Promises()
    machine.disk.cut_at = at
    try:
        TRADES[trading](machine, promises)
    except PowerCut:
        return machine, promises, True
    return machine, promises, False


def check_promises(machine: LaneMachine, promises: Promises, where: object) -> Found:
    """Opens after the cut: all that was promised is there, and the lane sells on."""
    journal = machine.open()
    assert promises.hashes <= kept_hashes(journal), where
    assert journal.opening.found in (Found.FIRST, Found.CLEAN, Found.TORN_TAIL, Found.DAMAGE) or (
        journal.opening.found is Found.WITNESS_MISSING and not promises.hashes
    ), where
    promised = pay(journal, day=TOMORROW)
    sent = {line.hash for line in machine.handed_out()}
    assert promises.hashes | {promised.hash} <= sent, where
    return journal.opening.found


@pytest.mark.parametrize("trading", TRADES)
def test_power_cut_at_any_call_loses_no_paid_sale_and_takes_back_nothing_that_was_sent(trading: str) -> None:
    seen: dict[Found, int] = {}
    for at in itertools.count():
        machine, promises, was_cut = run_until_cut(at, trading)
        for mixture in mixtures(machine.disk.unsynced(), at):
            found = check_promises(cut(machine, mixture), promises, (at, mixture))
            seen[found] = seen.get(found, 0) + 1
        if not was_cut:
            break
    assert {Found.FIRST, Found.CLEAN, Found.TORN_TAIL} <= set(seen)


@pytest.mark.parametrize("seed", range(40))
def test_power_that_goes_again_while_the_register_starts_loses_nothing_either(seed: int) -> None:
    chance = random.Random(seed)
    machine, promises, _ = run_until_cut(chance.randrange(20, 200))
    for _ in range(4):
        mixture = {
            index: chance.choice((0, item.pieces // 2, item.pieces))
            for index, item in enumerate(machine.disk.unsynced())
        }
        machine = cut(machine, mixture)
        machine.disk.cut_at = machine.disk.calls + chance.randrange(60)
        try:
            journal = machine.open()
            assert promises.hashes <= kept_hashes(journal)
            promises.hashes.add(pay(journal, day=TOMORROW).hash)
            promises.hashes |= {line.hash for line in machine.handed_out()}
        except PowerCut:
            continue
    machine = cut(machine, dict.fromkeys(range(len(machine.disk.unsynced())), 0))
    check_promises(machine, promises, seed)


@pytest.mark.parametrize("seed", range(30))
def test_power_cut_while_moving_to_the_second_medium_loses_no_paid_sale(seed: int) -> None:
    chance = random.Random(seed)
    machine, promises = LaneMachine(seed=seed), Promises()
    journal = machine.open(second_directory=SECOND)
    promises.hashes.add(pay(journal).hash)
    machine.disk.fail("sync", "/lane/journal", after=0)
    sell(journal)
    with pytest.raises(Exception, match="journal_medium_failed"):
        pay(journal)
    machine.disk.cut_at = machine.disk.calls + seed
    try:
        journal.move_to_second("the disk refused a sync")
        promises.hashes.add(pay(journal).hash)
    except PowerCut:
        pass
    machine.disk.heal()
    for index in range(3):
        mixture = {i: chance.choice((0, item.pieces)) for i, item in enumerate(machine.disk.unsynced())}
        after = cut(machine, mixture)
        reopened = after.open(second_directory=SECOND)
        assert promises.hashes <= kept_hashes(reopened), (seed, index)
        promised = pay(reopened)
        sent = {line.hash for line in after.handed_out(second_directory=SECOND)}
        assert promises.hashes | {promised.hash} <= sent
