"""Waits between tries: capped first, jittered after, forgotten only after a healthy period."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from evertill.uplink.pacing import MS, Backoff, Pace
from tests.fakes.entropy import SeededEntropy

PACE = Pace(first_wait_ms=100, wait_max_ms=1_000, healthy_ms=30_000, lost_spread_ms=500)


def backoff(seed: int = 1) -> Backoff:
    return Backoff(PACE, SeededEntropy(seed))


def test_waits_double_up_to_the_cap() -> None:
    pacing = backoff()
    waits = [pacing.failed() for _ in range(8)]
    for wait, capped in zip(waits, (100, 200, 400, 800, 1000, 1000, 1000, 1000), strict=True):
        assert capped <= wait <= 2 * capped


def test_a_thousand_lanes_at_the_cap_are_spread_over_the_whole_cap() -> None:
    waits = []
    for seed in range(1_000):
        pacing = backoff(seed)
        waits.append([pacing.failed() for _ in range(8)][-1])
    tenths = [sum(1 for wait in waits if 1_000 + 100 * n <= wait < 1_100 + 100 * n) for n in range(10)]
    assert min(tenths) > 60 and max(tenths) < 140


def test_one_good_answer_does_not_make_the_waits_short_again() -> None:
    pacing = backoff()
    for _ in range(6):
        pacing.failed()
    pacing.succeeded(0)
    pacing.succeeded(29_000 * MS)
    assert pacing.failed() >= 1_000


def test_a_healthy_period_makes_the_waits_short_again() -> None:
    pacing = backoff()
    for _ in range(6):
        pacing.failed()
    pacing.succeeded(0)
    pacing.succeeded(30_000 * MS)
    assert pacing.failed() <= 200


def test_a_lost_connection_adds_a_random_while() -> None:
    waits = {backoff(seed).failed(was_connected=True) for seed in range(200)}
    assert max(waits) > 450 and min(waits) < 200 and len(waits) > 100


def test_without_budget_a_retry_waits_as_long_as_the_cap() -> None:
    pacing = backoff()
    for _ in range(20):
        pacing.failed()
        pacing.succeeded(0)
        pacing.succeeded(30_000 * MS)
    assert pacing.failed() >= 1_000, "one retry for ten good answers, no more"


@given(st.integers(0, 60_000), st.integers(0, 40), st.integers(0, 2**16))
def test_what_the_server_asks_for_is_always_kept(at_least_ms: int, failures: int, seed: int) -> None:
    pacing = backoff(seed)
    for _ in range(failures):
        pacing.failed()
    assert pacing.failed(at_least_ms=at_least_ms) >= at_least_ms
