"""Adjusting a basket by hand: prices, discounts, the customer, coupons, notes, the age check."""

from __future__ import annotations

from msgspec.structs import replace

from evertill.core import entry as e
from evertill.core import intent as i
from evertill.core.checkout.desk import (
    NEGATIVE_PRICE,
    NO_LINE,
    NO_SALE,
    NO_SHIFT,
    PARTLY_PAID,
    Decision,
    Desk,
)
from evertill.core.checkout.selling import open_default_sale, over_limits
from evertill.core.pricebook import pick_price
from evertill.core.pricing import discountable_by_hand
from evertill.core.refusal import Refusal
from evertill.core.sale import Line, ManualDiscount, Sale, line_amount

PPM = 1_000_000
NOTE_MAX = 500


def override_price(desk: Desk, intent: i.OverridePrice) -> Decision:
    """Sell a line at another unit price."""
    sale = _open_sale(desk)
    if isinstance(sale, Refusal):
        return sale
    line = sale.line(intent.line_no)
    if line is None:
        return NO_LINE
    if intent.unit_price_e4 < 0:
        return NEGATIVE_PRICE
    if line.original is not None or line.parent is not None:
        return Refusal("price_fixed", "The price of this line is fixed. Void the line and enter it anew.")
    refusal = _no_reason(intent.reason) or desk.lacks("price_override")
    if refusal is not None:
        return refusal
    changed = replace(
        line,
        unit_price_e4=intent.unit_price_e4,
        amount_minor=line_amount(line.quantity_milli, intent.unit_price_e4),
        price_source="override",
        list_price_e4=line.list_price_e4 if line.list_price_e4 is not None else line.unit_price_e4,
        price_list=None,
        reason=intent.reason,
    )
    refusal = over_limits(desk, changed)
    if refusal is not None:
        return refusal
    return [
        e.LineChanged(
            sale=sale.id,
            line=changed,
            why="price",
            reason=intent.reason,
            approved_by=desk.approved_by("price_override"),
        )
    ]


def give_discount(desk: Desk, intent: i.GiveDiscount) -> Decision:
    """A discount by hand on a line or on the basket; one at a time on each, the newest holds."""
    sale = _open_sale(desk)
    if isinstance(sale, Refusal):
        return sale
    refusal = _bad_discount(intent) or _no_reason(intent.reason) or _not_discountable(sale, intent.line_no)
    if refusal is not None:
        return refusal
    if intent.amount_minor > _discountable_minor(desk, sale, intent.line_no):
        return Refusal(
            "discount_over_price", "The discount is more than the goods cost. Enter a smaller one."
        )
    over = _beyond_role(desk, sale, intent)
    refusal = over if over is not None else desk.lacks("discount")
    if refusal is not None:
        return refusal
    entries: list[e.Entry] = []
    if any(given.line_no == intent.line_no for given in sale.discounts):
        entries.append(e.DiscountsCleared(sale=sale.id, line_no=intent.line_no))
    discount = ManualDiscount(
        reason=intent.reason,
        line_no=intent.line_no,
        rate_ppm=intent.rate_ppm,
        amount_minor=intent.amount_minor,
        approved_by=desk.approver.id if desk.approver is not None else None,
    )
    return [*entries, e.DiscountGiven(sale=sale.id, discount=discount)]


def clear_discounts(desk: Desk, intent: i.ClearDiscounts) -> Decision:
    """Take manual discounts back."""
    sale = _open_sale(desk)
    if isinstance(sale, Refusal):
        return sale
    if all(given.line_no != intent.line_no for given in sale.discounts):
        return []
    return [e.DiscountsCleared(sale=sale.id, line_no=intent.line_no)]


def set_customer(desk: Desk, intent: i.SetCustomer) -> Decision:
    """The basket is for this customer; list prices follow the customer's groups."""
    state = desk.state
    entries: list[e.Entry] = []
    if state.sale is None:
        opened = open_default_sale(desk)
        if isinstance(opened, Refusal):
            return opened
        if state.shift is None:
            return NO_SHIFT
        entries.append(opened)
        sale = opened.begun()
    elif state.sale.tenders:
        return PARTLY_PAID
    else:
        sale = state.sale
    if not intent.code:
        entries.append(e.CustomerSet(sale=sale.id))
        return [*entries, *_repriced(desk, sale, ())]
    customer = desk.lookup.customer(intent.code)
    if customer is None:
        return Refusal(
            "unknown_customer",
            "No customer has the number {code}. Check it, or go on without.",
            {"code": intent.code[:80]},
        )
    entries.append(
        e.CustomerSet(
            sale=sale.id,
            customer=customer.id,
            name=customer.name,
            groups=customer.groups,
            tax_exempt=customer.tax_exempt,
        )
    )
    return [*entries, *_repriced(desk, sale, customer.groups)]


def _repriced(desk: Desk, sale: Sale, groups: tuple[str, ...]) -> list[e.Entry]:
    entries: list[e.Entry] = []
    for line in sale.live_lines:
        changed = _at_list_price(desk, sale, line, groups)
        if changed is not None:
            entries.append(e.LineChanged(sale=sale.id, line=changed, why="price_list"))
    return entries


def _at_list_price(desk: Desk, sale: Sale, line: Line, groups: tuple[str, ...]) -> Line | None:
    if line.price_source != "list":
        return None
    product = desk.lookup.product(line.sku)
    picked = (
        pick_price(product, desk.rules.price_lists, currency=sale.currency, groups=groups, at=desk.at)
        if product is not None
        else None
    )
    if picked is None or picked == (line.unit_price_e4, line.price_list):
        return None
    return replace(
        line,
        unit_price_e4=picked[0],
        price_list=picked[1],
        amount_minor=line_amount(line.quantity_milli, picked[0]),
    )


def add_coupon(desk: Desk, intent: i.AddCoupon) -> Decision:
    """Note a coupon; promotions that ask for it now apply."""
    sale = _open_sale(desk)
    if isinstance(sale, Refusal):
        return sale
    coupon = intent.coupon.strip()
    if not coupon or len(coupon) > 80:
        return Refusal("bad_coupon", "Enter the coupon's code as it is printed.")
    if coupon in sale.coupons:
        return Refusal("coupon_used", "This coupon is already in the basket.")
    fates = dict(desk.price(replace(sale, coupons=(*sale.coupons, coupon))).coupons)
    if fates.get(coupon, "unknown") == "unknown":
        return Refusal("unknown_coupon", "This coupon is not known here. Check its code.")
    if fates[coupon] == "not_now":
        return Refusal("coupon_not_now", "This coupon is not valid today.")
    if fates[coupon] in ("used_up", "over_budget"):
        return Refusal("coupon_used_up", "This coupon has been used up.")
    return [e.CouponAdded(sale=sale.id, coupon=coupon)]


def add_note(desk: Desk, intent: i.AddNote) -> Decision:
    """A note on the sale or on a line."""
    sale = _open_sale(desk)
    if isinstance(sale, Refusal):
        return sale
    text = intent.text.strip()
    if not text or len(text) > NOTE_MAX:
        return Refusal(
            "bad_note", "A note has between 1 and {limit} characters. Shorten it.", {"limit": NOTE_MAX}
        )
    if intent.line_no is None:
        return [e.NoteAdded(sale=sale.id, text=text)]
    line = sale.line(intent.line_no)
    if line is None:
        return NO_LINE
    return [e.LineChanged(sale=sale.id, line=replace(line, note=text), why="note")]


def prove_age(desk: Desk, intent: i.ProveAge) -> Decision:
    """The customer's age was checked. Opens a sale if there is none: the check comes before the line."""
    refusal = desk.lacks("age_check")
    if refusal is not None:
        return refusal
    if not 0 < intent.years <= 120:
        return Refusal("bad_age", "Enter an age between 1 and 120.")
    entries: list[e.Entry] = []
    sale_id = desk.state.sale.id if desk.state.sale is not None else None
    if sale_id is None:
        if desk.state.shift is None:
            return NO_SHIFT
        opened = open_default_sale(desk)
        if isinstance(opened, Refusal):
            return opened
        entries.append(opened)
        sale_id = opened.sale
    return [*entries, e.AgeProven(sale=sale_id, years=intent.years, staff=desk.staff_id)]


def _open_sale(desk: Desk) -> Sale | Refusal:
    sale = desk.state.sale
    if sale is None:
        return NO_SALE
    return PARTLY_PAID if sale.tenders else sale


def _no_reason(reason: str) -> Refusal | None:
    if reason.strip() and len(reason) <= 200:
        return None
    return Refusal("reason_needed", "Choose or enter a reason.")


def _bad_discount(intent: i.GiveDiscount) -> Refusal | None:
    rate, amount = intent.rate_ppm, intent.amount_minor
    if (rate > 0) != (amount > 0) and 0 <= rate <= PPM and amount >= 0:
        return None
    return Refusal(
        "bad_discount", "Enter a discount of more than 0 and at most 100 percent, or an amount of money."
    )


def _not_discountable(sale: Sale, line_no: int | None) -> Refusal | None:
    if line_no is None:
        if any(discountable_by_hand(line) for line in sale.live_lines):
            return None
        return Refusal("not_discountable", "Nothing in this basket may be discounted.")
    line = sale.line(line_no)
    if line is None:
        return NO_LINE
    if discountable_by_hand(line):
        return None
    return Refusal("line_not_discountable", "This article is excluded from discounts.")


def _beyond_role(desk: Desk, sale: Sale, intent: i.GiveDiscount) -> Refusal | None:
    """Above the role's own limit a colleague with a higher one must approve."""
    asked_ppm = intent.rate_ppm or _as_ppm(desk, sale, intent)
    approver = desk.rules.role_of(desk.approver.id) if desk.approver is not None else None
    limits = [role.discount_max_ppm for role in (desk.role, approver) if role is not None]
    if asked_ppm <= max(limits, default=0):
        return None
    return Refusal(
        "approval_needed",
        "This needs a colleague's approval. Ask them to enter their PIN.",
        {"permission": "discount", "limit_ppm": max(limits, default=0)},
    )


def _as_ppm(desk: Desk, sale: Sale, intent: i.GiveDiscount) -> int:
    """What share of the money the amount takes off, rounded up."""
    base = _discountable_minor(desk, sale, intent.line_no)
    return -(-intent.amount_minor * PPM // base) if base > 0 else PPM


def _discountable_minor(desk: Desk, sale: Sale, line_no: int | None) -> int:
    """What the line, or all lines, cost before manual discounts of the same kind."""
    without = replace(
        sale, discounts=tuple(given for given in sale.discounts if given.line_no not in (None, line_no))
    )
    return sum(
        line.total_minor
        for line in desk.price(without).lines
        if line_no in (None, line.line.no) and discountable_by_hand(line.line)
    )
