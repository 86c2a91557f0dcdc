"""Published trade read as baskets: exact, complete, put together by document."""

from __future__ import annotations

import pytest

from evertill.replay.datasets import Basket, BasketLine, _gathered, exact_e4, exact_milli
from evertill.replay.totals import total_days


def _line(code: str, milli: int = 1000, amount_e4: int = 0, **figures: int) -> BasketLine:
    return BasketLine(code, "", milli, amount_e4, amount_e4, tuple(figures.items()))


def test_odd_prices_are_read_exactly_and_finer_ones_refused() -> None:
    assert [exact_e4(text, "GBP") for text in ("2.55", "0.001", "-11062.06", "13")] == [
        2_550_000,
        1_000,
        -11_062_060_000,
        13_000_000,
    ]
    assert [exact_milli(text) for text in ("0.328", "-1", "80995", "1.0")] == [328, -1000, 80_995_000, 1000]
    with pytest.raises(ValueError, match="finer"):
        exact_e4("0.0000001", "GBP")
    with pytest.raises(ValueError, match="finer"):
        exact_milli("0.0001")


def test_two_customers_served_in_the_same_minute_get_their_own_documents() -> None:
    at = "2011-01-04T10:00:00"
    rows = [("1", "sale", at, _line("a")), ("2", "sale", at, _line("b")), ("1", "sale", at, _line("c"))]
    baskets = list(_gathered(iter(rows)))
    assert [(basket.document, [line.code for line in basket.lines]) for basket in baskets] == [
        ("1", ["a", "c"]),
        ("2", ["b"]),
    ]


def test_a_day_counts_sales_cancellations_and_adjustments_apart() -> None:
    morning = "2011-01-04T10:00:00"
    days = total_days(
        [
            Basket(
                "1", "sale", morning, (_line("a", amount_e4=5, cost_e4=3), _line("b", -1000, -2, cost_e4=-1))
            ),
            Basket("C2", "cancellation", morning, (_line("a", -1000, -5),)),
            Basket("A3", "adjustment", morning, (_line("B", 1000, 7),)),
            Basket("4", "sale", "2011-01-05T09:00:00", (_line("a"),)),
        ]
    )
    day = days["2011-01-04"]
    assert (day.sale.documents, day.sale.lines, day.sale.amount_e4, day.sale.quantity_milli) == (1, 2, 3, 0)
    assert (day.cancellation.documents, day.cancellation.amount_e4) == (1, -5)
    assert (day.adjustment.documents, day.adjustment.amount_e4) == (1, 7)
    assert (day.lines, day.sale.document_lines_max, day.codes) == (4, 2, {"a", "b", "B"})
    assert day.figures == {"cost_e4": 2}
    assert list(days) == ["2011-01-04", "2011-01-05"]
