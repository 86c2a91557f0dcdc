"""Around the sale: signing in, the shift, cash in and out, counts and reports, the drawer, reprints."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from evertill.core import entry as e
from evertill.core import intent as i
from evertill.core.checkout.desk import NO_SHIFT, Decision, Desk
from evertill.core.checkout.returning import receipt_number
from evertill.core.refusal import Refusal
from evertill.core.shop import LOCALES

CASH_MAX_MINOR = 100_000_000_000
DIGITS_MAX = 12


def sign_in(desk: Desk, intent: i.SignIn) -> Decision:
    """Sign in; the basket in hand stays. After too many wrong PINs the account waits a while."""
    member = desk.rules.staff.get(intent.staff)
    if desk.pin_wait_s > 0:
        return Refusal(
            "pin_locked",
            "Too many wrong PINs. Wait {seconds} seconds, or ask a colleague to sign in.",
            {"seconds": desk.pin_wait_s},
        )
    if member is None or not desk.pin_ok:
        return Refusal("wrong_pin", "The PIN is not right. Try again.")
    entries: list[e.Entry] = []
    if desk.state.staff is not None and desk.state.staff.staff != member.id:
        entries.append(e.StaffSignedOut(staff=desk.staff_id, why="switched"))
    locale = desk.state.locales.get(member.id, member.locale)
    entries.append(e.StaffSignedIn(staff=member.id, name=member.name, role=member.role, locale=locale))
    sale = desk.state.sale
    if sale is not None and sale.staff != member.id:
        entries.append(e.SaleTakenOver(sale=sale.id, staff=member.id, before=sale.staff))
    return entries


def sign_out(desk: Desk, _intent: i.SignOut) -> Decision:
    """Sign out."""
    if desk.state.sale is not None and desk.state.sale.live_lines:
        return Refusal("basket_open", "There is still a basket. Finish, park or void it first.")
    entries: list[e.Entry] = []
    if desk.state.sale is not None:
        entries.append(_empty_sale_voided(desk))
    return [*entries, e.StaffSignedOut(staff=desk.staff_id)]


def lock(desk: Desk, _intent: i.LockLane) -> Decision:
    """Lock the lane; whoever signs in unlocks it."""
    return [e.LaneLocked(staff=desk.staff_id)]


def choose_language(desk: Desk, intent: i.ChooseLanguage) -> Decision:
    """The cashier's language at this lane, until they choose another."""
    if intent.locale not in LOCALES:
        return Refusal("unknown_language", "This register does not speak that language. Choose another.")
    if desk.state.locales.get(desk.staff_id) == intent.locale:
        return []
    return [e.LanguageChosen(staff=desk.staff_id, locale=intent.locale)]


def acknowledge(desk: Desk, intent: i.AcknowledgeMessage) -> Decision:
    """A message from the shop was read; taking it away twice does no harm."""
    if all(message.id != intent.message for message in desk.rules.settings.messages):
        return Refusal("unknown_message", "The shop has taken that message back. There is nothing to do.")
    read = desk.state.read if desk.state.read_day == desk.day else {}
    if intent.message in read.get(desk.staff_id, ()):
        return []
    return [e.MessageAcknowledged(staff=desk.staff_id, message=intent.message, day=desk.day)]


def open_shift(desk: Desk, intent: i.OpenShift) -> Decision:
    """Open a shift with its float."""
    if desk.state.shift is not None:
        return Refusal("shift_open", "A shift is already open.")
    refusal = desk.lacks("shift_open")
    if refusal is not None:
        return refusal
    for currency, amount in intent.float_minor.items():
        if not _has_cash(desk, currency):
            return _no_cash(currency)
        if not 0 <= amount <= CASH_MAX_MINOR:
            return Refusal("bad_float", "Enter an amount of zero or more.")
    return [
        e.ShiftOpened(
            shift=desk.state.shifts_opened + 1,
            at=desk.stamp,
            staff=desk.staff_id,
            float_minor=dict(intent.float_minor),
        )
    ]


def move_cash(desk: Desk, intent: i.MoveCash) -> Decision:
    """Put cash in or take it out."""
    shift = desk.state.shift
    if shift is None:
        return NO_SHIFT
    refusal = desk.lacks("cash_move")
    if refusal is not None:
        return refusal
    if not intent.reason.strip():
        return Refusal("reason_needed", "Choose or enter a reason.")
    if not _has_cash(desk, intent.currency):
        return _no_cash(intent.currency)
    if intent.amount_minor == 0 or abs(intent.amount_minor) > CASH_MAX_MINOR:
        return Refusal("bad_amount", "Enter an amount that is not zero.")
    expected = shift.expected_minor(intent.currency)
    if expected + intent.amount_minor < 0:
        return Refusal(
            "not_enough_cash",
            "There is not that much cash in the drawer.",
            {"expected_minor": expected, "currency": intent.currency},
        )
    return [
        e.CashMoved(
            shift=shift.number,
            currency=intent.currency,
            amount_minor=intent.amount_minor,
            reason=intent.reason[:200],
            note=intent.note,
            staff=desk.staff_id,
            approved_by=desk.approved_by("cash_move"),
        )
    ]


def close_shift(desk: Desk, intent: i.CloseShift) -> Decision:
    """Count and close: the Z report is the entry."""
    shift = desk.state.shift
    if shift is None:
        return NO_SHIFT
    refusal = desk.lacks("shift_close")
    if refusal is not None:
        return refusal
    if desk.state.sale is not None and desk.state.sale.live_lines:
        return Refusal("basket_open", "There is still a basket. Finish, park or void it first.")
    for currency, pieces in intent.counts.items():
        refusal = _no_cash(currency) if not _has_cash(desk, currency) else _bad_count(pieces)
        if refusal is not None:
            return refusal
    used = {*shift.float_minor, *shift.cash_minor, *shift.moved_minor}
    uncounted = sorted(used - set(intent.counts))
    if uncounted:
        return Refusal(
            "count_needed", "Count the cash in {currency} first.", {"currency": ", ".join(uncounted)}
        )
    report = replace(shift.report(intent.counts), closed_at=desk.stamp, closed_by=desk.staff_id)
    closed = e.ShiftClosed(
        shift=shift.number,
        staff=desk.staff_id,
        report=report,
        approved_by=desk.approved_by("shift_close"),
    )
    return [_empty_sale_voided(desk), closed] if desk.state.sale is not None else [closed]


def take_report(desk: Desk, _intent: i.TakeReport) -> Decision:
    """An X report was asked for."""
    if desk.state.shift is None:
        return NO_SHIFT
    return desk.lacks("x_report") or [e.ReportTaken(shift=desk.state.shift.number, staff=desk.staff_id)]


def open_drawer(desk: Desk, intent: i.OpenDrawer) -> Decision:
    """Open the drawer without a sale, with a reason."""
    if desk.state.shift is None:
        return NO_SHIFT
    refusal = desk.lacks("drawer_open")
    if refusal is not None:
        return refusal
    if not intent.reason.strip():
        return Refusal("reason_needed", "Choose or enter a reason.")
    return [
        e.DrawerOpened(
            staff=desk.staff_id, reason=intent.reason[:200], approved_by=desk.approved_by("drawer_open")
        )
    ]


def reprint(desk: Desk, intent: i.ReprintReceipt) -> Decision:
    """Print a receipt again, as a numbered copy."""
    last = desk.state.last.receipt if desk.state.last is not None else ""
    number = receipt_number(intent.receipt) or last
    refusal = desk.lacks("reprint")
    if refusal is not None:
        return refusal
    if not number or (number != last and desk.lookup.receipt(number) is None):
        return Refusal(
            "unknown_receipt_here",
            "Receipt {receipt} is not known at this register. Check the number.",
            {"receipt": number[:80]},
        )
    copy_no = desk.state.copies.get(number, 0) + 1
    return [e.ReceiptReprinted(receipt=number, staff=desk.staff_id, copy_no=copy_no)]


def _empty_sale_voided(desk: Desk) -> e.SaleVoided:
    sale = desk.state.sale
    assert sale is not None, "there is a sale to void"
    return e.SaleVoided(
        sale=sale.id, staff=desk.staff_id, total_minor=0, currency=sale.currency, lines=len(sale.lines)
    )


def _has_cash(desk: Desk, currency: str) -> bool:
    return any(tender.kind == "cash" for tender in desk.rules.tenders_in(currency))


def _no_cash(currency: str) -> Refusal:
    return Refusal("no_cash_in_currency", "This shop takes no cash in {currency}.", {"currency": currency})


def _bad_count(pieces: Mapping[str, int]) -> Refusal | None:
    for worth, number in pieces.items():
        is_amount = worth.isdecimal() and len(worth) <= DIGITS_MAX and int(worth) > 0
        if not is_amount or not 0 <= number <= 1_000_000:
            return Refusal("bad_count", "Enter how many of each note and coin, zero or more.")
    return None
