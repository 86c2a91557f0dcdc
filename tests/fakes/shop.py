"""A small shop in memory: rules, goods, receipts, and a counter to ring things up at. No disk, no clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from evertill.core import intent as i
from evertill.core.checkout import Desk, decide
from evertill.core.entry import Entry, SaleCompleted
from evertill.core.permission import PERMISSIONS
from evertill.core.pricebook import PriceList, Product
from evertill.core.pricing import Priced, Pricer
from evertill.core.promotions import Promotion
from evertill.core.receipt import SaleDocument
from evertill.core.refusal import Refusal
from evertill.core.rules import Rules
from evertill.core.shop import Customer, Reason, Role, Settings, StaffMember, TenderKind, WeightBarcode
from evertill.core.state import State, apply
from evertill.core.tax import Tax, TaxClass, TaxTable

EURO = 1_000_000  # unit_price_e4 of one euro

TAXES = TaxTable(
    taxes=(
        Tax(id="vat19", names={"en": "VAT 19 %"}, rate_ppm=190_000),
        Tax(id="vat7", names={"en": "VAT 7 %"}, rate_ppm=70_000),
    ),
    classes=(
        TaxClass(id="standard", names={"en": "Standard"}, taxes=("vat19",)),
        TaxClass(id="reduced", names={"en": "Reduced"}, taxes=("vat7",)),
        TaxClass(id="none", names={"en": "None"}),
    ),
)
CASH = TenderKind(
    id="cash", names={"en": "Cash"}, currency="EUR", notes_minor=(10_000, 5_000, 2_000, 1_000, 500, 200, 100)
)
CARD = TenderKind(id="card", names={"en": "Card"}, currency="EUR", kind="external", opens_drawer=False)
FRANCS = TenderKind(id="cash-chf", names={"en": "Francs"}, currency="CHF", rounding_step_minor=5)
KRONOR = TenderKind(id="cash-sek", names={"en": "Kronor"}, currency="SEK", rounding_step_minor=100)
ROLES = (
    Role(
        id="cashier",
        names={"en": "Cashier"},
        permissions=(
            "sell",
            "park",
            "shift_open",
            "shift_close",
            "age_check",
            "return_with_receipt",
            "discount",
        ),
        discount_max_ppm=50_000,
    ),
    Role(id="manager", names={"en": "Manager"}, permissions=PERMISSIONS, discount_max_ppm=1_000_000),
)
STAFF = (
    StaffMember(id="1", name="Cashier 1", role="cashier", pin_hash=""),
    StaffMember(id="9", name="Manager", role="manager", pin_hash=""),
)
REASONS = (Reason(id="damaged", use="discount", names={"en": "Damaged"}),)


def product(sku: str, price_minor: int | None = None, **more: object) -> Product:
    """A product of the shop's price list; `price_minor` in cents."""
    prices = {} if price_minor is None else {"shop": price_minor * 10_000}
    fields: dict[str, object] = {
        "sku": sku,
        "names": {"en": sku.title()},
        "tax_class": "standard",
        "prices": prices,
    }
    fields.update(more)
    return Product(**fields)  # type: ignore[arg-type]


@dataclass
class Counter:
    """A lane without a machine: asks core to decide and folds what it decides."""

    goods: Sequence[Product] = ()
    promotions: Sequence[Promotion] = ()
    tenders: Sequence[TenderKind] = (CASH, CARD, FRANCS, KRONOR)
    customers: Sequence[Customer] = ()
    price_lists: Sequence[PriceList] = (
        PriceList(id="shop", currency="EUR"),
        PriceList(id="member", currency="EUR", priority=10, groups=("member",)),
        PriceList(id="chf", currency="CHF"),
        PriceList(id="sek", currency="SEK"),
    )
    taxes: TaxTable = TAXES
    settings: Settings = Settings(  # noqa: RUF009 (frozen)
        store="S1",
        names={"en": "Test shop"},
        currency="EUR",
        weight_barcodes=(
            WeightBarcode(prefix="21", item_digits=5, holds="weight", decimals=3),
            WeightBarcode(prefix="22", item_digits=5, holds="price", decimals=2),
        ),
    )
    at: datetime = datetime(2026, 11, 2, 10, 0)  # noqa: DTZ001 (local, a Monday)
    state: State = State()  # noqa: RUF009 (frozen)
    written: list[Entry] = field(default_factory=list)
    documents: dict[str, SaleDocument] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rules = Rules(
            edition=1,
            settings=self.settings,
            tax_table=self.taxes,
            tenders=self.tenders,
            roles=ROLES,
            staff=STAFF,
            reasons=REASONS,
            price_lists=self.price_lists,
            promotions=self.promotions,
        )
        self.pricer = Pricer(self.rules)

    # core.lookup.Lookup
    def products(self, keys: Sequence[str]) -> Sequence[Product]:
        """All goods filed under any of the keys."""
        return [item for item in self.goods if item.sku in keys or set(item.codes) & set(keys)]

    def product(self, sku: str) -> Product | None:
        """The goods of this sku."""
        return next((item for item in self.goods if item.sku == sku), None)

    def customer(self, code: str) -> Customer | None:
        """The customer of this number."""
        return next((one for one in self.customers if code in one.codes), None)

    def receipt(self, receipt: str) -> SaleDocument | None:
        """A completed sale."""
        return self.documents.get(receipt)

    def returned_milli(self, receipt: str) -> Mapping[int, int]:
        """What completed sales took back of it."""
        returned: dict[int, int] = {}
        for document in self.documents.values():
            for line in document.lines:
                if line.original is not None and line.original.receipt == receipt:
                    no = line.original.line_no
                    returned[no] = returned.get(no, 0) - line.quantity_milli
        return returned

    def desk(self, approver: str | None = None) -> Desk:
        """One decision's world, now."""
        return Desk(
            state=self.state,
            rules=self.rules,
            pricer=self.pricer,
            lookup=self,
            store="S1",
            lane="L1",
            receipt_mark="AB12",
            at=self.at,
            stamp=self.at.isoformat(timespec="milliseconds"),
            day=self.at.strftime("%Y-%m-%d"),
            approver=self.rules.staff.get(approver) if approver else None,
            pin_ok=True,
        )

    def ask(self, intent: i.Intent, approver: str | None = None) -> list[Entry] | Refusal:
        """Asks, and folds the entries if there are any. A refusal leaves everything as it was."""
        before = self.state
        decision = decide(self.desk(approver), intent)
        if isinstance(decision, Refusal):
            assert self.state is before
            return decision
        for entry in decision:
            self.state = apply(self.state, entry, "head")
            self.written.append(entry)
            if isinstance(entry, SaleCompleted):
                self.documents[entry.document.receipt] = entry.document
        self.at += timedelta(seconds=1)
        return decision

    def do(self, *intents: i.Intent, approver: str | None = None) -> None:
        """Asks and insists that nothing is refused."""
        for intent in intents:
            answer = self.ask(intent, approver)
            assert not isinstance(answer, Refusal), answer

    def refused(self, intent: i.Intent, approver: str | None = None) -> str:
        """The code of the refusal that this intent must meet."""
        written = len(self.written)
        answer = self.ask(intent, approver)
        assert isinstance(answer, Refusal), answer
        assert len(self.written) == written
        return answer.code

    def open(self, staff: str = "1", **float_minor: int) -> Counter:
        """Signed in, with an open shift."""
        self.do(i.SignIn(staff=staff, pin=""), i.OpenShift(float_minor=float_minor or {"EUR": 10_000}))
        return self

    def scan(self, *codes: str) -> Counter:
        """Scans codes one after the other."""
        self.do(*(i.Scan(code=code) for code in codes))
        return self

    def priced(self) -> Priced:
        """The basket in hand, priced."""
        assert self.state.sale is not None
        return self.desk().price(self.state.sale)

    def pay(self, tender: str = "cash", amount_minor: int | None = None) -> SaleDocument:
        """Pays the basket and gives its document."""
        self.do(i.TakeTender(tender=tender, amount_minor=amount_minor))
        last = self.written[-1]
        assert isinstance(last, SaleCompleted), last
        return last.document
