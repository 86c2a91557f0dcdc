"""A large, old register beside a small, new one: both sell at the same time."""

from __future__ import annotations

from collections.abc import Iterator

from bench import shops
from bench.figure import Bench, Compared, Figure
from bench.process import lane, port_of
from bench.till import Till, in_turn

ROUNDS = 11
BASKETS = 20
SALES = 60


def growth(bench: Bench) -> Iterator[Figure]:
    """100,000 products and 1,000,000 entries, beside 1,000 products and none."""
    large_home = shops.copy(shops.shop(100_000, 1_000_000, bench.say), bench.folder / "large")
    small_home = shops.copy(shops.shop(1_000, 0, bench.say), bench.folder / "small")
    with lane(large_home) as large_lane, lane(small_home) as small_lane:
        large = Till(port_of(large_lane), shops.codes_of(large_home))
        small = Till(port_of(small_lane), shops.codes_of(small_home))
        scans, sales = Compared([], []), Compared([], [])
        in_turn((large, small), baskets=BASKETS, sales=SALES)  # once round the shop before anything counts
        for number in range(1, ROUNDS + 1):
            one, other = in_turn((large, small), baskets=BASKETS, sales=SALES)
            for found, at in ((scans, 0), (sales, 1)):
                found.ours.append(one[at])
                found.bare.append(other[at])
            bench.say(f"round {number} of {ROUNDS}")
    for name, found in (("scan", scans), ("completion", sales)):
        yield Figure(
            name=f"growth_{name}_p50_ratio",
            value=found.ratio(0.5),
            unit="x the small, new register",
            goal=1.2,
            note=found.note(0.5),
        )
        yield Figure(
            name=f"growth_{name}_p99_ratio",
            value=found.ratio(0.99),
            unit="x the small, new register",
            goal=1.2,
            note=found.note(0.99),
        )
