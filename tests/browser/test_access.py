"""For eyes, hands and ears of every kind: contrast, names, targets, focus, in every look of the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import RunningShop, used_device
from tests.browser.register import Register

pytestmark = pytest.mark.browser

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
EVERYTHING = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
FOUND = """async (options) => {
  const result = await axe.run(document, { resultTypes: ["violations"], ...options });
  const grave = result.violations.filter((one) => ["serious", "critical"].includes(one.impact));
  return grave.map((one) => one.id + ": " + one.nodes.map((node) => node.html.slice(0, 160)).join(" | "));
}"""
SMALL = """() => {
  const front = [...document.querySelectorAll("dialog[open]")].pop() ?? null;
  const targets = [...document.querySelectorAll("button, a[href], input")]
    .filter((one) => one.checkVisibility() && one.closest("dialog[open]") === front)
    .map((one) => (one.matches("input") && one.closest(".field-box, .count-row, form.search")) || one);
  return targets.map((one) => [one.getBoundingClientRect(), one.outerHTML.slice(0, 120)])
    .filter(([box]) => box.width < 47.5 || box.height < 47.5)
    .map(([box, what]) => `${Math.round(box.width)}x${Math.round(box.height)} ${what}`);
}"""

Visit = Callable[[str], None]


def walk(register: Register, staff: str, visit: Visit) -> None:
    """Goes through every main screen and calls `visit` with its name on each."""
    page, part = register.page, register.part
    expect(part(f"staff-{staff}")).to_be_visible()
    visit("sign in")
    register.sign_in(staff)
    expect(part("open-shift")).to_be_visible()
    visit("open the shift")
    register.open_shift()
    expect(part("tile").first).to_be_visible()
    visit("an empty basket")
    walk_a_sale(register, visit)
    for name, key in (("menu", "F10"), ("help", "F1")):
        page.keyboard.press(key)
        expect(part(f"{name}-dialog")).to_be_visible()
        visit(name)
        page.keyboard.press("Escape")
    walk_the_menu(register, visit)


def walk_a_sale(register: Register, visit: Visit) -> None:
    page, part = register.page, register.part
    for product in register.goods(3):
        register.scan(product["codes"][0])
    register.expect_lines(3)
    register.scan("4006381333931")
    expect(part("saying")).not_to_be_empty()
    visit("a refusal")
    for key, name in (("F3", "number"), ("F6", "discount-dialog"), ("F7", "price-dialog")):
        page.keyboard.press(key)
        expect(part(name)).to_be_visible()
        visit(name)
        page.keyboard.press("Escape")
        expect(part(name)).to_have_count(0)
    part("void").click()
    visit("a voided line, or an approval")
    page.keyboard.press("Escape")
    page.keyboard.press("F4")
    expect(part("due")).to_be_visible()
    visit("pay")
    page.keyboard.press("Enter")
    expect(part("paid")).to_be_visible()
    expect(part("paper")).to_be_visible()
    visit("paid")
    part("next").click()


def walk_the_menu(register: Register, visit: Visit) -> None:
    opened = {
        "menu-device": "device-dialog",
        "menu-receipts": "receipts-dialog",
        "menu-return": "return-dialog",
        "menu-price-check": "price-check-dialog",
        "menu-cash-in": "move-cash-dialog",
        "menu-drawer": "drawer-dialog",
        "menu-close-shift": "close-shift-dialog",
    }
    for item, dialog in opened.items():
        register.part("menu").click()
        register.part(item).click()
        expect(register.part(dialog)).to_be_visible()
        visit(item)
        register.page.keyboard.press("Escape")
        expect(register.part(dialog)).to_have_count(0)
    register.part("menu").click()
    register.part("menu-x").click()
    expect(register.page.locator("dialog[open]")).to_be_visible()
    visit("report, or an approval")
    register.page.keyboard.press("Escape")


def inspect(page: Page, options: dict, wrong: list[str]) -> Visit:
    """A visit that lets axe look at the page as it stands."""

    def visit(name: str) -> None:
        if page.evaluate("() => typeof axe") == "undefined":
            page.evaluate(AXE.read_text(encoding="utf-8"))
        wrong.extend(f"{name}: {one}" for one in page.evaluate(FOUND, options))

    return visit


@pytest.mark.parametrize("staff", ["1", "2"], ids=["english", "chinese"])
def test_no_screen_keeps_anybody_from_using_it(register: Register, staff: str) -> None:
    wrong: list[str] = []
    walk(register, staff, inspect(register.page, EVERYTHING, wrong))
    assert wrong == []


@pytest.fixture
def device(browser: Browser, shop: RunningShop) -> Iterator[Callable[..., Register]]:
    """Opens the register on a device with these settings."""
    contexts = []

    def open_it(width: int = 1366, height: int = 768, **kept: object) -> Register:
        context = browser.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        used_device(context, **kept)
        page = context.new_page()
        page.goto(shop.url)
        return Register(shop, page)

    yield open_it
    for context in contexts:
        context.close()


def test_every_screen_can_be_read_in_the_dark(device: Callable[..., Register]) -> None:
    register, wrong = device(theme="dark"), []
    walk(register, "9", inspect(register.page, CONTRAST, wrong))
    assert wrong == []


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (800, 1280)], ids=["counter", "tablet"])
def test_every_target_is_as_large_as_a_finger(
    device: Callable[..., Register], width: int, height: int
) -> None:
    register, wrong = device(width, height), []

    def visit(name: str) -> None:
        wrong.extend(f"{name}: {one}" for one in register.page.evaluate(SMALL))

    walk(register, "9", visit)
    assert wrong == []
