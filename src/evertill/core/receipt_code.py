"""The text inside a receipt's QR code: which receipt of which lane, and how its journal line began.

`EVT1:<store>:<lane>:<receipt>:<head8>`. Fields are percent-encoded (RFC 3986), so a colon never
stands inside one. `head8` is the first eight hex digits of the SHA-256 of the sale's journal line:
whoever holds the journal can tell with it that the receipt and the books speak of the same sale.
It proves nothing alone, since anyone can print a QR code. Format: docs/printing.md.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

import msgspec

_MARK = "EVT1"
_HEAD_DIGITS = 8
_HEAD = re.compile(rf"[0-9a-f]{{{_HEAD_DIGITS}}}")


class ReceiptCode(msgspec.Struct, frozen=True, kw_only=True):
    """What a receipt's QR code names."""

    store: str
    lane: str
    receipt: str
    head8: str

    def text(self) -> str:
        """The QR code's text."""
        fields = (self.store, self.lane, self.receipt, self.head8)
        return ":".join([_MARK, *(quote(field, safe="") for field in fields)])


def receipt_code(*, store: str, lane: str, receipt: str, head_code: str) -> ReceiptCode:
    """The code of a receipt whose sale's line has the hash `head_code` (hex, at least eight digits)."""
    head8 = head_code[:_HEAD_DIGITS].lower()
    assert _HEAD.fullmatch(head8), "receipt_code: the head code begins with eight hex digits"
    return ReceiptCode(store=store, lane=lane, receipt=receipt, head8=head8)


def read_receipt_code(text: str) -> ReceiptCode | None:
    """What a scanned text names; None if it is no receipt's code (nor one we know how to read)."""
    fields = text.strip().split(":")
    if len(fields) != 5 or fields[0] != _MARK or not _HEAD.fullmatch(fields[4]):
        return None
    store, lane, receipt = (unquote(field) for field in fields[1:4])
    if not (store and lane and receipt):
        return None
    return ReceiptCode(store=store, lane=lane, receipt=receipt, head8=fields[4])
