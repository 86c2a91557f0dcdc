"""Failures that happened to users of other systems, each tried here. The names carry whose report it was.

Facts only; see the list in ../shared/reference/known-failures.md. What belongs to printers, payments with
unknown results, releases and restores is tried where those rooms are.
"""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from evertill.core import intent as i
from evertill.host.clock import HostClock
from evertill.host.disk import HostDisk
from evertill.host.entropy import HostEntropy
from evertill.journal import Journal
from tests.fakes.disk import nothing
from tests.fakes.lane import FakeLane
from tests.process.shop_world import (
    EVERTILL,
    MANAGER,
    Shop,
    all_sent,
    gate_receipts,
    journal_bodies,
    journal_sales,
    until,
)

pytestmark = pytest.mark.process
SCREEN = Path(__file__).parents[2] / "src" / "evertill" / "lane" / "screen"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    running = Shop(tmp_path_factory.mktemp("known") / "shop").opened().open_till(MANAGER)
    yield running
    assert running.close() == 0


@contextlib.contextmanager
def no_server(shop: Shop) -> Iterator[None]:
    """The server holds its port and answers nothing."""
    gate = shop.part("gate")
    assert gate is not None
    gate.suspend()
    try:
        yield
    finally:
        gate.resume()


def everything_sent(shop: Shop) -> None:
    until(lambda: all_sent(shop.home), "everything arrives at the gate", 40)


# -- lost sales ---------------------------------------------------------------------------------------


def test_odoo_125037_a_power_drop_right_after_the_answer_keeps_the_sale() -> None:
    """odoo#125037: a confirmed order was gone after a power drop within about five seconds."""
    lane = FakeLane().open()
    sold = lane.sell("tea", "milk")
    lane.disk.power_cut(nothing)
    lane.start()
    assert lane.agent.receipt(sold.receipt) == sold
    assert lane.agent.state.receipts_given == 1


def test_odoo_60939_sold_offline_then_switched_off_is_still_sold(tmp_path: Path) -> None:
    """odoo#60939, odoo#51217: receipt printed, PC switched off while offline, no record anywhere."""
    shop = Shop(tmp_path / "shop").opened().open_till()
    with no_server(shop):
        sold = [shop.sell(*shop.goods(2))["receipt"] for _ in range(3)]
        shop.process.kill()
        shop.process.wait(10)
    again = Shop(tmp_path / "shop").opened()
    everything_sent(again)
    assert gate_receipts(again.home) == sold
    assert again.close() == 0


def test_odoo_13862_a_card_payment_never_stands_without_its_order(shop: Shop) -> None:
    """odoo#13862: card payments without orders after a database serialization failure."""
    with no_server(shop):
        shop.do("Scan", code=shop.goods(1)[0])
        done = shop.do("TakeTender", tender="card")["done"]
    bodies = [json.dumps(body) for body in journal_bodies(shop.home) if done["sale"] in json.dumps(body)]
    with_card = [body for body in bodies if '"tender": "card"' in body]
    assert len(with_card) == 1
    assert '"SaleCompleted"' in with_card[0]
    everything_sent(shop)
    assert gate_receipts(shop.home).count(done["receipt"]) == 1


def test_odoo_285662_two_devices_on_one_sale_never_make_a_paid_order_without_lines(shop: Shop) -> None:
    """odoo#285662: a paid order without lines when two devices touch it."""
    goods = shop.goods(6)
    for _ in range(5):
        first = shop.do("Scan", code=goods[0])["state"]["sale"]["id"]
        answers: list[dict[str, Any]] = []
        start = threading.Barrier(6)

        def touch(
            intent: dict[str, Any], into: list[dict[str, Any]] = answers, start: threading.Barrier = start
        ) -> None:
            start.wait(10)
            into.append(httpx.post(f"{shop.url}/api/v1/intents", json=intent, timeout=10).json())

        asked = [{"type": "Scan", "code": code, "sale": first} for code in goods[1:5]]
        asked += [{"type": "TakeTender", "tender": "card", "sale": first}] * 2
        threads = [threading.Thread(target=touch, args=(intent,)) for intent in asked]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        sale = next(one for one in journal_sales(shop.home) if one["sale"] == first)
        rung = 1 + sum(answer["ok"] for answer in answers) - 2
        lines = [line for line in sale["lines"] if line.get("kind", "goods") == "goods"]
        assert len(lines) == rung, "what was answered before the payment is in the sale, nothing else"
        assert sum(line["gross_minor"] for line in sale["lines"]) == sale["total_minor"]
        assert sum(one["amount_minor"] for one in sale["tenders"]) == sale["total_minor"]
        late = [answer["refusal"]["code"] for answer in answers if not answer["ok"]]
        assert set(late) <= {"other_sale"}


def test_odoo_16151_a_parked_basket_outlives_the_closing_of_the_day_and_a_restart(tmp_path: Path) -> None:
    """odoo#16151: parked orders vanish at close."""
    shop = Shop(tmp_path / "shop").opened().open_till(MANAGER)
    shop.do("Scan", code=shop.goods(1)[0])
    parked = shop.do("ParkSale", note="wallet in the car")["state"]["parked"]
    shop.do("CloseShift", counts={"EUR": {"100": 100}})
    assert shop.close() == 0
    shop = Shop(tmp_path / "shop").opened()
    assert shop.get("/api/v1/state")["parked"] == parked
    shop.open_till(MANAGER).do("RecallSale", parked=parked[0]["id"])
    assert shop.do("TakeTender", tender="cash")["done"]["sale"] == parked[0]["id"]
    assert shop.close() == 0


def test_odoo_288974_a_part_payment_offline_is_never_lost(shop: Shop) -> None:
    """odoo#288974: paid offline after a draft was synchronised: the payment was lost."""
    with no_server(shop):
        sale = shop.do("Scan", code=shop.goods(1)[0], quantity_milli=3000)["state"]["sale"]
        part = shop.do("TakeTender", tender="cash", amount_minor=100)["state"]["sale"]
        assert part["paid_minor"] == 100
        shop.kill("lane")
        shop.comes_back()
        assert shop.get("/api/v1/state")["sale"]["tenders"] == part["tenders"]
        done = shop.do("TakeTender", tender="card")["done"]
    document = next(one for one in journal_sales(shop.home) if one["receipt"] == done["receipt"])
    assert [(one["tender"], one["amount_minor"]) for one in document["tenders"]] == [
        ("cash", 100),
        ("card", sale["total_minor"] - 100),
    ]


def test_odoo_284784_the_browser_keeps_nothing_that_could_be_evicted() -> None:
    """odoo#284784: the browser evicts unsent orders at low disk. Ours holds none: the agent does."""
    stores = re.compile(r"indexedDB|localStorage|sessionStorage|document\.cookie|openDatabase")
    sources = [path for path in SCREEN.rglob("*.js") if "vendor" not in path.parts]
    assert len(sources) > 10
    keeping = [path for path in sources if stores.search(path.read_text(encoding="utf-8"))]
    assert {path.relative_to(SCREEN).as_posix() for path in keeping} <= {"device.js"}, "how a device looks"
    for path in keeping:
        assert not re.search(r"^import ", path.read_text(encoding="utf-8"), re.MULTILINE), "it knows no sale"


def test_pos_addons_917_two_tills_never_share_the_id_of_a_sale() -> None:
    """pos-addons#917: two tills, one order id. Even a copied identity has an epoch of its own."""
    first, second = FakeLane(seed=1).open(), FakeLane(seed=2).open()
    ours = {(d.sale, d.receipt) for d in (first.sell("tea") for _ in range(20))}
    theirs = {(d.sale, d.receipt) for d in (second.sell("tea") for _ in range(20))}
    assert len(ours) == len(theirs) == 20
    assert not {one for pair in ours for one in pair} & {one for pair in theirs for one in pair}


# -- duplicates ---------------------------------------------------------------------------------------


def test_odoo_152259_two_tabs_after_an_offline_phase_are_one_sale(shop: Shop) -> None:
    """odoo#152259, OCA/pos#512: both tabs sent the order when the network came back."""
    with no_server(shop):
        sale = shop.do("Scan", code=shop.goods(1)[0])["state"]["sale"]["id"]
        pay = {"type": "TakeTender", "tender": "cash", "sale": sale}
        tabs = [shop.ask({**pay, "request": f"{sale} tab {tab}"}) for tab in (1, 2)]
        assert tabs[0]["done"] == tabs[1]["done"]
    everything_sent(shop)
    assert gate_receipts(shop.home).count(tabs[0]["done"]["receipt"]) == 1


def test_erpnext_12971_a_sender_that_dies_while_sending_doubles_nothing(shop: Shop) -> None:
    """erpnext#12971 (1 in 15 doubled), erpnext#12645, POSNext#50, POSNext#97, NexoPOS#1100, NexoPOS#1589."""
    sold = []
    for round_no in range(3):
        sold += [shop.sell(shop.goods(1)[0])["receipt"] for _ in range(10)]
        shop.kill("gate" if round_no == 1 else "uplink")
    everything_sent(shop)
    received = gate_receipts(shop.home)
    assert len(received) == len(set(received))
    assert received[-30:] == sold


def test_odoo_222372_what_a_repeated_request_counts_is_counted_once() -> None:
    """odoo#222372: loyalty points counted twice. Ours: sales, cash and pieces of a shift."""
    lane = FakeLane().open()
    lane.do(i.Scan(code="tea", request="scan"), i.Scan(code="tea", request="scan"))
    for _ in range(3):
        lane.do(i.TakeTender(tender="cash", request="pay"))
    assert lane.agent.state.shift is not None
    report = lane.agent.state.shift.report()
    assert report.totals[0].sales == 1
    assert lane.agent.state.shift.expected_minor("EUR") == 10_000 + 199


# -- stuck or wrong -----------------------------------------------------------------------------------


def test_posawesome_310_cash_that_was_taken_is_in_the_books_with_its_sale(shop: Shop) -> None:
    """POS-Awesome#310, #135, #914: the synced invoice was unpaid though cash was taken."""
    shop.do("Scan", code=shop.goods(1)[0])
    done = shop.do("TakeTender", tender="cash", amount_minor=10_000)["done"]
    document = next(one for one in journal_sales(shop.home) if one["receipt"] == done["receipt"])
    assert sum(one["amount_minor"] for one in document["tenders"]) == document["total_minor"]
    assert document["change_minor"] == 10_000 - document["total_minor"]
    everything_sent(shop)
    assert gate_receipts(shop.home)[-1] == done["receipt"]


def test_odoo_220954_the_register_notices_by_itself_that_the_server_is_back(shop: Shop) -> None:
    """odoo#220954, odoo#270532: stays offline after the network is back."""

    def face() -> str:
        return str(shop.get("/api/v1/state")["status"]["uplink"]["state"])

    until(lambda: face() == "sending", "connected before")
    shop.kill("gate")
    sold = shop.sell(shop.goods(1)[0])["receipt"]
    until(lambda: sold in gate_receipts(shop.home), "sent without anybody doing anything", 40)
    until(lambda: face() == "sending", "and shown as connected", 40)


def test_posawesome_3055_one_basket_has_one_price_online_and_offline(shop: Shop) -> None:
    """POS-Awesome#3055: a promotion applied online, not offline."""
    goods = shop.goods(30)

    def total() -> int:
        scans = [{"type": "Scan", "code": code, "quantity_milli": 3000} for code in goods]
        sale = shop.ask(*scans)["state"]["sale"]
        shop.do("VoidSale", reason="mistake")
        return int(sale["total_minor"])

    online = total()
    with no_server(shop):
        assert total() == online


def test_erpnext_13388_one_strange_entry_blocks_nothing_behind_it(tmp_path: Path) -> None:
    """erpnext#13388: one stuck invoice blocks the till."""
    home = tmp_path / "shop"
    shop = Shop(home).opened().open_till()
    sold = [shop.sell(shop.goods(1)[0])["receipt"]]
    day = journal_sales(home)[0]["day"]
    assert shop.close() == 0
    journal = Journal.open(
        HostDisk(),
        HostClock(),
        HostEntropy(),
        directory=home / "lane" / "journal",
        witness_directory=home / "lane" / "witness",
        store="S1",
        lane="L1",
    )
    for kind, data in (("SaleCompleted", b'{"document":{"no":"sense"}}'), ("FromTheFuture", b"{}")):
        journal.append(kind, data, at=f"{day}T12:00:00.000Z", day=day)
    journal.close()
    shop = Shop(home).opened()
    sold.append(shop.open_till().sell(shop.goods(1)[0])["receipt"])
    assert "entries_set_aside" in shop.messages()
    until(lambda: gate_receipts(home) == sold, "the sale behind it arrives", 40)
    assert shop.close() == 0


# -- numbers ------------------------------------------------------------------------------------------


def test_opensourcepos_1635_numbers_do_not_jump(shop: Shop) -> None:
    """opensourcepos#1635: given-up baskets, refusals and crashes used numbers up."""
    first = shop.sell(shop.goods(1)[0])["receipt"]
    shop.do("Scan", code=shop.goods(1)[0])
    shop.do("VoidSale", reason="mistake")
    shop.refused("TakeTender", tender="cash")
    shop.do("Scan", code=shop.goods(1)[0])
    shop.kill("lane")
    shop.comes_back()
    second = shop.do("TakeTender", tender="cash")["done"]["receipt"]
    assert int(second[-6:]) == int(first[-6:]) + 1


def test_odoo_287667_a_register_restored_from_an_old_image_gives_no_number_twice() -> None:
    """odoo#287667, #71455, #189991, #24486, OCA/l10n-spain#4921: repeated or shared receipt numbers."""
    lane = FakeLane().open()
    lane.sell("tea")
    image = {path: lane.disk.content(path) for path in lane.disk.files() if path.suffix == ".journal"}
    sold = {lane.sell("tea").receipt for _ in range(3)}
    lane.agent.close()
    for path, content in image.items():
        lane.disk.replace(path, content)
    lane.killed()
    again = {lane.sell("tea").receipt for _ in range(3)}
    assert not sold & again


# -- closing the day ----------------------------------------------------------------------------------


def test_odoo_203431_the_report_of_a_day_without_a_server_has_every_sale(tmp_path: Path) -> None:
    """odoo#203431 (offline orders missing at close), #92004 (will not close), #287618 (closed, nothing
    posted), erpnext#57157 (failed closing deadlocks), #25581, #43855."""
    shop = Shop(tmp_path / "shop").opened().open_till(MANAGER)
    with no_server(shop):
        for _ in range(5):
            shop.sell(*shop.goods(2))
        total = sum(sale["total_minor"] for sale in journal_sales(shop.home))
        assert shop.refused("CloseShift")["code"] == "count_needed"
        counted = {"1": 10_000 + total}
        done = shop.do("CloseShift", counts={"EUR": counted}, request="close")["done"]
        shop.kill("lane")
        shop.comes_back()
        again = shop.do("CloseShift", counts={"EUR": counted}, request="close")["done"]
        report = done["report"]["totals"][0]
        assert again["report"] == done["report"], "told again after a crash, closed once"
        assert report["sales"] == 5
        assert shop.get("/api/v1/state")["shift"] is None
    closed = [body["data"]["report"] for body in journal_bodies(shop.home) if body["kind"] == "ShiftClosed"]
    assert len(closed) == 1
    everything_sent(shop)
    shop.do("OpenShift", float_minor={"EUR": 0})
    assert shop.close() == 0


# -- starting -----------------------------------------------------------------------------------------


def test_odoo_288899_a_register_opens_and_sells_without_any_server(tmp_path: Path) -> None:
    """odoo#288899 (refuses to open offline), stripe-terminal-react-native#1098 (cannot start offline)."""
    home = tmp_path / "shop"
    subprocess.run([EVERTILL, "setup", "--home", str(home)], check=True, capture_output=True, timeout=60)
    (home / "gate").rename(home / "gate-is-on-another-machine")
    command = [EVERTILL, "lane", "--home", str(home), "--port", "0"]
    lane = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert lane.stdout is not None
        url = json.loads(lane.stdout.readline())["lane"]
        asked = [{"type": "SignIn", **MANAGER}, {"type": "OpenShift"}]
        httpx.post(f"{url}/api/v1/intents", json=asked).raise_for_status()
        goods = httpx.get(f"{url}/api/v1/products?limit=200").json()["products"]
        sku = next(
            p["sku"] for p in goods if p["unit"] == "each" and not p["age_min"] and not p["open_price"]
        )
        scanned = httpx.post(f"{url}/api/v1/intents", json={"type": "Scan", "code": sku}).json()
        assert scanned["ok"], scanned
        paid = httpx.post(f"{url}/api/v1/intents", json={"type": "TakeTender", "tender": "cash"}).json()
        assert paid["done"]["receipt"] == journal_sales(home)[0]["receipt"]
    finally:
        lane.terminate()
        assert lane.wait(15) == 0
