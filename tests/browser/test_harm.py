"""What people, crashes and other pages do to a register, and that it does no harm."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page, expect

from tests.browser.register import Register

pytestmark = pytest.mark.browser


def test_a_double_click_on_pay_pays_once(register: Register) -> None:
    register.begin()
    code = register.goods(1)[0]["codes"][0]
    register.scan(code)
    register.expect_lines(1)
    register.part("pay").click()
    register.part("exact").dblclick()
    expect(register.part("paid")).to_be_visible()
    assert len(register.receipts()) == 1
    assert register.sale() is None


def test_a_double_click_on_a_note_takes_it_once_when_more_is_due(register: Register) -> None:
    register.begin()
    product = register.goods(1)[0]
    pieces = 3000 * 10_000 // product["unit_price_e4"] + 1
    register.scan(f"{pieces}*{product['codes'][0]}")
    register.expect_lines(1)
    register.part("pay").click()
    register.part("amount").fill("10")
    register.part("take").dblclick()
    expect(register.page.locator(".taken li")).to_have_count(1)
    assert register.sale()["paid_minor"] == 1000


def test_a_second_screen_shows_the_same_basket(register: Register, page: Page) -> None:
    register.begin()
    second = page.context.new_page()
    second.goto(register.shop.url)
    register.scan(register.goods(1)[0]["codes"][0])
    expect(second.get_by_test_id("line")).to_have_count(1)


def test_a_reload_in_the_middle_of_a_sale_keeps_the_basket(register: Register) -> None:
    register.begin()
    first, second = register.goods(2)
    register.scan(first["codes"][0])
    register.scan(second["codes"][0])
    register.expect_lines(2)
    register.page.reload()
    register.expect_lines(2)
    expect(register.part("search")).to_be_focused()


def test_a_reload_after_paying_still_shows_the_change(register: Register) -> None:
    register.begin()
    register.scan(register.goods(1)[0]["codes"][0])
    register.expect_lines(1)
    register.part("pay").click()
    register.part("amount").fill("100")
    register.page.keyboard.press("Enter")
    expect(register.part("change")).to_be_visible()
    change = register.part("change").text_content()
    register.page.reload()
    expect(register.part("change")).to_have_text(change or "")


def test_a_killed_register_program_comes_back_with_the_basket(register: Register) -> None:
    register.begin()
    first, second = register.goods(2)
    register.scan(first["codes"][0])
    register.expect_lines(1)
    register.shop.kill_lane()
    expect(register.part("restarting")).to_be_visible()
    expect(register.part("restarting")).to_have_count(0, timeout=30_000)
    register.expect_lines(1)
    register.scan(second["codes"][0])
    register.expect_lines(2)


def test_a_quick_scanner_never_overtakes_itself(register: Register) -> None:
    register.begin()
    goods = register.goods(12)
    for product in goods:
        register.scan(product["codes"][0])
    register.expect_lines(12)
    assert [line["sku"] for line in register.sale()["lines"]] == [product["sku"] for product in goods]


def test_a_scan_on_the_pay_screen_is_goods_and_not_money(register: Register) -> None:
    register.begin()
    first, second = register.goods(2)
    register.scan(first["codes"][0])
    register.expect_lines(1)
    register.page.keyboard.press("F4")
    expect(register.part("amount")).to_be_focused()
    register.scan(second["codes"][0])
    register.expect_lines(2)
    assert register.receipts() == []


def test_an_unknown_code_is_said_and_nothing_moves(register: Register) -> None:
    register.begin()
    register.scan(register.goods(1)[0]["codes"][0])
    register.expect_lines(1)
    place = register.part("search").bounding_box()
    register.scan("4006381333931")
    expect(register.part("saying")).not_to_be_empty()
    assert register.part("search").bounding_box() == place
    register.expect_lines(1)


FOREIGN_PAGE = """<!doctype html><title>other</title><form id="form" method="post" enctype="text/plain"
  target="frame" action="{lane}/api/v1/intents"><input name='{{"type":"SignIn","staff":"1","pin":"1111","x":"'
  value='"}}'></form><iframe name="frame"></iframe>"""

ATTACK = """async (lane) => {
  const seen = {};
  const body = JSON.stringify({type: "SignIn", staff: "1", pin: "1111"});
  const tell = async (name, ask) => {
    try { seen[name] = await ask(); } catch (error) { seen[name] = "refused"; } };
  await tell("json", async () => (await fetch(lane + "/api/v1/intents", {method: "POST", body,
    headers: {"Content-Type": "application/json"}})).status);
  await tell("simple", async () => (await fetch(lane + "/api/v1/intents",
    {method: "POST", body, mode: "no-cors"})).type);
  await tell("read", async () => (await fetch(lane + "/api/v1/state")).status);
  await tell("socket", () => new Promise((good, bad) => {
    const socket = new WebSocket(lane.replace("http", "ws") + "/api/v1/live");
    socket.onmessage = () => good("heard"); socket.onerror = bad; socket.onclose = bad; }));
  document.getElementById("form").submit();
  await new Promise((done) => { document.querySelector("iframe").onload = done; });
  return seen;
}"""


@pytest.fixture
def other_origin(register: Register) -> Iterator[str]:
    """A page of somebody else, served from another port of this machine."""
    body = FOREIGN_PAGE.format(lane=register.shop.url).encode()

    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Other)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


def test_another_origins_page_cannot_drive_the_till(
    register: Register, page: Page, other_origin: str
) -> None:
    expect(register.part("staff-1")).to_be_visible()
    stranger = page.context.new_page()
    stranger.goto(other_origin)
    seen = stranger.evaluate(ATTACK, register.shop.url)
    assert seen["json"] == "refused"
    assert seen["read"] == "refused"
    assert seen["socket"] == "refused"
    assert register.shop.get("/api/v1/state")["staff"] is None
    register.sign_in("1")
    assert register.shop.get("/api/v1/state")["staff"]["id"] == "1"
