"""The one process that writes a lane's journal.

What must always hold. An entry is handed to the system with one call and is nobody's truth until
`sync` returned. Before every sync the witness is told what is intended; both are synced at the same
time; afterwards other processes are told. Unsynced lines stand only in the newest file: a new file is
begun only when the old one is durable. The file always ends in a whole line.

How it fails. A refused sync or write is final for the medium: the kernel drops what it could not
write and answers the next sync with success, so no later answer is believed; go on with
`move_to_second`. A full disk first eats the reserve; then appends are refused, with the file cut back
to its last whole line, and work again as soon as there is space.
"""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from evertill.core.fault import Fault
from evertill.journal.evidence import gather
from evertill.journal.line import (
    OPENED,
    ZEROS,
    EpochOpened,
    Head,
    Line,
    Position,
    chain_hash,
    encode_body,
    encode_line,
    leading_members,
)
from evertill.journal.lineage import epoch_path
from evertill.journal.opening import Evidence, Found, Verdict, decide
from evertill.journal.reader import WITNESS_BESIDE, places, walk, witness_places
from evertill.journal.reserve import Reserve, Space
from evertill.journal.segment import whole_lines_behind
from evertill.journal.tail import NO_SPACE, Tail, begin_tail, reopen_tail
from evertill.journal.witness import Record, Witness, newest_record
from evertill.ports import Clock, Disk, Entropy, Lock, SyncFailed

RESERVE_BYTES = 64 << 20
LOCK = "lock"

IN_USE = "The register is already running on this folder. Use that one, or stop it first."
FAILED = (
    "The register's disk no longer keeps what is written. Go on with the second medium or another register."
)
FULL = "The register's disk is full. Free some space, or go on with another register."


class NewEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry to append. `data` is a JSON object as bytes, without line breaks."""

    kind: str
    data: bytes
    at: str
    day: str


class Syncs(msgspec.Struct, frozen=True, kw_only=True):
    """How many syncs were asked for since the opening."""

    journal: int = 0
    witness: int = 0


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """What an opening found and did. `words` is for the log and the screen."""

    found: Found
    words: str
    cut_bytes: int = 0
    in_doubt: tuple[int, int] | None = None  # seqs that were being synced when the power went
    parent: Head | None = None  # of the epoch that was opened, if one was
    entries_checked: int = 0
    on_second: bool = False  # the journal goes on on the second medium
    second_missing: bool = False  # one was named, but it cannot be used


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """After a move: where the new epoch begins, and the entries that were not confirmed and are not in it."""

    position: Position
    unconfirmed: tuple[NewEntry, ...]


class Journal:
    """A lane's journal, open for writing. Made by `Journal.open`; one thread at a time."""

    def __init__(self, disk: Disk, clock: Clock, entropy: Entropy, *, store: str, lane: str) -> None:
        self._disk = disk
        self._clock = clock
        self._entropy = entropy
        self._store = store
        self._lane = lane
        self._directories: list[Path] = []
        self._second: Path | None = None
        self._reserve_bytes = 0
        self._locks: list[Lock] = []
        self._reserve: Reserve | None = None
        self._witness: Witness | None = None
        self._tail: Tail | None = None
        self._leading = b""
        self._head: Position | None = None
        self._synced: Position | None = None
        self._settled: Position | None = None
        self._unconfirmed: list[NewEntry] = []
        self._failure: Fault | None = None
        self._journal_syncs = 0
        self._witness_syncs = 0
        self.opening = Opening(found=Found.FIRST, words="")

    # -- opening --------------------------------------------------------------------------------------

    @classmethod
    def open(
        cls,
        disk: Disk,
        clock: Clock,
        entropy: Entropy,
        *,
        directory: Path,
        witness_directory: Path,
        store: str,
        lane: str,
        checkpoint: Position | None = None,
        known_heads: Sequence[Head] = (),
        second_directory: Path | None = None,
        reserve_bytes: int = RESERVE_BYTES,
    ) -> Journal:
        """Opens the journal for writing, or makes it. On return all that it holds is durable and checked.

        `checkpoint` is a synced position that the lane has folded: what stands before it is not read
        again. `known_heads` are heads that the keeper or a neighbour acknowledged. `opening` says what
        was found. Raises Fault journal_in_use, journal_of_another_lane, journal_medium_failed,
        journal_disk_full.
        """
        journal = cls(disk, clock, entropy, store=store, lane=lane)
        journal._second = second_directory
        journal._reserve_bytes = reserve_bytes
        witnesses = witness_places(witness_directory, second_directory)
        newest = newest_record(disk, witnesses)
        try:
            try:
                journal._directories = places(directory, second_directory)
                journal._open(newest or (None, witness_directory), checkpoint, known_heads)
            except OSError:
                if second_directory is None:
                    raise
                journal._open_without_first(newest, known_heads)
        except OSError as error:
            journal.close_unsynced()
            raise _fault_of(error) from error
        except Fault:
            journal.close_unsynced()
            raise
        return journal

    def _open(
        self, newest: tuple[Record | None, Path], checkpoint: Position | None, known_heads: Sequence[Head]
    ) -> None:
        record, witness_directory = newest
        self._take_locks()
        self._reserve = Reserve(self._disk, self._directories[0], self._reserve_bytes)
        counter = record.counter if record else 0
        self._witness = Witness(self._disk, witness_directory, counter=counter, make_room=self._make_room)
        self._synced = record.confirmed if record else None
        evidence = gather(
            self._disk,
            self._directories,
            record,
            store=self._store,
            lane=self._lane,
            checkpoint=checkpoint,
            known_heads=known_heads,
        )
        verdict = decide(evidence)
        cut_bytes = 0
        if verdict.new_epoch:
            place = self._place_for(record, verdict)
            self._begin_epoch(place, verdict.parent, verdict.found, kept=_kept(evidence, verdict))
        else:
            cut_bytes = self._carry_on(evidence)
        self.opening = Opening(
            found=verdict.found,
            words=verdict.words,
            cut_bytes=cut_bytes,
            in_doubt=verdict.in_doubt,
            parent=verdict.parent,
            entries_checked=evidence.scanned.entries if evidence.scanned else 0,
            on_second=self._tail_now.segment.path.parent.parent == self._second,
            second_missing=self._second is not None and self._second not in self._directories,
        )

    def _open_without_first(self, newest: tuple[Record, Path] | None, known_heads: Sequence[Head]) -> None:
        """The first medium cannot be used: a child of what is known of it, on the second."""
        assert self._second is not None, "there is a second medium"
        self.close_unsynced()
        confirmed = newest[0].confirmed if newest else None
        known = [*known_heads, *([confirmed.head] if confirmed else [])]
        self._directories = [self._second]
        beside = self._second / WITNESS_BESIDE
        own = newest_record(self._disk, [beside])
        self._open(own or (None, beside), None, known)

    def _take_locks(self) -> None:
        """Locks every medium that can be used; the second one may be missing, the first may not."""
        for directory in list(self._directories):
            try:
                self._disk.make_directory(directory)
                self._locks.append(self._disk.lock(directory / LOCK))
            except BlockingIOError as error:
                raise Fault("journal_in_use", IN_USE, detail=str(directory)) from error
            except OSError:
                if directory == self._directories[0]:
                    raise
                self._directories.remove(directory)

    def _place_for(self, record: Record | None, verdict: Verdict) -> Path:
        """Which medium a new epoch goes to: never the one that refused a sync, if there is another."""
        if verdict.found is not Found.MEDIUM_FAILED or record is None or record.confirmed is None:
            return self._directories[0]
        failed = epoch_path(self._disk, self._directories, record.confirmed.epoch)
        others = [place for place in self._directories if failed is None or place != failed.parent]
        return others[0] if others else self._directories[0]

    def _carry_on(self, evidence: Evidence) -> int:
        """Goes on in the epoch in force behind its last good line; returns how many torn bytes were cut."""
        last = evidence.scanned.last if evidence.scanned else None
        path = epoch_path(self._disk, self._directories, last.epoch) if last else None
        assert evidence.scanned and last and path, "carrying on needs entries"
        self._tail, cut_bytes = reopen_tail(self._disk, path, last.segment, evidence.scanned.end)
        self._leading = leading_members(self._store, self._lane, last.epoch)
        self._head = last
        self.sync()
        self.settle()
        return cut_bytes

    def _begin_epoch(self, place: Path, parent: Head | None, reason: str, *, kept: int | None) -> None:
        """Opens a new epoch below `parent`; its first entry is durable and confirmed on return."""
        epoch = self._entropy.token(16).hex()
        self._disk.make_directory(place / epoch)
        now = self._clock.now()
        day = now.strftime("%Y-%m-%d")
        leading = leading_members(self._store, self._lane, epoch)
        data = msgspec.json.encode(EpochOpened(parent=parent, reason=str(reason), kept=kept))
        body = encode_body(leading, 1, kind=OPENED, data=data, at=_stamp(now), day=day)
        prev = parent.hash if parent else ZEROS
        own = chain_hash(prev, body)
        tail = begin_tail(self._disk, place / epoch, 1, day, self._make_room)
        tail.write(encode_line(prev, own, body), self._make_room)
        self._close_tail()
        self._tail, self._leading = tail, leading
        self._head = Position(epoch=epoch, seq=1, hash=own, segment=tail.segment.name, offset=0)
        self._unconfirmed.clear()
        self.sync()
        self.settle()

    # -- writing --------------------------------------------------------------------------------------

    def append(self, kind: str, data: bytes, *, at: str, day: str) -> Position:
        """Hands one entry to the system; not durable until `sync`. Returns where it stands.

        `at` is the wall clock (2026-11-22T19:05:01.123Z), `day` the trading day; a later day than the
        file's begins a new file, an earlier one stays in it. Raises Fault journal_disk_full (nothing
        was appended) and journal_medium_failed.
        """
        return self.append_many((NewEntry(kind=kind, data=data, at=at, day=day),))[0]

    def append_many(self, entries: Sequence[NewEntry]) -> list[Position]:
        """Hands several entries to the system with one call, all or none of them.

        A batch that reaches into a later day is written day by day; a fault then leaves whole days.
        """
        if self._failure is not None:
            raise self._failure
        positions: list[Position] = []
        begun = 0
        for index in range(1, len(entries) + 1):
            if index == len(entries) or entries[index].day > self._day_of(entries[begun]):
                positions += self._append_run(entries[begun:index])
                begun = index
        return positions

    def _day_of(self, entry: NewEntry) -> str:
        """The day of the file that this entry falls in."""
        return max(entry.day, self._tail_now.segment.day)

    def _append_run(self, entries: Sequence[NewEntry]) -> list[Position]:
        """Appends entries that fall in one file, with one call."""
        if entries[0].day > self._tail_now.segment.day:
            self._roll(entries[0].day)
        tail, head = self._tail_now, self.head
        name, epoch = tail.segment.name, head.epoch
        prev, seq, offset = head.hash, head.seq, tail.size
        lines: list[bytes] = []
        positions: list[Position] = []
        for entry in entries:
            seq += 1
            body = encode_body(
                self._leading, seq, kind=entry.kind, data=entry.data, at=entry.at, day=entry.day
            )
            own = chain_hash(prev, body)
            lines.append(encode_line(prev, own, body))
            positions.append(Position(epoch=epoch, seq=seq, hash=own, segment=name, offset=offset))
            prev = own
            offset += len(lines[-1])
        self._write(tail, lines[0] if len(lines) == 1 else b"".join(lines))
        self._head = positions[-1]
        self._unconfirmed += entries
        return positions

    def sync(self) -> None:
        """On return everything appended is durable and the witness knows. Nothing to do costs nothing.

        Raises Fault journal_medium_failed: then nothing appended since the last sync may be relied on.
        """
        if self._failure is not None:
            raise self._failure
        if self._head == self._synced:
            return
        witness, file = self._witness_now, self._tail_now.file
        try:
            witness.intend(self._synced, self._head)
            self._journal_syncs += 1
            self._witness_syncs += 1
            self._disk.sync_together((file, witness.slots))
            self._count_synced()
            witness.publish(self._synced)
        except SyncFailed as error:
            if 0 not in error.failed:
                self._count_synced()  # only the witness's medium failed; the entries are safe
            raise self._fail(error) from error
        except OSError as error:
            raise self._fail(error) from error

    def _count_synced(self) -> None:
        self._synced = self._head
        self._unconfirmed.clear()

    def settle(self) -> None:
        """When idle: makes the witness's confirmed mark durable too, so that not even the last entry can
        go missing unnoticed. One sync of the witness, or none if nothing was synced since."""
        if self._failure is not None:
            raise self._failure
        if self._settled == self._synced:
            return
        witness = self._witness_now
        try:
            witness.intend(self._synced, self._synced)
            self._witness_syncs += 1
            witness.slots.sync()
            witness.publish(self._synced)
        except OSError as error:
            raise self._fail(error) from error
        self._settled = self._synced

    def _write(self, tail: Tail, data: bytes) -> None:
        try:
            tail.write(data, self._make_room)
        except OSError as error:
            if error.errno in NO_SPACE:
                raise Fault("journal_disk_full", FULL, retry=True, detail=str(error)) from error
            raise self._fail(error) from error

    def _roll(self, day: str) -> None:
        """Begins the file of a later day, when the old one is durable."""
        self.sync()
        old = self._tail_now
        try:
            self._reserve_now.refill()
            self._tail = begin_tail(
                self._disk, old.segment.path.parent, self.head.seq + 1, day, self._make_room
            )
        except OSError as error:
            if error.errno in NO_SPACE:
                raise Fault("journal_disk_full", FULL, retry=True, detail=str(error)) from error
            raise self._fail(error) from error
        old.close()

    def _make_room(self) -> bool:
        return self._reserve is not None and self._reserve.give_back()

    def _fail(self, error: OSError) -> Fault:
        """The medium is not believed from here on: remembers it, and leaves a note for the next opening."""
        self._failure = Fault("journal_medium_failed", FAILED, detail=str(error))
        if self._witness is not None:
            with contextlib.suppress(OSError):
                self._witness.publish(self._synced, failed=True)
        return self._failure

    # -- new epochs -----------------------------------------------------------------------------------

    def open_epoch(self, reason: str, *, parent: Head | None = None) -> Position:
        """Opens a child epoch in place: a keeper found a fork, or recovered this lane. Syncs what is open.

        `parent` is what the keeper says the lane goes on from; by default the synced head.
        """
        self.sync()
        head = self.synced_head
        place = self._tail_now.segment.path.parent.parent
        self._begin_epoch(place, parent or head.head, reason, kept=_kept_of(head, parent))
        return self.synced_head

    def move_to_second(self, reason: str) -> Moved:
        """After journal_medium_failed: goes on in a child epoch on the second medium.

        Its parent is the last head that a sync confirmed; what was appended behind it comes back as
        `unconfirmed`, to be appended again or verified by hand. Raises Fault journal_no_second_medium,
        or journal_medium_failed if the second refuses too.
        """
        second = self._second
        if second is None or second not in self._directories or self._is_on(second):
            raise Fault("journal_no_second_medium", FAILED, detail=reason)
        unconfirmed, counter = tuple(self._unconfirmed), self._witness_now.counter
        self._witness_now.close()
        self._reserve_now.close()
        self._failure = None
        try:
            self._reserve = Reserve(self._disk, second, self._reserve_bytes)
            self._witness = Witness(
                self._disk, second / WITNESS_BESIDE, counter=counter, make_room=self._make_room
            )
            parent = self._synced.head if self._synced else None
            self._begin_epoch(second, parent, reason, kept=None)
        except OSError as error:
            raise self._fail(error) from error
        return Moved(position=self.synced_head, unconfirmed=unconfirmed)

    def _is_on(self, directory: Path) -> bool:
        return self._tail is not None and self._tail.segment.path.parent.parent == directory

    # -- looking --------------------------------------------------------------------------------------

    @property
    def head(self) -> Position:
        """The last entry appended, synced or not."""
        assert self._head is not None, "the journal has no entry"
        return self._head

    @property
    def synced_head(self) -> Position:
        """The last entry that is durable: what a checkpoint may name."""
        assert self._synced is not None, "nothing is synced"
        return self._synced

    @property
    def syncs(self) -> Syncs:
        """Syncs asked for since the opening, its own included."""
        return Syncs(journal=self._journal_syncs, witness=self._witness_syncs)

    @property
    def space(self) -> Space:
        """What can still be written."""
        return self._reserve_now.space

    @property
    def failure(self) -> Fault | None:
        """The fault that ended the medium, or None while it is trusted."""
        return self._failure

    def replay_after(self, checkpoint: Position | Head | None) -> Iterator[Line]:
        """Every synced line behind `checkpoint` (None: from the first), through all epochs, each checked.

        Raises Fault journal_position_unknown if the checkpoint is not of this journal: replay from None.
        """
        if checkpoint is not None and checkpoint == self._synced:
            return iter(())
        return walk(self._disk, self._directories, checkpoint, self.synced_head)

    def stranded(self) -> Iterator[Line]:
        """Whole lines of the parent's epoch that stand behind the place this epoch goes on from.

        After damage they are sales that the chain no longer covers: to be shown, or entered anew.
        """
        parent = self.opening.parent
        path = epoch_path(self._disk, self._directories, parent.epoch) if parent else None
        return whole_lines_behind(self._disk, path, parent.seq) if parent and path else iter(())

    @property
    def _tail_now(self) -> Tail:
        assert self._tail is not None, "the journal is closed"
        return self._tail

    @property
    def _witness_now(self) -> Witness:
        assert self._witness is not None, "the journal is closed"
        return self._witness

    @property
    def _reserve_now(self) -> Reserve:
        assert self._reserve is not None, "the journal is closed"
        return self._reserve

    # -- closing --------------------------------------------------------------------------------------

    def close(self) -> None:
        """Syncs what is open, settles the witness and lets go of everything. Closing twice does no harm."""
        if self._failure is None and self._tail is not None:
            self.sync()
            self.settle()
        self.close_unsynced()

    def close_unsynced(self) -> None:
        """Lets go of everything as it is, as a dying process does."""
        self._close_tail()
        for part in (self._witness, self._reserve):
            if part is not None:
                part.close()
        for lock in self._locks:
            lock.release()
        self._locks.clear()

    def _close_tail(self) -> None:
        if self._tail is not None:
            self._tail.close()
            self._tail = None


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def _fault_of(error: OSError) -> Fault:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Fault("journal_disk_full", FULL, retry=True, detail=str(error))
    return Fault("journal_medium_failed", FAILED, detail=str(error))


def _kept(evidence: Evidence, verdict: Verdict) -> int | None:
    """The last entry of the parent's epoch that is readable here, if it is not just the parent itself."""
    if verdict.parent is None or verdict.found is Found.MEDIUM_FAILED:
        return None
    last = evidence.scanned.last if evidence.scanned else None
    if last is None or last.epoch != verdict.parent.epoch:
        return 0 if evidence.epoch in (None, verdict.parent.epoch) else None
    return _kept_of(last, verdict.parent)


def _kept_of(last: Position, parent: Head | None) -> int | None:
    if parent is None or parent.epoch != last.epoch or parent == last.head:
        return None
    return last.seq
