"""What one cell of a shop's list says: a price, a barcode, a unit, an age.

Every function gives the value or raises `CellWrong` with a sentence for the person who keeps the
list. Nothing is repaired silently: a code with a wrong check digit is refused with the right
digit named, because a guess would file goods under somebody else's code.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from evertill.core.barcode.check_digits import check_digit, is_digits
from evertill.core.barcode.gtin import GTIN_LENGTHS, is_valid_gtin

CODE_CHARS_MAX = 48
NAME_CHARS_MAX = 200
_NUMBER = re.compile(r"[^\d.,+\-]*([+-]?[\d.,' ]*\d[.,]?)(?:[^\d.,][^\d]*)?")
_SHORTENED = re.compile(r"\d(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)
_KILOGRAM = frozenset(("kg", "kgs", "kilo", "kilogram", "kilogramm", "公斤", "千克"))
_HALF_KILOGRAM = frozenset(("斤", "市斤"))
_CJK = re.compile(r"[\u3400-\u9fff]")


class CellWrong(ValueError):
    """A cell that cannot be taken; its text is a full sentence."""


def find_decimal_mark(prices: Iterable[str], digits: int) -> str:
    """ "." or ",": which of them stands before the cents in this column of prices.

    `digits` is how many decimals the currency has. A mark with exactly three figures behind it
    says nothing (it may group thousands) unless the currency has three; "." if nothing is said.
    """
    votes = {".": 0, ",": 0}
    for price in prices:
        number = "".join(letter for letter in _plain(price) if letter in "0123456789.,")
        marks = [letter for letter in number if letter in ".,"]
        if not marks:
            continue
        tail = len(number) - 1 - max(number.rfind("."), number.rfind(","))
        if len(set(marks)) == 2:
            votes[marks[-1]] += 1
        elif len(marks) > 1:
            grouped = re.fullmatch(r"\d{1,3}([.,]\d{3})+", number) is not None
            votes["," if marks[0] == "." else "."] += grouped
        elif tail != 3 or digits == 3:
            votes[marks[0]] += 1
    return "," if votes[","] > votes["."] else "."


def read_price_e4(text: str, *, mark: str, digits: int, max_minor: int) -> int:
    """The unit price in ten-thousandths of a minor unit, more than zero and at most `max_minor`."""
    if not text:
        raise CellWrong("The price is missing.")
    match = _NUMBER.fullmatch(_plain(text))
    if match is None:
        raise CellWrong(f"The price {text!r} is not a number.")
    number = re.sub("[' ]", "", match[1])
    group = "," if mark == "." else "."
    if group in number and not re.fullmatch(rf"[+-]?\d{{1,3}}(\{group}\d{{3}})+(\{mark}\d*)?", number):
        raise CellWrong(
            f"The price {text!r} has a {group!r} where the other prices of this list have {mark!r}."
        )
    whole, _, cents = number.replace(group, "").partition(mark)
    cents = cents.rstrip("0")
    if mark in cents or not whole.lstrip("+-").isdigit() or (cents and not cents.isdigit()):
        raise CellWrong(f"The price {text!r} is not a number.")
    if len(cents) > digits + 4 or len(whole) > 18:
        raise CellWrong(f"The price {text!r} has more decimals than can be kept.")
    decimals = digits + 4
    price_e4 = int(whole.lstrip("+-") + cents.ljust(decimals, "0"))
    if number.startswith("-") and price_e4:
        raise CellWrong(f"The price {text!r} is negative.")
    if price_e4 == 0:
        raise CellWrong("The price is zero.")
    if price_e4 > max_minor * 10_000:
        raise CellWrong(f"The price {text!r} is far too high; is it in the right column?")
    return price_e4


def read_codes(text: str, *, plain: bool) -> tuple[str, ...]:
    """The barcodes in a cell, several separated by ";", "|" or "/"; none for an empty cell.

    `plain`: a number that looks like a GTIN with a wrong check digit is taken as the shop's own code.
    """
    codes = [
        _read_code(part.strip(), plain=plain) for part in re.split(r"[;|/]", _plain(text)) if part.strip()
    ]
    return tuple(dict.fromkeys(codes))


def read_name(text: str) -> str:
    """The name with its blanks in order."""
    name = re.sub(r"\s+", " ", text).strip()
    if len(name) > NAME_CHARS_MAX:
        raise CellWrong(f"The name is longer than {NAME_CHARS_MAX} characters.")
    if not name.isprintable() or "\ufffd" in name:
        raise CellWrong(f"The name {name[:40]!r} holds characters that cannot be read; check the encoding.")
    return name


def is_chinese(text: str) -> bool:
    """Whether a text holds Chinese characters."""
    return _CJK.search(text) is not None


def read_unit(text: str) -> tuple[str, int]:
    """How an article is sold, "each" or "kg", and what its price is multiplied by: a jin is 500 g."""
    unit = _plain(text).lower()
    if unit in _KILOGRAM:
        return "kg", 1
    return ("kg", 2) if unit in _HALF_KILOGRAM else ("each", 1)


def read_age(text: str) -> int:
    """The age that must be proven, 0 for an empty cell."""
    age = _plain(text).rstrip("+")
    if not age:
        return 0
    if not is_digits(age) or int(age) > 99:
        raise CellWrong(f"The age {text!r} is not a number of years.")
    return int(age)


def read_rate_ppm(text: str) -> int | None:
    """A tax rate such as "19 %", "19" or "0.19" in parts per million; None if the text is no rate."""
    match = re.fullmatch(r"(\d{1,3})(?:[.,](\d{1,4}))?(%?)", _plain(text).replace(" ", ""))
    if match is None:
        return None
    ppm = int(match[1]) * 10_000 + int((match[2] or "").ljust(4, "0"))
    return ppm * 100 if not match[3] and match[2] and ppm < 10_000 else ppm


def _read_code(text: str, *, plain: bool) -> str:
    if _SHORTENED.fullmatch(text):
        hint = "format the column as text in the spreadsheet and save it again"
        raise CellWrong(f"The spreadsheet has shortened the code to {text}; {hint}.")
    code = re.sub(r"[\s\-']", "", text).removesuffix(".0")
    if not code or len(code) > CODE_CHARS_MAX or not code.isascii() or not code.isprintable():
        raise CellWrong(f"The code {text[:60]!r} cannot be printed as a barcode.")
    if plain or not is_digits(code) or len(code) < 8 or is_valid_gtin(code):
        return code
    if len(code) in GTIN_LENGTHS:
        right = code[:-1] + check_digit(code[:-1])
        raise CellWrong(f"The check digit of {code} is wrong; {right} would be right.")
    for length in (12, 13):
        if len(code) < length and is_valid_gtin(code.zfill(length)):
            raise CellWrong(
                f"The code {code} has lost zeros at the front; it should be {code.zfill(length)}."
            )
    if len(code) > 14:
        raise CellWrong(f"The code {code} has more digits than a barcode of goods.")
    return code


def _plain(text: str) -> str:
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFKC", text).strip()
