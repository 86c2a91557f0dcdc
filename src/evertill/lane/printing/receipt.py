"""A completed sale as a page: who sold what to whom, what came off and why, the tax, and how it was paid.

The document is taken as it is: nothing is priced, taxed or rounded here. The one figure worked out is
what tax added to marked prices (or an exemption took out of them), because that is the difference
between two sums that the page shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from evertill.core.receipt import DocumentLine, SaleDocument, TaxLine
from evertill.core.receipt_code import receipt_code
from evertill.core.sale import DiscountPart, Tender
from evertill.core.shop import Settings
from evertill.lane.printing.figures import Figures
from evertill.lane.printing.page import Columns, Cut, Drawer, Feed, Page, Pair, Qr, Row, Rule, Text
from evertill.lane.words import N_, words

TAX_WEIGHTS = (5, 4, 3, 4)


def receipt_page(
    document: SaleDocument, settings: Settings, *, locale: str, head_code: str, copy_no: int = 0
) -> Page:
    """The receipt of `document` in `locale` ("en", "zh"); copy_no > 0 marks it as that copy, top and bottom.

    `head_code` is the hex SHA-256 of the sale's journal line, or its start. Names fall back to English.
    """
    assert copy_no >= 0, "receipt_page: copies count from 1"
    writer = _Receipt(document, settings, locale)
    code = receipt_code(
        store=document.store, lane=document.lane, receipt=document.receipt, head_code=head_code
    )
    rows = (
        *writer.copy_mark(copy_no),
        *shop_head(settings, locale),
        *writer.heading(),
        Rule(),
        *writer.lines(),
        Rule(),
        *writer.sums(),
        Rule(),
        *writer.tenders(),
        *writer.taxes(),
        *writer.remarks(),
        Rule(),
        *writer.farewell(),
        Qr(text=code.text()),
        Text(text=f"{document.receipt}  {code.head8}", align="center"),
        *writer.copy_mark(copy_no),
        Feed(lines=1),
        Cut(),
    )
    return Page(title=writer.title(), locale=locale, rows=rows)


def drawer_page(locale: str = "en") -> Page:
    """A page that only opens the drawer."""
    return Page(title=words(locale)(N_("Cash drawer")), locale=locale, rows=(Drawer(),))


def named(names: Mapping[str, str], locale: str) -> str:
    """The name in `locale`, else in English."""
    return names.get(locale) or names.get("en", "")


def shop_head(settings: Settings, locale: str) -> Iterator[Row]:
    """Who the shop is: name, address, tax number."""
    _ = words(locale)
    yield Text(text=named(settings.names, locale), align="center", bold=True, large=True)
    for line in settings.address:
        yield Text(text=line, align="center")
    if settings.tax_number:
        text = _(N_("Tax number {number}")).format(number=settings.tax_number)
        yield Text(text=text, align="center")


def tax_table(
    taxes: tuple[TaxLine, ...], figures: Figures, locale: str, currency: str | None = None
) -> Iterator[Row]:
    """Net, tax and gross of every tax, as a table; nothing when there is none."""
    if not taxes:
        return
    _ = words(locale)
    head = (_(N_("Tax rate")), _(N_("Net")), _(N_("Tax")), _(N_("Gross")))
    yield Columns(cells=head, weights=TAX_WEIGHTS, bold=True)
    for tax in taxes:
        sums = (tax.base_minor, tax.tax_minor, tax.base_minor + tax.tax_minor)
        cells = (_tax_name(tax, figures, locale), *(figures.amount(part, currency) for part in sums))
        yield Columns(cells=cells, weights=TAX_WEIGHTS)


def _tax_name(tax: TaxLine, figures: Figures, locale: str) -> str:
    name, rate = named(tax.names, locale), figures.rate(tax.rate_ppm)
    if not tax.rate_ppm or rate in name.replace(" %", "%"):
        return name
    return f"{name} {rate}".strip()


class _Receipt:
    """The parts of one receipt, in the order a reader meets them."""

    def __init__(self, document: SaleDocument, settings: Settings, locale: str) -> None:
        self._document = document
        self._settings = settings
        self._locale = locale
        self._figures = Figures(locale, document.currency)
        self._: Callable[[str], str] = words(locale)

    def title(self) -> str:
        return self._(N_("Receipt {receipt}")).format(receipt=self._document.receipt)

    def copy_mark(self, copy_no: int) -> Iterator[Row]:
        if copy_no:
            text = self._(N_("*** COPY {number} ***")).format(number=copy_no)
            yield Text(text=text, align="center", bold=True, large=True)

    def heading(self) -> Iterator[Row]:
        document, _ = self._document, self._
        if document.total_minor < 0:
            yield Text(text=_(N_("REFUND")), align="center", bold=True, large=True)
        yield Feed()
        yield Pair(left=_(N_("Receipt")), right=document.receipt)
        yield Pair(left=_(N_("Date")), right=self._figures.moment(document.completed_at))
        yield Pair(
            left=_(N_("Lane {lane}, shift {shift}")).format(lane=document.lane, shift=document.shift),
            right=document.staff_name,
        )
        if document.customer_name:
            yield Pair(left=_(N_("Customer")), right=document.customer_name)
        if document.tax_exempt:
            yield Text(text=_(N_("Exempt from tax")), bold=True)

    def lines(self) -> Iterator[Row]:
        for line in self._document.lines:
            yield from self._line(line)

    def _line(self, line: DocumentLine) -> Iterator[Row]:
        _, figures = self._, self._figures
        indent = 0 if line.parent is None else 1
        name = named(line.names, self._locale)
        if line.kind == "deposit" and indent == 0:
            name = _(N_("Deposit: {name}")).format(name=name)
        amount = figures.amount(line.amount_minor)
        if line.unit == "each" and line.quantity_milli == 1000:
            yield Pair(left=name, right=amount, indent=indent)
        else:
            yield Pair(left=name, right="", indent=indent)
            yield Pair(left=self._calculation(line), right=amount, indent=indent + 1)
        yield from self._line_remarks(line, indent + 1)
        for part in line.discounts:
            yield self._discount(part, indent + 1)

    def _calculation(self, line: DocumentLine) -> str:
        price = self._figures.unit_price(line.unit_price_e4)
        if line.unit == "each":
            return f"{self._figures.quantity(line.quantity_milli)} × {price}"
        weight = self._figures.weight(line.quantity_milli)
        return f"{weight} {line.unit} × {price}/{line.unit}"

    def _line_remarks(self, line: DocumentLine, indent: int) -> Iterator[Row]:
        _ = self._
        if line.price_source == "override" and line.list_price_e4 is not None:
            price = self._figures.unit_price(line.list_price_e4)
            yield Pair(left=_(N_("Usual price {price}")).format(price=price), right="", indent=indent)
        if line.original is not None:
            text = _(N_("Return from receipt {receipt}")).format(receipt=line.original.receipt)
            yield Pair(left=text, right="", indent=indent)
        elif line.quantity_milli < 0 and line.kind == "goods":
            yield Pair(left=_(N_("Return without receipt")), right="", indent=indent)
        if line.lot:
            yield Pair(left=_(N_("Lot {lot}")).format(lot=line.lot), right="", indent=indent)
        if line.note:
            yield Pair(left=line.note, right="", indent=indent)

    def _discount(self, part: DiscountPart, indent: int) -> Row:
        why = named(part.names, self._locale) or self._(N_("Discount"))
        return Pair(left=why, right=self._figures.amount(-part.amount_minor), indent=indent)

    def sums(self) -> Iterator[Row]:
        document, _, figures = self._document, self._, self._figures
        subtotal = sum(line.amount_minor for line in document.lines)
        beside = document.total_minor - (subtotal - document.discount_minor)
        if document.discount_minor or beside:
            yield Pair(left=_(N_("Subtotal")), right=figures.amount(subtotal))
        if document.discount_minor:
            yield Pair(left=_(N_("Discounts")), right=figures.amount(-document.discount_minor))
        if beside:
            words_beside = N_("Tax not charged") if document.tax_exempt else N_("Tax added")
            yield Pair(left=_(words_beside), right=figures.amount(beside))
        total = figures.money(document.total_minor)
        yield Pair(left=_(N_("TOTAL")), right=total, bold=True, large=True)
        if document.discount_minor > 0:
            yield Pair(left=_(N_("You saved")), right=figures.money(document.discount_minor), bold=True)
        if document.rounding_minor:
            due = document.total_minor + document.rounding_minor
            yield Pair(left=_(N_("Cash rounding")), right=figures.amount(document.rounding_minor))
            yield Pair(left=_(N_("To pay")), right=figures.money(due), bold=True)

    def tenders(self) -> Iterator[Row]:
        for tender in self._document.tenders:
            yield from self._tender(tender)
        if self._document.tip_minor:
            yield Pair(
                left=self._(N_("Tip, with thanks")), right=self._figures.amount(self._document.tip_minor)
            )

    def _tender(self, tender: Tender) -> Iterator[Row]:
        name = named(tender.names, self._locale)
        if tender.amount_minor < 0:
            name = self._(N_("Paid out: {tender}")).format(tender=name)
        yield Pair(left=name, right=self._figures.amount(tender.amount_minor))
        if tender.given_minor != tender.amount_minor:
            yield Pair(left=self._(N_("Given")), right=self._figures.amount(tender.given_minor), indent=1)
        if tender.change_minor:
            change = self._figures.money(tender.change_minor)
            yield Pair(left=self._(N_("Change")), right=change, indent=1, bold=True)

    def taxes(self) -> Iterator[Row]:
        if self._document.taxes:
            yield Rule()
        yield from tax_table(self._document.taxes, self._figures, self._locale)

    def remarks(self) -> Iterator[Row]:
        document, _ = self._document, self._
        if document.coupons or document.notes or document.reference:
            yield Rule()
        for coupon in document.coupons:
            yield Text(text=_(N_("Coupon {code}")).format(code=coupon))
        if document.reference:
            yield Text(text=_(N_("Reference {reference}")).format(reference=document.reference))
        for note in document.notes:
            yield Text(text=note)

    def farewell(self) -> Iterator[Row]:
        footer = named(self._settings.receipt_footer, self._locale)
        for line in footer.splitlines():
            yield Text(text=line, align="center")
