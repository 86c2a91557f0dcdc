"""A shift's X or Z report as a page: trade, tax, tenders, cash, and what is over or short."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from evertill.core.receipt import CountLine, CurrencyTotal, ShiftReport
from evertill.core.shop import Settings
from evertill.lane.printing.figures import Figures
from evertill.lane.printing.page import Cut, Feed, Page, Pair, Row, Rule, Text
from evertill.lane.printing.receipt import named, shop_head, tax_table
from evertill.lane.words import N_, words


def report_page(
    report: ShiftReport,
    settings: Settings,
    *,
    locale: str,
    lane: str = "",
    printed_at: str = "",
    copy_no: int = 0,
) -> Page:
    """The report in `locale`: an X report while the shift is open, a Z report once it is closed.

    `printed_at` (ISO 8601) says for an X report up to which moment it counts.
    """
    writer = _Report(report, settings, locale)
    rows = (
        *writer.copy_mark(copy_no),
        *shop_head(settings, locale),
        *writer.heading(lane, printed_at),
        *(row for total in report.totals for row in writer.trade(total)),
        *writer.tenders(),
        *(row for count in report.cash for row in writer.cash(count)),
        *writer.watchful(),
        *writer.copy_mark(copy_no),
        Feed(lines=1),
        Cut(),
    )
    return Page(title=writer.title(), locale=locale, rows=rows)


class _Report:
    """The parts of one report."""

    def __init__(self, report: ShiftReport, settings: Settings, locale: str) -> None:
        self._report = report
        self._locale = locale
        self._figures = Figures(locale, settings.currency)
        self._: Callable[[str], str] = words(locale)

    def title(self) -> str:
        closed = self._report.closed_at is not None
        text = N_("Z report, shift {shift}") if closed else N_("X report, shift {shift}")
        return self._(text).format(shift=self._report.shift)

    def copy_mark(self, copy_no: int) -> Iterator[Row]:
        if copy_no:
            text = self._(N_("*** COPY {number} ***")).format(number=copy_no)
            yield Text(text=text, align="center", bold=True, large=True)

    def heading(self, lane: str, printed_at: str) -> Iterator[Row]:
        report, _, moment = self._report, self._, self._figures.moment
        yield Text(text=self.title(), align="center", bold=True, large=True)
        yield Feed()
        if lane:
            yield Pair(left=_(N_("Lane")), right=lane)
        yield Pair(left=_(N_("Opened")), right=f"{moment(report.opened_at)}  {report.opened_by}")
        if report.closed_at is not None:
            yield Pair(
                left=_(N_("Closed")), right=f"{moment(report.closed_at)}  {report.closed_by or ''}".rstrip()
            )
        elif printed_at:
            yield Pair(left=_(N_("As of")), right=moment(printed_at))
        if report.first_receipt:
            yield Pair(left=_(N_("First receipt")), right=report.first_receipt)
        if report.last_receipt:
            yield Pair(left=_(N_("Last receipt")), right=report.last_receipt)

    def trade(self, total: CurrencyTotal) -> Iterator[Row]:
        _, figures, currency = self._, self._figures, total.currency
        yield Rule()
        yield Text(text=_(N_("Trade in {currency}")).format(currency=currency), bold=True)
        yield Pair(left=_(N_("Sales")), right=str(total.sales))
        rows = (
            (N_("Discounts given"), total.discount_minor),
            (N_("Goods returned"), total.returned_minor),
            (N_("Net"), total.net_minor),
            (N_("Tax"), total.tax_minor),
            (N_("Cash rounding"), total.rounding_minor),
        )
        for text, amount in rows:
            yield Pair(left=_(text), right=figures.amount(amount, currency))
        gross = figures.money(total.gross_minor, currency)
        yield Pair(left=_(N_("TOTAL")), right=gross, bold=True, large=True)
        yield from tax_table(total.taxes, figures, self._locale, currency)

    def tenders(self) -> Iterator[Row]:
        if not self._report.tenders:
            return
        _, figures = self._, self._figures
        yield Rule()
        yield Text(text=_(N_("Tenders")), bold=True)
        for tender in self._report.tenders:
            name = f"{named(tender.names, self._locale)} ({tender.count})"
            yield Pair(left=name, right=figures.money(tender.amount_minor, tender.currency))
            if tender.tip_minor:
                tip = figures.money(tender.tip_minor, tender.currency)
                yield Pair(left=_(N_("of it tips")), right=tip, indent=1)

    def cash(self, count: CountLine) -> Iterator[Row]:
        _, figures, currency = self._, self._figures, count.currency
        yield Rule()
        yield Text(text=_(N_("Cash in {currency}")).format(currency=currency), bold=True)
        yield Pair(left=_(N_("Opening float")), right=figures.amount(count.float_minor, currency))
        moved = self._report.moved_minor.get(currency, 0)
        if moved:
            yield Pair(left=_(N_("Put in and taken out")), right=figures.amount(moved, currency))
        yield Pair(left=_(N_("Should be there")), right=figures.amount(count.expected_minor, currency))
        for worth, pieces in sorted(count.pieces.items(), key=lambda item: -int(item[0])):
            amount = figures.amount(int(worth) * pieces, currency)
            calculation = f"{pieces} × {figures.amount(int(worth), currency)}"
            yield Pair(left=calculation, right=amount, indent=1)
        if count.counted_minor is None:
            yield Text(text=_(N_("Not counted yet")))
            return
        yield Pair(left=_(N_("Counted")), right=figures.amount(count.counted_minor, currency))
        yield self._difference(count)

    def _difference(self, count: CountLine) -> Row:
        difference = count.difference_minor or 0
        if difference == 0:
            return Text(text=self._(N_("The cash is right.")), bold=True)
        text = N_("OVER") if difference > 0 else N_("SHORT")
        amount = self._figures.money(abs(difference), count.currency)
        return Pair(left=self._(text), right=amount, bold=True, large=True)

    def watchful(self) -> Iterator[Row]:
        report, _ = self._report, self._
        yield Rule()
        yield Pair(left=_(N_("Sales voided")), right=str(report.voided_sales))
        yield Pair(left=_(N_("Lines voided")), right=str(report.voided_lines))
        yield Pair(left=_(N_("Drawer openings without a sale")), right=str(report.drawer_openings))
