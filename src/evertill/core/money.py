"""Amounts of money: reading what a person typed, writing it plainly, and splitting it.

Inside the shop money is a whole number of minor units and this page is its edge: typed text comes
in, text for machines goes out. Splitting never makes or loses a unit: the parts add up, and each
way of splitting says who gets the odd ones. For amounts finer than a minor unit see `amount`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from fractions import Fraction
from math import gcd, lcm

from evertill.core.currency import cash_step_minor, minor_digits
from evertill.core.refusal import Refusal
from evertill.core.rounding import Rounding, carriers, round_to_step

TYPED_LENGTH_MAX = 40
_NUMBER = re.compile(r"(?P<sign>[+-]?)(?P<body>\d[\d.,' ]*|[.,]\d+)")


class Odd(StrEnum):
    """Who gets the units left over when a total does not split evenly; parts are first rounded down."""

    TO_FIRST = "to_first"  # one each, from the first share on, even to a share with no weight
    TO_LARGEST_REST = "to_largest_rest"  # one each, to those rounding took most from (Hamilton)
    TO_LARGEST_WEIGHT = "to_largest_weight"  # one each, heaviest first
    APART = "apart"  # to nobody: an extra last part
    BLOCKS_APART = "blocks_apart"  # only whole blocks in the exact proportion; the rest is an extra part


def parse_amount(text: str, currency: str, *, decimal_mark: str = ".") -> int | Refusal:
    """Minor units of an amount as a person types it: "12.50", "12,50", "1,234.50", "¥ 12", "１２．５".

    The last mark is the decimal mark if it is the only one of its kind and is not followed by
    exactly three digits; then (and if both readings are possible) `decimal_mark`, the one of the
    shop's locale, decides. Refused: no number, two numbers, more decimals than the currency has.
    """
    plain = unicodedata.normalize("NFKC", text).replace("。", ".").replace("−", "-").strip()
    plain = re.sub(r"^[^\d.,+-]+|[^\d.,]+$", "", plain.replace(currency, ""))
    match = _NUMBER.fullmatch(plain) if len(text) <= TYPED_LENGTH_MAX else None
    if match is None:
        return Refusal(
            "amount_unclear", "This is not an amount. Type digits, such as 12.50.", {"typed": text[:40]}
        )
    whole, decimals = _cut(match["body"].replace(" ", "").replace("'", ""), decimal_mark)
    if whole is None or not (whole + decimals).isdigit():
        return Refusal(
            "amount_unclear", "This is not an amount. Type digits, such as 12.50.", {"typed": text[:40]}
        )
    digits = minor_digits(currency)
    if len(decimals.rstrip("0")) > digits:
        return Refusal(
            "amount_too_fine",
            "This amount has more decimals than {currency} has. Type at most {digits}.",
            {"currency": currency, "digits": digits},
        )
    minor = int((whole or "0") + decimals.rstrip("0").ljust(digits, "0"))
    return -minor if match["sign"] == "-" else minor


def _cut(body: str, decimal_mark: str) -> tuple[str | None, str]:
    """(digits before, digits after) the decimal mark of an unsigned number; (None, "") if its marks clash."""
    last = max(body.rfind("."), body.rfind(","))
    if last < 0:
        return body, ""
    mark, other = body[last], "," if body[last] == "." else "."
    before, after = body[:last], body[last + 1 :]
    grouped = len(after) == 3 and before not in ("", "0")
    is_decimal = mark not in before and (other in before or not grouped or mark == decimal_mark)
    groups = (before if is_decimal else body).split(other if is_decimal else mark)
    if len(groups) > 1 and (not 1 <= len(groups[0]) <= 3 or any(len(group) != 3 for group in groups[1:])):
        return None, ""
    return "".join(groups), after if is_decimal else ""


def plain_text(amount_minor: int, currency: str) -> str:
    """The amount for machines: digits, a point, as many decimals as the currency has ("-12.50")."""
    digits = minor_digits(currency)
    text = str(abs(amount_minor)).rjust(digits + 1, "0")
    sign = "-" if amount_minor < 0 else ""
    return sign + (f"{text[:-digits]}.{text[-digits:]}" if digits else text)


def round_for_cash(amount_minor: int, currency: str, rounding: Rounding = Rounding.HALF_UP) -> int:
    """The amount that coins can pay: to 5 centimes in Switzerland, whole crowns in Sweden."""
    return round_to_step(amount_minor, cash_step_minor(currency), rounding)


def allocate(total: int, weights: Sequence[int | Fraction], odd: Odd = Odd.TO_LARGEST_REST) -> list[int]:
    """`total` split in proportion to `weights`, the odd units going as `odd` says.

    sum(result) == total, always; with an APART mode the result has one part more, what is left
    (maybe zero). allocate(-t, w) == [-x for x in allocate(t, w)]. Raises ValueError for no
    weights, a negative one, or all zero.
    """
    if not weights or any(weight < 0 for weight in weights):
        raise ValueError("allocate: there must be weights, none of them negative")
    if total < 0:
        return [-part for part in allocate(-total, weights, odd)]
    proportion = _whole_proportion(weights)
    everything = sum(proportion)
    if odd is Odd.BLOCKS_APART:
        parts = [total // everything * weight for weight in proportion]
    else:
        parts = [total * weight // everything for weight in proportion]
    left = total - sum(parts)
    if odd in (Odd.APART, Odd.BLOCKS_APART):
        return [*parts, left]
    rests = [total * weight % everything for weight in proportion]
    merits = {Odd.TO_FIRST: [0] * len(parts), Odd.TO_LARGEST_WEIGHT: proportion}.get(odd, rests)
    for index in carriers(merits, left):
        parts[index] += 1
    return parts


def split(total: int, parts: int, odd: Odd = Odd.TO_FIRST) -> list[int]:
    """`total` in `parts` equal parts, the odd units going as `odd` says (see `allocate`)."""
    if parts < 1:
        raise ValueError("split: there must be at least one part")
    return allocate(total, [1] * parts, odd)


def _whole_proportion(weights: Sequence[int | Fraction]) -> list[int]:
    """The same proportion in the smallest whole numbers."""
    over = lcm(*(Fraction(weight).denominator for weight in weights))
    whole = [int(weight * over) for weight in weights]
    common = gcd(*whole)
    if common == 0:
        raise ValueError("allocate: at least one weight must be above zero")
    return [weight // common for weight in whole]
