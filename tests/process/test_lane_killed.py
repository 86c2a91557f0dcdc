"""kill -9 of the register at random moments while it sells: every answered sale is there, none twice."""

from __future__ import annotations

import random
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.process.shop_world import (
    Client,
    Shop,
    all_sent,
    gate_receipts,
    journal_bodies,
    journal_sales,
    until,
)

pytestmark = pytest.mark.process

KILLS = 10
SEED = 20_261_122


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    running = Shop(tmp_path_factory.mktemp("killed") / "shop").opened().open_till()
    yield running
    assert running.close() == 0


class Ringing:
    """A cashier who never stops: rings up, takes cash, repeats what was not answered."""

    def __init__(self, url: str, goods: list[str]) -> None:
        self._client = Client(url)
        self._goods = goods
        self._chance = random.Random(SEED)
        self.paid: list[dict[str, Any]] = []
        self.wrong: list[Any] = []
        self.ending = threading.Event()
        self._thread = threading.Thread(target=self._sell_on, daemon=True)
        self._thread.start()

    def _sell_on(self) -> None:
        while not self.ending.is_set():
            self._sell_once()

    def _sell_once(self) -> None:
        skus = self._chance.sample(self._goods, self._chance.randint(1, 4))
        pieces = 0
        for sku in skus:
            quantity = self._chance.randint(1, 3)
            pieces += quantity
            status, answer = self._client.insist("Scan", code=sku, quantity_milli=quantity * 1000)
            if status != 200:
                self.wrong.append(answer)
                return
        sale = answer["state"]["sale"]
        rung = [line["sku"] for line in sale["lines"] if line["kind"] == "goods"]
        if (rung, sale["items"]) != (skus, pieces):
            self.wrong.append((skus, pieces, sale))
        status, answer = self._client.insist("TakeTender", tender="cash", sale=sale["id"])
        if status != 200 or "done" not in answer:
            self.wrong.append(answer)
            return
        self.paid.append({**answer["done"], "total_minor": sale["total_minor"], "skus": skus})

    def end(self) -> None:
        """The cashier finishes the sale in hand and stops."""
        self.ending.set()
        self._thread.join(40)
        assert not self._thread.is_alive(), "the cashier is still waiting for an answer"
        self._client.close()

    @property
    def retries(self) -> int:
        return self._client.retries


def test_ten_kills_under_load_lose_no_answered_sale_and_double_none(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop").opened().open_till()
    ringing = Ringing(shop.url, shop.goods(40))
    chance = random.Random(SEED)
    for _ in range(KILLS):
        sold = len(ringing.paid)
        most = sold + chance.randint(1, 25)
        until(lambda most=most: len(ringing.paid) >= most or ringing.wrong, "selling goes on", 30)
        shop.kill("lane")
    sold = len(ringing.paid)
    until(lambda: len(ringing.paid) > sold or ringing.wrong, "selling goes on after the last kill", 30)
    ringing.end()
    assert ringing.wrong == []
    assert ringing.retries >= KILLS

    written = {sale["receipt"]: sale for sale in journal_sales(shop.home)}
    answered = [paid["receipt"] for paid in ringing.paid]
    assert len(answered) == len(set(answered))
    for paid in ringing.paid:
        document = written[paid["receipt"]]
        assert (document["sale"], document["total_minor"]) == (paid["sale"], paid["total_minor"])
        assert [line["sku"] for line in document["lines"] if line.get("kind", "goods") == "goods"] == paid[
            "skus"
        ]
    sales = journal_sales(shop.home)
    assert [sale["receipt"] for sale in sales] == answered, "what was asked once is there once, in order"
    assert [sale["receipt_no"] for sale in sales] == list(range(1, len(sales) + 1))
    seqs = [body["seq"] for body in journal_bodies(shop.home)]
    assert seqs == list(range(1, len(seqs) + 1)), "one epoch, no gaps: a killed process is no power cut"

    until(lambda: all_sent(shop.home), "everything arrives at the gate", 30)
    assert gate_receipts(shop.home) == answered
    assert shop.close() == 0


def test_a_payment_whose_answer_was_lost_is_asked_again_and_completes_once(shop: Shop) -> None:
    goods, sold = shop.goods(3), len(journal_sales(shop.home))
    for round_no in range(3):
        shop.do("Scan", code=goods[round_no])
        sale = shop.get("/api/v1/state")["sale"]
        pay = {"type": "TakeTender", "tender": "cash", "sale": sale["id"], "request": str(uuid.uuid4())}
        first = shop.ask(pay)
        shop.kill("lane")
        shop.comes_back()
        again = shop.ask(pay)
        assert again["ok"]
        assert again["done"] == first["done"]
        without_number = shop.ask({key: value for key, value in pay.items() if key != "request"})
        assert without_number["done"] == first["done"]
    assert len(journal_sales(shop.home)) == sold + 3


def test_a_scan_whose_answer_was_lost_is_asked_again_and_stays_one_piece(shop: Shop) -> None:
    """POSNext#48: quantity 4 became 1; here a repeated scan must not become 2."""
    scan = {"type": "Scan", "code": shop.goods(1)[0], "request": str(uuid.uuid4())}
    assert shop.ask(scan)["state"]["sale"]["items"] == 1
    shop.kill("lane")
    shop.comes_back()
    assert shop.ask(scan)["state"]["sale"]["items"] == 1
    assert shop.ask({**scan, "request": str(uuid.uuid4())})["state"]["sale"]["items"] == 2
    shop.do("TakeTender", tender="cash")


def test_twenty_clicks_on_pay_at_the_same_time_are_one_sale(shop: Shop) -> None:
    """odoo#152259, odoo#222372: two tabs, two answers, two sales."""
    sold = len(journal_sales(shop.home))
    for with_number in (True, False):
        shop.do("Scan", code=shop.goods(1)[0])
        sale = shop.get("/api/v1/state")["sale"]["id"]
        pay: dict[str, Any] = {"type": "TakeTender", "tender": "cash", "sale": sale}
        if with_number:
            pay["request"] = str(uuid.uuid4())
        answers: list[dict[str, Any]] = []
        gate = threading.Barrier(20)

        def click(pay: dict[str, Any] = pay, into: list[Any] = answers, gate: Any = gate) -> None:
            with httpx.Client(timeout=10) as client:
                gate.wait()
                into.append(client.post(f"{shop.url}/api/v1/intents", json=pay).json())

        clicks = [threading.Thread(target=click) for _ in range(20)]
        for one in clicks:
            one.start()
        for one in clicks:
            one.join(20)
        assert len(answers) == 20
        assert all(answer["ok"] for answer in answers)
        assert len({answer["done"]["receipt"] for answer in answers}) == 1
    assert len(journal_sales(shop.home)) == sold + 2
