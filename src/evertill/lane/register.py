"""The register around its agent: checks PINs, answers, shows, prints, and looks after itself in between.

Everything here may fail or be slow without a sale noticing: printers have a process of their own,
the uplink is another process that only leaves a status file, and a new edition is prepared aside.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

import msgspec

import evertill
from evertill.core import entry as e
from evertill.core import intent as i
from evertill.core.currency import minor_digits
from evertill.core.fault import Fault
from evertill.core.pricebook import Product, pick_price
from evertill.core.receipt import SaleDocument, ShiftReport
from evertill.core.refusal import Refusal
from evertill.core.shop import StaffMember
from evertill.lane.agent import Agent, Done
from evertill.lane.home import LaneHome, LaneIdentity
from evertill.lane.pins import pin_fits
from evertill.lane.printing.page import Page
from evertill.lane.printing.receipt import receipt_page
from evertill.lane.printing.report import report_page
from evertill.lane.view import Drawer
from evertill.lane.words import words

TICK_S = 0.25
LOW_SPACE_BYTES = 256 << 20


class Printing(Protocol):
    """What the register needs of its print worker. No call waits for a printer."""

    def print_sale(self, document: SaleDocument, head: str, copy_no: int, locale: str) -> None: ...
    def print_report(self, report: ShiftReport, locale: str) -> None: ...
    def open_drawer(self) -> None: ...
    async def pdf(self, document: SaleDocument, head: str, copy_no: int, locale: str) -> bytes: ...
    def status(self, locale: str | None = None) -> list[dict[str, Any]]: ...


class Outcome(msgspec.Struct, frozen=True):
    """What came of a list of intents: how many were carried out, what the last did, why it stopped."""

    done_count: int
    done: dict[str, Any]
    refusal: Refusal | None = None


class Register:
    """One lane at work. Its methods belong to the event loop's thread."""

    def __init__(
        self,
        *,
        agent: Agent,
        home: LaneHome,
        identity: LaneIdentity,
        printing: Printing,
        prepare_catalogue: Callable[[int], Awaitable[None]],
        origins: set[str],
        about: dict[str, Any],
    ) -> None:
        self.agent = agent
        self.origins = origins
        self.changed = asyncio.Event()
        self._home = home
        self._identity = identity
        self._printing = printing
        self._prepare_catalogue = prepare_catalogue
        self._about = about
        self._drawer = Drawer()
        self._view: bytes = b""
        self._view_revision = -1
        self._status: dict[str, Any] = {}
        self._refused_edition = 0
        self._edition_words = ""
        self._preparing: asyncio.Task[None] | None = None
        self._look_around()

    # -- intents --------------------------------------------------------------------------------------

    async def carry_out(self, intents: Sequence[i.Intent]) -> Outcome:
        """Carries out intents in order until one is refused. Raises Fault if the register cannot record."""
        done: dict[str, Any] = {}
        try:
            for number, intent in enumerate(intents):
                answer = await self._answer(intent)
                if isinstance(answer, Refusal):
                    return Outcome(number, done, answer)
                done = self._act(intent, answer) or done
        finally:
            self.tell()
        return Outcome(len(intents), done)

    async def _answer(self, intent: i.Intent) -> Done | Refusal:
        approval = getattr(intent, "approval", None)
        if approval is None and not isinstance(intent, i.SignIn):
            return self.agent.answer(intent)
        if isinstance(intent, i.SignIn):
            member = await self._pin_checked(intent.staff, intent.pin)
            return self.agent.answer(intent, pin_ok=member is not None)
        assert approval is not None, "an approval is there"
        wait_s = self.agent.pin_wait_s(approval.staff)
        if wait_s:
            return Refusal(
                "pin_locked",
                "Too many wrong PINs. Wait {seconds} seconds, or ask a colleague to sign in.",
                {"seconds": wait_s},
            )
        approver = await self._pin_checked(approval.staff, approval.pin)
        if approver is None:
            return Refusal("wrong_pin", "The PIN is not right. Try again.")
        return self.agent.answer(intent, approver=approver)

    async def _pin_checked(self, staff: str, pin: str) -> StaffMember | None:
        """The member if the PIN is theirs; a wrong one is counted. A locked-out person is not even tried."""
        if self.agent.pin_wait_s(staff):
            return None
        member = self.agent.rules.staff.get(staff)
        if await asyncio.to_thread(pin_fits, member, pin):
            return member
        self.agent.pin_failed(staff)
        return None

    def _act(self, intent: i.Intent, done: Done) -> dict[str, Any]:
        """What happens outside once the entries are recorded: paper and drawer. Nothing waits for it."""
        fresh = bool(done.entries)
        if done.document is not None:
            if fresh:
                self._paid(done.document, done.head)
            return {"receipt": done.document.receipt, "sale": done.document.sale, "head": done.head}
        for entry in done.entries:
            if isinstance(entry, e.DrawerOpened | e.CashMoved | e.ShiftOpened):
                self._printing.open_drawer()
            elif isinstance(entry, e.ReceiptReprinted):
                self._reprint(entry)
            elif isinstance(entry, e.ShiftClosed):
                self._printing.print_report(entry.report, self.locale)
                return {"report": entry.report}
        if isinstance(intent, i.TakeReport) and self.agent.state.shift is not None:
            return {"report": self.agent.state.shift.report()}
        return {}

    def _paid(self, document: SaleDocument, head: str) -> None:
        tenders = self.agent.rules.tenders
        if any(tenders[t.tender].opens_drawer for t in document.tenders if t.tender in tenders):
            self._printing.open_drawer()
        if self.agent.rules.settings.print_receipts:
            self._printing.print_sale(document, head, 0, self.locale)

    def _reprint(self, entry: e.ReceiptReprinted) -> None:
        found = self.agent.books.receipt(entry.receipt)
        if found is not None:
            self._printing.print_sale(found[0], found[1].hash[:8], entry.copy_no, self.locale)

    # -- showing --------------------------------------------------------------------------------------

    @property
    def locale(self) -> str:
        """The language of who works here, else the shop's."""
        staff = self.agent.state.staff
        return staff.locale if staff is not None else self.agent.rules.settings.locale

    def tell(self) -> None:
        """Wakes every open screen if anything changed since the last view."""
        if self._view_revision != self.agent.revision:
            changed, self.changed = self.changed, asyncio.Event()
            changed.set()

    def view_bytes(self) -> bytes:
        """The view as JSON, built once for each change."""
        agent = self.agent
        if self._view_revision != agent.revision:
            view = self._drawer.view(
                agent.state,
                agent.rules,
                agent.price(),
                revision=agent.revision,
                store=agent.store,
                lane=agent.lane,
                status=self._status,
            )
            self._view = msgspec.json.encode(view)
            self._view_revision = agent.revision
        return self._view

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
        uses = ("discount", "price", "return", "void", "cash", "drawer")
        return {
            "store": self.agent.store,
            "names": settings.names,
            "edition": self.agent.rules.edition,
            "currency": settings.currency,
            "currencies": {code: {"digits": minor_digits(code)} for code in sorted(currencies)},
            "locale": settings.locale,
            "staff": [{"id": m.id, "name": m.name, "locale": m.locale, "role": m.role} for m in shop.staff],
            "roles": {role.id: role for role in shop.roles},
            "reasons": {use: [r for r in shop.reasons if r.use == use] for use in uses},
            "tenders": shop.tenders,
            "categories": shop.categories,
            "price_lists": shop.price_lists,
            "limits": settings.limits,
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

    # -- in between -----------------------------------------------------------------------------------

    async def look_after(self) -> None:
        """Runs for as long as the register does: checkpoints, status, new editions."""
        idle = 0
        revision = self.agent.revision
        while True:
            await asyncio.sleep(TICK_S)
            idle = idle + 1 if revision == self.agent.revision else 0
            revision = self.agent.revision
            self._settle(idle)
            self._look_around()
            self._take_up_edition()
            revision = self.agent.revision
            self.tell()

    def _settle(self, idle: int) -> None:
        try:
            self.agent.settle(all_now=idle == 8)
        except Fault as fault:
            self._status["journal"] = {"state": "failed", "code": fault.code, "words": self._say(fault.hint)}

    def _look_around(self) -> None:
        """Gathers what the status line shows; a change of it is a change of the view."""
        uplink = self._uplink_status()
        journal = self._journal_status()
        messages = []
        if self.agent.clock_behind_s:
            text = "The clock of this register is behind. Set it; sales go on meanwhile."
            messages.append({"code": "clock_behind", "words": self._say(text)})
        if self.agent.moved_to_second:
            text = "The register's disk failed and it moved to the second one. Have the disk replaced."
            messages.append({"code": "second_medium", "words": self._say(text)})
        if self._edition_words:
            messages.append({"code": "edition_refused", "words": self._say(self._edition_words)})
        trouble = journal["state"] != "ok"
        status = {
            "face": "trouble" if trouble else "ready" if uplink["state"] == "sending" else "offline",
            "unsent": uplink["unsent"],
            "uplink": uplink,
            "printers": self._printing.status(self.locale),
            "journal": journal,
            "clock": {"state": "behind" if self.agent.clock_behind_s else "ok"},
            "messages": messages,
        }
        if status != self._status:
            self._status = status
            self.agent.revision += 1

    def _say(self, text: str) -> str:
        return words(self.locale)(text)

    def _uplink_status(self) -> dict[str, Any]:
        head = self.agent.journal.head
        try:
            told = msgspec.json.decode((self._home.uplink / "status.json").read_bytes(), type=_UplinkStatus)
        except (OSError, msgspec.DecodeError):
            told = _UplinkStatus()
        known = told.mark is not None and told.mark.epoch == head.epoch
        unsent = head.seq - told.mark.seq if known and told.mark is not None else head.seq
        # A handful of entries on their way is not worth a change of the screen.
        return {
            "state": told.state,
            "unsent": 0 if unsent <= 3 else unsent,
            "hint": self._say(told.hint) if told.hint else "",
        }

    def _journal_status(self) -> dict[str, Any]:
        space = self.agent.journal.space
        if space.free_bytes < LOW_SPACE_BYTES:
            text = "The register's disk is nearly full. Free some space; sales go on for now."
            return {"state": "low_space", "words": self._say(text)}
        return {"state": "ok", "words": ""}

    def _take_up_edition(self) -> None:
        """A newer edition is prepared aside and put in force between two sales."""
        versions = self._home.edition_versions()
        newest = versions[-1] if versions else 0
        if newest <= max(self.agent.rules.edition, self._refused_edition) or self._preparing is not None:
            return
        self._preparing = asyncio.create_task(self._prepare(newest))

    async def _prepare(self, version: int) -> None:
        try:
            await self._prepare_catalogue(version)
            catalogue = self._home.open_catalogue(version, self._identity)
            if catalogue.header.version != version:
                raise Fault(
                    "edition_garbled", "The new edition is damaged. The last good one stays in force."
                )
            while not self.agent.adopt(catalogue):
                await asyncio.sleep(TICK_S)
            self._edition_words = ""
            self._home.forget_old_catalogues(version)
        except Fault as fault:
            self._refused_edition = version
            self._edition_words = fault.hint
        finally:
            self._preparing = None


class _Mark(msgspec.Struct):
    epoch: str
    seq: int


class _UplinkStatus(msgspec.Struct):
    state: str = "off"
    hint: str = ""
    mark: _Mark | None = None
