"""A register in memory for replays: the real rules behind the API's own words, and a line that breaks.

`plan` says what becomes of each question that is asked by POST: "ok", "unheard" (it never arrives),
"unanswered" (carried out, the answer lost), "late" and "later" (the answer is given up, and the question
arrives just before the next one, or before the one after that), or a number n: the register dies after n
intents of it, as a kill -9 would leave it.
Answers a second time to a payment's request number with the first answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from evertill.core import intent as i
from evertill.core.pricebook import Product
from evertill.core.receipt import SaleDocument
from evertill.core.refusal import Refusal
from evertill.core.shop import Limits, Settings, TenderKind
from evertill.lane.view import Drawer
from evertill.replay.connection import Lost, Reply
from evertill.replay.datasets import Basket, BasketLine, Dataset
from evertill.replay.ringing import sku_of, tender_of
from tests.fakes.shop import Counter, product

_INTENTS: Any = i.INTENT_TYPES[0]
for _kind in i.INTENT_TYPES[1:]:
    _INTENTS = _INTENTS | _kind
_READ = msgspec.json.Decoder(list[_INTENTS]).decode


def goods_of(dataset: Dataset, baskets: Iterable[Basket]) -> list[Product]:
    """What the baskets hold, as goods of a shop."""
    codes = sorted({line.code for basket in baskets for line in basket.lines})
    return [product(sku_of(dataset, code), tax_class="none", discountable=False) for code in codes]


def counter_for(dataset: Dataset, baskets: Iterable[Basket]) -> Counter:
    """A counter with the goods of the baskets and cash in their currency."""
    cash = TenderKind(id=tender_of(dataset), names={"en": "Cash"}, currency=dataset.currency)
    limits = Limits(lines_max=2_000)
    return Counter(
        goods=goods_of(dataset, baskets),
        tenders=(cash, TenderKind(id="cash", names={"en": "Cash"}, currency="EUR")),
        settings=Settings(store="S1", names={"en": "Shop"}, currency="EUR", limits=limits),
    )


def piece(code: str, quantity: int, unit_price_e4: int) -> BasketLine:
    """A line of whole pieces at a unit price."""
    return BasketLine(code, "", quantity * 1000, unit_price_e4, quantity * unit_price_e4)


class ReplayRegister:
    """Keeps the promises of `Connection` and of `PaidBooks`."""

    def __init__(self, counter: Counter, plan: Iterable[str | int] = ()) -> None:
        self.counter = counter
        self.asked = 0
        self._plan = list(plan)
        self._answers: set[str] = set()
        self._on_their_way: list[tuple[int, bytes]] = []
        self._paid: set[str] = set()
        self._status = {"unsent": 0, "uplink": {"state": "sending", "hint": ""}}

    # -- PaidBooks -------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """What is completed is known from here on, and not before."""
        self._paid = {document.reference or "" for document in self.documents()}

    def is_paid(self, reference: str) -> bool:
        """As far as was read."""
        return reference in self._paid

    def documents(self) -> list[SaleDocument]:
        """Everything sold."""
        return list(self.counter.documents.values())

    # -- Connection ------------------------------------------------------------------------------------

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """One question; of those by GET, all are for the view."""
        assert not headers, "a register asks for no token"
        assert path == ("/api/v1/state" if method == "GET" else "/api/v1/intents")
        if method == "GET":
            return Reply(200, self._view())
        self.asked += 1
        fate = self._plan.pop(0) if self._plan else "ok"
        self._let_arrive()
        if fate in ("unheard", "late", "later"):
            self._on_their_way += [(2 if fate == "later" else 1, body or b"")] if fate != "unheard" else []
            raise Lost("no answer")
        intents = _READ(body or b"")
        refusal = self._carry_out(intents[:fate] if isinstance(fate, int) else intents)
        if isinstance(fate, int):
            self._answers.clear()
            self._on_their_way.clear()
        if fate != "ok":
            raise Lost("no answer")
        return self._answer(refusal)

    def _let_arrive(self) -> None:
        """Questions that were given up and are on their way still come in; nobody hears their answers."""
        arriving = [body for steps, body in self._on_their_way if steps == 1]
        self._on_their_way = [(steps - 1, body) for steps, body in self._on_their_way if steps > 1]
        for body in arriving:
            self._carry_out(_READ(body))

    def _answer(self, refusal: Refusal | None) -> Reply:
        if refusal is None:
            return Reply(200, b'{"ok":true,"state":%b}' % self._view())
        told = msgspec.json.encode({"code": refusal.code, "words": refusal.text})
        return Reply(409, b'{"ok":false,"refusal":%b,"state":%b}' % (told, self._view()))

    def _carry_out(self, intents: list[i.Intent]) -> Refusal | None:
        for intent in intents:
            last = self.counter.state.last
            known = intent.request is not None and (
                intent.request in self._answers or (last is not None and last.request == intent.request)
            )
            if known:
                continue
            answer = self.counter.ask(intent)
            if isinstance(answer, Refusal):
                return answer
            if intent.request is not None:
                self._answers.add(intent.request)
        return None

    def _view(self) -> bytes:
        counter = self.counter
        priced = counter.priced() if counter.state.sale is not None else None
        view = Drawer().view(
            counter.state,
            counter.rules,
            priced,
            revision=1,
            store="S1",
            lane="L1",
            status=self._status,
            parked_minor=lambda _: 0,
        )
        return msgspec.json.encode(view)
