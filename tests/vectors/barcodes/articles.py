"""Cases of article numbers: GTIN, UPC, national labels, check digits."""

from __future__ import annotations

import re
from decimal import Decimal

from biip.gtin import Gtin
from biip.rcn import RcnRegion
from biip.upc import Upc

from evertill.core.barcode import ScannedCode, is_valid_gtin, parse_scan
from evertill.core.barcode.check_digits import check_digit, is_digits, measure_check_digit
from evertill.core.barcode.gtin import as_gtin, expand_upc_e, shortest_length, suppress_upc_a
from evertill.core.barcode.library import ask
from evertill.core.barcode.regions import REGION_CURRENCIES, REGION_RULES
from evertill.core.refusal import Refusal
from tests.vectors.barcodes.compare import (
    MINOR_DIGITS,
    MISS,
    Case,
    compare,
    compare_record,
    config_of,
)
from tests.vectors.outcome import Outcome


def gtin_encode_case(case: Case) -> Outcome:
    params = case["params"]
    length = int(re.search(r"as_gtin_(\d+)", case["kind"])[1])  # type: ignore[index]
    code = params["value"]
    return compare(case, params.get("expected"), as_gtin(code, length) if is_valid_gtin(code) else None)


def gtin_parse_case(case: Case) -> Outcome:
    params = case["params"]
    if isinstance(params.get("expected"), dict):
        return compare_record(
            case, ask(lambda text: Gtin.parse(text, config=config_of(params)), params["value"])
        )
    code = params["value"].strip()
    named = re.search(r"gtin_(\d+)", case["kind"])
    if not is_valid_gtin(code):
        return compare(case, True, None)
    right = named is None or shortest_length(code) == int(named[1])
    return compare(case, True, right)


def upc_encode_case(case: Case) -> Outcome:
    params = case["params"]
    code = params["value"]
    full = code if len(code) == 12 else expand_upc_e(code)
    if full is None or not is_valid_gtin(full):
        return compare(case, params.get("expected"), None)
    if case["kind"].rpartition(":")[2].startswith("as_upc_e"):
        return compare(case, params.get("expected"), suppress_upc_a(full))
    named = re.search(r"as_gtin_(\d+)", case["kind"])
    return compare(case, params.get("expected"), as_gtin(full, int(named[1])) if named else full)


def upc_parse_case(case: Case) -> Outcome:
    params = case["params"]
    if "number_system" in params:
        return compare(case, True, expand_upc_e(f"{params['number_system']}425261"))
    return compare_record(case, ask(Upc.parse, params["value"]))


def rcn_parse_case(case: Case) -> Outcome:
    params = case["params"]
    if "region" in case["kind"] and len(params["value"]) == 2:
        known = params["value"] in REGION_RULES
        same = known and RcnRegion(params["value"]).name == params.get("rcn_region")
        return compare(case, True, same or None)
    return compare_record(case, ask(lambda text: Gtin.parse(text, config=config_of(params)), params["value"]))


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


def rcn_rules_case(case: Case) -> Outcome:
    params, scanned = case["params"], _scan_in_region(case)
    if isinstance(scanned, Refusal):
        return compare(case, "a measure", None)
    price = params.get("price")
    money = params.get("money")
    currency = REGION_CURRENCIES.get(_region_code(case) or "") if scanned.price_minor is not None else None
    expected = (
        None if params.get("weight") is None else Decimal(params["weight"]) * 1000,
        None if price is None else Decimal(price) * 10**MINOR_DIGITS,
        params.get("count"),
        money["currency"] if money else None,
    )
    return compare(case, expected, (scanned.weight_g, scanned.price_minor, scanned.count, currency))


def without_measure_case(case: Case) -> Outcome:
    params = case["params"]
    if "nonvariable_prefixes" in params:
        kinds = []
        for prefix in params["nonvariable_prefixes"]:
            payload = prefix + "1" * 10
            code = payload + check_digit(payload)
            scanned = _scan_in_region({"kind": case["kind"], "params": params | {"value": code}})
            kinds.append(isinstance(scanned, ScannedCode) and scanned.kind)
        return compare(case, ["article"] * len(kinds), kinds)
    scanned = _scan_in_region(case)
    if isinstance(scanned, Refusal):
        return compare(case, params.get("expected"), None)
    unchanged = None if MISS.search(case["kind"]) else params["value"]
    return compare(case, params.get("expected", params["value"]), scanned.base_code or unchanged)


def check_digit_case(case: Case) -> Outcome:
    params = case["params"]
    compute = measure_check_digit if "price_weight" in case["kind"] else check_digit
    value = params["value"]
    readable = is_digits(value) and (compute is check_digit or len(value) in (4, 5))
    return compare(case, params.get("expected"), int(compute(value)) if readable else None)
