"""One value, one sequence of bytes: JSON canonicalized by RFC 8785, for all that is signed or compared.

Journal entries do not need it (they are kept as the bytes that were written); editions, answers and
tokens do, because they are put together anew on each side.
"""

from __future__ import annotations

import json
from typing import Any

import rfc8785

_SAFE_INT_MAX = 2**53 - 1  # beyond it JSON numbers are doubles, and neighbours become one (RFC 7493)


class NotCanonical(ValueError):
    """The value has no canonical form: NaN, a too large int, a lone surrogate, a doubled name, bad JSON."""


def canonical_bytes(value: Any) -> bytes:
    """The RFC 8785 bytes of a JSON value (dict, list, str, int, float, bool, None). Raises NotCanonical.

    An int beyond 2**53 - 1 is refused rather than rounded: money and counters stay exact.
    """
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise NotCanonical(str(error)) from error


def canonicalize(document: bytes | str) -> bytes:
    """The RFC 8785 bytes of a JSON text. Numbers are read as IEEE 754 doubles, as the RFC says.

    Raises NotCanonical if it is not JSON, holds a name twice, or has no canonical form.
    """
    try:
        value = json.loads(
            document, parse_int=_number, parse_constant=_no_constant, object_pairs_hook=_no_name_twice
        )
    except (ValueError, RecursionError) as error:
        raise NotCanonical(str(error)) from error
    return canonical_bytes(value)


def _number(text: str) -> int | float:
    whole = int(text)
    if text == "-0" or abs(whole) > _SAFE_INT_MAX:
        return float(text)
    return whole


def _no_constant(text: str) -> float:
    raise NotCanonical(f"{text} is not JSON")


def _no_name_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise NotCanonical("an object holds a name twice")
    return members
