"""The rules in force: an edition's decisions, compiled once, used for every sale it prices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from evertill.core.pricebook import PriceList
from evertill.core.promotions import Promotion, PromotionBook
from evertill.core.shop import Reason, Role, Settings, StaffMember, TenderKind
from evertill.core.tax import TaxEngine, TaxTable


class Rules:
    """Everything of an edition but its products and customers (those are looked up, one at a time)."""

    def __init__(
        self,
        *,
        edition: int,
        settings: Settings,
        tax_table: TaxTable,
        tenders: Sequence[TenderKind],
        roles: Iterable[Role],
        staff: Iterable[StaffMember],
        reasons: Iterable[Reason],
        price_lists: Iterable[PriceList],
        promotions: Sequence[Promotion],
    ) -> None:
        self.edition = edition
        self.settings = settings
        self.tax_table = tax_table
        self.taxes = TaxEngine(tax_table)
        self.tenders = {tender.id: tender for tender in tenders}
        self.roles = {role.id: role for role in roles}
        self.staff = {member.id: member for member in staff}
        self.reasons = tuple(reasons)
        self.price_lists = tuple(price_lists)
        self.promotion_list = tuple(promotions)
        self.promotions = PromotionBook(promotions)
        included = {tax.id: tax.included for tax in tax_table.taxes}
        self.tax_included = all(included.values()) if included else True

    def role_of(self, staff_id: str) -> Role | None:
        """The role of a staff member, None if either is unknown."""
        member = self.staff.get(staff_id)
        return None if member is None else self.roles.get(member.role)

    def reason_names(self, reason_id: str | None) -> dict[str, str]:
        """The words of a reason; a reason that is not in the edition is shown as it was typed."""
        for reason in self.reasons:
            if reason.id == reason_id:
                return reason.names
        return {"en": reason_id or ""}

    def tenders_in(self, currency: str) -> tuple[TenderKind, ...]:
        """The ways to pay in a currency, in the edition's order."""
        return tuple(tender for tender in self.tenders.values() if tender.currency == currency)
