"""Garbled files under a real register: the last good one stays, it says so, and it sells on."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from evertill.host.disk import HostDisk
from evertill.host.entropy import HostEntropy
from evertill.sample import load_sample
from evertill.server.identity import read_or_make_identity
from evertill.wire.edition import EditionDraft, write_edition
from evertill.wire.signature import SigningKey
from tests.process.shop_world import (
    MANAGER,
    Shop,
    all_sent,
    gate_receipts,
    journal_bodies,
    journal_sales,
    until,
)

pytestmark = pytest.mark.process

STRANGER = SigningKey(bytes(range(32)))


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    running = Shop(tmp_path / "shop").opened().open_till()
    yield running
    assert running.close() == 0


def edition(home: Path, version: int, *, key: SigningKey | None = None, price_minor: int = 777) -> bytes:
    """An edition of the sample shop with a few articles, signed by the shop's server or by `key`."""
    server = read_or_make_identity(HostDisk(), home / "gate", HostEntropy())
    sample = load_sample("S1")
    dearer = [
        msgspec.structs.replace(one, prices=dict.fromkeys(one.prices, price_minor * 10_000))
        for one in sample.products
        if one.deposit_sku is None and one.kind == "goods"
    ][:200]
    draft: EditionDraft = msgspec.structs.replace(sample, products=tuple(dearer), promotions=())
    sign = server.sign if key is None else key.sign
    return b"".join(
        write_edition(
            draft,
            server_epoch=server.server_epoch,
            version=version,
            issued_at="2026-11-22T08:00:00Z",
            sign=sign,
        )
    )


def drop(home: Path, version: int, content: bytes) -> Path:
    """Puts a file where the uplink would have put it, whole at once."""
    path = home / "lane" / "editions" / f"{version:08d}.edition"
    aside = path.with_suffix(".test")
    aside.write_bytes(content)
    os.replace(aside, path)
    return path


def test_a_garbled_edition_is_refused_with_words_and_the_good_one_comes_between_two_sales(shop: Shop) -> None:
    home = shop.home
    good = edition(home, 2)
    flipped = bytearray(good)
    flipped[len(good) // 2] ^= 1
    before = shop.get("/api/v1/shop")
    shop.do("Scan", code=shop.goods(1)[0])
    for content in (
        bytes(flipped),
        good[: len(good) // 2],
        b"",
        edition(home, 2, key=STRANGER),
        (home / "gate" / "editions" / "00000001.edition").read_bytes(),
        os.urandom(10_000),
    ):
        path = drop(home, 2, content)
        until(lambda p=path: not p.exists(), "the garbled file is set aside")
        words = until(lambda: shop.messages().get("edition_refused"), "the screen says so")
        assert "last good" in words
        assert path.with_suffix(".refused").read_bytes() == content
        shop.do("Scan", code=shop.goods(1)[0])
        assert shop.get("/api/v1/shop") == before
    drop(home, 2, good)
    until(lambda: (home / "lane" / "catalogue-00000002.db").exists(), "the good one is prepared")
    state = shop.do("Scan", code=shop.goods(1)[0])["state"]
    assert state["edition"] == 1, "a basket keeps the edition it began with"
    assert {line["unit_price_e4"] for line in state["sale"]["lines"]} != {7_770_000}
    shop.do("TakeTender", tender="cash")
    until(lambda: shop.get("/api/v1/state")["edition"] == 2, "the edition takes effect between sales")
    until(lambda: "edition_refused" not in shop.messages(), "the message goes")
    sold = shop.sell(shop.goods(1)[0])
    assert [s["total_minor"] for s in journal_sales(home) if s["receipt"] == sold["receipt"]] == [777]


def test_tables_and_catalogue_that_are_lost_or_garbage_are_made_again(tmp_path: Path) -> None:
    """odoo#24812, odoo#253943: would not open again because of old local data."""
    home = tmp_path / "shop"
    shop = Shop(home).opened().open_till(MANAGER)
    goods = shop.goods(5)
    sold = [shop.sell(*goods[:2]) for _ in range(3)]
    shop.do("ReturnGoods", receipt=sold[1]["receipt"], lines={"1": 1000})
    sold.append(shop.do("TakeTender", tender="cash")["done"])
    shop.do("Scan", code=goods[2])
    shop.do("ParkSale", note="wallet in the car")
    shop.do("Scan", code=goods[3])
    expected = shop.get("/api/v1/state")
    report = shop.get("/api/v1/shift/report")
    receipts = [row["receipt"] for row in shop.get("/api/v1/receipts")["receipts"]]
    assert receipts == [one["receipt"] for one in reversed(sold)]
    lane = home / "lane"

    def garble(path: Path, at: int = 0) -> None:
        with path.open("r+b") as file:
            file.seek(at)
            file.write(os.urandom(max(4_096, path.stat().st_size - at)))

    def lose_both() -> None:
        for path in [*lane.glob("lane.db*"), *lane.glob("catalogue-*.db")]:
            path.unlink()

    def garble_both() -> None:
        garble(lane / "lane.db")
        garble(lane / "catalogue-00000001.db")

    def garble_pages() -> None:
        for path in lane.glob("lane.db-*"):
            path.unlink()
        garble(lane / "lane.db", 4_096)

    for harm in (lose_both, garble_both, garble_pages):
        assert shop.close() == 0
        harm()
        shop = Shop(home).opened()
        state = shop.get("/api/v1/state")
        for part in ("staff", "shift", "sale", "parked", "last"):
            assert state[part] == expected[part], (harm.__name__, part)
        assert shop.get("/api/v1/shift/report") == report
        assert [row["receipt"] for row in shop.get("/api/v1/receipts")["receipts"]] == receipts
        assert shop.get(f"/api/v1/receipts/{sold[1]['receipt']}")["returned"] == {"1": 1000}
        assert shop.get(f"/api/v1/products/{goods[4]}")["sku"] == goods[4]
    assert shop.close() == 0


def test_a_catalogue_whose_pages_go_bad_while_selling_is_made_again_and_the_basket_stays(shop: Shop) -> None:
    goods = shop.goods(60)
    shop.do("Scan", code=goods[0])
    path = shop.home / "lane" / "catalogue-00000001.db"
    with path.open("r+b") as file:
        file.seek(8_192)
        file.write(os.urandom(path.stat().st_size - 8_192))
    pid = shop.part("lane")
    answer = shop.ask({"type": "Scan", "code": goods[-1]})
    assert not answer["ok"]
    assert answer["refusal"]["code"] == "catalogue_unusable"
    assert "made again" in answer["refusal"]["words"]
    until(lambda: (found := shop.part("lane")) and pid and found.pid != pid.pid, "the register starts again")
    shop.comes_back()
    state = shop.do("Scan", code=goods[-1])["state"]
    assert [line["sku"] for line in state["sale"]["lines"]][:2] == [goods[0], goods[-1]]
    shop.do("TakeTender", tender="cash")


def test_a_journal_with_flipped_bytes_in_the_middle_sells_on_and_says_so(tmp_path: Path) -> None:
    home = tmp_path / "shop"
    shop = Shop(home).opened().open_till()
    sold = [shop.sell(*shop.goods(2)) for _ in range(6)]
    until(lambda: all_sent(home), "everything arrived at the gate before")
    assert shop.close() == 0
    (segment,) = (home / "lane" / "journal").glob("*/*.journal")
    content = bytearray(segment.read_bytes())
    place = content.index(sold[3]["receipt"].encode())
    content[place : place + 8] = b"xxxxxxxx"
    segment.write_bytes(content)
    for path in (home / "lane").glob("lane.db*"):
        path.unlink()
    shop = Shop(home).opened()
    assert "damaged" in shop.messages()["journal_damage"]
    assert segment.read_bytes() == content, "what is damaged is kept as it is, to be repaired"
    kept = [row["receipt"] for row in shop.get("/api/v1/receipts")["receipts"]]
    assert kept == [one["receipt"] for one in reversed(sold[:3])]
    again = shop.open_till().sell(*shop.goods(1))
    assert again["receipt"] not in {one["receipt"] for one in sold}
    until(lambda: again["receipt"] in gate_receipts(home), "the new epoch's sale arrives at the gate")
    assert set(gate_receipts(home)) >= {one["receipt"] for one in sold}, "the gate has what was sent before"
    assert shop.close() == 0
    shop = Shop(home).opened()
    assert "journal_damage" not in shop.messages()
    assert shop.close() == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 96 MB, where the machine lets us mount one."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=112m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("no right to mount a small disk here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_costs_reserve_then_refuses_in_words_and_sells_on_with_space(small_disk: Path) -> None:
    home = small_disk / "shop"
    shop = Shop(home).opened().open_till()
    sold = [shop.sell(*shop.goods(3))]
    reserve = home / "lane" / "journal" / "reserve"
    full = reserve.stat().st_size
    assert full == 64 << 20
    filler = small_disk / "somebody-elses-film.bin"
    with filler.open("wb", buffering=0) as file:
        free = shutil.disk_usage(small_disk).free
        while free:
            try:
                file.write(b"x" * min(free, 1 << 20))
            except OSError:
                break
            free = shutil.disk_usage(small_disk).free
    for _ in range(5):
        sold.append(shop.sell(*shop.goods(3)))
    assert reserve.stat().st_size < full, "sales go on from the reserve"
    until(lambda: shop.get("/api/v1/state")["status"]["journal"]["state"] != "ok", "the screen says so")

    shop.do("Scan", code=shop.goods(1)[0])
    with reserve.open("r+b") as file:  # as if days had passed
        file.truncate(0)
    with filler.open("ab", buffering=0) as file:
        _fill(file)
    refused = None
    for _ in range(400):
        answer = shop.ask({"type": "AddNote", "text": "x" * 500})
        if not answer["ok"]:
            refused = answer["refusal"]
            break
    assert refused is not None
    assert refused["code"] == "journal_disk_full"
    assert "Free some space" in refused["words"]
    assert shop.is_up()
    filler.unlink()
    done = shop.do("TakeTender", tender="cash")["done"]
    sold.append(done)
    assert [sale["receipt"] for sale in journal_sales(home)] == [one["receipt"] for one in sold]
    until(lambda: all_sent(home), "everything arrives at the gate", 40)
    assert gate_receipts(home) == [one["receipt"] for one in sold]
    seqs = [body["seq"] for body in journal_bodies(home)]
    assert seqs == list(range(1, len(seqs) + 1))
    assert shop.close() == 0


def _fill(file: object) -> None:
    size = 1 << 20
    while size:
        try:
            file.write(b"x" * size)  # type: ignore[attr-defined]
        except OSError:
            size //= 2


def test_wrong_pins_lock_out_one_person_and_nobody_else(shop: Shop) -> None:
    codes = [shop.ask({"type": "SignIn", "staff": "2", "pin": "0000"})["refusal"]["code"] for _ in range(5)]
    assert codes == ["wrong_pin"] * 4 + ["pin_locked"]
    locked = shop.refused("SignIn", staff="2", pin="2222")
    assert locked["code"] == "pin_locked"
    assert 0 < locked["params"]["seconds"] <= 60
    assert str(locked["params"]["seconds"]) in locked["words"]
    shop.kill("lane")
    shop.comes_back()
    shop.do("SignIn", **MANAGER)
