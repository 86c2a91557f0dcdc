"""Looking at a batch before anything is done with it: every hash, every link, every seq.

A line that was altered makes the whole batch worthless: it is refused, and the lane reads its journal
again. A line that is genuine but makes no sense (a kind of entry that this release does not know, data
that cannot be read) is different: its place in the chain is good, so it is kept, flagged, and does not
block the ones behind it.
"""

from __future__ import annotations

import msgspec

from evertill.core.entry import ENTRY_TYPES
from evertill.core.fault import Fault
from evertill.journal.line import OPENED, ZEROS, EpochOpened, is_whole, leading_members, leading_of, read_body
from evertill.keeper.facts import Fact
from evertill.wire.answer import Mark
from evertill.wire.batch import Batch

UNKNOWN_KIND = "unknown_kind"
UNDECODABLE = "undecodable"

_DECODERS: dict[str, msgspec.json.Decoder[object]] = {
    **{kind: msgspec.json.Decoder(entry_type) for kind, entry_type in ENTRY_TYPES.items()},
    OPENED: msgspec.json.Decoder(EpochOpened),
}
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError, OverflowError)


class ChainFault(Fault):
    """A batch whose lines are not one unbroken run of the sender's epoch."""

    def __init__(self, detail: str) -> None:
        super().__init__(
            "chain_broken",
            "The entries that came do not fit together, so none of them was taken. They are still in the "
            "register's journal; run `evertill journal verify` there.",
            detail=detail,
        )


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """The entries of a batch, proven to be one unbroken run. `prev` is what the first one goes on from."""

    prev: str
    facts: tuple[Fact, ...]

    @property
    def first_seq(self) -> int:
        """The seq of the first entry."""
        return self.facts[0].seq

    @property
    def last_seq(self) -> int:
        """The seq of the last entry."""
        return self.facts[-1].seq


def check_run(batch: Batch) -> Run:
    """The entries of a batch, in order. Raises ChainFault unless all are whole, linked and the sender's."""
    sender = batch.sender
    leading = leading_members(sender.store, sender.lane, sender.epoch)
    facts: list[Fact] = []
    prev, seq = batch.lines[0].text[:64], 0
    for line in batch.lines:
        text = line.text
        if not is_whole(text):
            raise ChainFault(f"line {len(facts) + 1}: its hash is wrong")
        found = leading_of(line.body)
        if found is None or found[0] != leading:
            raise ChainFault(f"line {len(facts) + 1}: not of {sender.store}/{sender.lane}/{sender.epoch}")
        if text[:64] != prev or (facts and found[2] != seq + 1) or found[2] < 1:
            raise ChainFault(f"line {len(facts) + 1}: does not follow the line before")
        prev, seq = text[65:129], found[2]
        facts.append(_read_fact(line.body, seq=seq, own=prev.decode()))
    return Run(prev=batch.lines[0].prev, facts=tuple(facts))


def read_parent(run: Run) -> tuple[bool, Mark | None]:
    """(whether the run's first entry opens an epoch properly, the parent it names).

    Proper: seq 1, kind EpochOpened, and linked to the parent's hash, or to zeros without a parent.
    """
    first = run.facts[0]
    if first.seq != 1 or first.kind != OPENED or first.flag:
        return False, None
    opened = msgspec.json.decode(read_body(first.body).data, type=EpochOpened)
    if opened.parent is None:
        return run.prev == ZEROS, None
    parent = Mark(epoch=opened.parent.epoch, seq=opened.parent.seq, hash=opened.parent.hash)
    return run.prev == parent.hash, parent


def _read_fact(body: bytes, *, seq: int, own: str) -> Fact:
    try:
        envelope = read_body(body)
    except _UNREADABLE:
        return Fact(seq=seq, hash=own, at="", day="", kind="", flag=UNDECODABLE, body=body)
    return Fact(
        seq=seq,
        hash=own,
        at=envelope.at,
        day=envelope.day,
        kind=envelope.kind,
        flag=_flag(envelope.kind, envelope.data),
        body=body,
    )


def _flag(kind: str, data: msgspec.Raw) -> str:
    decoder = _DECODERS.get(kind)
    if decoder is None:
        return UNKNOWN_KIND
    try:
        decoder.decode(data)
    except _UNREADABLE:
        return UNDECODABLE
    return ""
