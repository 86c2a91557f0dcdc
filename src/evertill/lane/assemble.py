"""Puts a lane together from its folder and the ports: the one place where its parts meet."""

from __future__ import annotations

from pathlib import Path

from evertill.core.fault import Fault
from evertill.journal.writer import Journal
from evertill.lane.agent import Agent, body_reader
from evertill.lane.books import Books, Checkpoint
from evertill.lane.home import LaneHome, LaneIdentity
from evertill.ports import Clock, Disk, Entropy


def assemble(
    home: LaneHome, identity: LaneIdentity, *, disk: Disk, clock: Clock, entropy: Entropy, version: str
) -> Agent:
    """A lane's agent, ready to sell: journal opened and checked, state folded, catalogue in force.

    Raises Fault in words if the folder is in use, the journal cannot be opened, or there is no
    catalogue to sell from. If the lane's own tables are lost or do not fit the journal, they are
    folded anew from its first entry.
    """
    second = disk_path(identity)
    books = Books(home.books, body_reader(disk, [home.journal, *second]))
    checkpoint = books.checkpoint()
    journal = _open(home, identity, checkpoint, disk=disk, clock=clock, entropy=entropy)
    try:
        if not _leads_on(journal, checkpoint):
            checkpoint = None
            books.start_anew()
        wanted = checkpoint.state.edition if checkpoint is not None else 0
        agent = Agent(
            store=identity.store,
            lane=identity.lane,
            clock=clock,
            journal=journal,
            books=books,
            catalogue=home.open_catalogue(wanted, identity),
            local_now=lambda: clock.now().astimezone(),
            has_second_medium=bool(second),
        )
        agent.start(checkpoint, version)
        if agent.state.edition != agent.rules.edition and agent.state.edition:
            agent.adopt(home.open_catalogue(agent.state.edition, identity))
    except BaseException:
        journal.close_unsynced()
        raise
    return agent


def disk_path(identity: LaneIdentity) -> list[Path]:
    """The second medium's journal directory, if there is a second medium."""
    return [Path(identity.second_medium)] if identity.second_medium else []


def _open(
    home: LaneHome,
    identity: LaneIdentity,
    checkpoint: Checkpoint | None,
    *,
    disk: Disk,
    clock: Clock,
    entropy: Entropy,
) -> Journal:
    second = disk_path(identity)
    return Journal.open(
        disk,
        clock,
        entropy,
        directory=home.journal,
        witness_directory=home.witness,
        store=identity.store,
        lane=identity.lane,
        checkpoint=checkpoint.position if checkpoint is not None else None,
        known_heads=home.acknowledged_heads(),
        second_directory=second[0] if second else None,
    )


def _leads_on(journal: Journal, checkpoint: Checkpoint | None) -> bool:
    """Whether the journal still leads from the checkpoint to its head."""
    if checkpoint is None:
        return False
    try:
        next(iter(journal.replay_after(checkpoint.position)), None)
    except Fault:
        return False
    return True
