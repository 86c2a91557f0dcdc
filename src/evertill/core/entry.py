"""What is written in the journal: one type per kind of entry, in the past tense.

The journal's envelope carries lane, epoch, seq, time and kind; these are the `data` of each
kind. A field is never renamed or given another meaning; new fields have defaults, so that
every journal ever written is read by this code.
"""

from __future__ import annotations

import msgspec

from evertill.core.receipt import SaleDocument, ShiftReport
from evertill.core.sale import Line, ManualDiscount, Sale, Tender


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What every kind may carry: the request of the intent whose last entry this is, so that asking
    once more after a power cut is known to be the same asking."""

    request: str | None = None


class LaneStarted(Entry, frozen=True, kw_only=True):
    """The agent started on this journal."""

    version: str
    found: str = "clean"


class EditionAdopted(Entry, frozen=True, kw_only=True):
    """From here on, sales are priced by this edition."""

    edition: int
    sha256: str
    currency: str


class StaffSignedIn(Entry, frozen=True, kw_only=True):
    staff: str
    name: str
    role: str
    locale: str


class StaffSignedOut(Entry, frozen=True, kw_only=True):
    staff: str
    why: str = "asked"


class LaneLocked(Entry, frozen=True, kw_only=True):
    """Nothing but a sign-in is possible from here on. `why`: "idle" or "asked"."""

    staff: str
    why: str = "asked"


class LanguageChosen(Entry, frozen=True, kw_only=True):
    """At this lane, this person is spoken to in this language."""

    staff: str
    locale: str


class MessageAcknowledged(Entry, frozen=True, kw_only=True):
    """This person has read a message from the shop on this trading day."""

    staff: str
    message: str
    day: str


class SignInFailed(Entry, frozen=True, kw_only=True):
    """A wrong PIN, or (staff empty) an unknown card. Never holds what was typed or scanned."""

    staff: str


class ShiftOpened(Entry, frozen=True, kw_only=True):
    shift: int
    at: str
    staff: str
    float_minor: dict[str, int]


class CashMoved(Entry, frozen=True, kw_only=True):
    """Cash put in (positive) or taken out (negative) outside a sale."""

    shift: int
    currency: str
    amount_minor: int
    reason: str
    staff: str
    approved_by: str | None = None
    note: str | None = None


class ShiftClosed(Entry, frozen=True, kw_only=True):
    """The shift's Z report: final, numbered, never changed."""

    shift: int
    staff: str
    report: ShiftReport
    approved_by: str | None = None


class ReportTaken(Entry, frozen=True, kw_only=True):
    """An X report was looked at or printed."""

    shift: int
    staff: str


class DrawerOpened(Entry, frozen=True, kw_only=True):
    staff: str
    reason: str
    approved_by: str | None = None


class SaleOpened(Entry, frozen=True, kw_only=True):
    sale: str
    currency: str
    edition: int
    at: str
    staff: str
    reference: str | None = None
    occurred_on: str | None = None

    def begun(self) -> Sale:
        """The sale as it stands right after this entry: no lines yet."""
        return Sale(
            id=self.sale,
            currency=self.currency,
            edition=self.edition,
            opened_at=self.at,
            staff=self.staff,
            reference=self.reference,
            occurred_on=self.occurred_on,
        )


class LineAdded(Entry, frozen=True, kw_only=True):
    sale: str
    line: Line


class LineChanged(Entry, frozen=True, kw_only=True):
    """A line's quantity, price or note is now as in `line`; `why` names what was changed."""

    sale: str
    line: Line
    why: str
    reason: str | None = None
    approved_by: str | None = None


class LineVoided(Entry, frozen=True, kw_only=True):
    sale: str
    line_no: int
    reason: str | None = None
    approved_by: str | None = None


class DiscountGiven(Entry, frozen=True, kw_only=True):
    sale: str
    discount: ManualDiscount


class DiscountsCleared(Entry, frozen=True, kw_only=True):
    """Manual discounts taken back: of one line, or of the basket (line_no None)."""

    sale: str
    line_no: int | None = None


class CustomerSet(Entry, frozen=True, kw_only=True):
    """The sale is for this customer, or for nobody known (customer None)."""

    sale: str
    customer: str | None = None
    name: str | None = None
    groups: tuple[str, ...] = ()
    tax_exempt: bool = False


class CouponAdded(Entry, frozen=True, kw_only=True):
    sale: str
    coupon: str


class NoteAdded(Entry, frozen=True, kw_only=True):
    sale: str
    text: str


class AgeProven(Entry, frozen=True, kw_only=True):
    """The cashier saw that the customer is at least so old. Holds no birth date."""

    sale: str
    years: int
    staff: str


class SaleParked(Entry, frozen=True, kw_only=True):
    sale: str
    at: str
    staff: str
    note: str = ""


class SaleRecalled(Entry, frozen=True, kw_only=True):
    sale: str
    edition: int
    staff: str


class SaleTakenOver(Entry, frozen=True, kw_only=True):
    """Somebody else signed in while the basket was in hand, and goes on with it."""

    sale: str
    staff: str
    before: str


class SaleVoided(Entry, frozen=True, kw_only=True):
    """A sale given up before it was paid. Kept in the books with what was in it."""

    sale: str
    staff: str
    total_minor: int
    currency: str
    lines: int
    reason: str | None = None
    approved_by: str | None = None


class TenderTaken(Entry, frozen=True, kw_only=True):
    """Part of the money; the sale is not yet settled."""

    sale: str
    tender: Tender


class TenderRemoved(Entry, frozen=True, kw_only=True):
    sale: str
    tender_no: int


class SaleCompleted(Entry, frozen=True, kw_only=True):
    """Paid. The whole sale, so that this entry alone is enough for the books."""

    document: SaleDocument


class ReceiptReprinted(Entry, frozen=True, kw_only=True):
    receipt: str
    staff: str
    copy_no: int


class ClockStepped(Entry, frozen=True, kw_only=True):
    """The wall clock was found behind the journal by so many seconds."""

    behind_s: int


ENTRY_TYPES: dict[str, type[Entry]] = {
    kind.__name__: kind
    for kind in (
        LaneStarted,
        EditionAdopted,
        StaffSignedIn,
        StaffSignedOut,
        LaneLocked,
        LanguageChosen,
        MessageAcknowledged,
        SignInFailed,
        ShiftOpened,
        CashMoved,
        ShiftClosed,
        ReportTaken,
        DrawerOpened,
        SaleOpened,
        LineAdded,
        LineChanged,
        LineVoided,
        DiscountGiven,
        DiscountsCleared,
        CustomerSet,
        CouponAdded,
        NoteAdded,
        AgeProven,
        SaleParked,
        SaleRecalled,
        SaleTakenOver,
        SaleVoided,
        TenderTaken,
        TenderRemoved,
        SaleCompleted,
        ReceiptReprinted,
        ClockStepped,
    )
}

# Entries after which the lane answers only once they are synced: money, drawers and identity.
DURABLE_KINDS = frozenset(
    {
        "SaleCompleted",
        "TenderTaken",
        "TenderRemoved",
        "ShiftOpened",
        "ShiftClosed",
        "CashMoved",
        "DrawerOpened",
        "SaleVoided",
        "EditionAdopted",
    }
)
