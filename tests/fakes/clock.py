"""A clock that stands still until it is moved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

OPENING_TIME = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


class SimulatedClock:
    """Keeps the promises of `ports.Clock`; the wall clock may be set back, the other never goes back."""

    def __init__(self, now: datetime = OPENING_TIME) -> None:
        self._now = now
        self._monotonic_ns = 0

    def now(self) -> datetime:
        """The wall clock."""
        return self._now

    def monotonic_ns(self) -> int:
        """Nanoseconds that only `pass_by` adds to."""
        return self._monotonic_ns

    def pass_by(self, span: timedelta) -> None:
        """Time passes on both clocks."""
        self._now += span
        self._monotonic_ns += int(span.total_seconds() * 1_000_000_000)

    def set_to(self, now: datetime) -> None:
        """Somebody sets the wall clock."""
        self._now = now
