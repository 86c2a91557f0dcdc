"""Money, quantities, rates and dates as people of a place write them, through Babel's tables."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal

from babel.core import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal, get_currency_precision, get_decimal_symbol

_ENGLISH_OF = {"USD": "en_US", "CAD": "en_CA", "AUD": "en_AU", "NZD": "en_NZ", "SGD": "en_SG", "INR": "en_IN"}

_CODE_BESIDE_DIGIT = re.compile(r"(?<=[A-Z]{3})(?=\d)|(?<=\d)(?=[A-Z]{3})")  # Babel leaves no space there


class Figures:
    """Writes figures in `locale` ("en", "zh") for a shop that trades in `currency` (ISO 4217).

    English has many homes: the currency picks the one whose symbol and dates the customers know.
    """

    def __init__(self, locale: str, currency: str) -> None:
        name = "zh_Hans_CN" if locale == "zh" else _ENGLISH_OF.get(currency, "en_GB")
        self._locale = Locale.parse(name)
        self._currency = currency
        self._digits = get_currency_precision(currency)

    def money(self, amount_minor: int, currency: str | None = None) -> str:
        """With the currency's sign and digits: "£2.55", "¥1,200", "KWD 1.250"."""
        currency = currency or self._currency
        amount = Decimal(amount_minor).scaleb(-get_currency_precision(currency))
        text = _one_space(format_currency(amount, currency, locale=self._locale))
        return _CODE_BESIDE_DIGIT.sub(" ", text)

    def amount(self, amount_minor: int, currency: str | None = None) -> str:
        """Without a sign: "2.55"."""
        digits = self._digits if currency is None else get_currency_precision(currency)
        return self._decimal(Decimal(amount_minor).scaleb(-digits), digits, digits)

    def unit_price(self, unit_price_e4: int) -> str:
        """Ten-thousandths of a minor unit; shows as many digits as it needs, at least the currency's."""
        price = Decimal(unit_price_e4).scaleb(-4 - self._digits)
        return self._decimal(price, self._digits, self._digits + 4)

    def quantity(self, quantity_milli: int) -> str:
        """Thousandths of a piece: "3", "0.5"."""
        return self._decimal(Decimal(quantity_milli).scaleb(-3), 0, 3)

    def weight(self, quantity_milli: int) -> str:
        """Grams, written as kilograms with all three digits: "0.328"."""
        return self._decimal(Decimal(quantity_milli).scaleb(-3), 3, 3)

    def rate(self, rate_ppm: int) -> str:
        """A tax rate: "19%", "7.7%"."""
        return self._decimal(Decimal(rate_ppm).scaleb(-4), 0, 4) + "%"

    def moment(self, stamp: str) -> str:
        """An ISO 8601 moment as date and time, on the clock it was written with; other text stays."""
        try:
            moment = datetime.fromisoformat(stamp)
        except ValueError:
            return stamp
        day = format_date(moment, "medium", locale=self._locale)
        return _one_space(f"{day} {format_time(moment, 'medium', locale=self._locale)}")

    def _decimal(self, number: Decimal, digits_min: int, digits_max: int) -> str:
        text = format_decimal(abs(number), _pattern(digits_min, digits_max), locale=self._locale)
        return "-" + text if number < 0 and text.strip("0" + get_decimal_symbol(self._locale)) else text


def _pattern(digits_min: int, digits_max: int) -> str:
    if digits_max == 0:
        return "#,##0"
    return "#,##0." + "0" * digits_min + "#" * (digits_max - digits_min)


def _one_space(text: str) -> str:
    """Babel sets narrow and no-break spaces, which receipt printers do not know."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")
