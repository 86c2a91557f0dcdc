"""A day's report worked out from the facts themselves, document by document.

It shares no sum with the rows that `reports` reads, so that each proves the other.
"""

from __future__ import annotations

from collections import defaultdict

import apsw
import msgspec

from evertill.core.entry import SaleCompleted, SaleVoided
from evertill.core.receipt import SaleDocument
from evertill.journal.line import read_body
from evertill.server.reports import CurrencyReport, TaxTotal, TenderTotal


class _Counting:
    """What one currency comes to while documents are being added."""

    def __init__(self) -> None:
        self.sums: dict[str, int] = defaultdict(int)
        self.taxes: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0])
        self.tenders: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])

    def add(self, document: SaleDocument) -> None:
        sums = self.sums
        sums["sales"] += 1
        sums["gross_minor"] += document.total_minor
        sums["net_minor"] += document.net_minor
        sums["tax_minor"] += document.tax_minor
        sums["discount_minor"] += document.discount_minor
        sums["rounding_minor"] += document.rounding_minor
        sums["tip_minor"] += document.tip_minor
        sums["lines_voided"] += document.lines_voided
        for line in document.lines:
            sums["lines"] += 1
            sums["quantity_milli"] += line.quantity_milli
            sums["weight_g"] += line.quantity_milli if line.unit == "kg" else 0
            if line.quantity_milli < 0:
                sums["returned_lines"] += 1
                sums["returned_minor"] += line.gross_minor
        for tax in document.taxes:
            total = self.taxes[tax.tax, tax.rate_ppm]
            total[0] += tax.base_minor
            total[1] += tax.tax_minor
        for tender in document.tenders:
            taken = self.tenders[tender.tender, tender.kind]
            taken[0] += 1
            taken[1] += tender.amount_minor
            taken[2] += tender.tip_minor

    def report(self, currency: str) -> CurrencyReport:
        return CurrencyReport(
            currency=currency,
            taxes=tuple(
                TaxTotal(tax=tax, rate_ppm=rate, base_minor=base, tax_minor=amount)
                for (tax, rate), (base, amount) in sorted(self.taxes.items())
            ),
            tenders=tuple(
                TenderTotal(tender=tender, kind=kind, count=count, amount_minor=amount, tip_minor=tip)
                for (tender, kind), (count, amount, tip) in sorted(self.tenders.items())
            ),
            **self.sums,
        )


def recount_day(reader: apsw.Connection, store: str, day: str) -> tuple[CurrencyReport, ...]:
    """The currencies of a day's report, from the facts that count in the books."""
    counting: dict[str, _Counting] = defaultdict(_Counting)
    rows = reader.execute(
        "select e.kind, e.body from entries e join histories h using (store, lane, epoch, branch) "
        "where e.store = ? and e.day = ? and e.flag = '' and h.quarantined = '' "
        "and e.kind in ('SaleCompleted', 'SaleVoided')",
        (store, day),
    )
    for kind, body in rows:
        data = read_body(body).data
        if kind == "SaleCompleted":
            document = msgspec.json.decode(data, type=SaleCompleted).document
            counting[document.currency].add(document)
        else:
            voided = msgspec.json.decode(data, type=SaleVoided)
            counting[voided.currency].sums["sales_voided"] += 1
            counting[voided.currency].sums["voided_minor"] += voided.total_minor
    return tuple(counting[currency].report(currency) for currency in sorted(counting))
