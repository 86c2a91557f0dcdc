"""Other processes read the journal: the uplink, and whoever checks the books."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evertill.core.fault import Fault
from evertill.journal import Head, dump, durable_head, verify
from evertill.journal.line import chain_hash, encode_line
from evertill.journal.segment import find_line
from evertill.journal.witness import Record, decode_record, encode_record
from tests.unit.journal.lane_journal import DIRECTORY, TODAY, TOMORROW, WITNESS, LaneMachine, pay, sell


def shop(days: int = 2) -> LaneMachine:
    """A register after some trade over two epochs, switched off."""
    machine = LaneMachine()
    journal = machine.open()
    sell(journal, 4)
    pay(journal)
    if days > 1:
        sell(journal, 3, day=TOMORROW)
        pay(journal, day=TOMORROW)
    journal.open_epoch("recovered")
    sell(journal, 2, day=TOMORROW)
    journal.close()
    return machine


SHOP = shop()
LINES = SHOP.handed_out()


def file_of_day(machine: LaneMachine, day: str) -> Path:
    """The first epoch's file of this day."""
    return next(
        path for path in machine.disk.files() if path.parent.name == LINES[0].epoch and day in path.name
    )


def test_nats_7549_what_is_not_synced_is_not_handed_out() -> None:
    machine = LaneMachine()
    journal = machine.open()
    paid = pay(journal)
    sell(journal, 3)
    assert [line.hash for line in machine.handed_out(paid)] == []
    assert durable_head(machine.disk, WITNESS) == paid
    promised = pay(journal)
    sent = machine.handed_out(paid)
    assert [line.seq for line in sent] == [3, 4, 5, 6]
    assert sent[-1].position == promised


@given(st.integers(0, len(LINES)), st.booleans(), st.integers(1, 3000))
def test_the_uplink_gets_every_line_once_wherever_it_goes_on(begin: int, as_head: bool, limit: int) -> None:
    after = LINES[begin - 1].position if begin else None
    sent = []
    while True:
        position = after.head if after is not None and as_head else after
        batch = SHOP.handed_out(position, limit_bytes=limit)
        if not batch:
            break
        assert sum(line.length for line in batch[:-1]) < limit
        sent += batch
        after = batch[-1].position
    assert sent == LINES[begin:]


def test_a_place_that_never_was_is_a_fault_and_not_a_guess() -> None:
    for head in (
        Head(epoch="0" * 32, seq=1, hash="0" * 64),
        Head(epoch=LINES[0].epoch, seq=2, hash="0" * 64),
        Head(epoch=LINES[-1].epoch, seq=1, hash="0" * 64),
    ):
        with pytest.raises(Fault) as caught:
            SHOP.handed_out(head)
        assert caught.value.code == "journal_position_unknown"


def test_a_server_that_knows_more_than_the_journal_gets_nothing() -> None:
    last = LINES[-1]
    assert SHOP.handed_out(Head(epoch=last.epoch, seq=last.seq + 1, hash="0" * 64)) == []


def test_a_wrong_line_is_never_handed_out() -> None:
    machine = shop()
    path = file_of_day(machine, TODAY)
    machine.disk.flip(path, machine.disk.content(path).index(b'"seq":3'), 0)
    with pytest.raises(Fault) as caught:
        machine.handed_out()
    assert caught.value.code == "journal_unreadable"


def test_a_disk_that_does_not_answer_is_a_fault_that_may_pass() -> None:
    machine = shop()
    machine.disk.fail("read", ".journal")
    with pytest.raises(Fault) as caught:
        machine.handed_out()
    assert (caught.value.code, caught.value.retry) == ("journal_unreadable", True)


def test_an_entry_is_found_by_halving_a_large_file() -> None:
    machine = LaneMachine()
    journal = machine.open()
    note = "x" * 2000
    positions = [position for _ in range(20) for position in sell(journal, 100, note=note)]
    path = DIRECTORY / journal.head.epoch
    for seq in (1, 2, 3, 777, 1500, 2000, 2001):
        line = find_line(machine.disk, path, seq)
        assert line is not None
        assert line.seq == seq
        if seq > 1:
            assert line.position == positions[seq - 2]
    assert find_line(machine.disk, path, 2002) is None
    assert find_line(machine.disk, path, 0) is None


def test_the_books_of_a_good_shop_are_in_order() -> None:
    report = verify(SHOP.disk, DIRECTORY, WITNESS)
    assert report.ok
    assert [epoch.entries for epoch in report.epochs] == [10, 3]
    assert report.epochs[1].parent == report.epochs[0].last
    assert report.confirmed == LINES[-1].position.head
    assert [line.hash for line in dump(SHOP.disk, DIRECTORY)] == [line.hash for line in LINES]


JOURNAL_FILES = [path for path in SHOP.disk.files() if path.suffix == ".journal"]


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(JOURNAL_FILES), st.integers(0, 1 << 20), st.integers(0, 7))
def test_any_single_bit_turned_over_in_any_line_is_noticed(path: object, place: int, bit: int) -> None:
    offset = place % len(SHOP.disk.content(path))
    SHOP.disk.flip(path, offset, bit)
    try:
        report = verify(SHOP.disk, DIRECTORY)
        assert not report.ok
        assert all(found.words.endswith(".") for found in report.all_breaks)
        assert any(path.name in found.words for found in report.all_breaks)
    finally:
        SHOP.disk.flip(path, offset, bit)


def test_every_bit_of_a_line_is_noticed() -> None:
    machine = LaneMachine()
    pay(machine.open())
    path = machine.newest_file()
    for offset in range(len(machine.disk.content(path))):
        for bit in range(8):
            machine.disk.flip(path, offset, bit)
            assert not verify(machine.disk, DIRECTORY).ok, (offset, bit)
            machine.disk.flip(path, offset, bit)


def tampered(change: object) -> list[str]:
    """What the books say after `change` was made to the lines of the first file."""
    machine = shop()
    path = file_of_day(machine, TODAY)
    lines = machine.disk.content(path).splitlines(keepends=True)
    change(lines)
    machine.disk.replace(path, b"".join(lines))
    return [str(found.wrong) for found in verify(machine.disk, DIRECTORY, WITNESS).all_breaks]


def forge(lines: list[bytes]) -> None:
    """Changes an amount and puts the right hash to it."""
    body = lines[2][130:-1].replace(b"amount", b"amoumt")
    prev = lines[2][:64].decode()
    lines[2] = encode_line(prev, chain_hash(prev, body), body)


def spoil(lines: list[bytes]) -> None:
    """An entry that is chained rightly but is no JSON; all behind it chained anew."""
    prev = lines[1][65:129].decode()
    for index in range(2, len(lines)):
        body = lines[index][130:-1]
        body = body[:-1] + b"]" if index == 2 else body
        lines[index] = encode_line(prev, chain_hash(prev, body + b"}"), body + b"}")
        prev = chain_hash(prev, body + b"}")


def test_each_way_of_tampering_is_called_by_its_name() -> None:
    assert tampered(lambda lines: lines.pop(2)) == ["number"]
    assert tampered(lambda lines: lines.insert(2, lines[2])) == ["number"]
    assert tampered(lambda lines: lines.insert(2, b"garbage\n"))[0] == "line"
    assert tampered(forge) == ["chain"]
    assert "body" in tampered(spoil)
    assert tampered(lambda lines: lines.append(b"torn")) == ["line"]


def test_a_missing_day_is_called_a_missing_file() -> None:
    machine = shop()
    machine.disk.delete(file_of_day(machine, TOMORROW))
    words = [found.words for found in verify(machine.disk, DIRECTORY, WITNESS).all_breaks]
    assert len(words) == 1
    assert "is not there" in words[0]
    machine.disk.delete(file_of_day(machine, TODAY))
    assert not verify(machine.disk, DIRECTORY, WITNESS).ok
    machine = shop()
    machine.disk.delete(file_of_day(machine, TODAY))
    words = [found.words for found in verify(machine.disk, DIRECTORY, WITNESS).all_breaks]
    assert "a file is missing" in words[0]


def test_pgbackrest_2723_a_deleted_epoch_is_not_verified_as_well() -> None:
    machine = shop()
    machine.disk.delete(DIRECTORY / LINES[-1].epoch)
    report = verify(machine.disk, DIRECTORY, WITNESS)
    assert [found.wrong for found in report.all_breaks] == ["behind"]
    assert verify(machine.disk, DIRECTORY).ok  # a chain cannot see its own missing tail


def test_a_torn_tail_is_told_from_damage() -> None:
    machine = LaneMachine()
    journal = machine.open()
    pay(journal)
    sell(journal)
    machine.disk.power_cut(lambda item: item.pieces // 2)
    report = verify(machine.disk, DIRECTORY, WITNESS)
    assert report.only_torn
    assert not report.ok


@given(st.binary(max_size=600))
def test_the_witness_reads_no_sense_into_garbage(data: bytes) -> None:
    assert decode_record(data) is None


@given(st.integers(0, 512 * 8 - 1), st.booleans())
def test_a_witness_record_with_one_bit_turned_over_does_not_count(place: int, failed: bool) -> None:
    head = LINES[-1].position
    record = Record(counter=12, confirmed=LINES[0].position, intended=head, failed=failed)
    data = bytearray(encode_record(record))
    assert decode_record(bytes(data)) == record
    data[place // 8] ^= 1 << place % 8
    assert decode_record(bytes(data)) is None


def test_the_largest_witness_record_fits_its_slot() -> None:
    head = LINES[-1].position
    far = type(head)(epoch=head.epoch, seq=10**12 - 1, hash=head.hash, segment=head.segment, offset=10**13)
    assert len(encode_record(Record(counter=10**15, confirmed=far, intended=far, failed=True))) == 512
