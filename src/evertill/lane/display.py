"""What the customer sees: the lines as they come, what came off, what is due, the change, thanks.

A reduced view: nobody's name, nothing of another customer's, nothing to search or to ask for. Built only
while a display looks.
"""

from __future__ import annotations

from typing import Any

import msgspec

from evertill.core.currency import minor_digits
from evertill.core.pricing import Priced, PricedLine
from evertill.core.sale import Sale
from evertill.core.state import LastSale
from evertill.lane.view import pieces


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A line as the customer sees it. `total_minor` is after discounts."""

    no: int
    names: dict[str, str]
    quantity_milli: int
    unit: str
    unit_price_e4: int
    total_minor: int
    discounts: tuple[dict[str, Any], ...]
    kind: str
    tare_g: int


class Basket(msgspec.Struct, frozen=True, kw_only=True):
    """The sale in hand. `promotions` adds up what each one took off; `remaining_minor` is still to pay."""

    currency: str
    digits: int
    lines: tuple[Shown, ...]
    items: int
    promotions: tuple[dict[str, Any], ...]
    discount_minor: int
    total_minor: int
    paid_minor: int
    remaining_minor: int


class Thanks(msgspec.Struct, frozen=True, kw_only=True):
    """The sale just paid. `code` is the text of the receipt's QR code, `picture` where it is drawn."""

    receipt: str
    currency: str
    digits: int
    total_minor: int
    given_minor: int
    change_minor: int
    rounding_minor: int
    code: str
    picture: str


class Display(msgspec.Struct, frozen=True, kw_only=True):
    """All of it. `face` is "idle", "selling", "paying" (part of it is paid), "paid" or "trouble"; `texts`
    are for the idle display, `trouble` says in each language what a customer should know."""

    rev: int
    face: str
    locale: str
    shop: dict[str, str]
    texts: tuple[dict[str, str], ...]
    sale: Basket | None
    paid: Thanks | None
    trouble: dict[str, str] | None


def basket_shown(sale: Sale, priced: Priced) -> Basket:
    """The sale in hand as the customer sees it; voided lines are gone."""
    return Basket(
        currency=sale.currency,
        digits=minor_digits(sale.currency),
        lines=tuple(_shown(line) for line in priced.lines),
        items=sum(pieces(line.line) for line in priced.lines),
        promotions=_gained(priced),
        discount_minor=priced.discount_minor,
        total_minor=priced.gross_minor,
        paid_minor=sale.paid_minor,
        remaining_minor=priced.gross_minor - sale.paid_minor,
    )


def thanks_for(last: LastSale, code: str) -> Thanks:
    """The sale just paid as the customer sees it."""
    return Thanks(
        receipt=last.receipt,
        currency=last.currency,
        digits=minor_digits(last.currency),
        total_minor=last.total_minor,
        given_minor=last.given_minor,
        change_minor=last.change_minor,
        rounding_minor=last.rounding_minor,
        code=code,
        picture=f"/api/v1/receipts/{last.receipt}/code.svg",
    )


def _shown(priced: PricedLine) -> Shown:
    line = priced.line
    return Shown(
        no=line.no,
        names=line.names,
        quantity_milli=line.quantity_milli,
        unit=line.unit,
        unit_price_e4=line.unit_price_e4,
        total_minor=priced.total_minor,
        discounts=tuple(
            {"names": part.names, "amount_minor": part.amount_minor} for part in priced.discounts
        ),
        kind=line.kind,
        tare_g=line.tare_g,
    )


def _gained(priced: Priced) -> tuple[dict[str, Any], ...]:
    """What each promotion or discount took off the whole basket, in the order they came."""
    gained: dict[str, dict[str, Any]] = {}
    for line in priced.lines:
        for part in line.discounts:
            key = part.promotion or f"by hand: {part.reason}"
            so_far = gained.setdefault(key, {"names": part.names, "amount_minor": 0})
            so_far["amount_minor"] += part.amount_minor
    return tuple(gained.values())
