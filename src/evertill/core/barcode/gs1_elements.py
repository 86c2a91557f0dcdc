"""Element strings: reading and writing messages made of Application Identifiers and values.

A message is what a scanner sends for GS1-128, GS1 DataMatrix, GS1 QR and DataBar: identifier,
value, identifier, value, with FNC1 (U+001D) after a value whose length the identifier does not
fix. What must hold: a message that is read here and written again means the same, and a message
with any fault is refused as a whole, by name (a cashier's register may still be content with
less; see core.barcode.scanned). Which identifiers go together is a question of its own,
`association_fault`, because the rules hold for all symbols on an item, not for one of them.
Source: GS1 General Specifications 4.13 and 7.8.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from evertill.core.barcode.gs1_checks import (
    CHECKS,
    check_cset39,
    check_cset64,
    check_cset82,
    check_numeric,
)
from evertill.core.barcode.gs1_table import IDENTIFIERS, Identifier, find_identifier, matches

FNC1 = "\x1d"
MESSAGE_CHARACTERS_MAX = 8_192

_ALPHABETS = {"N": check_numeric, "X": check_cset82, "Y": check_cset39, "Z": check_cset64}
_BRACKETED = r"\(([0-9]{2,4})\)((?:\\\(|\\(?!\()|[^(\\])+)"


class Element(msgspec.Struct, frozen=True):
    """An Application Identifier and its value."""

    ai: str
    value: str


class MessageFault(msgspec.Struct, frozen=True):
    """Why a message cannot be read: what is wrong, and at which identifier (empty: at none)."""

    fault: str
    ai: str = ""


Elements = tuple[Element, ...]


def value_fault(identifier: Identifier, value: str, *, content: bool = True) -> str | None:
    """What is wrong with `value` after `identifier`; None if right.

    Length and characters always count, check digits, dates and code lists only with `content`.
    """
    rest = value
    for part in identifier.parts:
        if part.optional and not rest:
            break
        piece, rest = rest[: part.most], rest[part.most :]
        if len(piece) < part.least:
            return "value_too_short"
        fault = _ALPHABETS[part.kind](piece)
        for check in part.checks if content else ():
            fault = fault or CHECKS[check](piece)
        if fault:
            return fault
    return "value_too_long" if rest else None


def read_message(text: str, *, content: bool = True) -> Elements | MessageFault:
    """The elements of a message, without the FNC1 in front that marks it as one.

    One FNC1 is allowed after any value, the last one included. Without `content` values need only
    have the right length and characters.
    """
    if len(text) > MESSAGE_CHARACTERS_MAX:
        return MessageFault("message_too_long")
    found: list[Element] = []
    at = 0
    while at < len(text):
        identifier = find_identifier(text[at : at + 4])
        if identifier is None:
            return MessageFault("unknown_identifier", text[at : at + 4])
        at += len(identifier.ai)
        end = at + identifier.length_max if identifier.predefined else text.find(FNC1, at)
        value = text[at:end] if end >= 0 else text[at:]
        fault = value_fault(identifier, value, content=content)
        if fault:
            return MessageFault(fault, identifier.ai)
        found.append(Element(identifier.ai, value))
        at += len(value)
        at += text.startswith(FNC1, at)
    return tuple(found) if found else MessageFault("no_elements")


def write_message(elements: Sequence[Element]) -> str:
    """The message of `elements` in their order, FNC1 only where one is needed, without the one in front."""
    pieces = []
    for index, element in enumerate(elements):
        pieces.append(element.ai + element.value)
        if index + 1 < len(elements) and not IDENTIFIERS[element.ai].predefined:
            pieces.append(FNC1)
    return "".join(pieces)


def read_bracketed(text: str, *, content: bool = True) -> Elements | MessageFault:
    r"""The elements of "(01)...(10)...", as printed or typed. \( is a parenthesis in a value."""
    if len(text) > MESSAGE_CHARACTERS_MAX or not re.fullmatch(f"(?:{_BRACKETED})+", text):
        return MessageFault("brackets_unreadable")
    found = []
    for ai, written in re.findall(_BRACKETED, text):
        identifier = IDENTIFIERS.get(ai)
        if identifier is None:
            return MessageFault("unknown_identifier", ai)
        value = written.replace("\\(", "(")
        fault = value_fault(identifier, value, content=content)
        if fault:
            return MessageFault(fault, ai)
        found.append(Element(ai, value))
    return tuple(found)


def write_bracketed(elements: Sequence[Element]) -> str:
    """How the message is printed for people: "(01)07032069804988(10)0329"."""
    return "".join(f"({element.ai}){element.value.replace('(', chr(92) + '(')}" for element in elements)


def association_fault(elements: Sequence[Element]) -> MessageFault | None:
    """The first identifier whose company is wrong: one that it bars, or none of those that it needs.

    An identifier that comes twice must have one value. A price without its article (3922 needs 01)
    is an example of a need.
    """
    values: dict[str, str] = {}
    for element in elements:
        if values.setdefault(element.ai, element.value) != element.value:
            return MessageFault("repeated_with_other_value", element.ai)
    for ai in values:
        identifier = IDENTIFIERS[ai]
        others = [other for other in values if other != ai]
        if any(matches(other, barred) for barred in identifier.bars for other in others):
            return MessageFault("not_together", ai)
        for group in identifier.needs:
            if not any(_all_there(wanted, others) for wanted in group):
                return MessageFault("needs_another", ai)
    return None


def _all_there(wanted: tuple[str, ...], others: list[str]) -> bool:
    return all(any(matches(other, pattern) for other in others) for pattern in wanted)
