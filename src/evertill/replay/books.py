"""What is in the books of a data set's replay: from the register's journal, and from the server.

Both give documents, which are added up by day and kind with the same `count` as the published file.
The journal is read as a stranger would: the durable lines only, each checked against the one before.
A document that stands there twice is counted twice, so that the totals show it, and named.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from evertill.core.fault import Fault
from evertill.journal.line import Position, read_body
from evertill.journal.reader import read_after
from evertill.ports import Disk
from evertill.replay.datasets import Dataset
from evertill.replay.totals import DayTotal, KindTotal, empty_day

_COMPLETED = b'"kind":"SaleCompleted"'
_EVERYTHING = 1 << 62


class Rung(msgspec.Struct, frozen=True):
    """A document as it stands in the books. `exact` is sum(quantity_milli * unit_price_e4)."""

    reference: str
    day: str
    lines: int
    quantity_milli: int
    exact: int
    amount_minor: int
    money_minor: int
    codes: frozenset[str] = frozenset()


class Books:
    """Documents of one data set added up by day. `strange` names those that cannot be right, and why."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self.days: dict[str, DayTotal] = {}
        self.seen: set[str] = set()
        self.strange: dict[str, str] = {}
        self.last: tuple[str, str] | None = None  # (day, reference)

    def add(self, rung: Rung) -> None:
        """Counts a document in."""
        if rung.reference in self.seen:
            self.strange[rung.reference] = "is in the books twice"
        self.seen.add(rung.reference)
        amount_e4, finer = divmod(rung.exact, 1000)
        if self._dataset.priced_by == "line":
            amount_e4, finer = rung.amount_minor * 10_000, 0
        if finer:
            self.strange[rung.reference] = "has an amount finer than anything published"
        day = self.days.get(rung.day)
        if day is None:
            day = self.days[rung.day] = empty_day(rung.day)
        kind: KindTotal = getattr(day, self._dataset.kind_of(rung.reference.partition("/")[2]))
        kind.count(
            lines=rung.lines,
            quantity_milli=rung.quantity_milli,
            amount_e4=amount_e4,
            money_minor=rung.money_minor,
        )
        day.codes.update(rung.codes)
        self.last = rung.day, rung.reference


class _Line(msgspec.Struct):
    quantity_milli: int
    unit_price_e4: int
    amount_minor: int
    code: str = ""


class _Document(msgspec.Struct):
    total_minor: int
    lines: list[_Line]
    reference: str | None = None
    occurred_on: str | None = None


class _Completed(msgspec.Struct):
    document: _Document


_read_completed = msgspec.json.Decoder(_Completed).decode


class JournalBooks:
    """The books of a register's own journal, read on by `refresh`."""

    def __init__(
        self,
        dataset: Dataset,
        disk: Disk,
        directory: Path,
        witness_directory: Path,
        second_directory: Path | None = None,
    ) -> None:
        self.books = Books(dataset)
        self.entries = 0
        self._source = f"{dataset.name}/"
        self._disk = disk
        self._directory = directory
        self._witness = witness_directory
        self._second = second_directory
        self._read_to: Position | None = None

    def refresh(self) -> None:
        """Reads on to the last durable entry. Raises Fault if the journal cannot be read."""
        last = None
        for last in read_after(
            self._disk,
            self._directory,
            self._read_to,
            witness_directory=self._witness,
            second_directory=self._second,
            limit_bytes=_EVERYTHING,
        ):
            self.entries += 1
            if _COMPLETED in last.body:
                self._take(last.body)
        if last is not None:
            self._read_to = last.position

    def is_paid(self, reference: str) -> bool:
        """Whether a sale with this reference is completed, as far as was read."""
        return reference in self.books.seen

    def _take(self, raw: bytes) -> None:
        body = read_body(raw)
        if body.kind != "SaleCompleted":
            return
        document = _read_completed(body.data).document
        if (document.reference or "").startswith(self._source):
            self.books.add(_rung(document))


def _rung(document: _Document) -> Rung:
    lines = document.lines
    return Rung(
        reference=document.reference or "",
        day=document.occurred_on or "",
        lines=len(lines),
        quantity_milli=sum(line.quantity_milli for line in lines),
        exact=sum(line.quantity_milli * line.unit_price_e4 for line in lines),
        amount_minor=sum(line.amount_minor for line in lines),
        money_minor=document.total_minor,
        codes=frozenset(line.code for line in lines),
    )


class _GateDocument(msgspec.Struct):
    reference: str
    lines: int
    quantity_milli: int
    exact: str
    amount_minor: int
    gross_minor: int


class _GateDay(msgspec.Struct):
    documents: list[_GateDocument]


def gate_day(day: str, body: bytes) -> Iterator[Rung]:
    """The documents of one day as the server tells them (/v1/report/replayed). Raises Fault."""
    try:
        told = msgspec.json.decode(body, type=_GateDay)
        for document in told.documents:
            yield Rung(
                reference=document.reference,
                day=day,
                lines=document.lines,
                quantity_milli=document.quantity_milli,
                exact=int(document.exact),
                amount_minor=document.amount_minor,
                money_minor=document.gross_minor,
            )
    except (msgspec.DecodeError, ValueError) as wrong:
        raise Fault(
            "gate_not_understood",
            "The server's report cannot be read. Bring server and register to the same release.",
            detail=str(wrong),
        ) from wrong
