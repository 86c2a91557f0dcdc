"""A way to a server in memory, with everything that can go wrong on a way, one fault a request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

from evertill.ports import LinkFailed, LinkReply, LinkRequest
from tests.fakes.clock import SimulatedClock

Answering = Callable[[LinkRequest], LinkReply]

FAULTS = (
    "ok",
    "absent",
    "request_lost",
    "reply_lost",
    "reply_garbled",
    "silent",
    "slow",
    "doubled",
    "replayed",
)


class SimulatedExchange:
    """One request on its way: comes back at `due_ns`, or never."""

    def __init__(self, clock: SimulatedClock, outcome: LinkReply | LinkFailed | None, due_ns: int) -> None:
        self._clock = clock
        self._outcome = outcome
        self.due_ns = due_ns
        self.abandoned = False

    def poll(self) -> LinkReply | None:
        if self._outcome is None or self._clock.monotonic_ns() < self.due_ns:
            return None
        if isinstance(self._outcome, LinkFailed):
            raise self._outcome
        return self._outcome

    def abandon(self) -> None:
        self.abandoned = True


class SimulatedLink:
    """Keeps the promises of `ports.Link`. `faults` names what befalls each request; then all is well."""

    def __init__(
        self, clock: SimulatedClock, answering: Answering, faults: Iterator[str] | None = None
    ) -> None:
        self._clock = clock
        self._answering = answering
        self.faults = faults or iter(())
        self.requests: list[LinkRequest] = []
        self.began_ns: list[int] = []
        self._current: SimulatedExchange | None = None
        self._last_reply: LinkReply | None = None

    def begin(self, request: LinkRequest) -> SimulatedExchange:
        assert self._current is None or self._current.abandoned or self._is_over(), "one request at a time"
        self.requests.append(request)
        self.began_ns.append(self._clock.monotonic_ns())
        outcome, delay_ms = self._befall(next(self.faults, "ok"), request)
        due = self._clock.monotonic_ns() + delay_ms * 1_000_000
        self._current = SimulatedExchange(self._clock, outcome, due)
        return self._current

    def wait(self, wait_ms: int) -> None:
        now = self._clock.monotonic_ns()
        left_ms = max(1, wait_ms)
        if self._current is not None and not self._current.abandoned and self._current.due_ns > now:
            left_ms = min(left_ms, -(-(self._current.due_ns - now) // 1_000_000))
        self._clock.pass_by(timedelta(milliseconds=left_ms))

    def close(self) -> None:
        self._current = None

    def _is_over(self) -> bool:
        return self._current is not None and self._clock.monotonic_ns() >= self._current.due_ns

    def _befall(self, fault: str, request: LinkRequest) -> tuple[LinkReply | LinkFailed | None, int]:
        if fault == "absent":
            return LinkFailed("refused", was_connected=False), 1
        if fault == "request_lost":
            return LinkFailed("reset", was_connected=True), 3
        if fault == "replayed" and self._last_reply is not None:
            return self._last_reply, 3
        if fault == "doubled":
            self._answering(request)
        reply = self._answering(request)
        self._last_reply = reply
        if len(reply.body) > request.reply_bytes_max:
            return LinkFailed("the reply is too long", was_connected=True), 3
        if fault == "reply_lost":
            return LinkFailed("reset", was_connected=True), 5
        if fault == "silent":
            return None, 1 << 40
        if fault == "reply_garbled":
            return replace(reply, body=reply.body[:-9] + b'"!"' + reply.body[-6:]), 3
        return reply, 5_000 if fault == "slow" else 2
