"""The pump: one lane's way up, advanced by `tick`. Sends what is durable, follows what the server answers.

What must always hold. Only durable lines are sent, in the order of the chain. The place to go on from
moves forward only on an answer that is signed by this shop's server for this very request, and only to
entries that it says it holds. Whatever the server answers or does not answer, the pump waits between
tries, for ever if need be, and never gives an entry up.

One request is on its way at a time. Entries come first, then pieces of a new edition, then, when all is
quiet, the question whether the server still holds what it once signed: that is how a server that went
back in time (restored from a backup) is noticed, and sent again what it lacks.

How it fails: every failure ends in a wait (see `pacing`) and a status for the lane's screen. A lost,
late or doubled answer does no harm: the entries are sent again and the server knows them by their place.
"""

from __future__ import annotations

import contextlib

import msgspec

from evertill.core.fault import Fault
from evertill.journal.line import Head, Position
from evertill.ports import Clock, Entropy, Exchange, Link, LinkFailed, LinkReply, LinkRequest
from evertill.uplink.courier import Courier
from evertill.uplink.feed import Feed, Parcel
from evertill.uplink.memory import UplinkMemory, UplinkStatus
from evertill.uplink.pacing import MS, Backoff, Pace
from evertill.wire.answer import (
    ANSWER_SIGNATURE_HEADER,
    Answer,
    AnswerFault,
    Mark,
    Result,
    answer_bytes,
    decode_answer,
    decode_signature,
)
from evertill.wire.batch import (
    CONTENT_TYPE,
    BatchLimits,
    Sender,
    entries_path,
    mark_path,
    request_bytes,
    sender_headers,
)
from evertill.wire.edition import EditionFault
from evertill.wire.signature import SigningKey, is_signed

SAVE_DURABLY_EVERY_MS = 30_000
TELL_EVERY_MS = 200
REWINDS_MAX = 64
LOOK_AGAIN_MS = 1_000  # the longest that a tick asks to be left alone: the status is kept fresh
BATCH_LIMITS = BatchLimits(entries_max=500, bytes_max=512 << 10)

_UNREACHABLE = (
    "The server does not answer. Nothing to do: selling goes on, sales are sent by themselves later."
)
_TOO_LARGE = frozenset({"batch_too_large", "batch_too_many_entries"})


class UplinkIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """Who sends, and whom it believes: the gate's raw public key."""

    store: str
    lane: str
    gate_public_key: bytes
    gate_url: str = ""


class _Way(msgspec.Struct, kw_only=True):
    """The request that is on its way, and what it carries."""

    exchange: Exchange
    signature: bytes
    deadline_ns: int
    parcel: Parcel | None = None
    edition: int = 0


class Pump:
    """Carries one lane's entries up and editions down over one link."""

    def __init__(
        self,
        identity: UplinkIdentity,
        *,
        key: SigningKey,
        feed: Feed,
        link: Link,
        memory: UplinkMemory,
        courier: Courier,
        clock: Clock,
        entropy: Entropy,
        pace: Pace = Pace(),
        limits: BatchLimits = BATCH_LIMITS,
    ) -> None:
        self._identity = identity
        self._key = key
        self._feed = feed
        self._link = link
        self._memory = memory
        self._courier = courier
        self._clock = clock
        self._pace = pace
        self._limits_max = limits
        self._limits = limits
        self._backoff = Backoff(pace, entropy)
        self._entropy = entropy
        self._remembered = memory.load()
        self._after: Position | Head | None = self._remembered.acked
        self._asked_at_start = False
        self._rewinds = 0
        self._waited_for: set[tuple[str, str]] = set()  # quarantined epochs whose parent was sent for
        self._way: _Way | None = None
        self._not_before_ns = 0
        self._next_check_ns = 0
        self._fetch_not_before_ns = 0
        self._saved_durably_ns: int | None = None
        self._told_ns: int | None = None
        self._told: UplinkStatus | None = None
        self.status = UplinkStatus(
            gate=identity.gate_url, mark=self._remembered.highest, went_back=self._remembered.went_back
        )

    # -- the loop's step ---------------------------------------------------------------------------

    def tick(self) -> int:
        """Does what can be done now, without waiting. Returns in how many milliseconds to come again;
        earlier if the link says so."""
        now = self._clock.monotonic_ns()
        try:
            wait_ms = self._step(now)
        except Fault as fault:
            wait_ms = self._give_way("journal", fault.code, fault.hint, detail=fault.detail)
        except OSError as wrong:
            hint = "The register's disk cannot be read. Keep selling and call your support."
            wait_ms = self._give_way("journal", "disk_unreadable", hint, detail=str(wrong))
        self._tell(now)
        return min(wait_ms, LOOK_AGAIN_MS)

    @property
    def has_more(self) -> bool:
        """Whether durable entries stand behind what is acknowledged, and the server takes them."""
        return self.status.state in ("starting", "sending") and bool(
            self._feed.unsent(self._remembered.acked)
        )

    def close(self) -> None:
        """Remembers and tells what is known now."""
        with contextlib.suppress(OSError):
            self._memory.save(self._remembered, durable=True)
        self._told_ns = None
        self._tell(self._clock.monotonic_ns())
        if self._way is not None:
            self._way.exchange.abandon()

    def _step(self, now: int) -> int:
        if self._way is not None:
            return self._look_at(self._way, now)
        if now < self._not_before_ns:
            return -(-(self._not_before_ns - now) // MS)
        return self._send_something(now)

    def _send_something(self, now: int) -> int:
        """Puts the most urgent request on its way, if there is one."""
        if not self._asked_at_start:
            self._ask(now)
        elif (parcel := self._next_parcel()) is not None:
            self._send(parcel, now)
        elif self._wanted_edition() and now >= self._fetch_not_before_ns:
            self._fetch(self._wanted_edition(), now)
        elif now >= self._next_check_ns:
            self._ask(now)
        else:
            return self._pace.idle_ms
        return self._pace.deadline_ms

    def _next_parcel(self) -> Parcel | None:
        try:
            return self._feed.next(self._after, self._limits)
        except Fault as fault:
            if fault.code != "journal_position_unknown" or self._after is None:
                raise
            self._rewind(None)  # the journal is another one than was sent from: the server sorts it out
            return self._feed.next(None, self._limits)

    # -- requests ----------------------------------------------------------------------------------

    def _send(self, parcel: Parcel, now: int) -> None:
        path = entries_path(self._identity.lane)
        edition = parcel.edition or self._remembered.edition
        self._begin(
            "POST", path, epoch=parcel.epoch, edition=edition, body=parcel.body, now=now, parcel=parcel
        )

    def _ask(self, now: int) -> None:
        """Asks how far the entries are held, and whether what was acknowledged still is."""
        path = mark_path(self._identity.lane)
        acked = self._remembered.acked
        if acked is not None:
            path += f"?epoch={acked.epoch}&seq={acked.seq}&hash={acked.hash}"
        self._begin("GET", path, now=now)

    def _fetch(self, version: int, now: int) -> None:
        path, part = self._courier.next_piece(version)
        self._begin("GET", path, now=now, fetched=version, extra={"Range": part})

    def _begin(
        self,
        method: str,
        path: str,
        *,
        now: int,
        epoch: str = "",
        edition: int | None = None,
        body: bytes = b"",
        parcel: Parcel | None = None,
        fetched: int = 0,
        extra: dict[str, str] | None = None,
    ) -> None:
        sender = Sender(
            store=self._identity.store,
            lane=self._identity.lane,
            epoch=epoch,
            edition=self._remembered.edition if edition is None else edition,
        )
        signature = self._key.sign(request_bytes(method, path, sender, body))
        headers = {**sender_headers(sender, signature), **(extra or {})}
        if body:
            headers["Content-Type"] = CONTENT_TYPE
        request = LinkRequest(
            method=method,
            path=path,
            headers=headers,
            body=body,
            deadline_ms=self._pace.deadline_ms,
            reply_bytes_max=8 << 20 if fetched else 64 << 10,
        )
        self._way = _Way(
            exchange=self._link.begin(request),
            signature=signature,
            deadline_ns=now + self._pace.deadline_ms * MS,
            parcel=parcel,
            edition=fetched,
        )

    def _look_at(self, way: _Way, now: int) -> int:
        """Whether the request on its way has ended, or has taken too long."""
        try:
            reply = way.exchange.poll()
        except LinkFailed as failure:
            self._way = None
            return self._failed("server_unreachable", str(failure), was_connected=failure.was_connected)
        if reply is None:
            if now < way.deadline_ns:
                return max(1, -(-(way.deadline_ns - now) // MS))
            way.exchange.abandon()
            self._way = None
            return self._failed("server_silent", "no answer in time", was_connected=True)
        self._way = None
        if way.edition and reply.status in (206, 200, 416):
            return self._take_piece(way.edition, reply, now)
        try:
            answer = self._proven(reply, way.signature)
        except AnswerFault as fault:
            if way.edition:
                return self._edition_failed("edition_refused", f"status {reply.status}", now)
            return self._failed(fault.code, f"status {reply.status}: {fault.detail}", was_connected=True)
        return self._follow(answer, way.parcel, now)

    def _proven(self, reply: LinkReply, request_signature: bytes) -> Answer:
        """The answer, if the shop's server signed it for this request. Raises AnswerFault."""
        signed = decode_signature(reply.headers.get(ANSWER_SIGNATURE_HEADER.lower(), ""))
        if not is_signed(self._identity.gate_public_key, answer_bytes(reply.body, request_signature), signed):
            raise AnswerFault("the signature is missing or wrong")
        answer = decode_answer(reply.body)
        if (answer.store, answer.lane) != (self._identity.store, self._identity.lane):
            raise AnswerFault("meant for another lane")
        return answer

    # -- answers -----------------------------------------------------------------------------------

    def _follow(self, answer: Answer, parcel: Parcel | None, now: int) -> int:
        """Does what a proven answer says; every result of the table has its line here."""
        self._next_check_ns = now + self._spread(self._pace.check_every_ms) * MS
        self._change(
            last_contact_at=self._clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            server_epoch=answer.server_epoch,
            server_edition=answer.edition,
        )
        if answer.result is Result.OVERLOADED:
            return self._failed(
                answer.code, "the server asks for patience", at_least_ms=answer.retry_after_ms
            )
        if answer.result is Result.REFUSED:
            return self._refused(answer, parcel)
        self._asked_at_start = True
        self._backoff.succeeded(now)
        if answer.result is Result.SEND_FROM:
            return self._send_from(answer)
        self._limits = self._limits_max if parcel is None or parcel.entries > 1 else self._limits
        if answer.result is Result.QUARANTINED and self._wait_for_parent(answer, parcel):
            return 0
        if parcel is not None:
            self._advance(parcel, answer, now)
        elif self._remembered.acked is None and answer.mark is not None:
            self._begin_at(answer.mark, answer)
        self._change_state(answer)
        return 0

    def _advance(self, parcel: Parcel, answer: Answer, now: int) -> None:
        """The server holds the parcel: go on behind it."""
        assert answer.held and answer.mark is not None, "a positive answer says what is held"
        self._after = parcel.last
        self._rewinds = 0
        highest = self._remembered.highest
        if not (highest and highest.epoch == answer.mark.epoch and highest.seq > answer.mark.seq):
            highest = answer.mark
        self._remember(
            now,
            acked=parcel.last,
            highest=highest,
            server_epoch=answer.server_epoch,
            edition=parcel.edition or self._remembered.edition,
        )
        self._change(sent=self.status.sent + parcel.entries, mark=_mark_of(parcel.last))

    def _begin_at(self, mark: Mark, answer: Answer) -> None:
        """Nothing is remembered, but the server holds something: go on behind it if it is in the journal."""
        here, position = self._feed.locate(mark)
        if here and isinstance(position, Position) and position.hash == mark.hash:
            self._after = position
            self._remember(None, acked=position, highest=mark, server_epoch=answer.server_epoch)
            self._change(mark=mark)

    def _send_from(self, answer: Answer) -> int:
        """The server lacks something that was thought to be there: go back as far as it says."""
        wanted = answer.send_after or Mark(epoch="", seq=0, hash="")
        highest = self._remembered.highest
        if highest is not None and self._rewinds == 0:
            self._remember(None, went_back=self._remembered.went_back + 1)
            self._change(went_back=self._remembered.went_back)
        here, position = self._feed.locate(wanted)
        self._rewind(position if here else None)
        self._change_state(answer)
        if self._rewinds > REWINDS_MAX:
            self._rewinds = 1
            return self._failed("uplink_stuck", f"sent back {REWINDS_MAX} times without getting on")
        return 0

    def _rewind(self, position: Position | Head | None) -> None:
        self._after = position
        self._rewinds += 1
        self._remember(None, acked=position if isinstance(position, Position) else None)

    def _wait_for_parent(self, answer: Answer, parcel: Parcel | None) -> bool:
        """Entries are held aside because their parent's are missing: send those once, if they are here."""
        if answer.send_after is None or parcel is None:
            return False
        reason = (answer.server_epoch, parcel.epoch)
        here, position = self._feed.locate(answer.send_after)
        if reason in self._waited_for or not here:
            return False
        self._waited_for.add(reason)
        self._rewind(position)
        return True

    def _refused(self, answer: Answer, parcel: Parcel | None) -> int:
        """The server says no. Too much at once: less. Anything else needs a person; ask again slowly."""
        if answer.code in _TOO_LARGE and parcel is not None and parcel.entries > 1:
            self._limits = BatchLimits(
                entries_max=max(1, parcel.entries // 2), bytes_max=max(1, len(parcel.body) // 2)
            )
            return 0
        return self._give_way("refused", answer.code, answer.hint, text=answer.text)

    # -- editions ----------------------------------------------------------------------------------

    def _wanted_edition(self) -> int:
        """The version to fetch, 0 if the newest is here."""
        newest = self.status.server_edition
        return newest if newest > self._courier.newest() else 0

    def _take_piece(self, version: int, reply: LinkReply, now: int) -> int:
        try:
            whole = self._courier.take(version, reply, in_force=self._remembered.edition)
        except EditionFault as fault:
            return self._edition_failed(fault.code, fault.detail, now)
        self._backoff.succeeded(now)
        if whole:
            self._change(edition_error="")
        return 0

    def _edition_failed(self, code: str, detail: str, now: int) -> int:
        """The edition waits; the entries do not."""
        self._fetch_not_before_ns = now + self._spread(self._pace.wait_max_ms) * MS
        self._change(edition_error=code, last_error=f"{code}: {detail}")
        return 0

    # -- waiting and telling -----------------------------------------------------------------------

    def _failed(self, code: str, detail: str, *, was_connected: bool = False, at_least_ms: int = 0) -> int:
        """Nobody, or nobody who can be believed, answered: wait, then try again."""
        wait_ms = self._backoff.failed(was_connected=was_connected, at_least_ms=at_least_ms)
        return self._hold("waiting", code, _UNREACHABLE, detail=detail, wait_ms=wait_ms)

    def _give_way(self, state: str, code: str, hint: str, *, text: str = "", detail: str = "") -> int:
        """Something that a person must look at: tell it, and try again as slowly as ever."""
        wait_ms = self._backoff.failed(at_least_ms=self._pace.wait_max_ms)
        return self._hold(state, code, hint, text=text, detail=detail, wait_ms=wait_ms)

    def _hold(
        self, state: str, code: str, hint: str, *, wait_ms: int, text: str = "", detail: str = ""
    ) -> int:
        self._not_before_ns = self._clock.monotonic_ns() + wait_ms * MS
        self._change(
            state=state,
            code=code,
            text=text,
            hint=hint,
            last_error=f"{code}: {detail}" if detail else code,
            last_error_at=self._clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            failures=self._backoff.failures,
        )
        return wait_ms

    def _change_state(self, answer: Answer) -> None:
        states = {Result.FORK: "forked", Result.QUARANTINED: "held_aside"}
        forked = answer.mark.epoch if answer.result is Result.FORK and answer.mark else ""
        self._change(
            state=states.get(answer.result, "sending"),
            code=answer.code if answer.result in states else "",
            text=answer.text if answer.result in states else "",
            hint=answer.hint if answer.result in states else "",
            failures=self._backoff.failures,
            forked_epoch=forked,
        )

    def _change(self, **fields: object) -> None:
        self.status = msgspec.structs.replace(self.status, **fields)

    def _remember(self, now: int | None, **fields: object) -> None:
        """Keeps it over a death of the process; over a power cut only now and then: it is only a memory."""
        self._remembered = msgspec.structs.replace(self._remembered, **fields)
        last = self._saved_durably_ns
        durable = now is not None and (last is None or now - last >= SAVE_DURABLY_EVERY_MS * MS)
        if durable:
            self._saved_durably_ns = now
        with contextlib.suppress(OSError):  # a full disk: the server is asked instead
            self._memory.save(self._remembered, durable=durable)

    def _tell(self, now: int) -> None:
        """Writes the status if it changed, not more often than anybody looks at it."""
        if self._told_ns is not None and now - self._told_ns < TELL_EVERY_MS * MS:
            return
        self._told_ns = now
        with contextlib.suppress(OSError, Fault):  # a full disk or a broken journal: told again later
            told = msgspec.structs.replace(self.status, unsent=self._feed.unsent(self._remembered.acked))
            if told != self._told:
                self._memory.tell(told)
                self._told = told

    def _spread(self, wait_ms: int) -> int:
        return int(wait_ms * (0.5 + self._entropy.uniform()))


def _mark_of(position: Position) -> Mark:
    return Mark(epoch=position.epoch, seq=position.seq, hash=position.hash)
