"""For eyes, hands and ears of every kind, in every look and language: contrast, names, targets, room."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.conftest import RunningShop, used_device
from tests.browser.register import Register
from tests.browser.visits import CONTRAST, EVERYTHING, each, finds_barriers, finds_cut, finds_small
from tests.browser.walk import walk

pytestmark = pytest.mark.browser


@pytest.fixture
def device(browser: Browser, shop: RunningShop) -> Iterator[Callable[..., Register]]:
    """Opens the register on a device of this size, with these settings and perhaps other words."""
    contexts = []

    def open_it(
        width: int = 1366, height: int = 768, *, words: Callable[[Route], None] | None = None, **kept: object
    ) -> Register:
        context = browser.new_context(viewport={"width": width, "height": height}, service_workers="block")
        contexts.append(context)
        used_device(context, **kept)
        page = context.new_page()
        if words is not None:
            page.route("**/api/v1/words/zh", words)
        page.goto(shop.url)
        return Register(shop, page)

    yield open_it
    for context in contexts:
        context.close()


@pytest.mark.parametrize("staff", ["1", "2"], ids=["english", "chinese"])
def test_no_screen_keeps_anybody_from_using_it(register: Register, staff: str) -> None:
    page, wrong = register.page, []
    walk(
        register,
        staff,
        each(finds_barriers(page, wrong, EVERYTHING), finds_small(page, wrong), finds_cut(page, wrong)),
    )
    assert wrong == []


def test_every_screen_can_be_read_in_the_dark(device: Callable[..., Register]) -> None:
    register, wrong = device(theme="dark"), []
    walk(register, "9", finds_barriers(register.page, wrong, CONTRAST))
    assert wrong == []


def test_large_text_is_not_cut_off(device: Callable[..., Register]) -> None:
    register, wrong = device(text="large"), []
    walk(register, "1", finds_cut(register.page, wrong, ".status-item"))
    assert wrong == []


def longer(route: Route) -> None:
    """A language half as long again as English: German and Finnish are about that."""
    texts = route.fetch().json()
    route.fulfill(json={text: f"{text} {'loremipsu '[: max(2, len(text) // 2)]}".strip() for text in texts})


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (800, 1280)], ids=["counter", "upright"])
def test_a_language_with_longer_words_is_not_cut_off(
    device: Callable[..., Register], width: int, height: int
) -> None:
    register, wrong = device(width, height, words=longer), []
    page = register.page
    walk(register, "2", each(finds_cut(page, wrong, ".status-item, .face"), finds_small(page, wrong)))
    assert wrong == []


def test_a_language_that_runs_to_the_left_turns_the_screen_round(device: Callable[..., Register]) -> None:
    register, wrong = device(), []
    register.stand_ready(lines=2)
    register.page.evaluate("document.documentElement.dir = 'rtl'")
    boxes = {
        name: register.page.locator(name).first.bounding_box()["x"]
        for name in (".basket", ".finder", ".line-name", ".line-total", ".tile")
    }
    assert boxes[".basket"] > boxes[".finder"]
    assert boxes[".line-name"] > boxes[".line-total"]
    finds_cut(register.page, wrong)("sale")
    register.page.keyboard.press("F4")
    expect(register.part("due")).to_be_visible()
    finds_cut(register.page, wrong)("pay")
    assert wrong == []


def test_money_and_dates_are_written_as_the_reader_writes_them(register: Register) -> None:
    write = """async (language) => {
      const { speak } = await import("/screen/words.js");
      const { money, moment, quantity } = await import("/screen/figures.js");
      await speak(language);
      const at = moment("2026-03-09T14:05:00", "full");
      return [money(1234567, "EUR", 2), money(-5, "JPY", 0), quantity(1245, "kg"), at];
    }"""
    assert register.page.evaluate(write, "zh") == ["€12,345.67", "−¥5", "1.245 kg", "2026/03/09 14:05"]
    assert register.page.evaluate(write, "en") == ["€12,345.67", "−¥5", "1.245 kg", "09/03/2026, 14:05"]
