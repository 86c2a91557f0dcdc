"""A register whose disk fills, fails, is damaged or loses power: nothing paid is lost, nothing is hidden."""

from __future__ import annotations

import errno
import random
from pathlib import Path

import msgspec
import pytest

from evertill.core import intent as i
from evertill.core.fault import Fault
from evertill.journal.opening import Found
from evertill.lane.agent import Done
from tests.fakes.disk import PowerCut, everything, nothing
from tests.fakes.lane import JOURNAL, SECOND, FakeLane


def journal_files(lane: FakeLane) -> list[Path]:
    return [path for path in lane.disk.files() if path.suffix == ".journal"]


def fill(lane: FakeLane) -> None:
    """Somebody else fills the disk, to the last byte."""
    lane.disk.capacity_bytes -= lane.disk.room()


def test_a_full_disk_first_eats_the_reserve_then_refuses_in_words_and_sells_again_with_space() -> None:
    lane = FakeLane(capacity_bytes=64 << 20, reserve_bytes=2 << 20).open()
    lane.sell("tea")
    fill(lane)
    sold = 1
    met: Fault | None = None
    while met is None:
        try:
            lane.sell("tea", request=f"sale {sold}")
            sold += 1
        except Fault as fault:
            met = fault
    assert (met.code, met.retry) == ("journal_disk_full", True)
    assert "Free some space" in met.hint
    assert sold > 500, "the reserve holds days of sales"
    assert lane.agent.journal.space.reserve_bytes == 0
    state = lane.agent.state
    asked = i.Scan(code="tea") if state.sale is None else i.TakeTender(tender="cash")
    assert lane.fault(asked).code == "journal_disk_full"
    lane.disk.capacity_bytes += 4 << 20
    if state.sale is None:
        lane.do(i.Scan(code="tea"))
    last = lane.do(i.TakeTender(tender="cash")).document
    assert last is not None
    assert last.receipt_no == sold + 1
    lane.disk.power_cut(nothing)
    lane.start()
    assert lane.agent.state.receipts_given == sold + 1
    assert lane.kinds().count("SaleCompleted") == sold + 1


def test_a_disk_that_refuses_a_sync_keeps_the_sale_open_and_says_so() -> None:
    lane = FakeLane().open()
    lane.sell("tea")
    lane.do(i.Scan(code="milk"))
    lane.disk.fail("sync", ".journal", number=errno.EIO, times=1)
    assert lane.fault(i.TakeTender(tender="cash")).code == "journal_medium_failed"
    assert lane.agent.state.sale is not None
    assert lane.fault(i.TakeTender(tender="cash")).code == "journal_medium_failed", "not believed again"
    assert lane.agent.journal.failure is not None
    lane.disk.power_cut(everything)
    lane.start()
    assert lane.agent.journal.opening.found is Found.MEDIUM_FAILED
    assert lane.agent.state.receipts_given == 1
    assert lane.kinds().count("SaleCompleted") == 1
    sold = lane.sell("milk")
    assert sold.receipt_no == 2


@pytest.mark.parametrize("operation", ["sync", "write"])
def test_with_a_second_medium_a_failing_disk_costs_no_sale(operation: str) -> None:
    lane = FakeLane(second=True).open()
    first = lane.sell("tea")
    lane.do(i.Scan(code="milk"), i.Scan(code="tea"))
    lane.disk.fail(operation, str(JOURNAL), number=errno.EIO)
    sold = lane.do(i.TakeTender(tender="cash", request="pay")).document
    assert sold is not None
    assert (sold.total_minor, sold.receipt_no) == (318, 2)
    assert lane.agent.moved_to_second
    assert lane.do(i.TakeTender(tender="cash", request="pay")).document == sold
    lane.sell("tea")
    lane.disk.heal()
    lane.disk.power_cut(nothing)
    lane.start()
    assert [path.parent.parent for path in journal_files(lane)].count(SECOND) == 1
    assert lane.agent.state.receipts_given == 3
    assert lane.kinds().count("SaleCompleted") == 3
    assert lane.agent.receipt(first.receipt) == first
    assert lane.agent.receipt(sold.receipt) == sold


def test_a_disk_that_fails_between_two_sales_is_left_at_the_next_one() -> None:
    """The failing call is a scan's, not a payment's: the basket moves too."""
    lane = FakeLane(second=True).open()
    lane.do(i.Scan(code="milk"))
    lane.disk.fail("write", str(JOURNAL), number=errno.EIO)
    lane.do(i.Scan(code="tea"))
    lane.disk.heal()
    lane.killed()
    sale = lane.agent.state.sale
    assert sale is not None
    assert [line.sku for line in sale.lines] == ["milk", "tea"]


def test_a_journal_damaged_in_the_middle_sells_on_in_a_new_epoch_and_says_so() -> None:
    lane = FakeLane().open()
    sold = [lane.sell("tea") for _ in range(6)]
    lane.agent.close()
    path = journal_files(lane)[0]
    middle = lane.disk.content(path).index(sold[3].receipt.encode())
    for bit in range(8):
        lane.disk.flip(path, middle + bit, 0)
    lane.killed()
    opening = lane.agent.journal.opening
    assert opening.found is Found.DAMAGE
    stranded = [line for line in lane.agent.journal.stranded() if b'"SaleCompleted"' in line.body]
    assert len(stranded) == 2, "what stands behind the damage is there to be entered anew"
    assert lane.agent.state.receipts_given == 3
    assert lane.agent.receipt(sold[2].receipt) == sold[2]
    if lane.agent.state.sale is not None:
        lane.do(i.SignIn(staff="9", pin=""), i.VoidSale())
    again = lane.sell("tea")
    assert again.receipt not in {one.receipt for one in sold}, "no number is ever given twice"
    lane.killed()
    assert lane.agent.journal.opening.found is Found.CLEAN
    assert lane.agent.receipt(again.receipt) == again


def test_a_journal_that_was_emptied_is_noticed_and_no_number_comes_again() -> None:
    lane = FakeLane().open()
    sold = [lane.sell("tea") for _ in range(3)]
    lane.agent.close()
    lane.disk.delete(journal_files(lane)[0].parent)
    lane.killed()
    assert lane.agent.journal.opening.found is Found.EMPTY_BUT_KNOWN
    again = lane.open().sell("tea")
    assert again.receipt not in {one.receipt for one in sold}


def test_a_power_cut_at_any_call_of_a_sale_keeps_what_was_answered() -> None:
    chance = random.Random(20_261_122)
    for cut_after in range(1, 60, 3):
        lane = FakeLane().open()
        before = lane.sell("tea")
        lane.disk.cut_at = lane.disk.calls + cut_after
        answered: list[str] = []
        try:
            for number in range(4):
                lane.do(i.Scan(code="milk"))
                answer = lane.ask(i.TakeTender(tender="cash", request=str(number)))
                assert isinstance(answer, Done)
                assert answer.document is not None
                answered.append(answer.document.receipt)
        except PowerCut:
            pass
        lane.disk.power_cut(lambda item: chance.randint(0, item.pieces))
        lane.start()
        kept = [entry.document.receipt for entry in lane.entries() if hasattr(entry, "document")]
        assert kept[: 1 + len(answered)] == [before.receipt, *answered], cut_after
        assert len(kept) == len(set(kept))
        if lane.agent.state.sale is not None:
            lane.sell("milk")
        assert lane.sell("tea").receipt_no == lane.agent.state.receipts_given


def test_a_clean_start_and_a_start_from_nothing_come_to_the_same_state() -> None:
    lane = FakeLane().open("9")
    lane.sell("tea", "milk")
    receipt = lane.sell("tea")
    lane.do(i.ReturnGoods(receipt=receipt.receipt), i.TakeTender(tender="cash"))
    lane.do(i.Scan(code="milk"), i.ParkSale(note="wallet in the car"))
    lane.do(i.MoveCash(currency="EUR", amount_minor=-500, reason="to-safe"))
    lane.do(i.ReprintReceipt(receipt=receipt.receipt))
    lane.do(i.Scan(code="tea"))
    state = lane.agent.state
    lane.killed()
    assert msgspec.json.encode(lane.agent.state) == msgspec.json.encode(state)
    assert dict(lane.agent.returned_milli(receipt.receipt)) == {1: 1000}
    assert len(lane.agent.books.newest(10)) == 3
    assert lane.refused(i.ReturnGoods(receipt=receipt.receipt)).code == "all_returned"
