"""Sales and a shift as a shop has them, for receipts, reports and their pictures."""

from __future__ import annotations

from typing import Any

from evertill.core.receipt import (
    CountLine,
    CurrencyTotal,
    DocumentLine,
    SaleDocument,
    ShiftReport,
    TaxLine,
    TenderTotal,
)
from evertill.core.sale import DiscountPart, OriginalLine, Tender
from evertill.core.shop import Settings

HEAD = "9f3c51d2" + "0" * 56


def shop(**changed: Any) -> Settings:
    fields: dict[str, Any] = {
        "store": "S1",
        "names": {"en": "Corner & Daughters", "zh": "街角便利店"},
        "currency": "GBP",
        "address": ("12 Harbour Street", "Bristol BS1 4QA"),
        "tax_number": "GB 123 4567 89",
        "receipt_footer": {
            "en": "Thank you! Goods may be returned within 30 days.",
            "zh": "谢谢惠顾！商品可在三十天内退货。",
        },
    }
    return Settings(**{**fields, **changed})


def line(no: int, names: dict[str, str], **changed: Any) -> DocumentLine:
    amount = changed.get("amount_minor", 0)
    off = sum(part.amount_minor for part in changed.get("discounts", ()))
    fields: dict[str, Any] = {
        "no": no,
        "sku": f"A{no}",
        "names": names,
        "quantity_milli": 1000,
        "unit_price_e4": amount * 10_000,
        "amount_minor": amount,
        "net_minor": amount - off,
        "tax_minor": 0,
        "gross_minor": amount - off,
        "tax_class": "standard",
    }
    return DocumentLine(**{**fields, **changed})


def cash(amount_minor: int, given_minor: int, **changed: Any) -> Tender:
    fields: dict[str, Any] = {
        "no": 1,
        "tender": "cash",
        "kind": "cash",
        "names": {"en": "Cash", "zh": "现金"},
        "amount_minor": amount_minor,
        "given_minor": given_minor,
        "change_minor": max(0, given_minor - amount_minor),
    }
    return Tender(**{**fields, **changed})


def document(lines: tuple[DocumentLine, ...], **changed: Any) -> SaleDocument:
    total = sum(row.gross_minor for row in lines)
    fields: dict[str, Any] = {
        "sale": "s-1",
        "receipt": "L1-7KQ-000042",
        "receipt_no": 42,
        "store": "S1",
        "lane": "L1",
        "shift": 7,
        "staff": "amy",
        "staff_name": "Amy",
        "currency": "GBP",
        "edition": 3,
        "opened_at": "2025-11-22T19:20:00+00:00",
        "completed_at": "2025-11-22T19:24:31+00:00",
        "day": "2025-11-22",
        "lines": lines,
        "taxes": (),
        "tenders": (cash(total, total),),
        "net_minor": total,
        "tax_minor": 0,
        "total_minor": total,
        "discount_minor": sum(part.amount_minor for row in lines for part in row.discounts),
    }
    return SaleDocument(**{**fields, **changed})


def basket() -> SaleDocument:
    """A full basket: pieces, weight, promotion, manual discount, deposit, long name, two taxes, change."""
    lines = (
        line(1, {"en": "Semi-skimmed milk 2 pt", "zh": "半脱脂牛奶 1.1升"}, amount_minor=165),
        line(
            2,
            {"en": "Bananas, loose", "zh": "散装香蕉"},
            unit="kg",
            quantity_milli=328,
            unit_price_e4=1_190_000,
            amount_minor=39,
        ),
        line(
            3,
            {
                "en": "Belgian dark chocolate with hazelnuts and sea salt from Guérande, 180 g bar",
                "zh": "比利时榛子海盐黑巧克力 180克",
            },
            quantity_milli=3000,
            unit_price_e4=2_550_000,
            amount_minor=765,
            discounts=(
                DiscountPart(
                    amount_minor=255,
                    names={"en": "3 for 2 chocolate", "zh": "巧克力买三付二"},
                    promotion="p1",
                ),
            ),
        ),
        line(4, {"en": "Spring water 1.5 l", "zh": "天然矿泉水 1.5升"}, amount_minor=89),
        line(5, {"en": "Bottle deposit", "zh": "瓶子押金"}, amount_minor=25, kind="deposit", parent=4),
        line(
            6,
            {"en": "Umbrella", "zh": "雨伞"},
            amount_minor=1200,
            discounts=(
                DiscountPart(
                    amount_minor=120, names={"en": "Scratched, 10% off", "zh": "有划痕，九折"}, reason="d1"
                ),
            ),
            note="Handle scratched",
        ),
    )
    return document(
        lines,
        taxes=(
            TaxLine(tax="z", names={"en": "VAT 0%", "zh": "增值税 0%"}, base_minor=318, tax_minor=0),
            TaxLine(
                tax="s", names={"en": "VAT", "zh": "增值税"}, base_minor=1325, tax_minor=265, rate_ppm=200_000
            ),
        ),
        tenders=(cash(1908, 2000),),
        net_minor=1643,
        tax_minor=265,
        change_minor=92,
        notes=("Gift receipt asked for",),
    )


def refund() -> SaleDocument:
    """A milk brought back against its receipt, paid out in cash, rounded to five centimes."""
    back = line(
        1,
        {"en": "Semi-skimmed milk 2 pt", "zh": "半脱脂牛奶 1.1升"},
        quantity_milli=-1000,
        unit_price_e4=1_630_000,
        amount_minor=-163,
        original=OriginalLine(
            receipt="L1-7KQ-000042", line_no=1, gross_minor=-163, net_minor=-163, tax_minor=0
        ),
    )
    out = cash(-165, -165, change_minor=0, rounding_minor=-2)
    return document((back,), tenders=(out,), rounding_minor=-2, receipt="L1-7KQ-000043", receipt_no=43)


def shift(**changed: Any) -> ShiftReport:
    fields: dict[str, Any] = {
        "shift": 7,
        "opened_at": "2025-11-22T08:00:00+00:00",
        "opened_by": "amy",
        "totals": (
            CurrencyTotal(
                currency="GBP",
                sales=42,
                gross_minor=98_765,
                net_minor=90_000,
                tax_minor=8_765,
                discount_minor=1_234,
                returned_minor=-163,
                returned_lines=1,
                taxes=(
                    TaxLine(
                        tax="s", names={"en": "VAT"}, base_minor=43_825, tax_minor=8_765, rate_ppm=200_000
                    ),
                ),
            ),
        ),
        "tenders": (
            TenderTotal(
                tender="cash",
                names={"en": "Cash", "zh": "现金"},
                kind="cash",
                currency="GBP",
                amount_minor=40_000,
                count=20,
            ),
            TenderTotal(
                tender="card",
                names={"en": "Card", "zh": "银行卡"},
                kind="external",
                currency="GBP",
                amount_minor=58_765,
                count=22,
            ),
        ),
        "cash": (CountLine(currency="GBP", float_minor=10_000, expected_minor=50_000),),
        "first_receipt": "L1-7KQ-000001",
        "last_receipt": "L1-7KQ-000042",
    }
    return ShiftReport(**{**fields, **changed})
