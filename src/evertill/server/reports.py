"""What the facts add up to: a day's trade, and replayed days of real shops.

Read-only, from the rows that were worked out when the facts came in; a day's report costs as much as
that day's sales, however old the shop. `recount` works the same figures out from the facts themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw
import msgspec

from evertill.core.entry import SaleCompleted
from evertill.core.fault import Fault
from evertill.journal.line import read_body
from evertill.journal.reader import read_after
from evertill.ports import Disk
from evertill.server.sales import exact_amount, source_of

EXACT_SCALE = 10_000_000  # ten-millionths of a minor unit in one minor unit


class TaxTotal(msgspec.Struct, frozen=True, kw_only=True):
    """One tax at one rate over a day."""

    tax: str
    rate_ppm: int
    base_minor: int
    tax_minor: int


class TenderTotal(msgspec.Struct, frozen=True, kw_only=True):
    """What one tender took (and paid out, negative) over a day; `amount_minor` is without change and tips."""

    tender: str
    kind: str
    count: int
    amount_minor: int
    tip_minor: int


class CurrencyReport(msgspec.Struct, frozen=True, kw_only=True):
    """A day's trade in one currency.

    gross_minor = net_minor + tax_minor; gross_minor + rounding_minor = the sum of the tenders' amounts.
    `returned_minor` (negative) is the gross of the lines that came back, already within gross_minor.
    `quantity_milli` counts everything, pieces as 1000 and grams as 1; `weight_g` is the weighed part of it.
    """

    currency: str
    sales: int = 0
    lines: int = 0
    quantity_milli: int = 0
    weight_g: int = 0
    gross_minor: int = 0
    net_minor: int = 0
    tax_minor: int = 0
    discount_minor: int = 0
    rounding_minor: int = 0
    tip_minor: int = 0
    returned_lines: int = 0
    returned_minor: int = 0
    lines_voided: int = 0
    sales_voided: int = 0
    voided_minor: int = 0
    taxes: tuple[TaxTotal, ...] = ()
    tenders: tuple[TenderTotal, ...] = ()


class DayReport(msgspec.Struct, frozen=True, kw_only=True):
    """A store's trading day, one part per currency. `sources` splits the same sales by where they were
    brought over from ("" = rung up here), if asked for. `set_aside` entries of that day count nowhere;
    `held_aside` epochs (of any day) are not in the books either: somebody should look."""

    store: str
    day: str
    currencies: tuple[CurrencyReport, ...]
    sources: dict[str, tuple[CurrencyReport, ...]] | None = None
    set_aside: int = 0
    held_aside: int = 0


class DocumentTotals(msgspec.Struct, frozen=True, kw_only=True):
    """One replayed document. `exact` is sum(quantity_milli * unit_price_e4) over its lines, never rounded."""

    reference: str
    lines: int
    quantity_milli: int
    exact: int
    amount_minor: int
    gross_minor: int


class DayTotals(msgspec.Struct, frozen=True, kw_only=True):
    """Replayed documents of one day together. `exact` / EXACT_SCALE is the unrounded sum in minor units."""

    source: str
    day: str
    documents: int
    lines: int
    quantity_milli: int
    exact: int
    amount_minor: int
    gross_minor: int
    largest_document_lines: int


_SUMS = (
    "count(*), sum(lines), sum(quantity_milli), sum(weight_g), sum(gross_minor), sum(net_minor), "
    "sum(tax_minor), sum(discount_minor), sum(rounding_minor), sum(tip_minor), sum(returned_lines), "
    "sum(returned_minor), sum(lines_voided)"
)
_SUM_FIELDS = (
    "sales",
    "lines",
    "quantity_milli",
    "weight_g",
    "gross_minor",
    "net_minor",
    "tax_minor",
    "discount_minor",
    "rounding_minor",
    "tip_minor",
    "returned_lines",
    "returned_minor",
    "lines_voided",
)


@contextmanager
def reading(path: Path) -> Iterator[apsw.Connection]:
    """A read-only view of the facts as they are at its first question, beside a running gate or without one.

    Raises Fault facts_missing if there are none yet, facts_unreadable if the file cannot be read.
    """
    if not path.exists():
        hint = "There are no sales here yet. Start the shop once, or name its folder with --home."
        raise Fault("facts_missing", hint, detail=str(path))
    try:
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
        connection.set_busy_timeout(5_000)
        try:
            with connection:
                yield connection
        finally:
            connection.close()
    except apsw.Error as wrong:
        hint = "The server's facts cannot be read. Restore them from a backup; registers send the rest again."
        raise Fault("facts_unreadable", hint, detail=str(wrong)) from wrong


def stores_in(reader: apsw.Connection) -> list[str]:
    """The stores that have a lane here."""
    return [row[0] for row in reader.execute("select distinct store from lanes order by store")]


def day_report(reader: apsw.Connection, store: str, day: str, *, by_source: bool = False) -> DayReport:
    """The trade of `store` on the trading day `day` (YYYY-MM-DD)."""
    sources = None
    if by_source:
        names: list[Any] = reader.execute(
            "select distinct source from sale where store = ? and day = ? order by source", (store, day)
        ).fetchall()
        sources = {name: _currencies(reader, store, day, name) for (name,) in names}
    return DayReport(
        store=store,
        day=day,
        currencies=_currencies(reader, store, day, None),
        sources=sources,
        set_aside=_count(
            reader, "select count(*) from entries where store = ? and day = ? and flag <> ''", store, day
        ),
        held_aside=_count(
            reader, "select count(*) from histories where store = ? and quarantined <> ''", store
        ),
    )


def day_documents(reader: apsw.Connection, store: str, *, source: str, day: str) -> list[DocumentTotals]:
    """The documents brought over from `source` that happened on `day`, in no meaningful order."""
    rows = reader.execute(
        "select reference, lines, quantity_milli, exact, amount_minor, gross_minor from sale "
        "where store = ? and source = ? and occurred_on = ? and source <> ''",
        (store, source, day),
    )
    return [
        DocumentTotals(
            reference=reference,
            lines=lines,
            quantity_milli=quantity,
            exact=int(exact),
            amount_minor=amount,
            gross_minor=gross,
        )
        for reference, lines, quantity, exact, amount, gross in rows
    ]


def day_totals(
    reader: apsw.Connection,
    store: str,
    *,
    source: str,
    day: str,
    wanted: Callable[[str], bool] | None = None,
) -> DayTotals:
    """The totals of `source`'s documents of `day`; only those whose number (behind the source) is wanted."""
    return total_of(
        day_documents(reader, store, source=source, day=day), source=source, day=day, wanted=wanted
    )


def documents_from_journal(
    disk: Disk, directory: Path, witness_directory: Path, *, source: str
) -> Iterator[tuple[str, DocumentTotals]]:
    """(day it happened, totals) of every document from `source` in a journal, in the order of the journal.

    Reads only what is durable. Raises the faults of `journal.reader.read_after`.
    """
    lines = read_after(disk, directory, None, witness_directory=witness_directory, limit_bytes=1 << 62)
    for line in lines:
        if b'"kind":"SaleCompleted"' not in line.body:
            continue
        body = read_body(line.body)
        if body.kind != "SaleCompleted":
            continue
        document = msgspec.json.decode(body.data, type=SaleCompleted).document
        if source_of(document.reference) == source:
            yield (
                document.occurred_on or "",
                DocumentTotals(
                    reference=document.reference or "",
                    lines=len(document.lines),
                    quantity_milli=sum(line.quantity_milli for line in document.lines),
                    exact=exact_amount(document),
                    amount_minor=sum(line.amount_minor for line in document.lines),
                    gross_minor=document.total_minor,
                ),
            )


def total_of(
    documents: Iterable[DocumentTotals],
    *,
    source: str,
    day: str,
    wanted: Callable[[str], bool] | None = None,
) -> DayTotals:
    """Adds documents up. Several sales with one reference are one document."""
    by_reference: dict[str, list[DocumentTotals]] = {}
    for document in documents:
        if wanted is None or wanted(document.reference.partition("/")[2]):
            by_reference.setdefault(document.reference, []).append(document)
    parts = [part for group in by_reference.values() for part in group]
    return DayTotals(
        source=source,
        day=day,
        documents=len(by_reference),
        lines=sum(part.lines for part in parts),
        quantity_milli=sum(part.quantity_milli for part in parts),
        exact=sum(part.exact for part in parts),
        amount_minor=sum(part.amount_minor for part in parts),
        gross_minor=sum(part.gross_minor for part in parts),
        largest_document_lines=max(
            (sum(part.lines for part in group) for group in by_reference.values()), default=0
        ),
    )


def _currencies(
    reader: apsw.Connection, store: str, day: str, source: str | None
) -> tuple[CurrencyReport, ...]:
    where, values = "store = ? and day = ?", [store, day]
    if source is not None:
        where, values = where + " and source = ?", [*values, source]
    sums = {
        row[0]: dict(zip(_SUM_FIELDS, row[1:], strict=True))
        for row in reader.execute(
            f"select currency, {_SUMS} from sale where {where} group by currency", values
        )
    }
    voided: dict[str, tuple[int, int]] = {}
    if source is None:
        rows = reader.execute(
            f"select currency, count(*), sum(total_minor) from voided_sale where {where} group by currency",
            values,
        )
        voided = {row[0]: (row[1], row[2]) for row in rows}
    taxes, tenders = _taxes(reader, where, values), _tenders(reader, where, values)
    return tuple(
        CurrencyReport(
            currency=currency,
            sales_voided=voided.get(currency, (0, 0))[0],
            voided_minor=voided.get(currency, (0, 0))[1],
            taxes=tuple(taxes.get(currency, ())),
            tenders=tuple(tenders.get(currency, ())),
            **sums.get(currency, {}),
        )
        for currency in sorted({*sums, *voided})
    )


def _taxes(reader: apsw.Connection, where: str, values: list[str]) -> dict[str, list[TaxTotal]]:
    found: dict[str, list[TaxTotal]] = {}
    for currency, tax, rate, base, amount in reader.execute(
        f"select currency, tax, rate_ppm, sum(base_minor), sum(tax_minor) from sale_tax where {where} "
        "group by currency, tax, rate_ppm order by currency, tax, rate_ppm",
        values,
    ):
        total = TaxTotal(tax=tax, rate_ppm=rate, base_minor=base, tax_minor=amount)
        found.setdefault(currency, []).append(total)
    return found


def _tenders(reader: apsw.Connection, where: str, values: list[str]) -> dict[str, list[TenderTotal]]:
    found: dict[str, list[TenderTotal]] = {}
    for currency, tender, kind, count, amount, tip in reader.execute(
        "select currency, tender, kind, count(*), sum(amount_minor), sum(tip_minor) "
        f"from sale_tender where {where} "
        "group by currency, tender, kind order by currency, tender, kind",
        values,
    ):
        total = TenderTotal(tender=tender, kind=kind, count=count, amount_minor=amount, tip_minor=tip)
        found.setdefault(currency, []).append(total)
    return found


def _count(reader: apsw.Connection, question: str, *values: Any) -> int:
    return int(reader.execute(question, values).get)
