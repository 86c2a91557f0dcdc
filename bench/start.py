"""From the start of the lane's process to its first answered scan, and what it then holds in memory."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter_ns

from bench import shops
from bench.figure import Bench, Figure
from bench.process import lane, memory_bytes, port_of
from bench.till import Till

ROUNDS = 5
SALES_BEFORE_THE_CUT = 30


def start(bench: Bench) -> Iterator[Figure]:
    """100,000 products and 1,000,000 entries; the lane was killed between two checkpoints, and what it
    left on the disk is not in the machine's memory any more."""
    home = shops.copy(shops.shop(100_000, 1_000_000, bench.say), bench.folder / "shop")
    codes = shops.codes_of(home)
    seconds, megabytes = [], []
    for number in range(1, ROUNDS + 1):
        bench.say(f"start {number} of {ROUNDS}")
        _forget(home)
        register = lane(home)
        till = Till(port_of(register), codes)
        till.scan(till.next_scan())
        seconds.append((perf_counter_ns() - register.started_ns) / 1e9)
        megabytes.append(memory_bytes(register.pid) / 1e6)
        till.clear()
        for _ in range(SALES_BEFORE_THE_CUT):
            till.sale()
        till.close()
        register.kill()
    spread = f"{ROUNDS} starts after a kill, files not cached: {min(seconds):.2f} to {max(seconds):.2f} s"
    yield Figure(
        name="cold_start_to_first_scan", value=round(median(seconds), 2), unit="s", goal=3, note=spread
    )
    yield Figure(
        name="lane_memory_after_start",
        value=round(median(megabytes), 1),
        unit="MB",
        goal=150,
        note=f"resident after the first scan, {min(megabytes):.0f} to {max(megabytes):.0f} MB",
    )


def _forget(home: Path) -> None:
    """Takes the shop's files out of the machine's page cache."""
    for folder, _, names in os.walk(home):
        for name in names:
            descriptor = os.open(Path(folder, name), os.O_RDONLY)
            try:
                os.fsync(descriptor)
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(descriptor)
