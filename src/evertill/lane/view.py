"""What the screen is shown: the state as plain data, ready to be drawn. Decides nothing.

The view is built after every change and pushed to every open screen. A line is encoded once
and its bytes are used again until the line changes, because a scan changes one line of many; where
only its price moves (a discount shared out anew), only the price is written anew.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from evertill.core.checkout.paying import due_minor, quick_amounts
from evertill.core.currency import minor_digits
from evertill.core.permission import PERMISSIONS, may
from evertill.core.pricing import Priced, PricedLine
from evertill.core.rules import Rules
from evertill.core.sale import Line, ParkedSale, Sale
from evertill.core.state import SignedIn, State


class LineGoods(msgspec.Struct, frozen=True, kw_only=True):
    """What a basket line shows for as long as it stays the same line."""

    no: int
    sku: str
    names: dict[str, str]
    quantity_milli: int
    unit: str
    unit_price_e4: int
    amount_minor: int
    kind: str
    parent: int | None
    code: str
    note: str | None
    voided: bool
    returned: bool
    price_source: str
    tare_g: int


class LineView(LineGoods, frozen=True, kw_only=True):
    """A basket line as drawn. `total_minor` is after discounts."""

    total_minor: int
    discounts: tuple[dict[str, Any], ...]


class DrawnLine:
    """The bytes of a `LineView`; what stays while the line stays is encoded once."""

    __slots__ = ("_goods", "line", "pieces", "priced", "raw")

    def __init__(self, line: Line, priced: PricedLine | None, encode: Callable[[object], bytes]) -> None:
        self.line = line
        self.pieces = 0 if line.voided else pieces(line)
        self._goods = encode(_goods(line))[:-1]
        self.price(priced, encode)

    def price(self, priced: PricedLine | None, encode: Callable[[object], bytes]) -> None:
        """Draws the line at this price."""
        self.priced = priced
        total = priced.total_minor if priced is not None else 0
        discounts = b"[]"
        if priced is not None and priced.discounts:
            discounts = encode(
                [{"names": part.names, "amount_minor": part.amount_minor} for part in priced.discounts]
            )
        self.raw = msgspec.Raw(b'%b,"total_minor":%d,"discounts":%b}' % (self._goods, total, discounts))


class SaleView(msgspec.Struct, frozen=True, kw_only=True):
    """The basket as drawn. `tax_minor` is None where prices hold their tax: it is on the receipt."""

    id: str
    currency: str
    digits: int
    customer: dict[str, str | None] | None
    notes: tuple[str, ...]
    coupons: tuple[str, ...]
    age_proven: int
    reference: str | None
    lines: list[msgspec.Raw]
    items: int
    subtotal_minor: int
    discount_minor: int
    tax_minor: int | None
    tax_included: bool
    total_minor: int
    tenders: list[dict[str, Any]]
    paid_minor: int
    remaining_minor: int
    due: list[dict[str, Any]]


class View(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a screen draws; see docs/api.md."""

    rev: int
    lane: str
    store: str
    edition: int
    locale: str
    staff: dict[str, Any] | None
    shift: dict[str, Any] | None
    sale: SaleView | None
    last: dict[str, Any] | None
    parked: list[dict[str, Any]]
    status: dict[str, Any]
    locked: bool = False
    notice: dict[str, Any] | None = None


class Drawer:
    """Builds views, remembering the bytes of lines that did not change."""

    def __init__(self) -> None:
        self._lines: dict[int, DrawnLine] = {}
        self._encode = msgspec.json.Encoder().encode
        self._signed_in: tuple[SignedIn | None, Rules, dict[str, Any] | None] | None = None

    def view(
        self,
        state: State,
        rules: Rules,
        priced: Priced | None,
        *,
        revision: int,
        store: str,
        lane: str,
        status: dict[str, Any],
        parked_minor: Callable[[ParkedSale], int],
        notice: dict[str, Any] | None = None,
    ) -> View:
        """The view of `state`, whose basket is priced as `priced`."""
        locale = state.staff.locale if state.staff is not None else rules.settings.locale
        return View(
            rev=revision,
            lane=lane,
            store=store,
            edition=rules.edition,
            locale=locale,
            staff=self._staff(state.staff, rules),
            shift=None
            if state.shift is None
            else {"number": state.shift.number, "opened_at": state.shift.opened_at},
            sale=None if state.sale is None or priced is None else self._sale(state.sale, rules, priced),
            last=_last(state),
            parked=[_parked(parked, parked_minor(parked)) for parked in state.parked],
            status=status,
            locked=state.locked,
            notice=notice,
        )

    def _staff(self, staff: SignedIn | None, rules: Rules) -> dict[str, Any] | None:
        known = self._signed_in
        if known is None or known[0] is not staff or known[1] is not rules:
            known = self._signed_in = (staff, rules, _staff(staff, rules))
        return known[2]

    def _sale(self, sale: Sale, rules: Rules, priced: Priced) -> SaleView:
        remaining = priced.gross_minor - sale.paid_minor
        drawn = self._drawn(sale, priced)
        return SaleView(
            id=sale.id,
            currency=sale.currency,
            digits=minor_digits(sale.currency),
            customer=None if sale.customer is None else {"id": sale.customer, "name": sale.customer_name},
            notes=sale.notes,
            coupons=sale.coupons,
            age_proven=sale.age_proven,
            reference=sale.reference,
            lines=[line.raw for line in drawn],
            items=sum([line.pieces for line in drawn]),
            subtotal_minor=priced.subtotal_minor,
            discount_minor=priced.discount_minor,
            tax_minor=None if rules.tax_included else priced.taxed.tax_minor,
            tax_included=rules.tax_included,
            total_minor=priced.gross_minor,
            tenders=[
                {
                    "no": tender.no,
                    "tender": tender.tender,
                    "names": tender.names,
                    "kind": tender.kind,
                    "given_minor": tender.given_minor,
                    "amount_minor": tender.amount_minor,
                }
                for tender in sale.tenders
            ],
            paid_minor=sale.paid_minor,
            remaining_minor=remaining,
            due=_due(sale.currency, rules, remaining),
        )

    def _drawn(self, sale: Sale, priced: Priced) -> list[DrawnLine]:
        """Each line drawn; those whose line and price are the same values as last time are used again."""
        known = self._lines
        found = []
        prices = iter(priced.lines)
        for line in sale.lines:
            price = None if line.voided else next(prices)
            seen = known.get(line.no)
            if seen is None or seen.line is not line:
                seen = known[line.no] = DrawnLine(line, price, self._encode)
            elif seen.priced is not price:
                seen.price(price, self._encode)
            found.append(seen)
        return found


def _goods(line: Line) -> LineGoods:
    return LineGoods(
        no=line.no,
        sku=line.sku,
        names=line.names,
        quantity_milli=line.quantity_milli,
        unit=line.unit,
        unit_price_e4=line.unit_price_e4,
        amount_minor=line.amount_minor,
        kind=line.kind,
        parent=line.parent,
        code=line.code,
        note=line.note,
        voided=line.voided,
        returned=line.quantity_milli < 0,
        price_source=line.price_source,
        tare_g=line.tare_g,
    )


def pieces(line: Line) -> int:
    """How many pieces of goods a line is; a weighing is one."""
    if line.kind != "goods":
        return 0
    return 1 if line.unit != "each" else abs(line.quantity_milli) // 1000


def _due(currency: str, rules: Rules, remaining: int) -> list[dict[str, Any]]:
    due = []
    for tender in rules.tenders_in(currency):
        amount = due_minor(tender, remaining)
        due.append(
            {
                "tender": tender.id,
                "names": tender.names,
                "kind": tender.kind,
                "due_minor": amount,
                "quick_minor": quick_amounts(tender, amount),
            }
        )
    return due


def _staff(staff: SignedIn | None, rules: Rules) -> dict[str, Any] | None:
    if staff is None:
        return None
    role = rules.roles.get(staff.role)
    allowed = [permission for permission in PERMISSIONS if may(role, permission)]
    return {"id": staff.staff, "name": staff.name, "role": staff.role, "permissions": allowed}


def _last(state: State) -> dict[str, Any] | None:
    last = state.last
    if last is None:
        return None
    return {
        "sale": last.sale,
        "receipt": last.receipt,
        "currency": last.currency,
        "digits": minor_digits(last.currency),
        "total_minor": last.total_minor,
        "change_minor": last.change_minor,
        "given_minor": last.given_minor,
        "rounding_minor": last.rounding_minor,
        "head": last.head,
    }


def _parked(parked: ParkedSale, total_minor: int) -> dict[str, Any]:
    sale = parked.sale
    return {
        "id": sale.id,
        "parked_at": parked.parked_at,
        "staff": parked.staff,
        "note": parked.note,
        "lines": len(sale.live_lines),
        "total_minor": total_minor,
        "currency": sale.currency,
        "digits": minor_digits(sale.currency),
    }
