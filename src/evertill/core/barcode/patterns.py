"""Label patterns as other tills write them: "21.....{NNDDD}" for a 2-digit whole and 3-digit decimal part.

Shops that change over bring their label rules in this form. "." is any character, N a digit before
and D one behind the decimal point, braces hold the value, a star stands for the rest.
"""

from __future__ import annotations

import re
from decimal import Decimal

import msgspec

from evertill.core.barcode.check_digits import check_digit, has_good_check_digit

_ENCODINGS = {"ean13": 13, "ean8": 8, "upca": 12}
_RECOMPUTED = ("ean13", "upca")  # a shorter code has no room for a check digit behind its value
_VALUE = re.compile(r"\{(?P<whole>N*)(?P<decimals>D*)\}")


class PatternMatch(msgspec.Struct, frozen=True):
    """The value inside a code, and the code with that value zero (its check digit right again)."""

    base_code: str
    value: Decimal


def match_pattern(pattern: str, encoding: str, code: str) -> PatternMatch | None:
    """What `code` says by `pattern`, or None. `encoding` is "ean13", "ean8", "upca" or "any".

    A UPC-A is read as the EAN-13 that it is where one is asked for, and the other way round.
    """
    if encoding == "ean13" and len(code) == _ENCODINGS["upca"]:
        code = "0" + code
    elif encoding == "upca" and len(code) == _ENCODINGS["ean13"]:
        code = code.removeprefix("0")
    if encoding in _ENCODINGS and (len(code) != _ENCODINGS[encoding] or not has_good_check_digit(code)):
        return None
    held = _VALUE.search(pattern)
    base, value = code, Decimal(0)
    if held is not None:
        start, size = held.start(), len(held["whole"]) + len(held["decimals"])
        digits = code[start : start + size]
        if len(digits) < size or not re.fullmatch("[0-9]*", digits):
            return None
        value = Decimal(int(digits or "0")).scaleb(-len(held["decimals"]))
        base = code[:start] + "0" * size + code[start + size :]
        pattern = pattern[:start] + "0" * size + pattern[held.end() :]
    if not _as_expression(pattern).match(base):
        return None
    if held is not None and encoding in _RECOMPUTED:
        base = base[:-1] + check_digit(base[:-1])
    return PatternMatch(base, value)


def _as_expression(pattern: str) -> re.Pattern[str]:
    """Only ".", "*" and "|" mean something in a pattern; anything else stands for itself."""
    return re.compile("|".join(re.sub(r"\\([.*])", r"\1", re.escape(one)) for one in pattern.split("|")))
