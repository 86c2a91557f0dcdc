"""What the customer sees, and the pages that are printed or read."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from barcode.charsets.code128 import CODES, STOP
from playwright.sync_api import Page, expect

from tests.browser.register import Register

pytestmark = pytest.mark.browser

SCREEN = Path(__file__).parents[2] / "src" / "evertill" / "lane" / "screen"
SHIPPED_BYTES_MAX = 150_000


@pytest.fixture
def display(register: Register) -> Page:
    """The customer's display, open beside the register."""
    page = register.page.context.new_page()
    page.goto(f"{register.shop.url}/display")
    return page


def test_the_customer_sees_each_line_the_total_and_the_thanks(register: Register, display: Page) -> None:
    expect(display.get_by_test_id("idle")).to_contain_text("Corner Shop")
    register.stand_ready()
    first, second = register.goods(2)
    register.scan(first["codes"][0])
    expect(display.get_by_text(first["names"]["en"])).to_be_visible()
    register.scan(second["codes"][0])
    register.expect_lines(2)
    expect(display.get_by_test_id("display-total")).to_have_text(register.part("total").text_content() or "")
    register.page.keyboard.press("F4")
    expect(register.part("amount")).to_be_focused()
    register.page.keyboard.type("50")
    register.page.keyboard.press("Enter")
    expect(display.get_by_test_id("thanks")).to_contain_text(register.part("change").text_content() or "")
    code = display.get_by_role("img", name=register.receipts()[0]["receipt"])
    assert code.evaluate("(one) => one.decode().then(() => one.naturalWidth)") > 0
    register.scan(first["codes"][0])
    expect(display.get_by_test_id("thanks")).to_have_count(0)


def test_the_customer_sees_no_trouble_of_ours(register: Register, display: Page) -> None:
    expect(display.get_by_test_id("idle")).to_be_visible()
    register.shop.kill_lane()
    expect(display.get_by_test_id("idle")).to_contain_text("One moment, please.")
    expect(display.get_by_test_id("idle")).to_contain_text("Welcome!", timeout=30_000)


def test_the_command_codes_are_the_bars_that_scanners_read(register: Register) -> None:
    page = register.page
    page.goto(f"{register.shop.url}/screen/codes.html")
    labels = page.locator("svg.bars").evaluate_all(
        "(all) => all.map((one) => one.getAttribute('aria-label'))"
    )
    assert len(labels) > 30 and "EVTCMD:PAY" in labels
    draw = "async (text) => (await import('/screen/code128.js')).code128(text)"
    for text in (*labels, "!~ aZ09"):
        modules = "".join(
            "10"[place % 2] * int(width) for place, width in enumerate(page.evaluate(draw, text))
        )
        assert modules == _set_b(text), text


def _set_b(text: str) -> str:
    """The modules of a text in code set B, by another program's table."""
    values = [104, *(ord(letter) - 32 for letter in text)]
    check = (values[0] + sum(place * value for place, value in enumerate(values[1:], 1))) % 103
    return "".join(CODES[value] for value in (*values, check)) + STOP + "11"


def test_every_command_on_the_sheet_is_known_to_the_register() -> None:
    sheet = set(re.findall(r"^\s*[A-Z]+: t\(|\b([A-Z]+): t\(", (SCREEN / "codes.js").read_text()))
    commands = set(re.findall(r"\b([A-Z]+): ", (SCREEN / "commands.js").read_text()))
    assert {one for one in sheet if one} <= commands


def test_the_style_guide_opens_without_complaint(register: Register) -> None:
    register.page.goto(f"{register.shop.url}/screen/styleguide.html")
    expect(register.page.get_by_test_id("styleguide")).to_contain_text("Offline: selling goes on")


def test_all_that_is_shipped_to_the_screen_is_small() -> None:
    shipped = [path for path in SCREEN.rglob("*") if path.suffix in (".js", ".css", ".html", ".svg")]
    assert sum(len(gzip.compress(path.read_bytes())) for path in shipped) < SHIPPED_BYTES_MAX


def test_the_service_worker_keeps_every_file_of_screen_and_display() -> None:
    kept = set(re.findall(r'"/screen/([^"]+)"', (SCREEN / "sw.js").read_text()))
    there = {
        str(path.relative_to(SCREEN)) for path in SCREEN.rglob("*") if path.suffix in (".js", ".css", ".svg")
    }
    assert kept - {"index.html", "display.html", "codes.html", ""} == there - {"sw.js", "styleguide.js"}
