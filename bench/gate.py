"""What a sale notices of the server behind it: nothing, whatever state that is in.

Four registers, each with an uplink of its own: to a gate that is well, to one that was frozen, to one
that answers after five seconds, and to an address where nobody answers. They sell in turn.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench import shops
from bench.figure import Bench, Compared, Figure
from bench.process import Process, lane, port_of
from bench.till import Till
from evertill.host.ports import free_port

STATES = ("healthy", "frozen", "slow", "absent")
ROUNDS = 16
SCANS = 200
SALES = 80
SETTLE_S = 0.4  # between two turns: the healthy uplink has sent what there was


@dataclass
class Measured:
    """One register's samples, round by round."""

    till: Till
    scans: list[list[int]]
    sales: list[list[int]]


def gate(bench: Bench) -> Iterator[Figure]:
    """100,000 products; figures are each state beside the healthy one."""
    original = shops.shop(100_000, 0, bench.say)
    with ExitStack() as running:
        shop = {state: _open(running, state, shops.copy(original, bench.folder / state)) for state in STATES}
        for number in range(ROUNDS + 1):
            bench.say(f"round {number} of {ROUNDS}")
            turn = number % len(STATES)
            for state in (*STATES[turn:], *STATES[:turn]):
                time.sleep(SETTLE_S)
                one = shop[state]
                scans, sales = one.till.scans(SCANS), one.till.completions(SALES)
                if number:  # the first time round does not count
                    one.scans.append(scans)
                    one.sales.append(sales)
    healthy = shop["healthy"]
    for state in STATES[1:]:
        one = shop[state]
        for name, found in (
            ("scan", Compared(one.scans, healthy.scans)),
            ("completion", Compared(one.sales, healthy.sales)),
        ):
            for share, label in ((0.5, "p50"), (0.99, "p99")):
                yield Figure(
                    name=f"gate_{state}_{name}_{label}_ratio",
                    value=found.ratio(share),
                    unit="x a healthy gate",
                    goal=1.1,
                    note=found.note(share),
                )


def _open(running: ExitStack, state: str, home: Path) -> Measured:
    """A register in `home` whose gate is in that state, ready to sell."""
    address = f"http://127.0.0.1:{free_port()}"
    if state != "absent":
        server = running.enter_context(Process("evertill.cli.gate", "--home", str(home), "--port", "0"))
        address = server.told["gate"]
    if state == "slow":
        relay = running.enter_context(Process("bench.slow_gate", str(port_of(server))))
        address = relay.told["gate"]
    register = running.enter_context(lane(home))
    running.enter_context(Process("evertill.cli.uplink", "--home", str(home), "--gate", address))
    if state == "frozen":
        server.freeze()
    return Measured(Till(port_of(register), shops.codes_of(home)), [], [])
