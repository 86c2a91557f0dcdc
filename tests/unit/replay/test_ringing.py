"""A published basket becomes a sale with exactly its lines and its money."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from evertill.core import intent as i
from evertill.core.receipt import SaleDocument
from evertill.core.rounding import divide
from evertill.replay.datasets import DATASETS, Basket, BasketLine
from evertill.replay.ringing import as_rung, begins, intents_of
from tests.unit.replay.replay_register import counter_for, piece

UCI, TAFENG = DATASETS["uci-online-retail"], DATASETS["tafeng-grocery"]
AT = "2010-12-01T08:26:00"

pieces = st.builds(
    piece,
    st.sampled_from(["85123A", "POST", "gift_0001_80", "22423"]),
    st.integers(-90_000, 90_000).filter(bool),
    st.integers(0, 40_000).map(lambda pence: pence * 10_000) | st.just(1_000),
)
weighed = st.builds(
    lambda code, grams, price: BasketLine(code, "", grams, price, price * grams // 1000),
    st.sampled_from(["102900005115168", "102900005115199"]),
    st.integers(-9_000, 9_000).filter(bool),
    st.integers(0, 10_000).map(lambda fen: fen * 10_000),
)
totals = st.builds(
    lambda code, quantity, cents: BasketLine(
        code, "", quantity * 1000, divide(cents * 10_000, quantity), cents * 10_000
    ),
    st.sampled_from(["4714981010038", "2110119000377"]),
    st.integers(1, 1_200),
    st.integers(0, 500_000),
)


def rung_up(dataset_name: str, basket: Basket) -> SaleDocument:
    dataset = DATASETS[dataset_name]
    counter = counter_for(dataset, [basket]).open("9", EUR=0)
    if dataset_name == "cumcm2023-vegetables":
        counter.goods = [type(one)(**{**_fields(one), "unit": "kg"}) for one in counter.goods]
    counter.do(*intents_of(dataset, basket))
    assert counter.state.sale is None
    (document,) = counter.documents.values()
    return document


def _fields(product: object) -> dict[str, object]:
    return {name: getattr(product, name) for name in product.__struct_fields__}  # type: ignore[attr-defined]


@given(st.lists(pieces, min_size=1, max_size=30))
def test_a_receipt_has_the_lines_and_the_exact_amount_of_the_published_document(
    lines: list[BasketLine],
) -> None:
    document = rung_up("uci-online-retail", Basket("536365", "sale", AT, tuple(lines)))
    assert [line.quantity_milli for line in document.lines] == [line.quantity_milli for line in lines]
    exact = sum(line.quantity_milli * line.unit_price_e4 for line in document.lines)
    assert exact == 1000 * sum(line.amount_e4 for line in lines)
    assert document.total_minor == sum(divide(line.amount_e4, 10_000) for line in lines)
    assert (document.reference, document.occurred_on) == ("uci-online-retail/536365", "2010-12-01")
    assert (document.tax_minor, document.discount_minor, document.rounding_minor) == (0, 0, 0)


@given(st.lists(weighed, min_size=1, max_size=20))
def test_weighed_goods_come_to_the_published_amount_before_any_rounding(lines: list[BasketLine]) -> None:
    document = rung_up("cumcm2023-vegetables", Basket("2023-06-16-1", "sale", AT, tuple(lines)))
    exact = sum(line.quantity_milli * line.unit_price_e4 for line in document.lines)
    assert exact == 1000 * sum(line.amount_e4 for line in lines)


@given(st.lists(totals, min_size=1, max_size=20))
def test_line_totals_that_do_not_divide_by_the_quantity_stay_what_they_were(lines: list[BasketLine]) -> None:
    document = rung_up("tafeng-grocery", Basket("7", "sale", "2000-11-01T12:00:00", tuple(lines)))
    assert [line.amount_minor for line in document.lines] == [line.amount_e4 // 10_000 for line in lines]
    assert document.total_minor == sum(line.amount_e4 for line in lines) // 10_000


def test_a_debt_written_off_is_rung_up_as_a_return_of_the_same_amount() -> None:
    debt = BasketLine("B", "Adjust bad debt", 1000, -11_062_060_000, -11_062_060_000)
    basket = as_rung(Basket("A563186", "adjustment", AT, (debt,)))
    assert basket.lines[0].quantity_milli == -1000
    assert basket.lines[0].amount_e4 == -11_062_060_000
    document = rung_up("uci-online-retail", basket)
    assert document.total_minor == -1_106_206
    assert as_rung(basket) == basket


def test_a_basket_of_nothing_but_gifts_is_paid_with_nothing() -> None:
    document = rung_up("uci-online-retail", Basket("1", "sale", AT, (piece("POST", 3, 0),)))
    assert (document.total_minor, len(document.tenders)) == (0, 1)


def test_only_the_payment_carries_a_request_number() -> None:
    intents = intents_of(UCI, Basket("536365", "sale", AT, (piece("a", 1, 5), piece("b", 2, 7))))
    assert [intent.request for intent in intents] == [None, None, None, "uci-online-retail/536365/paid"]
    assert isinstance(intents[0], i.StartSale) and isinstance(intents[-1], i.TakeTender)


@given(st.lists(pieces, min_size=1, max_size=8), st.integers(0, 8))
def test_a_half_rung_basket_is_known_again_by_its_first_lines(lines: list[BasketLine], count: int) -> None:
    intents = intents_of(UCI, Basket("1", "sale", AT, tuple(lines)))
    held = [(f"uci-online-retail/{line.code}", line.quantity_milli, line.unit_price_e4, 0) for line in lines][
        :count
    ]
    assert begins(held, intents)
    assert not begins([*held, ("uci-online-retail/other", 1000, 1, 1)], intents)
    if held:
        sku, quantity, price, amount = held[-1]
        assert not begins([*held[:-1], (sku, quantity + 1000, price, amount)], intents)
        assert not begins([*held[:-1], (sku, quantity, price + 1, amount + 1)], intents)
