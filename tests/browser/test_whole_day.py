"""A whole day with a scanner alone: staff cards, goods, receipts, and the sheet of command codes."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.register import Register

pytestmark = pytest.mark.browser

CASHIERS_CARD, MANAGERS_CARD = (
    "2800000000011",
    "2800000000097",
)  # of the sample shop: its page says how they are made


def command(register: Register, *names: str) -> None:
    for name in names:
        register.scan(f"EVTCMD:{name}")


def test_a_whole_day_with_a_scanner_alone(register: Register) -> None:
    part = register.part
    expect(part("staff-1")).to_be_visible()
    register.scan(CASHIERS_CARD)
    expect(part("float-EUR")).to_be_focused()
    command(register, "5", "0")
    expect(part("float-EUR")).to_have_value("50")
    command(register, "OK")
    expect(part("search")).to_be_focused()

    first, second = register.goods(2)
    sell_three(register, first["codes"][0])
    receipt = register.receipts()[0]
    park_and_take_up_again(register, second["codes"][0])
    take_back(register, receipt)
    lock_and_go_on(register)

    command(register, "XREPORT")
    expect(part("approval-dialog")).to_be_visible()
    register.scan(MANAGERS_CARD)
    expect(part("report")).to_be_visible()
    command(register, "OK")
    expect(part("report")).to_have_count(0)
    command(register, "COUNT")
    expect(part("count-EUR-50000")).to_be_focused()
    command(register, "NEXT", "NEXT", "NEXT", "1")
    expect(part("count-EUR-5000")).to_have_value("1")
    command(register, "FINISH")
    expect(part("report")).to_contain_text("Short")
    command(register, "OK")
    expect(part("open-shift")).to_be_visible()
    assert register.shop.get("/api/v1/state")["shift"] is None
    assert len(register.receipts()) == 3


def sell_three(register: Register, code: str) -> None:
    command(register, "3", "TIMES")
    expect(register.part("search")).to_have_value("3*")
    register.scan(code)
    register.expect_lines(1)
    assert register.sale()["lines"][0]["quantity_milli"] == 3000
    command(register, "PAY")
    expect(register.part("amount")).to_be_focused()
    command(register, "OK")
    expect(register.part("paid")).to_be_visible()


def park_and_take_up_again(register: Register, code: str) -> None:
    register.scan(code)
    register.expect_lines(1)
    command(register, "PARK")
    expect(register.part("text")).to_be_focused()
    command(register, "OK")
    register.expect_lines(0)
    command(register, "RECALL")
    expect(register.part("recall")).to_be_focused()
    command(register, "OK")
    register.expect_lines(1)
    command(register, "PAY")
    expect(register.part("amount")).to_be_focused()
    command(register, "2", "0", "OK")
    expect(register.part("paid")).to_be_visible()


def take_back(register: Register, receipt: dict) -> None:
    head = register.shop.get(f"/api/v1/receipts/{receipt['receipt']}")["head"]
    register.scan(f"EVT1:S1:L1:{receipt['receipt']}:{head}")
    expect(register.part("return-lines-dialog")).to_be_visible()
    expect(register.part("return-all")).to_be_focused()
    command(register, "OK", "FINISH")
    register.expect_lines(1)
    assert register.sale()["total_minor"] == -receipt["total_minor"]
    command(register, "PAY")
    expect(register.part("amount")).to_be_focused()
    command(register, "OK")
    expect(register.part("paid")).to_be_visible()


def lock_and_go_on(register: Register) -> None:
    command(register, "LOCK")
    expect(register.part("locked")).to_be_visible()
    register.scan(CASHIERS_CARD)
    expect(register.part("locked")).to_have_count(0)
    expect(register.part("search")).to_be_focused()


def test_a_command_that_is_none_is_said(register: Register) -> None:
    register.stand_ready()
    command(register, "NONSENSE")
    expect(register.part("saying")).to_contain_text("not known here")


def test_a_locked_register_shows_nothing_of_the_basket_and_keeps_it(register: Register) -> None:
    register.stand_ready(lines=2)
    register.page.keyboard.press("F10")
    register.part("menu-lock").click()
    expect(register.part("locked")).to_be_visible()
    expect(register.part("line")).to_have_count(0)
    expect(register.part("pin")).to_be_focused()
    register.page.keyboard.type("1111")
    register.page.keyboard.press("Enter")
    register.expect_lines(2)
