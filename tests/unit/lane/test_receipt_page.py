"""What stands on a receipt and on a shift's report."""

import json

import msgspec
import pytest

from evertill.core.receipt import CountLine, SaleDocument, TaxLine
from evertill.lane.printing.page import Cut, Drawer, Page, Pair, Qr, Row, Text, page_json, texts
from evertill.lane.printing.receipt import drawer_page, receipt_page
from evertill.lane.printing.report import report_page
from tests.unit.lane.receipt_samples import HEAD, basket, cash, document, line, refund, shift, shop


def printed(sale: SaleDocument, locale: str = "en", copy_no: int = 0, **changed: object) -> Page:
    return receipt_page(sale, shop(**changed), locale=locale, head_code=HEAD, copy_no=copy_no)


def figure(page: Page, left: str) -> str:
    found = [row.right for row in page.rows if isinstance(row, Pair) and row.left == left]
    assert len(found) == 1, f"{left!r} stands on the page once, not {len(found)} times"
    return found[0]


def rows_after(page: Page, left: str) -> list[Row]:
    places = [n for n, row in enumerate(page.rows) if isinstance(row, Pair) and row.left == left]
    return list(page.rows[places[0] + 1 :])


def test_a_receipt_says_who_sold_where_and_when() -> None:
    said = texts(printed(basket()))
    for text in (
        "Corner & Daughters",
        "12 Harbour Street",
        "Tax number GB 123 4567 89",
        "L1-7KQ-000042",
        "22 Nov 2025 19:24:31",
        "Lane L1, shift 7",
        "Amy",
    ):
        assert text in said


def test_weighed_goods_show_kilograms_and_the_price_of_one() -> None:
    assert figure(printed(basket()), "0.328 kg × 1.19/kg") == "0.39"


def test_several_pieces_show_their_number_and_unit_price() -> None:
    assert figure(printed(basket()), "3 × 2.55") == "7.65"


def test_every_discount_stands_under_its_line_with_its_words() -> None:
    page = printed(basket())
    assert figure(page, "3 for 2 chocolate") == "-2.55"
    assert figure(page, "Scratched, 10% off") == "-1.20"
    assert figure(page, "Subtotal") == "22.83"
    assert figure(page, "Discounts") == "-3.75"
    assert figure(page, "TOTAL") == "£19.08"
    assert figure(page, "You saved") == "£3.75"


def test_a_deposit_hangs_under_the_bottle_it_belongs_to() -> None:
    after = rows_after(printed(basket()), "Spring water 1.5 l")[0]
    assert isinstance(after, Pair)
    assert (after.left, after.right, after.indent) == ("Bottle deposit", "0.25", 1)


def test_the_tax_table_shows_every_rate_once() -> None:
    said = texts(printed(basket()))
    assert "VAT 0%" in said
    assert "VAT 20%" in said
    assert [text for text in said if "0%" in text and "VAT" in text] == ["VAT 0%", "VAT 20%"]
    place = said.index("VAT 20%")
    assert said[place + 1 : place + 4] == ["13.25", "2.65", "15.90"]


def test_cash_shows_what_was_given_and_what_went_back() -> None:
    page = printed(basket())
    assert figure(page, "Cash") == "19.08"
    assert figure(page, "Given") == "20.00"
    assert figure(page, "Change") == "£0.92"


def test_a_card_payment_to_the_penny_shows_no_change() -> None:
    sale = document(
        (line(1, {"en": "Tea"}, amount_minor=250),), tenders=(cash(250, 250, names={"en": "Card"}),)
    )
    said = texts(printed(sale))
    assert "Card" in said
    assert "Given" not in said
    assert "Change" not in said


def test_a_refund_is_headed_so_and_names_the_receipt_it_mirrors() -> None:
    page = printed(refund(), currency="CHF")
    assert "REFUND" in texts(page)
    assert "Return from receipt L1-7KQ-000042" in texts(page)
    assert figure(page, "TOTAL") == "-£1.63"
    assert figure(page, "Cash rounding") == "-0.02"
    assert figure(page, "To pay") == "-£1.65"
    assert figure(page, "Paid out: Cash") == "-1.65"


def test_a_sale_is_not_headed_as_a_refund() -> None:
    assert "REFUND" not in texts(printed(basket()))


def test_goods_brought_back_without_a_receipt_say_so() -> None:
    back = line(1, {"en": "Tea"}, quantity_milli=-1000, amount_minor=-250)
    assert "Return without receipt" in texts(printed(document((back,))))


def test_a_copy_is_marked_at_the_top_and_at_the_bottom() -> None:
    rows = [row for row in printed(basket(), copy_no=2).rows if isinstance(row, Text)]
    assert rows[0].text == rows[-1].text == "*** COPY 2 ***"
    assert rows[0].large
    assert rows[-1].large


def test_the_first_print_carries_no_copy_mark() -> None:
    assert not any("COPY" in text for text in texts(printed(basket())))


def test_the_qr_code_names_receipt_and_head() -> None:
    assert [row.text for row in printed(basket()).rows if isinstance(row, Qr)] == [
        "EVT1:S1:L1:L1-7KQ-000042:9f3c51d2"
    ]


def test_a_chinese_receipt_uses_chinese_names_words_and_dates() -> None:
    page = printed(basket(), locale="zh")
    said = texts(page)
    for text in ("街角便利店", "半脱脂牛奶 1.1升", "巧克力买三付二", "瓶子押金", "2025年11月22日 19:24:31"):
        assert text in said
    assert figure(page, "合计") == "£19.08"
    assert figure(page, "现金") == "19.08"


def test_a_name_without_chinese_falls_back_to_english() -> None:
    said = texts(printed(document((line(1, {"en": "Haggis"}, amount_minor=899),)), locale="zh"))
    assert "Haggis" in said


@pytest.mark.parametrize(
    ("currency", "amount_minor", "total"),
    [
        ("JPY", 1200, "JP¥1,200"),
        ("KWD", 1250, "KWD 1.250"),
        ("USD", 1999, "$19.99"),
        ("CHF", 1995, "CHF 19.95"),
    ],
)
def test_totals_have_as_many_digits_as_the_currency(currency: str, amount_minor: int, total: str) -> None:
    sale = document((line(1, {"en": "Tea"}, amount_minor=amount_minor),), currency=currency)
    assert figure(printed(sale), "TOTAL") == total


def test_yuan_on_a_chinese_receipt_are_written_with_their_sign() -> None:
    sale = document((line(1, {"en": "Tea", "zh": "茶"}, amount_minor=350),), currency="CNY")
    assert figure(printed(sale, locale="zh"), "合计") == "¥3.50"


def test_a_unit_price_below_a_penny_keeps_its_digits() -> None:
    screw = line(1, {"en": "Screw"}, quantity_milli=1_000_000, unit_price_e4=1_000, amount_minor=100)
    assert figure(printed(document((screw,))), "1,000 × 0.001") == "1.00"


def test_tax_added_to_marked_prices_stands_between_subtotal_and_total() -> None:
    lines = (line(1, {"en": "Mug"}, amount_minor=1000, net_minor=1000, tax_minor=80, gross_minor=1080),)
    taxes = (TaxLine(tax="s", names={"en": "Sales tax"}, base_minor=1000, tax_minor=80, rate_ppm=80_000),)
    page = printed(document(lines, currency="USD", taxes=taxes, tax_minor=80, net_minor=1000))
    assert figure(page, "Subtotal") == "10.00"
    assert figure(page, "Tax added") == "0.80"
    assert figure(page, "TOTAL") == "$10.80"


def test_an_exempt_customer_sees_which_tax_was_not_charged() -> None:
    lines = (line(1, {"en": "Mug"}, amount_minor=1200, net_minor=1000, tax_minor=0, gross_minor=1000),)
    page = printed(document(lines, tax_exempt=True, customer_name="Embassy"))
    assert "Exempt from tax" in texts(page)
    assert figure(page, "Customer") == "Embassy"
    assert figure(page, "Tax not charged") == "-2.00"


def test_a_changed_price_shows_the_usual_one() -> None:
    mug = line(1, {"en": "Mug"}, amount_minor=500, price_source="override", list_price_e4=8_000_000)
    assert "Usual price 8.00" in texts(printed(document((mug,))))


def test_notes_coupons_and_tips_are_on_the_receipt() -> None:
    sale = document(
        (line(1, {"en": "Soup"}, amount_minor=700, note="no salt"),),
        notes=("Table 4",),
        coupons=("SPRING",),
        tip_minor=100,
    )
    page = printed(sale)
    assert {"no salt", "Table 4", "Coupon SPRING"} <= set(texts(page))
    assert figure(page, "Tip, with thanks") == "1.00"


def test_the_screen_gets_the_same_receipt_as_json() -> None:
    page = printed(basket())
    shown = json.loads(page_json(page))
    assert shown["title"] == "Receipt L1-7KQ-000042"
    assert len(shown["rows"]) == len(page.rows)
    assert {"type": "pair", "left": "TOTAL", "right": "£19.08", "bold": True, "large": True} in shown["rows"]
    assert msgspec.json.decode(page_json(page), type=Page) == page


def test_a_receipt_never_opens_the_drawer_late_because_the_drawer_is_a_page_of_its_own() -> None:
    assert not any(isinstance(row, Drawer) for row in printed(basket()).rows)
    assert drawer_page().rows == (Drawer(),)


def test_paper_is_cut_after_the_last_word() -> None:
    assert isinstance(printed(basket()).rows[-1], Cut)


def test_an_x_report_says_that_nothing_was_counted() -> None:
    page = report_page(shift(), shop(), lane="L1", locale="en", printed_at="2025-11-22T15:00:00+00:00")
    said = texts(page)
    assert "X report, shift 7" in said
    assert "Not counted yet" in said
    assert figure(page, "As of") == "22 Nov 2025 15:00:00"
    assert figure(page, "Cash (20)") == "£400.00"
    assert figure(page, "TOTAL") == "£987.65"


@pytest.mark.parametrize(
    ("counted_minor", "word", "amount"), [(49_750, "SHORT", "£2.50"), (50_300, "OVER", "£3.00")]
)
def test_a_z_report_says_what_is_over_or_short(counted_minor: int, word: str, amount: str) -> None:
    count = CountLine(
        currency="GBP",
        float_minor=10_000,
        expected_minor=50_000,
        counted_minor=counted_minor,
        pieces={"2000": 20, "50": 195},
    )
    closed = shift(closed_at="2025-11-22T20:01:00+00:00", closed_by="amy", cash=(count,))
    page = report_page(closed, shop(), locale="en")
    assert "Z report, shift 7" in texts(page)
    assert figure(page, word) == amount
    assert figure(page, "20 × 20.00") == "400.00"


def test_a_till_that_is_right_says_so() -> None:
    count = CountLine(currency="GBP", float_minor=0, expected_minor=100, counted_minor=100)
    page = report_page(shift(cash=(count,), closed_at="2025-11-22T20:01:00+00:00"), shop(), locale="en")
    assert "The cash is right." in texts(page)
    assert not {"OVER", "SHORT"} & set(texts(page))
