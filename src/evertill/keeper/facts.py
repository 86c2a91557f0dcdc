"""What a keeper writes down and where: the rows, and the promise that a fact store keeps.

A *history* is one unbroken run of entries of one epoch. Its trunk is branch 0; when two machines went
on under one identity, the other run becomes branch 1, 2, ... and begins where it leaves its base.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

import msgspec

from evertill.wire.answer import Mark


class LaneRow(msgspec.Struct, frozen=True, kw_only=True):
    """An enrolled lane. `public_key` is its raw Ed25519 key; `revoked` says why it may no longer send."""

    store: str
    lane: str
    public_key: bytes
    revoked: str = ""


class History(msgspec.Struct, frozen=True, kw_only=True):
    """One run of entries of an epoch, held up to and including `seq`.

    `first_seq` is the first entry of its own; what stands before belongs to the branch `base`.
    `parent` is what the epoch says it goes on from. `quarantined` is why it is not in the books, or empty.
    """

    store: str
    lane: str
    epoch: str
    branch: int
    base: int
    first_seq: int
    parent: Mark | None
    seq: int
    hash: str
    quarantined: str = ""

    @property
    def mark(self) -> Mark:
        """Its last entry."""
        return Mark(epoch=self.epoch, seq=self.seq, hash=self.hash)


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """One entry as it is kept: `body` byte for byte, the other fields read from it.

    `flag` is why it is set aside (it then counts for nothing but is kept and shown), or empty.
    """

    seq: int
    hash: str
    at: str
    day: str
    kind: str
    flag: str
    body: bytes


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a person should know about a lane: a fork, a restore, a quarantine, a bad entry.

    `what` is stable snake_case; `first_seq` to `last_seq` is the range it is about.
    """

    store: str
    lane: str
    what: str
    epoch: str
    first_seq: int
    last_seq: int
    detail: str = ""


class FactTransaction(Protocol):
    """One transaction on the facts of any stores. Everything in it happens, or nothing."""

    def lane(self, store: str, lane: str) -> LaneRow | None:
        """The enrolled lane of this name."""

    def histories(self, store: str, lane: str, epoch: str) -> list[History]:
        """All histories of an epoch, by branch; empty for an unknown epoch."""

    def newest(self, store: str, lane: str) -> History | None:
        """The trunk that was opened last and is in the books."""

    def quarantined(self, store: str, lane: str) -> list[History]:
        """The lane's histories that are held aside, in the order in which they came."""

    def hash_at(self, history: History, seq: int) -> str | None:
        """The hash of one of the history's own entries."""

    def put_history(self, history: History) -> None:
        """Writes the history's row, new or changed."""

    def append(self, history: History, facts: Sequence[Fact]) -> None:
        """Adds entries of this history; they count in the books unless it is quarantined."""

    def release(self, history: History) -> None:
        """The history's row is no longer quarantined and all its entries count in the books."""

    def note(self, note: Note) -> None:
        """Writes down what a person should know."""


class FactStore(Protocol):
    """Where facts are kept."""

    def transaction(self) -> AbstractContextManager[FactTransaction]:
        """A transaction, durable once the block was left without an exception, undone otherwise."""
