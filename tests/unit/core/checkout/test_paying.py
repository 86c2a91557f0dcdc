"""Paying, giving back, and the shift, as sentences about a shop."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from evertill.core import intent as i
from evertill.core.checkout.paying import quick_amounts
from evertill.core.entry import SaleCompleted, ShiftClosed
from evertill.core.promotions import PercentOff, Promotion
from evertill.core.receipt import SaleDocument
from evertill.core.shop import Customer
from tests.fakes.shop import CARD, CASH, TAXES, Counter, product

GOODS = (
    product("tea", 333),
    product("jam", 249, tax_class="reduced"),
    product("pen", 100),
    product("roll", prices={"chf": 1_230_000, "sek": 12_490_000}),
)


def shop(**more: object) -> Counter:
    return Counter(goods=GOODS, **more).open()  # type: ignore[arg-type]


def test_several_tenders_settle_one_sale_and_only_cash_gives_change() -> None:
    counter = shop().scan("tea", "jam")
    assert counter.refused(i.TakeTender(tender="card", amount_minor=600)) == "amount_over_due"
    counter.do(i.TakeTender(tender="card", amount_minor=300))
    assert counter.refused(i.Scan(code="pen")) == "partly_paid"
    document = counter.pay("cash", 1000)
    assert document.change_minor == 718
    assert [tender.amount_minor for tender in document.tenders] == [300, 282]


def test_a_partial_payment_can_be_given_back() -> None:
    counter = shop().scan("tea")
    counter.do(i.TakeTender(tender="card", amount_minor=100), i.RemoveTender(tender_no=1), i.Scan(code="pen"))
    assert counter.pay().total_minor == 433
    assert counter.refused(i.RemoveTender(tender_no=1)) == "no_sale"


@pytest.mark.parametrize(
    ("currency", "tender", "due", "rounding"), [("CHF", "cash-chf", 125, 2), ("SEK", "cash-sek", 1200, -49)]
)
def test_cash_is_rounded_to_the_coins_there_are(currency: str, tender: str, due: int, rounding: int) -> None:
    counter = shop()
    counter.do(i.StartSale(currency=currency))
    counter.scan("roll")
    document = counter.pay(tender)
    assert (document.tenders[0].amount_minor, document.rounding_minor) == (due, rounding)


def test_nothing_to_pay_still_completes_and_an_empty_basket_does_not() -> None:
    counter = shop()
    assert counter.refused(i.TakeTender(tender="cash")) == "no_sale"
    counter.scan("pen")
    counter.do(i.GiveDiscount(rate_ppm=1_000_000, reason="damaged"), approver="9")
    assert counter.pay(amount_minor=0).total_minor == 0


def test_a_tender_of_another_currency_is_not_taken() -> None:
    assert shop().scan("tea").refused(i.TakeTender(tender="cash-chf")) == "tender_not_taken"


def test_tips_are_off_unless_the_shop_wants_them() -> None:
    counter = shop().scan("tea")
    assert counter.refused(i.TakeTender(tender="card", tip_minor=50)) == "no_tips"
    wanted = shop(settings=replace(Counter().settings, tips=True)).scan("tea")
    wanted.do(i.TakeTender(tender="card", tip_minor=50))
    assert wanted.documents["L1-AB12-000001"].tip_minor == 50


def test_manual_discounts_are_shared_to_the_cent_and_bounded_by_the_role() -> None:
    counter = shop().scan("tea", "jam", "pen")
    assert counter.refused(i.GiveDiscount(amount_minor=100, reason="damaged")) == "approval_needed"
    counter.do(i.GiveDiscount(rate_ppm=50_000, reason="damaged"))
    counter.do(i.GiveDiscount(amount_minor=100, reason="damaged"), approver="9")
    priced = counter.priced()
    assert priced.gross_minor == 582
    assert sum(part.amount_minor for line in priced.lines for part in line.discounts) == 100
    counter.do(i.ClearDiscounts())
    assert counter.priced().gross_minor == 682
    assert counter.refused(i.GiveDiscount(amount_minor=683, reason="damaged"), "9") == "discount_over_price"
    assert counter.refused(i.GiveDiscount(rate_ppm=2_000_000, reason="damaged")) == "bad_discount"
    assert counter.refused(i.GiveDiscount(rate_ppm=10_000, reason=" ")) == "reason_needed"


def test_an_exempt_customer_pays_no_tax() -> None:
    embassy = Customer(id="e", name="Embassy", codes=("55",), tax_exempt=True)
    counter = shop(customers=(embassy,)).scan("tea")
    counter.do(i.SetCustomer(code="55"))
    document = counter.pay()
    assert (document.tax_minor, document.total_minor) == (0, 280)


def test_a_return_mirrors_its_receipt_to_the_cent_even_after_rules_changed() -> None:
    counter = shop(promotions=(_tenth_off(),)).scan("tea", "tea", "tea", "jam")
    sold = counter.pay()
    counter.promotions = ()
    counter.__post_init__()
    counter.do(i.ReturnGoods(receipt=sold.receipt))
    back = counter.pay()
    assert (back.total_minor, back.tax_minor, back.net_minor) == (
        -sold.total_minor,
        -sold.tax_minor,
        -sold.net_minor,
    )
    assert counter.refused(i.ReturnGoods(receipt=sold.receipt)) == "all_returned"


def test_an_exchange_is_one_basket() -> None:
    counter = shop().scan("tea")
    sold = counter.pay()
    counter.do(i.ReturnGoods(receipt=f"EVT1:S1:L1:{sold.receipt}:01234567"), i.Scan(code="pen"))
    exchange = counter.pay()
    assert exchange.total_minor == 100 - 333
    assert exchange.tenders[0].amount_minor == -233


def test_no_more_comes_back_than_was_sold() -> None:
    counter = shop().scan("tea", "tea")
    receipt = counter.pay().receipt
    too_many = i.ReturnGoods(receipt=receipt, lines={"1": 3000})
    assert counter.refused(too_many) == "returned_too_many"
    counter.do(i.ReturnGoods(receipt=receipt, lines={"1": 1000}))
    assert counter.refused(i.ReturnGoods(receipt=receipt, lines={"1": 2000})) == "returned_too_many"
    assert counter.refused(i.ReturnGoods(receipt=receipt, lines={"7": 1000})) == "no_such_receipt_line"
    assert counter.refused(i.ReturnGoods(receipt="L9-0000-1")) == "unknown_receipt"


def test_a_return_without_receipt_needs_approval() -> None:
    counter = shop()
    assert counter.refused(i.Scan(code="tea", quantity_milli=-1000)) == "approval_needed"
    counter.do(i.Scan(code="tea", quantity_milli=-1000), approver="9")
    assert counter.pay().total_minor == -333
    strict = shop(settings=replace(Counter().settings, returns_without_receipt=False))
    assert strict.refused(i.Scan(code="tea", quantity_milli=-1000), "9") == "no_return_without_receipt"


def test_the_z_report_counts_over_and_short_and_closes_the_shift() -> None:
    counter = shop().scan("tea")
    counter.pay("cash", 500)
    counter.do(i.MoveCash(currency="EUR", amount_minor=-2_000, reason="bank"), approver="9")
    assert counter.refused(i.CloseShift()) == "count_needed"
    counter.do(i.CloseShift(counts={"EUR": {"5000": 1, "2000": 1, "1000": 1, "300": 1}}))
    closed = counter.written[-1]
    assert isinstance(closed, ShiftClosed)
    (cash,) = closed.report.cash
    assert (cash.expected_minor, cash.counted_minor, cash.difference_minor) == (8333, 8300, -33)
    assert counter.refused(i.Scan(code="tea")) == "no_shift"


def test_cash_that_is_not_there_cannot_be_taken_out() -> None:
    counter = shop()
    too_much = i.MoveCash(currency="EUR", amount_minor=-10_001, reason="bank")
    assert counter.refused(too_much, "9") == "not_enough_cash"
    assert (
        counter.refused(i.MoveCash(currency="USD", amount_minor=5, reason="x"), "9") == "no_cash_in_currency"
    )


def test_signing_out_with_a_basket_is_refused() -> None:
    assert shop().scan("tea").refused(i.SignOut()) == "basket_open"


def test_copies_are_numbered() -> None:
    counter = shop().scan("tea")
    counter.pay()
    counter.do(i.ReprintReceipt(), i.ReprintReceipt(), approver="9")
    assert [getattr(entry, "copy_no", None) for entry in counter.written[-2:]] == [1, 2]


def _tenth_off() -> Promotion:
    return Promotion(id="tenth", names={"en": "A tenth off"}, rewards=(PercentOff(rate_ppm=100_000),))


BASKETS = st.lists(
    st.tuples(st.sampled_from(["tea", "jam", "pen"]), st.integers(1, 9)), min_size=1, max_size=8
)


@settings(max_examples=60, deadline=None)
@given(BASKETS, st.booleans(), st.booleans(), st.sampled_from(["per_line", "per_receipt"]), st.data())
def test_whatever_is_sold_and_returned_piece_by_piece_adds_up_to_nothing(
    basket: list[tuple[str, int]], included: bool, promoted: bool, rounding: str, data: st.DataObject
) -> None:
    taxes = replace(
        TAXES, rounding=rounding, taxes=tuple(replace(tax, included=included) for tax in TAXES.taxes)
    )
    counter = shop(taxes=taxes, promotions=(_tenth_off(),) if promoted else ())
    for sku, pieces in basket:
        counter.do(i.Scan(code=sku, quantity_milli=pieces * 1000, merge=False))
    if data.draw(st.booleans()):
        amount = data.draw(st.integers(1, min(200, counter.priced().gross_minor if included else 50)))
        counter.do(i.GiveDiscount(amount_minor=amount, reason="damaged"), approver="9")
    sold = counter.pay()
    _adds_up(sold)
    back: list[SaleDocument] = []
    left = {line.no: line.quantity_milli // 1000 for line in sold.lines}
    while any(left.values()):
        no = data.draw(st.sampled_from([no for no, pieces in left.items() if pieces]))
        pieces = data.draw(st.integers(1, left[no]))
        left[no] -= pieces
        counter.do(i.ReturnGoods(receipt=sold.receipt, lines={str(no): pieces * 1000}))
        back.append(counter.pay())
        _adds_up(back[-1])
    for figure in ("total_minor", "net_minor", "tax_minor", "discount_minor"):
        assert getattr(sold, figure) + sum(getattr(part, figure) for part in back) == 0, figure


def _adds_up(document: SaleDocument) -> None:
    assert document.net_minor + document.tax_minor == document.total_minor
    assert sum(line.gross_minor for line in document.lines) == document.total_minor
    assert sum(tax.tax_minor for tax in document.taxes) == document.tax_minor
    settled = sum(tender.amount_minor for tender in document.tenders)
    assert settled == document.total_minor + document.rounding_minor
    for line in document.lines:
        assert line.net_minor + line.tax_minor == line.gross_minor
        assert sum(amount for _, _, amount in line.taxes) == line.tax_minor


def test_every_entry_survives_the_journal() -> None:
    counter = shop().scan("tea")
    counter.pay()
    for entry in counter.written:
        assert msgspec.json.decode(msgspec.json.encode(entry), type=type(entry)) == entry
    assert any(isinstance(entry, SaleCompleted) for entry in counter.written)


def test_quick_amounts_are_what_people_hand_over() -> None:
    coins = replace(CASH, notes_minor=(5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1))
    assert quick_amounts(coins, 735) == (800, 1000, 2000, 5000)
    yen = replace(CASH, currency="JPY", notes_minor=(10000, 5000, 1000, 500, 100, 50, 10, 5, 1))
    assert quick_amounts(yen, 733) == (735, 740, 750, 800)
    assert quick_amounts(CARD, 735) == ()
    assert quick_amounts(coins, -100) == ()
