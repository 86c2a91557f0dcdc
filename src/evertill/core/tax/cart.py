"""A cart item by item, unrounded: what a web shop shows beside each article before anything is settled.

Nothing is rounded, so that a caller may add up items in any order; money that is asked for goes
through `engine` or `document`. A discount here is taken off the net amount, before tax, also where
the price holds its tax; beside it stands what the discount would be as part of such a price.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple


class RateShare(NamedTuple):
    """What one rate of a cart item comes to, before (`subtotal`) and after (`total`) discounts."""

    rate_percent: Fraction
    subtotal: Fraction
    total: Fraction


class DiscountShare(NamedTuple):
    """A discount as net (`subtotal`) and with tax (`total`), by the way the item is priced."""

    amount: Fraction
    subtotal: Fraction
    total: Fraction


class CartItem(NamedTuple):
    """One item taken apart. `subtotal` and `original_*` are before discounts; `total`, `tax_total` after."""

    subtotal: Fraction
    total: Fraction
    tax_total: Fraction
    original_total: Fraction
    original_tax_total: Fraction
    discount_subtotal: Fraction
    discount_total: Fraction
    discount_tax_total: Fraction
    rates: tuple[RateShare, ...]
    discounts: tuple[DiscountShare, ...]


def itemise(
    amount: Fraction,
    *,
    rates_percent: Sequence[Fraction] = (),
    discounts: Sequence[Fraction] = (),
    includes_tax: bool = False,
) -> CartItem:
    """The figures of an item priced at `amount`, exactly. Rates add up and do not compound."""
    factor = 1 + sum(rates_percent, Fraction(0)) / 100
    net = amount / factor if includes_tax else amount
    off = sum(discounts, Fraction(0))
    left = net - off
    shown = tuple(
        DiscountShare(each, each / factor, each) if includes_tax else DiscountShare(each, each, each * factor)
        for each in discounts
    )
    return CartItem(
        subtotal=net,
        total=left * factor,
        tax_total=left * (factor - 1),
        original_total=net * factor,
        original_tax_total=net * (factor - 1),
        discount_subtotal=off,
        discount_total=sum((each.total for each in shown), Fraction(0)),
        discount_tax_total=sum((each.total - each.subtotal for each in shown), Fraction(0)),
        rates=tuple(RateShare(rate, net * rate / 100, left * rate / 100) for rate in rates_percent),
        discounts=shown,
    )
