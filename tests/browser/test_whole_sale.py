"""A whole sale in each language, as a cashier works: scanner, keyboard, approval, cash, next."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.register import Register, digits

pytestmark = pytest.mark.browser

WORDS = {
    "1": {
        "pay": "Pay",
        "change": "Change",
        "scan": "Scan the first article.",
        "approval": "approval",
        "lang": "en-GB",
    },
    "2": {"pay": "收款", "change": "找零", "scan": "请扫描第一件商品。", "approval": "授权", "lang": "zh-CN"},
}


@pytest.mark.parametrize("cashier", ["1", "2"], ids=["english", "chinese"])
def test_a_whole_sale_from_sign_in_to_the_next_customer(register: Register, cashier: str) -> None:
    said = WORDS[cashier]
    register.begin(cashier)
    expect(register.page.locator("html")).to_have_attribute("lang", said["lang"])
    expect(register.page.get_by_text(said["scan"])).to_be_visible()

    first, second, third = register.goods(3)
    register.scan(first["codes"][0])
    register.expect_lines(1)
    register.scan(f"3*{second['codes'][0]}")
    register.expect_lines(2)
    expect(register.part("items")).to_have_text("4")

    search_for_a_name(register, third, cashier)
    register.expect_lines(3)

    change_the_quantity_of_the_last_line(register, "2")
    expect(register.part("items")).to_have_text("6")
    before = digits(register.part("total").text_content())

    give_ten_percent_with_approval(register, said["approval"])
    expect(register.part("total")).not_to_have_text(f"€{before / 100:.2f}")
    assert digits(register.part("total").text_content()) == register.sale()["total_minor"] < before

    due = register.sale()["due"][0]["due_minor"]
    register.page.keyboard.press("F4")
    expect(register.part("pay")).to_have_count(0)
    expect(register.part("due")).to_contain_text(f"{due / 100:.2f}")
    register.page.keyboard.type("200")
    register.page.keyboard.press("Enter")
    expect(register.part("paid")).to_contain_text(said["change"])
    assert digits(register.part("change").text_content()) == 20_000 - due
    expect(register.part("paper")).to_contain_text(register.receipts()[0]["receipt"])

    register.scan(first["codes"][0])
    register.expect_lines(1)
    expect(register.part("paid")).to_have_count(0)
    assert len(register.receipts()) == 1


def search_for_a_name(register: Register, product: dict, cashier: str) -> None:
    names = product["names"]
    name = names.get("zh", names["en"]) if cashier == "2" else names["en"]
    register.page.keyboard.type(name)
    register.part("tile").filter(has_text=name).first.click()
    expect(register.part("search")).to_have_value("")


def change_the_quantity_of_the_last_line(register: Register, text: str) -> None:
    register.page.keyboard.press("F3")
    expect(register.part("number")).to_be_focused()
    register.part("number").fill(text)
    register.page.keyboard.press("Enter")
    expect(register.part("number")).to_have_count(0)


def give_ten_percent_with_approval(register: Register, words: str) -> None:
    register.page.keyboard.press("F6")
    expect(register.part("number")).to_be_focused()
    register.page.keyboard.type("10")
    register.page.keyboard.press("Enter")
    expect(register.part("approval-dialog")).to_contain_text(words)
    register.part("approver-9").click()
    register.page.keyboard.type("1234")
    register.page.keyboard.press("Enter")
    expect(register.part("approval-dialog").get_by_role("alert")).not_to_be_empty()
    register.page.keyboard.type("9999")
    register.page.keyboard.press("Enter")
    expect(register.part("approval-dialog")).to_have_count(0)


def test_the_sign_in_page_speaks_the_language_that_is_picked(register: Register) -> None:
    register.page.get_by_role("radio", name="中文").click()
    expect(register.page.get_by_text("谁在收银？")).to_be_visible()
    register.part("staff-1").click()
    register.page.keyboard.type("0000")
    register.page.keyboard.press("Enter")
    expect(register.page.get_by_role("alert")).to_contain_text("密码不对")
    register.page.get_by_role("radio", name="English").click()
    expect(register.page.get_by_text("Who is at the register?")).to_be_visible()


def test_a_whole_day_by_keyboard_and_scanner_alone(register: Register) -> None:
    page = register.page
    expect(register.part("staff-1")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(register.part("pin")).to_be_focused()
    page.keyboard.type("1111")
    page.keyboard.press("Enter")
    expect(register.part("float-EUR")).to_be_visible()
    expect(register.part("float-EUR")).to_be_focused()
    page.keyboard.type("50")
    page.keyboard.press("Enter")
    expect(register.part("search")).to_be_focused()

    code = register.goods(1)[0]["codes"][0]
    register.scan(code)
    register.expect_lines(1)
    page.keyboard.press("F8")
    page.keyboard.type("blue coat")
    page.keyboard.press("Enter")
    register.expect_lines(0)
    page.keyboard.press("F8")
    expect(register.part("recall")).to_be_focused()
    page.keyboard.press("Enter")
    register.expect_lines(1)
    expect(register.part("parked-dialog")).to_have_count(0)
    page.keyboard.press("F4")
    expect(register.part("amount")).to_be_focused()
    page.keyboard.press("Enter")
    expect(register.part("paid")).to_be_visible()
    receipt = register.receipts()[0]

    head = register.shop.get(f"/api/v1/receipts/{receipt['receipt']}")["head"]
    register.scan(f"EVT1:S1:L1:{receipt['receipt']}:{head}")
    expect(register.part("return-lines-dialog")).to_be_visible()
    register.part("return-all").press("Enter")
    register.part("take-back").press("Enter")
    register.expect_lines(1)
    assert register.sale()["total_minor"] == -receipt["total_minor"]
    page.keyboard.press("F4")
    expect(register.part("amount")).to_be_focused()
    page.keyboard.press("Enter")
    expect(register.part("paid")).to_be_visible()

    page.keyboard.press("F10")
    register.part("menu-close-shift").press("Enter")
    expect(register.part("count-EUR-50000")).to_be_focused()
    register.part("count-EUR-5000").fill("1")
    page.keyboard.press("Enter")
    expect(register.part("report")).to_be_visible()
    expect(register.part("report")).to_contain_text("Difference")
    register.part("report-done").press("Enter")
    expect(register.part("open-shift")).to_be_visible()
    assert register.shop.get("/api/v1/state")["shift"] is None
