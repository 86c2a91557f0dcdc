"""A scan into a basket of fifty lines, beside an echo of the same bytes."""

from __future__ import annotations

from collections.abc import Iterator

from bench import shops
from bench.figure import Bench, Figure, compare
from bench.process import bare_server, lane, port_of
from bench.till import Echo, Till

ROUNDS = 11
BASKETS = 40
SCANS = 10  # in each basket, which thereby comes to 46, 47, ... 55 lines; it has been seen before


def scan(bench: Bench) -> Iterator[Figure]:
    """100,000 products, nothing sold before."""
    home = shops.copy(shops.shop(100_000, 0, bench.say), bench.folder / "shop")
    with lane(home) as register, bare_server() as bare:
        till, echo = Till(port_of(register), shops.codes_of(home)), Echo(port_of(bare))

        def sample() -> tuple[list[int], list[int]]:
            ours, baseline = [], []
            for _ in range(BASKETS):
                till.fill(44)
                till.fill(1)
                for _ in range(SCANS):
                    body = till.next_scan()
                    ours.append(till.scan(body))
                    baseline.append(echo.post(body))
                till.clear()
            return ours, baseline

        sample()  # once round the shop before anything counts
        found = compare(ROUNDS, sample, bench.say)
    yield Figure(
        name="scan_p50_ratio", value=found.ratio(0.5), unit="x bare echo", goal=2.5, note=found.note(0.5)
    )
    yield Figure(
        name="scan_p99_ratio", value=found.ratio(0.99), unit="x bare echo", goal=3, note=found.note(0.99)
    )
