"""What a decision may look at: the state, the rules, the time, who works here and who approves."""

from __future__ import annotations

from datetime import datetime

import msgspec

from evertill.core.entry import Entry
from evertill.core.lookup import Lookup
from evertill.core.permission import may, may_approve
from evertill.core.pricing import Priced, Pricer
from evertill.core.refusal import Refusal
from evertill.core.rules import Rules
from evertill.core.sale import Sale
from evertill.core.shop import Role, StaffMember
from evertill.core.state import State

Decision = list[Entry] | Refusal


class Desk(msgspec.Struct, frozen=True):
    """One decision's world. `at` is local time; `stamp` and `day` are how entries write it.

    `approver` is a colleague whose PIN was checked for this intent; `pin_ok` tells, for a
    sign-in, whether the PIN fits. `receipt_mark` makes receipt numbers of this epoch its own.
    """

    state: State
    rules: Rules
    pricer: Pricer
    lookup: Lookup
    store: str
    lane: str
    receipt_mark: str
    at: datetime
    stamp: str
    day: str
    approver: StaffMember | None = None
    pin_ok: bool = False
    pin_wait_s: int = 0

    @property
    def staff_id(self) -> str:
        """Who works here. Only asked when somebody is signed in."""
        assert self.state.staff is not None, "nobody is signed in"
        return self.state.staff.staff

    @property
    def role(self) -> Role | None:
        """The role of who works here, by the edition in force."""
        return self.rules.roles.get(self.state.staff.role) if self.state.staff is not None else None

    def lacks(self, permission: str) -> Refusal | None:
        """None if the cashier or the approver holds the permission, else what asks for approval."""
        if may(self.role, permission):
            return None
        if self.approver is not None and may_approve(self.rules.role_of(self.approver.id), permission):
            return None
        if self.approver is not None:
            return Refusal(
                "approver_not_allowed",
                "{name} may not approve this. Ask someone who may.",
                {"name": self.approver.name, "permission": permission},
            )
        return Refusal(
            "approval_needed",
            "This needs a colleague's approval. Ask them to enter their PIN.",
            {"permission": permission},
        )

    def approved_by(self, permission: str) -> str | None:
        """Who lent the permission, None if the cashier holds it."""
        return None if may(self.role, permission) or self.approver is None else self.approver.id

    def price(self, sale: Sale) -> Priced:
        """The sale priced by the rules in force."""
        state = self.state
        return self.pricer.price(
            sale,
            self.at,
            usage=state.usage,
            usage_today=state.usage_today if state.usage_day == self.day else {},
            spent_minor=state.spent_minor,
        )


NO_SALE = Refusal("no_sale", "There is no basket. Scan an article first.")
NO_SHIFT = Refusal("no_shift", "The shift is closed. Open a shift first.")
PARTLY_PAID = Refusal(
    "partly_paid", "Part of this sale is already paid. Finish it, or give that payment back first."
)
NO_LINE = Refusal("no_line", "That line is not in the basket any more.")
NEGATIVE_PRICE = Refusal("negative_price", "A price cannot be negative. To take goods back, enter a return.")
