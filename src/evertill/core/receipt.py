"""The documents of the trade: a completed sale and a shift's report, whole and self-contained.

A document is what the receipt shows, what the books count, and what a return mirrors. It names
everything it needs: who, where, when, which edition, every line with its discounts and taxes.
"""

from __future__ import annotations

import msgspec

from evertill.core.sale import DiscountPart, OriginalLine, Tender


class DocumentLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line of a completed sale. amount_minor - sum(discounts) is what the line cost as priced;
    net_minor + tax_minor == gross_minor, and the gross of all lines is the document's total.
    `taxes` are (tax id, base_minor, tax_minor)."""

    no: int
    sku: str
    names: dict[str, str]
    quantity_milli: int
    unit_price_e4: int
    amount_minor: int
    net_minor: int
    tax_minor: int
    gross_minor: int
    tax_class: str
    taxes: tuple[tuple[str, int, int], ...] = ()
    discounts: tuple[DiscountPart, ...] = ()
    unit: str = "each"
    kind: str = "goods"
    categories: tuple[str, ...] = ()
    code: str = ""
    price_source: str = "list"
    list_price_e4: int | None = None
    original: OriginalLine | None = None
    parent: int | None = None
    reason: str | None = None
    note: str | None = None
    lot: str | None = None
    tare_g: int = 0


class TaxLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One tax of a document: base and amount, summed over its lines."""

    tax: str
    names: dict[str, str]
    base_minor: int
    tax_minor: int
    rate_ppm: int = 0


class SaleDocument(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A completed sale.

    total_minor = net_minor + tax_minor; total_minor + rounding_minor = what the tenders settled;
    change_minor went back in cash. A refund is the same with negative signs.
    """

    sale: str
    receipt: str
    receipt_no: int
    store: str
    lane: str
    shift: int
    staff: str
    staff_name: str
    currency: str
    edition: int
    opened_at: str
    completed_at: str
    day: str
    lines: tuple[DocumentLine, ...]
    taxes: tuple[TaxLine, ...]
    tenders: tuple[Tender, ...]
    net_minor: int
    tax_minor: int
    total_minor: int
    discount_minor: int = 0
    rounding_minor: int = 0
    change_minor: int = 0
    tip_minor: int = 0
    customer: str | None = None
    customer_name: str | None = None
    tax_exempt: bool = False
    coupons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    age_proven: int = 0
    lines_voided: int = 0
    reference: str | None = None
    occurred_on: str | None = None
    request: str | None = None
    promotion_uses: tuple[tuple[str, int, int], ...] = ()  # (counted as, times used, amount_minor given)


class CountLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Cash of one currency at the end of a shift: what should be there, what was counted."""

    currency: str
    float_minor: int
    expected_minor: int
    counted_minor: int | None = None
    pieces: dict[str, int] = {}  # denomination in minor units -> pieces counted

    @property
    def difference_minor(self) -> int | None:
        """Over (positive) or short (negative); None while nothing was counted."""
        return None if self.counted_minor is None else self.counted_minor - self.expected_minor


class TenderTotal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one tender took and paid out in a shift."""

    tender: str
    names: dict[str, str]
    kind: str
    currency: str
    amount_minor: int = 0
    count: int = 0
    tip_minor: int = 0


class CurrencyTotal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A shift's trade in one currency."""

    currency: str
    sales: int = 0
    gross_minor: int = 0
    net_minor: int = 0
    tax_minor: int = 0
    discount_minor: int = 0
    rounding_minor: int = 0
    returned_minor: int = 0
    returned_lines: int = 0
    taxes: tuple[TaxLine, ...] = ()


class ShiftReport(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An X report (shift still open) or a Z report (`closed_at` set, `number` given)."""

    shift: int
    opened_at: str
    opened_by: str
    totals: tuple[CurrencyTotal, ...]
    tenders: tuple[TenderTotal, ...]
    cash: tuple[CountLine, ...]
    moved_minor: dict[str, int] = {}
    voided_sales: int = 0
    voided_lines: int = 0
    drawer_openings: int = 0
    first_receipt: str | None = None
    last_receipt: str | None = None
    closed_at: str | None = None
    closed_by: str | None = None
