"""Selling: what a scan adds, and what becomes of a basket before it is paid."""

from __future__ import annotations

from typing import NamedTuple

from msgspec.structs import replace

from evertill.core import entry as e
from evertill.core import intent as i
from evertill.core.barcode import ScannedCode, doubt_refusal, lookup_keys, parse_scan
from evertill.core.checkout.desk import (
    NEGATIVE_PRICE,
    NO_LINE,
    NO_SALE,
    NO_SHIFT,
    PARTLY_PAID,
    Decision,
    Desk,
)
from evertill.core.currency import minor_digits
from evertill.core.pricebook import Product, pick_price
from evertill.core.refusal import Refusal
from evertill.core.rounding import divide
from evertill.core.sale import Line, Sale, line_amount

PIECE_MILLI = 1_000


def start_sale(desk: Desk, intent: i.StartSale) -> Decision:
    """Open a sale with a currency, a reference or an earlier date of its own."""
    if desk.state.sale is not None:
        return Refusal("sale_open", "There is already a basket. Finish, park or void it first.")
    currency = intent.currency or desk.rules.settings.currency
    refusal = _may_sell(desk) or _no_tender(desk, currency)
    if refusal is not None:
        return refusal
    return [_opened(desk, currency, intent.reference, intent.occurred_on)]


def scan(desk: Desk, intent: i.Scan) -> Decision:
    """Add what the code names, opening a sale if there is none."""
    refusal = _may_sell(desk)
    if refusal is not None:
        return refusal
    sale, entries = _sale_in_hand(desk)
    if isinstance(sale, Refusal):
        return sale
    if sale.tenders:
        return PARTLY_PAID
    found = _find(desk, intent)
    if isinstance(found, Refusal):
        return found
    product, scanned = found
    line = _line_for(desk, intent, sale, product, scanned)
    if isinstance(line, Refusal):
        return line
    merged = _merge(sale, line) if intent.merge else None
    if merged is not None:
        too_much = over_limits(desk, merged)
        return too_much or [*entries, *_changed(desk, sale, merged, "quantity")]
    refusal = over_limits(desk, line) or _too_many_lines(desk, sale, product)
    if refusal is not None:
        return refusal
    entries.append(e.LineAdded(sale=sale.id, line=line))
    if product.deposit_sku is not None and line.price_source != "receipt":
        deposit = _deposit(desk, sale, line, product.deposit_sku)
        if isinstance(deposit, Refusal):
            return deposit
        entries.append(e.LineAdded(sale=sale.id, line=deposit))
    return entries


def change_quantity(desk: Desk, intent: i.ChangeQuantity) -> Decision:
    """Set a line's quantity. Fewer than before counts as taking goods out of the basket."""
    sale = desk.state.sale
    line = sale.line(intent.line_no) if sale is not None else None
    if sale is None or line is None:
        return NO_SALE if sale is None else NO_LINE
    if sale.tenders:
        return PARTLY_PAID
    if line.original is not None or line.parent is not None or line.price_source == "amount":
        return Refusal(
            "quantity_fixed", "The quantity of this line is fixed. Void the line and enter it anew."
        )
    quantity = intent.quantity_milli
    refusal = _bad_quantity(desk, quantity, line.unit) or _sign_kept(line, quantity)
    if refusal is None and abs(quantity) < abs(line.quantity_milli):
        refusal = desk.lacks("void_line")
    if refusal is not None:
        return refusal
    changed = with_quantity(line, quantity)
    return over_limits(desk, changed) or _changed(desk, sale, changed, "quantity")


def void_line(desk: Desk, intent: i.VoidLine) -> Decision:
    """Take a line out, and with it the deposit that hangs on it."""
    sale = desk.state.sale
    if sale is None:
        return NO_SALE
    line = sale.line(intent.line_no)
    if line is None:
        return NO_LINE
    if sale.tenders:
        return PARTLY_PAID
    if line.parent is not None and sale.line(line.parent) is not None:
        return Refusal("deposit_hangs_on", "This deposit belongs to an article. Void the article instead.")
    refusal = desk.lacks("void_line")
    if refusal is not None:
        return refusal
    numbers = [line.no, *(child.no for child in sale.live_lines if child.parent == line.no)]
    return [
        e.LineVoided(
            sale=sale.id, line_no=no, reason=intent.reason, approved_by=desk.approved_by("void_line")
        )
        for no in numbers
    ]


def void_sale(desk: Desk, intent: i.VoidSale) -> Decision:
    """Give the basket up; it stays in the books as voided."""
    sale = desk.state.sale
    if sale is None:
        return NO_SALE
    if sale.tenders:
        return PARTLY_PAID
    refusal = desk.lacks("void_sale") if sale.live_lines else None
    if refusal is not None:
        return refusal
    return [
        e.SaleVoided(
            sale=sale.id,
            staff=desk.staff_id,
            total_minor=desk.price(sale).gross_minor,
            currency=sale.currency,
            lines=len(sale.lines),
            reason=intent.reason,
            approved_by=desk.approved_by("void_sale") if sale.live_lines else None,
        )
    ]


def park(desk: Desk, intent: i.ParkSale) -> Decision:
    """Set the basket aside."""
    sale = desk.state.sale
    if sale is None:
        return NO_SALE
    if sale.tenders:
        return PARTLY_PAID
    refusal = desk.lacks("park")
    if refusal is not None:
        return refusal
    if len(desk.state.parked) >= desk.rules.settings.limits.parked_max:
        return Refusal(
            "too_many_parked",
            "{limit} baskets are parked already. Finish or void one of them first.",
            {"limit": desk.rules.settings.limits.parked_max},
        )
    return [e.SaleParked(sale=sale.id, at=desk.stamp, staff=desk.staff_id, note=intent.note[:200])]


def recall(desk: Desk, intent: i.RecallSale) -> Decision:
    """Take a parked basket up again; it is priced by the edition in force now."""
    if desk.state.sale is not None:
        return Refusal("sale_open", "There is already a basket. Finish, park or void it first.")
    refusal = _may_sell(desk)
    if refusal is not None:
        return refusal
    if all(parked.sale.id != intent.parked for parked in desk.state.parked):
        return Refusal("not_parked", "That basket is not parked any more. Look at the list again.")
    return [e.SaleRecalled(sale=intent.parked, edition=desk.rules.edition, staff=desk.staff_id)]


def with_quantity(line: Line, quantity_milli: int) -> Line:
    """The line at another quantity, its amount worked out anew."""
    return replace(
        line,
        quantity_milli=quantity_milli,
        amount_minor=line_amount(quantity_milli, line.unit_price_e4),
    )


def over_limits(desk: Desk, line: Line) -> Refusal | None:
    """Refuses a line whose quantity or amount is beyond what one line may hold."""
    limits = desk.rules.settings.limits
    if abs(line.quantity_milli) > limits.quantity_max_milli:
        return Refusal(
            "quantity_too_big",
            "The quantity is too large: at most {limit}. Check it and enter it again.",
            {"limit": limits.quantity_max_milli // 1000},
        )
    if abs(line.amount_minor) > limits.amount_max_minor:
        return Refusal("amount_too_big", "The amount is too large. Check price and quantity.")
    return None


def _may_sell(desk: Desk) -> Refusal | None:
    if desk.state.shift is None:
        return NO_SHIFT
    return desk.lacks("sell")


def _no_tender(desk: Desk, currency: str) -> Refusal | None:
    if desk.rules.tenders_in(currency):
        return None
    return Refusal(
        "no_tender_in_currency",
        "This shop takes no payment in {currency}. Choose another currency.",
        {"currency": currency},
    )


def _opened(desk: Desk, currency: str, reference: str | None, occurred_on: str | None) -> e.SaleOpened:
    return e.SaleOpened(
        sale=f"{desk.lane}-{desk.receipt_mark}-S{desk.state.sales_opened + 1}",
        currency=currency,
        edition=desk.rules.edition,
        at=desk.stamp,
        staff=desk.staff_id,
        reference=reference,
        occurred_on=occurred_on,
    )


def _sale_in_hand(desk: Desk) -> tuple[Sale | Refusal, list[e.Entry]]:
    if desk.state.sale is not None:
        return desk.state.sale, []
    opened = open_default_sale(desk)
    if isinstance(opened, Refusal):
        return opened, []
    sale = Sale(
        id=opened.sale,
        currency=opened.currency,
        edition=opened.edition,
        opened_at=opened.at,
        staff=opened.staff,
    )
    return sale, [opened]


def open_default_sale(desk: Desk) -> e.SaleOpened | Refusal:
    """The entry that opens a sale in the shop's own currency."""
    currency = desk.rules.settings.currency
    return _no_tender(desk, currency) or _opened(desk, currency, None, None)


def _find(desk: Desk, intent: i.Scan) -> tuple[Product, ScannedCode | None] | Refusal:
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


def _line_for(
    desk: Desk, intent: i.Scan, sale: Sale, product: Product, scanned: ScannedCode | None
) -> Line | Refusal:
    refusal = _expired(desk, intent, scanned) or _too_young(sale, product)
    if refusal is not None:
        return refusal
    quantity = _quantity(intent, product, scanned)
    if isinstance(quantity, Refusal):
        return quantity
    refusal = _bad_quantity(desk, quantity, product.unit)
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
        {"years": product.age_min},
    )


def _quantity(intent: i.Scan, product: Product, scanned: ScannedCode | None) -> int | Refusal:
    inside = scanned.weight_g if scanned is not None else None
    if inside is not None and product.unit == "kg":
        if intent.quantity_milli is not None and intent.quantity_milli < 0:
            return -inside
        return inside
    if intent.quantity_milli is not None:
        return intent.quantity_milli
    if product.unit == "kg" and not (scanned is not None and scanned.price_minor is not None):
        return Refusal("quantity_needed", "Weigh this article and enter the weight.", {"sku": product.sku})
    if scanned is not None and scanned.count is not None and scanned.count > 0:
        return scanned.count * PIECE_MILLI
    return PIECE_MILLI


def _bad_quantity(desk: Desk, quantity_milli: int, unit: str) -> Refusal | None:
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


def _sign_kept(line: Line, quantity_milli: int) -> Refusal | None:
    if (line.quantity_milli < 0) == (quantity_milli < 0):
        return None
    return Refusal("quantity_sign", "Sales and returns stand on lines of their own. Enter a new line.")


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
        return Refusal("price_needed", "Enter the price of this article.", {"sku": product.sku})
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


def _merge(sale: Sale, line: Line) -> Line | None:
    """The basket's newest line grown by this one, if it is the same article at the same price."""
    last = next((other for other in reversed(sale.lines) if other.parent is None), None)
    if last is None or last.voided or last.sku != line.sku or line.unit != "each":
        return None
    same = (
        last.price_source == line.price_source == "list"
        and last.unit_price_e4 == line.unit_price_e4
        and (last.quantity_milli < 0) == (line.quantity_milli < 0)
        and (last.original, last.note, last.lot, last.reason)
        == (line.original, line.note, line.lot, line.reason)
        and all(discount.line_no != last.no for discount in sale.discounts)
    )
    if not same:
        return None
    return with_quantity(last, last.quantity_milli + line.quantity_milli)


def _changed(desk: Desk, sale: Sale, changed: Line, why: str) -> list[e.Entry]:
    """The entries that put `changed` in place, and its deposit's quantity with it."""
    entries: list[e.Entry] = [
        e.LineChanged(sale=sale.id, line=changed, why=why, approved_by=desk.approved_by("void_line"))
    ]
    entries.extend(
        e.LineChanged(sale=sale.id, line=with_quantity(child, changed.quantity_milli), why=why)
        for child in sale.live_lines
        if child.parent == changed.no
    )
    return entries


def _too_many_lines(desk: Desk, sale: Sale, product: Product) -> Refusal | None:
    limit = desk.rules.settings.limits.lines_max
    if len(sale.lines) + (2 if product.deposit_sku else 1) <= limit:
        return None
    return Refusal(
        "too_many_lines",
        "This basket is full: {limit} lines. Take payment for it, then start another.",
        {"limit": limit},
    )


def _deposit(desk: Desk, sale: Sale, line: Line, sku: str) -> Line | Refusal:
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
