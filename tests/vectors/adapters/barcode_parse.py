"""Parsing cases of biip, python-stdnum and Odoo: each kind asks core.barcode; records field by field.

A kind is "module:test function" of its source. Where the source's test names a failure (fails, error,
invalid ...), the case passes if ours refuses too; the wording of errors is not compared.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from biip import ParseConfig, parse
from biip.gln import Gln
from biip.gs1_application_identifiers import GS1ApplicationIdentifier
from biip.gs1_digital_link_uris import GS1DigitalLinkURI
from biip.gs1_element_strings import GS1ElementString
from biip.gs1_messages import GS1Message
from biip.gs1_prefixes import GS1CompanyPrefix, GS1Prefix, GS18Prefix
from biip.gtin import Gtin
from biip.rcn import RcnRegion
from biip.sscc import Sscc
from biip.symbology import SymbologyIdentifier
from biip.upc import Upc

from evertill.core.barcode import ScannedCode, is_valid_gtin, parse_scan
from evertill.core.barcode.check_digits import check_digit, is_digits, measure_check_digit, uscc_fault
from evertill.core.barcode.epc import read_epc
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
from evertill.core.barcode.gs1_pack import join, pack, unpack
from evertill.core.barcode.gs1_table import find_identifier
from evertill.core.barcode.gs1_values import DATE_AIS, read_date, read_figure, read_moment
from evertill.core.barcode.gtin import GTIN_LENGTHS, as_gtin, expand_upc_e, shortest_length, suppress_upc_a
from evertill.core.barcode.library import ask
from evertill.core.barcode.patterns import match_pattern
from evertill.core.barcode.regions import REGION_CURRENCIES, REGION_RULES
from evertill.core.refusal import Refusal
from tests.vectors.outcome import Failed, Outcome, Passed

SET = "barcode-parse"

TODAY = date(2026, 6, 30)  # the year in which the set was made: years of two digits count from it
MISS = re.compile(
    r"fail|error|invalid|nonnumeric|non_numeric|wrong_length|unknown|illegal|too_long|too_short"
)
REFUSED = object()
MINOR_DIGITS = 2

Case = dict[str, Any]


def run(case: Case) -> Outcome:
    """The outcome of one case."""
    kind = case["kind"]
    for pattern, answer in _KINDS:
        if re.match(pattern, kind):
            return answer(case)
    return Failed(f"no adapter for kind {kind!r}")


# Comparing


def _compare(case: Case, expected: Any, actual: Any) -> Outcome:
    """`actual` is REFUSED (or None) where ours says no; a kind that names a failure expects just that."""
    if actual is None:
        actual = REFUSED
    if MISS.search(case["kind"].rpartition(":")[2]) and "expected" not in case.get("params", {}):
        return Passed() if actual is REFUSED else Failed(f"expected a refusal, got {actual!r}")
    if expected is None and actual is REFUSED:
        return Passed()
    return Passed() if expected == actual else Failed(f"expected {expected!r}, got {actual!r}")


def _differences(expected: Any, actual: Any, path: str = "") -> list[str]:
    """Where a record differs from what is expected of it. Keys that are not named must be empty."""
    if isinstance(expected, dict) and is_dataclass(actual):
        found = []
        for field in fields(actual):
            value = getattr(actual, field.name)
            if field.name in expected:
                found += _differences(expected[field.name], value, f"{path}.{field.name}")
            elif field.name in _NAMED_WHEN_THERE and value is not None:
                found.append(f"{path}.{field.name}: expected nothing, got {value!r}")
        return found
    if isinstance(expected, list) and isinstance(actual, list):
        if len(expected) != len(actual):
            return [f"{path}: expected {len(expected)} items, got {len(actual)}"]
        pairs = enumerate(zip(expected, actual, strict=True))
        return [line for index, (e, a) in pairs for line in _differences(e, a, f"{path}[{index}]")]
    if path.endswith("_error"):
        return [] if bool(expected) == bool(actual) else [f"{path}: expected {expected!r}, got {actual!r}"]
    return [] if _plain(actual) == _plain(expected) else [f"{path}: expected {expected!r}, got {actual!r}"]


_NAMED_WHEN_THERE = {
    "gtin", "gln", "sscc", "upc", "gs1_message", "gs1_digital_link_uri", "date", "datetime",
    "gtin_error", "gln_error", "sscc_error", "upc_error", "gs1_message_error", "gs1_digital_link_uri_error",
    "packaging_level", "weight", "price", "count", "region", "usage", "gs1_symbology", "symbology_identifier",
}  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.name if not isinstance(value, int) else int(value)
    if is_dataclass(value):
        return getattr(value, "ai", None) or getattr(value, "value", None)
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _record(case: Case, actual: Any) -> Outcome:
    """Compare a record of the library with the expected one; a case without one only wants a yes or no."""
    expected = case["params"].get("expected")
    if isinstance(expected, str):
        return _compare(case, expected, None if actual is None else actual.value)
    if not isinstance(expected, dict):
        return _compare(case, True, None if actual is None else True)
    if actual is None:
        return Failed(f"expected {expected!r}, got a refusal")
    found = _differences(expected, actual)
    return Failed("; ".join(found)) if found else Passed()


def _config(params: Case) -> ParseConfig:
    region = params.get("rcn_region")
    options = {
        name: params[name]
        for name in ("separator_chars", "rcn_verify_variable_measure", "gs1_element_strings_verify_date")
        if name in params
    }
    return ParseConfig(rcn_region=_region(region) if region else None, **options)


def _region(name: str) -> RcnRegion | str:
    return RcnRegion[name] if name in RcnRegion.__members__ else name


# Article numbers


def _gtin_encode(case: Case) -> Outcome:
    params = case["params"]
    length = int(re.search(r"as_gtin_(\d+)", case["kind"])[1])  # type: ignore[index]
    code = params["value"]
    return _compare(case, params.get("expected"), as_gtin(code, length) if is_valid_gtin(code) else None)


def _gtin_parse(case: Case) -> Outcome:
    params = case["params"]
    if isinstance(params.get("expected"), dict):
        return _record(case, ask(lambda text: Gtin.parse(text, config=_config(params)), params["value"]))
    code = params["value"].strip()
    named = re.search(r"gtin_(\d+)", case["kind"])
    if not is_valid_gtin(code):
        return _compare(case, True, None)
    right = named is None or shortest_length(code) == int(named[1])
    return _compare(case, True, right)


def _upc_encode(case: Case) -> Outcome:
    params = case["params"]
    code = params["value"]
    full = code if len(code) == 12 else expand_upc_e(code)
    if full is None or not is_valid_gtin(full):
        return _compare(case, params.get("expected"), None)
    if case["kind"].rpartition(":")[2].startswith("as_upc_e"):
        return _compare(case, params.get("expected"), suppress_upc_a(full))
    named = re.search(r"as_gtin_(\d+)", case["kind"])
    return _compare(case, params.get("expected"), as_gtin(full, int(named[1])) if named else full)


def _upc_parse(case: Case) -> Outcome:
    params = case["params"]
    if "number_system" in params:
        return _compare(case, True, expand_upc_e(f"{params['number_system']}425261"))
    return _record(case, ask(Upc.parse, params["value"]))


def _rcn_parse(case: Case) -> Outcome:
    params = case["params"]
    if "region" in case["kind"] and len(params["value"]) == 2:
        known = params["value"] in REGION_RULES
        same = known and RcnRegion(params["value"]).name == params.get("rcn_region")
        return _compare(case, True, same or None)
    return _record(case, ask(lambda text: Gtin.parse(text, config=_config(params)), params["value"]))


def _region_code(case: Case) -> str | None:
    named = re.search(r"region_([a-z_]+)", case["kind"])
    name = case["params"].get("rcn_region") or (named[1].upper() if named else None)
    if name is None:
        return None
    found = next((region for region in RcnRegion if name.upper().startswith(region.name)), None)
    return found.value if found else name


def _scan_in_region(case: Case) -> ScannedCode | Refusal:
    rules = REGION_RULES.get(_region_code(case) or "", ())
    return parse_scan(case["params"]["value"], rules, minor_digits=MINOR_DIGITS)


def _rcn_rules(case: Case) -> Outcome:
    params, scanned = case["params"], _scan_in_region(case)
    if isinstance(scanned, Refusal):
        return _compare(case, "a measure", None)
    price = params.get("price")
    money = params.get("money")
    currency = REGION_CURRENCIES.get(_region_code(case) or "") if scanned.price_minor is not None else None
    expected = (
        None if params.get("weight") is None else Decimal(params["weight"]) * 1000,
        None if price is None else Decimal(price) * 10**MINOR_DIGITS,
        params.get("count"),
        money["currency"] if money else None,
    )
    return _compare(case, expected, (scanned.weight_g, scanned.price_minor, scanned.count, currency))


def _without_measure(case: Case) -> Outcome:
    params = case["params"]
    if "nonvariable_prefixes" in params:
        kinds = []
        for prefix in params["nonvariable_prefixes"]:
            payload = prefix + "1" * 10
            code = payload + check_digit(payload)
            scanned = _scan_in_region({"kind": case["kind"], "params": params | {"value": code}})
            kinds.append(isinstance(scanned, ScannedCode) and scanned.kind)
        return _compare(case, ["article"] * len(kinds), kinds)
    scanned = _scan_in_region(case)
    if isinstance(scanned, Refusal):
        return _compare(case, params.get("expected"), None)
    unchanged = None if MISS.search(case["kind"]) else params["value"]
    return _compare(case, params.get("expected", params["value"]), scanned.base_code or unchanged)


# Check digits


def _check_digit(case: Case) -> Outcome:
    params = case["params"]
    compute = measure_check_digit if "price_weight" in case["kind"] else check_digit
    value = params["value"]
    readable = is_digits(value) and (compute is check_digit or len(value) in (4, 5))
    return _compare(case, params.get("expected"), int(compute(value)) if readable else None)


# Messages and links


def _identifier(case: Case) -> Outcome:
    params = case["params"]
    found = find_identifier(params.get("value", params.get("unknown_ai", "")))
    expected = params.get("expected")
    if isinstance(expected, dict):
        return _record(case, ask(GS1ApplicationIdentifier.extract, params["value"]))
    return _compare(case, expected, found.ai if found else None)


def _element(case: Case) -> Outcome:
    params = case["params"]
    text = params.get("value", params.get("bad_value", params.get("element_string", "")))
    whole = ":parse" in case["kind"]
    read = GS1ElementString.parse if whole else GS1ElementString.extract
    return _record(case, ask(lambda value: read(value, config=_config(params)), text))


def _split(text: str) -> tuple[str, str]:
    identifier = find_identifier(text)
    assert identifier is not None, f"{text!r} starts with no identifier"
    return identifier.ai, text[len(identifier.ai) :].split(FNC1)[0]


def _iso(moment: date | None) -> str | None:
    return moment.isoformat() if moment is not None else None


def _dates(case: Case) -> Outcome:
    params = case["params"]
    ai, value = _split(params["value"])
    expected = params.get("expected")
    if isinstance(expected, dict):
        expected = expected.get("date")
    if "expected_date" in params:
        wanted = (params["expected_date"], params["expected_datetime"])
        return _compare(case, wanted, (_iso(read_date(value, TODAY)), _iso(read_moment(value, TODAY))))
    found = read_date(value, TODAY) if len(value) == 6 or MISS.search(case["kind"]) is None else None
    return _compare(case, expected, _iso(found or read_moment(value, TODAY)) if ai in DATE_AIS else None)


def _figures(case: Case) -> Outcome:
    params = case["params"]
    figure = read_figure(*_split(params["value"]))
    wanted = params.get("expected", params.get("expected_decimal"))
    if figure is None or wanted is None:
        return _compare(case, wanted, None if figure is None else figure.as_decimal())
    expected = (Decimal(wanted), params.get("expected_currency"))
    return _compare(case, expected, (figure.as_decimal(), figure.currency_code))


def _scanned_elements(text: str) -> Elements | None:
    scanned = parse_scan("]C1" + text)
    if isinstance(scanned, ScannedCode) and scanned.doubt is None:
        return scanned.elements
    # biip looks at a value's shape alone, and keeps what is wrong inside as a note beside it.
    shaped = read_message(text, content=False)
    return None if isinstance(shaped, MessageFault) else shaped


def _message(case: Case) -> Outcome:
    params = case["params"]
    if isinstance(params.get("expected"), dict):
        return _record(
            case, ask(lambda text: GS1Message.parse(text, config=_config(params)), params["value"])
        )
    text = params["value"]
    for separator in params.get("separator_chars", ()):
        if len(separator) != 1:
            return _compare(case, True, None)
        text = text.replace(separator, FNC1)
    elements = _scanned_elements(text)
    if elements is None:
        return _compare(case, params.get("expected_hri", True), None)
    return _compare(
        case,
        params.get("expected_hri", True),
        write_bracketed(elements) if "expected_hri" in params else True,
    )


def _bracketed(case: Case) -> Outcome:
    params = case["params"]
    expected = params.get("expected")
    if "roundtrip" in case["kind"]:
        return _roundtrip(case, read_message(params["value"], content=False))
    if isinstance(expected, dict):
        record = ask(lambda text: GS1Message.parse_hri(text, config=_config(params)), params["value"])
        outcome = _record(case, record)
        if not isinstance(outcome, Passed):
            return outcome
        expected = expected["value"]
    scanned = parse_scan(params["value"])
    elements = scanned.elements if isinstance(scanned, ScannedCode) else ()
    return _compare(case, expected, write_message(elements) if elements else None)


def _roundtrip(case: Case, elements: Elements | MessageFault) -> Outcome:
    """The values are made up, so only their shape is looked at."""
    if isinstance(elements, MessageFault):
        return Failed(f"could not be read: {elements}")
    again = read_bracketed(write_bracketed(elements), content=False)
    kept = None if isinstance(again, MessageFault) else write_message(again)
    return _compare(case, case["params"]["value"], kept)


def _as_text(case: Case) -> Outcome:
    """as_hri, as_uri, as_canonical_uri, as_gs1_message, as_gs1_digital_link_uri."""
    params, kind = case["params"], case["kind"]
    value = params["value"]
    elements = read_link(value, short_gtin=True) if "://" in value else _scanned_elements(value)
    if elements is None or isinstance(elements, MessageFault):
        return _compare(case, params.get("expected"), None)
    if "uri" not in kind.rpartition(":")[2]:
        return _compare(case, params.get("expected"), write_bracketed(elements))
    named = {"domain": params["domain"]} if params.get("domain") else {}
    return _compare(
        case, params.get("expected"), write_link(elements, stem=params.get("prefix") or "", **named)
    )


def _picked(case: Case) -> Outcome:
    """filter or get element strings by identifier or title."""
    params, kind = case["params"], case["kind"]
    value = params["value"]
    source = GS1DigitalLinkURI if "://" in value else GS1Message
    record = ask(source.parse, value)
    if record is None:
        return Failed("the value could not be read")
    wanted = {name: params[name] for name in ("ai", "data_title") if params.get(name) is not None}
    if "filter" in kind:
        return _compare(
            case, params.get("expected"), [e.value for e in record.element_strings.filter(**wanted)]
        )
    found = record.element_strings.get(**wanted)
    return _compare(case, params.get("expected"), found.value if found else None)


def _link(case: Case) -> Outcome:
    params = case["params"]
    if isinstance(params.get("expected"), dict):
        config = ParseConfig(gs1_element_strings_verify_date="invalid_element_values" not in case["kind"])
        return _record(case, ask(lambda text: GS1DigitalLinkURI.parse(text, config=config), params["value"]))
    found = read_link(params["value"], short_gtin=True)
    return _compare(case, True, None if isinstance(found, MessageFault) else True)


def _ranges(question: Callable[[str], Any]) -> Callable[[Case], Outcome]:
    def answer(case: Case) -> Outcome:
        params = case["params"]
        found = ask(question, params.get("value", params.get("bad_value", "")))
        expected = params.get("expected")
        if isinstance(expected, dict):
            return _record(case, found)
        return _compare(case, expected, found.value if found else None)

    return answer


def _whole(case: Case) -> Outcome:
    params = case["params"]
    return _record(case, ask(lambda text: parse(text, config=_config(params)), params["value"]))


def _records(question: Callable[[str], Any]) -> Callable[[Case], Outcome]:
    return lambda case: _record(
        case, ask(question, case["params"].get("value", case["params"].get("bad_value", "")))
    )


def _sscc_text(case: Case) -> Outcome:
    params = case["params"]
    length = next((params[name] for name in params if "length" in name), None)
    written = ask(lambda text: Sscc.parse(text).as_hri(company_prefix_length=length), params["value"])
    return _compare(case, params.get("expected"), written)


# python-stdnum and Odoo


def _verdict(case: Case, fault: str | None, value: str) -> Outcome:
    expected = (case["valid"], case.get("expected", value) if case["valid"] else None)
    return _compare(case, expected, (fault is None, value if fault is None else None))


def _ean(case: Case) -> Outcome:
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


def _uscc(case: Case) -> Outcome:
    number = re.sub("[ -]", "", case["input"]).upper()
    fault = uscc_fault(number)
    named = f"Invalid{fault.capitalize()}" if fault else None
    if named and case.get("error", named) != named:
        return Failed(f"expected {case['error']}, got {named}")
    return _verdict(case, named, number)


def _packed(case: Case) -> Outcome:
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


def _unpacked(case: Case) -> Outcome:
    options = case.get("options", {})
    separator = options.get("separator", "")
    elements = unpack(case["input"], separator=separator)
    if isinstance(elements, MessageFault):
        return _verdict(case, elements.fault, "")
    return _verdict(case, None, join(elements, separator=separator))


def _compacted(case: Case) -> Outcome:
    return _verdict(case, None, re.sub("[()]", "", case["input"]).strip())


def _odoo_rule(case: Case) -> Outcome:
    found = match_pattern(case["rule"]["pattern"], case["rule"]["encoding"], case["input"])
    if found is None or not case["valid"]:
        return _compare(case, case["valid"], found is not None)
    expected = case["expected"]
    return _compare(case, (expected["base_code"], Decimal(expected["value"])), (found.base_code, found.value))


def _odoo_epc(case: Case) -> Outcome:
    found = read_epc(case["input"])
    if found is None:
        return _compare(case, case.get("expected"), None)
    names = {"product": found.gtin, "lot": found.serial, "package": found.sscc}
    return _compare(case, case.get("expected"), {name: value for name, value in names.items() if value})


def _odoo_date(case: Case) -> Outcome:
    found = _iso(read_date(case["input"], TODAY)) if len(case["input"]) == 6 else None
    return _compare(case, case.get("expected") if case["valid"] else None, found)


def _odoo_decompose(case: Case) -> Outcome:
    elements = _scanned_elements(case["input"])
    if elements is None:
        return _compare(case, case.get("expected"), None)
    return _compare(
        case,
        [list(map(str, pair)) for pair in case["expected"]],
        [_decomposed(e.ai, e.value) for e in elements],
    )


def _decomposed(ai: str, value: str) -> list[str]:
    if ai in DATE_AIS and len(value) == 6:
        return [ai, str(_iso(read_date(value, TODAY)))]
    figure = read_figure(ai, value)
    return [ai, f"{figure.as_decimal():f}" if figure else value]


def _odoo_check_digit(case: Case) -> Outcome:
    return _compare(case, case["expected"], int(check_digit(case["payload"])))


_KINDS: tuple[tuple[str, Callable[[Case], Outcome]], ...] = (
    (r"gtin:encode:as_gtin", _gtin_encode),
    (r"gtin:parse", _gtin_parse),
    (r"rcn:rules", _rcn_rules),
    (r"rcn:without_variable_measure|gtin:without_variable_measure", _without_measure),
    (r"rcn:rcn", _rcn_parse),
    (r"checksums", _check_digit),
    (r"upc:encode", _upc_encode),
    (r"upc:parse", _upc_parse),
    (r"gln:", _records(Gln.parse)),
    (r"sscc:as_hri", _sscc_text),
    (r"sscc:", _records(Sscc.parse)),
    (r"symbology:", _records(SymbologyIdentifier.extract)),
    (r"gs1_application_identifiers:", _identifier),
    (r"gs1_prefixes:.*gs1_company_prefix", _ranges(GS1CompanyPrefix.extract)),
    (r"gs1_prefixes:.*gs1_8_prefix", _ranges(GS18Prefix.extract)),
    (r"gs1_prefixes:.*gs1_prefix", _ranges(GS1Prefix.extract)),
    (r"gs1_element_strings:extract_(date|handles|fails_with_invalid_date)", _dates),
    (r"gs1_element_strings:extract_(variable|amount|percent)", _figures),
    (r"gs1_(digital_link_uris|messages|element_strings):(filter|get)", _picked),
    (r"gs1_(digital_link_uris|messages|element_strings):as_", _as_text),
    (r"gs1_element_strings:", _element),
    (r"gs1_messages:parse_hri", _bracketed),
    (r"gs1_messages:parse", _message),
    (r"gs1_digital_link_uris:parse", _link),
    (r"parse:", _whole),
    (r"ean_validate", _ean),
    (r"cn_uscc_validate", _uscc),
    (r"gs1_128_compact", _compacted),
    (r"gs1_128_encode", _packed),
    (r"gs1_128_validate", _unpacked),
    (r"odoo_barcode_rule", _odoo_rule),
    (r"odoo_epc_uri", _odoo_epc),
    (r"odoo_gs1_date", _odoo_date),
    (r"odoo_gs1_decompose", _odoo_decompose),
    (r"odoo_check_digit", _odoo_check_digit),
)
