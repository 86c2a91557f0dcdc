"""Coupon codes of North America: the grammar behind AI 8110 and AI 8112.

A coupon is one run of digits whose fields announce their own length (a "VLI" digit stands
before a field of variable length), followed by optional fields in ascending order of the digit
that opens each. What must hold: every digit belongs to a field. A check returns the first thing
that is wrong, reading from the left. Source: GS1 US, "North American Coupon Application
Guideline Using GS1 DataBar Expanded Symbols", and the positive-offer format for AI 8112.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable

from evertill.core.barcode.check_digits import is_digits


class _Wrong(Exception):
    """The first fault found, on its way out of a reader."""


class _Reader:
    """Takes digits from the left and says what is missing when there are not enough."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def take(self, length: int, missing: str) -> str:
        taken = self.text[self.at : self.at + length]
        if len(taken) < length:
            raise _Wrong(missing)
        self.at += length
        return taken

    def one_of(self, allowed: str, field: str, invalid: str) -> str:
        digit = self.take(1, f"coupon_missing_{field}")
        if digit not in allowed:
            raise _Wrong(f"coupon_invalid_{invalid}")
        return digit

    def sized(self, field: str, allowed: str, extra: int) -> str:
        """A field whose length is its VLI digit plus `extra`."""
        vli = self.one_of(allowed, f"{field}_vli", f"{field}_length")
        return self.take(int(vli) + extra, f"coupon_truncated_{field}")

    def opens(self, digit: str) -> bool:
        """Whether the next optional field is the one that `digit` opens; takes the digit if so."""
        if not self.text.startswith(digit, self.at):
            return False
        self.at += 1
        return True


def check_coupon(text: str) -> str | None:
    """None if `text` is a coupon code as carried in AI 8110, else what is wrong."""
    return _fault_of(text, _read_coupon)


def check_positive_offer(text: str) -> str | None:
    """None if `text` is a positive-offer coupon as carried in AI 8112, else what is wrong."""
    return _fault_of(text, _read_positive_offer)


def _fault_of(text: str, read: Callable[[_Reader], None]) -> str | None:
    if text and not is_digits(text):
        return "non_digit_character"
    reader = _Reader(text)
    try:
        read(reader)
    except _Wrong as wrong:
        return str(wrong)
    return None if reader.at == len(text) else "coupon_excess_data"


def _read_positive_offer(reader: _Reader) -> None:
    reader.one_of("01", "format_code", "format_code")
    reader.sized("funder", "0123456", 6)
    reader.take(6, "coupon_truncated_offer_code")
    reader.sized("serial_number", "0123456789", 6)


def _read_coupon(reader: _Reader) -> None:
    reader.sized("gcp", "0123456", 6)
    reader.take(6, "coupon_truncated_offer_code")
    reader.sized("save_value", "12345", 0)
    _read_purchase(reader, "1st")
    if reader.opens("1"):
        reader.one_of("0123", "additional_purchase_rules_code", "additional_purchase_rules_code")
        _read_purchase(reader, "2nd")
        _read_company(reader, "2nd")
    if reader.opens("2"):
        _read_purchase(reader, "3rd")
        _read_company(reader, "3rd")
    _read_dates(reader)
    if reader.opens("5"):
        reader.sized("serial_number", "0123456789", 6)
    if reader.opens("6"):
        reader.sized("retailer_gcp_or_gln", "1234567", 6)
    if reader.opens("9"):
        reader.one_of("01256", "save_value_code", "save_value_code")
        reader.one_of("012", "save_value_applies_to_item", "save_value_applies_to_item")
        reader.take(1, "coupon_missing_store_coupon_flag")
        reader.one_of("01", "dont_multiply_flag", "dont_multiply_flag")


def _read_purchase(reader: _Reader, which: str) -> None:
    reader.sized(f"{which}_purchase_requirement", "12345", 0)
    code = f"{which}_purchase_requirement_code"
    reader.one_of("012349", code, code)
    reader.take(3, f"coupon_truncated_{which}_purchase_family_code")


def _read_company(reader: _Reader, which: str) -> None:
    """The company of a further purchase; 9 instead of a length means that of the first."""
    field = f"{which}_purchase_gcp"
    vli = reader.one_of("01234569", f"{field}_vli", f"{field}_length")
    if vli != "9":
        reader.take(int(vli) + 6, f"coupon_truncated_{field}")


def _read_dates(reader: _Reader) -> None:
    expires = starts = ""
    if reader.opens("3"):
        expires = reader.take(6, "coupon_too_short_for_expiration_date")
        if not _is_date(expires):
            raise _Wrong("coupon_invalid_exipiration_date")  # spelt so in the published list of errors
    if reader.opens("4"):
        starts = reader.take(6, "coupon_too_short_for_start_date")
        if not _is_date(starts):
            raise _Wrong("coupon_invalid_start_date")
    if expires and starts and expires < starts:
        raise _Wrong("coupon_expiration_before_start")


def _is_date(text: str) -> bool:
    year, month, day = map(int, re.findall("..", text))
    return 1 <= month <= 12 and 1 <= day <= monthrange(2000 + year, month)[1]
