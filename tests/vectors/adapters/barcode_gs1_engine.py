"""GS1 syntax cases: translate the set's notation (^ for FNC1, | between parts) to core.barcode and back."""

from __future__ import annotations

import re
from typing import Any

from evertill.core.barcode.gs1_checks import CHECKS
from evertill.core.barcode.gs1_elements import (
    FNC1,
    Elements,
    MessageFault,
    read_bracketed,
    read_message,
    write_message,
)
from evertill.core.barcode.gs1_link import read_link
from evertill.core.barcode.scan_data import SymbolData, Symbology, receive, transmit
from tests.vectors.outcome import Failed, Outcome, OutOfScope, Passed

SET = "barcode-gs1-engine"

SYMBOLOGIES = {
    "EAN13": Symbology.EAN_13,
    "EAN8": Symbology.EAN_8,
    "UPCA": Symbology.UPC_A,
    "UPCE": Symbology.UPC_E,
    "GS1_128_CCA": Symbology.GS1_128,
    "GS1_128_CCC": Symbology.GS1_128,
    "DataBarOmni": Symbology.DATABAR,
    "DataBarTruncated": Symbology.DATABAR,
    "DataBarStacked": Symbology.DATABAR,
    "DataBarStackedOmni": Symbology.DATABAR,
    "DataBarLimited": Symbology.DATABAR_LIMITED,
    "DataBarExpanded": Symbology.DATABAR_EXPANDED,
    "QR": Symbology.QR_CODE,
    "DM": Symbology.DATA_MATRIX,
    "DotCode": Symbology.DOT_CODE,
}


def run(case: dict[str, Any]) -> Outcome:
    """The outcome of one case: by its kind, compared with what the set expects."""
    kind = case["kind"]
    if kind.startswith("component_lint:"):
        return _component(case)
    match kind:
        case "bracketed_to_element_string":
            return _bracketed(case)
        case "element_string_valid":
            return _element_string(case)
        case "digital_link_to_element_string":
            return _elements(case, read_link(case["input"], short_gtin=case["permit_zero_suppressed_gtin"]))
        case "generate_scan_data":
            return _generated(case)
        case "process_scan_data":
            return _processed(case)
    return Failed(f"no adapter for kind {kind!r}")


def _compare(expected: Any, actual: Any) -> Outcome:
    return Passed() if expected == actual else Failed(f"expected {expected!r}, got {actual!r}")


def _component(case: dict[str, Any]) -> Outcome:
    check = CHECKS.get(case["linter"])
    if check is None:
        return Failed(f"no check named {case['linter']!r}")
    fault = check(case["input"])
    error = fault.upper() if fault else None
    return _compare((case["valid"], case.get("error")), (fault is None, error))


def _bracketed(case: dict[str, Any]) -> Outcome:
    if case["valid"] and "(" not in case["input"]:
        return OutOfScope("not_an_element_string")
    return _elements(case, read_bracketed(case["input"]))


def _element_string(case: dict[str, Any]) -> Outcome:
    text = case["input"]
    if case["valid"] and not text.startswith("^"):
        return OutOfScope("not_an_element_string")
    readable = text.startswith("^") and isinstance(read_message(text[1:].replace("^", FNC1)), tuple)
    return _compare(case["valid"], readable)


def _elements(case: dict[str, Any], found: Elements | MessageFault) -> Outcome:
    if isinstance(found, MessageFault):
        return _compare(case["valid"], False)
    written = "^" + write_message(found).replace(FNC1, "^")
    return _compare((case["valid"], case.get("expected", written)), (True, written))


def _content(symbology: Symbology, notation: str) -> SymbolData:
    linear, bar, composite = notation.partition("|")
    if symbology in (Symbology.QR_CODE, Symbology.DATA_MATRIX, Symbology.DOT_CODE) and not linear.startswith(
        "^"
    ):
        linear, bar, composite = notation, "", ""
    if linear.startswith("^"):
        linear = linear.replace("^", FNC1)
    elif re.match(r"\\+\^", linear):
        linear = linear[1:]
    return SymbolData(symbology, linear, composite.removeprefix("^").replace("^", FNC1) if bar else "")


def _generated(case: dict[str, Any]) -> Outcome:
    symbology = SYMBOLOGIES.get(case["symbology"])
    if symbology is None:
        return _compare(case["valid"], False)
    sent = transmit(_content(symbology, case["data"]), add_check_digit=case["add_check_digit"])
    return _compare((case["valid"], case.get("expected")), (sent is not None, sent))


def _processed(case: dict[str, Any]) -> Outcome:
    data = receive(case["scan"])
    if data is None:
        return _compare(case["valid"], False)
    notation = data.linear
    if notation.startswith(FNC1):
        notation = notation.replace(FNC1, "^")
    elif re.match(r"\\*\^", notation):
        notation = "\\" + notation
    if data.composite:
        notation += "|^" + data.composite.replace(FNC1, "^")
    same_symbology = SYMBOLOGIES.get(case["symbology"]) == data.symbology
    return _compare((case["valid"], case.get("expected"), True), (True, notation, same_symbology))
