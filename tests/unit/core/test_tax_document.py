"""Whole documents: invoices, discounts on everything, rounding for cash."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evertill.core.tax import Tax
from evertill.core.tax.cart import itemise
from evertill.core.tax.document import DocumentLine, discount_document, round_for_cash, total_document
from evertill.core.tax.invoice import CENT, Adjustment, InvoiceLine, agreed_vat, break_down, total_invoice

VAT = Tax(id="vat", names={}, rate_ppm=210_000)
ADDED = Tax(id="added", names={}, rate_ppm=60_000, included=False, includes_in_base=True)
ECO = Tax(id="eco", names={}, kind="fixed", amount_e4=1_000_000, included=False)
STACKS = [(VAT,), (ADDED,), (ECO, ADDED), (ADDED, VAT), ()]

lines = st.lists(
    st.builds(
        DocumentLine,
        st.integers(-(10**6), 10**6).map(lambda tenths: Fraction(tenths, 10)),
        st.just(1000),
        st.sampled_from(STACKS),
    ),
    max_size=8,
)
roundings = st.sampled_from(["per_line", "per_receipt"])


@given(lines, roundings)
def test_a_document_adds_up_and_its_credit_note_mirrors_it(document, rounding) -> None:
    totals = total_document(document, rounding=rounding)
    assert totals.gross == totals.net + totals.tax
    assert totals.tax == sum(group.tax for group in totals.groups.values()) == sum(totals.taxes.values())
    back = total_document(
        [DocumentLine(-each.price, -each.quantity_milli, each.taxes) for each in document], rounding=rounding
    )
    assert (back.net, back.tax, back.gross) == (-totals.net, -totals.tax, -totals.gross)


@given(lines, roundings, st.integers(0, 100))
def test_a_discounted_document_still_adds_up(document, rounding, percent) -> None:
    totals = discount_document(document, percent=Fraction(percent), rounding=rounding)
    assert totals.gross == totals.net + totals.tax
    assert totals.tax == sum(group.tax for group in totals.groups.values())


def test_a_discount_of_everything_leaves_only_what_is_owed_for_the_pieces() -> None:
    document = [DocumentLine(Fraction(10_000), 2000, (ECO, ADDED))]
    totals = discount_document(document, percent=Fraction(100), rounding="per_line")
    assert totals.groups["eco"].tax == 200
    assert (totals.net, totals.tax, totals.gross) == (0, 200, 200)


def test_a_discount_in_money_takes_that_much_off_the_gross() -> None:
    document = [DocumentLine(Fraction(12_100), 1000, (VAT,))]
    totals = discount_document(document, amount=Fraction(1_210), rounding="per_receipt")
    assert (totals.net, totals.tax, totals.gross) == (9_000, 1_890, 10_890)


@given(lines, st.sampled_from([5, 10, 100]), st.sampled_from(["add_line", "biggest_tax"]))
def test_a_document_rounded_for_cash_can_be_paid_in_coins(document, step, strategy) -> None:
    before = total_document(document, rounding="per_line")
    after = round_for_cash(before, step=Fraction(step), strategy=strategy)
    assert after.gross == after.net + after.tax + after.cash_rounding
    assert after.net == before.net
    if strategy == "add_line" or before.groups:
        assert after.gross % step == 0
        assert abs(after.gross - before.gross) * 2 <= step
    else:
        assert after == before


def _line(net: str, percent: str, stated: str | None = None) -> InvoiceLine:
    return InvoiceLine(
        quantity=Fraction(1),
        unit_price=Fraction(net),
        vat=("S", Fraction(percent)),
        stated_net=None if stated is None else Fraction(stated),
    )


def test_vat_of_an_invoice_is_worked_out_on_the_sum_of_a_rate() -> None:
    invoice = [_line("0.13", "19")] * 3
    freight = Adjustment(charge=True, amount=Fraction("0.10"), vat=("S", Fraction(19)))
    totals = total_invoice(invoice, [freight], prepaid=Fraction("0.20"))
    assert totals.vat == {("S", Fraction(19)): (Fraction("0.49"), Fraction("0.09"))}
    assert totals.payable == Fraction("0.38")


def test_an_allowance_in_percent_is_worked_out_when_no_amount_is_given() -> None:
    allowance = Adjustment(charge=False, base=Fraction(200), percent=Fraction("12.5"), vat=("Z", Fraction(0)))
    assert allowance.signed == -25
    with pytest.raises(ValueError, match="VAT category"):
        break_down([], [Adjustment(charge=True, amount=Fraction(1))])


def test_an_invoice_from_elsewhere_may_differ_by_a_cent_and_no_more() -> None:
    assert _line("9.912", "19", stated="9.92").agrees
    assert not _line("9.912", "19", stated="9.93").agrees
    ours = break_down([_line("100", "19")])
    key = ("S", Fraction(19))
    near, far = {key: (Fraction(100), 19 + CENT)}, {key: (Fraction(100), 19 + 2 * CENT)}
    assert agreed_vat(ours, near) is near
    assert agreed_vat(ours, far) is ours


def test_an_invoice_may_list_a_rate_on_which_nothing_stands() -> None:
    ours = break_down([_line("100", "19")])
    stated = {("S", Fraction(19)): (Fraction(100), 19 + CENT), ("Z", Fraction(0)): (Fraction(0), Fraction(0))}
    assert agreed_vat(ours, stated) is stated
    assert agreed_vat(ours, stated | {("Z", Fraction(0)): (Fraction(1), Fraction(0))}) is ours


@given(st.integers(-(10**6), 10**6), st.lists(st.integers(0, 30), max_size=3), st.booleans())
def test_a_cart_item_without_discount_shows_its_original_figures(amount, rates, inside) -> None:
    item = itemise(Fraction(amount), rates_percent=[Fraction(rate) for rate in rates], includes_tax=inside)
    assert item.total == item.subtotal + item.tax_total == item.original_total
    assert item.tax_total == sum(rate.total for rate in item.rates)
    assert (item.total if inside else item.subtotal) == amount
