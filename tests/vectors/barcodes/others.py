"""Cases of python-stdnum and Odoo: validators, packed messages, label patterns, tags."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from evertill.core.barcode import is_valid_gtin
from evertill.core.barcode.check_digits import check_digit, is_digits, uscc_fault
from evertill.core.barcode.epc import read_epc
from evertill.core.barcode.gs1_elements import (
    MessageFault,
)
from evertill.core.barcode.gs1_pack import join, pack, unpack
from evertill.core.barcode.gs1_values import DATE_AIS, read_date, read_figure
from evertill.core.barcode.gtin import GTIN_LENGTHS
from evertill.core.barcode.patterns import match_pattern
from tests.vectors.barcodes.compare import (
    TODAY,
    Case,
    compare,
    iso_date,
)
from tests.vectors.barcodes.messages import scanned_elements
from tests.vectors.outcome import Failed, Outcome


def _verdict(case: Case, fault: str | None, value: str) -> Outcome:
    expected = (case["valid"], case.get("expected", value) if case["valid"] else None)
    return compare(case, expected, (fault is None, value if fault is None else None))


def ean_case(case: Case) -> Outcome:
    code = re.sub("[ -]", "", case["input"])
    fault = None
    if not is_digits(code):
        fault = "InvalidFormat"
    elif len(code) not in GTIN_LENGTHS:
        fault = "InvalidLength"
    elif not is_valid_gtin(code):
        fault = "InvalidChecksum"
    if fault and case.get("error", fault) != fault:
        return Failed(f"expected {case['error']}, got {fault}")
    return _verdict(case, fault, code)


def uscc_case(case: Case) -> Outcome:
    number = re.sub("[ -]", "", case["input"]).upper()
    fault = uscc_fault(number)
    named = f"Invalid{fault.capitalize()}" if fault else None
    if named and case.get("error", named) != named:
        return Failed(f"expected {case['error']}, got {named}")
    return _verdict(case, named, number)


def packed_case(case: Case) -> Outcome:
    options = case.get("options", {})
    values = {ai: _packable(value) for ai, value in case["input"].items()}
    elements = pack(values)
    if isinstance(elements, MessageFault):
        return _verdict(case, elements.fault, "")
    text = join(elements, separator=options.get("separator", ""), bracketed=options.get("parentheses", False))
    return _verdict(case, None, text)


def _packable(value: Any) -> Any:
    if isinstance(value, list):
        return (str(value[0]), Decimal(value[1]))
    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return date.fromisoformat(value)
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*", value):
        return datetime.fromisoformat(value)
    return value


def unpacked_case(case: Case) -> Outcome:
    options = case.get("options", {})
    separator = options.get("separator", "")
    elements = unpack(case["input"], separator=separator)
    if isinstance(elements, MessageFault):
        return _verdict(case, elements.fault, "")
    return _verdict(case, None, join(elements, separator=separator))


def told_case(case: Case) -> Outcome:
    """What each identifier of a message says: dates, figures and counts as such, all else as text."""
    elements = unpack(case["input"], separator=(case.get("options") or {}).get("separator", ""))
    if isinstance(elements, MessageFault):
        return _verdict(case, elements.fault, "")
    told = {element.ai: _decomposed(element.ai, element.value)[1] for element in elements}
    expected = case.get("expected") or {}
    return compare(
        case,
        (case.get("valid", True), {ai: _said(value) for ai, value in expected.items()}),
        (True, {ai: _same_number(value, expected.get(ai)) for ai, value in told.items()}),
    )


def _said(value: Any) -> str:
    return " ".join(str(part) for part in value) if isinstance(value, list) else str(value)


def _same_number(text: str, wanted: Any) -> str:
    """The digits as the number they are, where the case tells a number: 0018 is 18."""
    is_number = isinstance(wanted, int | Decimal) and re.fullmatch(r"[0-9.]+", text) is not None
    return _said(wanted) if is_number and Decimal(text) == wanted else text


def compacted_case(case: Case) -> Outcome:
    return _verdict(case, None, re.sub("[()]", "", case["input"]).strip())


def odoo_rule_case(case: Case) -> Outcome:
    found = match_pattern(case["rule"]["pattern"], case["rule"]["encoding"], case["input"])
    if found is None or not case["valid"]:
        return compare(case, case["valid"], found is not None)
    expected = case["expected"]
    return compare(case, (expected["base_code"], Decimal(expected["value"])), (found.base_code, found.value))


def odoo_epc_case(case: Case) -> Outcome:
    found = read_epc(case["input"])
    if found is None:
        return compare(case, case.get("expected"), None)
    names = {"product": found.gtin, "lot": found.serial, "package": found.sscc}
    return compare(case, case.get("expected"), {name: value for name, value in names.items() if value})


def odoo_date_case(case: Case) -> Outcome:
    found = iso_date(read_date(case["input"], TODAY)) if len(case["input"]) == 6 else None
    return compare(case, case.get("expected") if case["valid"] else None, found)


def odoo_decompose_case(case: Case) -> Outcome:
    elements = scanned_elements(case["input"])
    if elements is None:
        return compare(case, case.get("expected"), None)
    return compare(
        case,
        [list(map(str, pair)) for pair in case["expected"]],
        [_decomposed(e.ai, e.value) for e in elements],
    )


def _decomposed(ai: str, value: str) -> list[str]:
    if ai in DATE_AIS and len(value) == 6:
        return [ai, str(iso_date(read_date(value, TODAY)))]
    figure = read_figure(ai, value)
    return [ai, f"{figure.as_decimal():f}" if figure else value]


def odoo_check_digit_case(case: Case) -> Outcome:
    return compare(case, case["expected"], int(check_digit(case["payload"])))
