"""What a scanner sends: a symbology identifier in front, then the symbol's data (ISO/IEC 15424).

`receive` reads such data strictly, and `transmit` writes what a scanner would send for a symbol
with given content; the simulated scanners of tests and drills use it. Data that begins with FNC1
(U+001D) is a GS1 message, other data is plain. A composite symbol has a second, GS1 part: behind
an EAN/UPC symbol it follows as a packet of its own ("|]e0"), behind others it joins the message.
Source: GS1 General Specifications 5.1 (symbology identifiers) and 5.11 (composite symbols).
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from evertill.core.barcode.check_digits import check_digit, is_digits
from evertill.core.barcode.gs1_elements import FNC1, Element, read_message
from evertill.core.barcode.gs1_table import IDENTIFIERS
from evertill.core.barcode.gtin import expand_upc_e, is_valid_gtin, suppress_upc_a


class Symbology(StrEnum):
    """Symbols that a shop meets."""

    EAN_13 = "EAN-13"
    EAN_8 = "EAN-8"
    UPC_A = "UPC-A"
    UPC_E = "UPC-E"
    GS1_128 = "GS1-128"
    DATABAR = "GS1 DataBar"
    DATABAR_LIMITED = "GS1 DataBar Limited"
    DATABAR_EXPANDED = "GS1 DataBar Expanded"
    QR_CODE = "QR Code"
    DATA_MATRIX = "Data Matrix"
    DOT_CODE = "DotCode"


class SymbolData(msgspec.Struct, frozen=True):
    """A symbol's data: `linear` starts with FNC1 if it is a message; `composite` is one, without FNC1."""

    symbology: Symbology
    linear: str
    composite: str = ""


# Identifiers of matrix symbols: with plain data, with a GS1 message.
_MATRIX = {
    Symbology.QR_CODE: ("]Q1", "]Q3"),
    Symbology.DATA_MATRIX: ("]d1", "]d2"),
    Symbology.DOT_CODE: ("]J0", "]J1"),
}
_PLAIN = {plain: symbology for symbology, (plain, _) in _MATRIX.items()}
_MESSAGE = {message: symbology for symbology, (_, message) in _MATRIX.items()} | {
    "]C1": Symbology.GS1_128,
    "]e0": Symbology.DATABAR_EXPANDED,
}
_RETAIL = {"]E0": (Symbology.EAN_13, 13), "]E4": (Symbology.EAN_8, 8)}
_EAN_DIGITS = {Symbology.EAN_13: 13, Symbology.EAN_8: 8, Symbology.UPC_A: 12, Symbology.UPC_E: 12}


def receive(text: str) -> SymbolData | None:
    """The data of a scan with its symbology identifier, or None if it is not as the symbol must be."""
    identifier, rest = text[:3], text[3:]
    if identifier in _PLAIN:
        return SymbolData(_PLAIN[identifier], rest)
    if identifier in _MESSAGE:
        return SymbolData(_MESSAGE[identifier], FNC1 + rest) if _is_message(rest) else None
    if identifier not in _RETAIL:
        return None
    symbology, length = _RETAIL[identifier]
    number, bar, packet = rest.partition("|")
    if len(number) != length or not is_valid_gtin(number):
        return None
    if not bar:
        return SymbolData(symbology, number)
    composite = packet.removeprefix("]e0")
    if composite == packet or not _is_message(composite):
        return None
    return SymbolData(symbology, number, composite)


def transmit(data: SymbolData, *, add_check_digit: bool = False) -> str | None:
    """What a scanner sends for a symbol with this content, or None if the symbol cannot carry it.

    With `add_check_digit` an article number comes without its last digit.
    """
    if data.composite and not _is_message(data.composite):
        return None
    if data.symbology in _MATRIX:
        return _transmit_matrix(data)
    if data.symbology in _EAN_DIGITS:
        number = _retail_number(data, add_check_digit)
        packet = f"|]e0{data.composite}" if data.composite else ""
        return number and number + packet
    message = _linear_message(data, add_check_digit)
    if message is None or not _is_message(message):
        return None
    if not data.composite:
        return ("]C1" if data.symbology is Symbology.GS1_128 else "]e0") + message
    return "]e0" + message + (FNC1 if _is_open(message) else "") + data.composite


def _transmit_matrix(data: SymbolData) -> str | None:
    plain, message = _MATRIX[data.symbology]
    if data.composite:
        return None
    if not data.linear.startswith(FNC1):
        return plain + data.linear
    return message + data.linear[1:] if _is_message(data.linear[1:]) else None


def _article_number(linear: str, length: int, add_check_digit: bool) -> str | None:
    """The `length`-digit article number in plain data of that length or in a message of AI 01 alone."""
    missing = 1 if add_check_digit else 0
    zeros = ""
    if linear.startswith(FNC1 + "01"):
        linear, zeros = linear[3:], "0" * (14 - length)
        if not linear.startswith(zeros):
            return None
        linear = linear[len(zeros) :]
    if len(linear) != length - missing or not is_digits(linear):
        return None
    number = linear + (check_digit(linear) if add_check_digit else "")
    return number if is_valid_gtin(number) else None


def _retail_number(data: SymbolData, add_check_digit: bool) -> str | None:
    linear = data.linear
    if data.symbology is Symbology.UPC_E and len(linear) == 8:
        linear = expand_upc_e(linear) or ""
    number = _article_number(linear, _EAN_DIGITS[data.symbology], add_check_digit)
    if number is None or (data.symbology is Symbology.UPC_E and suppress_upc_a(number) is None):
        return None
    return "]E4" + number if data.symbology is Symbology.EAN_8 else "]E0" + number.zfill(13)


def _linear_message(data: SymbolData, add_check_digit: bool) -> str | None:
    """The message of a GS1-128 or DataBar symbol, without FNC1 in front."""
    if data.symbology in (Symbology.GS1_128, Symbology.DATABAR_EXPANDED):
        return data.linear[1:] if data.linear.startswith(FNC1) else None
    number = _article_number(data.linear, 14, add_check_digit)
    if number is None or (data.symbology is Symbology.DATABAR_LIMITED and number[0] > "1"):
        return None
    return "01" + number


def _is_message(text: str) -> bool:
    return isinstance(read_message(text), tuple)


def _is_open(message: str) -> bool:
    """Whether another element behind this message needs an FNC1 between."""
    elements = read_message(message)
    assert isinstance(elements, tuple), "a message that was checked can be read"
    last: Element = elements[-1]
    return not message.endswith(FNC1) and not IDENTIFIERS[last.ai].predefined
