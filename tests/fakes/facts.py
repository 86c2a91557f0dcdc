"""A fact store in memory. It keeps the contract of the real one and can refuse a commit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from copy import deepcopy

import msgspec

from evertill.core.fault import Fault
from evertill.keeper.facts import Fact, History, LaneRow, Note

Key = tuple[str, str, str, int]


class MemoryFacts:
    """Facts of any stores. `commits_refused` counts down: so many commits fail, undone."""

    def __init__(self) -> None:
        self.lanes: dict[tuple[str, str], LaneRow] = {}
        self.held: dict[Key, History] = {}
        self.entries: dict[Key, dict[int, Fact]] = {}
        self.booked: list[tuple[Key, int]] = []
        self.notes: list[Note] = []
        self.commits_refused = 0

    def enrol(self, store: str, lane: str, public_key: bytes) -> None:
        """The lane may send."""
        self.lanes[store, lane] = LaneRow(store=store, lane=lane, public_key=public_key)

    def revoke(self, store: str, lane: str, reason: str) -> None:
        """The lane may not send any more."""
        self.lanes[store, lane] = msgspec.structs.replace(self.lanes[store, lane], revoked=reason)

    def transaction(self) -> AbstractContextManager[MemoryTransaction]:
        """All or nothing."""
        return self._transaction()

    @contextmanager
    def _transaction(self) -> Iterator[MemoryTransaction]:
        before = deepcopy((self.held, self.entries, self.booked, self.notes))
        try:
            yield MemoryTransaction(self)
            if self.commits_refused:
                self.commits_refused -= 1
                raise Fault("facts_failed", "The server cannot write to its disk.", retry=True)
        except BaseException:
            self.held, self.entries, self.booked, self.notes = before
            raise


class MemoryTransaction:
    """Keeps the promises of `keeper.facts.FactTransaction`."""

    def __init__(self, facts: MemoryFacts) -> None:
        self._facts = facts

    def lane(self, store: str, lane: str) -> LaneRow | None:
        return self._facts.lanes.get((store, lane))

    def histories(self, store: str, lane: str, epoch: str) -> list[History]:
        found = [h for key, h in self._facts.held.items() if key[:3] == (store, lane, epoch)]
        return sorted(found, key=lambda history: history.branch)

    def newest(self, store: str, lane: str) -> History | None:
        found = [h for h in self._of(store, lane) if h.branch == 0 and not h.quarantined]
        return found[-1] if found else None

    def quarantined(self, store: str, lane: str) -> list[History]:
        return [history for history in self._of(store, lane) if history.quarantined]

    def hash_at(self, history: History, seq: int) -> str | None:
        fact = self._facts.entries.get(_key(history), {}).get(seq)
        return fact.hash if fact else None

    def put_history(self, history: History) -> None:
        self._facts.held[_key(history)] = history

    def append(self, history: History, facts: Sequence[Fact]) -> None:
        own = self._facts.entries.setdefault(_key(history), {})
        for fact in facts:
            assert fact.seq not in own, "an entry is kept once"
            own[fact.seq] = fact
            if not history.quarantined and not fact.flag:
                self._facts.booked.append((_key(history), fact.seq))

    def release(self, history: History) -> None:
        self.put_history(msgspec.structs.replace(history, quarantined=""))
        for seq, fact in self._facts.entries[_key(history)].items():
            if not fact.flag:
                self._facts.booked.append((_key(history), seq))

    def note(self, note: Note) -> None:
        self._facts.notes.append(note)

    def _of(self, store: str, lane: str) -> list[History]:
        return [history for key, history in self._facts.held.items() if key[:2] == (store, lane)]


def _key(history: History) -> Key:
    return history.store, history.lane, history.epoch, history.branch
