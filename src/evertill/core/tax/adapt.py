"""Carrying a price from one set of taxes to another: take-away or eat-in, home or abroad, new rates."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from msgspec import structs

from evertill.core.tax.model import Tax
from evertill.core.tax.stack import work_out


def adapt_price(price: Fraction, original: Sequence[Tax], new: Sequence[Tax]) -> Fraction:
    """The marked unit price, in exact minor units, under `new` taxes instead of `original` ones.

    If every original tax was inside the price, the shop keeps its net and the price moves: the
    new included taxes come on it. If any came on top, the marked price was not "all in" and stays.
    """
    if list(original) == list(new) or not all(tax.included for tax in original):
        return price
    net, _ = work_out(original, price, 1000)
    on_top = [structs.replace(tax, included=False) for tax in new]
    _, slices = work_out(on_top, net, 1000)
    inside = (each.amount for each, tax in zip(slices, new, strict=True) if tax.included)
    return net + sum(inside, Fraction(0))
