"""What the library biip knows of number ranges, for the back office: who issued a number.

biip brings tables of all GS1 prefixes and company prefixes. They take about 25 MB and a tenth of a
second to load, so no register imports this module; tests use it as the referee of the arithmetic
and the rules that registers run (docs/adr/0003).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import msgspec
from biip import EncodeError, ParseError
from biip.gs1_prefixes import GS1CompanyPrefix, GS1Prefix

Found = TypeVar("Found")


class Issuer(msgspec.Struct, frozen=True, kw_only=True):
    """Who gave out a number: the GS1 organisation's prefix and its use, and the company's prefix if known."""

    prefix: str
    usage: str
    company_prefix: str | None = None


def ask(question: Callable[[str], Found], text: str) -> Found | None:
    """What one of biip's parsers makes of `text`, or None if it refuses. Never raises.

    biip takes digits of any script for digits, and stumbles over a symbology identifier that breaks
    off: foreign digits are refused here, and its IndexError and ValueError mean no.
    """
    if any(character.isdecimal() and not character.isascii() for character in text):
        return None
    try:
        return question(text)
    except (ParseError, EncodeError, ValueError, IndexError):
        return None


def issuer_of(gtin: str) -> Issuer | None:
    """Who issued a 14-digit GTIN, or None if the range is not given out."""
    number = gtin[1:]
    prefix = ask(GS1Prefix.extract, number)
    if prefix is None:
        return None
    company = ask(GS1CompanyPrefix.extract, number)
    return Issuer(prefix=prefix.value, usage=prefix.usage, company_prefix=company.value if company else None)
