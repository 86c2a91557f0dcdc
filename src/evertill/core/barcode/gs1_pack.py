"""Messages for print: from plain numbers and dates to element strings, and back to one canonical form.

A label printer gets values ("17.23 kg, best before 19 November"), a barcode carries digits. Values
of fixed length go first, so that fewer separators are needed. Where the far side knows no
separator, values of variable length are filled up to their greatest length, text with blanks
and numbers with zeros, except the last one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from evertill.core.barcode.gs1_elements import Element, Elements, MessageFault, value_fault
from evertill.core.barcode.gs1_table import IDENTIFIERS, find_identifier
from evertill.core.barcode.gs1_values import read_figure

DECIMALS_MAX = 9
Value = str | int | Decimal | date | tuple[str, Decimal]


def pack(values: Mapping[str, Value]) -> Elements | MessageFault:
    """The elements of `values`, ready to be written: fixed lengths first, else by identifier.

    For measures and amounts any identifier of the group will do (3100): its last digit becomes the
    number of decimals that the value has. Amounts with currency are (ISO number, amount).
    """
    found = []
    for ai, value in sorted(values.items()):
        identifier = IDENTIFIERS.get(ai)
        if identifier is None:
            return MessageFault("unknown_identifier", ai)
        element = _element(ai, value)
        identifier = IDENTIFIERS.get(element.ai)
        fault = value_fault(identifier, element.value) if identifier else "too_many_decimals"
        if fault:
            return MessageFault(fault, ai)
        found.append(element)
    return tuple(sorted(found, key=lambda element: not IDENTIFIERS[element.ai].predefined))


def join(elements: Sequence[Element], *, separator: str = "", bracketed: bool = False) -> str:
    """`elements` as one text, with `separator` or filling between those of variable length."""
    pieces = []
    for index, element in enumerate(elements):
        is_open = index + 1 < len(elements) and not IDENTIFIERS[element.ai].predefined
        value = _filled(element) if is_open and not separator else element.value
        name = f"({element.ai})" if bracketed else element.ai
        pieces.append(name + value + (separator if is_open else ""))
    return "".join(pieces)


def unpack(text: str, *, separator: str = "") -> Elements | MessageFault:
    """The elements of a joined text, brackets and filling taken off, in the order that pack() gives."""
    text = text.replace("(", "").replace(")", "").strip()
    found = []
    while text:
        identifier = find_identifier(text[:4])
        if identifier is None:
            return MessageFault("unknown_identifier", text[:4])
        text = text.removeprefix(identifier.ai)
        end = text.find(separator) if separator else -1
        if end < 0 or identifier.predefined:
            end = len(text)
        written = text[: min(end, identifier.length_max)]
        text = text[len(written) :].removeprefix(separator)
        value = _unfilled(identifier.ai, written.strip())
        fault = value_fault(identifier, value)
        if fault:
            return MessageFault(fault, identifier.ai)
        found.append(Element(identifier.ai, value))
    found.sort(key=lambda element: (not IDENTIFIERS[element.ai].predefined, element.ai))
    return tuple(found) if found else MessageFault("no_elements")


def _element(ai: str, value: Value) -> Element:
    if isinstance(value, datetime):
        return Element(ai, value.strftime("%y%m%d%H%M"))
    if isinstance(value, date):
        return Element(ai, value.strftime("%y%m%d"))
    if isinstance(value, tuple):
        name, digits = _decimal(ai, value[1])
        return Element(name, value[0] + digits)
    if isinstance(value, str) or not _is_figure(ai):
        return Element(ai, str(value))
    name, digits = _decimal(ai, Decimal(value))
    least = IDENTIFIERS[ai].parts[-1].least
    return Element(name, digits.zfill(least))


def _decimal(ai: str, value: Decimal) -> tuple[str, str]:
    whole, _, decimals = f"{value:f}".partition(".")
    decimals = decimals[:DECIMALS_MAX]
    return ai[:3] + str(len(decimals)), whole + decimals


def _is_figure(ai: str) -> bool:
    return read_figure(ai, "000000") is not None


def _filled(element: Element) -> str:
    identifier = IDENTIFIERS[element.ai]
    if identifier.parts[-1].kind == "N":
        return element.value.zfill(identifier.length_max)
    return element.value.ljust(identifier.length_max)


def _unfilled(ai: str, written: str) -> str:
    parts = IDENTIFIERS[ai].parts
    is_number = len(parts) == 1 and parts[0].kind == "N" and parts[0].least < parts[0].most
    return (written.lstrip("0") or written[:1]) if is_number else written
