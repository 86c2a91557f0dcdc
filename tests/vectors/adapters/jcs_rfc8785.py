"""jcs-rfc8785: canonical bytes of documents, ECMAScript text of doubles."""

from __future__ import annotations

import math
import struct
from typing import Any

from evertill.wire.canonical import NotCanonical, canonical_bytes, canonicalize
from tests.vectors.outcome import Failed, Outcome, Passed, compared

SET = "jcs-rfc8785"


def run(case: dict[str, Any]) -> Outcome:
    """One document or one number."""
    if case["kind"] == "document":
        return _document(case)
    if case["kind"] == "number":
        return _number(case)
    return Failed(f"unknown kind {case['kind']}")


def _document(case: dict[str, Any]) -> Outcome:
    came = canonicalize(case["input_json"])
    if "expected_utf8_hex" in case and came.hex() != case["expected_utf8_hex"].lower():
        return Failed(f"expected {case['expected_utf8_hex']}, came {came.hex()}")
    return compared(case["expected"], came.decode())


def _number(case: dict[str, Any]) -> Outcome:
    number = struct.unpack(">d", bytes.fromhex(case["ieee754_hex"].rjust(16, "0")))[0]
    if math.isfinite(number):
        return compared(case["expected"], canonical_bytes(number).decode())
    try:
        return Failed(f"{number} has no JSON form, but came out as {canonical_bytes(number)!r}")
    except NotCanonical:
        return Passed()
