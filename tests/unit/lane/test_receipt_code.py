"""The text in a receipt's QR code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evertill.core.receipt_code import read_receipt_code, receipt_code

NAMES = st.text(min_size=1, max_size=20).filter(lambda text: not text.isspace())


@given(NAMES, NAMES, NAMES, st.binary(min_size=4, max_size=32))
def test_what_is_printed_is_what_a_scanner_reads_back(
    store: str, lane: str, receipt: str, head: bytes
) -> None:
    code = receipt_code(store=store, lane=lane, receipt=receipt, head_code=head.hex())
    assert read_receipt_code(code.text()) == code
    assert code.text().count(":") == 4


@pytest.mark.parametrize(
    "text",
    ["", "4006381333931", "EVT2:S1:L1:L1-1:9f3c51d2", "EVT1:S1:L1:L1-1:nothex!!", "EVT1::L1:L1-1:9f3c51d2"],
)
def test_other_codes_are_not_taken_for_receipts(text: str) -> None:
    assert read_receipt_code(text) is None
