"""Why a published case is not ours to pass: one table, every reason written out in full.

A reason is used by adapters through its key. Tax, rounding, barcodes, canonical JSON, Ed25519 and
the totals of the data sets are in scope as a whole; where we decide against one of their cases,
the reason names the decision record.
"""

from __future__ import annotations

REASONS: dict[str, str] = {
    "not_an_element_string": (
        "The case's input is the name of a variable that the conversion left in place of its text, "
        "so there is nothing to read (docs/adr/0003)."
    ),
}
