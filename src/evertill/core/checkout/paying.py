"""Paying: tenders, cash rounding, change, refunds, and the entry that says the sale is paid."""

from __future__ import annotations

from evertill.core import entry as e
from evertill.core import intent as i
from evertill.core.checkout.desk import NO_SALE, Decision, Desk
from evertill.core.currency import minor_digits
from evertill.core.pricing import Priced, PricedLine
from evertill.core.receipt import DocumentLine, SaleDocument
from evertill.core.refusal import Refusal
from evertill.core.rounding import round_to_step
from evertill.core.sale import Sale, Tender
from evertill.core.shop import TenderKind
from evertill.core.tax import TaxedLine

CHANGE_MAX_MINOR = 100_000_000_000  # more than this in change is a typing error


def take_tender(desk: Desk, intent: i.TakeTender) -> Decision:
    """Take or pay out money. When nothing is left the sale is completed."""
    sale = desk.state.sale
    if sale is None:
        return NO_SALE
    kind = desk.rules.tenders.get(intent.tender)
    if kind is None or kind.currency != sale.currency:
        return Refusal(
            "tender_not_taken",
            "{tender} is not taken for a sale in {currency}. Choose another way to pay.",
            {"tender": intent.tender[:40], "currency": sale.currency},
        )
    if not sale.live_lines:
        return Refusal("empty_basket", "The basket is empty. Scan an article first.")
    refusal = _tip_refused(desk, kind, intent.tip_minor)
    if refusal is not None:
        return refusal
    priced = desk.price(sale)
    remaining = priced.gross_minor - sale.paid_minor
    tender = _settle(sale, kind, intent, remaining)
    if isinstance(tender, Refusal):
        return tender
    if remaining + tender.rounding_minor != tender.amount_minor:
        return [e.TenderTaken(sale=sale.id, tender=tender)]
    return [e.SaleCompleted(document=_document(desk, sale, priced, tender, intent.request))]


def remove_tender(desk: Desk, intent: i.RemoveTender) -> Decision:
    """Give a partial payment back."""
    sale = desk.state.sale
    if sale is None:
        return NO_SALE
    if all(tender.no != intent.tender_no for tender in sale.tenders):
        return Refusal("no_such_payment", "That payment is not there any more.")
    return [e.TenderRemoved(sale=sale.id, tender_no=intent.tender_no)]


def due_minor(kind: TenderKind, remaining_minor: int) -> int:
    """What this tender asks for: `remaining_minor`, rounded to the coins there are if it is cash."""
    if kind.kind != "cash" or kind.rounding_step_minor <= 1:
        return remaining_minor
    return round_to_step(remaining_minor, kind.rounding_step_minor)


def quick_amounts(kind: TenderKind, due: int) -> tuple[int, ...]:
    """Amounts a customer is likely to hand over for `due`: up to four round sums above it.

    Round to a note or to a coin of at least one whole unit of the currency; nobody counts out cents.
    """
    if kind.kind != "cash" or due <= 0:
        return ()
    whole = 10 ** minor_digits(kind.currency)
    amounts = {-(-due // note) * note for note in kind.notes_minor if note >= whole}
    return tuple(sorted(amount for amount in amounts if amount > due)[:4])


def _tip_refused(desk: Desk, kind: TenderKind, tip_minor: int) -> Refusal | None:
    if tip_minor == 0:
        return None
    if tip_minor < 0 or not desk.rules.settings.tips or kind.kind == "cash":
        return Refusal("no_tips", "Tips are not recorded here. Enter the amount without the tip.")
    return None


def _settle(sale: Sale, kind: TenderKind, intent: i.TakeTender, remaining: int) -> Tender | Refusal:
    due = due_minor(kind, remaining)
    sign = -1 if due < 0 else 1
    given = abs(due) if intent.amount_minor is None else intent.amount_minor
    if given < 0 or (given == 0 and remaining != 0 and due != 0):
        return Refusal("amount_needed", "Enter the amount the customer pays.")
    if given > abs(due) and (sign < 0 or kind.kind != "cash"):
        return Refusal(
            "amount_over_due",
            "That is more than is due. Enter at most the amount due.",
            {"due_minor": abs(due), "currency": sale.currency},
        )
    if given > abs(due) + CHANGE_MAX_MINOR:
        return Refusal("amount_too_big", "The amount is too large. Check it and enter it again.")
    settles = given >= abs(due)
    amount = due if settles else sign * given
    return Tender(
        no=max((tender.no for tender in sale.tenders), default=0) + 1,
        tender=kind.id,
        kind=kind.kind,
        names=kind.names,
        amount_minor=amount,
        given_minor=sign * given,
        change_minor=max(0, given - abs(due)) if settles else 0,
        rounding_minor=due - remaining if settles else 0,
        tip_minor=intent.tip_minor,
    )


def _document(desk: Desk, sale: Sale, priced: Priced, tender: Tender, request: str | None) -> SaleDocument:
    state = desk.state
    assert state.shift is not None, "a sale is paid within a shift"
    assert state.staff is not None, "somebody is signed in"
    tenders = (*sale.tenders, tender)
    number = state.receipts_given + 1
    settled = sum(taken.amount_minor for taken in tenders)
    rounding = sum(taken.rounding_minor for taken in tenders)
    assert settled == priced.gross_minor + rounding, "tenders settle the sale exactly"
    assert priced.gross_minor == priced.taxed.net_minor + priced.taxed.tax_minor, "tax is taken apart exactly"
    return SaleDocument(
        sale=sale.id,
        receipt=f"{desk.lane}-{desk.receipt_mark}-{number:06d}",
        receipt_no=number,
        store=desk.store,
        lane=desk.lane,
        shift=state.shift.number,
        staff=state.staff.staff,
        staff_name=state.staff.name,
        currency=sale.currency,
        edition=sale.edition,
        opened_at=sale.opened_at,
        completed_at=desk.stamp,
        day=desk.day,
        lines=tuple(
            _document_line(line, taxed) for line, taxed in zip(priced.lines, priced.taxed.lines, strict=True)
        ),
        taxes=priced.taxed.taxes,
        tenders=tenders,
        net_minor=priced.taxed.net_minor,
        tax_minor=priced.taxed.tax_minor,
        total_minor=priced.gross_minor,
        discount_minor=priced.discount_minor,
        rounding_minor=rounding,
        change_minor=tender.change_minor,
        tip_minor=sum(taken.tip_minor for taken in tenders),
        customer=sale.customer,
        customer_name=sale.customer_name,
        tax_exempt=sale.tax_exempt,
        coupons=sale.coupons,
        notes=sale.notes,
        age_proven=sale.age_proven,
        lines_voided=len(sale.lines) - len(priced.lines),
        reference=sale.reference,
        occurred_on=sale.occurred_on,
        request=request,
        promotion_uses=priced.promotion_uses,
    )


def _document_line(priced: PricedLine, taxed: TaxedLine) -> DocumentLine:
    line = priced.line
    return DocumentLine(
        no=line.no,
        sku=line.sku,
        names=line.names,
        quantity_milli=line.quantity_milli,
        unit_price_e4=line.unit_price_e4,
        amount_minor=line.amount_minor,
        net_minor=taxed.net_minor,
        tax_minor=taxed.tax_minor,
        gross_minor=taxed.gross_minor,
        tax_class=line.tax_class,
        taxes=taxed.taxes,
        discounts=priced.discounts,
        unit=line.unit,
        kind=line.kind,
        categories=line.categories,
        code=line.code,
        price_source=line.price_source,
        list_price_e4=line.list_price_e4,
        original=line.original,
        parent=line.parent,
        reason=line.reason,
        note=line.note,
        lot=line.lot,
        tare_g=line.tare_g,
    )
