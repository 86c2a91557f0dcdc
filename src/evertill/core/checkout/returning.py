"""Taking goods back against a receipt: what was sold is mirrored, to the cent, piece by piece.

The k-th piece of a line gives back what k pieces cost less what k-1 pieces cost, so that taking
a line back in any number of steps adds up to exactly what was paid for it, tax included.
"""

from __future__ import annotations

from msgspec.structs import replace

from evertill.core import entry as e
from evertill.core import intent as i
from evertill.core.checkout.desk import NO_SHIFT, PARTLY_PAID, Decision, Desk
from evertill.core.checkout.selling import open_default_sale
from evertill.core.receipt import DocumentLine, SaleDocument
from evertill.core.receipt_code import read_receipt_code
from evertill.core.refusal import Refusal
from evertill.core.rounding import divide
from evertill.core.sale import Line, OriginalLine


def return_goods(desk: Desk, intent: i.ReturnGoods) -> Decision:
    """Add return lines for these lines of the receipt, or for all that is left of it."""
    if desk.state.shift is None:
        return NO_SHIFT
    if desk.state.sale is not None and desk.state.sale.tenders:
        return PARTLY_PAID
    refusal = desk.lacks("return_with_receipt")
    if refusal is not None:
        return refusal
    document = desk.lookup.receipt(receipt_number(intent.receipt))
    if document is None:
        return Refusal(
            "unknown_receipt",
            "Receipt {receipt} is not known at this register. Check the number, or take the goods back"
            " without a receipt.",
            {"receipt": intent.receipt[:80]},
        )
    left = _left_to_return(desk, document)
    asked = _asked(intent, document, left)
    if isinstance(asked, Refusal):
        return asked
    return _entries(desk, intent, document, asked, left)


def receipt_number(text: str) -> str:
    """The receipt number in what was typed or scanned: the number itself or the receipt's QR text."""
    code = read_receipt_code(text)
    return text.strip() if code is None else code.receipt


def _left_to_return(desk: Desk, document: SaleDocument) -> dict[int, int]:
    """Line number -> thousandths that can still be taken back, those in the basket in hand included."""
    returned = dict(desk.lookup.returned_milli(document.receipt))
    if desk.state.sale is not None:
        for line in desk.state.sale.live_lines:
            if line.original is not None and line.original.receipt == document.receipt:
                no = line.original.line_no
                returned[no] = returned.get(no, 0) - line.quantity_milli
    return {
        line.no: line.quantity_milli - returned.get(line.no, 0)
        for line in document.lines
        if line.quantity_milli > 0
    }


def _asked(
    intent: i.ReturnGoods, document: SaleDocument, left: dict[int, int]
) -> list[tuple[DocumentLine, int]] | Refusal:
    lines = {line.no: line for line in document.lines}
    if not intent.lines:
        everything = [(lines[no], quantity) for no, quantity in left.items() if quantity > 0]
        return everything or Refusal("all_returned", "Everything on this receipt was already taken back.")
    asked = []
    for text, quantity in intent.lines.items():
        no = int(text) if text.isdecimal() and len(text) <= 9 else 0
        if no not in left:
            return Refusal("no_such_receipt_line", "Line {line} is not on this receipt.", {"line": text[:10]})
        if quantity <= 0 or (lines[no].unit == "each" and quantity % 1000):
            return Refusal("bad_return_quantity", "Enter how many are taken back, more than zero.")
        if quantity > left[no]:
            return Refusal(
                "returned_too_many",
                "Only {left} of this line can still be taken back.",
                {"left": left[no] / 1000 if left[no] % 1000 else left[no] // 1000},
            )
        asked.append((lines[no], quantity))
    return asked


def _entries(
    desk: Desk,
    intent: i.ReturnGoods,
    document: SaleDocument,
    asked: list[tuple[DocumentLine, int]],
    left: dict[int, int],
) -> Decision:
    entries: list[e.Entry] = []
    sale = desk.state.sale
    if sale is None:
        opened = open_default_sale(desk)
        if isinstance(opened, Refusal):
            return opened
        if opened.currency != document.currency:
            opened = replace(opened, currency=document.currency)
        entries.append(opened)
        sale_id, next_no, lines = opened.sale, 1, 0
    else:
        sale_id, next_no, lines = sale.id, sale.lines_added + 1, len(sale.lines)
        if sale.currency != document.currency:
            return Refusal(
                "other_currency",
                "This receipt is in {currency}. Finish this basket first.",
                {"currency": document.currency},
            )
    limit = desk.rules.settings.limits.lines_max
    if lines + len(asked) > limit:
        return Refusal(
            "too_many_lines",
            "This basket is full: {limit} lines. Take payment for it, then start another.",
            {"limit": limit},
        )
    for offset, (line, quantity) in enumerate(asked):
        done = line.quantity_milli - left[line.no]
        returned = _mirror(document, line, done, quantity, intent.reason)
        entries.append(e.LineAdded(sale=sale_id, line=replace(returned, no=next_no + offset)))
    return entries


def _mirror(document: SaleDocument, line: DocumentLine, done: int, quantity: int, reason: str | None) -> Line:
    """The return line for `quantity` of `line`, of which `done` was taken back before."""
    whole = line.quantity_milli

    def part(amount: int) -> int:
        return divide(amount * done, whole) - divide(amount * (done + quantity), whole)

    taxes = tuple((tax, part(base), part(amount)) for tax, base, amount in line.taxes)
    tax_minor = sum(amount for _, _, amount in taxes) if taxes else part(line.tax_minor)
    included = line.gross_minor == line.amount_minor - sum(d.amount_minor for d in line.discounts)
    discounts = tuple(replace(d, amount_minor=part(d.amount_minor)) for d in line.discounts)
    amount = part(line.amount_minor)
    priced = amount - sum(d.amount_minor for d in discounts)
    gross = priced if included else priced + tax_minor
    return Line(
        no=0,
        sku=line.sku,
        names=line.names,
        quantity_milli=-quantity,
        unit_price_e4=line.unit_price_e4,
        amount_minor=amount,
        tax_class=line.tax_class,
        unit=line.unit,
        kind=line.kind,
        categories=line.categories,
        code=line.code,
        price_source="receipt",
        reason=reason,
        original=OriginalLine(
            receipt=document.receipt,
            line_no=line.no,
            gross_minor=gross,
            net_minor=gross - tax_minor,
            tax_minor=tax_minor,
            taxes=taxes,
            discounts=tuple(d for d in discounts if d.amount_minor),
        ),
    )
