"""Currencies: how many digits the minor unit has, and what coins there are for it.

Two authorities, kept apart. ISO 4217 says how amounts are written in books and sent to banks: that
is our minor unit. Unicode CLDR says how people write and pay them: some digits are dead in
daily life (no fillér, no öre), and the smallest coin may be five of the unit. A currency that
neither names apart has two digits and coins of one.

Source of the facts: ISO 4217 (list one); CLDR 48, supplemental currencyData (Unicode-3.0).
"""

from __future__ import annotations

from typing import NamedTuple


class Everyday(NamedTuple):
    """How a currency is used. `rounding` and `cash_rounding` count the last digit; 0 means one by one."""

    digits: int
    rounding: int
    cash_digits: int
    cash_rounding: int


_TWO_DIGITS = 2
_USUAL = Everyday(2, 0, 2, 0)

_ISO_DIGITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}

_EVERYDAY = {
    Everyday(0, 0, 0, 0): (
        "ADP AFN ALL BIF BYR CLP COP DJF ESP GNF IDR IQD IRR ISK ITL JPY KMF KPW KRW LAK LBP LUF MGA MGF "
        "MMK MRO PKR PYG RWF SLL SOS STD SYP TMM TRL UGX UYI VND VUV XAF XOF XPF YER ZMK ZWD"
    ),
    Everyday(0, 0, 0, 5): "HUF",
    Everyday(2, 0, 0, 0): "AMD CRC CZK GYD MNT MUR NOK RSD SEK TWD TZS UZS VEF",
    Everyday(2, 0, 2, 5): "CAD CHF",
    Everyday(2, 0, 2, 50): "DKK",
    Everyday(3, 0, 3, 0): "BHD JOD KWD LYD OMR TND",
    Everyday(4, 0, 4, 0): "CLF UYW",
}

_DIGITS_BY_CODE = {code: digits for digits, codes in _ISO_DIGITS.items() for code in codes.split()}
_EVERYDAY_BY_CODE = {code: use for use, codes in _EVERYDAY.items() for code in codes.split()}


def is_currency_code(text: str) -> bool:
    """Whether `text` has the form of an ISO 4217 code: three capital Latin letters."""
    return len(text) == 3 and text.isascii() and text.isalpha() and text.isupper()


def minor_digits(currency: str) -> int:
    """Digits of the minor unit by ISO 4217: 2 for EUR, 0 for JPY, 3 for KWD."""
    return _DIGITS_BY_CODE.get(currency, _TWO_DIGITS)


def everyday(currency: str) -> Everyday:
    """How people write and pay the currency, by CLDR."""
    return _EVERYDAY_BY_CODE.get(currency, _USUAL)


def cash_step_minor(currency: str) -> int:
    """The smallest amount that can be paid in coins, in minor units: CHF 5, SEK 100, JPY 1, HUF 500."""
    use = everyday(currency)
    scale: int = 10 ** max(0, minor_digits(currency) - use.cash_digits)
    return (use.cash_rounding or 1) * scale
