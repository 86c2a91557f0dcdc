"""The four faces of the register, that nothing jumps when they change, and how a dead program looks."""

from __future__ import annotations

import json
import re
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import psutil
import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from tests.browser.conftest import RunningShop, used_device
from tests.browser.register import Register

pytestmark = pytest.mark.browser

WATCH = """window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries())
    window.shifts.push(...entry.sources.map((one) => one.node?.outerHTML?.slice(0, 120) ?? "gone"));
}).observe({ type: "layout-shift", buffered: true });"""

RED = """() => {
  const isRed = (colour) => {
    const [r, g, b] = colour.match(/\\d+/g).map(Number);
    return r > 140 && g < 70 && b < 70;
  };
  return [...document.querySelectorAll(".head *, .status *")].filter((one) => {
    const style = getComputedStyle(one);
    return isRed(style.color) || isRed(style.backgroundColor) || isRed(style.borderTopColor);
  }).map((one) => one.outerHTML);
}"""
Tell = Callable[..., None]


def says(status: dict) -> dict:
    return {"code": status["code"], "kind": "register", "words": status["words"]}


STATES: dict[str, dict[str, Any]] = {
    "ready": {"face": "ready", "unsent": 0},
    "offline": {
        "face": "offline",
        "unsent": 12_804,
        "uplink": {"state": "off", "unsent": 12_804, "hint": ""},
    },
    "trouble": {
        "face": "trouble",
        "journal": {
            "state": "low_space",
            "words": "The register's disk is nearly full. Free some space; sales go on.",
        },
        "messages": [
            says({"code": "clock_behind", "words": "The clock of this register is behind. Set it."})
        ],
    },
    "safe": {"face": "ready", "safe": {"machines": 2, "receipt": "L1-1"}},
}


@pytest.fixture
def told(browser: Browser, shop: RunningShop) -> Iterator[tuple[Register, Tell]]:
    """A register whose status line is told what we like; everything else of it is real."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    used_device(context)
    page = context.new_page()
    page.add_init_script(WATCH)
    lines: list[WebSocketRoute] = []
    views: list[dict] = []

    def between(line: WebSocketRoute) -> None:
        server = line.connect_to_server()
        lines.append(line)
        server.on_message(lambda text: (views.append(json.loads(text)), line.send(text)))

    page.route_web_socket(re.compile("/api/v1/live"), between)
    page.goto(shop.url)

    def tell(**status: Any) -> None:
        view = dict(views[-1])
        view["status"] = {**view["status"], **status}
        lines[-1].send(json.dumps(view))

    yield Register(shop, page), tell
    context.close()


def painted(page: Page) -> None:
    """Two frames later everything that was to be drawn is drawn, and shifts of it are counted."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def test_nothing_jumps_when_the_status_changes(told: tuple[Register, Tell]) -> None:
    register, tell = told
    register.stand_ready(lines=2)
    expect(register.part("tile").first).to_be_visible()
    painted(register.page)
    register.page.evaluate("window.shifts.length = 0")
    for name in ("offline", "trouble", "safe", "ready", "trouble", "ready"):
        tell(**STATES[name])
        painted(register.page)
    register.shop.do(type="Scan", code=register.goods(3)[2]["codes"][0])
    register.expect_lines(3)
    painted(register.page)
    moved = [one for one in register.page.evaluate("window.shifts") if 'class="line' not in one]
    assert moved == []


def test_offline_looks_calm_and_trouble_says_what_to_do(told: tuple[Register, Tell]) -> None:
    register, tell = told
    register.stand_ready()
    face = register.page.locator(".face")
    expect(face).to_have_text("Ready")
    tell(**STATES["offline"])
    expect(face).to_have_text("Offline: selling goes on")
    expect(register.page.get_by_text("Not yet sent: 12,804")).to_be_visible()
    assert register.page.evaluate(RED) == []
    tell(**STATES["trouble"])
    expect(face).to_have_text("Trouble")
    expect(register.part("saying")).to_contain_text("The clock of this register is behind")
    tell(**STATES["safe"])
    expect(register.part("safe")).to_have_text("Last sale on 2 machines")


def test_a_message_from_the_shop_is_read_in_the_cashiers_language(told: tuple[Register, Tell]) -> None:
    register, tell = told
    register.stand_ready("2")
    message = {
        "code": "from_the_shop",
        "kind": "shop",
        "id": "m1",
        "important": True,
        "words": "Fire drill at 3",
        "names": {"en": "Fire drill at 3", "zh": "三点消防演习"},
    }
    tell(messages=[message])
    expect(register.part("saying")).to_contain_text("三点消防演习")
    expect(register.part("message-read")).to_be_visible()


def test_a_frozen_register_program_is_noticed_within_three_seconds(register: Register) -> None:
    register.stand_ready(lines=1)
    frozen = register.shop.lane_processes()
    for process in frozen:
        process.suspend()
    begun = time.monotonic()
    try:
        expect(register.part("restarting")).to_contain_text("not answering", timeout=5000)
        assert time.monotonic() - begun < 3.5, "the busy test machine is given half a second"
        register.scan(register.goods_known[0]["codes"][0])
        expect(register.part("saying")).to_contain_text("not answering")
    finally:
        for process in frozen:
            process.resume()
    expect(register.part("restarting")).to_have_count(0)
    expect(register.part("saying")).to_contain_text("was not taken")
    register.expect_lines(1)
    assert register.sale()["lines"][0]["quantity_milli"] == 1000


def test_a_reload_while_the_program_is_dead_shows_the_notice_and_comes_back_with_the_basket(
    register: Register,
) -> None:
    page = register.page
    register.stand_ready("2", lines=2)
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("async () => (await (await caches.open('evertill-screen')).keys()).length > 30")
    keeper = psutil.Process(register.shop.process.pid)
    keeper.send_signal(signal.SIGSTOP)
    try:
        register.shop.kill_lane()
        page.reload()
        expect(register.part("restarting")).to_contain_text("收银程序正在重启")
    finally:
        keeper.send_signal(signal.SIGCONT)
    expect(register.part("restarting")).to_have_count(0, timeout=30_000)
    register.expect_lines(2)
    expect(register.part("search")).to_be_focused()


def test_the_back_button_does_no_harm(register: Register) -> None:
    register.stand_ready(lines=1)
    register.page.go_back()
    register.page.go_forward()
    register.expect_lines(1)
    expect(register.part("search")).to_be_focused()
