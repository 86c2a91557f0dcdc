"""A sale in hand: its lines, manual discounts and tenders, as entries have made it so far.

A line keeps what was decided when it was rung up (names, unit price, tax class, categories), so
that a sale can be folded from the journal alone. Amounts of a line are before any discount;
what promotions and manual discounts take off is worked out by core.pricing each time.
"""

from __future__ import annotations

import msgspec

from evertill.core.rounding import divide


class DiscountPart(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one promotion or one manual discount took off one line (positive = cheaper)."""

    amount_minor: int
    names: dict[str, str]
    promotion: str | None = None
    reason: str | None = None


class OriginalLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The line of an earlier receipt that a return line mirrors, and the money it mirrors.

    All amounts are of the returned part and negative where the original was positive.
    `taxes` are (tax id, base_minor, tax_minor). They were shared from the original so that the
    parts of a line returned piece by piece add up to the whole line to the cent.
    """

    receipt: str
    line_no: int
    gross_minor: int
    net_minor: int
    tax_minor: int
    taxes: tuple[tuple[str, int, int], ...] = ()
    discounts: tuple[DiscountPart, ...] = ()


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of a basket.

    `no` counts from 1 within the sale and is never reused. `price_source` is "list", "override",
    "open" (typed for open-price goods), "barcode" (price inside the code), "amount" (the whole
    line's amount was given) or "receipt" (mirrors an earlier sale). A voided line stays in the
    books with `voided` true and counts for nothing.
    """

    no: int
    sku: str
    names: dict[str, str]
    quantity_milli: int
    unit_price_e4: int
    amount_minor: int
    tax_class: str
    unit: str = "each"
    kind: str = "goods"
    categories: tuple[str, ...] = ()
    brand: str | None = None
    code: str = ""
    price_list: str | None = None
    price_source: str = "list"
    list_price_e4: int | None = None
    discountable: bool = True
    age_min: int = 0
    parent: int | None = None
    original: OriginalLine | None = None
    reason: str | None = None
    note: str | None = None
    voided: bool = False
    lot: str | None = None
    tare_g: int = 0  # packing that was taken off the weight entered


class ManualDiscount(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A discount given by hand: `rate_ppm` of the amount, or `amount_minor`; on a line or the basket."""

    reason: str
    line_no: int | None = None
    rate_ppm: int = 0
    amount_minor: int = 0
    approved_by: str | None = None


class Tender(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Money taken (positive) or paid out (negative) for a sale.

    `amount_minor` settles the sale; `given_minor` is what the customer handed over;
    `change_minor` what went back; `rounding_minor` what cash rounding added to the amount due.
    """

    no: int
    tender: str
    kind: str
    names: dict[str, str]
    amount_minor: int
    given_minor: int
    change_minor: int = 0
    rounding_minor: int = 0
    tip_minor: int = 0


class Sale(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A sale from its first line until it is paid, parked or voided."""

    id: str
    currency: str
    edition: int
    opened_at: str
    staff: str
    lines: tuple[Line, ...] = ()
    lines_added: int = 0
    customer: str | None = None
    customer_name: str | None = None
    groups: tuple[str, ...] = ()
    tax_exempt: bool = False
    coupons: tuple[str, ...] = ()
    discounts: tuple[ManualDiscount, ...] = ()
    tenders: tuple[Tender, ...] = ()
    notes: tuple[str, ...] = ()
    age_proven: int = 0
    reference: str | None = None
    occurred_on: str | None = None

    def line(self, no: int) -> Line | None:
        """The line numbered `no` unless it is voided or was never there."""
        for line in self.lines:
            if line.no == no:
                return None if line.voided else line
        return None

    def with_line(self, changed: Line) -> Sale:
        """This sale with the line of the same number replaced."""
        lines = tuple(changed if line.no == changed.no else line for line in self.lines)
        return msgspec.structs.replace(self, lines=lines)

    @property
    def live_lines(self) -> tuple[Line, ...]:
        """The lines that count."""
        return tuple(line for line in self.lines if not line.voided)

    @property
    def paid_minor(self) -> int:
        """What tenders have settled so far."""
        return sum(tender.amount_minor for tender in self.tenders)


class ParkedSale(msgspec.Struct, frozen=True, kw_only=True):
    """A sale set aside to be taken up again."""

    sale: Sale
    parked_at: str
    staff: str
    note: str = ""


def line_amount(quantity_milli: int, unit_price_e4: int) -> int:
    """amount_minor of a quantity at a unit price, half away from zero."""
    return divide(quantity_milli * unit_price_e4, 10_000_000)
