"""What values behind Application Identifiers mean: dates, weights and other measures, amounts of money.

All whole numbers with a count of decimals, and dates that take "today" from the caller, because
a year of two digits lies between 49 years ago and 50 years ahead of it (GS1 General
Specifications 7.12). A value that is no date gives None: a wrong date must not stop a sale.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, time
from decimal import Decimal

import msgspec

from evertill.core.barcode.check_digits import is_digits
from evertill.core.barcode.gs1_codes import CURRENCY_OF_NUMBER
from evertill.core.rounding import divide

DATE_AIS = frozenset(
    ("11", "12", "13", "15", "16", "17", "4324", "4325", "4326", "7003", "7006", "7007", "7011", "8008")
)
GRAM_DECIMALS = 3
DELIVERY_ANY_TIME = "9999"


class Figure(msgspec.Struct, frozen=True):
    """`digits` with `decimals` of them behind the point; `currency` is a number of ISO 4217 or ""."""

    digits: int
    decimals: int
    currency: str = ""

    @property
    def currency_code(self) -> str | None:
        """The currency's letters, or None."""
        return CURRENCY_OF_NUMBER.get(self.currency)

    def as_decimal(self) -> Decimal:
        """The exact value, with its decimals."""
        return Decimal(self.digits).scaleb(-self.decimals)

    def scaled(self, decimals: int) -> int:
        """The value in units of the `decimals`-th decimal, half away from zero where one is lost."""
        factor: int = 10 ** abs(decimals - self.decimals)
        return self.digits * factor if decimals >= self.decimals else divide(self.digits, factor)


def full_year(two_digits: int, today: date) -> int:
    """The year that two digits stand for, seen from `today`."""
    year = today.year - today.year % 100 + two_digits
    if year - today.year >= 51:
        return year - 100
    return year + 100 if year - today.year <= -50 else year


def read_date(text: str, today: date) -> date | None:
    """The date of YYMMDD (anything behind is passed over); day 00 is the month's last day."""
    if len(text) < 6 or not is_digits(text[:6]):
        return None
    year, month, day = full_year(int(text[:2]), today), int(text[2:4]), int(text[4:6])
    if not 1 <= month <= 12:
        return None
    last = monthrange(year, month)[1]
    return date(year, month, day or last) if day <= last else None


def read_moment(text: str, today: date) -> datetime | None:
    """The local date and time of YYMMDDhh, with or without minutes and seconds, or None."""
    day, clock = read_date(text, today), text[6:]
    if day is None or not is_digits(clock) or len(clock) not in (2, 4, 6) or clock == DELIVERY_ANY_TIME:
        return None
    hour, minute, second = (int(pair) for pair in re.findall("..", clock.ljust(6, "0")))
    if hour > 23 or minute > 59 or second > 59:
        return None
    return datetime.combine(day, time(hour, minute, second))


def read_figure(ai: str, value: str) -> Figure | None:
    """The number behind a measure (31nn to 36nn), an amount (390n to 393n, 395n) or a percentage (394n)."""
    group = ai[:3]
    if len(ai) != 4 or not ("310" <= group <= "369" or group in ("390", "391", "392", "393", "394", "395")):
        return None
    currency, digits = (value[:3], value[3:]) if group in ("391", "393") else ("", value)
    return Figure(int(digits), int(ai[3]), currency) if is_digits(digits) else None
