"""The agent of one lane: decide, record, apply. It never waits for anything outside the register.

    intent -> decide (core) -> entries -> journal -> (sync, if money moved) -> apply -> answer

What must always hold: an answer that says "paid" is given only after the journal was synced; the
state is nothing but the fold of the journal; the same request asked twice is answered twice and
done once, also when the lane died in between (entries carry the request they come from); an edition
takes effect between sales, whole or not at all.

How it fails: a Fault from the journal reaches the cashier in words, and the state is as it was.
If the medium refused a write or a sync and a second one is there, the journal moves to it and what
was not yet confirmed is written there again; if there is none, the sale stays open and the register
says so. The new state is worked out before anything is written, so that no entry ever gets into the
journal that the fold stumbles over.
The agent is synchronous and belongs to one thread.
"""

from __future__ import annotations

import contextlib
import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from evertill.core import entry as e
from evertill.core import intent as i
from evertill.core.checkout import Desk, decide
from evertill.core.fault import Fault
from evertill.core.pricebook import Product
from evertill.core.pricing import Priced, Pricer
from evertill.core.receipt import SaleDocument, ShiftReport
from evertill.core.refusal import Refusal
from evertill.core.rules import Rules
from evertill.core.shop import Customer, StaffMember
from evertill.core.state import UNKNOWN_CARDS, State, apply
from evertill.journal.line import Position
from evertill.journal.writer import Journal, NewEntry
from evertill.lane.books import Books, Checkpoint
from evertill.lane.catalogue import Catalogue
from evertill.ports import Access, Clock, Disk, OpenFile

REQUESTS_KEPT = 1_000
REQUESTS_IN_CHECKPOINT = 200
CHECKPOINT_EVERY = 500
ROWS_WAITING_MAX = 2_000  # while folding a long journal anew
CLOCK_SLACK_S = 120
HASHES_LENGTH = 130  # a journal line: two hashes of 64 characters, each with a space behind it
# What decoding or folding an entry can stumble over, if another program wrote it or a bug did.
STRANGE = (msgspec.DecodeError, UnicodeDecodeError, AssertionError, LookupError, StopIteration)
_LOG = logging.getLogger(__name__)
_ENCODE = msgspec.json.Encoder().encode
_KINDS = {kind: name for name, kind in e.ENTRY_TYPES.items()}


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What an accepted intent did. `again`: it was done before, so nothing may happen outside now."""

    entries: tuple[e.Entry, ...] = ()
    document: SaleDocument | None = None
    report: ShiftReport | None = None
    head: str = ""
    again: bool = False


class _Answered(NamedTuple):
    """What is kept of an answer: the receipt of a completed sale, the report of a closed shift."""

    receipt: str = ""
    report: ShiftReport | None = None


Answer = Done | Refusal


class Agent:
    """One lane, ready to sell. Made by `lane.assemble`."""

    def __init__(
        self,
        *,
        store: str,
        lane: str,
        clock: Clock,
        journal: Journal,
        books: Books,
        catalogue: Catalogue,
        local_now: Callable[[], datetime],
        has_second_medium: bool = False,
    ) -> None:
        self.store = store
        self.lane = lane
        self.journal = journal
        self.books = books
        self.state = State()
        self.revision = 0
        self.clock_behind_s = 0
        self.moved_to_second = False
        self.set_aside = 0  # entries that could not be folded at this start
        self._has_second_medium = has_second_medium
        self._clock = clock
        self.local_now = local_now
        self._catalogue = catalogue
        self._pricer = Pricer(catalogue.rules)
        self._answered: OrderedDict[str, _Answered] = OrderedDict()
        self._pin_locked_until_ns: dict[str, int] = {}
        self._day = ""
        self._day_known: tuple[datetime, Rules] | None = None
        self._last_at = ""
        self._asked_at_ns = clock.monotonic_ns()
        self._since_checkpoint = 0

    # -- starting -------------------------------------------------------------------------------------

    def start(self, checkpoint: Checkpoint | None, version: str) -> None:
        """Folds what the journal holds beyond the checkpoint and notes the start. Then it can sell, unless
        the journal tells of a later edition than the catalogue at hand: then that edition is to be adopted.
        """
        after = None
        if checkpoint is not None:
            self.state, self._day, self._last_at = checkpoint.state, checkpoint.day, checkpoint.at
            for request, receipt in checkpoint.requests:
                self._remember(request, _Answered(receipt))
            after = checkpoint.position
        for line in self.journal.replay_after(after):
            self._fold(line.body, line.position)
            if self.books.waiting >= ROWS_WAITING_MAX:
                self.books.write(self._checkpoint(line.position))
        self._record([e.LaneStarted(version=version, found=str(self.journal.opening.found))])
        self.watch_clock()
        self.journal.sync()
        if self._catalogue.header.version >= self.state.edition:  # a restart is no way back to old prices
            self.adopt(self._catalogue)

    def _fold(self, body: bytes, position: Position) -> None:
        envelope = msgspec.json.decode(body, type=_Envelope)
        self._day = max(self._day, envelope.day)
        self._last_at = max(self._last_at, envelope.at)
        kind = e.ENTRY_TYPES.get(envelope.kind)
        self._since_checkpoint += 1
        if kind is None:
            return
        try:
            entry = msgspec.json.decode(envelope.data, type=kind)
            state = apply(self.state, entry, position.hash[:8])
        except STRANGE as why:
            self.set_aside += 1
            _LOG.error("entry_set_aside: %s %s: %s", position.epoch, position.seq, why)
            return
        self.state = state
        if entry.request is not None:
            self._remember(entry.request, _answered((entry,)))
        if isinstance(entry, e.SaleCompleted):
            self.books.note(entry, position)

    def watch_clock(self) -> None:
        """A clock that is behind the journal is said and noted once, never trusted for order."""
        behind = 0
        if self._last_at:
            last = datetime.fromisoformat(self._last_at)
            behind = int((last - self._clock.now()).total_seconds())
        before, self.clock_behind_s = self.clock_behind_s, behind if behind > CLOCK_SLACK_S else 0
        if self.clock_behind_s and not before:
            self._record([e.ClockStepped(behind_s=behind)])

    # -- answering ------------------------------------------------------------------------------------

    def answer(self, intent: i.Intent, approver: StaffMember | None = None, pin_ok: bool = False) -> Answer:
        """Carries out an intent, or says why not. Durable on return if money moved.

        PINs were checked by the caller: `pin_ok` for a sign-in, `approver` for a lent permission.
        A request number seen before gets its first answer. Raises Fault if the register cannot
        record; then nothing happened.
        """
        self._asked_at_ns = self._clock.monotonic_ns()
        known = self._known_answer(intent)
        if known is not None:
            return known
        desk = self._desk(approver, pin_ok, getattr(intent, "staff", None))
        decision = decide(desk, intent)
        if isinstance(decision, Refusal):
            return decision
        if intent.request is None:
            return self._carry_out(decision)
        done = self._carry_out(_marked(decision, intent.request))
        self._remember(intent.request, _answered(decision))
        return done

    def _remember(self, request: str, answered: _Answered) -> None:
        self._answered[request] = answered
        if len(self._answered) > REQUESTS_KEPT:
            self._answered.popitem(last=False)

    def _known_answer(self, intent: i.Intent) -> Answer | None:
        known = self._answered.get(intent.request) if intent.request is not None else None
        if known is None:
            return self._already_paid(intent)
        if known.receipt:
            return self._done_before(known.receipt)
        return Done(again=True, report=known.report)

    def _already_paid(self, intent: i.Intent) -> Answer | None:
        """A second click on "pay" for the sale just paid gets the first answer."""
        last = self.state.last
        if not isinstance(intent, i.TakeTender) or intent.sale is None or last is None:
            return None
        paid = last.sale == intent.sale
        return self._done_before(last.receipt) if paid else None

    def _done_before(self, receipt: str) -> Answer:
        found = self.books.receipt(receipt)
        if found is None:
            return Done(again=True)
        return Done(document=found[0], head=found[1].hash[:8], again=True)

    def _desk(self, approver: StaffMember | None, pin_ok: bool, staff: str | None) -> Desk:
        now = self.local_now()
        return Desk(
            state=self.state,
            rules=self.rules,
            pricer=self._pricer,
            lookup=self,
            store=self.store,
            lane=self.lane,
            receipt_mark=self.journal.head.epoch[:4].upper(),
            at=now.replace(tzinfo=None),
            stamp=now.isoformat(timespec="milliseconds"),
            day=self.trading_day(now),
            approver=approver,
            pin_ok=pin_ok,
            pin_wait_s=self.pin_wait_s(staff) if staff is not None else 0,
        )

    def trading_day(self, now: datetime) -> str:
        """The trading day at local time `now`; it never goes back, whatever the clock does."""
        minute = now.replace(second=0, microsecond=0)
        if self._day_known == (minute, self.rules):
            return self._day
        self._day_known = (minute, self.rules)
        hours, minutes = self.rules.settings.day_starts_at.split(":")
        day = (now - timedelta(hours=int(hours), minutes=int(minutes))).strftime("%Y-%m-%d")
        self._day = max(self._day, day)
        return self._day

    def _carry_out(self, entries: Sequence[e.Entry]) -> Done:
        state = self.state
        for entry in entries:
            state = apply(state, entry)
        positions = self._written(entries)
        head = positions[-1].hash[:8] if positions else ""
        if state.last is not None and state.last is not self.state.last:
            state = replace(state, last=replace(state.last, head=head))
        self.state = state
        self._since_checkpoint += len(entries)
        self.revision += 1
        document, report = None, None
        for entry, position in zip(entries, positions, strict=True):
            if isinstance(entry, e.SaleCompleted):
                document = entry.document
                self.books.note(entry, position)
            elif isinstance(entry, e.ShiftClosed):
                report = entry.report
        return Done(entries=tuple(entries), document=document, report=report, head=head)

    def _record(self, entries: Sequence[e.Entry]) -> None:
        self._carry_out(entries)

    def _written(self, entries: Sequence[e.Entry]) -> list[Position]:
        """Appends, and syncs if money moved. A failed medium is left for the second one, if there is one."""
        now = self._clock.now()
        at = f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03d}Z"
        self._last_at = max(self._last_at, at)
        day = self._day or self.trading_day(self.local_now())
        new = [NewEntry(kind=_KINDS[type(entry)], data=_ENCODE(entry), at=at, day=day) for entry in entries]
        positions: list[Position] = []
        try:
            positions = self.journal.append_many(new)
            if any(entry.kind in e.DURABLE_KINDS for entry in new):
                self.journal.sync()
            return positions
        except Fault as fault:
            if fault.code != "journal_medium_failed" or not self._has_second_medium:
                raise
            return self._on_second(fault, [] if positions else new, len(new))

    def _on_second(self, fault: Fault, missing: Sequence[NewEntry], count: int) -> list[Position]:
        """Moves the journal, writes what was not confirmed there, then `missing`."""
        moved = self.journal.move_to_second(fault.code)
        self.moved_to_second = True
        positions = self.journal.append_many([*moved.unconfirmed, *missing])
        self.journal.sync()
        return positions[len(positions) - count :]

    # -- looking up (core.lookup.Lookup) ----------------------------------------------------------------

    def products(self, keys: Sequence[str]) -> Sequence[Product]:
        """All products filed under any of these codes or skus."""
        return self._catalogue.products(keys)

    def product(self, sku: str) -> Product | None:
        """The product with exactly this sku."""
        return self._catalogue.product(sku)

    def customer(self, code: str) -> Customer | None:
        """The customer with this number."""
        return self._catalogue.customer(code)

    def receipt(self, receipt: str) -> SaleDocument | None:
        """A sale of this lane."""
        found = self.books.receipt(receipt)
        return None if found is None else found[0]

    def returned_milli(self, receipt: str) -> Mapping[int, int]:
        """What was already taken back of a receipt."""
        return self.books.returned_milli(receipt)

    # -- editions ---------------------------------------------------------------------------------------

    @property
    def rules(self) -> Rules:
        """The rules in force."""
        return self._catalogue.rules

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue in force."""
        return self._catalogue

    def adopt(self, catalogue: Catalogue) -> bool:
        """Puts an edition in force unless a sale is open; whether it now is."""
        if self.state.sale is not None and catalogue.header.version != self.state.edition:
            return False
        header = catalogue.header
        if header.version != self.state.edition:
            currency = catalogue.rules.settings.currency
            adopted = e.EditionAdopted(edition=header.version, sha256=header.body_sha256, currency=currency)
            self._record([adopted])
        self._catalogue = catalogue
        self._pricer = Pricer(catalogue.rules)
        self.revision += 1
        return True

    def price(self) -> Priced | None:
        """The basket in hand, priced; None without one."""
        if self.state.sale is None:
            return None
        return self._desk(None, False, None).price(self.state.sale)

    # -- PINs -------------------------------------------------------------------------------------------

    def pin_wait_s(self, staff: str) -> int:
        """Seconds until this person may try a PIN again; 0 if now."""
        left_ns = self._pin_locked_until_ns.get(staff, 0) - self._clock.monotonic_ns()
        return max(0, -(-left_ns // 1_000_000_000))

    def pin_failed(self, staff: str) -> None:
        """Counts a wrong PIN of somebody here, or an unknown card (core.state.UNKNOWN_CARDS); from the limit
        on, each one locks them out for a while."""
        if staff not in self.rules.staff and staff != UNKNOWN_CARDS:
            return
        self._record([e.SignInFailed(staff=staff)])
        limits = self.rules.settings.limits
        if self.state.pin_failures.get(staff, 0) >= limits.pin_tries_max:
            until = self._clock.monotonic_ns() + limits.pin_lock_s * 1_000_000_000
            self._pin_locked_until_ns[staff] = until

    @property
    def idle_s(self) -> int:
        """Seconds since somebody asked for something, or since the start."""
        return (self._clock.monotonic_ns() - self._asked_at_ns) // 1_000_000_000

    def lock_if_idle(self) -> None:
        """Locks the lane if nobody asked for anything for as long as the edition says. Raises Fault."""
        limit_s, staff = self.rules.settings.lock_after_s, self.state.staff
        if limit_s > 0 and staff is not None and not self.state.locked and self.idle_s >= limit_s:
            self._record([e.LaneLocked(staff=staff.staff, why="idle")])

    # -- between intents --------------------------------------------------------------------------------

    def settle(self, *, all_now: bool = False) -> bool:
        """Writes rows and a checkpoint if enough has gathered; whether it did, or has nothing to write.

        Called between intents; harmless to skip. Raises Fault.
        """
        if self._since_checkpoint == 0:
            return True
        if self._since_checkpoint < CHECKPOINT_EVERY and not all_now:
            return False
        if self.journal.head != self.journal.synced_head:
            if not all_now:
                return False
            self.journal.sync()
        self.books.write(self._checkpoint(self.journal.synced_head))
        self._since_checkpoint = 0
        self.journal.settle()
        return True

    def _checkpoint(self, position: Position) -> Checkpoint:
        newest = list(self._answered.items())[-REQUESTS_IN_CHECKPOINT:]
        return Checkpoint(
            position=position,
            state=self.state,
            day=self._day,
            at=self._last_at,
            requests=tuple((request, answered.receipt) for request, answered in newest),
        )

    def close(self) -> None:
        """Everything durable, checkpoint written, files closed. A checkpoint that cannot be written is
        only a slower next start."""
        with contextlib.suppress(Fault):
            self.settle(all_now=True)
        self.books.close()
        self.journal.close()


def _marked(entries: Sequence[e.Entry], request: str) -> list[e.Entry]:
    """The entries, the last of which names the request that they answer."""
    return [*entries[:-1], replace(entries[-1], request=request)] if entries else []


def _answered(entries: Sequence[e.Entry]) -> _Answered:
    for entry in entries:
        if isinstance(entry, e.SaleCompleted):
            return _Answered(receipt=entry.document.receipt)
        if isinstance(entry, e.ShiftClosed):
            return _Answered(report=entry.report)
    return _Answered()


class _Envelope(msgspec.Struct):
    at: str
    day: str
    kind: str
    data: msgspec.Raw


def body_reader(disk: Disk, directories: Sequence[Path]) -> Callable[[Position], bytes]:
    """Reads an entry's body straight from its segment file."""

    def read(position: Position) -> bytes:
        for directory in directories:
            path = directory / position.epoch / position.segment
            if disk.exists(path):
                return _body_at(disk.open(path, Access.READ), position.offset)
        raise Fault(
            "journal_unreadable",
            "That receipt cannot be read from this register's journal. Ask the manager.",
            detail=f"{position.epoch}/{position.segment}",
        )

    return read


def _body_at(file: OpenFile, offset: int) -> bytes:
    try:
        length = 16_384
        while b"\n" not in (found := file.read_at(offset, length)) and len(found) == length:
            length *= 4
        return found[HASHES_LENGTH : found.index(b"\n")]
    finally:
        file.close()
