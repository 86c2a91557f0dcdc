"""Barcodes: from what a scanner sends to what a sale needs to know. Start reading at scanned.py.

In comes text (a scan, or a typed number) and the shop's rules for its own labels; out goes a
`ScannedCode` or a `Refusal`, and the keys to look the article up by. Nothing here raises for any
text, looks at a clock, or keeps anything. `gs1_*` hold the GS1 system: table of identifiers, content
checks, messages, Digital Links, values. `library` asks biip about number ranges; nothing that a
register needs imports it (docs/adr/0003).
"""

from evertill.core.barcode.gtin import is_valid_gtin
from evertill.core.barcode.labels import encode_weight_barcode
from evertill.core.barcode.scanned import ScannedCode, doubt_refusal, lookup_keys, parse_scan

__all__ = [
    "ScannedCode",
    "doubt_refusal",
    "encode_weight_barcode",
    "is_valid_gtin",
    "lookup_keys",
    "parse_scan",
]
