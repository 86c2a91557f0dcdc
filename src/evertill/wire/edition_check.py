"""Whether an edition can be sold from: what its records say about each other.

The publisher asks before it signs, so that no lane ever sees an edition with an "error"; the
lane asks again, because it trusts nobody. A "warning" is worth telling the office and stops
nothing: two goods that share a barcode are a fact of the trade (flavours under one code).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from evertill.core.permission import PERMISSIONS
from evertill.core.pricebook import Category, PriceList, Product
from evertill.core.promotions import Promotion
from evertill.core.promotions.check import check as check_promotion
from evertill.core.shop import Customer, Reason, Role, Settings, StaffMember, TenderKind
from evertill.core.tax import TaxEngine, TaxTable
from evertill.wire.edition import EditionFault, Record

UNIT_PRICE_MAX_E4 = 10**15  # a thousand million of a two-digit currency; beyond it is a typing error
PROBLEMS_MAX = 1_000
UNITS = ("each", "kg")
PRODUCT_KINDS = ("goods", "deposit", "charge")
REASON_USES = ("discount", "price", "return", "void", "cash", "drawer")

Level = Literal["error", "warning"]


class Problem(msgspec.Struct, frozen=True):
    """Something in an edition that does not fit. `subject` names the record, `text` is a full sentence."""

    level: Level
    code: str
    subject: str
    text: str


class EditionCheck:
    """Takes records as they stream by, then tells what does not fit. Holds their ids and codes only."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []
        self._settings: Settings | None = None
        self._tax_table: TaxTable | None = None
        self._ids: dict[str, set[str]] = {}
        self._list_currencies: dict[str, str] = {}
        self._tender_currencies: set[str] = set()
        self._wanted: dict[tuple[str, str], str] = {}  # (kind, id) that somebody names -> who names it first
        self._code_owner: dict[str, str] = {}
        self._card_owner: dict[str, str] = {}
        self._shared_codes: dict[str, list[str]] = {}

    def see(self, record: Record) -> None:
        """Take one record into account."""
        match record:
            case Product():
                self._see_product(record)
            case Customer():
                self._new_id("customer", record.id)
            case Settings():
                self._settings = record
                for message in record.messages:
                    self._new_id("message", message.id)
                    self._named(f"message {message.id}", message.names)
            case TaxTable():
                self._see_taxes(record)
            case TenderKind():
                self._see_tender(record)
            case Role():
                self._see_role(record)
            case StaffMember():
                self._new_id("staff", record.id)
                self._want("role", record.role, f"staff {record.id}")
                if not record.pin_hash.startswith("$argon2"):
                    self._error(
                        "pin_unsafe", f"staff {record.id}", "The PIN is not stored as an argon2 hash."
                    )
                self._see_card(record)
            case Reason():
                self._new_id("reason", record.id)
                if record.use not in REASON_USES:
                    self._error(
                        "reason_use_unknown",
                        f"reason {record.id}",
                        f"Nothing asks for a {record.use} reason.",
                    )
            case Category():
                self._new_id("category", record.id)
                self._named(f"category {record.id}", record.names)
                if record.parent is not None:
                    self._want("category", record.parent, f"category {record.id}")
            case PriceList():
                self._new_id("price_list", record.id)
                self._list_currencies[record.id] = record.currency
            case Promotion():
                self._see_promotion(record)

    def problems(self) -> list[Problem]:
        """Everything that does not fit, errors first. Call it after the last record."""
        found = list(self._problems)
        found += self._dangling()
        found += self._money_problems()
        found += [
            Problem(
                "warning", "code_shared", f"code {code}", f"Several goods carry this code: {', '.join(skus)}."
            )
            for code, skus in self._shared_codes.items()
        ]
        found += [
            Problem(
                "warning", "favourite_unknown", f"favourite {sku}", "Its tile is left out: no such product."
            )
            for sku in (self._settings.favourites if self._settings is not None else ())
            if sku not in self._ids.get("product", ())
        ]
        found.sort(key=lambda problem: problem.level != "error")
        return found

    def _see_product(self, product: Product) -> None:
        subject = f"product {product.sku}"
        self._new_id("product", product.sku)
        self._want("tax_class", product.tax_class, subject)
        self._named(subject, product.names)
        if product.deposit_sku is not None:
            self._want("product", product.deposit_sku, subject)
        for category in product.categories:
            self._want("category", category, subject)
        for list_id, price_e4 in product.prices.items():
            self._want("price_list", list_id, subject)
            if not 0 <= price_e4 <= UNIT_PRICE_MAX_E4:
                self._error("price_out_of_range", subject, "The price is negative or far too high.")
        if not product.prices and not product.open_price:
            self._error(
                "price_missing", subject, "The product has no price; give it one or let the cashier type it."
            )
        if product.unit not in UNITS or product.kind not in PRODUCT_KINDS:
            self._error(
                "product_kind_unknown", subject, "Sold by each or kg; kind is goods, deposit or charge."
            )
        for code in product.codes:
            owner = self._code_owner.setdefault(code, product.sku)
            if owner != product.sku:
                self._shared_codes.setdefault(code, [owner]).append(product.sku)

    def _see_card(self, member: StaffMember) -> None:
        subject = f"staff {member.id}"
        if not member.card_hash:
            return
        if not member.card_hash.startswith("$argon2"):
            self._error("card_unsafe", subject, "The card is not stored as an argon2 hash.")
        owner = self._card_owner.setdefault(member.card_hash, member.id)
        if owner != member.id:
            self._error("card_shared", subject, f"Staff {owner} has the same card.")

    def _see_taxes(self, table: TaxTable) -> None:
        self._tax_table = table
        self._ids["tax_class"] = {tax_class.id for tax_class in table.classes}
        try:
            TaxEngine(table)
        except ValueError as wrong:
            self._error("tax_table_senseless", "tax table", str(wrong))

    def _see_tender(self, tender: TenderKind) -> None:
        subject = f"tender {tender.id}"
        self._new_id("tender", tender.id)
        self._tender_currencies.add(tender.currency)
        if len(tender.currency) != 3:
            self._error(
                "tender_without_currency", subject, "A tender needs the three letters of its currency."
            )
        if tender.kind not in ("cash", "external"):
            self._error("tender_kind_unknown", subject, "A tender is cash or external.")
        if tender.rounding_step_minor < 1:
            self._error("tender_rounding_wrong", subject, "The rounding step is at least one minor unit.")

    def _see_role(self, role: Role) -> None:
        self._new_id("role", role.id)
        for permission in role.permissions:
            if permission not in PERMISSIONS:
                self._error(
                    "permission_unknown", f"role {role.id}", f"There is no permission called {permission}."
                )

    def _see_promotion(self, promotion: Promotion) -> None:
        self._new_id("promotion", promotion.id)
        try:
            check_promotion(promotion)
        except ValueError as wrong:
            self._error("promotion_senseless", f"promotion {promotion.id}", str(wrong))

    def _dangling(self) -> list[Problem]:
        return [
            Problem(
                "error", f"{kind}_unknown", subject, f"There is no {kind.replace('_', ' ')} called {id_}."
            )
            for (kind, id_), subject in self._wanted.items()
            if id_ not in self._ids.get(kind, ())
        ]

    def _money_problems(self) -> list[Problem]:
        if self._settings is None or self._tax_table is None:
            return [Problem("error", "settings_missing", "edition", "Settings and tax table must be there.")]
        currency = self._settings.currency
        found = []
        if currency not in self._tender_currencies:
            found.append(
                Problem(
                    "error", "tender_missing", "tenders", f"No tender takes {currency}; nobody could pay."
                )
            )
        if currency not in self._list_currencies.values():
            found.append(
                Problem("error", "price_list_missing", "price lists", f"No price list is in {currency}.")
            )
        if self._settings.tax_rounding != self._tax_table.rounding:
            text = "Settings and tax table name different roundings of tax."
            found.append(Problem("error", "tax_rounding_unclear", "settings", text))
        return found

    def _new_id(self, kind: str, id_: str) -> None:
        known = self._ids.setdefault(kind, set())
        if id_ in known or not id_:
            text = "Two records of this kind have the same id." if id_ else "The id is empty."
            self._error("id_twice" if id_ else "id_missing", f"{kind} {id_}", text)
        known.add(id_)

    def _want(self, kind: str, id_: str, subject: str) -> None:
        self._wanted.setdefault((kind, id_), subject)

    def _named(self, subject: str, names: dict[str, str]) -> None:
        if not names.get("en"):
            self._error("name_missing", subject, 'The English name ("en") is missing.')

    def _error(self, code: str, subject: str, text: str) -> None:
        if len(self._problems) < PROBLEMS_MAX:
            self._problems.append(Problem("error", code, subject, text))


def check_edition(records: Iterable[Record]) -> list[Problem]:
    """All problems of a whole edition, errors first; empty if it can be sold from."""
    check = EditionCheck()
    for record in records:
        check.see(record)
    return check.problems()


def refuse_unfit(problems: Iterable[Problem]) -> None:
    """Raise EditionFault "edition_unfit", naming the first errors, if there is any."""
    errors = [problem for problem in problems if problem.level == "error"]
    if errors:
        named = "; ".join(f"{problem.subject}: {problem.text}" for problem in errors[:5])
        raise EditionFault("edition_unfit", f"{len(errors)} errors, first: {named}")
