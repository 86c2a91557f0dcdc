"""Tax: what a price holds of it, what comes on top, and how the odd cent is settled.

`model` names the values, `stack` works out the taxes of one amount exactly, `engine` is what
the checkout calls, `document` does whole invoices to any precision, `adapt` carries a price from
one set of taxes to another, `invoice` follows EN 16931, `cart` itemises a web cart.
"""

from __future__ import annotations

from evertill.core.tax.engine import TaxEngine
from evertill.core.tax.model import (
    Tax,
    TaxableLine,
    TaxClass,
    TaxedLine,
    TaxGroup,
    TaxOutcome,
    TaxTable,
)

__all__ = [
    "Tax",
    "TaxClass",
    "TaxEngine",
    "TaxGroup",
    "TaxOutcome",
    "TaxTable",
    "TaxableLine",
    "TaxedLine",
]
