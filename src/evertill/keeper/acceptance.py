"""The acceptance table: what a keeper does with a run of entries, inside one transaction.

    known epoch, goes on from a history's head     append; acked once the caller has committed
    held already, wholly or at its start           acked again; only what is new is appended
    another entry where one is held                fork: kept as a branch, noted, the lane opens a new epoch
    something before it is missing                 send_from
    unknown epoch, parent held                     opened; a parent below its head is a restore, noted
    unknown epoch, parent not held or false        quarantined: held, not in the books, noted
    unknown epoch, no parent                       opened if the lane never sent anything, else quarantined
    unknown or revoked lane, wrong signature       refused, nothing kept

What must always hold: nothing is answered as held that is not in this transaction; nothing that a lane
signed and chained rightly is dropped; an entry is in the books once, whichever way and however often it
came. Everything here depends only on what is held and on what came, so any order, overlap and repetition
of the same runs ends with the same facts.

How it fails: it raises only what the fact store raises (disk full, disk broken). Then the transaction is
undone, nothing was acknowledged, and the lane sends again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from evertill.core.fault import Fault
from evertill.keeper.chain import Run, check_run, read_parent
from evertill.keeper.facts import Fact, FactTransaction, History, LaneRow, Note
from evertill.keeper.placing import Place, find_place, hash_at, holder
from evertill.wire.answer import Answer, Mark, Result
from evertill.wire.batch import Batch, Sender, request_bytes

Verify = Callable[[bytes, bytes, bytes], bool]

_TEXTS = {
    "lane_unknown": (
        "This register is not known to the server.",
        "Set the register up with this server; its sales are safe in its journal until then.",
    ),
    "lane_revoked": (
        "This register was shut out by the office.",
        "Ask the office to admit it again; its sales are safe in its journal until then.",
    ),
    "signature_wrong": (
        "What came does not carry this register's signature.",
        "Set the register up with this server again; its sales are safe in its journal until then.",
    ),
    "chain_broken": (
        "The entries that came do not fit together.",
        "Run `evertill journal verify` on the register; its sales are safe in its journal until then.",
    ),
    "epoch_taken": (
        "This epoch began differently for somebody else.",
        "The register must open a new epoch; restart it with `evertill lane`.",
    ),
    "entries_missing": ("Entries before these are missing.", "Nothing to do; they are sent by themselves."),
    "fork": (
        "Two registers went on under one identity; the entries of both are kept.",
        "Find out whether this register was copied or restored from an image, and retire the copy.",
    ),
    "too_many_forks": (
        "This identity was used by too many registers at once.",
        "Retire the copies and restart this register; its sales are safe in its journal until then.",
    ),
    "no_parent": (
        "This register began anew although it had sent sales before; its entries are held aside.",
        "Look at the register, then release its entries or set it up again.",
    ),
    "parent_missing": (
        "This register goes on from sales that never came here; its entries are held aside.",
        "If the missing sales cannot be sent any more, release these entries.",
    ),
    "parent_false": (
        "This register goes on from a history that this server does not have; its entries are held aside.",
        "Look at the register, then release its entries or set it up again.",
    ),
    "quarantine_full": (
        "Too many entries of this register are held aside already.",
        "Release or clear them; the register's sales are safe in its journal until then.",
    ),
}
REASON_CODES = tuple(_TEXTS)


class KeeperLimits(msgspec.Struct, frozen=True, kw_only=True):
    """How much doubtful material is held: branches of one epoch, and quarantined epochs of one lane."""

    branches_max: int = 16
    quarantined_epochs_max: int = 16


class Keeper:
    """Applies the table. `verify(public_key, message, signature)` proves an Ed25519 signature."""

    def __init__(self, *, server_epoch: str, verify: Verify, limits: KeeperLimits = KeeperLimits()) -> None:
        self.server_epoch = server_epoch
        self._verify = verify
        self._limits = limits

    def receive(self, tx: FactTransaction, batch: Batch) -> Answer:
        """What became of a batch. The answer may be sent only after the transaction was committed."""
        lane = self._known_lane(tx, batch.sender, batch.signed_bytes, batch.signature)
        if isinstance(lane, Answer):
            return lane
        try:
            run = check_run(batch)
        except Fault as fault:
            return self._answer(batch.sender, Result.REFUSED, code=fault.code)
        histories = tx.histories(lane.store, lane.lane, batch.sender.epoch)
        if not histories:
            return self._open(tx, batch.sender, run)
        place = find_place(tx, histories, run)
        if place is None:
            return self._send_from(batch.sender, histories, run.first_seq)
        return self._put(tx, batch.sender, histories, run, place)

    def mark(
        self, tx: FactTransaction, sender: Sender, position: Mark | None, *, path: str, signature: bytes
    ) -> Answer:
        """How far the lane's entries are held, and whether `position` is among them. Writes nothing.

        Without a position: the head of the trunk that was opened last.
        """
        lane = self._known_lane(tx, sender, request_bytes("GET", path, sender, b""), signature)
        if isinstance(lane, Answer):
            return lane
        newest = tx.newest(lane.store, lane.lane)
        if position is None:
            return self._answer(sender, Result.ACKED, mark=newest.mark if newest else None)
        histories = tx.histories(lane.store, lane.lane, position.epoch)
        held_by = holder(tx, histories, position)
        if held_by is not None:
            return self._standing(tx, sender, held_by)
        if histories:
            return self._send_from(sender, histories, position.seq + 1)
        after = newest.mark if newest else Mark(epoch="", seq=0, hash="")
        return self._answer(
            sender,
            Result.SEND_FROM,
            mark=newest.mark if newest else None,
            after=after,
            code="entries_missing",
        )

    def release(self, tx: FactTransaction, store: str, lane: str, epoch: str) -> bool:
        """A person says that a quarantined epoch is genuine: it and what goes on from it count in the books.

        False if nothing of this epoch is quarantined.
        """
        held = [history for history in tx.histories(store, lane, epoch) if history.quarantined]
        for history in held:
            self._release(tx, history)
        if held:
            self._settle(tx, store, lane)
        return bool(held)

    # -- who asks ----------------------------------------------------------------------------------

    def _known_lane(
        self, tx: FactTransaction, sender: Sender, message: bytes, signature: bytes
    ) -> LaneRow | Answer:
        lane = tx.lane(sender.store, sender.lane)
        if lane is None:
            return self._answer(sender, Result.REFUSED, code="lane_unknown")
        if not self._verify(lane.public_key, message, signature):
            return self._answer(sender, Result.REFUSED, code="signature_wrong")
        if lane.revoked:
            return self._answer(sender, Result.REFUSED, code="lane_revoked")
        return lane

    # -- a known epoch -----------------------------------------------------------------------------

    def _put(
        self, tx: FactTransaction, sender: Sender, histories: Sequence[History], run: Run, place: Place
    ) -> Answer:
        """Appends what is new of the run where it belongs."""
        fresh = run.facts[place.agreed :]
        history = place.history
        if not fresh:
            return self._standing(tx, sender, history)
        if place.leaves:
            if len(histories) >= self._limits.branches_max:
                return self._answer(sender, Result.REFUSED, mark=history.mark, code="too_many_forks")
            history = msgspec.structs.replace(
                history, branch=len(histories), base=history.branch, first_seq=fresh[0].seq
            )
            tx.note(self._note(history, "fork", fresh[0].seq, fresh[-1].seq))
        return self._append(tx, sender, history, fresh)

    def _append(self, tx: FactTransaction, sender: Sender, history: History, fresh: Sequence[Fact]) -> Answer:
        grown = msgspec.structs.replace(history, seq=fresh[-1].seq, hash=fresh[-1].hash)
        tx.put_history(grown)
        tx.append(grown, fresh)
        for fact in fresh:
            if fact.flag:
                tx.note(self._note(grown, "set_aside", fact.seq, fact.seq, fact.flag))
        if not grown.quarantined:
            self._settle(tx, grown.store, grown.lane)
        return self._standing(tx, sender, grown)

    def _standing(self, tx: FactTransaction, sender: Sender, history: History) -> Answer:
        """The answer for entries that are held in this history."""
        if history.quarantined:
            after = self._missing_from(tx, history) if history.quarantined == "parent_missing" else None
            return self._answer(
                sender,
                Result.QUARANTINED,
                mark=history.mark,
                held=True,
                after=after,
                code=history.quarantined,
            )
        if history.branch > 0:
            return self._answer(sender, Result.FORK, mark=history.mark, held=True, code="fork")
        return self._answer(sender, Result.ACKED, mark=history.mark, held=True)

    def _missing_from(self, tx: FactTransaction, history: History) -> Mark | None:
        """The last entry held of the parent's epoch: what comes behind it is what this epoch waits for."""
        if history.parent is None:
            return None
        held = tx.histories(history.store, history.lane, history.parent.epoch)
        if not held:
            return Mark(epoch=history.parent.epoch, seq=0, hash="")
        return max(held, key=lambda each: each.seq).mark

    def _send_from(self, sender: Sender, histories: Sequence[History], first_seq: int) -> Answer:
        """Nothing here holds the entry before `first_seq` as the lane has it: ask for earlier ones.

        If it lies above everything held, from the head on. If not, the lane's history differs somewhere
        below; halving finds an entry that both have in a few steps, and then the fork is seen.
        """
        top = max(histories, key=lambda history: history.seq)
        if first_seq <= 1:
            return self._answer(sender, Result.REFUSED, mark=top.mark, code="epoch_taken")
        after = top.mark
        if first_seq - 1 <= top.seq:
            after = Mark(epoch=top.epoch, seq=(first_seq - 1) // 2, hash="")
        return self._answer(sender, Result.SEND_FROM, mark=top.mark, after=after, code="entries_missing")

    # -- an unknown epoch --------------------------------------------------------------------------

    def _open(self, tx: FactTransaction, sender: Sender, run: Run) -> Answer:
        """The first that comes of an epoch: opened, held aside, or asked for from its beginning."""
        if run.first_seq != 1:
            newest = tx.newest(sender.store, sender.lane)
            start = Mark(epoch=sender.epoch, seq=0, hash="")
            return self._answer(
                sender,
                Result.SEND_FROM,
                mark=newest.mark if newest else None,
                after=start,
                code="entries_missing",
            )
        proper, parent = read_parent(run)
        if not proper:
            return self._answer(sender, Result.REFUSED, code="chain_broken")
        why = self._doubt(tx, sender.store, sender.lane, parent)
        if why and len(tx.quarantined(sender.store, sender.lane)) >= self._limits.quarantined_epochs_max:
            return self._answer(sender, Result.REFUSED, code="quarantine_full")
        history = History(
            store=sender.store,
            lane=sender.lane,
            epoch=sender.epoch,
            branch=0,
            base=0,
            first_seq=1,
            parent=parent,
            seq=0,
            hash="",
            quarantined=why,
        )
        if why:
            tx.note(self._note(history, "quarantine", 1, run.last_seq, why))
        else:
            self._note_restore(tx, history)
        return self._append(tx, sender, history, run.facts)

    def _doubt(self, tx: FactTransaction, store: str, lane: str, parent: Mark | None) -> str:
        """Why an epoch with this parent cannot be taken on trust, or empty."""
        if parent is None:
            return "no_parent" if tx.newest(store, lane) else ""
        histories = tx.histories(store, lane, parent.epoch)
        trusted = [history for history in histories if not history.quarantined]
        if not trusted:
            return "parent_missing"
        found = next(
            (
                h
                for h in histories
                if not h.quarantined and hash_at(tx, histories, h, parent.seq) == parent.hash
            ),
            None,
        )
        if found is not None:
            return ""
        return "parent_missing" if parent.seq > max(h.seq for h in trusted) else "parent_false"

    def _note_restore(self, tx: FactTransaction, history: History) -> None:
        """Notes an epoch whose parent is not the head: the lane lost, or never had, what is above it.

        Those entries stay in the books; they are the overlap that the note names.
        """
        if history.parent is None:
            return
        parent = history.parent
        histories = tx.histories(history.store, history.lane, parent.epoch)
        held_by = holder(tx, histories, parent)
        if held_by is not None and parent.seq < held_by.seq:
            overlap = msgspec.structs.replace(history, epoch=parent.epoch)
            tx.note(self._note(overlap, "restore", parent.seq + 1, held_by.seq, history.epoch))

    def _settle(self, tx: FactTransaction, store: str, lane: str) -> None:
        """Releases what was held aside only because its parent had not come yet."""
        waiting = True
        while waiting:
            waiting = False
            for history in tx.quarantined(store, lane):
                fit = history.quarantined == "parent_missing"
                if fit and not self._doubt(tx, store, lane, history.parent):
                    self._release(tx, history)
                    waiting = True

    def _release(self, tx: FactTransaction, history: History) -> None:
        tx.release(history)
        self._note_restore(tx, history)
        tx.note(self._note(history, "released", history.first_seq, history.seq, history.quarantined))

    # -- words -------------------------------------------------------------------------------------

    def _note(self, history: History, what: str, first_seq: int, last_seq: int, detail: str = "") -> Note:
        return Note(
            store=history.store,
            lane=history.lane,
            what=what,
            epoch=history.epoch,
            first_seq=first_seq,
            last_seq=last_seq,
            detail=detail,
        )

    def _answer(
        self,
        sender: Sender,
        result: Result,
        *,
        mark: Mark | None = None,
        held: bool = False,
        after: Mark | None = None,
        code: str = "",
    ) -> Answer:
        text, hint = _TEXTS[code] if code else ("", "")
        return Answer(
            result=result,
            store=sender.store,
            lane=sender.lane,
            server_epoch=self.server_epoch,
            mark=mark,
            held=held,
            send_after=after,
            code=code,
            text=text,
            hint=hint,
        )
