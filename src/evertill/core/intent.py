"""What a person at the register can ask for: one imperative type per intent.

An intent is asked once and answered once: with entries, or with a Refusal. `request` is the
asker's own number for it; asking again with the same number gives the first answer and does
nothing (a second click, a repeated request). `sale`, where it stands, names the sale that is
meant, so that a late click cannot act on the next customer's basket. `approval` is a colleague's
sign-in, lent for this one intent.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

# What a person or a scanner can enter; longer texts are not understood at all.
Short = Annotated[str, msgspec.Meta(max_length=100)]
Text = Annotated[str, msgspec.Meta(max_length=1_000)]


class Approval(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A colleague's staff id and PIN, or the code on their staff card."""

    staff: Short = ""
    pin: Short = ""
    card: Short | None = None


class Intent(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True, forbid_unknown_fields=True
):
    """What every intent may carry."""

    request: Short | None = None


class SignIn(Intent, frozen=True, kw_only=True):
    """Sign in with a staff id and PIN, or with the code on a staff card. Also unlocks. Whoever was signed
    in is signed out; the basket stays and goes over to whoever signs in."""

    staff: Short = ""
    pin: Short = ""
    card: Short | None = None


class SignOut(Intent, frozen=True, kw_only=True):
    """Sign out. Not possible with a basket in hand: park it or finish it."""


class LockLane(Intent, frozen=True, kw_only=True):
    """Lock the register; the basket stays. Only a sign-in unlocks it, of the same person or another."""


class ChooseLanguage(Intent, frozen=True, kw_only=True):
    """From now on this register speaks `locale` with whoever is signed in; receipts too."""

    locale: Short


class AcknowledgeMessage(Intent, frozen=True, kw_only=True):
    """Whoever is signed in has read a message from the shop: not shown to them again on this trading day."""

    message: Short


class OpenShift(Intent, frozen=True, kw_only=True):
    """Open a shift with an opening float per currency, in minor units."""

    float_minor: dict[str, int] = {}
    approval: Approval | None = None


class MoveCash(Intent, frozen=True, kw_only=True):
    """Put cash into the drawer (positive amount_minor) or take it out (negative)."""

    currency: Short
    amount_minor: int
    reason: Text
    note: Text | None = None
    approval: Approval | None = None


class CloseShift(Intent, frozen=True, kw_only=True):
    """Close the shift with the counted cash: per currency, pieces per denomination (minor units)."""

    counts: dict[str, dict[str, int]] = {}
    approval: Approval | None = None


class TakeReport(Intent, frozen=True, kw_only=True):
    """An X report: the shift so far. Changes nothing in the books but that it was taken."""

    approval: Approval | None = None


class OpenDrawer(Intent, frozen=True, kw_only=True):
    """Open the cash drawer without a sale."""

    reason: Text
    approval: Approval | None = None


class StartSale(Intent, frozen=True, kw_only=True):
    """Begin a sale that is not the default: another currency, a reference from elsewhere, or a
    sale that happened earlier (`occurred_on`, YYYY-MM-DD) and is written up now."""

    currency: Short | None = None
    reference: Short | None = None
    occurred_on: Short | None = None


class Scan(Intent, frozen=True, kw_only=True):
    """Add what the code names: a barcode, a typed number, or a sku.

    Quantity in thousandths (1000 = one piece, 328 = 328 g); negative takes goods back without a
    receipt. `unit_price_e4` is for open-price goods and, with permission, an override;
    `amount_minor` gives the whole line's amount instead. `sku` picks one of several products that
    share a code. `merge` false always makes a line of its own. `tare_g` is the weight of the packing, which
    is taken off a weight that was entered.
    """

    code: Text
    sku: Short | None = None
    quantity_milli: int | None = None
    unit_price_e4: int | None = None
    amount_minor: int | None = None
    merge: bool = True
    tare_g: int = 0
    reason: Text | None = None
    note: Text | None = None
    accept_expired: bool = False
    sale: Short | None = None
    approval: Approval | None = None


class RepeatLast(Intent, frozen=True, kw_only=True):
    """The basket's newest article once more, at its own price; weighed goods are weighed anew."""

    quantity_milli: int | None = None
    sale: Short | None = None
    approval: Approval | None = None


class ChangeQuantity(Intent, frozen=True, kw_only=True):
    """Set a line's quantity."""

    line_no: int
    quantity_milli: int
    sale: Short | None = None
    approval: Approval | None = None


class VoidLine(Intent, frozen=True, kw_only=True):
    """Take a line out of the basket. It stays in the books as voided."""

    line_no: int
    reason: Text | None = None
    sale: Short | None = None
    approval: Approval | None = None


class OverridePrice(Intent, frozen=True, kw_only=True):
    """Sell a line at another unit price."""

    line_no: int
    unit_price_e4: int
    reason: Text
    sale: Short | None = None
    approval: Approval | None = None


class GiveDiscount(Intent, frozen=True, kw_only=True):
    """A discount by hand, of `rate_ppm` or `amount_minor`, on a line or (no line_no) the basket."""

    reason: Text
    rate_ppm: int = 0
    amount_minor: int = 0
    line_no: int | None = None
    sale: Short | None = None
    approval: Approval | None = None


class ClearDiscounts(Intent, frozen=True, kw_only=True):
    """Take back the manual discounts of a line, or (no line_no) those of the basket."""

    line_no: int | None = None
    sale: Short | None = None


class SetCustomer(Intent, frozen=True, kw_only=True):
    """The sale is for the customer with this card number or phone; empty: for nobody known."""

    code: Text = ""
    sale: Short | None = None


class AddCoupon(Intent, frozen=True, kw_only=True):
    """A coupon code the customer brought."""

    coupon: Text
    sale: Short | None = None


class AddNote(Intent, frozen=True, kw_only=True):
    """A note on the sale or, with line_no, on a line. Printed on the receipt."""

    text: Text
    line_no: int | None = None
    sale: Short | None = None


class ProveAge(Intent, frozen=True, kw_only=True):
    """The cashier has seen that the customer is at least `years` old."""

    years: int
    sale: Short | None = None
    approval: Approval | None = None


class ReturnGoods(Intent, frozen=True, kw_only=True):
    """Take goods back against a receipt: these lines and quantities (thousandths), or everything left."""

    receipt: Text
    lines: dict[str, int] = {}
    reason: Text | None = None
    sale: Short | None = None
    approval: Approval | None = None


class VoidSale(Intent, frozen=True, kw_only=True):
    """Give the basket up. It stays in the books as voided."""

    reason: Text | None = None
    sale: Short | None = None
    approval: Approval | None = None


class ParkSale(Intent, frozen=True, kw_only=True):
    """Set the basket aside."""

    note: Text = ""
    sale: Short | None = None


class RecallSale(Intent, frozen=True, kw_only=True):
    """Take a parked basket up again."""

    parked: Text


class TakeTender(Intent, frozen=True, kw_only=True):
    """Take money (or pay it out, for a refund). amount_minor None: exactly what is due.

    `amount_minor` is what the customer hands over, positive also for a refund paid out. When
    nothing is left to pay the sale is completed: durable before the answer.
    """

    tender: Text
    amount_minor: int | None = None
    tip_minor: int = 0
    sale: Short | None = None


class RemoveTender(Intent, frozen=True, kw_only=True):
    """Give a partial payment back."""

    tender_no: int
    sale: Short | None = None


class ReprintReceipt(Intent, frozen=True, kw_only=True):
    """Print an earlier receipt again, marked as a copy. Empty: the last one."""

    receipt: Text = ""
    approval: Approval | None = None


INTENT_TYPES: tuple[type[Intent], ...] = (
    SignIn,
    SignOut,
    LockLane,
    ChooseLanguage,
    AcknowledgeMessage,
    OpenShift,
    MoveCash,
    CloseShift,
    TakeReport,
    OpenDrawer,
    StartSale,
    Scan,
    RepeatLast,
    ChangeQuantity,
    VoidLine,
    OverridePrice,
    GiveDiscount,
    ClearDiscounts,
    SetCustomer,
    AddCoupon,
    AddNote,
    ProveAge,
    ReturnGoods,
    VoidSale,
    ParkSale,
    RecallSale,
    TakeTender,
    RemoveTender,
    ReprintReceipt,
)
