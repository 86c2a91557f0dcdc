"""Ringing up: from a code to the article it means, and from the article to the line of the basket.

The order of questions is the cashier's: which article, may it be sold (expired, age), how much of it,
at what price. Each has its own refusal that says what to do next.
"""

from __future__ import annotations

from typing import NamedTuple

from evertill.core import intent as i
from evertill.core.barcode import ScannedCode, doubt_refusal, lookup_keys, parse_scan
from evertill.core.checkout.desk import NEGATIVE_PRICE, Desk
from evertill.core.currency import minor_digits
from evertill.core.pricebook import Product, pick_price
from evertill.core.refusal import Refusal
from evertill.core.rounding import divide
from evertill.core.sale import Line, Sale, line_amount

PIECE_MILLI = 1_000


def find_article(desk: Desk, intent: i.Scan) -> tuple[Product, ScannedCode | None] | Refusal:
    """The one article that the code means, and the code understood; or why there is none."""
    exact = desk.lookup.products((intent.sku or intent.code,))
    scanned = _scanned(desk, intent.code)
    if intent.sku is not None:
        product = next((found for found in exact if found.sku == intent.sku), None)
        known = None if isinstance(scanned, Refusal) else scanned
        return (product, known) if product is not None else _unknown(intent.sku)
    if isinstance(scanned, Refusal):
        return (exact[0], None) if len(exact) == 1 else scanned
    products = exact or desk.lookup.products(lookup_keys(scanned))
    if not products:
        return doubt_refusal(scanned) or _unknown(intent.code)
    if len(products) > 1:
        return Refusal(
            "ambiguous_code",
            "Several articles share this code. Choose the right one.",
            {"choices": [_choice(desk, product) for product in products[:20]]},
        )
    return products[0], scanned


def _scanned(desk: Desk, code: str) -> ScannedCode | Refusal:
    sale = desk.state.sale
    currency = sale.currency if sale is not None else desk.rules.settings.currency
    rules = desk.rules.settings.weight_barcodes
    return parse_scan(code, rules, minor_digits=minor_digits(currency))


def _choice(desk: Desk, product: Product) -> dict[str, object]:
    picked = _picked(desk, product, desk.state.sale)
    return {"sku": product.sku, "names": product.names, "unit_price_e4": picked[0] if picked else None}


def _unknown(code: str) -> Refusal:
    return Refusal(
        "unknown_code",
        "Code {code} is not in the catalogue. Check the label, or search by name.",
        {"code": code[:80]},
    )


def _picked(desk: Desk, product: Product, sale: Sale | None) -> tuple[int, str] | None:
    return pick_price(
        product,
        desk.rules.price_lists,
        currency=sale.currency if sale is not None else desk.rules.settings.currency,
        groups=sale.groups if sale is not None else (),
        at=desk.at,
    )


def line_for(
    desk: Desk, intent: i.Scan, sale: Sale, product: Product, scanned: ScannedCode | None
) -> Line | Refusal:
    """The line that sells (or, with a negative quantity, takes back) the article; or why not."""
    refusal = _expired(desk, intent, scanned) or _too_young(sale, product)
    if refusal is not None:
        return refusal
    quantity = _quantity(intent, product, scanned)
    if isinstance(quantity, Refusal):
        return quantity
    refusal = bad_quantity(desk, quantity, product.unit)
    if refusal is None and quantity < 0:
        refusal = _return_without_receipt(desk)
    if refusal is not None:
        return refusal
    priced = _price(desk, intent, sale, product, scanned, quantity)
    if isinstance(priced, Refusal):
        return priced
    return Line(
        no=sale.lines_added + 1,
        sku=product.sku,
        names=product.names,
        quantity_milli=priced.quantity_milli,
        unit_price_e4=priced.unit_price_e4,
        amount_minor=priced.amount_minor,
        tax_class=product.tax_class,
        unit=product.unit,
        kind=product.kind,
        categories=product.categories,
        brand=product.brand,
        code=intent.code[:80],
        price_list=priced.price_list,
        price_source=priced.source,
        list_price_e4=priced.list_price_e4 if priced.list_price_e4 != priced.unit_price_e4 else None,
        discountable=product.discountable,
        age_min=product.age_min,
        reason=intent.reason,
        note=intent.note,
        lot=scanned.lot if scanned is not None else None,
        tare_g=intent.tare_g,
    )


def _expired(desk: Desk, intent: i.Scan, scanned: ScannedCode | None) -> Refusal | None:
    if scanned is None or not scanned.expired(desk.at.date()) or (intent.quantity_milli or 1) < 0:
        return None
    if not intent.accept_expired:
        return Refusal(
            "expired_goods",
            "This article expired on {date}. Do not sell it; fetch a fresh one.",
            {"date": scanned.expiry or ""},
        )
    return desk.lacks("price_override")


def _too_young(sale: Sale, product: Product) -> Refusal | None:
    if product.age_min <= sale.age_proven:
        return None
    return Refusal(
        "age_unproven",
        "Only for customers of {years} or older. Check their age, then confirm.",
        {"years": product.age_min, "names": product.names},
    )


def _quantity(intent: i.Scan, product: Product, scanned: ScannedCode | None) -> int | Refusal:
    inside = scanned.weight_g if scanned is not None else None
    if intent.tare_g:
        return _net_of_tare(intent.tare_g, intent.quantity_milli, product, is_labelled=inside is not None)
    if inside is not None and product.unit == "kg":
        if intent.quantity_milli is not None and intent.quantity_milli < 0:
            return -inside
        return inside
    if intent.quantity_milli is not None:
        return intent.quantity_milli
    if product.unit == "kg" and not (scanned is not None and scanned.price_minor is not None):
        return _to_be_weighed(product)
    if scanned is not None and scanned.count is not None and scanned.count > 0:
        return scanned.count * PIECE_MILLI
    return PIECE_MILLI


def _to_be_weighed(product: Product) -> Refusal:
    about = {**_about(product), "tare_g": product.tare_g}
    return Refusal("quantity_needed", "Weigh this article and enter the weight.", about)


def _net_of_tare(
    tare_g: int, quantity_milli: int | None, product: Product, *, is_labelled: bool
) -> int | Refusal:
    """The weight that was entered without its packing; a return's too, toward zero."""
    if product.unit != "kg" or is_labelled:
        return Refusal("tare_not_here", "Tare is only for goods whose weight is entered. Leave it out.")
    if quantity_milli is None:
        return _to_be_weighed(product)
    if not 0 < tare_g < abs(quantity_milli):
        return Refusal(
            "tare_over_weight", "The tare must be less than the weight. Weigh the goods with their packing."
        )
    return quantity_milli - tare_g if quantity_milli > 0 else quantity_milli + tare_g


def bad_quantity(desk: Desk, quantity_milli: int, unit: str) -> Refusal | None:
    """Refuses no quantity, parts of a piece, and more than one line may hold."""
    if quantity_milli == 0:
        return Refusal("quantity_zero", "The quantity is zero. Enter how many, or void the line.")
    if unit == "each" and quantity_milli % PIECE_MILLI:
        return Refusal("quantity_not_whole", "This article is sold by the piece. Enter a whole number.")
    limit = desk.rules.settings.limits.quantity_max_milli
    if abs(quantity_milli) > limit:
        return Refusal(
            "quantity_too_big",
            "The quantity is too large: at most {limit}. Check it and enter it again.",
            {"limit": limit // 1000},
        )
    return None


def _about(product: Product) -> dict[str, object]:
    return {"sku": product.sku, "names": product.names}


def _return_without_receipt(desk: Desk) -> Refusal | None:
    if not desk.rules.settings.returns_without_receipt:
        return Refusal(
            "no_return_without_receipt",
            "This shop takes goods back only with a receipt. Enter the receipt's number.",
        )
    return desk.lacks("return_without_receipt")


class _Price(NamedTuple):
    quantity_milli: int
    unit_price_e4: int
    amount_minor: int
    source: str
    list_price_e4: int | None
    price_list: str | None = None


def _price(
    desk: Desk, intent: i.Scan, sale: Sale, product: Product, scanned: ScannedCode | None, quantity: int
) -> _Price | Refusal:
    picked = _picked(desk, product, sale)
    list_price = picked[0] if picked is not None else None
    if intent.amount_minor is not None:
        return _given_amount(desk, intent.amount_minor, product, quantity, list_price)
    if intent.unit_price_e4 is not None:
        refusal = _typed_price_refused(desk, product, intent.unit_price_e4)
        if refusal is not None:
            return refusal
        amount = line_amount(quantity, intent.unit_price_e4)
        source = "open" if product.open_price else "override"
        return _Price(quantity, intent.unit_price_e4, amount, source, list_price)
    if product.open_price:
        return Refusal("price_needed", "Enter the price of this article.", _about(product))
    inside = scanned.price_minor if scanned is not None else None
    if scanned is not None and inside is not None and scanned.price_currency in (None, sale.currency):
        return _price_inside(inside, product, quantity, list_price)
    if picked is None:
        return Refusal(
            "no_price",
            "This article has no price in {currency}. Ask the manager to set one.",
            {"currency": sale.currency, "sku": product.sku},
        )
    return _Price(quantity, picked[0], line_amount(quantity, picked[0]), "list", picked[0], picked[1])


def _given_amount(
    desk: Desk, amount_minor: int, product: Product, quantity: int, list_price: int | None
) -> _Price | Refusal:
    if amount_minor != 0 and (amount_minor < 0) != (quantity < 0):
        return NEGATIVE_PRICE
    refusal = None if product.open_price else desk.lacks("price_override")
    if refusal is not None:
        return refusal
    unit_price = divide(abs(amount_minor) * 10_000_000, abs(quantity))
    return _Price(quantity, unit_price, amount_minor, "amount", list_price)


def _typed_price_refused(desk: Desk, product: Product, unit_price_e4: int) -> Refusal | None:
    if unit_price_e4 < 0:
        return NEGATIVE_PRICE
    return None if product.open_price else desk.lacks("price_override")


def _price_inside(price_minor: int, product: Product, quantity: int, list_price: int | None) -> _Price:
    """The label carries the price: for weighed goods the weight follows from the price per kilogram."""
    amount = -price_minor if quantity < 0 else price_minor
    if product.unit == "kg" and list_price:
        grams = divide(amount * 10_000_000, list_price) or (-1 if quantity < 0 else 1)
        return _Price(grams, list_price, amount, "barcode", list_price)
    unit_price = divide(price_minor * 10_000_000, abs(quantity))
    return _Price(quantity, unit_price, amount, "barcode", list_price)


def deposit_line(desk: Desk, sale: Sale, line: Line, sku: str) -> Line | Refusal:
    """The deposit that goes with `line`, as a line hanging on it."""
    product = desk.lookup.product(sku)
    picked = _picked(desk, product, sale) if product is not None else None
    if product is None or picked is None:
        return Refusal(
            "no_deposit_price",
            "The deposit of this article has no price. Ask the manager to set one.",
            {"sku": sku},
        )
    return Line(
        no=line.no + 1,
        sku=product.sku,
        names=product.names,
        quantity_milli=line.quantity_milli,
        unit_price_e4=picked[0],
        amount_minor=line_amount(line.quantity_milli, picked[0]),
        tax_class=product.tax_class,
        kind="deposit",
        categories=product.categories,
        price_list=picked[1],
        discountable=False,
        parent=line.no,
    )
