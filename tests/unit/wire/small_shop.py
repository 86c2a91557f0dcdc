"""A shop small enough to read, as a draft of an edition, and a key that signs for it."""

from __future__ import annotations

import msgspec

from evertill.core.pricebook import Category, PriceList, Product
from evertill.core.promotions import LineFilter, PercentOff, Promotion
from evertill.core.shop import Customer, Reason, Role, Settings, StaffMember, TenderKind
from evertill.core.tax import Tax, TaxClass, TaxTable
from evertill.wire.edition import EditionDraft, write_edition
from evertill.wire.signature import SigningKey

KEY = SigningKey(bytes(range(32)))
OTHER_KEY = SigningKey(bytes(range(1, 33)))
EPOCH = "00" * 16
ISSUED_AT = "2026-11-22T08:00:00Z"

TEA = Product(
    sku="tea",
    names={"en": "Green tea", "zh": "绿茶"},
    tax_class="reduced",
    prices={"shop": 1_990_000},
    codes=("4006381333931",),
    categories=("drinks",),
)
BEER = Product(
    sku="beer",
    names={"en": "Beer"},
    tax_class="standard",
    prices={"shop": 890_000},
    codes=("96385074",),
    age_min=18,
    deposit_sku="bottle",
)
BOTTLE = Product(
    sku="bottle",
    names={"en": "Bottle deposit"},
    tax_class="standard",
    prices={"shop": 80_000},
    kind="deposit",
)
SUNDRIES = Product(sku="sundries", names={"en": "Sundries"}, tax_class="standard", open_price=True)

DRAFT = EditionDraft(
    settings=Settings(store="S1", names={"en": "Small shop"}, currency="EUR"),
    tax_table=TaxTable(
        taxes=(
            Tax(id="vat19", names={"en": "VAT 19 %"}, rate_ppm=190_000),
            Tax(id="vat7", names={"en": "VAT 7 %"}, rate_ppm=70_000),
        ),
        classes=(
            TaxClass(id="standard", names={"en": "Standard"}, taxes=("vat19",)),
            TaxClass(id="reduced", names={"en": "Reduced"}, taxes=("vat7",)),
        ),
    ),
    tenders=(TenderKind(id="cash", names={"en": "Cash"}, currency="EUR"),),
    roles=(Role(id="cashier", names={"en": "Cashier"}, permissions=("sell",)),),
    staff=(StaffMember(id="1", name="Cashier 1", role="cashier", pin_hash="$argon2id$v=19$..."),),
    reasons=(Reason(id="damaged", use="discount", names={"en": "Damaged"}),),
    categories=(Category(id="drinks", names={"en": "Drinks"}),),
    price_lists=(PriceList(id="shop", currency="EUR"),),
    promotions=(
        Promotion(
            id="tea-10",
            names={"en": "10 % off tea"},
            rewards=(PercentOff(rate_ppm=100_000, of=LineFilter(skus=("tea",))),),
        ),
    ),
    customers=(Customer(id="m1", name="Member 1", codes=("m1",)),),
    products=(TEA, BEER, BOTTLE, SUNDRIES),
)


def with_products(*products: Product) -> EditionDraft:
    """The small shop with these goods instead of its own."""
    return msgspec.structs.replace(DRAFT, products=products)


def edition_lines(draft: EditionDraft = DRAFT, *, version: int = 1, key: SigningKey = KEY) -> list[bytes]:
    """The lines of a signed edition of the small shop."""
    return list(write_edition(draft, server_epoch=EPOCH, version=version, issued_at=ISSUED_AT, sign=key.sign))
