"""Gathering what an opening must know: sync first, then read.

A process that was killed leaves lines that only the page cache holds. They are made durable before a
single one is believed, because whatever is believed may be sent, and what was sent must never go away.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from evertill.core.fault import Fault
from evertill.journal.line import ZEROS, Head, Position, leading_members, leading_of
from evertill.journal.lineage import epoch_path, lineage, newest_leaf
from evertill.journal.opening import Evidence
from evertill.journal.scan import Scanned, scan
from evertill.journal.segment import find_line, line_at, read_first, segments_in
from evertill.journal.witness import Record
from evertill.ports import Access, Disk

ANOTHER = "This folder belongs to another register. Start the register with its own folder."


def gather(
    disk: Disk,
    directories: Sequence[Path],
    record: Record | None,
    *,
    store: str,
    lane: str,
    checkpoint: Position | None,
    known_heads: Sequence[Head],
) -> Evidence:
    """All that `decide` needs. On return everything it speaks of is durable. Raises OSError and Fault."""
    epoch = epoch_in_force(disk, directories, record)
    known = [*known_heads]
    known += [checkpoint.head] if checkpoint else []
    known += [record.confirmed.head] if record and record.confirmed else []
    if epoch is None:
        return Evidence(
            record=record, epoch=None, scanned=None, known=_newest_first(known, None), differing=None
        )
    path = epoch_path(disk, directories, epoch)
    assert path is not None, "the epoch in force has a directory"
    _sync_epoch(disk, path, record)
    scanned = _scan_epoch(disk, path, store=store, lane=lane, checkpoint=checkpoint)
    ancestors = {step.epoch for step in lineage(disk, directories, epoch)} - {epoch}
    known = [head for head in known if head.epoch not in ancestors]
    differing = None
    if scanned is not None and scanned.last is not None:
        differing = _first_differing(disk, path, known, scanned.last)
    return Evidence(
        record=record, epoch=epoch, scanned=scanned, known=_newest_first(known, epoch), differing=differing
    )


def epoch_in_force(disk: Disk, directories: Sequence[Path], record: Record | None) -> str | None:
    """The epoch that was being written: the one just being opened if its first entry is there, else the
    confirmed one if it is here. Without a witness, the newest that is here. None: not here."""
    if record is None:
        return newest_leaf(disk, directories)
    for position in (record.intended, record.confirmed):
        path = epoch_path(disk, directories, position.epoch) if position else None
        if position is None or path is None:
            continue
        confirmed_here = record.confirmed is not None and record.confirmed.epoch == position.epoch
        if confirmed_here or read_first(disk, path) is not None:
            return position.epoch
    return None


def _sync_epoch(disk: Disk, path: Path, record: Record | None) -> None:
    """Makes durable whatever a killed process may have left in the page cache of this epoch."""
    confirmed = record.confirmed if record else None
    begin = confirmed.segment if confirmed and confirmed.epoch == path.name else ""
    for segment in segments_in(disk, path):
        if segment.name >= begin:
            file = disk.open(segment.path, Access.WRITE)
            try:
                file.sync()
            finally:
                file.close()
    disk.sync_directory(path)
    disk.sync_directory(path.parent)


def _scan_epoch(
    disk: Disk, path: Path, *, store: str, lane: str, checkpoint: Position | None
) -> Scanned | None:
    first = read_first(disk, path)
    if first is None:
        return None
    line, opened = first
    leading = leading_members(store, lane, path.name)
    found = leading_of(line.body)
    if found is None or found[0] != leading:
        raise Fault("journal_of_another_lane", ANOTHER, detail=f"{path}: not store {store}, lane {lane}")
    after = None
    if checkpoint is not None and checkpoint.epoch == path.name:
        there = line_at(disk, path, checkpoint.segment, checkpoint.offset)
        after = checkpoint if there is not None and there.position == checkpoint else None
    return scan(disk, path, leading=leading, prev=opened.parent.hash if opened.parent else ZEROS, after=after)


def _first_differing(disk: Disk, path: Path, known: Sequence[Head], last: Position) -> Head | None:
    """The first known head of this epoch, at or before its last good entry, that the files contradict."""
    for head in sorted(known, key=lambda head: head.seq):
        if head.epoch != path.name or head.seq > last.seq:
            continue
        if head.seq == last.seq:
            own = last.hash
        else:
            line = find_line(disk, path, head.seq)
            own = line.hash if line else ""
        if own != head.hash:
            return head
    return None


def _newest_first(known: Sequence[Head], epoch: str | None) -> list[Head]:
    """Within an epoch by seq, highest first; epochs as they were named, the one in force last.

    A keeper's word comes before the lane's own: a child of what the keeper holds is always accepted.
    """
    order = list(dict.fromkeys(head.epoch for head in known if head.epoch != epoch))
    order += [epoch] if epoch else []
    return sorted(known, key=lambda head: (order.index(head.epoch), -head.seq))
