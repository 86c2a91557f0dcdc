"""How many syncs a completed sale costs, by the lane's own counters."""

from __future__ import annotations

from collections.abc import Iterator

from bench import shops
from bench.figure import Bench, Figure
from bench.process import lane, port_of
from bench.till import Till

# docs/adr/0002: one for the journal, one for the witness, at the same time.
JOURNAL_SYNCS = 1
WITNESS_SYNCS = 1
SALES = 30  # fewer than a checkpoint's worth of entries: its own sync of the witness is no sale's


def syncs(bench: Bench) -> Iterator[Figure]:
    """Ten lines a sale, paid in cash, one after the other."""
    home = shops.copy(shops.shop(1_000, 0, bench.say), bench.folder / "shop")
    with lane(home) as register:
        till = Till(port_of(register), shops.codes_of(home))
        journal_before, witness_before = till.syncs()
        for _ in range(SALES):
            till.sale()
        journal, witness = till.syncs()
    note = f"{SALES} sales of 10 lines"
    for name, counted, goal in (
        ("journal_syncs_per_sale", journal - journal_before, JOURNAL_SYNCS),
        ("witness_syncs_per_sale", witness - witness_before, WITNESS_SYNCS),
    ):
        yield Figure(name=name, value=counted / SALES, unit="syncs", goal=goal, exactly=True, note=note)
