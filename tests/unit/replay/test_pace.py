"""The gaps between the baskets of a day, at any speed."""

from __future__ import annotations

from datetime import timedelta

from evertill.replay.pace import Pace
from tests.fakes.clock import SimulatedClock


def gaps(speed: float | None, *times: str, ringing_s: float = 0) -> list[float]:
    """What was waited before each basket that had to be waited for."""
    clock, waited = SimulatedClock(), []

    def wait(seconds: float) -> None:
        waited.append(round(seconds, 6))
        clock.pass_by(timedelta(seconds=seconds))

    pace = Pace(speed, clock, wait)
    for at in times:
        pace.wait_for(at)
        clock.pass_by(timedelta(seconds=ringing_s))
    return waited


def test_in_real_time_baskets_come_as_they_came() -> None:
    assert gaps(1, "2010-12-01T08:26:00", "2010-12-01T08:28:00", "2010-12-01T08:28:00") == [120]


def test_at_sixty_times_the_speed_a_minute_is_a_second() -> None:
    assert gaps(60, "2010-12-01T08:26:00", "2010-12-01T08:27:00", "2010-12-01T09:27:00") == [1, 60]


def test_the_time_it_takes_to_ring_up_is_part_of_the_gap() -> None:
    at = ("2010-12-01T08:00:00", "2010-12-01T08:01:00", "2010-12-01T08:01:05")
    assert gaps(1, *at, ringing_s=20) == [40]


def test_nobody_waits_through_the_night() -> None:
    assert gaps(1, "2010-12-01T20:00:00", "2010-12-02T07:00:00", "2010-12-02T07:00:09") == [9]


def test_as_fast_as_it_goes_waits_for_nothing() -> None:
    assert gaps(None, "2010-12-01T08:26:00", "2010-12-01T18:28:00") == []
