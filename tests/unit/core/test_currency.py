"""Digits and coins of the world's currencies."""

from __future__ import annotations

import pytest

from evertill.core.currency import cash_step_minor, everyday, is_currency_code, minor_digits


@pytest.mark.parametrize(
    ("currency", "digits", "coin"),
    [
        ("EUR", 2, 1),
        ("CNY", 2, 1),
        ("CHF", 2, 5),
        ("CAD", 2, 5),
        ("DKK", 2, 50),
        ("SEK", 2, 100),
        ("CZK", 2, 100),
        ("HUF", 2, 500),
        ("JPY", 0, 1),
        ("KRW", 0, 1),
        ("KWD", 3, 1),
        ("TND", 3, 1),
        ("IQD", 3, 1000),
        ("XYZ", 2, 1),
    ],
)
def test_a_shop_knows_the_digits_of_its_books_and_the_smallest_coin_of_its_till(
    currency, digits, coin
) -> None:
    assert minor_digits(currency) == digits
    assert cash_step_minor(currency) == coin


def test_forint_are_written_without_decimals_though_banks_book_two() -> None:
    assert everyday("HUF").digits == 0
    assert minor_digits("HUF") == 2


def test_only_three_capital_letters_are_a_currency_code() -> None:
    assert is_currency_code("EUR")
    assert not any(is_currency_code(text) for text in ("eur", "EU", "EURO", "E1R", "ÄÖÜ", ""))
