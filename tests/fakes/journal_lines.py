"""Lanes that write journal lines without a journal: chains, children, clones, and signed batches of them."""

from __future__ import annotations

import hashlib

import msgspec

from evertill.journal.line import (
    OPENED,
    ZEROS,
    EpochOpened,
    Head,
    chain_hash,
    encode_body,
    encode_line,
    leading_members,
)
from evertill.wire.batch import Batch, BatchLimits, Sender, cut_lines, entries_path, request_bytes
from evertill.wire.signature import SigningKey

AT = "2026-11-22T09:00:00.000Z"
DAY = "2026-11-22"
VOIDED = b'{"sale":"%d","staff":"ann","total_minor":%d,"currency":"EUR","lines":1}'


class Chain:
    """One epoch of a lane: `lines[n]` is the line with seq n + 1."""

    def __init__(
        self,
        name: str,
        *,
        parent: Head | None = None,
        store: str = "S1",
        lane: str = "L1",
        opened: bool = True,
    ) -> None:
        self.store, self.lane = store, lane
        self.epoch = hashlib.sha256(name.encode()).hexdigest()[:32]
        self.lines: list[bytes] = []
        self.hashes: list[str] = []
        self._prev = parent.hash if parent else ZEROS
        if opened:
            self.add(OPENED, msgspec.json.encode(EpochOpened(parent=parent, reason="first")))

    def add(self, kind: str, data: bytes, *, day: str = DAY) -> Chain:
        """One more entry."""
        seq = len(self.lines) + 1
        leading = leading_members(self.store, self.lane, self.epoch)
        return self.add_body(encode_body(leading, seq, kind=kind, data=data, at=AT, day=day))

    def add_body(self, body: bytes) -> Chain:
        """One more entry with this very body."""
        own = chain_hash(self._prev, body)
        self.lines.append(encode_line(self._prev, own, body))
        self.hashes.append(own)
        self._prev = own
        return self

    def sell(self, count: int, *, amount_minor: int = 100) -> Chain:
        """So many entries that count: each a sale given up, the shortest that reports know."""
        for _ in range(count):
            self.add("SaleVoided", VOIDED % (len(self.lines), amount_minor))
        return self

    def clone(self, seq: int) -> Chain:
        """Another machine that went on from entry `seq` under the same identity."""
        other = Chain.__new__(Chain)
        other.store, other.lane, other.epoch = self.store, self.lane, self.epoch
        other.lines, other.hashes = self.lines[:seq], self.hashes[:seq]
        other._prev = self.hashes[seq - 1]
        return other

    def head(self, seq: int | None = None) -> Head:
        """The place of entry `seq`, the last one by default."""
        seq = seq or len(self.lines)
        return Head(epoch=self.epoch, seq=seq, hash=self.hashes[seq - 1])

    def child(self, name: str, *, at: int | None = None) -> Chain:
        """A new epoch that goes on from entry `at`."""
        return Chain(name, parent=self.head(at), store=self.store, lane=self.lane)

    def batch(self, first: int, last: int, key: SigningKey) -> Batch:
        """The entries first to last, signed."""
        return signed_batch(self, b"".join(self.lines[first - 1 : last]), key)


def signed_batch(chain: Chain, body: bytes, key: SigningKey, *, lane: str | None = None) -> Batch:
    """Any body as a batch of this chain's lane."""
    sender = Sender(store=chain.store, lane=lane or chain.lane, epoch=chain.epoch, edition=1)
    path = entries_path(sender.lane)
    return Batch(
        sender=sender,
        method="POST",
        path=path,
        body=body,
        signature=key.sign(request_bytes("POST", path, sender, body)),
        lines=cut_lines(body, BatchLimits()),
    )
