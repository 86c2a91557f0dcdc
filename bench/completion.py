"""The payment of a sale of ten lines, beside an echo and a bare, synced append of the same bytes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping

from bench import shops
from bench.bare_disk import BareFile, JournalEnd
from bench.figure import Bench, Compared, Figure, compare
from bench.process import bare_server, lane, port_of
from bench.slow_disk import SYNC_WAIT_S, preload
from bench.till import Echo, Till

ROUNDS = 11
SALES = 150
SLOW_ROUNDS = 5
SLOW_SALES = 30
PAID = b'{"tender":"cash"}'


def completion(bench: Bench) -> Iterator[Figure]:
    """On the disk as it is."""
    found = _compared(bench, ROUNDS, SALES)
    unit = "x (bare echo + bare synced append)"
    yield Figure(name="completion_p50_ratio", value=found.ratio(0.5), unit=unit, goal=3, note=found.note(0.5))
    yield Figure(
        name="completion_p99_ratio", value=found.ratio(0.99), unit=unit, goal=4, note=found.note(0.99)
    )


def slow_disk(bench: Bench) -> Iterator[Figure]:
    """On a disk that takes ten milliseconds for each sync, whoever asks for it."""
    environment = preload(bench.folder)
    found = _compared(
        bench, SLOW_ROUNDS, SLOW_SALES, environment=environment, wait=lambda: time.sleep(SYNC_WAIT_S)
    )
    yield Figure(
        name="completion_slow_disk_p50_ratio",
        value=found.ratio(0.5),
        unit="x (bare echo + one sync of 10 ms)",
        goal=1.3,
        note=found.note(0.5),
    )


def _compared(
    bench: Bench,
    rounds: int,
    sales: int,
    *,
    environment: Mapping[str, str] | None = None,
    wait: Callable[[], None] | None = None,
) -> Compared:
    home = shops.copy(shops.shop(100_000, 0, bench.say), bench.folder / "shop")
    with lane(home, environment) as register, bare_server() as bare:
        till, echo = Till(port_of(register), shops.codes_of(home)), Echo(port_of(bare))
        journal, file = JournalEnd(home), BareFile(home, wait)

        def sample() -> tuple[list[int], list[int]]:
            ours, baseline = [], []
            for _ in range(sales):
                till.fill(10)
                journal.added()
                ours.append(till.pay(PAID))
                baseline.append(echo.post(PAID) + file.append(journal.added()))
            return ours, baseline

        sample()
        found = compare(rounds, sample, bench.say)
        journal.close()
        file.close()
    return found
