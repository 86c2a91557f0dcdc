"""From an entry to the rows that reports are added up from: the projection of sales.

A pure translation of one document. What cannot be put into the books (numbers beyond any shop) is not
an error here: the reason is returned and the entry is set aside, so that it never blocks the others.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from evertill.core.entry import SaleCompleted, SaleVoided
from evertill.core.receipt import SaleDocument

AMOUNT_MAX = 10**15  # minor units or thousandths: a thousand of these still fit into 64 bits many times over
BEYOND_BOOKS = "beyond_books"
OTHER_LANE = "other_lane"

_completed = msgspec.json.Decoder(SaleCompleted).decode
_voided = msgspec.json.Decoder(SaleVoided).decode


class Place(msgspec.Struct, frozen=True):
    """Which entry a row comes from."""

    store: str
    lane: str
    epoch: str
    branch: int
    seq: int
    day: str


class SaleRows(msgspec.Struct, frozen=True, kw_only=True):
    """The rows of one entry, in the column order of the schema."""

    sale: tuple[object, ...] | None = None
    taxes: tuple[tuple[object, ...], ...] = ()
    tenders: tuple[tuple[object, ...], ...] = ()
    voided: tuple[object, ...] | None = None


def rows_of(place: Place, kind: str, data: msgspec.Raw) -> SaleRows | str | None:
    """The rows of an entry that was decoded well before; None if reports do not count its kind; or why
    it is set aside: "beyond_books" for numbers out of all bounds, "other_lane" for somebody else's sale."""
    if kind == "SaleCompleted":
        document = _completed(data).document
        if (document.store, document.lane) != (place.store, place.lane):
            return OTHER_LANE
        rows = _document_rows(place, document)
    elif kind == "SaleVoided":
        voided = _voided(data)
        rows = SaleRows(voided=(*_by_day(place), voided.currency, voided.total_minor, voided.lines))
    else:
        return None
    return rows if _in_bounds(rows) else BEYOND_BOOKS


def source_of(reference: str | None) -> str:
    """Where a sale was brought over from: the first part of "uci-online-retail/536365", or empty."""
    source, slash, _ = (reference or "").partition("/")
    return source if slash else ""


def exact_amount(document: SaleDocument) -> int:
    """Sum of quantity_milli * unit_price_e4 over the lines: ten-millionths of a minor unit, never rounded."""
    return sum(line.quantity_milli * line.unit_price_e4 for line in document.lines)


def _by_day(place: Place) -> tuple[object, ...]:
    return place.store, place.day, place.lane, place.epoch, place.branch, place.seq


def _document_rows(place: Place, document: SaleDocument) -> SaleRows:
    lines = document.lines
    source = source_of(document.reference)
    returned = [line for line in lines if line.quantity_milli < 0]
    sale = (
        place.store,
        place.lane,
        place.epoch,
        place.branch,
        place.seq,
        document.sale,
        place.day,
        document.receipt,
        document.currency,
        source,
        document.reference or "",
        document.occurred_on or "",
        len(lines),
        sum(line.quantity_milli for line in lines),
        sum(line.quantity_milli for line in lines if line.unit == "kg"),
        str(exact_amount(document)),
        sum(line.amount_minor for line in lines),
        document.total_minor,
        document.net_minor,
        document.tax_minor,
        document.discount_minor,
        document.rounding_minor,
        document.tip_minor,
        len(returned),
        sum(line.gross_minor for line in returned),
        document.lines_voided,
    )
    key = _by_day(place)
    taxes: dict[tuple[str, int], tuple[int, int]] = {}
    for line in document.taxes:
        base, tax = taxes.get((line.tax, line.rate_ppm), (0, 0))
        taxes[line.tax, line.rate_ppm] = (base + line.base_minor, tax + line.tax_minor)
    return SaleRows(
        sale=sale,
        taxes=tuple(
            (*key, tax, rate, document.currency, source, *amounts) for (tax, rate), amounts in taxes.items()
        ),
        tenders=tuple(
            (
                *key,
                no,
                tender.tender,
                tender.kind,
                document.currency,
                source,
                tender.amount_minor,
                tender.tip_minor,
            )
            for no, tender in enumerate(document.tenders, start=1)
        ),
    )


def _in_bounds(rows: SaleRows) -> bool:
    groups: Iterable[tuple[object, ...]] = (
        *([rows.sale] if rows.sale else []),
        *rows.taxes,
        *rows.tenders,
        *([rows.voided] if rows.voided else []),
    )
    return all(abs(value) <= AMOUNT_MAX for row in groups for value in row if isinstance(value, int))
