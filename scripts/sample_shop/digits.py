"""The check digit of the shop's own codes."""

from __future__ import annotations


def with_check_digit(digits: str) -> str:
    """`digits` (7, 11, 12 or 13 of them) with their GS1 check digit: weights 3, 1, 3, ... from the right."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return digits + str(-total % 10)
