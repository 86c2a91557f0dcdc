"""Figures say what their samples say, also where a machine was busy."""

from __future__ import annotations

import msgspec
import pytest

from bench.figure import Compared, Figure, quantile


def test_the_median_and_the_last_hundredth_of_a_hundred_waits() -> None:
    waits = list(range(100, 0, -1))
    assert quantile(waits, 0.5) == 50
    assert quantile(waits, 0.99) == 99
    assert quantile([7], 0.99) == 7


def test_a_round_in_which_the_whole_machine_was_slow_moves_no_ratio() -> None:
    quiet, busy = [10, 20, 30], [100, 200, 300]
    found = Compared(ours=[quiet, busy, quiet], bare=[[5, 10, 15], [50, 100, 150], [5, 10, 15]])
    assert found.ratio(0.5) == 2.0
    assert found.ratios(0.5) == [2.0, 2.0, 2.0]


def test_the_slowest_waits_are_looked_for_in_all_rounds_together() -> None:
    ours = [[10] * 99 + [500], [10] * 100]
    assert Compared(ours=ours, bare=[[10] * 100, [10] * 100]).ratio(0.99) == 1.0
    assert Compared(ours=[[10] * 97 + [500] * 3] * 2, bare=[[10] * 100] * 2).ratio(0.99) == 50.0


@pytest.mark.parametrize(("value", "exactly", "met"), [(1, True, True), (0, True, False), (0, False, True)])
def test_a_goal_is_stayed_below_or_hit(value: float, exactly: bool, met: bool) -> None:
    figure = Figure(name="syncs", value=value, unit="syncs", goal=1, exactly=exactly, note="30 sales")
    assert figure.met is met
    row = msgspec.json.decode(figure.line())
    assert row == {"name": "syncs", "value": value, "unit": "syncs", "goal": 1, "met": met}
