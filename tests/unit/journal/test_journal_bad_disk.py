"""The disk refuses, fills up or lies while the register is selling."""

from __future__ import annotations

import errno

import pytest

from evertill.core.fault import Fault
from evertill.journal import Found, Journal, read_body, verify
from tests.fakes.disk import SimulatedDisk, everything, nothing
from tests.unit.journal.lane_journal import (
    AT,
    DIRECTORY,
    SECOND,
    TODAY,
    TOMORROW,
    WITNESS,
    LaneMachine,
    kept_hashes,
    pay,
    sell,
)

MIB = 1 << 20


@pytest.fixture
def machine() -> LaneMachine:
    return LaneMachine()


def refused(act: object) -> Fault:
    """The fault that `act` raises."""
    with pytest.raises(Fault) as caught:
        act()
    return caught.value


def test_a_failed_sync_is_final_even_if_the_next_one_says_that_all_is_well(machine: LaneMachine) -> None:
    journal = machine.open()
    paid = pay(journal)
    machine.disk.fail("sync", ".journal", times=1)
    assert refused(lambda: pay(journal)).code == "journal_medium_failed"
    for act in (journal.sync, journal.settle, lambda: sell(journal), lambda: pay(journal)):
        fault = refused(act)
        assert (fault.code, fault.retry) == ("journal_medium_failed", False)
    assert journal.synced_head == paid
    assert journal.failure is not None
    assert machine.handed_out()[-1].hash == paid.hash


def test_after_a_failed_sync_a_restart_goes_on_below_what_was_confirmed(
    machine: LaneMachine,
) -> None:
    journal = machine.open()
    paid = pay(journal)
    machine.disk.fail("sync", ".journal", times=1)
    refused(lambda: pay(journal))
    machine.disk.kill()
    journal = machine.open()
    assert journal.opening.found is Found.MEDIUM_FAILED
    assert journal.opening.parent == paid.head
    promised = pay(journal)
    machine.disk.power_cut(nothing)
    assert {paid.hash, promised.hash} <= kept_hashes(machine.open())


def test_the_sale_in_hand_moves_to_the_second_medium(machine: LaneMachine) -> None:
    journal = machine.open(second_directory=SECOND)
    paid = pay(journal)
    sell(journal, 2)
    machine.disk.fail("sync", str(DIRECTORY))
    machine.disk.fail("write", str(WITNESS))
    refused(lambda: pay(journal))
    moved = journal.move_to_second("the disk refused a sync")
    assert [entry.kind for entry in moved.unconfirmed] == ["LineAdded", "LineAdded", "SalePaid"]
    assert moved.position.seq == 1
    journal.append_many(moved.unconfirmed)
    journal.sync()
    sent = machine.handed_out(second_directory=SECOND)
    kinds = ["EpochOpened", "SalePaid", "EpochOpened", "LineAdded", "LineAdded", "SalePaid"]
    assert [read_body(line.body).kind for line in sent] == kinds
    assert sent[2].prev == paid.hash
    assert b"the disk refused a sync" in sent[2].body
    machine.disk.power_cut(nothing)
    machine.disk.heal()
    again = machine.open(second_directory=SECOND)
    assert again.opening.found is Found.CLEAN
    assert again.opening.on_second
    assert {line.hash for line in sent} <= kept_hashes(again)
    assert verify(machine.disk, DIRECTORY, WITNESS, SECOND).epochs[-1].entries == 4
    refused(lambda: again.move_to_second("there is no third"))


def test_a_sync_that_only_the_witness_refused_has_kept_the_entries(machine: LaneMachine) -> None:
    journal = machine.open(second_directory=SECOND)
    machine.disk.fail("sync", str(WITNESS))
    refused(lambda: pay(journal))
    last = journal.head
    assert journal.synced_head == last
    moved = journal.move_to_second("the witness's disk refused a sync")
    assert moved.unconfirmed == ()
    machine.disk.power_cut(nothing)
    machine.disk.heal()
    assert last.hash in kept_hashes(machine.open(second_directory=SECOND))


def test_a_write_that_the_disk_refuses_is_final_too(machine: LaneMachine) -> None:
    journal = machine.open()
    machine.disk.fail("write", ".journal", times=1)
    assert refused(lambda: sell(journal)).code == "journal_medium_failed"
    assert refused(lambda: sell(journal)).code == "journal_medium_failed"


def test_a_second_medium_that_refuses_as_well_is_said(machine: LaneMachine) -> None:
    journal = machine.open(second_directory=SECOND)
    machine.disk.fail("sync", "")
    refused(lambda: pay(journal))
    assert refused(lambda: journal.move_to_second("try")).code == "journal_medium_failed"
    assert refused(lambda: sell(journal)).code == "journal_medium_failed"


def full_register(*, reserve: int, left: int) -> tuple[LaneMachine, Journal]:
    """A register on whose disk only `left` bytes are free besides the reserve."""
    machine = LaneMachine()
    journal = machine.open(reserve_bytes=reserve)
    machine.disk.capacity_bytes = machine.disk.capacity_bytes - machine.disk.room() + left
    return machine, journal


def test_at_a_full_disk_sales_go_on_from_the_reserve_step_by_step() -> None:
    _, journal = full_register(reserve=3 * MIB, left=10)
    assert journal.space.reserve_bytes == 3 * MIB
    pay(journal)
    assert journal.space.reserve_bytes == 2 * MIB
    assert journal.space.reserve_full_bytes == 3 * MIB
    assert 0 < journal.space.free_bytes < MIB


def test_when_the_reserve_is_gone_the_file_still_ends_in_a_whole_line() -> None:
    machine, journal = full_register(reserve=0, left=500)
    before = pay(journal)
    fault = refused(lambda: sell(journal, 5))
    assert (fault.code, fault.retry) == ("journal_disk_full", True)
    assert fault.hint.endswith(".")
    assert journal.head == before
    assert machine.disk.content(machine.newest_file()).endswith(b"\n")
    machine.disk.capacity_bytes += MIB
    paid = pay(journal)
    assert paid.seq == before.seq + 1
    machine.disk.power_cut(everything)
    journal = machine.open()
    assert journal.opening.found is Found.CLEAN
    assert journal.synced_head == paid
    assert verify(machine.disk, DIRECTORY, WITNESS).ok


def test_a_new_day_at_a_full_disk_begins_when_there_is_space(machine: LaneMachine) -> None:
    journal = machine.open()
    pay(journal)
    machine.disk.fail("open", TOMORROW, number=errno.ENOSPC, times=1)
    assert refused(lambda: pay(journal, day=TOMORROW)).code == "journal_disk_full"
    pay(journal)
    pay(journal, day=TOMORROW)
    journal.close()
    assert machine.open().opening.found is Found.CLEAN


def test_the_reserve_is_refilled_when_space_was_made() -> None:
    machine, journal = full_register(reserve=2 * MIB, left=0)
    pay(journal)
    assert journal.space.reserve_bytes == MIB
    machine.disk.capacity_bytes += 10 * MIB
    pay(journal, day=TOMORROW)
    assert journal.space.reserve_bytes == 2 * MIB


def test_a_register_with_a_full_disk_and_no_journal_says_so() -> None:
    machine = LaneMachine(disk=SimulatedDisk(capacity_bytes=100))
    assert refused(machine.open).code == "journal_disk_full"


def test_one_sale_costs_one_sync_of_the_journal_and_one_of_the_witness(machine: LaneMachine) -> None:
    journal = machine.open()
    before = journal.syncs
    sell(journal, 10)
    assert journal.syncs == before
    pay(journal)
    journal.sync()
    assert (journal.syncs.journal, journal.syncs.witness) == (before.journal + 1, before.witness + 1)
    journal.settle()
    journal.settle()
    assert (journal.syncs.journal, journal.syncs.witness) == (before.journal + 1, before.witness + 2)


def test_a_batch_is_one_write(machine: LaneMachine) -> None:
    journal = machine.open()
    before = len(machine.disk.unsynced())
    sell(journal, 30)
    writes = [item for item in machine.disk.unsynced()[before:] if item.what == "write"]
    assert len(writes) == 1


def test_a_line_break_never_gets_into_an_entry(machine: LaneMachine) -> None:
    journal = machine.open()
    before = journal.head
    for data in (b'{"a":\n1}', b"[1]", b"", b'{"a":1}\r'):
        with pytest.raises(AssertionError):
            journal.append("LineAdded", data, at=AT, day=TODAY)
    for kind, at, day in (("Line Added", AT, TODAY), ("LineAdded", "now", TODAY), ("LineAdded", AT, "today")):
        with pytest.raises(AssertionError):
            journal.append(kind, b"{}", at=at, day=day)
    assert journal.head == before
