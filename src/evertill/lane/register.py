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
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

import msgspec

from evertill.core import entry as e
from evertill.core import intent as i
from evertill.core.fault import Fault
from evertill.core.receipt import SaleDocument
from evertill.core.refusal import Refusal
from evertill.core.shop import StaffMember
from evertill.journal.opening import Found
from evertill.lane.agent import Agent, Done
from evertill.lane.home import LaneHome, LaneIdentity
from evertill.lane.pins import pin_fits
from evertill.lane.view import Drawer
from evertill.lane.window import Printing, Window
from evertill.lane.words import N_, words

TICK_S = 0.25
IDLE_TICKS = 8
LOW_SPACE_BYTES = 256 << 20
LOW_SPACE = N_("The register's disk is nearly full. Free some space; sales go on for now.")
SECOND_MEDIUM = N_("The register's disk failed and it moved to the second one. Have the disk replaced.")
SECOND_MISSING = N_("The register's second disk cannot be used. Sales go on; have it looked at.")
UNPREPARED = N_("The new edition could not be prepared. The last good one stays in force.")
SET_ASIDE = N_(
    "Some entries of this register's journal could not be understood and were set aside. Sales go on; show"
    " this to your support."
)
DAMAGED = N_(
    "The register's journal was damaged. Sales go on in a new part of it; have the damaged part repaired"
    " from the server's copy."
)
CUT_SHORT = N_(
    "Entries that this register had written are missing: its disk was swapped, restored or cut short."
    " Sales go on in a new part of the journal; compare with the server's copy."
)
JOURNAL_WORDS = {
    Found.DAMAGE: DAMAGED,
    Found.BEHIND: CUT_SHORT,
    Found.EMPTY_BUT_KNOWN: CUT_SHORT,
    Found.OTHER_HISTORY: CUT_SHORT,
    Found.WITNESS_MISSING: N_(
        "The journal's witness is missing, so this may be a copy of another register. Sales go on in a new"
        " part of the journal."
    ),
    Found.MEDIUM_FAILED: N_(
        "The register's disk refused to keep entries. Sales go on in a new part of the journal; have the"
        " disk replaced."
    ),
}
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
        self._status: dict[str, Any] = {}
        self._checking_pin = asyncio.Lock()
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
        """The member if the PIN is theirs; a wrong one is counted. A locked-out person is not even tried.

        One check at a time: a thousand guesses sent at once meet the same lock as a thousand in a row.
        """
        async with self._checking_pin:
            if self.agent.pin_wait_s(staff):
                return None
            member = self.agent.rules.staff.get(staff)
            if await asyncio.to_thread(pin_fits, member, pin):
                return member
            self.agent.pin_failed(staff)
            return None

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
        if done.document is not None:
            self._paid(done.document, done.head)
        for entry in done.entries:
            if isinstance(entry, e.DrawerOpened | e.CashMoved | e.ShiftOpened):
                self._printing.open_drawer()
            elif isinstance(entry, e.ReceiptReprinted):
                self._reprint(entry)
            elif isinstance(entry, e.ShiftClosed):
                self._printing.print_report(entry.report, self.locale)

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
            )
            self._view = msgspec.json.encode(view)
            self._view_revision = agent.revision
        return self._view

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
        uplink = self._uplink_status()
        journal = self._journal_status()
        messages = [{"code": code, "words": self._say(text)} for code, text in self._messages()]
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

    def _messages(self) -> Iterator[tuple[str, str]]:
        opening = self.agent.journal.opening
        if self.agent.clock_behind_s:
            yield "clock_behind", N_("The clock of this register is behind. Set it; sales go on meanwhile.")
        if self.agent.moved_to_second or opening.on_second:
            yield "second_medium", SECOND_MEDIUM
        elif opening.second_missing:
            yield "second_missing", SECOND_MISSING
        if opening.found in JOURNAL_WORDS:
            yield f"journal_{opening.found}", JOURNAL_WORDS[opening.found]
        if self.agent.set_aside:
            yield "entries_set_aside", SET_ASIDE
        if self._edition_words:
            yield "edition_refused", self._edition_words

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
        failure = self.agent.journal.failure or self._settle_fault
        if failure is not None:
            return {"state": "failed", "code": failure.code, "words": self._say(failure.hint)}
        try:
            free_bytes = self.agent.journal.space.free_bytes
        except OSError:
            free_bytes = 0
        if free_bytes < LOW_SPACE_BYTES:
            return {"state": "low_space", "words": self._say(LOW_SPACE)}
        return {"state": "ok", "words": ""}

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


class _Mark(msgspec.Struct):
    epoch: str
    seq: int


class _UplinkStatus(msgspec.Struct):
    state: str = "off"
    hint: str = ""
    mark: _Mark | None = None
