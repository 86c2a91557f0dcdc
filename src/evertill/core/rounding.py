"""Whole-number division that names its rounding, and sharing that adds back to the whole.

Money is whole minor units; every division of it goes through this page, so that each one
says how it rounds and where the odd cent goes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from fractions import Fraction
from typing import Any

_ONE = Fraction(1)


class Rounding(StrEnum):
    """How a quotient that is not whole is made whole.

    The shop uses those that mirror at zero: r(-x) == -r(x). Those that look along the number line
    (ceiling, floor, and their halves) do not, and serve imports and comparisons only.
    """

    HALF_UP = "half_up"  # half away from zero, the shop's default
    HALF_DOWN = "half_down"  # half towards zero
    HALF_EVEN = "half_even"  # banker's
    UP = "up"  # away from zero
    DOWN = "down"  # towards zero
    CEILING = "ceiling"  # towards plus infinity
    FLOOR = "floor"  # towards minus infinity
    HALF_CEILING = "half_ceiling"
    HALF_FLOOR = "half_floor"
    EXACT = "exact"  # nothing to round, or Inexact is raised

    @property
    def mirrored(self) -> Rounding:
        """The mode that does to -x what this one does to x."""
        return _MIRRORED.get(self, self)


_MIRRORED = {
    Rounding.CEILING: Rounding.FLOOR,
    Rounding.FLOOR: Rounding.CEILING,
    Rounding.HALF_CEILING: Rounding.HALF_FLOOR,
    Rounding.HALF_FLOOR: Rounding.HALF_CEILING,
}
_AWAY = frozenset({Rounding.UP, Rounding.CEILING})
_TOWARDS = frozenset({Rounding.DOWN, Rounding.FLOOR})
_HALF_AWAY = frozenset({Rounding.HALF_UP, Rounding.HALF_CEILING})


class Inexact(ValueError):
    """Rounding.EXACT was asked for, and the quotient is not whole."""


def divide(numerator: int, denominator: int, rounding: Rounding = Rounding.HALF_UP) -> int:
    """The whole number nearest to numerator / denominator by `rounding`.

    denominator must be positive. For every mode that mirrors, divide(-n, d) == -divide(n, d).
    Raises Inexact if `rounding` is EXACT and there is a remainder.
    """
    assert denominator > 0, "divide: the denominator must be positive"
    if numerator < 0:
        return -divide(-numerator, denominator, rounding.mirrored)
    if rounding is Rounding.HALF_UP:
        return (2 * numerator + denominator) // (2 * denominator)
    whole, rest = divmod(numerator, denominator)
    if rest == 0 or rounding in _TOWARDS:
        return whole
    if rounding is Rounding.EXACT:
        raise Inexact("The amount does not come out even, and no rounding was allowed.")
    if rounding in _AWAY:
        return whole + 1
    if 2 * rest != denominator:
        return whole + (2 * rest > denominator)
    return whole + (rounding in _HALF_AWAY or (rounding is Rounding.HALF_EVEN and whole % 2 == 1))


def round_exact(amount: Fraction, step: Fraction = _ONE, rounding: Rounding = Rounding.HALF_UP) -> Fraction:
    """`amount` rounded to a multiple of `step` (> 0), any fractions: tax, invoices, foreign scales."""
    steps = amount / step
    return divide(steps.numerator, steps.denominator, rounding) * step


def round_to_step(amount: int, step: int, rounding: Rounding = Rounding.HALF_UP) -> int:
    """`amount` rounded to a multiple of `step` (> 0): cash rounding, whole crowns, 5 centimes."""
    return divide(amount, step, rounding) * step


def share(total: int, weights: Sequence[int], rank: Callable[[int], Any] | None = None) -> list[int]:
    """`total` split in proportion to `weights`, to the unit: sum(result) == total, always.

    Largest remainder (Hamilton); equal remainders go to the share of the lower `rank` (by its index),
    without one to the earlier share. Weights are not negative; if all are zero the total is split
    evenly. share(-t, w) == [-x for x in share(t, w)]. Raises ValueError if there is no weight to carry
    a total that is not zero.
    """
    if total < 0:
        return [-part for part in share(-total, weights, rank)]
    if not weights:
        if total:
            raise ValueError("share: nothing to carry the total")
        return []
    assert min(weights) >= 0, "share: a weight is negative"
    whole = sum(weights)
    if whole == 0:
        weights = [1] * len(weights)
        whole = len(weights)
    parts = [total * weight // whole for weight in weights]
    odd = total - sum(parts)
    if odd:
        for index in _largest([total * weight % whole for weight in weights], odd, rank):
            parts[index] += 1
    return parts


def _largest(rests: list[int], count: int, rank: Callable[[int], Any] | None) -> list[int]:
    """The indices of the `count` largest, fewer than there are; `rank` is only asked where it matters."""
    order = sorted(range(len(rests)), key=rests.__getitem__, reverse=True)
    edge = rests[order[count - 1]]
    if rank is None or rests[order[count]] != edge:
        return order[:count]
    above = [index for index in order if rests[index] > edge]
    level = sorted([index for index in order if rests[index] == edge], key=rank)
    return above + level[: count - len(above)]


def carriers(residues: Sequence[int], odd: int) -> list[int]:
    """Which shares take one unit more (odd > 0) or less (odd < 0), so that rounded shares add up again.

    `residues` say what rounding took from each share (negative: gave it), in any one unit. Those it
    took most from get a unit first; equal residues go to the earlier share. Returns |odd| distinct
    indices; raises ValueError if there are fewer shares. Mirrored residues and odd: the same indices.
    """
    if abs(odd) > len(residues):
        raise ValueError("carriers: fewer shares than odd units")
    if odd < 0:
        return carriers([-residue for residue in residues], -odd)
    if odd == 1:
        return [residues.index(max(residues))]
    return sorted(range(len(residues)), key=lambda i: (-residues[i], i))[:odd]
