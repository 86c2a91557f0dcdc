"""Article numbers: GTIN-8, -12, -13, -14 and the short UPC-E, as one family.

A GTIN is the same number whatever its printed length: 036000291452 on an American tin and
0036000291452 in a European catalogue are one article. `normal_gtin` gives the 14-digit form
that stands for all of them; `printed_forms` gives the forms a catalogue may have filed it by.
UPC-E is another writing of some UPC-A numbers (GS1 General Specifications 5.2.2.4).
"""

from __future__ import annotations

from evertill.core.barcode.check_digits import check_digit, has_good_check_digit, is_digits

GTIN_LENGTHS = (8, 12, 13, 14)


def is_valid_gtin(code: str) -> bool:
    """Whether `code` is 8, 12, 13 or 14 ASCII digits with a right check digit."""
    return len(code) in GTIN_LENGTHS and has_good_check_digit(code)


def normal_gtin(code: str) -> str | None:
    """The 14 digits of a valid GTIN of any length, else None."""
    return code.zfill(14) if is_valid_gtin(code) else None


def shortest_length(code: str) -> int:
    """How long the GTIN in `code` (digits) is when printed shortest: 8, 12, 13 or 14."""
    significant = len(code.lstrip("0"))
    for length in GTIN_LENGTHS:
        if significant <= length:
            return length
    return significant


def as_gtin(code: str, length: int) -> str | None:
    """`code` (a valid GTIN) in `length` digits, or None if it has more significant digits than that."""
    if shortest_length(code) > length:
        return None
    return code.lstrip("0").zfill(length)


def printed_forms(gtin: str) -> tuple[str, ...]:
    """The forms a 14-digit GTIN may be filed by, the usual one (13 digits) first, 14 digits last."""
    if gtin[0] != "0":
        return (gtin,)
    if gtin[1] != "0":
        return (gtin[1:], gtin)
    if gtin[:6] != "000000":
        return (gtin[1:], gtin[2:], gtin)
    return (gtin[6:], gtin[1:], gtin[2:], gtin)


def expand_upc_e(code: str) -> str | None:
    """The UPC-A of a UPC-E of 6 digits (number system 0, no check digit), 7 (no check digit) or 8.

    None if `code` is none, its number system is not 0 or 1, or its check digit is wrong.
    """
    if not is_digits(code) or len(code) not in (6, 7, 8):
        return None
    body = "0" + code if len(code) == 6 else code[:7]
    if body[0] not in "01":
        return None
    payload = _upc_a_payload(body)
    check = check_digit(payload)
    if len(code) == 8 and code[7] != check:
        return None
    return payload + check


def _upc_a_payload(body: str) -> str:
    last = body[6]
    if last in "012":
        return body[:3] + last + "0000" + body[3:6]
    if last == "3":
        return body[:4] + "00000" + body[4:6]
    if last == "4":
        return body[:5] + "00000" + body[5]
    return body[:6] + "0000" + last


def suppress_upc_a(code: str) -> str | None:
    """The 8-digit UPC-E of a UPC-A, or None if its zeros do not allow one. Conditions A to D in order."""
    if len(code) != 12 or not has_good_check_digit(code) or code[0] not in "01":
        return None
    if code[10] >= "5" and code[6:10] == "0000" and code[5] != "0":
        short = code[:6] + code[10]
    elif code[5:10] == "00000" and code[4] != "0":
        short = code[:5] + code[10] + "4"
    elif code[4:8] == "0000" and code[3] in "012":
        short = code[:3] + code[8:11] + code[3]
    elif code[4:9] == "00000" and code[3] >= "3":
        short = code[:4] + code[9:11] + "3"
    else:
        return None
    return short + code[11]
