"""What to do with the journal that was found: the decision, without touching anything.

In: what the witness says, what the files hold, what others know. Out: carry on (perhaps cutting a torn
tail) or open a new epoch, with the reason in words. The rules, first that fits:

    nothing here, nobody knows anything      a first epoch
    nothing here, but somebody knows a head  a child of that head: this disk was swapped or emptied
    the medium had refused a sync            a child of the last confirmed head
    entries, but no witness                  a child of the last good entry: a copy, or a lost witness
    ends before a head that somebody knows   a child of that head: cut short, or an old image
    another entry where somebody knows one   a child of that head: somebody else's history
    wrong line, whole lines behind it        damage: a child of the last good entry
    wrong whole line that was to be synced   damage: it may be a paid sale, so it is kept
    anything else                            carry on; what is torn behind the last good line is cut

Carrying on where identity is in doubt would give one number to two entries, and no later repair can
tell them apart. Opening an epoch too many costs a directory.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from evertill.journal.line import Head
from evertill.journal.scan import Scanned
from evertill.journal.witness import Record


class Found(StrEnum):
    """What an opening found; also the reason that a new epoch's first entry gives."""

    FIRST = "first"
    CLEAN = "clean"
    TORN_TAIL = "torn_tail"
    EMPTY_BUT_KNOWN = "empty_but_known"
    MEDIUM_FAILED = "medium_failed"
    WITNESS_MISSING = "witness_missing"
    BEHIND = "behind"
    OTHER_HISTORY = "other_history"
    DAMAGE = "damage"


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """All that an opening knows before it decides.

    `epoch` is the one in force, or None if none is here. `known` are heads that others know of this
    lane, newest first: the witness's confirmed one, the lane's checkpoint, the keeper's, a neighbour's.
    Heads of epochs that `epoch` descends from are left out: they are settled by its parent.
    `differing` is the first of those in `epoch` that the files contradict.
    """

    record: Record | None
    epoch: str | None
    scanned: Scanned | None
    known: Sequence[Head]
    differing: Head | None


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """Carry on (`new_epoch` false; cut the torn tail if `cut`) or open an epoch below `parent`."""

    found: Found
    new_epoch: bool
    words: str
    parent: Head | None = None
    cut: bool = False
    in_doubt: tuple[int, int] | None = None  # seqs that were being synced when the power went


def decide(evidence: Evidence) -> Verdict:
    """What to do, and why, in words for a person."""
    best = evidence.known[0] if evidence.known else None
    scanned = evidence.scanned
    if evidence.epoch is None:
        return _nothing_here(best)
    if scanned is None or scanned.last is None:
        return _child(
            Found.DAMAGE, best, f"The journal's epoch {evidence.epoch} has no readable first entry."
        )
    last = scanned.last.head
    record = evidence.record
    if record is None:
        return _child(
            Found.WITNESS_MISSING,
            best if best and _is_ahead(best, last) else last,
            "The journal's witness is missing, so this may be a copy of another register's journal.",
        )
    if record.failed:
        return _child(
            Found.MEDIUM_FAILED,
            best,
            "The medium refused to keep an entry before; what it says now is not trusted.",
        )
    ahead = next((head for head in evidence.known if _is_ahead(head, last)), None)
    if ahead is not None and not _damaged_within(scanned, ahead):
        return _child(
            Found.BEHIND,
            ahead,
            f"The journal ends at entry {last.seq}, but entry {ahead.seq} is known to have been kept: "
            "it was cut short or comes from an old copy.",
        )
    if evidence.differing is not None:
        return _child(
            Found.OTHER_HISTORY,
            evidence.differing,
            f"Entry {evidence.differing.seq} of the journal is not the one that is known elsewhere.",
        )
    return _with_tail(scanned, last, record)


def _nothing_here(best: Head | None) -> Verdict:
    if best is None:
        return Verdict(found=Found.FIRST, new_epoch=True, words="A new journal was begun.")
    return _child(
        Found.EMPTY_BUT_KNOWN,
        best,
        f"The journal's entries are not here, but entry {best.seq} is known to have been kept: "
        "the disk was swapped, emptied or restored.",
    )


def _with_tail(scanned: Scanned, last: Head, record: Record) -> Verdict:
    """The journal holds all that is known; what about the bytes behind its last good line?"""
    bad = scanned.bad
    intended = record.intended
    unsynced_from = intended.seq if intended and intended.epoch == last.epoch else 0
    if bad is None:
        doubt = (last.seq + 1, unsynced_from) if last.seq < unsynced_from else None
        words = "The journal is whole."
        if doubt:
            words = f"The power went while {_entries(doubt)} being kept; nothing was paid with them."
        return Verdict(found=Found.CLEAN, new_epoch=False, words=words, in_doubt=doubt)
    if bad.whole_behind or bad.later_files or (bad.ended and last.seq < unsynced_from):
        return _child(
            Found.DAMAGE,
            last,
            f"The journal is damaged: {bad.segment} is wrong from byte {bad.offset}, with "
            f"{bad.whole_behind} whole entries behind it. Nothing was changed in it; repair it from a copy.",
        )
    doubt = (last.seq + 1, unsynced_from) if last.seq < unsynced_from else None
    return Verdict(
        found=Found.TORN_TAIL,
        new_epoch=False,
        words=f"The power went while an entry was being written; {bad.length} bytes of it were cut off.",
        cut=True,
        in_doubt=doubt,
    )


def _damaged_within(scanned: Scanned, ahead: Head) -> bool:
    """Whether the files do reach as far as `ahead`, only with a wrong line on the way."""
    if scanned.bad is None or scanned.last is None:
        return False
    reached = scanned.last.seq + scanned.bad.whole_behind + 1
    return (scanned.bad.whole_behind > 0 or scanned.bad.later_files) and reached >= ahead.seq


def _is_ahead(head: Head, last: Head) -> bool:
    return head.epoch != last.epoch or head.seq > last.seq


def _child(found: Found, parent: Head | None, words: str) -> Verdict:
    return Verdict(
        found=found, new_epoch=True, parent=parent, words=words + " Selling goes on in a new epoch."
    )


def _entries(seqs: tuple[int, int]) -> str:
    first, last = seqs
    return f"entry {first} was" if first == last else f"entries {first} to {last} were"
