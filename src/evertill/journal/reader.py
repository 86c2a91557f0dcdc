"""Reading a journal that another process writes: only what is durable is ever handed out.

A line that only the page cache holds may be gone after a power cut, and its number given to another
entry; had it been sent before, the chain would be forked. So readers stop at the head that the
witness has confirmed, however many lines stand behind it. Every line is checked against the one
before as it is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from evertill.core.fault import Fault
from evertill.journal.line import ZEROS, Head, Line, Position
from evertill.journal.lineage import Descent, epoch_path, lineage
from evertill.journal.segment import find_line, line_at, line_from, raw_lines, segments_in
from evertill.journal.witness import durable_position
from evertill.ports import Access, Disk

WITNESS_BESIDE = "witness"  # where a second medium keeps its witness, below the second directory

UNREADABLE = "The register's record cannot be read any further. Keep selling and call your support."
UNKNOWN = "The register's record does not hold the place asked for. Keep selling and call your support."


def places(directory: Path, second_directory: Path | None) -> list[Path]:
    """The journal directories in the order in which they are searched."""
    return [directory, second_directory] if second_directory else [directory]


def witness_places(witness_directory: Path, second_directory: Path | None) -> list[Path]:
    """The witness directories; the newest record in any of them counts."""
    second = [second_directory / WITNESS_BESIDE] if second_directory else []
    return [witness_directory, *second]


def durable_head(
    disk: Disk, witness_directory: Path, second_directory: Path | None = None
) -> Position | None:
    """The last entry known to be durable, or None if there is none. Three small reads."""
    return durable_position(disk, witness_places(witness_directory, second_directory))


def read_after(
    disk: Disk,
    directory: Path,
    after: Position | Head | None,
    *,
    witness_directory: Path,
    second_directory: Path | None = None,
    limit_bytes: int = 1 << 20,
) -> Iterator[Line]:
    """The durable lines behind `after` (None: from the first entry of all), in the order of the chain.

    Stops after the line that reaches `limit_bytes`; at least one line comes if there is one. Crosses
    from an epoch to its child. Nothing comes if `after` is the durable head or beyond it. Raises Fault
    journal_position_unknown if the chain to the durable head does not lead past `after`, and
    journal_unreadable at a line that is wrong or that the disk does not give.
    """
    until = durable_head(disk, witness_directory, second_directory)
    if until is None or (after is not None and after.epoch == until.epoch and after.seq >= until.seq):
        return
    left = limit_bytes
    try:
        for line in walk(disk, places(directory, second_directory), after, until):
            yield line
            left -= line.length
            if left <= 0:
                return
    except OSError as error:
        raise Fault("journal_unreadable", UNREADABLE, retry=True, detail=str(error)) from error


def walk(
    disk: Disk, directories: Sequence[Path], after: Position | Head | None, until: Position
) -> Iterator[Line]:
    """Every line behind `after` up to and including `until`, along the line of parents, each one checked."""
    if after is not None and after.epoch == until.epoch:
        path = epoch_path(disk, directories, until.epoch)
        if path is None:
            raise Fault("journal_position_unknown", UNKNOWN, detail=f"epoch {until.epoch} is not here")
        yield from _epoch_lines(disk, path, after, until.seq, after.hash)
        return
    line = lineage(disk, directories, until.epoch)
    if not line:
        raise Fault("journal_unreadable", UNREADABLE, detail=f"epoch {until.epoch} has no first entry")
    for index, step in enumerate(_from(line, after)):
        last_seq = _last_seq(line, step, until)
        begin = after if index == 0 and after is not None and after.epoch == step.epoch else None
        prev = begin.hash if begin else (step.parent.hash if step.parent else ZEROS)
        yield from _epoch_lines(disk, step.path, begin, last_seq, prev)


def _from(line: list[Descent], after: Position | Head | None) -> list[Descent]:
    """The part of the line of parents that holds entries behind `after`."""
    if after is None:
        return line
    for index, step in enumerate(line):
        if step.epoch == after.epoch:
            return line[index:]
        if step.parent is not None and step.parent.epoch == after.epoch:
            return line[index:]
    raise Fault("journal_position_unknown", UNKNOWN, detail=f"epoch {after.epoch} is no ancestor")


def _last_seq(line: list[Descent], step: Descent, until: Position) -> int:
    """The last entry of an epoch that counts: what its child found readable, or the durable head."""
    for child in line:
        if child.parent is not None and child.parent.epoch == step.epoch:
            return child.parent.seq if child.kept is None else child.kept
    return until.seq


def _epoch_lines(
    disk: Disk, path: Path, begin: Position | Head | None, last_seq: int, prev: str
) -> Iterator[Line]:
    """Lines of one epoch behind `begin`, up to last_seq; an ancestor may end before it (a lost tail)."""
    seq = begin.seq + 1 if begin else 1
    segment, offset = _where(disk, path, begin)
    for part in segments_in(disk, path):
        if seq > last_seq:
            return
        if part.name < segment:
            continue
        file = disk.open(part.path, Access.READ)
        try:
            for at, raw, ended in raw_lines(file, offset if part.name == segment else 0):
                found = line_from(raw, segment=part.name, offset=at) if ended else None
                if found is None or found.seq != seq or found.prev != prev or found.epoch != path.name:
                    where = f"{path.name}/{part.name} at byte {at}, entry {seq}"
                    raise Fault("journal_unreadable", UNREADABLE, detail=where)
                yield found
                prev, seq = found.hash, seq + 1
                if seq > last_seq:
                    return
        finally:
            file.close()


def _where(disk: Disk, path: Path, begin: Position | Head | None) -> tuple[str, int]:
    """(segment, offset) of the line behind `begin`; the very beginning if there is no `begin`."""
    if begin is None:
        return "", 0
    line = None
    if isinstance(begin, Position):
        line = line_at(disk, path, begin.segment, begin.offset)
    if line is None or line.seq != begin.seq:
        line = find_line(disk, path, begin.seq)
    if line is None:
        files = segments_in(disk, path)
        if files and begin.seq < files[-1].first_seq:
            raise Fault(
                "journal_unreadable", UNREADABLE, detail=f"{path.name} entry {begin.seq} is not whole"
            )
        return "~", 0  # the epoch ends before it: a lost tail, nothing here lies behind
    if line.hash != begin.hash:
        detail = f"{path.name} entry {begin.seq} is another one"
        raise Fault("journal_position_unknown", UNKNOWN, detail=detail)
    return line.segment, line.offset + line.length
