"""Canonical JSON: the same bytes on both sides of the wire."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evertill.wire.canonical import NotCanonical, canonical_bytes, canonicalize

SAFE = 2**53 - 1
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-SAFE, SAFE)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4)
)


@given(values)
def test_an_edition_read_back_and_written_again_is_the_same_bytes(value: object) -> None:
    once = canonical_bytes(value)
    assert canonicalize(once) == once
    assert canonicalize(json.dumps(value, indent=3)) == once


@given(st.dictionaries(texts, scalars, min_size=2, max_size=6))
def test_the_order_in_which_a_price_list_was_filled_does_not_matter(members: dict[str, object]) -> None:
    backwards = dict(reversed(members.items()))
    assert canonical_bytes(members) == canonical_bytes(backwards)


def test_names_are_ordered_by_utf16_units_as_the_rfc_says() -> None:
    assert (
        canonical_bytes({"\ufb33": 1, "\U0001f600": 2, "€": 3})
        == '{"€":3,"\U0001f600":2,"\ufb33":1}'.encode()
    )


def test_an_amount_too_large_for_a_double_is_refused_and_not_rounded() -> None:
    assert canonical_bytes(SAFE) == b"9007199254740991"
    for amount_minor in (SAFE + 1, -SAFE - 1):
        with pytest.raises(NotCanonical):
            canonical_bytes(amount_minor)


def test_numbers_of_a_text_are_doubles() -> None:
    assert canonicalize("[1E30, 4.50, -0, 333333333.33333329, 9007199254740993]") == (
        b"[1e+30,4.5,0,333333333.3333333,9007199254740992]"
    )


GARBLED = [
    "",
    "{",
    "[NaN]",
    "[Infinity]",
    '{"a":1,"a":2}',
    '{"x":{"a":1,"a":1}}',
    '["\\ud800"]',
    "\ufeff[]",
    "[" * 100_000,
]


@pytest.mark.parametrize("text", GARBLED, ids=range(len(GARBLED)))
def test_a_garbled_edition_has_no_canonical_form(text: str) -> None:
    with pytest.raises(NotCanonical):
        canonicalize(text)
