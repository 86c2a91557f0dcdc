"""A replay at the register: every document is rung up exactly once, whatever dies on the way.

What must hold: a document whose payment was answered is never rung up again, and one whose payment was
not is rung up until it is. The register's own record decides, never this program's memory: after every
doubt (no answer, a refusal that should not be) `Till` asks what is in hand and reads what is paid.

* paid: done; a basket of the same document that lies there beside it is voided.
* in hand, with the first lines of the document: the rest is rung up, for that basket and no other, so
  that a question which was given up and arrives late cannot go on with a basket that is not there.
* in hand, with anything else of this data set: voided, and rung up anew.
* somebody else's basket: not touched. The replay stops and says so.

How it fails: a register that does not come back within `patience_s`, or that refuses what it should
take, ends the replay in words (`ReplayStopped`). Starting it again goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import msgspec

from evertill.core import intent as i
from evertill.ports import Clock, Entropy
from evertill.replay.connection import Connection, Lost
from evertill.replay.datasets import Basket, Dataset
from evertill.replay.ringing import begins, going_on, intents_of, reference_of, tender_of

REQUEST_INTENTS_MAX = 2_500
TRIES_MAX = 10
BACKOFF_FIRST_S = 0.05
BACKOFF_MOST_S = 2.0
_ENCODE = msgspec.json.Encoder().encode


class ReplayStopped(Exception):
    """The replay cannot go on; the message tells a person why and what to do."""


class LineInHand(msgspec.Struct, frozen=True):
    """A basket line as the register shows it."""

    sku: str
    quantity_milli: int
    unit_price_e4: int
    amount_minor: int
    voided: bool = False


class SaleInHand(msgspec.Struct, frozen=True):
    """The basket as the register shows it."""

    id: str
    reference: str | None
    lines: list[LineInHand]


class Signed(msgspec.Struct, frozen=True):
    """Who is signed in."""

    id: str


class UplinkView(msgspec.Struct, frozen=True):
    """The way up, as the register shows it."""

    state: str
    hint: str = ""


class Status(msgspec.Struct, frozen=True):
    """The register's status line."""

    unsent: int
    uplink: UplinkView


class LaneView(msgspec.Struct, frozen=True):
    """What a replay needs of the register's view."""

    edition: int
    staff: Signed | None
    shift: dict[str, Any] | None
    sale: SaleInHand | None
    status: Status
    locked: bool = False


class Refused(msgspec.Struct, frozen=True):
    """A refusal as the register words it."""

    code: str
    words: str


class Told(msgspec.Struct, frozen=True):
    """The register's answer to intents."""

    ok: bool
    state: LaneView | None = None
    refusal: Refused | None = None


class About(msgspec.Struct, frozen=True):
    """Where the register's things are."""

    store: str
    lane: str
    home: str
    journal: str
    gate: str


class _Named(msgspec.Struct, frozen=True):
    id: str


class _Shop(msgspec.Struct, frozen=True):
    price_lists: list[_Named]
    tenders: list[_Named]


_READ_TOLD = msgspec.json.Decoder(Told).decode
_READ_VIEW = msgspec.json.Decoder(LaneView).decode


class Waiting:
    """Bounded waiting for a register or server that does not answer: cap first, jitter after."""

    def __init__(
        self, clock: Clock, entropy: Entropy, wait: Callable[[float], None], *, patience_s: float
    ) -> None:
        self._clock = clock
        self._entropy = entropy
        self._wait = wait
        self.patience_s = patience_s
        self._since_ns = clock.monotonic_ns()
        self._tries = 0

    def begin(self) -> None:
        """Patience begins anew: there was an answer, or progress."""
        self._since_ns = self._clock.monotonic_ns()
        self._tries = 0

    def again(self) -> bool:
        """Waits a little longer than last time; False, at once, if patience has run out."""
        if (self._clock.monotonic_ns() - self._since_ns) / 1e9 >= self.patience_s:
            return False
        cap_s = min(BACKOFF_MOST_S, BACKOFF_FIRST_S * 2**self._tries)
        self._tries = min(self._tries + 1, 10)
        self._wait(cap_s * (1 + self._entropy.uniform()))
        return True


class Lane:
    """The register's API, as a replay uses it."""

    def __init__(self, connection: Connection, waiting: Waiting, *, url: str) -> None:
        self._connection = connection
        self._waiting = waiting
        self._url = url

    def view(self) -> LaneView:
        """The register's view, waited for. Raises ReplayStopped if it does not come back."""
        return _READ_VIEW(self._get("/api/v1/state"))

    def about(self) -> About:
        """Where the register's things are, waited for."""
        return msgspec.json.decode(self._get("/api/v1/about"), type=About)

    def sells(self, dataset: Dataset) -> bool:
        """Whether the register's edition has the data set's price list and tender."""
        shop = msgspec.json.decode(self._get("/api/v1/shop"), type=_Shop)
        lists, tenders = {item.id for item in shop.price_lists}, {item.id for item in shop.tenders}
        return dataset.name in lists and tender_of(dataset) in tenders

    def _get(self, path: str) -> bytes:
        self._waiting.begin()
        while True:
            try:
                reply = self._connection.ask("GET", path)
            except Lost as lost:
                if not self._waiting.again():
                    raise ReplayStopped(
                        f"The register at {self._url} does not answer ({lost}). Start it with `evertill up`, "
                        "then start the replay again: it goes on where it stopped."
                    ) from lost
                continue
            if reply.status != 200:
                raise ReplayStopped(
                    f"What answers at {self._url} is not a register (status {reply.status} for {path})."
                )
            return reply.body

    def tell(self, intents: Sequence[i.Intent]) -> Told:
        """The register's answer. Raises Lost if none came, ReplayStopped for an answer that is none."""
        reply = self._connection.ask("POST", "/api/v1/intents", _ENCODE(intents))
        try:
            return _READ_TOLD(reply.body)
        except msgspec.DecodeError as wrong:
            raise ReplayStopped(f"The register's answer cannot be read: {wrong}") from wrong


class PaidBooks(Protocol):
    """What is paid, by the register's own durable record."""

    def refresh(self) -> None:
        """Reads on to the end of the record."""

    def is_paid(self, reference: str) -> bool:
        """Whether a sale with this reference is completed."""


class Till:
    """A register at which one data set is rung up."""

    def __init__(self, dataset: Dataset, lane: Lane, books: PaidBooks) -> None:
        self._dataset = dataset
        self._lane = lane
        self._books = books
        self._who: tuple[str, str] | None = None
        self.doubts = 0

    def sign_in(self, staff: str, pin: str) -> None:
        """On return `staff` is signed in and a shift is open. Raises ReplayStopped."""
        self._who = (staff, pin)
        self._see_to(
            i.SignIn(staff=staff, pin=pin),
            lambda view: view.staff is not None and view.staff.id == staff and not view.locked,
        )
        float_minor = {self._dataset.currency: 0}
        self._see_to(i.OpenShift(float_minor=float_minor), lambda view: view.shift is not None)

    def clear(self) -> None:
        """On return no basket of this data set is in hand. Raises ReplayStopped for somebody else's."""
        sale = self._lane.view().sale
        if sale is not None:
            self._void(sale)

    def ring_up(self, basket: Basket) -> None:
        """On return the document is paid and durable, exactly once. Raises ReplayStopped."""
        intents = intents_of(self._dataset, basket)
        if len(intents) > REQUEST_INTENTS_MAX:
            raise ReplayStopped(f"Document {basket.document} has too many lines for a register.")
        left: Sequence[i.Intent] = intents
        for _ in range(TRIES_MAX):
            try:
                told = self._lane.tell(left)
            except Lost:
                told = None
            if told is not None and told.ok and told.state is not None and told.state.sale is None:
                return
            if told is not None and told.refusal is not None:
                self._look_at(told.refusal)
            self.doubts += 1
            still = self._what_is_left(basket, intents)
            if still is None:
                return
            left = still
        raise ReplayStopped(
            f"Document {basket.document} could not be rung up in {TRIES_MAX} tries. "
            "Look at the register, then start the replay again: it goes on where it stopped."
        )

    def _look_at(self, refusal: Refused) -> None:
        """Another basket in hand than was thought is looked into; a register that locked itself between two
        baskets is unlocked; any other refusal ends the replay."""
        if refusal.code in ("sale_open", "other_sale"):
            return
        if refusal.code == "locked" and self._who is not None:
            self.sign_in(*self._who)
            return
        sale = self._lane.view().sale
        if sale is not None and self._is_ours(sale):
            self._void(sale)
        raise ReplayStopped(f"The register refused: {refusal.words}")

    def _what_is_left(self, basket: Basket, intents: Sequence[i.Intent]) -> Sequence[i.Intent] | None:
        """What is still to be told, None if the document is paid. The register's record decides."""
        sale = self._lane.view().sale
        self._books.refresh()
        reference = reference_of(self._dataset, basket.document)
        paid = self._books.is_paid(reference)
        if sale is not None:
            held = [
                (line.sku, line.quantity_milli, line.unit_price_e4, line.amount_minor)
                for line in sale.lines
                if not line.voided
            ]
            whole = len(held) == len(sale.lines)
            if not paid and whole and sale.reference == reference and begins(held, intents):
                return going_on(intents, len(held), sale.id)
            self._void(sale)
        return None if paid else intents

    def _is_ours(self, sale: SaleInHand) -> bool:
        return (sale.reference or "").startswith(f"{self._dataset.name}/")

    def _void(self, sale: SaleInHand) -> None:
        if not self._is_ours(sale):
            raise ReplayStopped(
                "Somebody else's basket is in hand at the register. Finish, park or void it, "
                "then start the replay again: it goes on where it stopped."
            )
        self._see_to(i.VoidSale(sale=sale.id), lambda view: view.sale is None or view.sale.id != sale.id)

    def _see_to(self, intent: i.Intent, is_so: Callable[[LaneView], bool]) -> None:
        """On return it is so: the register shows it. Asks again only while it does not."""
        for _ in range(TRIES_MAX):
            if is_so(self._lane.view()):
                return
            try:
                told = self._lane.tell([intent])
            except Lost:
                continue
            if told.refusal is not None and not is_so(self._lane.view()):
                raise ReplayStopped(f"The register refused: {told.refusal.words}")
        raise ReplayStopped(
            "The register does not do what it is told. Look at it, then start the replay again."
        )
