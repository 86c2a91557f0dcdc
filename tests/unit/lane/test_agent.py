"""What bad input gets at a register: a sentence, no entry, and a sale that goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from evertill.core import intent as i
from evertill.core.fault import Fault
from evertill.core.shop import Settings
from evertill.lane.agent import Done
from tests.fakes.lane import GOODS, SHOP, FakeLane, MemoryCatalogue
from tests.fakes.shop import product


@pytest.fixture
def lane() -> FakeLane:
    return FakeLane().open()


@pytest.mark.parametrize(
    ("intent", "code"),
    [
        (i.Scan(code="4006381333932"), "barcode_check_digit"),
        (i.Scan(code="5901234123457"), "unknown_code"),
        (i.Scan(code=""), "barcode_empty"),
        (i.Scan(code="\x00\x1d"), "barcode_empty"),
        (i.Scan(code="010400638133393117261101"), "expired_goods"),
        (i.Scan(code="010400638133393117261101", accept_expired=True), "approval_needed"),
        (i.Scan(code="tea", quantity_milli=0), "quantity_zero"),
        (i.Scan(code="tea", quantity_milli=10**15), "quantity_too_big"),
        (i.Scan(code="tea", quantity_milli=10**30), "quantity_too_big"),
        (i.Scan(code="tea", quantity_milli=1_500), "quantity_not_whole"),
        (i.Scan(code="apples"), "quantity_needed"),
        (i.Scan(code="sundries"), "price_needed"),
        (i.Scan(code="sundries", unit_price_e4=-1), "negative_price"),
        (i.Scan(code="sundries", amount_minor=-1), "negative_price"),
        (i.Scan(code="sundries", unit_price_e4=10**20), "line_amount_too_big"),
        (i.Scan(code="sundries", amount_minor=10**30), "line_amount_too_big"),
        (i.Scan(code="tea", unit_price_e4=1), "approval_needed"),
        (i.Scan(code="tea", quantity_milli=-1000), "approval_needed"),
        (i.Scan(code="beer"), "age_unproven"),
        (i.Scan(code="tea", sku="coffee"), "unknown_code"),
        (i.ChangeQuantity(line_no=1, quantity_milli=2000), "no_sale"),
        (i.VoidLine(line_no=1), "no_sale"),
        (i.TakeTender(tender="cash"), "no_sale"),
        (i.StartSale(currency="JPY"), "no_tender_in_currency"),
        (i.StartSale(currency="no such money"), "no_tender_in_currency"),
        (i.StartSale(occurred_on="yesterday"), "bad_date"),
        (i.StartSale(occurred_on="2026-02-30"), "bad_date"),
        (i.OpenShift(float_minor={"EUR": 1}), "shift_open"),
        (i.CloseShift(counts={}), "count_needed"),
        (i.CloseShift(counts={"EUR": {"9" * 5_000: 1}}), "bad_count"),
        (i.CloseShift(counts={"EUR": {"five": 1}}), "bad_count"),
        (i.ReturnGoods(receipt="L1-0000-000009"), "approval_needed"),
        (i.RecallSale(parked="L1-0000-S9"), "not_parked"),
        (i.ReprintReceipt(), "approval_needed"),
        (i.ProveAge(years=18), "approval_needed"),
    ],
)
def test_senseless_asking_gets_a_sentence_and_leaves_no_entry(
    lane: FakeLane, intent: i.Intent, code: str
) -> None:
    assert lane.refused(intent).code == code
    assert lane.sell("tea").total_minor == 199


@pytest.mark.parametrize(
    ("intent", "code"),
    [
        (i.TakeTender(tender="gold"), "tender_not_taken"),
        (i.TakeTender(tender="cash-chf"), "tender_not_taken"),
        (i.TakeTender(tender="cash", amount_minor=-1), "amount_needed"),
        (i.TakeTender(tender="cash", amount_minor=0), "amount_needed"),
        (i.TakeTender(tender="cash", amount_minor=10**30), "amount_too_big"),
        (i.TakeTender(tender="card", amount_minor=200), "amount_over_due"),
        (i.TakeTender(tender="cash", tip_minor=5), "no_tips"),
        (i.TakeTender(tender="cash", sale="L1-0000-S9"), "other_sale"),
        (i.RemoveTender(tender_no=1), "no_such_payment"),
        (i.ChangeQuantity(line_no=1, quantity_milli=0), "quantity_zero"),
        (i.ChangeQuantity(line_no=9, quantity_milli=1000), "no_line"),
        (i.ChangeQuantity(line_no=1, quantity_milli=-1000), "quantity_sign"),
        (i.OverridePrice(line_no=1, unit_price_e4=-1, reason="x"), "negative_price"),
        (i.OverridePrice(line_no=1, unit_price_e4=1, reason=" "), "reason_needed"),
        (i.GiveDiscount(reason="damaged", rate_ppm=1_000_001), "bad_discount"),
        (i.SignOut(), "basket_open"),
        (i.CloseShift(counts={"EUR": {"100": 100}}), "basket_open"),
        (i.StartSale(), "sale_open"),
        (i.AddNote(text="x" * 501), "bad_note"),
        (i.SetCustomer(code="nobody"), "unknown_customer"),
        (i.AddCoupon(coupon="FREE"), "unknown_coupon"),
    ],
)
def test_a_basket_in_hand_survives_senseless_asking(lane: FakeLane, intent: i.Intent, code: str) -> None:
    lane.do(i.Scan(code="tea"))
    assert lane.refused(intent).code == code
    document = lane.do(i.TakeTender(tender="cash")).document
    assert document is not None
    assert document.total_minor == 199


def test_a_full_basket_takes_payment_and_not_another_line(lane: FakeLane) -> None:
    for _ in range(5):
        lane.do(i.Scan(code="tea", merge=False))
    assert lane.refused(i.Scan(code="milk")).code == "too_many_lines"
    document = lane.do(i.TakeTender(tender="cash")).document
    assert document is not None
    assert len(document.lines) == 5


def test_a_sale_in_a_currency_without_prices_says_so_and_can_be_given_up(lane: FakeLane) -> None:
    lane.do(i.StartSale(currency="CHF"))
    assert lane.refused(i.Scan(code="tea")).code == "no_price"
    assert lane.refused(i.TakeTender(tender="cash-chf")).code == "empty_basket"
    lane.do(i.VoidSale())
    assert lane.sell("tea").currency == "EUR"


def test_nothing_is_possible_before_somebody_signs_in() -> None:
    lane = FakeLane()
    for intent in (i.Scan(code="tea"), i.OpenShift(), i.TakeReport(), i.TakeTender(tender="cash")):
        assert lane.refused(intent).code == "sign_in_first"


def test_a_closed_shift_sells_nothing() -> None:
    lane = FakeLane()
    lane.do(i.SignIn(staff="9", pin=""))
    for intent in (
        i.Scan(code="tea"),
        i.StartSale(),
        i.ProveAge(years=18),
        i.MoveCash(currency="EUR", amount_minor=1, reason="x"),
        i.CloseShift(),
        i.TakeReport(),
        i.OpenDrawer(reason="x"),
        i.ReturnGoods(receipt="x"),
    ):
        assert lane.refused(intent).code == "no_shift"


def test_a_second_click_on_pay_is_the_same_payment(lane: FakeLane) -> None:
    lane.do(i.Scan(code="tea"))
    sale = lane.agent.state.sale
    assert sale is not None
    pay = i.TakeTender(tender="cash", sale=sale.id, request="click")
    first = lane.do(pay)
    for again in (
        pay,
        i.TakeTender(tender="cash", sale=sale.id),
        i.TakeTender(tender="cash", sale=sale.id, request="other"),
    ):
        answer = lane.do(again)
        assert answer.document == first.document
        assert answer.head == first.head
        assert answer.again
        assert answer.entries == ()
    assert lane.kinds().count("SaleCompleted") == 1
    assert lane.refused(i.TakeTender(tender="cash")).code == "no_sale"


def test_a_second_click_does_not_pay_for_the_next_customer(lane: FakeLane) -> None:
    lane.do(i.Scan(code="tea"))
    paid = lane.agent.state.sale
    assert paid is not None
    lane.do(i.TakeTender(tender="cash", sale=paid.id))
    lane.do(i.Scan(code="milk"))
    assert lane.do(i.TakeTender(tender="cash", sale=paid.id)).again
    assert lane.agent.state.sale is not None


def test_a_request_is_known_again_after_the_lane_died_and_its_tables_with_it(lane: FakeLane) -> None:
    lane.do(i.Scan(code="tea", request="a"), i.Scan(code="tea", request="b"))
    lane.killed()
    assert lane.do(i.Scan(code="tea", request="b")).again
    sale = lane.agent.state.sale
    assert sale is not None
    assert sale.lines[0].quantity_milli == 2_000
    paid = lane.do(i.TakeTender(tender="cash", request="c")).document
    lane.do(i.Scan(code="milk", request="d"))
    closed_by_then = lane.do(i.TakeTender(tender="cash", request="e")).document
    lane.killed()
    assert lane.do(i.TakeTender(tender="cash", request="c")).document == paid
    assert lane.do(i.TakeTender(tender="cash", request="e")).document == closed_by_then
    assert lane.kinds().count("SaleCompleted") == 2


def test_the_day_is_closed_once_and_told_twice(lane: FakeLane) -> None:
    lane.sell("tea")
    close = i.CloseShift(counts={"EUR": {"100": 101, "1": 99}}, request="z")
    first = lane.do(close)
    again = lane.do(close)
    assert first.report is not None
    assert again == Done(report=first.report, again=True)
    assert lane.kinds().count("ShiftClosed") == 1


def test_a_wrong_pin_locks_out_for_a_minute_and_then_no_longer() -> None:
    lane = FakeLane()
    for _ in range(3):
        lane.agent.pin_failed("1")
    refusal = lane.refused(i.SignIn(staff="1", pin=""))
    assert refusal.code == "pin_locked"
    assert 0 < refusal.params["seconds"] <= 60
    lane.do(i.SignIn(staff="9", pin=""))
    lane.clock.pass_by(timedelta(seconds=60))
    lane.do(i.SignIn(staff="1", pin=""))
    assert lane.agent.state.pin_failures == {}


def test_a_restart_gives_no_new_tries() -> None:
    lane = FakeLane()
    for _ in range(3):
        lane.agent.pin_failed("1")
    lane.killed()
    lane.agent.pin_failed("1")
    assert lane.refused(i.SignIn(staff="1", pin="")).code == "pin_locked"


def test_wrong_pins_of_nobody_fill_no_book() -> None:
    lane = FakeLane()
    head = lane.agent.journal.head
    lane.agent.pin_failed("no such person")
    assert lane.agent.journal.head == head


def test_a_colleague_who_may_not_cannot_lend_it(lane: FakeLane) -> None:
    lane.do(i.Scan(code="tea"))
    void = i.VoidLine(line_no=1)
    assert lane.refused(void).code == "approval_needed"
    refusal = lane.refused(void, approver="2")
    assert refusal.code == "approver_not_allowed"
    assert refusal.params["name"] == "Cashier 2"
    lane.do(void, approver="9")


def test_a_clock_set_back_a_day_is_said_and_the_books_go_on_in_their_day(lane: FakeLane) -> None:
    before = lane.sell("tea")
    lane.clock.set_to(lane.clock.now() - timedelta(days=1))
    lane.agent.watch_clock()
    assert 86_000 < lane.agent.clock_behind_s < 87_000
    after = lane.sell("milk")
    assert after.day == before.day
    assert after.receipt_no == before.receipt_no + 1
    assert [row.receipt for row in lane.agent.books.newest(9)] == [after.receipt, before.receipt]
    assert lane.kinds().count("ClockStepped") == 1
    lane.killed()
    assert lane.agent.clock_behind_s > 86_000
    assert lane.sell("tea").day == before.day
    lane.clock.set_to(lane.clock.now() + timedelta(days=1))
    lane.agent.watch_clock()
    assert lane.agent.clock_behind_s == 0


def test_an_edition_takes_effect_between_two_sales_and_not_within_one(lane: FakeLane) -> None:
    dearer = MemoryCatalogue((product("tea", 299), *GOODS[1:]), version=2)
    lane.do(i.Scan(code="tea"))
    assert not lane.agent.adopt(dearer)  # type: ignore[arg-type]
    lane.do(i.Scan(code="tea"))
    sold = lane.do(i.TakeTender(tender="cash")).document
    assert sold is not None
    assert (sold.total_minor, sold.edition) == (398, 1)
    assert lane.agent.adopt(dearer)  # type: ignore[arg-type]
    sold = lane.sell("tea")
    assert (sold.total_minor, sold.edition) == (299, 2)
    assert lane.kinds().count("EditionAdopted") == 2


def test_a_lane_killed_right_after_it_took_up_an_edition_does_not_adopt_the_one_before_again(
    lane: FakeLane,
) -> None:
    assert lane.agent.adopt(MemoryCatalogue(version=2))  # type: ignore[arg-type]
    before = lane.kinds()
    lane.killed()  # its tables still name edition 1, and so does the catalogue that it is started with
    assert lane.agent.state.edition == 2
    assert lane.kinds() == [*before, "LaneStarted"]


def test_a_parked_basket_is_priced_by_the_edition_in_force_when_it_is_taken_up(lane: FakeLane) -> None:
    lane.do(i.Scan(code="tea"))
    parked = lane.agent.state.sale
    assert parked is not None
    lane.do(i.ParkSale())
    lane.catalogue = MemoryCatalogue(version=2)
    assert lane.agent.adopt(lane.catalogue)  # type: ignore[arg-type]
    lane.killed()
    assert [one.sale.id for one in lane.agent.state.parked] == [parked.id]
    lane.do(i.RecallSale(parked=parked.id))
    sold = lane.do(i.TakeTender(tender="cash")).document
    assert sold is not None
    assert sold.edition == 2


def test_a_third_parked_basket_is_one_too_many(lane: FakeLane) -> None:
    for _ in range(2):
        lane.do(i.Scan(code="tea"), i.ParkSale())
    lane.do(i.Scan(code="tea"))
    assert lane.refused(i.ParkSale()).code == "too_many_parked"
    assert lane.do(i.TakeTender(tender="cash")).document is not None


def test_a_bug_in_deciding_records_nothing(lane: FakeLane) -> None:
    """A shop without roles for its staff is refused; one whose settings make the rules stumble raises."""
    broken = MemoryCatalogue(
        shop=SHOP.__class__(
            settings=Settings(store="S1", names={"en": "x"}, currency="EUR", day_starts_at="late"),
            tax_table=SHOP.tax_table,
            tenders=SHOP.tenders,
            roles=SHOP.roles,
            staff=SHOP.staff,
            price_lists=SHOP.price_lists,
        )
    )
    head, state = lane.agent.journal.head, lane.agent.state
    lane.agent.adopt(broken)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="unpack"):
        lane.ask(i.Scan(code="tea"))
    assert (lane.agent.journal.head, lane.agent.state) == (head, state)
    lane.agent.adopt(lane.catalogue)  # type: ignore[arg-type]
    assert lane.sell("tea").receipt_no == 1


def test_an_unknown_kind_of_entry_from_a_later_release_is_passed_over(lane: FakeLane) -> None:
    sold = lane.sell("tea")
    head = lane.agent.journal.head
    lane.agent.journal.append(
        "MoonPhaseNoted", b'{"phase":"full"}', at="2026-11-22T09:00:00.000Z", day=sold.day
    )
    lane.agent.journal.sync()
    lane.killed()
    assert lane.agent.journal.head.seq > head.seq
    assert lane.sell("milk").receipt_no == 2


def test_a_receipt_that_the_journal_cannot_give_is_a_sentence(lane: FakeLane) -> None:
    sold = lane.sell("tea")
    lane.killed()
    assert lane.agent.receipt(sold.receipt) is not None
    position = lane.agent.books.receipt(sold.receipt)
    assert position is not None
    lane.agent.settle(all_now=True)
    lane.disk.delete(next(path for path in lane.disk.files() if path.name == position[1].segment))
    with pytest.raises(Fault, match="journal_unreadable"):
        lane.agent.receipt(sold.receipt)
