"""Which epoch goes on from which: the line of parents from the first epoch to the one in force.

Epochs that are not on that line (opened, but cut short before anything in them was confirmed) are
never handed out and never continued.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from evertill.journal.line import Head
from evertill.journal.segment import epochs_in, read_first, segments_in
from evertill.ports import Disk


class Descent(msgspec.Struct, frozen=True, kw_only=True):
    """One epoch on the line of parents: where it lies and what it goes on from."""

    epoch: str
    path: Path
    parent: Head | None
    kept: int | None = None  # the last entry of the parent's epoch that was readable here


def epoch_path(disk: Disk, directories: Sequence[Path], epoch: str) -> Path | None:
    """Where this epoch's files lie, in the first of these directories that has it."""
    for directory in directories:
        if disk.exists(directory / epoch):
            return directory / epoch
    return None


def lineage(disk: Disk, directories: Sequence[Path], epoch: str) -> list[Descent]:
    """From the oldest ancestor that is here to `epoch` itself; empty if its first entry is not readable."""
    line: list[Descent] = []
    wanted: str | None = epoch
    while wanted is not None and all(step.epoch != wanted for step in line):
        path = epoch_path(disk, directories, wanted)
        first = read_first(disk, path) if path else None
        if path is None or first is None:
            break
        parent = first[1].parent
        line.append(Descent(epoch=wanted, path=path, parent=parent, kept=first[1].kept))
        wanted = parent.epoch if parent else None
    line.reverse()
    return line


def newest_leaf(disk: Disk, directories: Sequence[Path]) -> str | None:
    """The epoch to go on from if no witness names one: the longest line of parents, then the most entries."""

    def rank(epoch: str) -> tuple[int, int, str]:
        path = epoch_path(disk, directories, epoch)
        files = segments_in(disk, path) if path else []
        return len(lineage(disk, directories, epoch)), files[-1].first_seq if files else 0, epoch

    epochs = {epoch for directory in directories for epoch in epochs_in(disk, directory)}
    return max(epochs, key=rank, default=None)
