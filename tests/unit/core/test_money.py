"""Amounts as people type them, and totals split among people."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evertill.core.money import Odd, allocate, parse_amount, plain_text, round_for_cash, split
from evertill.core.refusal import Refusal

weights = st.lists(st.fractions(0, 1000, max_denominator=50), min_size=1, max_size=12).filter(any)


@pytest.mark.parametrize(
    ("typed", "currency", "mark", "minor"),
    [
        ("12.50", "EUR", ".", 1250),
        ("12,50", "EUR", ".", 1250),
        ("12,50", "EUR", ",", 1250),
        ("12", "EUR", ".", 1200),
        ("12.5", "EUR", ".", 1250),
        (".5", "EUR", ".", 50),
        ("0.500", "EUR", ".", 50),
        ("1,234.50", "EUR", ".", 123450),
        ("1.234,50", "EUR", ",", 123450),
        ("1.234,50", "EUR", ".", 123450),
        ("1,234", "EUR", ".", 123400),
        ("1.234", "EUR", ",", 123400),
        ("1.234", "KWD", ".", 1234),
        ("1,234,567", "JPY", ".", 1234567),
        ("1 234,50", "EUR", ",", 123450),
        ("1'234.50", "CHF", ".", 123450),
        ("-3.20", "EUR", ".", -320),
        ("+3.20", "EUR", ".", 320),
        ("¥ 12", "CNY", ".", 1200),
        ("12.50 EUR", "EUR", ".", 1250),
        ("１２．５", "CNY", ".", 1250),
        ("１２。５", "CNY", ".", 1250),
        ("12.500", "EUR", ",", 1250000),
    ],
)
def test_what_a_cashier_types_is_read_as_money(typed, currency, mark, minor) -> None:
    assert parse_amount(typed, currency, decimal_mark=mark) == minor


@pytest.mark.parametrize(
    ("typed", "currency", "code"),
    [
        ("", "EUR", "amount_unclear"),
        ("abc", "EUR", "amount_unclear"),
        ("1.2.3", "EUR", "amount_unclear"),
        ("12,34,5", "EUR", "amount_unclear"),
        ("1 + 1", "EUR", "amount_unclear"),
        ("--5", "EUR", "amount_unclear"),
        ("1e9", "EUR", "amount_unclear"),
        ("9" * 41, "EUR", "amount_unclear"),
        ("12.505", "EUR", "amount_too_fine"),
        ("12.5", "JPY", "amount_too_fine"),
        ("1.2345", "KWD", "amount_too_fine"),
    ],
)
def test_what_is_no_amount_is_refused_with_words_for_the_cashier(typed, currency, code) -> None:
    came = parse_amount(typed, currency)
    assert isinstance(came, Refusal)
    assert came.code == code
    assert came.text.endswith(".")


@given(st.integers(-(10**12), 10**12), st.sampled_from(["EUR", "JPY", "KWD", "CLF"]))
def test_money_written_plainly_is_read_back_the_same(minor, currency) -> None:
    assert parse_amount(plain_text(minor, currency), currency) == minor


@given(st.integers(-(10**9), 10**9), weights, st.sampled_from(list(Odd)))
def test_no_unit_is_made_or_lost_when_a_total_is_split(total, ratios, odd) -> None:
    parts = allocate(total, ratios, odd)
    assert sum(parts) == total
    assert len(parts) == len(ratios) + (odd in (Odd.APART, Odd.BLOCKS_APART))
    assert allocate(-total, ratios, odd) == [-part for part in parts]


@given(st.integers(0, 10**9), weights)
def test_whole_blocks_keep_the_exact_proportion(total, ratios) -> None:
    *parts, left = allocate(total, ratios, Odd.BLOCKS_APART)
    assert left >= 0
    assert len({Fraction(p) / r for p, r in zip(parts, ratios, strict=True) if r}) == 1


def test_odd_cents_go_to_whom_the_way_of_splitting_names() -> None:
    assert allocate(9, [3, 3, 4], Odd.TO_LARGEST_WEIGHT) == [3, 2, 4]
    assert allocate(9, [3, 3, 4], Odd.TO_LARGEST_REST) == [3, 3, 3]
    assert allocate(9, [3, 3, 4], Odd.TO_FIRST) == [3, 3, 3]
    assert allocate(9, [3, 3, 4], Odd.APART) == [2, 2, 3, 2]
    assert split(100, 3) == [34, 33, 33]


@pytest.mark.parametrize("ratios", [[], [0, 0], [1, -1]])
def test_a_total_cannot_be_split_by_weights_that_weigh_nothing(ratios) -> None:
    with pytest.raises(ValueError, match="allocate"):
        allocate(100, ratios)


def test_a_swiss_till_takes_five_centimes_and_a_swedish_one_whole_crowns() -> None:
    assert [round_for_cash(amount, "CHF") for amount in (1072, 1073, -1073)] == [1070, 1075, -1075]
    assert [round_for_cash(amount, "SEK") for amount in (1049, 1050)] == [1000, 1100]
    assert round_for_cash(1051, "JPY") == 1051
