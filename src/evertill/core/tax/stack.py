"""The taxes of one amount, worked out exactly.

A stack is the taxes of one line in working order. Seen from the net amount N, each tax is a
straight line a*N + b: a percent tax adds its rate times (N + the earlier taxes that feed it), a
fixed tax adds its amount, neighbouring division taxes divide by what they leave over. The marked
price is N plus every included tax, so N is found by solving one equation, whatever is mixed with
whatever, and nothing depends on the order in which we happen to look.

Tax O feeds a later tax T when O goes into the base (`includes_in_base`) and T minds
(`base_affected`). A run is a row of neighbours of one kind that do not feed each other; they
share a base and, where amounts are rounded, are rounded from the same figure.

Rounded (per line), the included taxes are peeled off from the last run to the first, each
rounded and taken from the price before the next is worked out; what is left is the net. Added
taxes are then rounded going forward, on bases that hold the rounded amounts before them. The
price is therefore never broken: net + included taxes is the price, to the cent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import TypeVar

from evertill.core.tax.model import FIXED_SCALE, PPM, Tax

Round = Callable[[Fraction], Fraction]
Money = TypeVar("Money", int, Fraction)
Quantity = TypeVar("Quantity", int, Fraction)


class Slice:
    """One tax of a worked-out stack: what it was due on, and what is due, both in minor units."""

    __slots__ = ("amount", "base", "tax")

    def __init__(self, tax: Tax, base: Fraction, amount: Fraction) -> None:
        self.tax, self.base, self.amount = tax, base, amount


def feeds(earlier: Tax, later: Tax) -> bool:
    """Whether `later` is due on `earlier` too, when it stands after it."""
    return earlier.includes_in_base and later.base_affected


def check_stack(taxes: Sequence[Tax]) -> None:
    """Raise ValueError unless every price has a finite net amount under these taxes."""
    for run in runs(taxes):
        if taxes[run[0]].kind == "division" and sum(taxes[i].rate_ppm for i in run) >= PPM:
            raise ValueError("Division taxes must leave something of the price: their rates reach 100 %.")
    slope = sum(line[0] for line, tax in zip(_lines(taxes, Fraction(0)), taxes, strict=True) if tax.included)
    if slope <= -1:
        raise ValueError("Included taxes must leave something of the price: their rates reach -100 %.")


def runs(taxes: Sequence[Tax]) -> list[list[int]]:
    """Indices of the stack, cut into rows of neighbours that share a base."""
    if not taxes:
        return []
    found = [[0]]
    for index, (before, tax) in enumerate(pairwise(taxes), start=1):
        alike = (before.kind, before.included, before.includes_in_base) == (
            tax.kind,
            tax.included,
            tax.includes_in_base,
        )
        if alike and not feeds(before, tax):
            found[-1].append(index)
        else:
            found.append([index])
    return found


def work_out(
    taxes: Sequence[Tax],
    price: Fraction,
    quantity_milli: int | Fraction,
    rounded: Round | None = None,
    *,
    inside: Round | None = None,
) -> tuple[Fraction, list[Slice]]:
    """(net, slices) of `price`, in minor units; slices in the order of `taxes`.

    `price` is the line's amount as marked. Fixed taxes take the sign of the price (of the
    quantity if the price is zero), so a return mirrors its sale. With `rounded`, every tax
    amount has gone through it (included ones through `inside`, if given); without, all is exact.
    net + included amounts == price.
    """
    quantity = signed_quantity(Fraction(quantity_milli), price)
    if rounded is None:
        lines = _lines(taxes, quantity)
        net = _net(taxes, lines, price)
        amounts = [slope * net + fixed for slope, fixed in lines]
    else:
        net, amounts = _work_out_rounded(taxes, price, quantity, rounded, inside or rounded)
    return net, [
        Slice(tax, base_of(taxes, index, net, amounts), amounts[index]) for index, tax in enumerate(taxes)
    ]


def base_of(taxes: Sequence[Tax], index: int, net: Money, amounts: Sequence[Money]) -> Money:
    """What tax `index` is due on: the net amount and the earlier taxes that feed it."""
    tax, base = taxes[index], net
    for earlier in range(index):
        if feeds(taxes[earlier], tax):
            base += amounts[earlier]
    return base


def signed_quantity(quantity_milli: Quantity, price: Fraction | int) -> Quantity:
    """The quantity with the sign that fixed taxes take: that of the price; at price zero its own."""
    if price == 0:
        return quantity_milli
    return abs(quantity_milli) if price > 0 else -abs(quantity_milli)


def coefficients(taxes: Sequence[Tax]) -> list[tuple[Fraction, Fraction]]:
    """Each exact tax of `work_out` as (a, b): a * price + b * signed quantity_milli, in minor units."""
    whole, piece = _lines(taxes, Fraction(0)), _lines(taxes, Fraction(1))
    of_price, of_piece = _net(taxes, whole, Fraction(1)), _net(taxes, piece, Fraction(0))
    return [(slope * of_price, slope * of_piece + fixed) for slope, fixed in piece]


def _lines(taxes: Sequence[Tax], quantity: Fraction) -> list[tuple[Fraction, Fraction]]:
    """Each tax as (slope, fixed part) over the net amount."""
    lines: list[tuple[Fraction, Fraction]] = []
    for run in runs(taxes):
        left = PPM - sum(taxes[i].rate_ppm for i in run)
        fresh = []
        for index in run:
            tax = taxes[index]
            if tax.kind == "fixed":
                fresh.append((Fraction(0), tax.amount_e4 * quantity / FIXED_SCALE))
                continue
            rate = Fraction(tax.rate_ppm, left if tax.kind == "division" else PPM)
            fed = [lines[i] for i in range(run[0]) if feeds(taxes[i], tax)]
            fresh.append((rate * (1 + sum(line[0] for line in fed)), rate * sum(line[1] for line in fed)))
        lines.extend(fresh)
    return lines


def _net(taxes: Sequence[Tax], lines: Sequence[tuple[Fraction, Fraction]], price: Fraction) -> Fraction:
    inside = [line for line, tax in zip(lines, taxes, strict=True) if tax.included]
    return (price - sum(line[1] for line in inside)) / (1 + sum(line[0] for line in inside))


def _work_out_rounded(
    taxes: Sequence[Tax], price: Fraction, quantity: Fraction, rounded: Round, inside: Round
) -> tuple[Fraction, list[Fraction]]:
    amounts = [Fraction(0)] * len(taxes)
    lines = _lines(taxes, quantity)
    net = rounded(price)
    left = list(range(len(taxes)))
    for run in reversed([run for run in runs(taxes) if taxes[run[0]].included]):
        solved = _net([taxes[i] for i in left], [lines[i] for i in left], net)
        for index in run:
            amounts[index] = inside(lines[index][0] * solved + lines[index][1])
        net -= sum(amounts[i] for i in run)
        left = [i for i in left if i not in run]
    for run in (run for run in runs(taxes) if not taxes[run[0]].included):
        rest = PPM - sum(taxes[i].rate_ppm for i in run)
        for index in run:
            tax = taxes[index]
            if tax.kind == "fixed":
                amounts[index] = rounded(lines[index][1])
            else:
                rate = Fraction(tax.rate_ppm, rest if tax.kind == "division" else PPM)
                amounts[index] = rounded(rate * base_of(taxes, index, net, amounts))
    return net, amounts
