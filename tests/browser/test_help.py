"""Help where one stands, a tour for the first day, sounds, and the looks of a device."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import RunningShop
from tests.browser.register import Register

pytestmark = pytest.mark.browser

LISTEN = """window.tones = [];
const make = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () {
  const tone = make.call(this);
  const start = tone.start;
  tone.start = function (at) { window.tones.push(tone.frequency.value); return start.call(this, at); };
  return tone;
};"""


def test_f1_explains_what_is_in_front(register: Register) -> None:
    page, part = register.page, register.part
    expect(part("staff-1")).to_be_visible()
    page.keyboard.press("F1")
    expect(part("help-dialog")).to_contain_text("Touch your name")
    page.keyboard.press("Escape")
    register.begin()
    page.keyboard.press("F1")
    expect(part("help-dialog")).to_contain_text("a scan lands in the basket")
    page.keyboard.press("F1")
    expect(part("help-dialog")).to_have_count(0)
    page.keyboard.press("F9")
    expect(part("text")).to_be_focused()
    page.keyboard.press("F1")
    expect(part("help-dialog")).to_contain_text("Scan the card")
    page.keyboard.press("Escape")
    expect(part("text")).to_be_visible()


def test_every_screen_has_a_help_of_its_own_in_both_languages(register: Register) -> None:
    topics = """async () => {
      const { HELP } = await import("/screen/screens/helptexts.js");
      const { speak } = await import("/screen/words.js");
      const said = {};
      for (const language of ["en", "zh"]) {
        await speak(language);
        said[language] = Object.entries(HELP).map(([topic, text]) => [topic, text().join(" ")]);
      }
      return said;
    }"""
    said = register.page.evaluate(topics)
    assert [topic for topic, _ in said["en"]] == [topic for topic, _ in said["zh"]]
    assert all(re.search("[一-鿿]", text) for _, text in said["zh"])
    source = register.page.request.get(f"{register.shop.url}/screen/screens/dialogs.js").text()
    kinds = set(
        re.findall(
            r"(\w+): \w+", source[source.index("const KINDS") : source.index("/** The dialog that is open")]
        )
    )
    assert kinds <= {topic for topic, _ in said["en"]}, "a dialog has no help"


def test_the_keys_can_be_looked_up(register: Register) -> None:
    register.stand_ready()
    register.part("help").click()
    register.page.get_by_role("radio", name="Keys").click()
    expect(register.part("help-dialog")).to_contain_text("Park the sale")


@pytest.fixture
def first_day(browser: Browser, shop: RunningShop) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.goto(shop.url)
    yield page
    context.close()


def test_a_new_device_shows_a_beginner_around_once(first_day: Page, shop: RunningShop) -> None:
    register = Register(shop, first_day)
    register.begin()
    steps = 0
    while register.part("tour").count():
        said = register.part("tour").text_content()
        register.part("tour-next").click()
        steps += 1
        expect(register.page.get_by_text(said or "", exact=True)).to_have_count(0)
    assert steps == 7
    register.page.reload()
    expect(register.part("search")).to_be_focused()
    expect(register.part("tour")).to_have_count(0)
    register.part("menu").click()
    register.part("menu-device").click()
    register.part("menu-tour").click()
    expect(register.part("tour")).to_be_visible()


def test_the_tour_steps_aside_for_a_customer(first_day: Page, shop: RunningShop) -> None:
    register = Register(shop, first_day)
    register.begin()
    expect(register.part("tour")).to_be_visible()
    register.scan(register.goods(1)[0]["codes"][0])
    register.expect_lines(1)
    expect(register.part("tour")).to_have_count(0)


def test_scan_refusal_and_paid_sound_different_and_can_be_muted(register: Register) -> None:
    page = register.page
    page.add_init_script(LISTEN)
    page.reload()
    register.begin()

    def heard() -> list[float]:
        return page.evaluate("window.tones.splice(0)")

    code = register.goods(1)[0]["codes"][0]
    register.scan(code)
    register.expect_lines(1)
    scan = heard()
    register.scan("4006381333931")
    expect(register.part("saying")).not_to_be_empty()
    refusal = heard()
    page.keyboard.press("F4")
    expect(register.part("amount")).to_be_focused()
    page.keyboard.press("Enter")
    expect(register.part("paid")).to_be_visible()
    paid = heard()
    assert scan and refusal and paid
    assert scan[0] != refusal[0] and sorted(paid) == paid and len(paid) > 1
    page.keyboard.press("F10")
    register.part("menu-device").click()
    part_of_device = register.part("device-dialog")
    part_of_device.get_by_role("radio", name="Off").click()
    page.keyboard.press("Escape")
    heard()
    register.scan(code)
    register.expect_lines(1)
    assert heard() == []


def test_the_looks_of_a_device_are_kept_on_it(register: Register) -> None:
    page, part = register.page, register.part
    register.stand_ready(lines=1)
    left_before = part("lines").bounding_box()["x"]
    ground = "() => getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.keyboard.press("F10")
    part("menu-device").click()
    for name in ("Dark", "Large", "the left hand"):
        page.get_by_role("radio", name=name, exact=True).click()
    page.keyboard.press("Escape")
    page.reload()
    expect(part("search")).to_be_focused()
    assert page.evaluate(ground) != light
    assert part("lines").bounding_box()["x"] > left_before
    assert page.evaluate("() => parseFloat(getComputedStyle(document.body).fontSize)") == 20


def test_a_device_without_a_choice_follows_the_system(register: Register) -> None:
    ground = "() => getComputedStyle(document.body).backgroundColor"
    light = register.page.evaluate(ground)
    register.page.emulate_media(color_scheme="dark")
    assert register.page.evaluate(ground) != light
