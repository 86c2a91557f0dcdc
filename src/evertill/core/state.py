"""A lane's state: the fold of its journal. `apply` is the only way it changes.

What must survive a power cut is an entry; what is not an entry is not here. A state is a
value: applying an entry gives a new one and leaves the old as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec.structs import replace

from evertill.core import entry as e
from evertill.core.sale import ParkedSale, Sale
from evertill.core.shift import Shift


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """Who works at the lane now."""

    staff: str
    name: str
    role: str
    locale: str


class LastSale(msgspec.Struct, frozen=True, kw_only=True):
    """The sale completed last, for "change very large afterwards" and "last receipt again"."""

    sale: str
    receipt: str
    currency: str
    total_minor: int
    change_minor: int
    given_minor: int
    rounding_minor: int
    head: str
    request: str | None = None


UNKNOWN_CARDS = ""  # among pin_failures: cards that nobody has


class State(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything the register knows that is not an edition."""

    staff: SignedIn | None = None
    shift: Shift | None = None
    sale: Sale | None = None
    parked: tuple[ParkedSale, ...] = ()
    last: LastSale | None = None
    sales_opened: int = 0
    receipts_given: int = 0
    shifts_opened: int = 0
    edition: int = 0
    edition_currency: str = ""
    pin_failures: dict[str, int] = {}
    copies: dict[str, int] = {}
    usage: dict[str, int] = {}
    usage_today: dict[str, int] = {}
    spent_minor: dict[str, int] = {}
    usage_day: str = ""
    locked: bool = False
    locales: dict[str, str] = {}  # staff -> the language they chose here
    read: dict[str, tuple[str, ...]] = {}  # staff -> messages they took away on read_day
    read_day: str = ""


def apply(state: State, entry: e.Entry, head: str = "") -> State:
    """The state after `entry`, whose own hash is `head`. An entry of an unknown kind changes nothing."""
    rule = _RULES.get(type(entry))
    return state if rule is None else rule(state, entry, head)


def _signed_in(state: State, x: e.StaffSignedIn, _: str) -> State:
    staff = SignedIn(staff=x.staff, name=x.name, role=x.role, locale=x.locale)
    failures = _without(_without(state.pin_failures, x.staff), UNKNOWN_CARDS)
    return replace(state, staff=staff, pin_failures=failures, locked=False)


def _language_chosen(state: State, x: e.LanguageChosen, _: str) -> State:
    staff = state.staff
    if staff is not None and staff.staff == x.staff:
        staff = replace(staff, locale=x.locale)
    return replace(state, staff=staff, locales={**state.locales, x.staff: x.locale})


def _acknowledged(state: State, x: e.MessageAcknowledged, _: str) -> State:
    read = state.read if state.read_day == x.day else {}
    return replace(state, read={**read, x.staff: (*read.get(x.staff, ()), x.message)}, read_day=x.day)


def _sign_in_failed(state: State, x: e.SignInFailed, _: str) -> State:
    failures = {**state.pin_failures, x.staff: state.pin_failures.get(x.staff, 0) + 1}
    return replace(state, pin_failures=failures)


def _without(failures: dict[str, int], staff: str) -> dict[str, int]:
    return {key: value for key, value in failures.items() if key != staff}


def _shift_opened(state: State, x: e.ShiftOpened, _: str) -> State:
    shift = Shift(number=x.shift, opened_at=x.at, opened_by=x.staff, float_minor=x.float_minor)
    return replace(state, shift=shift, shifts_opened=x.shift)


def _cash_moved(state: State, x: e.CashMoved, _: str) -> State:
    assert state.shift is not None, "cash moved outside a shift"
    return replace(state, shift=state.shift.with_move(x.currency, x.amount_minor))


def _drawer_opened(state: State, _x: e.DrawerOpened, _: str) -> State:
    if state.shift is None:
        return state
    return replace(state, shift=replace(state.shift, drawer_openings=state.shift.drawer_openings + 1))


def _sale_opened(state: State, x: e.SaleOpened, _: str) -> State:
    sale = x.begun()
    return replace(state, sale=sale, sales_opened=state.sales_opened + 1)


def _in_sale(change: Callable[[Sale, Any], Sale]) -> Callable[[State, Any, str], State]:
    def rule(state: State, x: Any, _: str) -> State:
        assert state.sale is not None and state.sale.id == x.sale, f"{type(x).__name__} for no open sale"
        return replace(state, sale=change(state.sale, x))

    return rule


def _line_added(sale: Sale, x: e.LineAdded) -> Sale:
    return replace(sale, lines=(*sale.lines, x.line), lines_added=max(sale.lines_added, x.line.no))


def _line_voided(sale: Sale, x: e.LineVoided) -> Sale:
    lines = tuple(replace(line, voided=True) if line.no == x.line_no else line for line in sale.lines)
    kept = tuple(discount for discount in sale.discounts if discount.line_no != x.line_no)
    return replace(sale, lines=lines, discounts=kept)


def _discounts_cleared(sale: Sale, x: e.DiscountsCleared) -> Sale:
    kept = tuple(discount for discount in sale.discounts if discount.line_no != x.line_no)
    return replace(sale, discounts=kept)


def _customer_set(sale: Sale, x: e.CustomerSet) -> Sale:
    return replace(sale, customer=x.customer, customer_name=x.name, groups=x.groups, tax_exempt=x.tax_exempt)


def _tender_removed(sale: Sale, x: e.TenderRemoved) -> Sale:
    return replace(sale, tenders=tuple(t for t in sale.tenders if t.no != x.tender_no))


def _parked(state: State, x: e.SaleParked, _: str) -> State:
    assert state.sale is not None, "parked without a sale"
    parked = ParkedSale(sale=state.sale, parked_at=x.at, staff=x.staff, note=x.note)
    return replace(state, sale=None, parked=(*state.parked, parked))


def _recalled(state: State, x: e.SaleRecalled, _: str) -> State:
    found = next(parked for parked in state.parked if parked.sale.id == x.sale)
    rest = tuple(parked for parked in state.parked if parked.sale.id != x.sale)
    return replace(state, sale=replace(found.sale, edition=x.edition), parked=rest)


def _sale_voided(state: State, _x: e.SaleVoided, _: str) -> State:
    shift = state.shift
    if shift is not None:
        shift = replace(shift, voided_sales=shift.voided_sales + 1)
    return replace(state, sale=None, shift=shift)


def _completed(state: State, x: e.SaleCompleted, head: str) -> State:
    document = x.document
    given = sum(tender.given_minor for tender in document.tenders)
    last = LastSale(
        sale=document.sale,
        receipt=document.receipt,
        currency=document.currency,
        total_minor=document.total_minor,
        change_minor=document.change_minor,
        given_minor=given,
        rounding_minor=document.rounding_minor,
        head=head,
        request=document.request,
    )
    shift = state.shift.with_sale(document) if state.shift is not None else None
    state = _with_usage(state, x)
    return replace(state, sale=None, shift=shift, last=last, receipts_given=document.receipt_no)


def _with_usage(state: State, x: e.SaleCompleted) -> State:
    document = x.document
    if not document.promotion_uses:
        return state
    usage, today = dict(state.usage), dict(state.usage_today) if state.usage_day == document.day else {}
    spent = dict(state.spent_minor)
    for key, times, amount_minor in document.promotion_uses:
        usage[key] = usage.get(key, 0) + times
        today[key] = today.get(key, 0) + times
        spent[key] = spent.get(key, 0) + amount_minor
    return replace(state, usage=usage, usage_today=today, spent_minor=spent, usage_day=document.day)


def _reprinted(state: State, x: e.ReceiptReprinted, _: str) -> State:
    return replace(state, copies={**state.copies, x.receipt: x.copy_no})


_RULES: dict[type[e.Entry], Callable[[State, Any, str], State]] = {
    e.StaffSignedIn: _signed_in,
    e.StaffSignedOut: lambda state, _x, _: replace(state, staff=None, locked=False),
    e.LaneLocked: lambda state, _x, _: replace(state, locked=True),
    e.LanguageChosen: _language_chosen,
    e.MessageAcknowledged: _acknowledged,
    e.SignInFailed: _sign_in_failed,
    e.ShiftOpened: _shift_opened,
    e.ShiftClosed: lambda state, _x, _: replace(state, shift=None, copies={}),
    e.CashMoved: _cash_moved,
    e.DrawerOpened: _drawer_opened,
    e.EditionAdopted: lambda state, x, _: replace(state, edition=x.edition, edition_currency=x.currency),
    e.SaleOpened: _sale_opened,
    e.LineAdded: _in_sale(_line_added),
    e.LineChanged: _in_sale(lambda sale, x: sale.with_line(x.line)),
    e.LineVoided: _in_sale(_line_voided),
    e.DiscountGiven: _in_sale(lambda sale, x: replace(sale, discounts=(*sale.discounts, x.discount))),
    e.DiscountsCleared: _in_sale(_discounts_cleared),
    e.CustomerSet: _in_sale(_customer_set),
    e.CouponAdded: _in_sale(lambda sale, x: replace(sale, coupons=(*sale.coupons, x.coupon))),
    e.NoteAdded: _in_sale(lambda sale, x: replace(sale, notes=(*sale.notes, x.text))),
    e.AgeProven: _in_sale(lambda sale, x: replace(sale, age_proven=max(sale.age_proven, x.years))),
    e.TenderTaken: _in_sale(lambda sale, x: replace(sale, tenders=(*sale.tenders, x.tender))),
    e.TenderRemoved: _in_sale(_tender_removed),
    e.SaleParked: _parked,
    e.SaleRecalled: _recalled,
    e.SaleTakenOver: _in_sale(lambda sale, x: replace(sale, staff=x.staff)),
    e.SaleVoided: _sale_voided,
    e.SaleCompleted: _completed,
    e.ReceiptReprinted: _reprinted,
}
