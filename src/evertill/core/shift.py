"""A shift at a lane: what it took, folded from entries, and the report it gives at any moment."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from evertill.core.receipt import (
    CountLine,
    CurrencyTotal,
    SaleDocument,
    ShiftReport,
    TaxLine,
    TenderTotal,
)
from evertill.core.sale import Tender


class Shift(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An open shift. `float_minor`, `cash_minor` and `moved_minor` are per currency."""

    number: int
    opened_at: str
    opened_by: str
    float_minor: dict[str, int]
    cash_minor: dict[str, int] = {}
    moved_minor: dict[str, int] = {}
    totals: dict[str, CurrencyTotal] = {}
    tenders: dict[str, TenderTotal] = {}
    voided_sales: int = 0
    voided_lines: int = 0
    drawer_openings: int = 0
    first_receipt: str | None = None
    last_receipt: str | None = None

    def with_sale(self, document: SaleDocument) -> Shift:
        """This shift with a completed sale counted."""
        currency = document.currency
        total = self.totals.get(currency) or CurrencyTotal(currency=currency)
        shift = self
        for tender in document.tenders:
            shift = shift.with_tender(tender, currency)
        return replace(
            shift,
            totals={**self.totals, currency: _counted(total, document)},
            voided_lines=self.voided_lines + document.lines_voided,
            first_receipt=self.first_receipt or document.receipt,
            last_receipt=document.receipt,
        )

    def with_tender(self, tender: Tender, currency: str) -> Shift:
        """This shift with one tender of a completed sale counted."""
        key = f"{tender.tender}/{currency}"
        total = self.tenders.get(key) or TenderTotal(
            tender=tender.tender, names=tender.names, kind=tender.kind, currency=currency
        )
        total = replace(
            total,
            amount_minor=total.amount_minor + tender.amount_minor,
            count=total.count + 1,
            tip_minor=total.tip_minor + tender.tip_minor,
        )
        cash = self.cash_minor
        if tender.kind == "cash":
            cash = _plus(cash, currency, tender.amount_minor + tender.tip_minor)
        return replace(self, tenders={**self.tenders, key: total}, cash_minor=cash)

    def with_move(self, currency: str, amount_minor: int) -> Shift:
        """This shift with cash put in or taken out."""
        return replace(self, moved_minor=_plus(self.moved_minor, currency, amount_minor))

    def expected_minor(self, currency: str) -> int:
        """The cash that should be in the drawer."""
        parts = (self.float_minor, self.cash_minor, self.moved_minor)
        return sum(part.get(currency, 0) for part in parts)

    def report(self, counts: Mapping[str, Mapping[str, int]] | None = None) -> ShiftReport:
        """The X report; with `counts` (pieces per denomination per currency), the Z report's figures."""
        currencies = sorted({*self.float_minor, *self.cash_minor, *self.moved_minor, *(counts or {})})
        cash = tuple(self._count_line(currency, (counts or {}).get(currency)) for currency in currencies)
        return ShiftReport(
            shift=self.number,
            opened_at=self.opened_at,
            opened_by=self.opened_by,
            totals=tuple(self.totals[key] for key in sorted(self.totals)),
            tenders=tuple(self.tenders[key] for key in sorted(self.tenders)),
            cash=cash,
            moved_minor=self.moved_minor,
            voided_sales=self.voided_sales,
            voided_lines=self.voided_lines,
            drawer_openings=self.drawer_openings,
            first_receipt=self.first_receipt,
            last_receipt=self.last_receipt,
        )

    def _count_line(self, currency: str, pieces: Mapping[str, int] | None) -> CountLine:
        counted = None if pieces is None else sum(int(worth) * number for worth, number in pieces.items())
        return CountLine(
            currency=currency,
            float_minor=self.float_minor.get(currency, 0),
            expected_minor=self.expected_minor(currency),
            counted_minor=counted,
            pieces=dict(pieces or {}),
        )


def _plus(amounts: dict[str, int], currency: str, amount_minor: int) -> dict[str, int]:
    return {**amounts, currency: amounts.get(currency, 0) + amount_minor}


def _counted(total: CurrencyTotal, document: SaleDocument) -> CurrencyTotal:
    returned = [line for line in document.lines if line.quantity_milli < 0]
    return replace(
        total,
        sales=total.sales + 1,
        gross_minor=total.gross_minor + document.total_minor,
        net_minor=total.net_minor + document.net_minor,
        tax_minor=total.tax_minor + document.tax_minor,
        discount_minor=total.discount_minor + document.discount_minor,
        rounding_minor=total.rounding_minor + document.rounding_minor,
        returned_minor=total.returned_minor + sum(line.gross_minor for line in returned),
        returned_lines=total.returned_lines + len(returned),
        taxes=add_taxes(total.taxes, document.taxes),
    )


def add_taxes(left: tuple[TaxLine, ...], right: tuple[TaxLine, ...]) -> tuple[TaxLine, ...]:
    """Two tax breakdowns added, by tax id, in order of first appearance."""
    sums = {line.tax: line for line in left}
    for line in right:
        known = sums.get(line.tax)
        sums[line.tax] = (
            line
            if known is None
            else replace(
                known,
                base_minor=known.base_minor + line.base_minor,
                tax_minor=known.tax_minor + line.tax_minor,
            )
        )
    return tuple(sums.values())
