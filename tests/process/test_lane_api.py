"""The local API: held to its own description, pushed to many screens, closed to strangers."""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.process.shop_world import MANAGER, Client, Shop, until

pytestmark = pytest.mark.process

FUZZ_S = 20


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    running = Shop(tmp_path_factory.mktemp("api") / "shop").opened().open_till()
    yield running
    assert running.close() == 0


def live(shop: Shop, **more: Any) -> ClientConnection:
    """A screen's connection."""
    return connect(shop.url.replace("http", "ws") + "/api/v1/live", max_size=None, **more)


def next_view(screen: ClientConnection) -> dict[str, Any]:
    view: dict[str, Any] = json.loads(screen.recv(timeout=10))
    return view


def view_where(screen: ClientConnection, true: Any) -> dict[str, Any]:
    """The first view that is so; views that came to nothing are passed over."""
    for _ in range(100):
        view = next_view(screen)
        if true(view):
            return view
    raise AssertionError("no such view came")


def test_a_screen_sees_the_state_at_once_and_every_change_after(shop: Shop) -> None:
    with live(shop) as screen:
        first = next_view(screen)
        assert first["staff"]["id"] == "1"
        for number in (1, 2, 3):
            shop.do("Scan", code=shop.goods(1)[0], merge=False)
            view_where(screen, lambda view, n=number: view["sale"] and len(view["sale"]["lines"]) == n)
        paid = shop.do("TakeTender", tender="cash")["done"]
        last = view_where(screen, lambda view: view["sale"] is None)
        assert last["last"]["receipt"] == paid["receipt"]
        assert last["rev"] > first["rev"]


def test_thirty_screens_all_see_the_same_last_state(shop: Shop) -> None:
    with contextlib.ExitStack() as stack:
        screens = [stack.enter_context(live(shop)) for _ in range(30)]
        for screen in screens:
            next_view(screen)
        for _ in range(20):
            shop.do("Scan", code=shop.goods(1)[0])
        for screen in screens:
            view_where(screen, lambda view: view["sale"] and view["sale"]["items"] == 20)
        shop.do("TakeTender", tender="cash")


def deaf_screen(shop: Shop) -> socket.socket:
    """A screen that opened its connection and never reads from it again."""
    host, port = shop.url.removeprefix("http://").split(":")
    screen = socket.socket()
    screen.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    screen.connect((host, int(port)))
    screen.sendall(
        f"GET /api/v1/live HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    assert screen.recv(12) == b"HTTP/1.1 101"
    return screen


def rung_up(client: Client, codes: list[str], times: int) -> float:
    """Scans so often; the slowest scan but one in fifty, in milliseconds."""
    took = []
    for number in range(times):
        began = time.perf_counter()
        status, _ = client.insist("Scan", code=codes[number % len(codes)], merge=False)
        took.append((time.perf_counter() - began) * 1000)
        assert status == 200
    return sorted(took)[int(times * 0.98)]


def test_screens_that_never_read_cost_neither_memory_nor_time(shop: Shop) -> None:
    codes = shop.goods(40)
    client = Client(shop.url)
    rung_up(client, codes, 300)
    alone_ms = rung_up(client, codes, 200)
    lane = shop.part("lane")
    assert lane is not None
    screens = [deaf_screen(shop) for _ in range(20)]
    try:
        before = lane.memory_info().rss
        with_deaf_ms = rung_up(client, codes, 400)
        grown = lane.memory_info().rss - before
        until(lambda: shop.messages() is not None, "the register answers")
    finally:
        for screen in screens:
            screen.close()
    status, answer = client.insist("TakeTender", tender="cash")
    assert status == 200
    assert len(answer["done"]["receipt"]) > 0
    client.close()
    assert grown < 60 << 20, "twenty views of some hundred kilobytes at most, not twenty times four hundred"
    assert with_deaf_ms < 20 * alone_ms + 50


def test_a_screen_that_talks_and_hangs_up_does_no_harm(shop: Shop) -> None:
    with live(shop) as screen:
        screen.send("hello")
        screen.send(b"\x00\xff")
        next_view(screen)
    with live(shop) as screen:
        screen.send("x" * 100_000)
        with contextlib.suppress(ConnectionClosed, TimeoutError, OSError):
            while screen.recv(timeout=5):
                pass
    for _ in range(10):
        deaf_screen(shop).close()
    assert shop.is_up()
    with live(shop) as screen:
        assert next_view(screen)["lane"] == "L1"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Host": "evil.example"},
    ],
)
def test_a_strangers_page_cannot_drive_the_till(shop: Shop, headers: dict[str, str]) -> None:
    client = Client(shop.url)
    with shop.nothing_recorded():
        for path, body in (
            ("/api/v1/intents", b'{"type":"SignOut"}'),
            ("/api/v1/intents/OpenShift", b"{}"),
        ):
            status, answer = client.once("POST", path, body, {"content-type": "application/json", **headers})
            assert (status, answer["refusal"]["code"]) == (403, "foreign_origin")
        status, _ = client.once("GET", "/api/v1/state", None, headers)
        assert status == 403
    client.close()
    if "Host" not in headers:
        with pytest.raises(InvalidStatus), live(shop, additional_headers=headers, origin=None):
            pass


def test_a_form_cannot_drive_the_till(shop: Shop) -> None:
    client = Client(shop.url)
    with shop.nothing_recorded():
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            status, answer = client.once(
                "POST", "/api/v1/intents", b'{"type":"SignOut"}', {"content-type": kind}
            )
            assert (status, answer["refusal"]["code"]) == (415, "not_json")
    status, _ = client.once("GET", "/")
    assert status == 200
    assert "frame-ancestors 'none'" in client.headers["content-security-policy"]
    client.close()


def test_a_body_of_a_hundred_megabytes_is_refused_and_the_register_stays_small(shop: Shop) -> None:
    lane = shop.part("lane")
    assert lane is not None
    before = lane.memory_info().rss
    host, port = shop.url.removeprefix("http://").split(":")
    with shop.nothing_recorded(), socket.create_connection((host, int(port)), timeout=10) as asking:
        asking.sendall(
            f"POST /api/v1/intents HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {100 << 20}\r\n\r\n".encode()
        )
        with contextlib.suppress(OSError):
            for _ in range(100):
                asking.sendall(b" " * (1 << 20))
        answer = b""
        with contextlib.suppress(OSError):
            answer = asking.recv(4_096)
        assert answer[:12] in (b"HTTP/1.1 413", b"")
    assert lane.memory_info().rss - before < 20 << 20


def test_the_api_keeps_to_its_own_description(shop: Shop, tmp_path: Path) -> None:
    """Thousands of right and wrong requests: no crash, and every answer as it is described.

    Left out: that a write to a read-only address is 405. Ours is refused before that for not being JSON.
    """
    shop.do("SignIn", **MANAGER)
    shop.do("Scan", code=shop.goods(1)[0])
    command = [str(Path(sys.executable).with_name("schemathesis")), "run", f"{shop.url}/api/openapi.json"]
    command += ["--continue-on-failure", "--phases", "coverage,fuzzing", "-n", "6", "--seed", "1"]
    command += ["--exclude-checks", "unsupported_method", "--max-time", str(FUZZ_S), "-w", "1"]
    command += ["--suppress-health-check", "all", "--generation-database", "none", "--no-color"]
    told = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False, env=dict(os.environ)
    )
    assert told.returncode == 0, told.stdout[:6_000] + told.stdout[-2_000:]
    tried = re.search(r"(\d+) generated, (\d+) passed", told.stdout)
    assert tried is not None, told.stdout[-2_000:]
    assert int(tried[1]) > 300
    assert "Traceback" not in "".join(shop.said)
    assert psutil.pid_exists(shop.process.pid)
    shop.open_till()
