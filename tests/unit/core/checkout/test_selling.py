"""Selling at the counter, as sentences about a shop."""

from __future__ import annotations

from msgspec.structs import replace

from evertill.core import intent as i
from evertill.core.entry import LineVoided, SaleVoided
from evertill.core.pricebook import PriceList, TimeWindow
from evertill.core.shop import Customer, Limits
from tests.fakes.shop import CASH, Counter, product

MILK = product("milk", 119, codes=("4006381333931",), tax_class="reduced")
BEER = product("beer", 150, age_min=18, deposit_sku="bottle")
BOTTLE = product("bottle", 8, kind="deposit", discountable=False)
APPLES = product("apples", 299, unit="kg", codes=("12345",))
CHEESE = product("cheese", 1990, unit="kg", codes=("54321",))
SUNDRIES = product("sundries", open_price=True)
GOODS = (MILK, BEER, BOTTLE, APPLES, CHEESE, SUNDRIES, product("salt", 59))


def shop(**more: object) -> Counter:
    return Counter(goods=GOODS, **more).open()  # type: ignore[arg-type]


def test_a_scan_opens_a_sale_and_the_same_article_again_grows_its_line() -> None:
    counter = shop().scan("4006381333931", "4006381333931")
    (line,) = counter.priced().lines
    assert (line.line.quantity_milli, line.total_minor) == (2000, 238)
    document = counter.pay(amount_minor=500)
    assert (document.total_minor, document.change_minor, document.tax_minor) == (238, 262, 16)
    assert document.receipt == "L1-AB12-000001"


def test_the_shorter_writing_of_a_code_finds_the_same_article() -> None:
    counter = Counter(goods=(product("cola", 99, codes=("0012000161155",)),)).open()
    counter.scan("012000161155")
    assert counter.priced().lines[0].line.sku == "cola"


def test_a_wrong_check_digit_is_said_as_such() -> None:
    assert shop().refused(i.Scan(code="4006381333932")) == "barcode_check_digit"


def test_an_unknown_code_changes_nothing_and_opens_no_sale() -> None:
    counter = shop()
    assert counter.refused(i.Scan(code="4000417025005")) == "unknown_code"
    assert counter.state.sale is None


def test_a_label_with_the_weight_inside_sells_that_weight() -> None:
    counter = shop().scan("2112345003283")
    line = counter.priced().lines[0]
    assert (line.line.quantity_milli, line.total_minor) == (328, 98)


def test_a_label_with_the_price_inside_costs_that_price_and_tells_the_weight() -> None:
    counter = shop().scan("2254321004003")
    line = counter.priced().lines[0]
    assert (line.line.quantity_milli, line.total_minor) == (201, 400)


def test_weighed_goods_by_number_ask_for_the_weight() -> None:
    counter = shop()
    assert counter.refused(i.Scan(code="12345")) == "quantity_needed"
    counter.do(i.Scan(code="12345", quantity_milli=1_500))
    assert counter.priced().gross_minor == 449


def test_pieces_are_whole_and_never_none_nor_too_many() -> None:
    counter = shop()
    assert counter.refused(i.Scan(code="milk", quantity_milli=1_500)) == "quantity_not_whole"
    assert counter.refused(i.Scan(code="milk", quantity_milli=0)) == "quantity_zero"
    limit = Limits().quantity_max_milli
    assert counter.refused(i.Scan(code="milk", quantity_milli=limit + 1_000)) == "quantity_too_big"
    counter.do(i.Scan(code="milk", quantity_milli=limit))
    assert counter.refused(i.Scan(code="milk")) == "quantity_too_big"


def test_a_negative_price_is_refused() -> None:
    counter = shop()
    assert counter.refused(i.Scan(code="sundries", unit_price_e4=-1)) == "negative_price"
    assert counter.refused(i.Scan(code="sundries", amount_minor=-5)) == "negative_price"


def test_open_price_goods_ask_for_a_price_and_take_it_from_any_cashier() -> None:
    counter = shop()
    assert counter.refused(i.Scan(code="sundries")) == "price_needed"
    counter.do(i.Scan(code="sundries", unit_price_e4=2_500_000))
    assert counter.priced().gross_minor == 250


def test_another_price_than_the_list_needs_approval() -> None:
    counter = shop()
    assert counter.refused(i.Scan(code="milk", unit_price_e4=1)) == "approval_needed"
    counter.do(i.Scan(code="milk", unit_price_e4=990_000), approver="9")
    assert counter.priced().gross_minor == 99


def test_a_basket_has_room_for_so_many_lines_and_says_when_it_is_full() -> None:
    settings = replace(Counter().settings, limits=Limits(lines_max=3))
    counter = shop(settings=settings).scan("milk", "salt", "milk")
    assert counter.refused(i.Scan(code="salt")) == "too_many_lines"
    assert len(counter.priced().lines) == 3


def test_age_is_checked_once_per_sale_before_the_line_is_added() -> None:
    counter = shop()
    assert counter.refused(i.Scan(code="beer")) == "age_unproven"
    counter.do(i.ProveAge(years=18), i.Scan(code="beer"), i.Scan(code="beer"))
    assert counter.pay().age_proven == 18
    assert counter.refused(i.Scan(code="beer")) == "age_unproven"


def test_a_deposit_comes_and_goes_with_its_bottle() -> None:
    counter = shop()
    counter.do(i.ProveAge(years=18), i.Scan(code="beer"), i.ChangeQuantity(line_no=1, quantity_milli=3_000))
    assert [line.total_minor for line in counter.priced().lines] == [450, 24]
    assert counter.refused(i.VoidLine(line_no=2)) == "deposit_hangs_on"
    counter.do(i.VoidLine(line_no=1, reason="changed"), approver="9")
    assert counter.priced().lines == []
    assert sum(isinstance(entry, LineVoided) for entry in counter.written) == 2


def test_expired_goods_are_not_sold_unless_somebody_answers_for_it() -> None:
    code = "0104006381333931" + "17261101" + "10LOT7"
    counter = shop()
    assert counter.refused(i.Scan(code=code)) == "expired_goods"
    assert counter.refused(i.Scan(code=code, accept_expired=True)) == "approval_needed"
    counter.do(i.Scan(code=code, accept_expired=True), approver="9")
    assert counter.priced().lines[0].line.lot == "LOT7"
    counter.do(i.Scan(code="0104006381333931" + "17261103"))


def test_two_articles_with_one_code_are_shown_to_choose_from() -> None:
    mint, lemon = (product(name, 100, codes=("6911316540309",)) for name in ("mint", "lemon"))
    counter = Counter(goods=(mint, lemon)).open()
    assert counter.refused(i.Scan(code="6911316540309")) == "ambiguous_code"
    counter.do(i.Scan(code="6911316540309", sku="lemon"))
    assert counter.priced().lines[0].line.sku == "lemon"


def test_nothing_is_sold_without_sign_in_or_shift() -> None:
    counter = Counter(goods=GOODS)
    assert counter.refused(i.Scan(code="milk")) == "sign_in_first"
    counter.do(i.SignIn(staff="1", pin=""))
    assert counter.refused(i.Scan(code="milk")) == "no_shift"


def test_a_sale_in_a_currency_nobody_pays_in_is_refused_at_its_beginning() -> None:
    counter = shop(tenders=(CASH,))
    assert counter.refused(i.StartSale(currency="USD")) == "no_tender_in_currency"
    assert counter.state.sale is None


def test_an_article_without_a_price_in_the_currency_says_so() -> None:
    counter = shop()
    counter.do(i.StartSale(currency="CHF"))
    assert counter.refused(i.Scan(code="milk")) == "no_price"


def test_a_member_pays_member_prices_also_for_what_was_scanned_before() -> None:
    coffee = product("coffee", 500, prices={"shop": 5_000_000, "member": 4_500_000})
    counter = Counter(
        goods=(coffee,), customers=(Customer(id="m1", name="Member 1", codes=("777",), groups=("member",)),)
    ).open()
    counter.scan("coffee").do(i.SetCustomer(code="777"))
    assert counter.priced().gross_minor == 450
    counter.do(i.SetCustomer(code=""))
    assert counter.priced().gross_minor == 500
    assert counter.refused(i.SetCustomer(code="778")) == "unknown_customer"


def test_price_lists_open_and_close_by_the_clock() -> None:
    soup = product("soup", 400, prices={"shop": 4_000_000, "happy": 3_000_000})
    lists = (
        PriceList(id="shop", currency="EUR"),
        PriceList(
            id="happy", currency="EUR", priority=5, window=TimeWindow(from_time="17:00", to_time="18:00")
        ),
    )
    counter = Counter(goods=(soup,), price_lists=lists).open().scan("soup")
    counter.at = counter.at.replace(hour=17)
    counter.scan("soup")
    assert [line.total_minor for line in counter.priced().lines] == [400, 300]


def test_parking_keeps_the_basket_and_the_next_customer_is_served_first() -> None:
    counter = shop().scan("milk", "salt")
    counter.do(i.ParkSale(note="forgot purse"))
    parked = counter.state.parked[0].sale.id
    counter.scan("salt")
    assert counter.refused(i.RecallSale(parked=parked)) == "sale_open"
    counter.pay()
    counter.do(i.RecallSale(parked=parked))
    assert counter.pay().total_minor == 178
    assert counter.refused(i.RecallSale(parked=parked)) == "not_parked"


def test_a_voided_basket_stays_in_the_books() -> None:
    counter = shop().scan("milk")
    assert counter.refused(i.VoidSale(reason="left")) == "approval_needed"
    counter.do(i.VoidSale(reason="left"), approver="9")
    voided = counter.written[-1]
    assert isinstance(voided, SaleVoided)
    assert (voided.total_minor, voided.approved_by) == (119, "9")
    assert counter.state.shift is not None
    assert counter.state.shift.voided_sales == 1


def test_a_late_click_never_acts_on_the_next_customers_basket() -> None:
    counter = shop().scan("milk")
    assert counter.state.sale is not None
    gone = counter.state.sale.id
    counter.pay()
    counter.scan("salt")
    assert counter.refused(i.VoidLine(line_no=1, sale=gone)) == "other_sale"
