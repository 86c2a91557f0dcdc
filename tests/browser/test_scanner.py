"""What a scanner types, and what hands type: on quick and on slow machines."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.register import Register

pytestmark = pytest.mark.browser

# Feeds keys at given times to the reader that the page uses; no clock is waited for.
READ = """async ([settings, keys]) => {
  const { Reader } = await import("/screen/scanner.js");
  const reader = new Reader(settings);
  const found = keys.map(([key, at]) => reader.press(key, at));
  return { scans: found.flatMap((one) => one.scan === undefined ? [] : [one.scan]),
           held: found.filter((one) => one.hold).length };
}"""
USUAL = {"prefix": "", "suffix": "Enter"}
CODE = "4902551377760"


def keys(text: str, gaps_ms: list[int], end: str = "Enter") -> list[tuple[str, int]]:
    """The keys of a text and its end, with these gaps over and over."""
    at, pressed = 1000, []
    for place, key in enumerate([*text, end]):
        pressed.append((key, at))
        at += gaps_ms[place % len(gaps_ms)]
    return pressed


def scans(page: Page, pressed: list[tuple[str, int]], **settings: str) -> list[str]:
    return page.evaluate(READ, [{**USUAL, **settings}, [list(one) for one in pressed]])["scans"]


@pytest.mark.parametrize(
    "gaps_ms",
    [[2], [12], [30], [5, 5, 100], [8, 100], [1, 1, 1, 1, 280]],
    ids=lambda gaps: "-".join(map(str, gaps)),
)
def test_a_scan_is_known_also_when_a_busy_machine_tears_it_apart(
    register: Register, gaps_ms: list[int]
) -> None:
    assert scans(register.page, keys(CODE, gaps_ms)) == [CODE]
    assert scans(register.page, keys(CODE, gaps_ms, "Tab")) == [CODE]


@pytest.mark.parametrize(
    "gaps_ms",
    [[80], [150], [60, 70, 90], [30, 120, 140, 110], [400]],
    ids=lambda gaps: "-".join(map(str, gaps)),
)
def test_typing_is_never_taken_for_a_scan(register: Register, gaps_ms: list[int]) -> None:
    assert scans(register.page, keys(CODE, gaps_ms)) == []


def test_a_pin_or_an_amount_typed_very_fast_is_no_scan(register: Register) -> None:
    for text in ("1111", "20.00", "12345"):
        assert scans(register.page, keys(text, [5])) == []


def test_words_typed_very_fast_are_no_scan(register: Register) -> None:
    assert scans(register.page, keys("blue coat", [5])) == []
    assert scans(register.page, keys("牛奶牛奶牛奶牛奶", [5])) == []


def test_what_was_typed_before_is_no_part_of_the_scan(register: Register) -> None:
    before = [("3", 0), ("7", 200)]
    assert scans(register.page, before + keys(CODE, [5])) == [CODE]


def test_a_scan_that_a_slow_machine_tore_in_two_is_rung_up_whole(register: Register) -> None:
    register.stand_ready()
    code = register.goods(1)[0]["codes"][0]
    pressed = "3*" + code[:5]
    register.page.keyboard.type(pressed, delay=90)
    register.page.wait_for_function("(began) => performance.now() - began > 350", arg=_now(register.page))
    register.scan(code[5:])
    register.expect_lines(1)
    assert register.sale()["lines"][0]["quantity_milli"] == 3000


def test_a_forgotten_star_does_not_spoil_the_scan_behind_it(register: Register) -> None:
    register.stand_ready()
    register.page.keyboard.type("3")
    register.page.wait_for_function("(began) => performance.now() - began > 350", arg=_now(register.page))
    register.scan(register.goods(1)[0]["codes"][0])
    register.expect_lines(1)
    assert register.sale()["lines"][0]["quantity_milli"] == 1000


def test_a_command_scanned_too_slowly_to_be_told_from_typing_is_obeyed(register: Register) -> None:
    register.stand_ready()
    register.page.keyboard.type("3EVTCMD:TIMES", delay=60)
    register.page.keyboard.press("Enter")
    expect(register.part("search")).to_have_value("3*")


def _now(page: Page) -> float:
    return page.evaluate("performance.now()")


def test_a_prefix_makes_a_scan_certain_however_slow_the_machine_is(register: Register) -> None:
    pressed = [("~", 500), *keys("1234", [900])]
    assert scans(register.page, pressed, prefix="~") == ["1234"]
    assert scans(register.page, keys("1234", [900]), prefix="~") == []
    answer = register.page.evaluate(
        READ, [{"prefix": "~", "suffix": "Enter"}, [list(one) for one in pressed]]
    )
    assert answer["held"] == len("~1234"), "nothing of a scan with a prefix reaches a field"


def test_a_prefix_without_an_end_is_forgotten(register: Register) -> None:
    assert (
        scans(
            register.page,
            [("~", 0), ("1", 10), *[(key, 5000 + at) for key, at in keys("22", [500])]],
            prefix="~",
        )
        == []
    )


def test_a_scan_in_a_dialog_that_asks_for_a_number_changes_nothing(register: Register) -> None:
    register.stand_ready(lines=1)
    register.page.keyboard.press("F3")
    expect(register.part("number")).to_be_focused()
    register.scan(register.goods(2)[1]["codes"][0])
    expect(register.page.locator("dialog[open]").get_by_role("alert")).to_contain_text("finish this first")
    expect(register.part("number")).to_have_value("1")
    assert [line["quantity_milli"] for line in register.sale()["lines"]] == [1000]


def test_a_scan_while_the_menu_is_open_is_rung_up(register: Register) -> None:
    register.stand_ready()
    register.page.keyboard.press("F10")
    expect(register.part("menu-dialog")).to_be_visible()
    register.scan(register.goods(1)[0]["codes"][0])
    register.expect_lines(1)
    expect(register.part("menu-dialog")).to_have_count(0)


def test_a_scan_in_the_price_check_shows_the_price_and_sells_nothing(register: Register) -> None:
    register.stand_ready()
    product = register.goods(1)[0]
    register.page.keyboard.press("F10")
    register.part("menu-price-check").click()
    expect(register.part("check-code")).to_be_focused()
    register.scan(product["codes"][0])
    expect(register.part("price-check-dialog")).to_contain_text(product["names"]["en"])
    assert register.sale() is None


def test_three_times_before_a_scan_means_three(register: Register) -> None:
    register.stand_ready()
    register.page.keyboard.type("3*", delay=120)
    register.scan(register.goods(1)[0]["codes"][0])
    register.expect_lines(1)
    assert register.sale()["lines"][0]["quantity_milli"] == 3000
    expect(register.part("search")).to_have_value("")


def test_goods_scanned_before_anybody_signed_in_are_no_staff_card(register: Register) -> None:
    expect(register.part("staff-1")).to_be_visible()
    register.scan(CODE)
    expect(register.page.get_by_role("alert")).to_contain_text("Nobody here has this card")


def test_the_prefix_set_on_this_device_keeps_a_scan_out_of_the_amount(register: Register) -> None:
    register.stand_ready(lines=1)
    register.page.keyboard.press("F10")
    register.part("menu-device").click()
    register.part("scanner-prefix").fill("~")
    register.page.keyboard.press("Escape")
    register.page.keyboard.press("F4")
    expect(register.part("amount")).to_be_focused()
    register.page.keyboard.type("~" + register.goods(2)[1]["codes"][0], delay=40)
    expect(register.part("amount")).to_have_value("")
    register.page.keyboard.press("Enter")
    register.expect_lines(2)
