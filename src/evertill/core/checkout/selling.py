"""Selling: what a scan adds, and what becomes of a basket before it is paid."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from evertill.core import entry as e
from evertill.core import intent as i
from evertill.core.checkout.desk import NO_LINE, NO_SALE, NO_SHIFT, PARTLY_PAID, Decision, Desk
from evertill.core.checkout.ringing import bad_quantity, deposit_line, find_article, line_for
from evertill.core.pricebook import Product
from evertill.core.refusal import Refusal
from evertill.core.sale import Line, Sale, line_amount


def start_sale(desk: Desk, intent: i.StartSale) -> Decision:
    """Open a sale with a currency, a reference or an earlier date of its own."""
    if desk.state.sale is not None:
        return Refusal("sale_open", "There is already a basket. Finish, park or void it first.")
    currency = intent.currency or desk.rules.settings.currency
    refusal = _may_sell(desk) or _no_tender(desk, currency) or _bad_date(intent.occurred_on)
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
    found = find_article(desk, intent)
    if isinstance(found, Refusal):
        return found
    product, scanned = found
    line = line_for(desk, intent, sale, product, scanned)
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
        deposit = deposit_line(desk, sale, line, product.deposit_sku)
        if isinstance(deposit, Refusal):
            return deposit
        entries.append(e.LineAdded(sale=sale.id, line=deposit))
    return entries


def repeat_last(desk: Desk, intent: i.RepeatLast) -> Decision:
    """The newest article once more: what a second scan of it would do, at the price that was typed for it."""
    sale = desk.state.sale
    if sale is None:
        return NO_SALE
    last = next((line for line in reversed(sale.live_lines) if line.parent is None), None)
    if last is None or last.original is not None:
        return Refusal("nothing_to_repeat", "There is no article to repeat. Scan one.")
    quantity = intent.quantity_milli
    if quantity is None and last.unit == "each" and last.price_source != "barcode":
        quantity = -1000 if last.quantity_milli < 0 else 1000
    again = i.Scan(
        code=last.code or last.sku,
        sku=last.sku,
        quantity_milli=quantity,
        unit_price_e4=last.unit_price_e4 if last.price_source == "open" else None,
    )
    return scan(desk, again)


def _bad_date(occurred_on: str | None) -> Refusal | None:
    if occurred_on is None or _is_date(occurred_on):
        return None
    return Refusal("bad_date", "Enter the date as year, month and day, for example 2026-11-22.")


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


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
    refusal = bad_quantity(desk, quantity, line.unit) or _sign_kept(line, quantity)
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
        return Refusal("line_amount_too_big", "The amount is too large. Check price and quantity.")
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
    sale = opened.begun()
    return sale, [opened]


def open_default_sale(desk: Desk) -> e.SaleOpened | Refusal:
    """The entry that opens a sale in the shop's own currency."""
    currency = desk.rules.settings.currency
    return _no_tender(desk, currency) or _opened(desk, currency, None, None)


def _sign_kept(line: Line, quantity_milli: int) -> Refusal | None:
    if (line.quantity_milli < 0) == (quantity_milli < 0):
        return None
    return Refusal("quantity_sign", "Sales and returns stand on lines of their own. Enter a new line.")


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
