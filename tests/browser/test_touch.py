"""A day with fingers alone, on a tablet: no key of a keyboard is pressed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import used_device
from tests.browser.register import Register

pytestmark = pytest.mark.browser


class Fingers(Register):
    """The register touched on glass."""

    def tap(self, *names: str) -> None:
        for name in names:
            self.part(name).tap()

    def type(self, digits: str) -> None:
        """Digits on the number pad in front."""
        front = self.page.locator("dialog[open], form").last
        for digit in digits:
            front.get_by_role("button", name=digit, exact=True).tap()

    def menu(self, name: str) -> None:
        self.tap("menu", name)

    def approve(self) -> None:
        self.tap("approver-9")
        self.type("9999")
        self.tap("approve")
        expect(self.part("approval-dialog")).to_have_count(0)


@pytest.fixture(params=[(1280, 800), (800, 1280)], ids=["lying", "upright"])
def fingers(browser: Browser, shop: Any, request: pytest.FixtureRequest) -> Iterator[Fingers]:
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, has_touch=True)
    used_device(context)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(shop.url)
    yield Fingers(shop, page)
    context.close()
    assert complaints == []


def test_a_day_with_fingers_alone(fingers: Fingers) -> None:
    fingers.tap("staff-1")
    fingers.type("1111")
    fingers.tap("sign-in", "open-shift")
    expect(fingers.part("search")).to_have_attribute("inputmode", "none")

    put_cash_in_and_look_at_the_x_report(fingers)
    sell_two_kilograms_at_another_price(fingers)
    fingers.tap("pay", "tender-card", "exact")
    expect(fingers.part("paid")).to_be_visible()
    assert len(fingers.receipts()) == 1
    fingers.tap("next")
    expect(fingers.part("paid")).to_have_count(0)

    park_and_take_up_again(fingers)
    take_goods_back(fingers)

    fingers.menu("menu-close-shift")
    fingers.part("count-EUR-500").fill("1")
    fingers.tap("close-shift")
    expect(fingers.part("report")).to_contain_text("Difference")
    fingers.tap("report-done")
    expect(fingers.part("open-shift")).to_be_visible()


OPEN_AGAIN = """async () => {
  const { shielded } = await import("/screen/store.js");
  while (shielded()) await new Promise(requestAnimationFrame);
}"""


def park_and_take_up_again(fingers: Fingers) -> None:
    fingers.page.evaluate(OPEN_AGAIN)  # a touch right after paying was meant for what stood there
    fingers.part("tile").filter(has_text="Croissant").first.tap()
    fingers.expect_lines(1)
    fingers.tap("park", "confirm")
    fingers.expect_lines(0)
    fingers.tap("park", "recall")
    fingers.expect_lines(1)
    fingers.tap("pay", "exact")
    expect(fingers.part("paid")).to_be_visible()


def take_goods_back(fingers: Fingers) -> None:
    sold = fingers.receipts()[0]
    fingers.menu("menu-receipts")
    fingers.part("receipts-dialog").get_by_text(sold["receipt"]).tap()
    fingers.part("receipts-dialog").get_by_role("button", name="Take goods back").tap()
    fingers.tap("return-all", "take-back")
    fingers.expect_lines(1)
    fingers.tap("pay", "exact")
    expect(fingers.part("paid")).to_contain_text("Paid out")
    assert fingers.receipts()[0]["total_minor"] == -sold["total_minor"]


def put_cash_in_and_look_at_the_x_report(fingers: Fingers) -> None:
    fingers.menu("menu-cash-in")
    fingers.type("5")
    fingers.tap("move-cash")
    fingers.approve()
    fingers.menu("menu-x")
    fingers.approve()
    expect(fingers.part("report")).to_contain_text("€5.00")
    fingers.tap("report-done")


def sell_two_kilograms_at_another_price(fingers: Fingers) -> None:
    fingers.part("tile").filter(has_text="/kg").first.tap()
    expect(fingers.part("weight-dialog")).to_be_visible()
    fingers.type("2")
    fingers.tap("confirm")
    fingers.expect_lines(1)
    fingers.tap("price")
    fingers.type("1.5")
    fingers.tap("confirm")
    fingers.approve()
    line = (fingers.sale() or {})["lines"][0]
    assert (line["quantity_milli"], line["unit_price_e4"]) == (2000, 1_500_000)
