"""The four faces of the register, that nothing jumps when they change, and how a dead program looks."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import RunningShop, used_device
from tests.browser.faces import STATES, Line
from tests.browser.register import Register

pytestmark = pytest.mark.browser

WATCH = """window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries())
    window.shifts.push(...entry.sources.map((one) => one.node?.outerHTML?.slice(0, 120) ?? "gone"));
}).observe({ type: "layout-shift", buffered: true });"""

KEPT = """async () => {
  const files = async () => (await (await caches.open("evertill-screen")).keys()).length;
  while ((await files()) < 30) await new Promise(requestAnimationFrame);
}"""
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


@pytest.fixture
def told(browser: Browser, shop: RunningShop) -> Iterator[tuple[Register, Line]]:
    """A register, and its line from the agent, on which we say what the status is."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    used_device(context)
    page = context.new_page()
    page.add_init_script(WATCH)
    line = Line(page)
    page.goto(shop.url)
    yield Register(shop, page), line
    context.close()


def painted(page: Page) -> None:
    """Two frames later everything that was to be drawn is drawn, and shifts of it are counted."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def test_nothing_jumps_when_the_status_changes(told: tuple[Register, Line]) -> None:
    register, line = told
    register.stand_ready(lines=2)
    expect(register.part("tile").first).to_be_visible()
    painted(register.page)
    register.page.evaluate("window.shifts.length = 0")
    for name in ("offline", "trouble", "safe", "ready", "trouble", "ready"):
        line.tell(**STATES[name])
        painted(register.page)
    register.shop.do(type="Scan", code=register.goods(3)[2]["codes"][0])
    register.expect_lines(3)
    painted(register.page)
    moved = [one for one in register.page.evaluate("window.shifts") if 'class="line' not in one]
    assert moved == []


def test_offline_looks_calm_and_trouble_says_what_to_do(told: tuple[Register, Line]) -> None:
    register, line = told
    register.stand_ready()
    face = register.page.locator(".face")
    expect(face).to_have_text("Ready")
    line.tell(**STATES["offline"])
    expect(face).to_have_text("Offline: selling goes on")
    expect(register.page.get_by_text("Not yet sent: 12,804")).to_be_visible()
    assert register.page.evaluate(RED) == []
    line.tell(**STATES["trouble"])
    expect(face).to_have_text("Trouble")
    expect(register.part("saying")).to_contain_text("disk is nearly full")
    line.tell(**STATES["safe"])
    expect(register.part("safe")).to_have_text("Last sale on 2 machines")


def test_a_message_from_the_shop_is_read_in_the_cashiers_language(told: tuple[Register, Line]) -> None:
    register, line = told
    register.stand_ready("2")
    message = {
        "code": "from_the_shop",
        "kind": "shop",
        "id": "m1",
        "important": True,
        "words": "Fire drill at 3",
        "names": {"en": "Fire drill at 3", "zh": "三点消防演习"},
    }
    line.tell(messages=[message])
    expect(register.part("saying")).to_contain_text("三点消防演习")
    expect(register.part("message-read")).to_be_visible()


def test_what_a_serial_scanner_was_refused_is_said_or_asked_about(told: tuple[Register, Line]) -> None:
    register, line = told
    register.stand_ready()
    unknown = {"code": "unknown_code", "text": "Not known: {code}", "params": {"code": "77"}, "words": ""}
    line.tell_of_a_refused_scan("77", unknown)
    expect(register.part("saying")).to_contain_text("Not known: 77")
    young = {"code": "age_unproven", "text": "Check the age: {years}", "params": {"years": 18}, "words": ""}
    line.tell_of_a_refused_scan("4902551377760", young)
    expect(register.part("age-dialog")).to_contain_text("18+")


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
    page.evaluate(KEPT)
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
