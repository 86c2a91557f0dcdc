"""The way through every main screen, for whoever wants to look at each: tests, and the pictures."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.register import Register

Visit = Callable[[str], None]


def walk(
    register: Register, staff: str, visit: Visit, basket: Callable[[Register], None] | None = None
) -> None:
    """Goes through every main screen and calls `visit` with its name on each; `basket` fills the basket."""
    page, part = register.page, register.part
    expect(part(f"staff-{staff}")).to_be_visible()
    visit("sign-in")
    register.sign_in(staff)
    expect(part("open-shift")).to_be_visible()
    visit("open-shift")
    register.open_shift()
    expect(part("tile").first).to_be_visible()
    visit("empty-basket")
    walk_a_sale(register, visit, basket or three_articles)
    for name, key in (("menu", "F10"), ("help", "F1")):
        page.keyboard.press(key)
        expect(part(f"{name}-dialog")).to_be_visible()
        visit(name)
        page.keyboard.press("Escape")
    walk_the_menu(register, visit)


def three_articles(register: Register) -> None:
    for product in register.goods(3):
        register.scan(product["codes"][0])
    register.expect_lines(3)


def walk_a_sale(register: Register, visit: Visit, basket: Callable[[Register], None]) -> None:
    page, part = register.page, register.part
    basket(register)
    visit("sale")
    register.scan("4006381333931")
    expect(part("saying")).not_to_be_empty()
    visit("refusal")
    for key, name in (("F3", "number"), ("F6", "discount-dialog"), ("F7", "price-dialog")):
        page.keyboard.press(key)
        expect(part(name)).to_be_visible()
        visit(name.removesuffix("-dialog").replace("number", "quantity"))
        page.keyboard.press("Escape")
        expect(part(name)).to_have_count(0)
    part("void").click()
    visit("void")
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
        visit(item.removeprefix("menu-"))
        register.page.keyboard.press("Escape")
        expect(register.part(dialog)).to_have_count(0)
    register.part("menu").click()
    register.part("menu-x").click()
    expect(register.page.locator("dialog[open]")).to_be_visible()
    visit("x-report")
    register.page.keyboard.press("Escape")
