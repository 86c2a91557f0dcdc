"""The lane's own tables (lane.db): where receipts stand in the journal, what was returned, what sells, the
checkpoint.

Everything here is rebuilt from the journal and may be deleted at any time. Rows wait in memory and
are written between intents, so that no sale waits for them; look-ups see the waiting rows too.
The checkpoint is the lane's state at a synced position: at the next start only what came after it
is folded. Rows and checkpoint are written in one transaction, so they can never disagree.

How it fails: a file that turns out damaged is removed and `damaged` is set; whoever runs the lane
then starts it again, and the tables are folded anew. Tables that cannot be written (a full disk)
leave the rows waiting: the next start folds a little more, and no sale is refused for it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import apsw
import msgspec

from evertill.core.currency import minor_digits
from evertill.core.entry import SaleCompleted
from evertill.core.fault import Fault
from evertill.core.receipt import SaleDocument
from evertill.core.state import State
from evertill.journal.line import Position
from evertill.lane.best_sellers import BestSellers, Sold
from evertill.lane.words import N_

LAYOUT = 3
_DAMAGED = N_("The register's own tables are damaged and are being made again. Wait a moment, then go on.")
_UNWRITTEN = N_("The register's own tables cannot be written. Sales go on; free some space on its disk.")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS checkpoint (id INTEGER PRIMARY KEY CHECK (id = 1), layout INTEGER, body BLOB);
CREATE TABLE IF NOT EXISTS receipt (
    receipt TEXT PRIMARY KEY, number INTEGER, completed_at TEXT, total_minor INTEGER, currency TEXT,
    staff_name TEXT, lines INTEGER, position BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS receipt_by_number ON receipt (number);
CREATE TABLE IF NOT EXISTS returned (
    receipt TEXT, line_no INTEGER, quantity_milli INTEGER, PRIMARY KEY (receipt, line_no)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sold (id INTEGER PRIMARY KEY CHECK (id = 1), body BLOB);
"""


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """The lane's state right after the entry at `position`. `day` is the latest trading day seen,
    `requests` the newest requests that were answered, each with the receipt it gave or none."""

    position: Position
    state: State
    day: str
    at: str
    requests: tuple[tuple[str, str], ...] = ()


class ReceiptRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the list of receipts."""

    receipt: str
    completed_at: str
    total_minor: int
    currency: str
    staff_name: str
    lines: int
    digits: int = 2


ReadBody = Callable[[Position], bytes]


class Books:
    """lane.db, open. `read_body` fetches an entry's body from the journal by its position."""

    def __init__(self, path: Path, read_body: ReadBody) -> None:
        self._path = path
        self._read_body = read_body
        self._waiting: dict[str, tuple[ReceiptRow, int, Position, SaleDocument]] = {}
        self._waiting_returns: dict[str, dict[int, int]] = {}
        self.damaged = False
        self._connection = self._open()
        self.sellers = BestSellers(self._sold())

    def _open(self) -> apsw.Connection:
        try:
            return _connected(self._path)
        except apsw.Error:
            self.forget()
            return _connected(self._path)

    def forget(self) -> None:
        """Removes the tables; they are folded from the journal anew."""
        if hasattr(self, "_connection"):
            self.close()
        for suffix in ("", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                Path(f"{self._path}{suffix}").unlink()
        self._waiting.clear()
        self._waiting_returns.clear()

    def start_anew(self) -> None:
        """Empty tables, ready to be filled."""
        self.forget()
        self._connection = _connected(self._path)
        self.sellers = BestSellers()

    def checkpoint(self) -> Checkpoint | None:
        """The last checkpoint, None if there is none that this release can read."""
        try:
            row = self._connection.execute("SELECT layout, body FROM checkpoint").fetchone()
            if row is None or row[0] != LAYOUT:
                return None
            return msgspec.json.decode(row[1], type=Checkpoint)
        except (apsw.Error, msgspec.DecodeError, UnicodeDecodeError):
            return None

    def _sold(self) -> Sold | None:
        try:
            row = self._connection.execute("SELECT body FROM sold").fetchone()
            return None if row is None else msgspec.json.decode(row[0], type=Sold)
        except (apsw.Error, msgspec.DecodeError, UnicodeDecodeError):
            return None

    def note(self, completed: SaleCompleted, position: Position) -> None:
        """A completed sale now stands at `position`. Seen by look-ups at once, written by `write`."""
        document = completed.document
        row = ReceiptRow(
            receipt=document.receipt,
            completed_at=document.completed_at,
            total_minor=document.total_minor,
            currency=document.currency,
            staff_name=document.staff_name,
            lines=len(document.lines),
            digits=minor_digits(document.currency),
        )
        self.sellers.note(document)
        self._waiting[document.receipt] = (row, document.receipt_no, position, document)
        for line in document.lines:
            if line.original is not None:
                of_receipt = self._waiting_returns.setdefault(line.original.receipt, {})
                no = line.original.line_no
                of_receipt[no] = of_receipt.get(no, 0) - line.quantity_milli

    @property
    def waiting(self) -> int:
        """Rows not yet written."""
        return len(self._waiting)

    def write(self, checkpoint: Checkpoint | None) -> None:
        """Writes the waiting rows and the checkpoint in one transaction. Rows without a checkpoint stay
        waiting: they would be noted twice after a restart. Raises Fault books_unwritten, books_damaged."""
        if checkpoint is None:
            return
        try:
            self._write(checkpoint)
        except apsw.Error as error:
            raise self._fault(error, Fault("books_unwritten", _UNWRITTEN, retry=True)) from error
        self._waiting.clear()
        self._waiting_returns.clear()

    def _write(self, checkpoint: Checkpoint) -> None:
        with self._connection:
            self._connection.executemany(
                "INSERT OR REPLACE INTO receipt VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    (
                        row.receipt,
                        number,
                        row.completed_at,
                        row.total_minor,
                        row.currency,
                        row.staff_name,
                        row.lines,
                        msgspec.json.encode(position),
                    )
                    for row, number, position, _ in self._waiting.values()
                ),
            )
            self._connection.executemany(
                "INSERT INTO returned VALUES (?1, ?2, ?3) ON CONFLICT (receipt, line_no)"
                " DO UPDATE SET quantity_milli = quantity_milli + ?3",
                (
                    (receipt, no, quantity)
                    for receipt, lines in self._waiting_returns.items()
                    for no, quantity in lines.items()
                ),
            )
            self._connection.execute(
                "INSERT OR REPLACE INTO sold VALUES (1, ?)", (msgspec.json.encode(self.sellers.sold()),)
            )
            self._connection.execute(
                "INSERT OR REPLACE INTO checkpoint VALUES (1, ?, ?)",
                (LAYOUT, msgspec.json.encode(checkpoint)),
            )

    def _rows(self, asked: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        try:
            return list(self._connection.execute(asked, values))
        except apsw.Error as error:
            raise self._fault(error, Fault("books_unreadable", _DAMAGED, retry=True)) from error

    def _fault(self, error: apsw.Error, otherwise: Fault) -> Fault:
        """Damage is for good: the file goes, so that the next start makes it anew."""
        if not isinstance(error, apsw.CorruptError | apsw.NotADBError):
            return otherwise
        self.damaged = True
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self._path}{suffix}").unlink(missing_ok=True)
        return Fault("books_damaged", _DAMAGED, retry=True, detail=str(error))

    def receipt(self, receipt: str) -> tuple[SaleDocument, Position] | None:
        """A completed sale and where it stands, None if this lane does not know it."""
        waiting = self._waiting.get(receipt)
        if waiting is not None:
            return waiting[3], waiting[2]
        position = self.place(receipt)
        if position is None:
            return None
        return msgspec.json.decode(self._read_body(position), type=_CompletedBody).data.document, position

    def place(self, receipt: str) -> Position | None:
        """Where a completed sale stands in the journal, None if this lane does not know it."""
        waiting = self._waiting.get(receipt)
        if waiting is not None:
            return waiting[2]
        rows = self._rows("SELECT position FROM receipt WHERE receipt = ?", (receipt,))
        return msgspec.json.decode(rows[0][0], type=Position) if rows else None

    def returned_milli(self, receipt: str) -> Mapping[int, int]:
        """Line number -> quantity already taken back."""
        rows = self._rows("SELECT line_no, quantity_milli FROM returned WHERE receipt = ?", (receipt,))
        returned: dict[int, int] = {int(no): int(quantity) for no, quantity in rows}
        for no, quantity in self._waiting_returns.get(receipt, {}).items():
            returned[no] = returned.get(no, 0) + quantity
        return returned

    def newest(self, limit: int) -> list[ReceiptRow]:
        """The newest receipts, newest first, by their numbers: a clock may be wrong."""
        waiting = [entry[0] for entry in reversed(self._waiting.values())][:limit]
        rows = self._rows(
            "SELECT receipt, completed_at, total_minor, currency, staff_name, lines FROM receipt"
            " ORDER BY number DESC, completed_at DESC LIMIT ?",
            (limit - len(waiting),),
        )
        stored = [
            ReceiptRow(
                receipt=row[0],
                completed_at=row[1],
                total_minor=row[2],
                currency=row[3],
                staff_name=row[4],
                lines=row[5],
                digits=minor_digits(row[3]),
            )
            for row in rows
        ]
        return waiting + stored

    def close(self) -> None:
        """Lets go of the file; waiting rows are folded again at the next start."""
        with contextlib.suppress(apsw.Error):
            self._connection.close()


class _CompletedBody(msgspec.Struct):
    data: SaleCompleted


def _connected(path: Path) -> apsw.Connection:
    connection = apsw.Connection(str(path))
    connection.set_busy_timeout(2_000)
    connection.execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-4096")
    connection.execute(_SCHEMA)
    return connection
