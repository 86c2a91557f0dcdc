"""What the customer sees: their own basket and nothing else."""

from __future__ import annotations

import errno
from datetime import timedelta
from typing import Any

import msgspec

from evertill.core.promotions import PercentOff, Promotion
from evertill.core.receipt_code import read_receipt_code
from evertill.lane.register import THANKS_S
from tests.fakes.lane import SETTINGS, SHOP, FakeLane, MemoryCatalogue
from tests.unit.lane.register_world import Counter, at_the_counter

HALF = Promotion(id="half", names={"en": "Half price"}, rewards=(PercentOff(rate_ppm=500_000),))
TEXTS = ({"en": "Fresh bread until eight", "zh": "鲜面包供应至八点"},)
SHOP_WITH_HALF = msgspec.structs.replace(
    SHOP, promotions=(HALF,), settings=msgspec.structs.replace(SETTINGS, display_texts=TEXTS)
)


def _half_price() -> Counter:
    return Counter(FakeLane(catalogue=MemoryCatalogue(shop=SHOP_WITH_HALF)))


async def _shown(counter: Counter) -> dict[str, Any]:
    counter.register.care()
    answer = await counter.client.get("/api/v1/display")
    assert answer.status_code == 200
    shown: dict[str, Any] = answer.json()
    return shown


@at_the_counter
async def test_a_quiet_display_has_the_shops_name_and_its_texts(counter: Counter) -> None:
    assert (await _shown(counter))["texts"] == []
    shown = await _shown(_half_price())
    assert (shown["face"], shown["sale"], shown["paid"]) == ("idle", None, None)
    assert shown["shop"] == {"en": "Test shop"}
    assert shown["texts"] == list(TEXTS)


@at_the_counter
async def test_lines_come_as_they_are_scanned_with_what_promotions_took_off(counter: Counter) -> None:
    counter = await _half_price().open()
    await counter.do("Scan", code="milk", quantity_milli=2000)
    await counter.do("Scan", code="tea")
    await counter.do("VoidLine", line_no=2, approval={"staff": "9", "pin": "9999"})
    shown = await _shown(counter)
    sale = shown["sale"]
    assert shown["face"] == "selling"
    assert [line["names"]["en"] for line in sale["lines"]] == ["Milk"]
    assert sale["promotions"] == [{"names": {"en": "Half price"}, "amount_minor": 119}]
    assert (sale["items"], sale["total_minor"], sale["remaining_minor"]) == (2, 119, 119)


@at_the_counter
async def test_part_payment_shows_what_is_still_due_then_thanks_and_change(counter: Counter) -> None:
    await counter.open()
    await counter.do("Scan", code="tea")
    await counter.do("TakeTender", tender="card", amount_minor=99)
    shown = await _shown(counter)
    assert (shown["face"], shown["sale"]["remaining_minor"]) == ("paying", 100)
    receipt = (await counter.do("TakeTender", tender="cash", amount_minor=500))["done"]["receipt"]
    shown = await _shown(counter)
    assert (shown["face"], shown["sale"]) == ("paid", None)
    assert (shown["paid"]["total_minor"], shown["paid"]["change_minor"]) == (199, 400)
    code = read_receipt_code(shown["paid"]["code"])
    assert code is not None and code.receipt == receipt
    assert (await counter.client.get(shown["paid"]["picture"])).headers["content-type"] == "image/svg+xml"


@at_the_counter
async def test_thanks_make_room_for_the_next_customer_or_end_by_themselves(counter: Counter) -> None:
    await counter.open()
    for ending in ("scan", "wait"):
        await counter.do("Scan", code="tea")
        await counter.do("TakeTender", tender="cash")
        assert (await _shown(counter))["face"] == "paid"
        if ending == "scan":
            await counter.do("Scan", code="milk")
            assert (await _shown(counter))["face"] == "selling"
            await counter.do("TakeTender", tender="cash")
        else:
            counter.lane.clock.pass_by(timedelta(seconds=THANKS_S))
            assert (await _shown(counter))["face"] == "idle"


@at_the_counter
async def test_nobody_is_named_and_nothing_can_be_asked_for(counter: Counter) -> None:
    await counter.open()
    await counter.do("Scan", code="tea")
    await counter.do("AddNote", text="for Mr Confidential")
    await counter.do("ParkSale", note="table five")
    await counter.do("Scan", code="milk")
    shown = msgspec.json.encode(await _shown(counter))
    for secret in (b"Cashier", b"staff", b"Confidential", b"table five", b"parked"):
        assert secret not in shown


@at_the_counter
async def test_trouble_is_one_calm_sentence_in_every_language(counter: Counter) -> None:
    await counter.open()
    counter.lane.disk.capacity_bytes = 100 << 20
    assert (await _shown(counter))["face"] == "idle", "little space is nothing to a customer"
    await counter.do("Scan", code="tea")
    counter.lane.disk.fail("sync", ".journal", number=errno.EIO, times=1)
    await counter.client.post("/api/v1/intents", json={"type": "TakeTender", "tender": "cash"})
    shown = await _shown(counter)
    assert shown["face"] == "trouble"
    assert shown["trouble"] == {"en": "One moment, please.", "zh": "请稍候。"}
