"""Exact amounts, finer than the minor unit, and the scales that they are kept at."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evertill.core.amount import CurrencyMismatch, Scale, ScaleError, ScaleMismatch
from evertill.core.money import Odd
from evertill.core.rounding import Inexact, Rounding

OWN, EXACT = Scale(), Scale(unlimited=True)


def test_an_exchange_names_its_rounding_or_is_refused() -> None:
    dollars = OWN.fit(Fraction("1.23"), "USD")
    assert str(dollars.exchanged("JPY", Fraction(125), rounding=Rounding.DOWN)) == "JPY 153"
    with pytest.raises(Inexact):
        dollars.exchanged("JPY", Fraction(125))


def test_two_currencies_or_two_scales_do_not_add_up() -> None:
    one = OWN.fit(Fraction(1), "EUR")
    with pytest.raises(CurrencyMismatch):
        one.plus(OWN.fit(Fraction(1), "USD"))
    with pytest.raises(CurrencyMismatch):
        one.compared_to(OWN.fit(Fraction(1), "USD"))
    with pytest.raises(ScaleMismatch):
        one.plus(EXACT.fit(Fraction(1), "EUR"))


@pytest.mark.parametrize("step", [0, -5, 3, 7, 60])
def test_a_step_that_no_decimal_fits_is_refused(step) -> None:
    with pytest.raises(ScaleError):
        Scale(step=step)


def test_an_unlimited_scale_shows_as_many_decimals_as_it_takes_and_never_rounds() -> None:
    third = EXACT.fit(Fraction(123, 5000), "EUR")
    assert str(third) == "EUR 0.0246"
    assert third.minor == Fraction(246, 100)
    with pytest.raises(Inexact):
        EXACT.fit(Fraction(1, 3), "EUR")
    with pytest.raises(ScaleError):
        EXACT.fit(Fraction(1), "EUR", Rounding.UP)


@given(st.integers(-(10**8), 10**8), st.integers(1, 50))
def test_whole_steps_for_each_and_the_rest_make_the_amount_again(minor, parts) -> None:
    amount = Scale(step=5).fit(Fraction(minor * 5, 100), "CHF")
    each, rest = amount.quotient_and_rest(parts)
    assert each.times(Fraction(parts)).plus(rest) == amount
    mirrored = amount.times(Fraction(-1)).quotient_and_rest(parts)
    assert mirrored == (each.times(Fraction(-1)), rest.times(Fraction(-1)))


def test_a_split_in_five_centimes_hands_out_whole_coins() -> None:
    franc = Scale(step=5).fit(Fraction(1), "CHF")
    parts = franc.allocated([Fraction(1)] * 3, Odd.TO_FIRST)
    assert [str(part) for part in parts] == ["CHF 0.35", "CHF 0.35", "CHF 0.30"]
    assert franc.over(Fraction(4)).at(OWN).compared_to(Fraction("0.25")) == 0
