"""The embedded fact store: the facts of a server's stores in one SQLite file.

One process writes it (it holds a lock) and inside it one thread. Commits are synced (WAL with
synchronous FULL), so a transaction that was left without an exception survives a power cut, and only
then may its answer go out. Readers open the file read-only, beside a running gate or without one.

How it fails: `facts_in_use` when another process writes, `facts_failed` when the disk refuses (the
transaction is undone, nothing was acknowledged), `sqlite_too_old` below the release in which a race
between two checkpointing connections was repaired (3.51.3), `facts_unknown_format` for a file that a
newer release wrote.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import apsw
import msgspec

from evertill.core.fault import Fault
from evertill.journal.line import read_body
from evertill.keeper.facts import Fact, History, LaneRow, Note
from evertill.ports import Clock, Disk
from evertill.server import schema
from evertill.server.sales import Place, SaleRows, rows_of
from evertill.wire.answer import Mark

SQLITE_MIN = (3, 51, 3)
SALE_TWICE = "sale_twice"

_HISTORY = (
    "select store, lane, epoch, branch, base, first_seq, parent_epoch, parent_seq, parent_hash, seq, hash, "
    "quarantined from histories where store = ? and lane = ? "
)


def check_sqlite(version: str) -> None:
    """Raises Fault sqlite_too_old for a release in which two connections can damage a file."""
    if tuple(map(int, version.split("."))) < SQLITE_MIN:
        raise Fault(
            "sqlite_too_old",
            "The database library is too old to keep sales safely. Install this program's packages again.",
            detail=version,
        )


def facts_failed(detail: str) -> Fault:
    """The fault for a database that refuses to read or write."""
    return Fault(
        "facts_failed",
        "The server cannot write to its disk. Make room or replace the disk; the registers keep selling.",
        retry=True,
        detail=detail,
    )


class SqliteFacts:
    """Keeps the promises of `keeper.facts.FactStore`. One thread at a time may use it."""

    def __init__(self, disk: Disk, clock: Clock, path: Path) -> None:
        """Opens or makes the file, and takes its lock. Raises Fault, see above."""
        check_sqlite(apsw.sqlite_lib_version())
        disk.make_directory(path.parent)
        try:
            self._lock = disk.lock(path.with_suffix(".lock"))
        except BlockingIOError as held:
            hint = (
                "Another gate already works on this folder. Stop it, or start this one with another --home."
            )
            raise Fault("facts_in_use", hint, detail=str(path)) from held
        self.path = path
        self._clock = clock
        try:
            self._connection = apsw.Connection(str(path))
            self._prepare()
        except apsw.Error as wrong:
            self._lock.release()
            raise facts_failed(str(wrong)) from wrong
        except Fault:
            self._lock.release()
            raise

    def _prepare(self) -> None:
        connection = self._connection
        connection.set_busy_timeout(5_000)
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = full")
        connection.execute("pragma foreign_keys = on")
        found = connection.execute("pragma user_version").get
        if found > schema.VERSION:
            hint = "This folder was written by a newer release. Update this program and start it again."
            raise Fault("facts_unknown_format", hint, detail=f"format {found}")
        with connection:
            connection.execute(schema.STATEMENTS)
            connection.execute(f"pragma user_version = {schema.VERSION}")

    def enrol(self, store: str, lane: str, public_key: bytes) -> None:
        """On return the lane may send, with this key and no other; enrolling it again changes the key."""
        assert len(public_key) == 32, "enrol: a raw Ed25519 key has 32 bytes"
        with self.transaction():
            self._connection.execute(
                "insert into lanes (store, lane, public_key, enrolled_at) values (?, ?, ?, ?) "
                "on conflict do update set public_key = excluded.public_key, revoked = ''",
                (store, lane, public_key, self._now()),
            )

    def revoke(self, store: str, lane: str, reason: str) -> None:
        """On return nothing that this lane sends is taken. What it sent before stays."""
        assert reason, "revoke: say why"
        with self.transaction():
            self._connection.execute(
                "update lanes set revoked = ? where store = ? and lane = ?", (reason, store, lane)
            )

    def transaction(self) -> AbstractContextManager[SqliteTransaction]:
        """A transaction, durable once left without an exception. Raises Fault facts_failed."""
        return self._transaction()

    @contextmanager
    def _transaction(self) -> Iterator[SqliteTransaction]:
        connection = self._connection
        try:
            connection.execute("begin immediate")
            yield SqliteTransaction(connection, self._now())
            connection.execute("commit")
        except BaseException as wrong:
            if connection.in_transaction:
                connection.execute("rollback")
            if isinstance(wrong, apsw.Error):
                raise facts_failed(str(wrong)) from wrong
            raise

    def close(self) -> None:
        """Lets go of the file and the lock; closing twice does no harm."""
        self._connection.close()
        self._lock.release()

    def _now(self) -> str:
        return self._clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")


class SqliteTransaction:
    """Keeps the promises of `keeper.facts.FactTransaction`."""

    def __init__(self, connection: apsw.Connection, now: str) -> None:
        self._connection = connection
        self._now = now

    def lane(self, store: str, lane: str) -> LaneRow | None:
        """The enrolled lane of this name."""
        row = self._connection.execute(
            "select public_key, revoked from lanes where store = ? and lane = ?", (store, lane)
        ).fetchone()
        return LaneRow(store=store, lane=lane, public_key=row[0], revoked=row[1]) if row else None

    def histories(self, store: str, lane: str, epoch: str) -> list[History]:
        """All histories of an epoch, by branch."""
        return self._select("and epoch = ? order by branch", store, lane, epoch)

    def newest(self, store: str, lane: str) -> History | None:
        """The trunk that was opened last and is in the books."""
        found = self._select("and branch = 0 and quarantined = '' order by ordinal desc limit 1", store, lane)
        return found[0] if found else None

    def quarantined(self, store: str, lane: str) -> list[History]:
        """The lane's histories that are held aside, oldest first."""
        return self._select("and quarantined <> '' order by ordinal", store, lane)

    def hash_at(self, history: History, seq: int) -> str | None:
        """The hash of one of the history's own entries."""
        found = self._connection.execute(
            "select hash from entries where store = ? and lane = ? and epoch = ? and branch = ? and seq = ?",
            (*_key(history), seq),
        ).fetchone()
        return found[0].hex() if found else None

    def put_history(self, history: History) -> None:
        """Writes the history's row, new or changed."""
        parent = history.parent
        self._connection.execute(
            "insert into histories (store, lane, epoch, branch, base, first_seq, parent_epoch, parent_seq, "
            "parent_hash, seq, hash, quarantined) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
            "on conflict (store, lane, epoch, branch) do update "
            "set seq = excluded.seq, hash = excluded.hash, quarantined = excluded.quarantined",
            (
                *_key(history),
                history.base,
                history.first_seq,
                *((parent.epoch, parent.seq, parent.hash) if parent else (None, None, None)),
                history.seq,
                history.hash,
                history.quarantined,
            ),
        )

    def append(self, history: History, facts: Sequence[Fact]) -> None:
        """Adds entries of this history; they count in the books unless it is quarantined."""
        self._connection.executemany(
            "insert into entries values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (*_key(history), f.seq, bytes.fromhex(f.hash), f.at, f.day, f.kind, f.flag, f.body)
                for f in facts
            ),
        )
        if not history.quarantined:
            for fact in facts:
                self._book(history, fact)

    def release(self, history: History) -> None:
        """The history is no longer quarantined and all its entries count in the books."""
        self.put_history(msgspec.structs.replace(history, quarantined=""))
        rows: list[Any] = self._connection.execute(
            "select seq, hash, at, day, kind, flag, body from entries "
            "where store = ? and lane = ? and epoch = ? and branch = ? order by seq",
            _key(history),
        ).fetchall()
        for seq, own, at, day, kind, flag, body in rows:
            self._book(
                history, Fact(seq=seq, hash=own.hex(), at=at, day=day, kind=kind, flag=flag, body=body)
            )

    def note(self, note: Note) -> None:
        """Writes down what a person should know."""
        self._connection.execute(
            "insert into notes (store, lane, noted_at, what, epoch, first_seq, last_seq, detail) "
            "values (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                note.store,
                note.lane,
                self._now,
                note.what,
                note.epoch,
                note.first_seq,
                note.last_seq,
                note.detail,
            ),
        )

    def _select(self, condition: str, *values: object) -> list[History]:
        return [_history(row) for row in self._connection.execute(_HISTORY + condition, values)]

    def _book(self, history: History, fact: Fact) -> None:
        """Adds one entry to the rows that reports are made from, or sets it aside."""
        if fact.flag or fact.kind not in ("SaleCompleted", "SaleVoided"):
            return
        place = Place(*_key(history), fact.seq, fact.day)
        rows = rows_of(place, fact.kind, read_body(fact.body).data)
        if isinstance(rows, SaleRows) and rows.sale:
            rows = self._unless_twice(history, rows)
        if isinstance(rows, str):
            self._set_aside(history, fact.seq, rows)
        elif rows is not None:
            self._insert(rows)

    def _unless_twice(self, history: History, rows: SaleRows) -> SaleRows | str:
        """A sale number completed twice in one history is no second sale; elsewhere it is one, and noted."""
        assert rows.sale is not None
        sale, seq = rows.sale[5], rows.sale[4]
        others = self._connection.execute(
            "select epoch, branch from sale where store = ? and lane = ? and sale = ?",
            (history.store, history.lane, sale),
        ).fetchall()
        if (history.epoch, history.branch) in others:
            return SALE_TWICE
        if others:
            self.note(
                Note(
                    store=history.store,
                    lane=history.lane,
                    what="sale_number_twice",
                    epoch=history.epoch,
                    first_seq=int(str(seq)),
                    last_seq=int(str(seq)),
                    detail=str(sale),
                )
            )
        return rows

    def _set_aside(self, history: History, seq: int, why: str) -> None:
        self._connection.execute(
            "update entries set flag = ? "
            "where store = ? and lane = ? and epoch = ? and branch = ? and seq = ?",
            (why, *_key(history), seq),
        )
        self.note(
            Note(
                store=history.store,
                lane=history.lane,
                what="set_aside",
                epoch=history.epoch,
                first_seq=seq,
                last_seq=seq,
                detail=why,
            )
        )

    def _insert(self, rows: SaleRows) -> None:
        execute = self._connection.execute
        if rows.sale:
            execute(f"insert into sale values ({_marks(rows.sale)})", rows.sale)
        for tax in rows.taxes:
            execute(f"insert into sale_tax values ({_marks(tax)})", tax)
        for tender in rows.tenders:
            execute(f"insert into sale_tender values ({_marks(tender)})", tender)
        if rows.voided:
            execute(f"insert into voided_sale values ({_marks(rows.voided)})", rows.voided)


def _key(history: History) -> tuple[str, str, str, int]:
    return history.store, history.lane, history.epoch, history.branch


def _marks(row: tuple[object, ...]) -> str:
    return ", ".join("?" * len(row))


def _history(row: tuple[Any, ...]) -> History:
    store, lane, epoch, branch, base, first_seq, parent_epoch, parent_seq, parent_hash, seq, own, aside = row
    return History(
        store=store,
        lane=lane,
        epoch=epoch,
        branch=branch,
        base=base,
        first_seq=first_seq,
        parent=Mark(epoch=parent_epoch, seq=parent_seq, hash=parent_hash) if parent_epoch else None,
        seq=seq,
        hash=own,
        quarantined=aside,
    )
