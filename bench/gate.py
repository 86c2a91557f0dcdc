"""What a sale notices of the server behind it: nothing, whatever state that is in.

Four registers, each with an uplink of its own: to a gate that is well, to one that was frozen, to one
that answers after five seconds, and to an address where nobody answers. They sell in turn, basket by basket.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from bench import shops
from bench.figure import Bench, Compared, Figure
from bench.process import Process, lane, port_of
from bench.till import Till, in_turn
from evertill.host.ports import free_port

STATES = ("healthy", "frozen", "slow", "absent")
ROUNDS = 11
BASKETS = 20
SALES = 60


def gate(bench: Bench) -> Iterator[Figure]:
    """100,000 products; figures are each state beside the healthy one."""
    original = shops.shop(100_000, 0, bench.say)
    with ExitStack() as running:
        tills = [_open(running, state, shops.copy(original, bench.folder / state)) for state in STATES]
        in_turn(tills, baskets=BASKETS, sales=SALES)  # once round the shop before anything counts
        rounds = []
        for number in range(1, ROUNDS + 1):
            rounds.append(in_turn(tills, baskets=BASKETS, sales=SALES))
            bench.say(f"round {number} of {ROUNDS}")
    for place, state in enumerate(STATES[1:], start=1):
        for at, name in enumerate(("scan", "completion")):
            found = Compared([each[place][at] for each in rounds], [each[0][at] for each in rounds])
            for share, label in ((0.5, "p50"), (0.99, "p99")):
                yield Figure(
                    name=f"gate_{state}_{name}_{label}_ratio",
                    value=found.ratio(share),
                    unit="x a healthy gate",
                    goal=1.1,
                    note=found.note(share),
                )


def _open(running: ExitStack, state: str, home: Path) -> Till:
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
    return Till(port_of(register), shops.codes_of(home))
