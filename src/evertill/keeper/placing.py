"""Where a run of entries belongs among the histories that are held: the decision, writing nothing.

All comparing is by hash, and a hash stands for everything before it: if the entry at one seq is equal,
so are all below. A run therefore *connects* to a history that holds the entry it goes on from, and
*agrees* with it up to some entry. Where the history ends there, the run goes on with it; where the
history goes on differently, two machines wrote under one identity.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from evertill.keeper.chain import Run
from evertill.keeper.facts import FactTransaction, History
from evertill.wire.answer import Mark


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """The run's first `agreed` entries are held in `history` already; the others go behind its head,
    or, if `leaves` is true, into a new branch that leaves it there."""

    history: History
    agreed: int
    leaves: bool


def find_place(tx: FactTransaction, histories: Sequence[History], run: Run) -> Place | None:
    """The history that agrees longest with the run, the lowest branch among equals; None if none connects."""
    best: Place | None = None
    for history in histories:
        if _hash_before(tx, histories, history, run.first_seq) != run.prev:
            continue
        agreed = _agreed(tx, histories, history, run)
        if best is None or agreed > best.agreed:
            goes_on = agreed < len(run.facts)
            leaves = goes_on and run.first_seq + agreed <= history.seq
            best = Place(history=history, agreed=agreed, leaves=leaves)
        elif agreed == best.agreed and best.leaves and run.first_seq + agreed > history.seq:
            best = Place(history=history, agreed=agreed, leaves=False)
    return best


def holder(tx: FactTransaction, histories: Sequence[History], mark: Mark) -> History | None:
    """The history that holds this very entry, the lowest branch first."""
    for history in histories:
        if mark.seq <= history.seq and hash_at(tx, histories, history, mark.seq) == mark.hash:
            return history
    return None


def hash_at(tx: FactTransaction, histories: Sequence[History], history: History, seq: int) -> str | None:
    """The hash of an entry of a history; what stands before its own first entry is its bases'."""
    while seq < history.first_seq and history.branch > 0:
        history = histories[history.base]
    return tx.hash_at(history, seq) if 1 <= seq <= history.seq else None


def _hash_before(tx: FactTransaction, histories: Sequence[History], history: History, seq: int) -> str | None:
    """The hash that the entry `seq` of this history has, or must have, as its link."""
    if seq > 1:
        return hash_at(tx, histories, history, seq - 1)
    parent = histories[0].parent
    return parent.hash if parent else "0" * 64


def _agreed(tx: FactTransaction, histories: Sequence[History], history: History, run: Run) -> int:
    """How many of the run's first entries the history holds: found by halving, as equal hashes reach down."""
    low, high = 0, min(len(run.facts), history.seq - run.first_seq + 1)
    while low < high:
        middle = (low + high + 1) // 2
        if hash_at(tx, histories, history, run.first_seq + middle - 1) == run.facts[middle - 1].hash:
            low = middle
        else:
            high = middle - 1
    return max(low, 0)
