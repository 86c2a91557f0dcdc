"""Exact amounts in a currency, finer than a minor unit where need be: imports, exchange, foreign books.

An Amount is an exact number together with the scale it is kept at. Arithmetic is exact and then
brought back to the scale, with a rounding that must be named; without one, a result that does not
fit is refused, never quietly rounded. Amounts in different currencies or at different scales do not mix.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import msgspec

from evertill.core.currency import minor_digits
from evertill.core.money import Odd, allocate
from evertill.core.rounding import Inexact, Rounding, round_exact


class ScaleError(ValueError):
    """The scale cannot do this: a step that no decimal fits, rounding on a scale that never rounds."""


class CurrencyMismatch(ValueError):
    """Two currencies in one sum."""


class ScaleMismatch(ValueError):
    """Two scales in one sum."""


class Scale(msgspec.Struct, frozen=True):
    """How fine an amount is kept: multiples of `step` units of the last of `digits` decimals.

    `digits` None: the currency's own minor unit. `unlimited`: as many decimals as it takes, never rounded.
    Raises ScaleError for a step that is not a product of twos and fives.
    """

    digits: int | None = None
    step: int = 1
    unlimited: bool = False

    def __post_init__(self) -> None:
        left = self.step
        for prime in (2, 5):
            while left > 0 and left % prime == 0:
                left //= prime
        if left != 1 or (self.digits or 0) < 0:
            raise ScaleError("A step must be a product of twos and fives.")

    def fit(self, value: Fraction, currency: str, rounding: Rounding = Rounding.EXACT) -> Amount:
        """`value` at this scale. Raises Inexact or ScaleError."""
        if self.unlimited:
            if rounding is not Rounding.EXACT:
                raise ScaleError("An unlimited scale never rounds.")
            return Amount(currency, value, _decimals(value), self)
        digits = minor_digits(currency) if self.digits is None else self.digits
        return Amount(currency, round_exact(value, Fraction(self.step, 10**digits), rounding), digits, self)


def _decimals(value: Fraction) -> int:
    """How many decimals `value` needs. Raises Inexact if no number of them is enough."""
    left, twos, fives = value.denominator, 0, 0
    while left % 2 == 0:
        left, twos = left // 2, twos + 1
    while left % 5 == 0:
        left, fives = left // 5, fives + 1
    if left != 1:
        raise Inexact("The amount has no end as a decimal, and no rounding was allowed.")
    return max(twos, fives)


class Amount(msgspec.Struct, frozen=True):
    """An exact `value` in major units of `currency`, with `digits` decimals. Made by Scale.fit."""

    currency: str
    value: Fraction
    digits: int
    scale: Scale

    def __str__(self) -> str:
        """Currency and decimals, as in "CHF -1.05"."""
        units = abs(round(self.value * 10**self.digits))
        text = str(units).rjust(self.digits + 1, "0")
        sign = "-" if self.value < 0 else ""
        point = f"{text[: -self.digits]}.{text[-self.digits :]}" if self.digits else text
        return f"{self.currency} {sign}{point}"

    @property
    def minor(self) -> Fraction:
        """The amount in minor units, exactly."""
        scale: int = 10 ** minor_digits(self.currency)
        return self.value * scale

    @property
    def steps(self) -> int:
        """How many steps of its scale it holds."""
        return int(self.value * 10**self.digits) // self.scale.step

    def of_steps(self, steps: int) -> Amount:
        """So many steps, in this currency and at this scale."""
        value = Fraction(steps * self.scale.step, 10**self.digits)
        return Amount(self.currency, value, self.digits, self.scale)

    def plus(self, other: Fraction | Amount, rounding: Rounding = Rounding.EXACT) -> Amount:
        """The sum at this amount's scale. Raises CurrencyMismatch, ScaleMismatch, Inexact."""
        return self._fit(self.value + self._value_of(other), rounding)

    def minus(self, other: Fraction | Amount, rounding: Rounding = Rounding.EXACT) -> Amount:
        """The difference at this amount's scale. Raises CurrencyMismatch, ScaleMismatch, Inexact."""
        return self._fit(self.value - self._value_of(other), rounding)

    def times(self, factor: Fraction, rounding: Rounding = Rounding.EXACT) -> Amount:
        """The product at this scale. Raises Inexact."""
        return self._fit(self.value * factor, rounding)

    def over(self, divisor: Fraction, rounding: Rounding = Rounding.EXACT) -> Amount:
        """The quotient at this scale. Raises Inexact, ZeroDivisionError."""
        return self._fit(self.value / divisor, rounding)

    def quotient_and_rest(self, divisor: int) -> tuple[Amount, Amount]:
        """Whole steps for each of `divisor` parts, and what is left; both mirror at zero."""
        if divisor == 0:
            raise ZeroDivisionError("An amount cannot be divided by zero.")
        whole, left = divmod(abs(self.steps), abs(divisor))
        sign = -1 if self.steps < 0 else 1
        return self.of_steps(whole * sign * (-1 if divisor < 0 else 1)), self.of_steps(left * sign)

    def at(self, scale: Scale, rounding: Rounding = Rounding.EXACT) -> Amount:
        """The same amount at another scale. Raises Inexact."""
        return scale.fit(self.value, self.currency, rounding)

    def exchanged(
        self, currency: str, rate: Fraction, scale: Scale | None = None, rounding: Rounding = Rounding.EXACT
    ) -> Amount:
        """The amount times `rate` in `currency`, at `scale` (its own if None). Raises Inexact."""
        return (scale or self.scale).fit(self.value * rate, currency, rounding)

    def compared_to(self, other: Fraction | Amount) -> int:
        """-1, 0 or 1, whatever the scales. Raises CurrencyMismatch."""
        if isinstance(other, Amount) and other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} cannot be compared.")
        value = other.value if isinstance(other, Amount) else other
        return (self.value > value) - (self.value < value)

    def allocated(self, weights: Sequence[Fraction], odd: Odd) -> list[Amount]:
        """The parts of `allocate`, in steps of this scale."""
        return [self.of_steps(part) for part in allocate(self.steps, weights, odd)]

    def _value_of(self, other: Fraction | Amount) -> Fraction:
        if not isinstance(other, Amount):
            return other
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} do not add up.")
        if other.scale != self.scale:
            raise ScaleMismatch("Amounts kept at different scales do not add up.")
        return other.value

    def _fit(self, value: Fraction, rounding: Rounding) -> Amount:
        return self.scale.fit(value, self.currency, rounding)
