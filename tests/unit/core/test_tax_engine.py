"""The tax of a receipt: shelf prices stand, cents add up, a return mirrors its sale."""

from __future__ import annotations

from fractions import Fraction

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evertill.core.rounding import divide
from evertill.core.tax import Tax, TaxableLine, TaxClass, TaxEngine, TaxTable
from evertill.core.tax.document import DocumentLine, total_document
from evertill.core.tax.engine import REMEMBERED_MAX


def tax(name: str, **values) -> Tax:
    return Tax(id=name, names={"en": name}, **values)


TAXES = (
    tax("vat19", rate_ppm=190_000),
    tax("vat7", rate_ppm=70_000),
    tax("sales", rate_ppm=88_750, included=False),
    tax("bottle", kind="fixed", amount_e4=250_000, includes_in_base=True),
    tax("icms", kind="division", rate_ppm=120_000),
    tax("state", rate_ppm=50_000, included=False, includes_in_base=True),
    tax("federal", rate_ppm=99_750, included=False),
    tax("none", rate_ppm=0),
)
STACKS = {
    "standard": ("vat19",),
    "food": ("vat7",),
    "us": ("sales",),
    "zero": ("none",),
    "untaxed": (),
    "drink": ("bottle", "vat19"),
    "brazil": ("icms", "sales"),
    "quebec": ("state", "federal"),
    "all": ("bottle", "vat19", "icms", "state", "federal"),
}
CLASSES = tuple(TaxClass(id=name, names={"en": name}, taxes=taxes) for name, taxes in STACKS.items())


def engine(rounding: str, ties: str = "tax") -> TaxEngine:
    return TaxEngine(TaxTable(taxes=TAXES, classes=CLASSES, rounding=rounding, ties=ties))


ENGINES = {rounding: engine(rounding) for rounding in ("per_line", "per_receipt")}
ENGINES |= {f"{rounding}, ties to the net": engine(rounding, "net") for rounding in tuple(ENGINES)}
line = st.builds(
    TaxableLine,
    st.sampled_from(sorted(STACKS)),
    st.integers(-(10**7), 10**7),
    st.integers(-50_000, 50_000),
    st.sampled_from([False, False, False, True]),
)
receipts = st.lists(line, max_size=25)
roundings = st.sampled_from(sorted(ENGINES))


def mirrored(each: TaxableLine) -> TaxableLine:
    return TaxableLine(each.tax_class, -each.amount_minor, -each.quantity_milli, each.exempt)


@settings(max_examples=300)
@given(receipts, roundings)
def test_net_and_tax_make_the_gross_on_every_line_and_in_total(lines, rounding) -> None:
    outcome = ENGINES[rounding].compute(lines)
    for each in outcome.lines:
        assert each.net_minor + each.tax_minor == each.gross_minor
        assert each.tax_minor == sum(amount for _, _, amount in each.taxes)
    assert outcome.net_minor == sum(each.net_minor for each in outcome.lines)
    assert outcome.tax_minor == sum(each.tax_minor for each in outcome.lines)
    assert outcome.gross_minor == outcome.net_minor + outcome.tax_minor
    for group in outcome.groups:
        held = [part for each in outcome.lines for part in each.taxes if part[0] == group.tax]
        assert (group.base_minor, group.tax_minor) == (sum(p[1] for p in held), sum(p[2] for p in held))
    assert outcome.tax_minor == sum(group.tax_minor for group in outcome.groups)


@settings(max_examples=300)
@given(receipts, roundings)
def test_a_return_of_everything_mirrors_the_sale_to_the_cent(lines, rounding) -> None:
    sale = ENGINES[rounding].compute(lines)
    back = ENGINES[rounding].compute([mirrored(each) for each in lines])
    assert (back.net_minor, back.tax_minor, back.gross_minor) == (
        -sale.net_minor,
        -sale.tax_minor,
        -sale.gross_minor,
    )
    for one, other in zip(sale.lines, back.lines, strict=True):
        assert (other.net_minor, other.tax_minor) == (-one.net_minor, -one.tax_minor)


@given(receipts, roundings)
def test_the_price_on_the_shelf_is_the_price_paid_when_all_tax_is_inside(lines, rounding) -> None:
    inside = [
        TaxableLine(each.tax_class, each.amount_minor, each.quantity_milli)
        for each in lines
        if each.tax_class in ("standard", "food", "drink", "zero", "untaxed")
    ]
    outcome = ENGINES[rounding].compute(inside)
    for asked, came in zip(inside, outcome.lines, strict=True):
        assert came.gross_minor == asked.amount_minor


@given(receipts)
def test_tax_per_receipt_is_the_exact_sum_rounded_once(lines) -> None:
    taxed = [each for each in lines if not each.exempt]
    outcome = ENGINES["per_receipt"].compute(taxed)
    by_id = {each.id: each for each in TAXES}
    document = total_document(
        [
            DocumentLine(
                Fraction(each.amount_minor),
                each.quantity_milli,
                tuple(by_id[name] for name in STACKS[each.tax_class]),
            )
            for each in taxed
        ],
        rounding="per_receipt",
    )
    assert {group.tax: group.tax_minor for group in outcome.groups} == document.taxes


@given(receipts)
def test_tax_of_a_line_is_within_a_cent_of_its_own_when_rounded_per_receipt(lines) -> None:
    alone = [ENGINES["per_receipt"].compute([each]).lines[0] for each in lines]
    together = ENGINES["per_receipt"].compute(lines).lines
    for one, shared in zip(alone, together, strict=True):
        for (_, _, own), (_, _, settled) in zip(one.taxes, shared.taxes, strict=True):
            assert abs(own - settled) <= 1


@given(st.permutations(range(12)), st.lists(line, min_size=12, max_size=12))
def test_the_order_of_lines_does_not_change_the_totals(order, lines) -> None:
    shuffled = [lines[place] for place in order]
    for each in ENGINES.values():
        assert each.compute(shuffled).tax_minor == each.compute(lines).tax_minor


@given(st.integers(-(10**7), 10**7))
def test_an_exempt_customer_pays_the_price_without_the_tax_inside_it(amount) -> None:
    for each in ENGINES.values():
        (came,) = each.compute([TaxableLine("standard", amount, 1000, exempt=True)]).lines
        assert came.tax_minor == 0
        assert came.gross_minor == amount - divide(amount * 19, 119)
        (added,) = each.compute([TaxableLine("us", amount, 1000, exempt=True)]).lines
        assert added.gross_minor == amount


def test_five_lines_at_nineteen_percent_hold_what_the_law_of_the_shop_says() -> None:
    lines = [TaxableLine("standard", 10_000, 1000)] * 5
    assert ENGINES["per_line"].compute(lines).tax_minor == 7985
    assert ENGINES["per_receipt"].compute(lines).tax_minor == 7983


def test_a_receipt_names_each_tax_once_in_the_order_of_the_table() -> None:
    lines = [
        TaxableLine("food", 107, 1000),
        TaxableLine("standard", 119, 1000),
        TaxableLine("food", 214, 2000),
    ]
    groups = ENGINES["per_receipt"].compute(lines).groups
    assert [(g.tax, g.rate_ppm, g.base_minor, g.tax_minor) for g in groups] == [
        ("vat19", 190_000, 100, 19),
        ("vat7", 70_000, 300, 21),
    ]


def test_a_deposit_tax_counts_pieces_and_is_itself_taxed() -> None:
    (came,) = ENGINES["per_line"].compute([TaxableLine("drink", 1190, 4000)]).lines
    assert came.taxes == (("bottle", 900, 100), ("vat19", 1000, 190))


def test_an_empty_basket_owes_nothing() -> None:
    outcome = ENGINES["per_receipt"].compute([])
    assert (outcome.lines, outcome.groups, outcome.gross_minor) == ((), (), 0)


def test_a_day_of_other_lines_does_not_fill_the_memory() -> None:
    busy = engine("per_receipt")
    for start in range(0, 3 * REMEMBERED_MAX, 1000):
        busy.compute([TaxableLine("standard", start + i, 1000) for i in range(1000)])
    assert len(busy._known) <= REMEMBERED_MAX + 1000


@pytest.mark.parametrize(
    ("taxes", "classes", "word"),
    [
        ((tax("a"), tax("a")), (), "twice"),
        ((tax("a"),), (TaxClass(id="c", names={}, taxes=("b",)),), "not in the table"),
        ((tax("a"),), (TaxClass(id="c", names={}, taxes=("a", "a")),), "twice"),
        (
            (tax("d", kind="division", rate_ppm=1_000_000),),
            (TaxClass(id="c", names={}, taxes=("d",)),),
            "100 %",
        ),
        ((tax("n", rate_ppm=-1_000_000),), (TaxClass(id="c", names={}, taxes=("n",)),), "-100 %"),
    ],
)
def test_a_garbled_tax_table_is_refused_before_it_prices_anything(taxes, classes, word) -> None:
    with pytest.raises(ValueError, match=word):
        TaxEngine(TaxTable(taxes=taxes, classes=classes))


@pytest.mark.parametrize("rounding", ["per_line", "per_receipt"])
def test_half_a_cent_inside_a_price_goes_to_the_tax_or_the_net_as_the_shop_says(rounding) -> None:
    """1563 with 20 % inside: 1563 / 1.2 = 1302.5 net and 260.5 tax."""
    taxes = (tax("vat", rate_ppm=200_000),)
    classes = (TaxClass(id="c", names={}, taxes=("vat",)),)
    for sign in (1, -1):
        came = [
            TaxEngine(TaxTable(taxes=taxes, classes=classes, rounding=rounding, ties=ties))
            .compute([TaxableLine("c", sign * 1563, sign * 1000)])
            .lines[0]
            for ties in ("tax", "net")
        ]
        assert [(sign * each.net_minor, sign * each.tax_minor) for each in came] == [
            (1302, 261),
            (1303, 260),
        ]


@given(st.integers(-(10**6), 10**6), st.sampled_from([50_000, 70_000, 100_000, 190_000, 200_000, 250_000]))
def test_with_ties_to_the_net_the_net_is_the_price_without_tax_rounded_half_up(price, rate_ppm) -> None:
    taxes = (tax("vat", rate_ppm=rate_ppm),)
    classes = (TaxClass(id="c", names={}, taxes=("vat",)),)
    table = TaxTable(taxes=taxes, classes=classes, rounding="per_line", ties="net")
    outcome = TaxEngine(table).compute([TaxableLine("c", price, 1000)])
    assert outcome.net_minor == divide(price * 1_000_000, 1_000_000 + rate_ppm)


def test_half_a_cent_that_comes_on_top_is_always_rounded_away_from_zero() -> None:
    taxes = (tax("vat", rate_ppm=200_000), tax("sales", rate_ppm=500_000, included=False))
    classes = (TaxClass(id="c", names={}, taxes=("vat", "sales")),)
    table = TaxTable(taxes=taxes, classes=classes, rounding="per_line", ties="net")
    (line,) = TaxEngine(table).compute([TaxableLine("c", 1563, 1000)]).lines
    assert line.taxes == (("vat", 1303, 260), ("sales", 1303, 652))


def test_a_tax_table_travels_as_json() -> None:
    table = TaxTable(taxes=TAXES, classes=CLASSES, rounding="per_line")
    assert msgspec.json.decode(msgspec.json.encode(table), type=TaxTable) == table
