"""The register as a cashier uses it: the words of the tests."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, expect


class Register:
    """A page on a running shop. Every step waits until the screen shows what it led to."""

    def __init__(self, shop: Any, page: Page) -> None:
        self.shop = shop
        self.page = page
        self.goods_known: list[dict] = []
        self.sold_before = {one["receipt"] for one in self._newest()}

    def part(self, name: str) -> Locator:
        return self.page.get_by_test_id(name)

    def sign_in(self, staff: str) -> None:
        """Picks a name and types the PIN on the keyboard (in the sample shop: the id four times)."""
        self.part(f"staff-{staff}").click()
        expect(self.part("pin")).to_be_focused()
        self.page.keyboard.type(staff * 4)
        self.page.keyboard.press("Enter")
        expect(self.part("sign-in")).to_have_count(0)

    def open_shift(self, float_text: str = "100") -> None:
        self.part("float-EUR").fill(float_text)
        self.part("open-shift").click()
        expect(self.part("search")).to_be_focused()

    def begin(self, staff: str = "1") -> None:
        self.sign_in(staff)
        self.open_shift()

    def scan(self, code: str) -> None:
        """What a scanner in keyboard mode does: the code, very fast, and Enter. Wherever the focus is."""
        self.page.keyboard.type(code)
        self.page.keyboard.press("Enter")

    def goods(self, number: int) -> list[dict]:
        """Plain goods of the shop: sold by piece, at a fixed price, to anybody, without an offer."""
        found = self.shop.get("/api/v1/products?limit=200&category=household")["products"]
        plain = [
            one
            for one in found
            if one["unit"] == "each" and one["codes"] and one["unit_price_e4"] and not one["age_min"]
        ]
        assert len(plain) >= number
        self.goods_known = plain[:number]
        return self.goods_known

    def sale(self) -> dict | None:
        return self.shop.get("/api/v1/state")["sale"]

    def expect_lines(self, number: int) -> None:
        expect(self.part("line")).to_have_count(number)

    def expect_at_least(self, number: int) -> None:
        """So many lines or more: a deposit brings a line of its own."""
        expect(self.part("line").nth(number - 1)).to_be_visible()

    def begin_with_basket(self, fill: Callable[[Register], None]) -> None:
        """Signed in, shift open, and something in the basket."""
        self.stand_ready()
        fill(self)

    def receipts(self) -> list[dict]:
        """The receipts since this test began, newest first."""
        return [one for one in self._newest() if one["receipt"] not in self.sold_before]

    def _newest(self) -> list[dict]:
        return self.shop.get("/api/v1/receipts?limit=50")["receipts"]

    def stand_ready(self, staff: str = "1", lines: int = 0) -> None:
        """Signed in, shift open, so many lines in the basket; done beside the page, to save time."""
        self.shop.do(type="SignIn", staff=staff, pin=staff * 4)
        self.shop.do(type="OpenShift", float_minor={"EUR": 10_000})
        for product in self.goods(lines) if lines else ():
            self.shop.do(type="Scan", code=product["codes"][0])
        expect(self.part("search")).to_be_focused()
        self.expect_lines(lines)


def digits(text: str | None) -> int:
    """The minor units in a money text with two decimals: "€12.35" -> 1235."""
    found = re.sub(r"[^\d−-]", "", text or "")
    return int(found.replace("−", "-"))
