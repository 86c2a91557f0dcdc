"""What can be looked at through the lane's window: goods, receipts, reports, the shop and its words.

Reads only; nothing here changes the state or waits for a sale.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from itertools import islice
from typing import Any, Protocol

import segno

import evertill
from evertill.core.currency import minor_digits
from evertill.core.pricebook import Product, pick_price
from evertill.core.receipt import SaleDocument, ShiftReport
from evertill.core.receipt_code import receipt_code
from evertill.core.refusal import Refusal
from evertill.core.shop import LOCALES
from evertill.lane.agent import Agent
from evertill.lane.display import Display, basket_shown, thanks_for
from evertill.lane.printing.page import Page
from evertill.lane.printing.receipt import receipt_page
from evertill.lane.printing.report import report_page
from evertill.lane.words import N_, words

ONE_MOMENT = N_("One moment, please.")
TILES_MAX = 100
BEST_SELLERS_MAX = 24


class Printing(Protocol):
    """What the register needs of its print worker. No call waits for a printer."""

    def print_sale(self, document: SaleDocument, head: str, copy_no: int, locale: str) -> None: ...
    def print_report(self, report: ShiftReport, locale: str) -> None: ...
    def open_drawer(self) -> None: ...
    async def pdf(self, document: SaleDocument, head: str, copy_no: int, locale: str) -> bytes: ...
    def status(self, locale: str | None = None) -> list[dict[str, Any]]: ...


class Window:
    """The read side of one lane."""

    def __init__(self, *, agent: Agent, printing: Printing, about: dict[str, Any]) -> None:
        self.agent = agent
        self._printing = printing
        self._about = about

    @property
    def locale(self) -> str:
        """The language of who works here, else the shop's."""
        staff = self.agent.state.staff
        return staff.locale if staff is not None else self.agent.rules.settings.locale

    def refusal_view(self, refusal: Refusal) -> dict[str, Any]:
        """A refusal with its words filled in, in the cashier's language."""
        text = words(self.locale)(refusal.text)
        try:
            said = text.format(**refusal.params)
        except (KeyError, IndexError):
            said = text
        return {"code": refusal.code, "text": refusal.text, "params": refusal.params, "words": said}

    def words(self, locale: str) -> dict[str, str]:
        """The texts of a language, English as key."""
        from_catalogue = words(locale)
        return getattr(from_catalogue, "texts", {})

    def shop(self) -> dict[str, Any]:
        """What a screen or an integrator needs of the edition, without products."""
        shop = self.agent.catalogue.shop
        settings = shop.settings
        currencies = {settings.currency, *(tender.currency for tender in shop.tenders)}
        spoken = self.agent.state.locales
        uses = ("discount", "price", "return", "void", "cash", "drawer")
        return {
            "store": self.agent.store,
            "names": settings.names,
            "edition": self.agent.rules.edition,
            "currency": settings.currency,
            "currencies": {code: {"digits": minor_digits(code)} for code in sorted(currencies)},
            "locale": settings.locale,
            "staff": [
                {"id": m.id, "name": m.name, "locale": spoken.get(m.id, m.locale), "role": m.role}
                for m in shop.staff
            ],
            "roles": {role.id: role for role in shop.roles},
            "reasons": {use: [r for r in shop.reasons if r.use == use] for use in uses},
            "tenders": shop.tenders,
            "categories": shop.categories,
            "price_lists": shop.price_lists,
            "limits": settings.limits,
            "lock_after_s": settings.lock_after_s,
            "products": self.agent.catalogue.count(),
        }

    def about(self) -> dict[str, Any]:
        """This program, lane and folder, and counters for whoever measures."""
        syncs = self.agent.journal.syncs
        head = self.agent.journal.head
        return {
            **self._about,
            "product": "Evertill",
            "version": evertill.__version__,
            "lane": self.agent.lane,
            "store": self.agent.store,
            "edition": self.agent.rules.edition,
            "epoch": head.epoch,
            "seq": head.seq,
            "syncs": {"journal": syncs.journal, "witness": syncs.witness},
        }

    def search(self, text: str, category: str | None, limit: int) -> list[dict[str, Any]]:
        """Products by words and category, priced for the basket in hand."""
        found = self.agent.catalogue.search(text, category or None, limit)
        return [self._product(product) for product in found]

    def tiles(self) -> dict[str, Any]:
        """The articles that are one touch away: the edition's favourites, and what sells at this hour."""
        agent = self.agent
        now = agent.local_now()
        selling = agent.books.sellers.top(now.replace(tzinfo=None), agent.trading_day(now))
        return {
            "favourites": self._tiles(agent.rules.settings.favourites, TILES_MAX),
            "best_sellers": self._tiles(selling, BEST_SELLERS_MAX),
            "edition": agent.rules.edition,
        }

    def _tiles(self, skus: Iterable[str], limit: int) -> list[dict[str, Any]]:
        """Those that are still in the edition."""
        found = (self.agent.product(sku) for sku in skus)
        return [self._product(product) for product in islice((p for p in found if p is not None), limit)]

    def product_view(self, code: str) -> dict[str, Any] | None:
        """One product by sku or code: the price check."""
        found = self.agent.product(code) or next(iter(self.agent.products((code,))), None)
        return None if found is None else self._product(found)

    def _product(self, product: Product) -> dict[str, Any]:
        sale = self.agent.state.sale
        currency = sale.currency if sale is not None else self.agent.rules.settings.currency
        picked = pick_price(
            product,
            self.agent.rules.price_lists,
            currency=currency,
            groups=sale.groups if sale is not None else (),
            at=self.agent.local_now().replace(tzinfo=None),
        )
        return {
            "sku": product.sku,
            "names": product.names,
            "unit": product.unit,
            "unit_price_e4": picked[0] if picked is not None else None,
            "currency": currency,
            "categories": product.categories,
            "codes": product.codes,
            "brand": product.brand,
            "colour": product.colour,
            "age_min": product.age_min,
            "open_price": product.open_price,
            "kind": product.kind,
        }

    def display(self, *, thanks: bool, trouble: bool) -> Display:
        """What the customer sees now; `thanks` while the last sale was paid just now."""
        agent, settings = self.agent, self.agent.rules.settings
        sale, priced, last = agent.state.sale, agent.price(), agent.state.last
        basket = basket_shown(sale, priced) if sale is not None and priced is not None else None
        paid = None
        if basket is None and thanks and last is not None and last.head:
            code = receipt_code(store=agent.store, lane=agent.lane, receipt=last.receipt, head_code=last.head)
            paid = thanks_for(last, code.text())
        face = "idle" if paid is None else "paid"
        if basket is not None:
            face = "paying" if basket.paid_minor else "selling"
        return Display(
            rev=agent.revision,
            face="trouble" if trouble else face,
            locale=settings.locale,
            shop=settings.names,
            texts=settings.display_texts,
            sale=basket,
            paid=paid,
            trouble={locale: words(locale)(ONE_MOMENT) for locale in LOCALES} if trouble else None,
        )

    def receipt_view(self, receipt: str) -> dict[str, Any] | None:
        """A receipt's document and what became of it."""
        found = self.agent.books.receipt(receipt)
        if found is None:
            return None
        returned = self.agent.returned_milli(receipt)
        return {
            "document": found[0],
            "head": found[1].hash[:8],
            "copies": self.agent.state.copies.get(receipt, 0),
            "returned": {str(no): quantity for no, quantity in returned.items()},
        }

    def receipt_page(self, receipt: str, locale: str | None) -> Page | None:
        """A receipt laid out for the screen."""
        found = self.agent.books.receipt(receipt)
        if found is None:
            return None
        return receipt_page(
            found[0],
            self.agent.rules.settings,
            locale="zh" if (locale or self.locale) == "zh" else "en",
            head_code=found[1].hash[:8],
        )

    def receipt_code_svg(self, receipt: str) -> bytes | None:
        """The receipt's QR code as an SVG picture, black on white."""
        found = self.agent.books.receipt(receipt)
        if found is None:
            return None
        document, position = found
        code = receipt_code(
            store=document.store, lane=document.lane, receipt=document.receipt, head_code=position.hash
        )
        picture = BytesIO()
        segno.make_qr(code.text(), error="m").save(picture, kind="svg", scale=4, border=4, light="white")
        return picture.getvalue()

    async def receipt_pdf(self, receipt: str, locale: str | None) -> bytes | None:
        """A receipt as PDF, made by the print worker. Raises Fault if it cannot."""
        found = self.agent.books.receipt(receipt)
        if found is None:
            return None
        return await self._printing.pdf(found[0], found[1].hash[:8], 0, locale or self.locale)

    def shift_report(self) -> ShiftReport | Refusal:
        """The shift so far, for who may see it."""
        state = self.agent.state
        role = self.agent.rules.roles.get(state.staff.role) if state.staff is not None else None
        if role is None or "x_report" not in role.permissions:
            return Refusal("not_allowed", "You may not see this report. Ask the manager.")
        if state.shift is None:
            return Refusal("no_shift", "The shift is closed. Open a shift first.")
        return state.shift.report()

    def shift_page(self, locale: str | None) -> Page | Refusal:
        """The shift so far, laid out for the screen."""
        report = self.shift_report()
        if isinstance(report, Refusal):
            return report
        language = "zh" if (locale or self.locale) == "zh" else "en"
        return report_page(report, self.agent.rules.settings, locale=language)
