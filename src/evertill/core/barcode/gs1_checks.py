"""What the content of a GS1 value must be, one function a rule.

Each check takes one component of a value as text and returns None if it is right, else the name
of what is wrong (snake_case, after the error names of the GS1 Barcode Syntax Tests, so that a
finding can be looked up there). Checks never raise, whatever the text. `CHECKS` has them by the
name that core.barcode.gs1_table uses. Source: GS1 General Specifications, section 3.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable

from evertill.core.barcode.check_digits import (
    CSET82_VALUES,
    PAIR_TEXT_MAX,
    check_pair,
    has_good_check_digit,
    is_digits,
    mod97,
)
from evertill.core.barcode.gs1_codes import COUNTRIES, COUNTRY_OF_NUMBER, CURRENCY_OF_NUMBER
from evertill.core.barcode.gs1_coupons import check_coupon, check_positive_offer

Fault = str | None
Check = Callable[[str], Fault]

COMPANY_PREFIX_MIN = 4
KOSOVO = "XK"  # no ISO 3166 code, but in the IBAN registry
CSET39 = frozenset("#-/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
CSET64 = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_")


def check_numeric(text: str) -> Fault:
    """Digits only (none at all is right too)."""
    return None if not text or is_digits(text) else "non_digit_character"


def check_cset82(text: str) -> Fault:
    """Only the 82 characters of most GS1 values."""
    return None if all(character in CSET82_VALUES for character in text) else "invalid_cset82_character"


def check_cset39(text: str) -> Fault:
    """Only the 39 characters of component and part identifiers."""
    return None if CSET39.issuperset(text) else "invalid_cset39_character"


def check_cset64(text: str) -> Fault:
    """Base64url; padding, if any, fills up to a multiple of four."""
    body = text.rstrip("=")
    if not CSET64.issuperset(body):
        return "invalid_cset64_character"
    padding = len(text) - len(body)
    return "invalid_cset64_padding" if padding > 2 or (padding and len(text) % 4) else None


def check_csum(text: str) -> Fault:
    """Last digit is the check digit."""
    if not text:
        return "too_short_for_check_digit"
    if not is_digits(text):
        return "non_digit_character"
    return None if has_good_check_digit(text) else "incorrect_check_digit"


def check_csumalpha(text: str) -> Fault:
    """Last two characters are the check pair."""
    body, pair = text[:-2], text[-2:]
    if len(pair) < 2:
        return "too_short_for_check_pair"
    if len(body) > PAIR_TEXT_MAX:
        return "too_long_for_check_pair_implementation"
    return check_cset82(body) or (None if check_pair(body) == pair else "incorrect_check_pair")


def check_key(text: str) -> Fault:
    """Starts with a GS1 Company Prefix, which has at least four digits."""
    if len(text) < COMPANY_PREFIX_MIN:
        return "too_short_for_key"
    return None if is_digits(text[:COMPANY_PREFIX_MIN]) else "invalid_gcp_prefix"


def check_key1(text: str) -> Fault:
    """As check_key, after one digit (indicator, extension)."""
    return check_key(text[1:])


def _calendar(year: int, month: str, day: str, zero_day: bool) -> Fault:
    if not 1 <= int(month) <= 12:
        return "illegal_month"
    if day == "00" and zero_day:
        return None
    return None if 1 <= int(day) <= monthrange(year, int(month))[1] else "illegal_day"


def _date(text: str, year_digits: int, zero_day: bool) -> Fault:
    length = year_digits + 4
    if len(text) != length:
        return "date_too_short" if len(text) < length else "date_too_long"
    if not is_digits(text):
        return "non_digit_character"
    # Two-digit years stand for 1950 to 2099, where every fourth year is a leap year, as from 2000.
    year = int(text[:year_digits]) + (2000 if year_digits == 2 else 0)
    return _calendar(max(year, 1), text[-4:-2], text[-2:], zero_day)


def check_yymmdd(text: str) -> Fault:
    """A date."""
    return _date(text, 2, zero_day=False)


def check_yymmd0(text: str) -> Fault:
    """A date; day 00 stands for the month's last day."""
    return _date(text, 2, zero_day=True)


def check_yyyymmdd(text: str) -> Fault:
    """A date with its century."""
    return _date(text, 4, zero_day=False)


def check_yyyymmd0(text: str) -> Fault:
    """A date with its century; day 00 stands for the month's last day."""
    return _date(text, 4, zero_day=True)


def _clock(text: str, short: str, long: str, fields: tuple[tuple[str, int], ...]) -> Fault:
    if len(text) != 2 * len(fields):
        return short if len(text) < 2 * len(fields) else long
    if not is_digits(text):
        return "non_digit_character"
    for index, (name, top) in enumerate(fields):
        if int(text[2 * index : 2 * index + 2]) > top:
            return f"illegal_{name}"
    return None


def check_hh(text: str) -> Fault:
    """An hour, 00 to 23."""
    return _clock(text, "hour_too_short", "hour_too_long", (("hour", 23),))


def check_mi(text: str) -> Fault:
    """A minute."""
    return _clock(text, "minute_too_short", "minute_too_long", (("minute", 59),))


def check_ss(text: str) -> Fault:
    """A second."""
    return _clock(text, "second_too_short", "second_too_long", (("second", 59),))


def check_hhmi(text: str) -> Fault:
    """Hour and minute."""
    fields = (("hour", 23), ("minute", 59))
    return _clock(text, "hour_with_minute_too_short", "hour_with_minute_too_long", fields)


def check_yymmddhh(text: str) -> Fault:
    """Date and hour."""
    if len(text) != 8:
        return "date_with_hour_too_short" if len(text) < 8 else "date_with_hour_too_long"
    return check_yymmdd(text[:6]) or check_hh(text[6:])


def check_mmoptss(text: str) -> Fault:
    """Minutes, with or without seconds."""
    if len(text) not in (2, 4):
        return "mmss_invalid_length"
    return check_mi(text[:2]) or (check_ss(text[2:]) if text[2:] else None)


def check_pieceoftotal(text: str) -> Fault:
    """Piece number and total in halves: 0205 is the second of five."""
    if not text or len(text) % 2:
        return "invalid_length_for_piece_of_total"
    if not is_digits(text):
        return "non_digit_character"
    piece, total = int(text[: len(text) // 2]), int(text[len(text) // 2 :])
    if piece == 0:
        return "zero_piece_number"
    if total == 0:
        return "zero_total_pieces"
    return "piece_number_exceeds_total" if piece > total else None


def check_posinseqslash(text: str) -> Fault:
    """Position and end with a slash: 2/3."""
    if not re.fullmatch(r"[0-9]+/[0-9]+", text):
        return "position_in_sequence_malformed"
    position, _, end = text.partition("/")
    if position[0] == "0" or end[0] == "0":
        return "illegal_zero_prefix"
    return "position_exceeds_end" if (len(position), position) > (len(end), end) else None


def check_zero(text: str) -> Fault:
    """Zeros only."""
    return None if not text.strip("0") else "not_zero"


def check_nonzero(text: str) -> Fault:
    """A number above zero."""
    return check_numeric(text) or (None if text.strip("0") else "illegal_zero_value")


def check_nozeroprefix(text: str) -> Fault:
    """No zero in front, but 0 alone is a number."""
    return "illegal_zero_prefix" if text.startswith("0") and text != "0" else None


def check_hasnondigit(text: str) -> Fault:
    """At least one character that is no digit."""
    return None if text.strip("0123456789") else "requires_non_digit_character"


def check_hyphen(text: str) -> Fault:
    """Hyphens only (a minus sign)."""
    return None if not text.strip("-") else "not_hyphen"


def check_yesno(text: str) -> Fault:
    """0 or 1."""
    return None if text in ("0", "1") else "not_zero_or_one"


def check_winding(text: str) -> Fault:
    """Winding direction of a roll: 0 face out, 1 face in, 9 undefined."""
    return None if text in ("0", "1", "9") else "invalid_winding_direction"


def _coordinate(text: str, name: str, top: int) -> Fault:
    if len(text) != 10:
        return f"{name}_invalid_length"
    if not is_digits(text):
        return "non_digit_character"
    return None if int(text) <= top else f"invalid_{name}"


def check_latitude(text: str) -> Fault:
    """Ten-millionths of a degree, counted from the south pole."""
    return _coordinate(text, "latitude", 1_800_000_000)


def check_longitude(text: str) -> Fault:
    """Ten-millionths of a degree, counted from Greenwich eastward."""
    return _coordinate(text, "longitude", 3_600_000_000)


def check_iban(text: str) -> Fault:
    """An international bank account number: country, ISO 7064 check digits."""
    if not re.fullmatch(r"[0-9A-Z]*", text):
        return "invalid_iban_character"
    if len(text) < 5:
        return "iban_too_short"
    if text[:2] not in COUNTRIES and text[:2] != KOSOVO:
        return "illegal_iban_country_code"
    return None if mod97(text[4:] + text[:4]) == 1 else "incorrect_iban_checksum"


def check_pcenc(text: str) -> Fault:
    """Every percent sign starts a two-digit hexadecimal escape."""
    return "invalid_percent_sequence" if re.search("%(?![0-9A-Fa-f]{2})", text) else None


def check_importeridx(text: str) -> Fault:
    """One character of base64url."""
    if len(text) != 1:
        return "importer_idx_must_be_one_character"
    return None if text in CSET64 else "invalid_import_idx_character"


def check_mediatype(text: str) -> Fault:
    """AIDC media type: 01 to 10, or 80 to 99 by agreement."""
    if not is_digits(text):
        return "non_digit_character" if text else "invalid_media_type"
    number = int(text) if len(text) == 2 else 0
    return None if 1 <= number <= 10 or 80 <= number <= 99 else "invalid_media_type"


def check_packagetype(text: str) -> Fault:
    """Looks like a package type: two characters of UN/CEFACT Rec. 21, or up to four of GS1's own."""
    return None if re.fullmatch(r"[0-9A-Z]{1,4}", text) else "invalid_package_type"


def check_iso5218(text: str) -> Fault:
    """Sex as on a patient's wristband: 0, 1, 2 or 9."""
    return None if text in ("0", "1", "2", "9") else "invalid_biological_sex_code"


def check_iso3166(text: str) -> Fault:
    """A country's number."""
    return check_numeric(text) or (None if text in COUNTRY_OF_NUMBER else "not_iso3166")


def check_iso3166999(text: str) -> Fault:
    """A country's number, or 999 for several."""
    known = text == "999" or text in COUNTRY_OF_NUMBER
    return check_numeric(text) or (None if known else "not_iso3166_or_999")


def check_iso3166list(text: str) -> Fault:
    """One to five countries' numbers."""
    if not text or len(text) % 3:
        return check_numeric(text) or "not_iso3166"
    numbers = [text[start : start + 3] for start in range(0, len(text), 3)]
    return next((fault for fault in map(check_iso3166, numbers) if fault), None)


def check_iso3166alpha2(text: str) -> Fault:
    """A country's two letters."""
    return None if text in COUNTRIES else "not_iso3166_alpha2"


def check_iso4217(text: str) -> Fault:
    """A currency's number."""
    return check_numeric(text) or (None if text in CURRENCY_OF_NUMBER else "not_iso4217")


CHECKS: dict[str, Check] = {
    "couponcode": check_coupon,
    "couponposoffer": check_positive_offer,
    "cset39": check_cset39,
    "cset64": check_cset64,
    "cset82": check_cset82,
    "csetnumeric": check_numeric,
    "csum": check_csum,
    "csumalpha": check_csumalpha,
    "gcppos1": check_key,
    "gcppos2": check_key1,
    "hasnondigit": check_hasnondigit,
    "hh": check_hh,
    "hhmi": check_hhmi,
    "hhmm": check_hhmi,
    "hyphen": check_hyphen,
    "iban": check_iban,
    "importeridx": check_importeridx,
    "iso3166": check_iso3166,
    "iso3166999": check_iso3166999,
    "iso3166alpha2": check_iso3166alpha2,
    "iso3166list": check_iso3166list,
    "iso4217": check_iso4217,
    "iso5218": check_iso5218,
    "key": check_key,
    "key1": check_key1,
    "keyoff1": check_key1,
    "latitude": check_latitude,
    "longitude": check_longitude,
    "mediatype": check_mediatype,
    "mi": check_mi,
    "mm": check_mi,
    "mmoptss": check_mmoptss,
    "nonzero": check_nonzero,
    "nozeroprefix": check_nozeroprefix,
    "packagetype": check_packagetype,
    "pcenc": check_pcenc,
    "pieceoftotal": check_pieceoftotal,
    "posinseqslash": check_posinseqslash,
    "ss": check_ss,
    "winding": check_winding,
    "yesno": check_yesno,
    "yymmd0": check_yymmd0,
    "yymmdd": check_yymmdd,
    "yymmddhh": check_yymmddhh,
    "yyyymmd0": check_yyyymmd0,
    "yyyymmdd": check_yyyymmdd,
    "zero": check_zero,
}
