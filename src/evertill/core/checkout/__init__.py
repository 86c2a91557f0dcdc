"""Deciding: an intent and the state in, entries or a refusal out. Pure; nothing is recorded here.

`Desk` is everything a decision may look at. `decide` finds the rule of the intent. The rules
are grouped by what the cashier is doing: selling, adjusting, returning, paying, and the shift
around it. A rule returns entries in the order they must be written, or a Refusal that says
what to do next; on a refusal nothing has happened.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from evertill.core import intent as i
from evertill.core.checkout import adjusting, paying, returning, selling, shifts
from evertill.core.checkout.desk import Decision, Desk
from evertill.core.refusal import Refusal

__all__ = ["Decision", "Desk", "decide"]

_RULES: dict[type[i.Intent], Callable[[Desk, Any], Decision]] = {
    i.SignIn: shifts.sign_in,
    i.SignOut: shifts.sign_out,
    i.LockLane: shifts.lock,
    i.ChooseLanguage: shifts.choose_language,
    i.AcknowledgeMessage: shifts.acknowledge,
    i.OpenShift: shifts.open_shift,
    i.MoveCash: shifts.move_cash,
    i.CloseShift: shifts.close_shift,
    i.TakeReport: shifts.take_report,
    i.OpenDrawer: shifts.open_drawer,
    i.ReprintReceipt: shifts.reprint,
    i.StartSale: selling.start_sale,
    i.Scan: selling.scan,
    i.RepeatLast: selling.repeat_last,
    i.ChangeQuantity: selling.change_quantity,
    i.VoidLine: selling.void_line,
    i.VoidSale: selling.void_sale,
    i.ParkSale: selling.park,
    i.RecallSale: selling.recall,
    i.OverridePrice: adjusting.override_price,
    i.GiveDiscount: adjusting.give_discount,
    i.ClearDiscounts: adjusting.clear_discounts,
    i.SetCustomer: adjusting.set_customer,
    i.AddCoupon: adjusting.add_coupon,
    i.AddNote: adjusting.add_note,
    i.ProveAge: adjusting.prove_age,
    i.ReturnGoods: returning.return_goods,
    i.TakeTender: paying.take_tender,
    i.RemoveTender: paying.remove_tender,
}


def decide(desk: Desk, intent: i.Intent) -> Decision:
    """The entries that carry out `intent`, or why not. Never both, never an empty answer by mistake:
    an intent that asks for what already is gives an empty list."""
    if desk.state.staff is None and not isinstance(intent, i.SignIn):
        return Refusal("sign_in_first", "Sign in first.")
    if desk.state.locked and not isinstance(intent, i.SignIn):
        return Refusal("locked", "The register is locked. Sign in to go on; the basket is still there.")
    meant = getattr(intent, "sale", None)
    if meant is not None and (desk.state.sale is None or desk.state.sale.id != meant):
        return Refusal(
            "other_sale", "That basket is not the one on the screen any more. Look at the screen and go on."
        )
    return _RULES[type(intent)](desk, intent)
