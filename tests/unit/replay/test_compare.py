"""Totals are equal or they are not: a lost, doubled, moved or slightly wrong document is always told."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evertill.replay.books import Books, Rung
from evertill.replay.compare import Comparison, compare, decimal
from evertill.replay.datasets import DATASETS, Basket
from evertill.replay.published import named_figures
from evertill.replay.totals import total_days
from tests.unit.replay.replay_register import piece

UCI, TAFENG = DATASETS["uci-online-retail"], DATASETS["tafeng-grocery"]
BASKETS = [
    Basket("1", "sale", "2010-12-01T08:26:00", (piece("a", 1, 10_000), piece("b", 2, 20_000))),
    Basket("C2", "cancellation", "2010-12-01T09:00:00", (piece("b", -2, 20_000),)),
    Basket("A3", "adjustment", "2010-12-02T09:00:00", (piece("B", -1, 1_000),)),
    Basket("4", "sale", "2010-12-02T10:00:00", (piece("a", 3, 0),)),
]
FILE = total_days(BASKETS)
DAYS = list(FILE)
PUBLISHED = {"2010-12-01": {"sale_documents": Fraction(1), "sale_amount_gbp": Fraction("0.05")}}


def rung(basket: Basket, **changed: int | str) -> Rung:
    """The basket as the books hold it."""
    fields: dict[str, object] = {
        "reference": f"uci-online-retail/{basket.document}",
        "day": basket.day,
        "lines": len(basket.lines),
        "quantity_milli": sum(line.quantity_milli for line in basket.lines),
        "exact": sum(line.quantity_milli * line.unit_price_e4 for line in basket.lines),
        "amount_minor": sum(round(line.amount_e4 / 10_000) for line in basket.lines),
        "money_minor": sum(round(line.amount_e4 / 10_000) for line in basket.lines),
    }
    return Rung(**{**fields, **changed})  # type: ignore[arg-type]


def held_against_the_file(documents: list[Rung]) -> Comparison:
    books = Books(UCI)
    for document in documents:
        books.add(document)
    return compare(
        "journal", UCI.name, DAYS, held=books.days, file=FILE, published=PUBLISHED, strange=books.strange
    )


def test_books_that_hold_every_document_as_it_was_are_equal() -> None:
    found = held_against_the_file([rung(basket) for basket in BASKETS])
    assert found.is_equal, found
    assert (found.published_days, found.file_days, found.unknown) == (1, 1, ())
    assert found.figures == 2 + 2 * 19


@given(st.sampled_from(BASKETS))
def test_a_lost_document_is_told(lost: Basket) -> None:
    assert not held_against_the_file([rung(basket) for basket in BASKETS if basket is not lost]).is_equal


@given(st.sampled_from(BASKETS))
def test_a_doubled_document_is_told_by_its_number_and_by_its_money(doubled: Basket) -> None:
    found = held_against_the_file([rung(basket) for basket in [*BASKETS, doubled]])
    assert found.strange == {f"uci-online-retail/{doubled.document}": "is in the books twice"}
    assert any(each.figure.endswith("_documents") for each in found.differences)


@given(
    st.sampled_from(BASKETS),
    st.sampled_from(["lines", "quantity_milli", "exact", "money_minor"]),
    st.sampled_from([-1000, 1000]),
)
def test_a_document_that_is_not_quite_right_is_told(wrong: Basket, figure: str, by: int) -> None:
    documents = [
        rung(basket, **({figure: getattr(rung(basket), figure) + by} if basket is wrong else {}))
        for basket in BASKETS
    ]
    found = held_against_the_file(documents)
    assert not found.is_equal
    assert {each.day for each in found.differences} == {wrong.day}


def test_an_amount_finer_than_anything_published_does_not_hide_in_a_sum() -> None:
    documents = [rung(BASKETS[0], exact=rung(BASKETS[0]).exact + 1), *map(rung, BASKETS[1:])]
    found = held_against_the_file(documents)
    assert not found.differences
    assert list(found.strange) == ["uci-online-retail/1"]
    assert not found.is_equal


def test_a_document_on_another_day_is_told_on_both_days() -> None:
    documents = [rung(BASKETS[0], day="2010-12-02"), *map(rung, BASKETS[1:])]
    found = held_against_the_file(documents)
    assert {each.day for each in found.differences} == {"2010-12-01", "2010-12-02"}


def test_a_published_day_without_any_trade_in_the_file_is_told() -> None:
    published = {"2010-12-03": {"lines": Fraction(5), "sale_amount_gbp": Fraction("1.5")}}
    found = compare(
        "file", UCI.name, [*DAYS, "2010-12-03"], held=FILE, file=FILE, published=published, strange={}
    )
    assert [(each.day, each.yardstick, each.expected, each.came) for each in found.differences] == [
        ("2010-12-03", "published", "5", "0"),
        ("2010-12-03", "published", "1.5", "0"),
    ]


def test_what_a_book_cannot_know_is_said_and_not_guessed() -> None:
    published = {"2010-12-01": {"cost_twd": Fraction(7), "distinct_eans": Fraction(2), "lines": Fraction(3)}}
    days = total_days(BASKETS[:2])
    days["2010-12-01"].codes.clear()
    found = compare("gate", TAFENG.name, list(days), held=days, file=days, published=published)
    assert found.unknown == ("cost_twd", "distinct_eans")
    assert found.is_equal


def test_a_cancellation_counts_apart_from_the_sales_of_its_day() -> None:
    figures = named_figures(UCI.name, FILE["2010-12-01"])
    assert figures["sale_documents"] == figures["cancellation_documents"] == 1
    assert figures["sale_amount_gbp"] == Fraction(5, 100)
    assert figures["cancellation_amount_gbp"] == Fraction(-4, 100)
    assert figures["largest_document_lines"] == 2


@given(st.integers(-(10**12), 10**12), st.integers(0, 8))
def test_amounts_are_shown_with_all_their_digits(number: int, digits: int) -> None:
    value = Fraction(number, 10**digits)
    assert Fraction(decimal(value)) == value
    assert not decimal(value).endswith((".", ".0"))


def test_something_that_is_no_decimal_is_not_shown_as_one() -> None:
    with pytest.raises(AssertionError):
        decimal(Fraction(1, 3))
