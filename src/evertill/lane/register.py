"""The register around its agent: checks PINs, answers, shows, prints, and looks after itself in between.

Everything here may fail or be slow without a sale noticing: printers have a process of their own,
the uplink is another process that only leaves a status file, and a new edition is prepared aside.
What the lane made for itself from journal and edition may turn out damaged; then `look_after` ends,
the process with it, and the next start makes it anew. The basket stands in the journal.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec

from evertill.core import entry as e
from evertill.core import intent as i
from evertill.core.fault import Fault
from evertill.core.receipt import SaleDocument
from evertill.core.refusal import Refusal
from evertill.lane.agent import Agent, Done
from evertill.lane.doorkeeper import Doorkeeper
from evertill.lane.home import LaneHome, LaneIdentity
from evertill.lane.parked import ParkedTotals
from evertill.lane.scanners import Scanners
from evertill.lane.status import StatusLine
from evertill.lane.view import Drawer
from evertill.lane.window import Printing, Window
from evertill.lane.words import N_

TICK_S = 0.25
IDLE_TICKS = 8
OPENS_DRAWER = (e.DrawerOpened, e.CashMoved, e.ShiftOpened)
SHOWN_AT_ONCE = (e.StaffSignedIn, e.LanguageChosen, e.MessageAcknowledged)  # other words, other messages
THANKS_S = 60  # as long as the customer's display shows the change, if nobody comes next
UNPREPARED = N_("The new edition could not be prepared. The last good one stays in force.")
DAMAGED_EDITION = ("edition_garbled", "edition_truncated", "edition_signature_wrong")
_LOG = logging.getLogger(__name__)


class Outcome(msgspec.Struct, frozen=True):
    """What came of a list of intents: how many were carried out, what the last did, why it stopped."""

    done_count: int
    done: dict[str, Any]
    refusal: Refusal | None = None


class Register(Window):
    """One lane at work; its window is part of it. Its methods belong to the event loop's thread."""

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
        scanners: Scanners | None = None,
    ) -> None:
        super().__init__(agent=agent, printing=printing, about=about)
        self.origins = origins
        self.changed = asyncio.Event()
        self._home = home
        self._identity = identity
        self._prepare_catalogue = prepare_catalogue
        self._drawer = Drawer()
        self._view: bytes = b""
        self._view_revision = -1
        self._told_revision = -1
        self._status_line = StatusLine(agent, home, printing, scanners)
        self._status: dict[str, Any] = {}
        self._door = Doorkeeper(agent)
        self._parked = ParkedTotals(agent)
        self._notice: dict[str, Any] | None = None
        self._thanks = False
        self._display: tuple[int, bytes] = (-1, b"")
        self._settle_fault: Fault | None = None
        self._idle_ticks = 0
        self._idle_revision = -1
        self._refused_edition = (0, 0, 0)
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
                self._notice = None
                done = self._act(intent, answer) or done
        finally:
            self.tell()
        return Outcome(len(intents), done)

    async def _answer(self, intent: i.Intent) -> Done | Refusal:
        if isinstance(intent, i.SignIn):
            return await self._door.sign_in(intent)
        approval = getattr(intent, "approval", None)
        if approval is None:
            return self.agent.answer(intent)
        approver = await self._door.approver(approval)
        return approver if isinstance(approver, Refusal) else self.agent.answer(intent, approver=approver)

    def _act(self, intent: i.Intent, done: Done) -> dict[str, Any]:
        """Paper and drawer, if this was done just now, and what the asker is told of it."""
        if not done.again:
            self._outside(done)
        document = done.document
        if document is not None:
            return {"receipt": document.receipt, "sale": document.sale, "head": done.head}
        if done.report is not None:
            return {"report": done.report}
        if isinstance(intent, i.TakeReport) and self.agent.state.shift is not None:
            return {"report": self.agent.state.shift.report()}
        return {}

    def _outside(self, done: Done) -> None:
        """What happens outside once the entries are recorded. Nothing waits for it."""
        self._thanks = done.document is not None
        if done.document is not None:
            self._paid(done.document, done.head)
            return
        for entry in done.entries:
            if isinstance(entry, OPENS_DRAWER):
                self._printing.open_drawer()
            elif isinstance(entry, e.ReceiptReprinted):
                self._reprint(entry)
            elif isinstance(entry, e.ShiftClosed):
                self._printing.print_report(entry.report, self.locale)
            elif isinstance(entry, SHOWN_AT_ONCE):
                self._look_around()

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

    async def scanned(self, code: str) -> None:
        """What a scanner at the register itself read: goods, or a staff card while nobody may sell. What
        comes of it the screens show; a refusal as the view's `notice`, until something else is done."""
        state = self.agent.state
        is_shut = state.staff is None or state.locked
        try:
            outcome = await self.carry_out([i.SignIn(card=code) if is_shut else i.Scan(code=code)])
            refusal = outcome.refusal
        except Fault as fault:
            refusal = Refusal(fault.code, fault.hint)
        if refusal is not None:
            told = "" if is_shut else code  # a card is a secret
            self.agent.revision += 1
            self._notice = {"rev": self.agent.revision, "code": told, "refusal": self.refusal_view(refusal)}
            self.tell()

    # -- showing --------------------------------------------------------------------------------------

    def tell(self) -> None:
        """Wakes every open screen if anything changed since the last view."""
        if self._told_revision != self.agent.revision:
            self._told_revision = self.agent.revision
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
                notice=self._notice,
                parked_minor=self._parked,
            )
            self._view = msgspec.json.encode(view)
            self._view_revision = agent.revision
        return self._view

    def display_bytes(self) -> bytes:
        """What the customer's display shows, as JSON, built once for each change."""
        agent = self.agent
        if self._display[0] != agent.revision:
            is_stuck = self._status["journal"]["state"] == "failed"
            shown = self.display(thanks=self._thanks, trouble=is_stuck)
            self._display = (agent.revision, msgspec.json.encode(shown))
        return self._display[1]

    # -- in between -----------------------------------------------------------------------------------

    async def look_after(self) -> None:
        """Checkpoints, status, new editions, for as long as the register works. Ends when it must be
        started again."""
        while not self.must_start_again:
            await asyncio.sleep(TICK_S)
            self.care()

    @property
    def must_start_again(self) -> bool:
        """Whether its own tables or its catalogue turned out damaged: the next start makes them anew."""
        return self.agent.books.damaged or self.agent.catalogue.damaged

    def care(self) -> None:
        """What is done a few times a second, between intents. Raises nothing for what the world breaks."""
        self._idle_ticks = self._idle_ticks + 1 if self._idle_revision == self.agent.revision else 0
        self._settle()
        with contextlib.suppress(Fault):
            self.agent.lock_if_idle()
        if self._thanks and self.agent.idle_s >= THANKS_S:
            self._thanks = False
            self.agent.revision += 1
        self._look_around()
        self._take_up_edition()
        self._idle_revision = self.agent.revision
        self.tell()

    def _settle(self) -> None:
        is_idle = self._idle_ticks > 0 and self._idle_ticks % IDLE_TICKS == 0
        try:
            self.agent.watch_clock()
            if self.agent.settle(all_now=is_idle):
                self._settle_fault = None
        except Fault as fault:
            self._settle_fault = fault

    def _look_around(self) -> None:
        """Gathers what the status line shows; a change of it is a change of the view."""
        status = self._status_line.gathered(self.locale, self._settle_fault, self._edition_words)
        if status != self._status:
            self._status = status
            self.agent.revision += 1

    def _take_up_edition(self) -> None:
        """A newer edition is prepared aside and put in force between two sales."""
        if self._preparing is not None:
            return
        files = self._home.edition_files()
        newest = max(files, default=0)
        if newest <= self.agent.rules.edition:
            return
        with contextlib.suppress(OSError):
            found = files[newest].stat()
            which = (newest, found.st_mtime_ns, found.st_size)
            if which != self._refused_edition:
                self._preparing = asyncio.create_task(self._prepare(newest, which))

    async def _prepare(self, version: int, which: tuple[int, int, int]) -> None:
        """A refused file is not looked at again until another one stands in its place; a damaged one is
        set aside, so that another one can come."""
        try:
            await self._prepare_catalogue(version)
            catalogue = self._home.open_exactly(version, self._identity)
            while not self.agent.adopt(catalogue):
                await asyncio.sleep(TICK_S)
            self._edition_words = ""
            self._home.forget_old_catalogues(version)
            self.tell()
        except Fault as fault:
            self._refused_edition = which
            self._edition_words = fault.hint
            if fault.code in DAMAGED_EDITION:
                self._home.set_aside(version)
        except OSError as error:
            self._refused_edition = which
            self._edition_words = UNPREPARED
            _LOG.error("edition_not_prepared: %s", error)
        finally:
            self._preparing = None
