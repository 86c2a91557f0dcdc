"""How fast a replay goes: the gaps between a day's baskets as they were, shortened by a factor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from evertill.ports import Clock


class Pace:
    """Waits before each basket until it is due. Days follow each other without the night between them."""

    def __init__(self, speed: float | None, clock: Clock, wait: Callable[[float], None]) -> None:
        self._speed = speed
        self._clock = clock
        self._wait = wait
        self._day = ""
        self._day_began: datetime | None = None
        self._began_ns = 0

    def wait_for(self, at: str) -> None:
        """Returns when the basket of local time `at` (ISO) is due; at once if late, or without a speed."""
        if self._speed is None:
            return
        moment = datetime.fromisoformat(at)
        if at[:10] != self._day or self._day_began is None:
            self._day, self._day_began, self._began_ns = at[:10], moment, self._clock.monotonic_ns()
            return
        due_s = (moment - self._day_began).total_seconds() / self._speed
        left_s = due_s - (self._clock.monotonic_ns() - self._began_ns) / 1e9
        if left_s > 0:
            self._wait(left_s)
