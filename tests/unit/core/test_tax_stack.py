"""Several taxes on one amount: compound, included, added, fixed and divided."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from evertill.core.rounding import round_exact
from evertill.core.tax import Tax
from evertill.core.tax.adapt import adapt_price
from evertill.core.tax.stack import coefficients, feeds, runs, signed_quantity, work_out

taxes = st.lists(
    st.builds(
        lambda kind, rate, fixed, included, into, affected: Tax(
            id="t",
            names={},
            kind=kind,
            rate_ppm=0 if kind == "fixed" else rate,
            amount_e4=fixed if kind == "fixed" else 0,
            included=included,
            includes_in_base=into,
            base_affected=affected,
        ),
        st.sampled_from(["percent", "percent", "fixed", "division"]),
        st.integers(0, 200_000),
        st.integers(0, 10**8),
        st.booleans(),
        st.booleans(),
        st.booleans(),
    ),
    max_size=4,
)
prices = st.integers(-(10**9), 10**9).map(lambda e4: Fraction(e4, 10_000))
quantities = st.integers(-20_000, 20_000)


@settings(max_examples=300)
@given(taxes, prices, quantities)
def test_what_the_price_holds_is_net_and_included_taxes_and_nothing_else(stack, price, quantity) -> None:
    net, slices = work_out(stack, price, quantity)
    assert net + sum(each.amount for each in slices if each.tax.included) == price


@settings(max_examples=300)
@given(taxes, prices, quantities)
def test_each_percent_tax_is_its_rate_of_the_base_it_shows(stack, price, quantity) -> None:
    net, slices = work_out(stack, price, quantity)
    for index, each in enumerate(slices):
        fed = sum(slices[i].amount for i in range(index) if feeds(stack[i], stack[index]))
        assert each.base == net + fed
        if each.tax.kind == "percent":
            assert each.amount == each.base * each.tax.rate_ppm / 1_000_000


@given(taxes, prices, quantities)
def test_a_returned_line_owes_the_mirrored_tax(stack, price, quantity) -> None:
    for rounded in (None, round_exact):
        net, slices = work_out(stack, price, quantity, rounded)
        back, mirrored = work_out(stack, -price, -quantity, rounded)
        assert back == -net
        assert [each.amount for each in mirrored] == [-each.amount for each in slices]


@given(taxes, st.integers(-(10**8), 10**8), quantities)
def test_rounded_taxes_are_whole_cents_and_leave_the_price_whole(stack, price, quantity) -> None:
    net, slices = work_out(stack, Fraction(price), quantity, round_exact)
    assert all(each.amount.denominator == 1 for each in slices)
    assert net + sum(each.amount for each in slices if each.tax.included) == price


@given(taxes, prices, quantities)
def test_the_engines_coefficients_say_the_same_as_the_stack(stack, price, quantity) -> None:
    _, slices = work_out(stack, price, quantity)
    signed = signed_quantity(quantity, price)
    assert [a * price + b * signed for a, b in coefficients(stack)] == [each.amount for each in slices]


@given(taxes)
def test_runs_cover_the_stack_in_order(stack) -> None:
    assert [index for run in runs(stack) for index in run] == list(range(len(stack)))


@given(taxes, st.integers(50_000, 10**9).map(Fraction))
def test_a_price_carried_to_other_taxes_and_back_is_the_price(stack, price) -> None:
    inside = [
        Tax(id=str(i), names={}, rate_ppm=tax.rate_ppm, kind=tax.kind, amount_e4=tax.amount_e4)
        for i, tax in enumerate(stack)
    ]
    food = [Tax(id="food", names={}, rate_ppm=70_000)]
    assert adapt_price(adapt_price(price, inside, food), food, inside) == price


def test_take_away_coffee_moves_the_price_with_the_rate_but_not_a_price_before_tax() -> None:
    eat_in = [Tax(id="a", names={}, rate_ppm=210_000)]
    take_away = [Tax(id="b", names={}, rate_ppm=60_000)]
    on_top = [Tax(id="c", names={}, rate_ppm=150_000, included=False)]
    assert adapt_price(Fraction(12_100), eat_in, take_away) == 10_600
    assert adapt_price(Fraction(10_000), on_top, take_away) == 10_000
