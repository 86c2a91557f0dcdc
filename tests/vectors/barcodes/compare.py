"""Comparing a case with what came: values, refusals, and records field by field."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from biip import ParseConfig
from biip.rcn import RcnRegion

from tests.vectors.outcome import Failed, Outcome, Passed

TODAY = date(2026, 6, 30)  # the year in which the set was made: years of two digits count from it
MISS = re.compile(
    r"fail|error|invalid|nonnumeric|non_numeric|wrong_length|unknown|illegal|too_long|too_short"
)
REFUSED = object()
MINOR_DIGITS = 2

Case = dict[str, Any]


def compare(case: Case, expected: Any, actual: Any) -> Outcome:
    """`actual` is REFUSED (or None) where ours says no; a kind that names a failure expects just that."""
    if actual is None:
        actual = REFUSED
    if MISS.search(case["kind"].rpartition(":")[2]) and "expected" not in case.get("params", {}):
        return Passed() if actual is REFUSED else Failed(f"expected a refusal, got {actual!r}")
    if expected is None and actual is REFUSED:
        return Passed()
    return Passed() if expected == actual else Failed(f"expected {expected!r}, got {actual!r}")


def differences(expected: Any, actual: Any, path: str = "") -> list[str]:
    """Where a record differs from what is expected of it. Keys that are not named must be empty."""
    if isinstance(expected, dict) and is_dataclass(actual):
        found = []
        for field in fields(actual):
            value = getattr(actual, field.name)
            if field.name in expected:
                found += differences(expected[field.name], value, f"{path}.{field.name}")
            elif field.name in _NAMED_WHEN_THERE and value is not None:
                found.append(f"{path}.{field.name}: expected nothing, got {value!r}")
        return found
    if isinstance(expected, list) and isinstance(actual, list):
        if len(expected) != len(actual):
            return [f"{path}: expected {len(expected)} items, got {len(actual)}"]
        pairs = enumerate(zip(expected, actual, strict=True))
        return [line for index, (e, a) in pairs for line in differences(e, a, f"{path}[{index}]")]
    if path.endswith("_error"):
        return [] if bool(expected) == bool(actual) else [f"{path}: expected {expected!r}, got {actual!r}"]
    return [] if plain(actual) == plain(expected) else [f"{path}: expected {expected!r}, got {actual!r}"]


_NAMED_WHEN_THERE = {
    "gtin", "gln", "sscc", "upc", "gs1_message", "gs1_digital_link_uri", "date", "datetime",
    "gtin_error", "gln_error", "sscc_error", "upc_error", "gs1_message_error", "gs1_digital_link_uri_error",
    "packaging_level", "weight", "price", "count", "region", "usage", "gs1_symbology", "symbology_identifier",
}  # fmt: skip


def plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.name if not isinstance(value, int) else int(value)
    if is_dataclass(value):
        return getattr(value, "ai", None) or getattr(value, "value", None)
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def compare_record(case: Case, actual: Any) -> Outcome:
    """Compare a record of the library with the expected one; a case without one only wants a yes or no."""
    expected = case["params"].get("expected")
    if isinstance(expected, str):
        return compare(case, expected, None if actual is None else actual.value)
    if not isinstance(expected, dict):
        return compare(case, True, None if actual is None else True)
    if actual is None:
        return Failed(f"expected {expected!r}, got a refusal")
    found = differences(expected, actual)
    return Failed("; ".join(found)) if found else Passed()


def config_of(params: Case) -> ParseConfig:
    region = params.get("rcn_region")
    options = {
        name: params[name]
        for name in ("separator_chars", "rcn_verify_variable_measure", "gs1_element_strings_verify_date")
        if name in params
    }
    return ParseConfig(rcn_region=region_named(region) if region else None, **options)


def region_named(name: str) -> RcnRegion | str:
    return RcnRegion[name] if name in RcnRegion.__members__ else name


def iso_date(moment: date | None) -> str | None:
    return moment.isoformat() if moment is not None else None
