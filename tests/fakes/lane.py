# ruff: noqa: ARG002 (a port's signature names what a fake need not look at)
"""One lane on a simulated disk: the real agent, journal and tables, without a machine under them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import argon2
import msgspec
import pytest

from evertill.core import intent as i
from evertill.core.entry import ENTRY_TYPES, Entry
from evertill.core.fault import Fault
from evertill.core.permission import PERMISSIONS
from evertill.core.pricebook import PriceList, Product
from evertill.core.receipt import SaleDocument, ShiftReport
from evertill.core.refusal import Refusal
from evertill.core.shop import Customer, Limits, Role, Settings, StaffMember
from evertill.journal.writer import Journal
from evertill.lane.agent import Agent, Done, body_reader
from evertill.lane.books import Books
from evertill.lane.catalogue import ShopRules
from evertill.wire.edition import EditionHeader
from tests.fakes.clock import SimulatedClock
from tests.fakes.disk import SimulatedDisk
from tests.fakes.entropy import SeededEntropy
from tests.fakes.shop import CARD, CASH, FRANCS, REASONS, TAXES, product

HOME = Path("/till")
JOURNAL = HOME / "journal"
SECOND = Path("/second")
_PINS = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
LIMITS = Limits(lines_max=5, parked_max=2, pin_tries_max=3, pin_lock_s=60)
SETTINGS = Settings(store="S1", names={"en": "Test shop"}, currency="EUR", limits=LIMITS)
GOODS = (
    product("tea", 199, codes=("4006381333931",), names={"en": "Green tea", "zh": "绿茶"}),
    product("milk", 119),
    product("beer", 99, age_min=18),
    product("sundries", open_price=True),
    product("apples", 299, unit="kg"),
)
SHOP = ShopRules(
    settings=SETTINGS,
    tax_table=TAXES,
    tenders=(CASH, CARD, FRANCS),
    roles=(
        Role(
            id="cashier", names={"en": "Cashier"}, permissions=("sell", "park", "shift_open", "shift_close")
        ),
        Role(id="manager", names={"en": "Manager"}, permissions=PERMISSIONS, discount_max_ppm=1_000_000),
    ),
    staff=(
        StaffMember(id="1", name="Cashier 1", role="cashier", pin_hash=_PINS.hash("1111")),
        StaffMember(id="2", name="Cashier 2", role="cashier", pin_hash=_PINS.hash("2222"), locale="zh"),
        StaffMember(id="9", name="Manager", role="manager", pin_hash=_PINS.hash("9999")),
    ),
    reasons=REASONS,
    price_lists=(PriceList(id="shop", currency="EUR"),),
)


class MemoryCatalogue:
    """An edition in memory; what `lane.catalogue.Catalogue` promises, without its file."""

    def __init__(self, goods: Sequence[Product] = GOODS, *, version: int = 1, shop: ShopRules = SHOP) -> None:
        self.goods = tuple(goods)
        self.damaged = False
        self.shop = shop
        self.rules = shop.compiled(version)
        self.header = EditionHeader(
            format="evertill-edition-1",
            store=shop.settings.store,
            server_epoch="00" * 16,
            version=version,
            issued_at="2026-11-22T08:00:00Z",
            counts={},
            body_bytes=0,
            body_sha256=f"{version:064x}",
        )

    def products(self, keys: Sequence[str]) -> Sequence[Product]:
        """All products filed under any of these codes or skus."""
        return tuple(one for one in self.goods if one.sku in keys or set(one.codes) & set(keys))

    def product(self, sku: str) -> Product | None:
        """The product with exactly this sku."""
        return next((one for one in self.goods if one.sku == sku), None)

    def customer(self, code: str) -> Customer | None:
        """Nobody is known here."""
        return None

    def search(self, text: str, category: str | None, limit: int) -> list[Product]:
        """Products whose names hold `text`."""
        return [one for one in self.goods if text.casefold() in str(one.names).casefold()][:limit]

    def count(self) -> int:
        """How many products there are."""
        return len(self.goods)


class FakeLane:
    """A lane that is killed, loses power, fills its disk and starts again. `agent` is the real one."""

    def __init__(
        self,
        *,
        catalogue: MemoryCatalogue | None = None,
        second: bool = False,
        capacity_bytes: int = 1 << 30,
        reserve_bytes: int = 0,
        seed: int = 1,
    ) -> None:
        self.disk = SimulatedDisk(capacity_bytes=capacity_bytes)
        self.clock = SimulatedClock()
        self.entropy = SeededEntropy(seed)
        self.catalogue = catalogue or MemoryCatalogue()
        self.second = SECOND if second else None
        self.reserve_bytes = reserve_bytes
        self.start()

    def start(self) -> None:
        """Starts as after a power cut that also took lane.db: everything is folded from the journal."""
        journal = Journal.open(
            self.disk,
            self.clock,
            self.entropy,
            directory=JOURNAL,
            witness_directory=HOME / "witness",
            store="S1",
            lane="L1",
            second_directory=self.second,
            reserve_bytes=self.reserve_bytes,
        )
        directories = [JOURNAL, SECOND] if self.second else [JOURNAL]
        self.agent = Agent(
            store="S1",
            lane="L1",
            clock=self.clock,
            journal=journal,
            books=Books(Path(":memory:"), body_reader(self.disk, directories)),
            catalogue=self.catalogue,  # type: ignore[arg-type]
            local_now=self.clock.now,
            has_second_medium=self.second is not None,
        )
        self.agent.start(None, "test")

    def killed(self) -> FakeLane:
        """kill -9 and a new start."""
        self.disk.kill()
        self.start()
        return self

    def ask(self, intent: i.Intent, approver: str | None = None) -> Done | Refusal:
        """The agent's answer; PINs are right here. A second passes."""
        self.clock.pass_by(timedelta(seconds=1))
        member = self.agent.rules.staff.get(approver) if approver else None
        return self.agent.answer(intent, approver=member, pin_ok=True)

    def do(self, *intents: i.Intent, approver: str | None = None) -> Done:
        """Insists on a yes to each; the last answer."""
        done = Done()
        for intent in intents:
            answer = self.ask(intent, approver)
            assert isinstance(answer, Done), answer
            done = answer
        return done

    def refused(self, intent: i.Intent, approver: str | None = None) -> Refusal:
        """The refusal that this must meet: with words, no entry, and the state as it was."""
        state, head = self.agent.state, self.agent.journal.head
        answer = self.ask(intent, approver)
        assert isinstance(answer, Refusal), answer
        assert self.agent.state is state
        assert self.agent.journal.head == head
        words = answer.text.format(**answer.params)
        assert words.endswith(".") and not answer.text[0].islower(), words
        return answer

    def fault(self, intent: i.Intent) -> Fault:
        """The fault that this must meet: with a hint, and the state as it was."""
        state = self.agent.state
        with pytest.raises(Fault) as met:
            self.ask(intent)
        assert self.agent.state is state
        assert met.value.hint
        return met.value

    def open(self, staff: str = "1") -> FakeLane:
        """Signed in, with an open shift."""
        self.do(i.SignIn(staff=staff, pin=""), i.OpenShift(float_minor={"EUR": 10_000}))
        return self

    def sell(self, *codes: str, request: str | None = None) -> SaleDocument:
        """Rings these up and takes exact cash."""
        self.do(*(i.Scan(code=code) for code in codes))
        document = self.do(i.TakeTender(tender="cash", request=request)).document
        assert document is not None
        return document

    def entries(self) -> list[Entry]:
        """Every entry that the journal hands out, oldest first; of known kinds."""
        self.agent.journal.sync()
        found = []
        for line in self.agent.journal.replay_after(None):
            body = msgspec.json.decode(line.body, type=_Body)
            if body.kind in ENTRY_TYPES:
                found.append(msgspec.json.decode(body.data, type=ENTRY_TYPES[body.kind]))
        return found

    def kinds(self) -> list[str]:
        """The kinds of all entries."""
        return [type(entry).__name__ for entry in self.entries()]


class _Body(msgspec.Struct):
    kind: str
    data: msgspec.Raw


class PaperlessPrinting:
    """What a register needs of printing, written down instead of printed."""

    def __init__(self) -> None:
        self.printed: list[tuple[str, int]] = []
        self.reports = 0
        self.drawer_openings = 0

    def print_sale(self, document: SaleDocument, head: str, copy_no: int, locale: str) -> None:
        """Notes receipt and copy number."""
        self.printed.append((document.receipt, copy_no))

    def print_report(self, report: ShiftReport, locale: str) -> None:
        """Counts."""
        self.reports += 1

    def open_drawer(self) -> None:
        """Counts."""
        self.drawer_openings += 1

    async def pdf(self, document: SaleDocument, head: str, copy_no: int, locale: str) -> bytes:
        """A PDF in name only."""
        return b"%PDF-1.4\n"

    def status(self, locale: str | None = None) -> list[dict[str, Any]]:
        """No printers."""
        return []
