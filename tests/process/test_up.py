"""One command, one shop: it opens, ends, is killed part by part, and loses nothing by it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.process.shop_world import (
    EVERTILL,
    Shop,
    alive,
    all_sent,
    gate_receipts,
    journal_sales,
    until,
)

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    running = Shop(tmp_path_factory.mktemp("up") / "shop").opened().open_till()
    yield running
    assert running.close() == 0


def test_the_ready_line_is_the_only_line_and_has_exactly_four_members(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop").opened()
    assert shop.is_up()
    pids = [process.pid for process in shop.processes()]
    assert shop.close() == 0
    assert len(shop.stdout) == 1
    assert json.loads(shop.stdout[0]) == {
        "event": "ready",
        "lane": shop.ready["lane"],
        "gate": shop.ready["gate"],
        "home": str(tmp_path / "shop"),
    }
    assert alive(pids) == []


def test_ctrl_c_closes_the_shop_and_the_next_morning_all_sales_are_there(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop").opened().open_till()
    first = shop.sell(*shop.goods(2))
    pids = [process.pid for process in shop.processes()]
    os.killpg(shop.process.pid, signal.SIGINT)  # as a terminal does it: to everybody at once
    assert shop.ended() == 0
    assert "Traceback" not in "".join(shop.said)
    assert alive(pids) == []

    again = Shop(tmp_path / "shop").opened(wait_s=10)
    assert again.get("/api/v1/receipts")["receipts"][0]["receipt"] == first["receipt"]
    second = again.open_till().sell(*again.goods(1))
    assert second["receipt"][:-1] == first["receipt"][:-1]
    assert int(second["receipt"][-1]) == int(first["receipt"][-1]) + 1
    until(lambda: all_sent(again.home), "all entries arrive at the gate")
    assert gate_receipts(again.home) == [first["receipt"], second["receipt"]]
    assert again.close() == 0


def test_ctrl_c_while_the_shop_is_still_opening_is_no_fault(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop")
    until(lambda: shop.part("lane"), "the lane is started")
    pids = [process.pid for process in shop.processes()]
    os.killpg(shop.process.pid, signal.SIGINT)
    assert shop.ended() == 0
    assert alive(pids) == []
    assert "Traceback" not in "".join(shop.said)


def test_a_killed_supervisor_leaves_no_process_and_the_shop_opens_again_at_once(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop").opened().open_till()
    sold = shop.sell(*shop.goods(1))
    shop.do("Scan", code=shop.goods(2)[1])
    basket = shop.get("/api/v1/state")["sale"]
    pids = [process.pid for process in shop.processes()]
    shop.process.kill()
    shop.process.wait(10)
    again = Shop(tmp_path / "shop").opened(wait_s=10)
    assert alive(pids) == []
    state = again.get("/api/v1/state")
    assert state["sale"]["lines"] == basket["lines"]
    assert state["last"]["receipt"] == sold["receipt"]
    assert again.close() == 0


def test_a_supervisor_killed_while_opening_leaves_no_process(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop")
    until(lambda: shop.part("uplink"), "the last part is started")
    pids = [process.pid for process in shop.processes()]
    shop.process.kill()
    shop.process.wait(10)
    until(lambda: not alive(pids), "all parts notice that nobody waits for them")


@pytest.mark.parametrize("name", ["lane", "gate", "uplink"])
def test_a_killed_part_is_started_again_and_the_basket_is_intact(shop: Shop, name: str) -> None:
    shop.do("Scan", code=shop.goods(3)[2])
    before = shop.get("/api/v1/state")
    pid = shop.kill(name)
    until(lambda: (found := shop.part(name)) and found.pid != pid, f"a new {name}")
    shop.comes_back()
    after = shop.get("/api/v1/state")
    assert after["sale"]["lines"] == before["sale"]["lines"]
    assert after["staff"] == before["staff"]
    done = shop.do("TakeTender", tender="cash")["done"]
    until(lambda: done["receipt"] in gate_receipts(shop.home), "the sale arrives at the gate")


def test_a_killed_print_worker_is_no_cashiers_concern(tmp_path: Path) -> None:
    home = tmp_path / "shop"
    subprocess.run([EVERTILL, "setup", "--home", str(home)], check=True, capture_output=True, timeout=60)
    printers = [{"id": "paper", "kind": "file", "path": str(tmp_path / "paper.bin")}]
    (home / "lane" / "printers.json").write_text(json.dumps(printers))
    shop = Shop(home).opened().open_till()
    pid = shop.kill("printer")
    done = shop.sell(*shop.goods(1))
    assert done["receipt"] == journal_sales(home)[-1]["receipt"]
    until(lambda: (found := shop.part("printer")) and found.pid != pid, "a new print worker")
    pids = [process.pid for process in shop.processes()]
    assert shop.close() == 0
    assert alive(pids) == []


@pytest.mark.parametrize("which", ["lane_port", "gate_port"])
def test_a_port_in_use_is_a_sentence_with_a_way_out(tmp_path: Path, which: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        shop = Shop(tmp_path / "shop", **{which: port})  # type: ignore[arg-type]
        assert shop.ended() == 3
    said = "".join(shop.said)
    assert "Another program uses this port." in said
    assert f"port {port}" in said
    assert "Traceback" not in said
    assert shop.stdout == []
    assert alive([process.pid for process in shop.processes()]) == []


def test_a_second_shop_on_the_same_folder_is_told_and_the_first_goes_on(shop: Shop) -> None:
    seq = shop.seq
    second = Shop(shop.home)
    assert second.ended() == 3
    assert "This shop is already open." in "".join(second.said)
    assert second.stdout == []
    assert shop.seq == seq
    shop.sell(*shop.goods(1))


def test_a_second_agent_on_the_same_register_is_told_and_the_first_goes_on(shop: Shop) -> None:
    command = [EVERTILL, "lane", "--home", str(shop.home), "--port", "0"]
    second = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert second.returncode == 3
    assert json.loads(second.stdout)["code"] == "journal_in_use"
    assert "already running" in second.stderr
    shop.sell(*shop.goods(1))


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("this is no folder")
    for verb in (["up", "--no-browser"], ["setup"]):
        command = [EVERTILL, *verb, "--home", str(tmp_path / "file" / "shop")]
        told = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        assert told.returncode == 3
        assert "The shop's folder cannot be written." in told.stderr
        assert "Traceback" not in told.stderr


def test_a_folder_with_spaces_and_chinese_in_its_name_will_do(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "街角 小店 & co").opened().open_till()
    shop.sell(*shop.goods(1))
    assert shop.ready["home"] == str(tmp_path / "街角 小店 & co")
    assert shop.close() == 0


def test_a_lost_or_garbled_lane_file_is_made_again_and_the_sales_stay(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop").opened().open_till()
    sold = shop.sell(*shop.goods(1))
    identity = tmp_path / "shop" / "lane" / "lane.json"
    assert shop.close() == 0
    identity.write_bytes(b"\x00garbage")
    shop = Shop(tmp_path / "shop").opened()
    assert shop.get("/api/v1/state")["last"]["receipt"] == sold["receipt"]
    assert shop.close() == 0
    assert identity.with_suffix(".unreadable").read_bytes() == b"\x00garbage"
    identity.unlink()
    shop = Shop(tmp_path / "shop").opened()
    second = shop.open_till().sell(*shop.goods(1))
    until(lambda: gate_receipts(shop.home) == [sold["receipt"], second["receipt"]], "both sales are sent")
    assert shop.close() == 0


def test_a_register_frozen_for_a_while_is_closed_all_the_same(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop").opened()
    lane = shop.part("lane")
    assert lane is not None
    lane.suspend()
    until(lambda: lane.status() == psutil.STATUS_STOPPED, "the lane is frozen")
    assert shop.close() == 0
