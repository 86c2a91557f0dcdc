"""When to try again. The one retry layer of the way up.

A thousand lanes that lost one server must not come back together. So a wait grows by doubling, is
capped first and jittered after, by as much again as the capped wait: at the cap the spread is the whole
cap. (Jitter before the cap makes all waits equal once it is reached; a reset at each contact lets a
server that falls over under load be hit again at once. Both have happened to others.) Failures are
forgotten only after a healthy period. When a standing connection breaks, everybody notices in the same
instant; they then wait an extra random while.
"""

from __future__ import annotations

import msgspec

from evertill.ports import Entropy

MS = 1_000_000  # nanoseconds


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How the way up is paced, in milliseconds. `budget` is how many retries may be saved up; each good
    answer earns a tenth of one, and without any left a retry waits as long as the cap."""

    first_wait_ms: int = 250
    wait_max_ms: int = 10_000
    healthy_ms: int = 30_000
    lost_spread_ms: int = 1_000
    deadline_ms: int = 15_000
    check_every_ms: int = 5_000
    idle_ms: int = 50
    budget: float = 10.0


class Backoff:
    """Says how long to wait after each failure."""

    def __init__(self, pace: Pace, entropy: Entropy) -> None:
        self._pace = pace
        self._entropy = entropy
        self.failures = 0
        self._healthy_since_ns: int | None = None
        self._budget = pace.budget

    def succeeded(self, now_ns: int) -> None:
        """An answer came. Earlier failures are forgotten once nothing failed for the healthy period."""
        self._budget = min(self._pace.budget, self._budget + 0.1)
        if self._healthy_since_ns is None:
            self._healthy_since_ns = now_ns
        elif now_ns - self._healthy_since_ns >= self._pace.healthy_ms * MS:
            self.failures = 0

    def failed(self, *, was_connected: bool = False, at_least_ms: int = 0) -> int:
        """Something failed: how many milliseconds to wait before the next try.

        `was_connected` adds the extra spread of a lost connection; `at_least_ms` is what the server asked
        for, and the jitter goes on top of it.
        """
        self._healthy_since_ns = None
        pace = self._pace
        capped = min(pace.wait_max_ms, pace.first_wait_ms << min(self.failures, 30))
        self.failures += 1
        if self._budget < 1:
            capped = pace.wait_max_ms
        else:
            self._budget -= 1
        wait = max(capped, at_least_ms) + self._entropy.uniform() * capped
        if was_connected:
            wait += self._entropy.uniform() * pace.lost_spread_ms
        return int(wait)
