"""What a register finds in its folder when it starts, and what it does about it."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import structs

from evertill.core.fault import Fault
from evertill.journal import Found, Head, Journal, NewEntry, read_body, verify
from evertill.ports import Access
from tests.fakes.disk import nothing
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


@pytest.fixture
def machine() -> LaneMachine:
    return LaneMachine()


def traded(machine: LaneMachine, count: int = 5) -> list[str]:
    """Some paid entries, the register switched off properly; their hashes."""
    journal = machine.open()
    sell(journal, count)
    pay(journal)
    journal.close()
    return [line.hash for line in journal.replay_after(None)]


def cut_lines(machine: LaneMachine, count: int) -> None:
    """Takes the last lines of the newest file away for good."""
    path = machine.newest_file()
    machine.disk.replace(path, b"".join(machine.disk.content(path).splitlines(keepends=True)[:-count]))


def test_a_new_register_begins_with_an_epoch_without_a_parent(machine: LaneMachine) -> None:
    journal = machine.open()
    assert journal.opening.found is Found.FIRST
    (line,) = journal.replay_after(None)
    body = read_body(line.body)
    assert (body.kind, body.seq, body.store, body.lane, line.prev) == ("EpochOpened", 1, "S1", "L1", "0" * 64)
    assert bytes(body.data) == b'{"parent":null,"reason":"first","kept":null}'
    assert machine.handed_out() == [line]


def test_switched_off_and_on_again_it_carries_on_in_the_same_epoch(machine: LaneMachine) -> None:
    before = traded(machine)
    journal = machine.open()
    assert journal.opening.found is Found.CLEAN
    assert journal.opening.entries_checked == len(before)
    (position,) = sell(journal)
    assert position.seq == len(before) + 1
    assert [line.hash for line in journal.replay_after(None)] == before


def test_a_killed_program_loses_no_scanned_line(machine: LaneMachine) -> None:
    journal = machine.open()
    scanned = sell(journal, 3)
    machine.disk.kill()
    journal = machine.open()
    assert journal.opening.found is Found.CLEAN
    assert journal.synced_head == scanned[-1]
    machine.disk.power_cut(nothing)
    assert {position.hash for position in scanned} <= kept_hashes(machine.open())


def test_a_torn_last_line_is_cut_off_and_said(machine: LaneMachine) -> None:
    journal = machine.open()
    pay(journal)
    sell(journal)
    machine.disk.power_cut(lambda item: item.pieces // 2)
    journal = machine.open()
    assert journal.opening.found is Found.TORN_TAIL
    assert journal.opening.cut_bytes > 0
    assert str(journal.opening.cut_bytes) in journal.opening.words
    assert journal.opening.in_doubt is None
    pay(journal)
    assert verify(machine.disk, DIRECTORY, WITNESS).ok


def test_power_cut_during_a_sync_names_the_entries_that_were_being_paid(machine: LaneMachine) -> None:
    journal = machine.open()
    pay(journal)
    sell(journal, 2)
    machine.disk.fail("sync", ".journal")
    with pytest.raises(Fault):
        journal.sync()
    machine.disk.heal()
    machine.disk.delete(WITNESS / "published")  # the power took the note of the failure with it
    machine.disk.power_cut(nothing)
    journal = machine.open()
    assert journal.opening.found is Found.CLEAN
    assert journal.opening.in_doubt == (3, 4)


@pytest.mark.parametrize("lines", [1, 3])
def test_a_journal_cut_short_is_never_carried_on(machine: LaneMachine, lines: int) -> None:
    before = traded(machine)
    cut_lines(machine, lines)
    journal = machine.open()
    assert journal.opening.found is Found.BEHIND
    last = journal.opening.parent
    assert last == Head(epoch=last.epoch, seq=len(before), hash=before[-1])
    opened = [read_body(line.body) for line in journal.replay_after(None)][-1]
    assert opened.kind == "EpochOpened"
    assert b'"kept":%d' % (len(before) - lines) in bytes(opened.data)
    assert journal.head.epoch != last.epoch
    report = verify(machine.disk, DIRECTORY, WITNESS)
    assert report.ok
    assert report.epochs[0].lost is None
    assert report.epochs[1].lost == (len(before) - lines + 1, len(before))


def test_litestream_781_an_old_image_put_back_is_noticed_and_recovered_from(machine: LaneMachine) -> None:
    traded(machine)
    image = {path: machine.disk.content(path) for path in machine.disk.files() if path.suffix == ".journal"}
    before = traded(machine)
    for path, content in image.items():
        machine.disk.replace(path, content)
    journal = machine.open()
    assert journal.opening.found is Found.BEHIND
    assert journal.opening.parent is not None
    assert journal.opening.parent.hash == before[-1]


def test_an_old_image_of_journal_and_witness_is_noticed_by_what_the_server_acknowledged(
    machine: LaneMachine,
) -> None:
    traded(machine)
    image = {path: machine.disk.content(path) for path in machine.disk.files()}
    traded(machine)
    acknowledged = machine.handed_out()[-1].position.head
    for path, content in image.items():
        machine.disk.replace(path, content)
    journal = machine.open(known_heads=[acknowledged])
    assert journal.opening.found is Found.BEHIND
    assert journal.opening.parent == acknowledged


def test_a_database_that_remembers_more_than_the_journal_is_a_witness_too(machine: LaneMachine) -> None:
    traded(machine)
    image = {path: machine.disk.content(path) for path in machine.disk.files()}
    journal = machine.open()
    checkpoint = pay(journal)
    journal.close()
    for path, content in image.items():
        machine.disk.replace(path, content)
    assert machine.open(checkpoint=checkpoint).opening.found is Found.BEHIND


def test_a_restored_disk_with_another_history_is_not_carried_on(machine: LaneMachine) -> None:
    traded(machine, 2)
    image = {path: machine.disk.content(path) for path in machine.disk.files() if path.suffix == ".journal"}
    journal = machine.open()
    sell(journal, 1, note="sold before the image was put back")
    acknowledged = pay(journal).head
    journal.close()
    machine.disk.delete(WITNESS)
    for path, content in image.items():
        machine.disk.replace(path, content)
    machine.disk.delete(DIRECTORY / "lock")
    other = LaneMachine(disk=machine.disk, seed=2)
    first = other.open()
    assert first.opening.found is Found.WITNESS_MISSING
    first.close()
    again = other.open(known_heads=[acknowledged])
    assert again.opening.found is Found.CLEAN  # settled by the new epoch's parent: a restore event upstream
    forged = Head(epoch=again.head.epoch, seq=1, hash="f" * 64)
    again.close()
    journal = other.open(known_heads=[forged])
    assert journal.opening.found is Found.OTHER_HISTORY
    assert journal.opening.parent == forged


def test_a_journal_copied_without_its_witness_does_not_go_on_under_its_name(machine: LaneMachine) -> None:
    before = traded(machine)
    machine.disk.delete(WITNESS)
    journal = machine.open()
    assert journal.opening.found is Found.WITNESS_MISSING
    assert journal.opening.parent is not None
    assert journal.opening.parent.hash == before[-1]
    assert set(before) <= kept_hashes(journal)


def test_a_swapped_disk_goes_on_below_the_head_that_the_witness_remembers(machine: LaneMachine) -> None:
    before = traded(machine)
    machine.disk.delete(DIRECTORY)
    journal = machine.open()
    assert journal.opening.found is Found.EMPTY_BUT_KNOWN
    assert journal.opening.parent is not None
    assert journal.opening.parent.hash == before[-1]


def test_a_reinstalled_register_recovers_below_what_the_server_holds(machine: LaneMachine) -> None:
    acknowledged = Head(epoch="ab" * 16, seq=812, hash="cd" * 32)
    journal = machine.open(known_heads=[acknowledged])
    assert journal.opening.found is Found.EMPTY_BUT_KNOWN
    (line,) = journal.replay_after(None)
    assert line.prev == acknowledged.hash
    assert machine.handed_out(acknowledged) == [line]


def test_damage_in_the_middle_changes_nothing_and_sells_on_in_a_new_epoch(machine: LaneMachine) -> None:
    before = traded(machine)
    path = machine.newest_file()
    place = machine.disk.content(path).index(b'"seq":4,') + 60
    machine.disk.flip(path, place, 2)
    damaged = machine.disk.content(path)
    journal = machine.open()
    assert journal.opening.found is Found.DAMAGE
    assert journal.opening.parent is not None
    assert journal.opening.parent.hash == before[2]
    assert machine.disk.content(path) == damaged
    assert [line.hash for line in journal.stranded()] == before[4:]
    promised = pay(journal)
    assert [line.hash for line in machine.handed_out()] == [
        *before[:3],
        promised_epoch(journal),
        promised.hash,
    ]
    (found,) = verify(machine.disk, DIRECTORY, WITNESS).all_breaks
    assert found.line == 4


def promised_epoch(journal: Journal) -> str:
    """The hash of the first entry of the epoch in force."""
    return next(
        line.hash for line in journal.replay_after(None) if line.epoch == journal.head.epoch and line.seq == 1
    )


@pytest.mark.parametrize("from_the_end", [1, 2, 10, 120])
def test_nats_7564_one_flipped_bit_in_the_last_paid_sale_does_not_pass_for_a_torn_line(
    machine: LaneMachine, from_the_end: int
) -> None:
    traded(machine)
    path = machine.newest_file()
    machine.disk.flip(path, len(machine.disk.content(path)) - from_the_end, 1)
    damaged = machine.disk.content(path)
    journal = machine.open()
    assert journal.opening.found in (Found.DAMAGE, Found.BEHIND)
    assert journal.opening.cut_bytes == 0
    assert machine.disk.content(path) == damaged


def test_a_second_program_on_the_same_folder_is_told_so(machine: LaneMachine) -> None:
    journal = machine.open()
    with pytest.raises(Fault) as caught:
        machine.open()
    assert caught.value.code == "journal_in_use"
    assert caught.value.hint.endswith(".")
    journal.close()
    machine.open()


def test_the_folder_of_another_register_is_not_taken_over(machine: LaneMachine) -> None:
    traded(machine)
    for given in ({"lane": "L2"}, {"store": "S2"}):
        with pytest.raises(Fault) as caught:
            machine.open(**given)
        assert caught.value.code == "journal_of_another_lane"
    assert machine.open().opening.found is Found.CLEAN


def test_from_a_checkpoint_only_what_came_after_it_is_read(machine: LaneMachine) -> None:
    before = traded(machine, 50)
    journal = machine.open()
    checkpoint = journal.synced_head
    after = sell(journal, 2)
    journal.close()
    journal = machine.open(checkpoint=checkpoint)
    assert journal.opening.found is Found.CLEAN
    assert journal.opening.entries_checked == 2
    assert [line.hash for line in journal.replay_after(checkpoint)] == [position.hash for position in after]
    assert len(list(journal.replay_after(None))) == len(before) + 2


def test_a_checkpoint_that_is_not_of_this_journal_is_not_believed(machine: LaneMachine) -> None:
    traded(machine)
    journal = machine.open()
    checkpoint = journal.synced_head
    pay(journal)
    journal.close()
    journal = machine.open(checkpoint=structs.replace(checkpoint, offset=1))
    assert journal.opening.found is Found.CLEAN
    assert journal.opening.entries_checked == journal.head.seq
    stranger = structs.replace(checkpoint, epoch="0" * 32)
    with pytest.raises(Fault) as caught:
        list(journal.replay_after(stranger))
    assert caught.value.code == "journal_position_unknown"


def test_a_new_day_begins_a_new_file_and_a_clock_set_back_stays_in_it(machine: LaneMachine) -> None:
    journal = machine.open()
    pay(journal)
    pay(journal, day=TOMORROW)
    pay(journal, day=TODAY)
    pay(journal, day=TOMORROW)
    journal.close()
    names = [path.name for path in machine.disk.files() if path.suffix == ".journal"]
    assert names == ["000000000001-2026-11-22.journal", "000000000003-2026-11-23.journal"]
    journal = machine.open()
    assert [line.seq for line in journal.replay_after(None)] == [1, 2, 3, 4, 5]
    days = [read_body(line.body).day for line in journal.replay_after(None)]
    assert days == [TODAY, TODAY, TOMORROW, TODAY, TOMORROW]
    assert verify(machine.disk, DIRECTORY, WITNESS).ok


def test_a_batch_over_midnight_is_parted_by_days(machine: LaneMachine) -> None:
    journal = machine.open()
    days = [TODAY, TODAY, TOMORROW, TODAY, "2026-11-24"]
    journal.append_many([NewEntry(kind="LineAdded", data=b"{}", at=AT, day=day) for day in days])
    journal.sync()
    files = [path for path in machine.disk.files() if path.suffix == ".journal"]
    assert [machine.disk.content(path).count(b"\n") for path in files] == [3, 2, 1]
    assert verify(machine.disk, DIRECTORY, WITNESS).ok


def test_a_first_medium_that_is_gone_is_left_for_the_second(machine: LaneMachine) -> None:
    journal = machine.open(second_directory=SECOND)
    paid = pay(journal)
    machine.disk.kill()
    for operation in ("open", "list", "make_directory", "lock"):
        machine.disk.fail(operation, str(DIRECTORY))
    journal = machine.open(second_directory=SECOND)
    assert journal.opening.on_second
    assert journal.opening.parent == paid.head
    pay(journal)


def test_a_second_medium_that_is_gone_does_not_stop_the_register(machine: LaneMachine) -> None:
    machine.disk.fail("make_directory", str(SECOND))
    journal = machine.open(second_directory=SECOND)
    assert journal.opening.second_missing
    pay(journal)
    with pytest.raises(Fault) as caught:
        journal.move_to_second("try")
    assert caught.value.code == "journal_no_second_medium"


def test_a_folder_that_cannot_be_read_is_a_fault_with_words(machine: LaneMachine) -> None:
    machine.disk.fail("read", "slots")
    machine.disk.fail("open", ".journal")
    with pytest.raises(Fault) as caught:
        machine.open()
    assert caught.value.code == "journal_medium_failed"
    assert not [path for path in machine.disk.files() if path.suffix == ".journal"]
    machine.disk.heal()
    machine.open()


def test_files_of_other_programs_in_the_folder_are_left_alone(machine: LaneMachine) -> None:
    traded(machine)
    stray = Path(machine.newest_file().parent / "notes.txt")
    machine.disk.open(stray, Access.CREATE).write_at(0, b"do not delete")
    journal = machine.open()
    assert journal.opening.found is Found.CLEAN
    assert machine.disk.content(stray) == b"do not delete"
