"""The machine's own clocks."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class HostClock:
    """Keeps the promises of `ports.Clock` with the operating system's clocks."""

    def now(self) -> datetime:
        """The wall clock, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic_ns(self) -> int:
        """Nanoseconds since some moment, never going back."""
        return time.monotonic_ns()

    def pause(self, seconds: float) -> None:
        """Waits. Not part of the port: only programs at the very edge may simply wait."""
        time.sleep(seconds)
