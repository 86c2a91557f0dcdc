"""Divisions that name their rounding, and shares that add back to the whole."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evertill.core.rounding import Inexact, Rounding, carriers, divide, round_exact, round_to_step, share

amounts = st.integers(-(10**12), 10**12)
denominators = st.integers(1, 10**9)
mirroring = st.sampled_from(
    [Rounding.HALF_UP, Rounding.HALF_DOWN, Rounding.HALF_EVEN, Rounding.UP, Rounding.DOWN]
)
rounding_modes = st.sampled_from([mode for mode in Rounding if mode is not Rounding.EXACT])


@pytest.mark.parametrize(
    ("mode", "of_25", "of_35", "of_minus_25", "of_24"),
    [
        (Rounding.HALF_UP, 3, 4, -3, 2),
        (Rounding.HALF_DOWN, 2, 3, -2, 2),
        (Rounding.HALF_EVEN, 2, 4, -2, 2),
        (Rounding.UP, 3, 4, -3, 3),
        (Rounding.DOWN, 2, 3, -2, 2),
        (Rounding.CEILING, 3, 4, -2, 3),
        (Rounding.FLOOR, 2, 3, -3, 2),
        (Rounding.HALF_CEILING, 3, 4, -2, 2),
        (Rounding.HALF_FLOOR, 2, 3, -3, 2),
    ],
)
def test_each_rounding_does_with_a_half_what_its_name_says(mode, of_25, of_35, of_minus_25, of_24) -> None:
    assert [divide(n, 10, mode) for n in (25, 35, -25, 24)] == [of_25, of_35, of_minus_25, of_24]


@given(amounts, denominators, mirroring)
def test_a_refund_rounds_like_its_sale(amount, denominator, mode) -> None:
    assert divide(-amount, denominator, mode) == -divide(amount, denominator, mode)


@given(amounts, denominators, rounding_modes)
def test_rounding_never_moves_an_amount_by_a_whole_unit(amount, denominator, mode) -> None:
    assert abs(divide(amount, denominator, mode) - Fraction(amount, denominator)) < 1


@given(amounts, denominators, rounding_modes)
def test_rounding_to_halves_is_at_most_half_a_unit_off(amount, denominator, mode) -> None:
    off = abs(divide(amount, denominator, mode) - Fraction(amount, denominator))
    assert off <= (Fraction(1, 2) if "half" in mode else 1)


@given(amounts, denominators, rounding_modes)
def test_the_mirrored_mode_does_to_the_refund_what_the_mode_does_to_the_sale(
    amount, denominator, mode
) -> None:
    assert divide(-amount, denominator, mode.mirrored) == -divide(amount, denominator, mode)


def test_an_amount_that_must_come_out_even_and_does_not_is_refused() -> None:
    assert divide(-30, 10, Rounding.EXACT) == -3
    with pytest.raises(Inexact):
        divide(31, 10, Rounding.EXACT)


@given(amounts, st.integers(1, 1000), mirroring)
def test_cash_is_a_multiple_of_the_smallest_coin(amount, step, mode) -> None:
    paid = round_to_step(amount, step, mode)
    assert paid % step == 0
    assert abs(paid - amount) < step
    assert Fraction(paid) == round_exact(Fraction(amount), Fraction(step), mode)


@given(amounts, st.lists(st.integers(0, 10**6), min_size=1, max_size=30))
def test_shares_of_a_discount_add_back_to_the_discount(total, weights) -> None:
    parts = share(total, weights)
    assert sum(parts) == total
    assert share(-total, weights) == [-part for part in parts]
    if any(weights):
        exact = [Fraction(total * weight, sum(weights)) for weight in weights]
        assert all(abs(part - due) < 1 for part, due in zip(parts, exact, strict=True))


@given(st.lists(st.integers(-500, 500), min_size=1, max_size=20), st.data())
def test_odd_cents_go_to_lines_that_rounding_took_most_from(residues, data) -> None:
    odd = data.draw(st.integers(-len(residues), len(residues)))
    chosen = carriers(residues, odd)
    assert len(set(chosen)) == len(chosen) == abs(odd)
    assert carriers([-residue for residue in residues], -odd) == chosen
    sign = 1 if odd > 0 else -1
    spared = [sign * residues[i] for i in range(len(residues)) if i not in chosen]
    if chosen and spared:
        assert min(sign * residues[i] for i in chosen) >= max(spared)


def test_more_odd_cents_than_lines_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="fewer shares"):
        carriers([1], 2)
