"""Completed sales made up for the books: small, right to the cent, all kinds of them."""

from __future__ import annotations

import msgspec

from evertill.core.entry import SaleCompleted
from evertill.core.receipt import DocumentLine, SaleDocument, TaxLine
from evertill.core.rounding import divide
from evertill.core.sale import Tender


def document_line(
    no: int, quantity_milli: int, unit_price_e4: int, *, rate_ppm: int, unit: str
) -> DocumentLine:
    """A line with tax included in its price."""
    amount = divide(quantity_milli * unit_price_e4, 10_000_000)
    tax = divide(amount * rate_ppm, 1_000_000 + rate_ppm)
    return DocumentLine(
        no=no,
        sku=f"A{no}",
        names={"en": f"Article {no}"},
        quantity_milli=quantity_milli,
        unit_price_e4=unit_price_e4,
        amount_minor=amount,
        net_minor=amount - tax,
        tax_minor=tax,
        gross_minor=amount,
        tax_class="standard",
        unit=unit,
    )


def sale(
    number: int,
    lines: list[tuple[int, int]],
    *,
    currency: str = "EUR",
    rate_ppm: int = 190_000,
    tender: str = "cash",
    unit: str = "each",
    reference: str | None = None,
    occurred_on: str | None = None,
    day: str = "2026-11-22",
    store: str = "S1",
    lane: str = "L1",
) -> SaleDocument:
    """A sale of (quantity_milli, unit_price_e4) lines, paid by one tender."""
    made = tuple(
        document_line(no, quantity, price, rate_ppm=rate_ppm, unit=unit)
        for no, (quantity, price) in enumerate(lines, start=1)
    )
    net, tax = sum(line.net_minor for line in made), sum(line.tax_minor for line in made)
    return SaleDocument(
        sale=f"{lane}-x-S{number}",
        receipt=f"{lane}-x-{number:06d}",
        receipt_no=number,
        store=store,
        lane=lane,
        shift=1,
        staff="ann",
        staff_name="Ann",
        currency=currency,
        edition=1,
        opened_at=f"{day}T09:00:00.000Z",
        completed_at=f"{day}T09:01:00.000Z",
        day=day,
        lines=made,
        taxes=(TaxLine(tax="vat", names={"en": "VAT"}, base_minor=net, tax_minor=tax, rate_ppm=rate_ppm),),
        tenders=(
            Tender(
                no=1,
                tender=tender,
                kind="cash" if tender == "cash" else "external",
                names={"en": tender},
                amount_minor=net + tax,
                given_minor=net + tax,
            ),
        ),
        net_minor=net,
        tax_minor=tax,
        total_minor=net + tax,
        reference=reference,
        occurred_on=occurred_on,
    )


def completed(document: SaleDocument) -> bytes:
    """The data of the entry that completes this sale."""
    return msgspec.json.encode(SaleCompleted(document=document))
