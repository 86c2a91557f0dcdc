"""Cases of GS1 messages and links, and of the number ranges that the library knows."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from biip import ParseConfig, parse
from biip.gs1_application_identifiers import GS1ApplicationIdentifier
from biip.gs1_digital_link_uris import GS1DigitalLinkURI
from biip.gs1_element_strings import GS1ElementString
from biip.gs1_messages import GS1Message
from biip.sscc import Sscc

from evertill.core.barcode import ScannedCode, parse_scan
from evertill.core.barcode.gs1_elements import (
    FNC1,
    Elements,
    MessageFault,
    read_bracketed,
    read_message,
    write_bracketed,
    write_message,
)
from evertill.core.barcode.gs1_link import read_link, write_link
from evertill.core.barcode.gs1_table import find_identifier
from evertill.core.barcode.gs1_values import DATE_AIS, read_date, read_figure, read_moment
from evertill.core.barcode.library import ask
from tests.vectors.barcodes.compare import (
    MISS,
    TODAY,
    Case,
    compare,
    compare_record,
    config_of,
    iso_date,
)
from tests.vectors.outcome import Failed, Outcome, Passed


def identifier_case(case: Case) -> Outcome:
    params = case["params"]
    found = find_identifier(params.get("value", params.get("unknown_ai", "")))
    expected = params.get("expected")
    if isinstance(expected, dict):
        return compare_record(case, ask(GS1ApplicationIdentifier.extract, params["value"]))
    return compare(case, expected, found.ai if found else None)


def element_case(case: Case) -> Outcome:
    params = case["params"]
    text = params.get("value", params.get("bad_value", params.get("element_string", "")))
    whole = ":parse" in case["kind"]
    read = GS1ElementString.parse if whole else GS1ElementString.extract
    return compare_record(case, ask(lambda value: read(value, config=config_of(params)), text))


def _split(text: str) -> tuple[str, str]:
    identifier = find_identifier(text)
    assert identifier is not None, f"{text!r} starts with no identifier"
    return identifier.ai, text[len(identifier.ai) :].split(FNC1)[0]


def dates_case(case: Case) -> Outcome:
    params = case["params"]
    ai, value = _split(params["value"])
    expected = params.get("expected")
    if isinstance(expected, dict):
        expected = expected.get("date")
    if "expected_date" in params:
        wanted = (params["expected_date"], params["expected_datetime"])
        return compare(case, wanted, (iso_date(read_date(value, TODAY)), iso_date(read_moment(value, TODAY))))
    found = read_date(value, TODAY) if len(value) == 6 or MISS.search(case["kind"]) is None else None
    return compare(case, expected, iso_date(found or read_moment(value, TODAY)) if ai in DATE_AIS else None)


def figures_case(case: Case) -> Outcome:
    params = case["params"]
    figure = read_figure(*_split(params["value"]))
    wanted = params.get("expected", params.get("expected_decimal"))
    if figure is None or wanted is None:
        return compare(case, wanted, None if figure is None else figure.as_decimal())
    expected = (Decimal(wanted), params.get("expected_currency"))
    return compare(case, expected, (figure.as_decimal(), figure.currency_code))


def scanned_elements(text: str) -> Elements | None:
    scanned = parse_scan("]C1" + text)
    if isinstance(scanned, ScannedCode) and scanned.doubt is None:
        return scanned.elements
    # biip looks at a value's shape alone, and keeps what is wrong inside as a note beside it.
    shaped = read_message(text, content=False)
    return None if isinstance(shaped, MessageFault) else shaped


def message_case(case: Case) -> Outcome:
    params = case["params"]
    if isinstance(params.get("expected"), dict):
        return compare_record(
            case, ask(lambda text: GS1Message.parse(text, config=config_of(params)), params["value"])
        )
    text = params["value"]
    for separator in params.get("separator_chars", ()):
        if len(separator) != 1:
            return compare(case, True, None)
        text = text.replace(separator, FNC1)
    elements = scanned_elements(text)
    if elements is None:
        return compare(case, params.get("expected_hri", True), None)
    return compare(
        case,
        params.get("expected_hri", True),
        write_bracketed(elements) if "expected_hri" in params else True,
    )


def bracketed_case(case: Case) -> Outcome:
    params = case["params"]
    expected = params.get("expected")
    if "roundtrip" in case["kind"]:
        return _roundtrip(case, read_message(params["value"], content=False))
    if isinstance(expected, dict):
        record = ask(lambda text: GS1Message.parse_hri(text, config=config_of(params)), params["value"])
        outcome = compare_record(case, record)
        if not isinstance(outcome, Passed):
            return outcome
        expected = expected["value"]
    scanned = parse_scan(params["value"])
    elements = scanned.elements if isinstance(scanned, ScannedCode) else ()
    return compare(case, expected, write_message(elements) if elements else None)


def _roundtrip(case: Case, elements: Elements | MessageFault) -> Outcome:
    """The values are made up, so only their shape is looked at."""
    if isinstance(elements, MessageFault):
        return Failed(f"could not be read: {elements}")
    again = read_bracketed(write_bracketed(elements), content=False)
    kept = None if isinstance(again, MessageFault) else write_message(again)
    return compare(case, case["params"]["value"], kept)


def as_text_case(case: Case) -> Outcome:
    """as_hri, as_uri, as_canonical_uri, as_gs1_message, as_gs1_digital_link_uri."""
    params, kind = case["params"], case["kind"]
    value = params["value"]
    elements = read_link(value, short_gtin=True) if "://" in value else scanned_elements(value)
    if elements is None or isinstance(elements, MessageFault):
        return compare(case, params.get("expected"), None)
    if "uri" not in kind.rpartition(":")[2]:
        return compare(case, params.get("expected"), write_bracketed(elements))
    named = {"domain": params["domain"]} if params.get("domain") else {}
    return compare(
        case, params.get("expected"), write_link(elements, stem=params.get("prefix") or "", **named)
    )


def picked_case(case: Case) -> Outcome:
    """filter or get element strings by identifier or title."""
    params, kind = case["params"], case["kind"]
    value = params["value"]
    source = GS1DigitalLinkURI if "://" in value else GS1Message
    record = ask(source.parse, value)
    if record is None:
        return Failed("the value could not be read")
    wanted = {name: params[name] for name in ("ai", "data_title") if params.get(name) is not None}
    if "filter" in kind:
        return compare(
            case, params.get("expected"), [e.value for e in record.element_strings.filter(**wanted)]
        )
    found = record.element_strings.get(**wanted)
    return compare(case, params.get("expected"), found.value if found else None)


def link_case(case: Case) -> Outcome:
    params = case["params"]
    if isinstance(params.get("expected"), dict):
        config = ParseConfig(gs1_element_strings_verify_date="invalid_element_values" not in case["kind"])
        return compare_record(
            case, ask(lambda text: GS1DigitalLinkURI.parse(text, config=config), params["value"])
        )
    found = read_link(params["value"], short_gtin=True)
    return compare(case, True, None if isinstance(found, MessageFault) else True)


def ranges_case(question: Callable[[str], Any]) -> Callable[[Case], Outcome]:
    def answer(case: Case) -> Outcome:
        params = case["params"]
        found = ask(question, params.get("value", params.get("bad_value", "")))
        expected = params.get("expected")
        if isinstance(expected, dict):
            return compare_record(case, found)
        return compare(case, expected, found.value if found else None)

    return answer


def whole_case(case: Case) -> Outcome:
    params = case["params"]
    return compare_record(case, ask(lambda text: parse(text, config=config_of(params)), params["value"]))


def records_case(question: Callable[[str], Any]) -> Callable[[Case], Outcome]:
    return lambda case: compare_record(
        case, ask(question, case["params"].get("value", case["params"].get("bad_value", "")))
    )


def sscc_text_case(case: Case) -> Outcome:
    params = case["params"]
    length = next((params[name] for name in params if "length" in name), None)
    written = ask(lambda text: Sscc.parse(text).as_hri(company_prefix_length=length), params["value"])
    return compare(case, params.get("expected"), written)
