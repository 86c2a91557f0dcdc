"""The tiles: what the shop always wants at hand, and what sells at this hour."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from evertill.core import intent as i
from evertill.core.receipt import SaleDocument
from evertill.lane.best_sellers import SKUS_MAX, SLOTS_KEPT, BestSellers, Sold
from tests.fakes.lane import SETTINGS, SHOP, FakeLane, MemoryCatalogue
from tests.unit.lane.register_world import Counter, at_the_counter

TEN = datetime(2026, 11, 22, 10, 0)  # noqa: DTZ001 (local)
DAY = "2026-11-22"


def _sale(*skus: str, at: datetime = TEN, day: str = DAY, quantity_milli: int = 1000) -> SaleDocument:
    """A sale of these, as the lane makes one, moved to another time."""
    lane = FakeLane().open()
    document = lane.sell("milk")
    line = replace(document.lines[0], quantity_milli=quantity_milli)
    return replace(
        document,
        completed_at=at.isoformat(timespec="milliseconds"),
        day=day,
        lines=tuple(replace(line, sku=sku) for sku in skus),
    )


def test_the_most_sold_of_the_last_hour_come_first_then_the_others_of_the_day() -> None:
    sellers = BestSellers()
    sellers.note(_sale("coffee", "coffee", "coffee", at=TEN - timedelta(hours=3)))
    sellers.note(_sale("tea", "milk", "tea"))
    assert sellers.top(TEN, DAY) == ["tea", "milk", "coffee"]
    assert sellers.top(TEN + timedelta(hours=2), DAY) == ["coffee", "tea", "milk"], "nothing sold this hour"
    assert sellers.top(TEN + timedelta(days=1), "2026-11-23") == [], "another day"


def test_what_came_back_counts_nothing_and_six_in_a_line_count_six() -> None:
    sellers = BestSellers()
    sellers.note(_sale("tea", quantity_milli=-5000))
    sellers.note(_sale("milk", quantity_milli=6000))
    sellers.note(_sale("beer", "beer"))
    assert sellers.top(TEN, DAY) == ["milk", "beer"]


def test_counts_survive_on_the_disk() -> None:
    sellers = BestSellers()
    sellers.note(_sale("tea", "milk", "tea"))
    kept = msgspec.json.decode(msgspec.json.encode(sellers.sold()), type=Sold)
    assert BestSellers(kept).top(TEN, DAY) == ["tea", "milk"]


def test_a_long_day_with_many_articles_is_held_in_little_room() -> None:
    sellers = BestSellers()
    document = _sale("tea")
    line = document.lines[0]
    for number in range(30):
        lines = tuple(replace(line, sku=f"{number}-{sku}") for sku in range(100))
        at = (TEN + timedelta(minutes=10 * number)).isoformat(timespec="milliseconds")
        sellers.note(replace(document, completed_at=at, lines=lines))
    kept = sellers.sold()
    assert len(kept.slots) == SLOTS_KEPT
    assert len(kept.of_day) <= SKUS_MAX


def test_a_killed_register_still_knows_what_sold() -> None:
    lane = FakeLane().open()
    lane.sell("tea", "tea")
    lane.sell("milk")
    lane.killed()
    now = lane.clock.now().replace(tzinfo=None)
    assert lane.agent.books.sellers.top(now, lane.agent.trading_day(lane.clock.now())) == ["tea", "milk"]


@at_the_counter
async def test_tiles_show_favourites_in_the_shops_order_and_what_sells(counter: Counter) -> None:
    shop = msgspec.structs.replace(SHOP, settings=replace(SETTINGS, favourites=("milk", "gone", "tea")))
    counter = await Counter(FakeLane(catalogue=MemoryCatalogue(shop=shop))).open()
    await counter.do("Scan", code="sundries", unit_price_e4=1_000_000)
    await counter.do("TakeTender", tender="cash")
    tiles = (await counter.client.get("/api/v1/tiles")).json()
    assert [tile["sku"] for tile in tiles["favourites"]] == ["milk", "tea"]
    assert [tile["sku"] for tile in tiles["best_sellers"]] == ["sundries"]
    assert tiles["edition"] == 1
    assert tiles["favourites"][0]["unit_price_e4"] == 1_190_000


@at_the_counter
async def test_the_list_of_receipts_says_how_many_decimals_its_money_has(counter: Counter) -> None:
    await counter.open()
    counter.lane.sell("tea")
    counter.lane.do(i.StartSale(currency="CHF"))
    listed = (await counter.client.get("/api/v1/receipts")).json()["receipts"]
    assert [(one["currency"], one["digits"]) for one in listed] == [("EUR", 2)]
