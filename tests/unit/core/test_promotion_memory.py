"""A book remembers what its promotions gave; nobody may ever notice but by the time it takes."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from evertill.core.promotions import (
    AmountOff,
    LineFilter,
    PercentOff,
    Promotion,
    PromotionBook,
    PromotionLine,
    PromotionOutcome,
)
from evertill.core.rounding import share
from tests.unit.core.test_promotion_properties import CONTEXT, baskets, promotions

steps = st.lists(
    st.tuples(st.sampled_from(["add", "add", "add", "change", "void", "again"]), st.integers(0, 99)),
    max_size=12,
)


@settings(max_examples=200, deadline=None)
@given(promotions, baskets(), baskets(), steps, st.integers(0, 3))
def test_a_basket_rung_up_line_by_line_costs_what_a_fresh_book_says(
    offers: list[Promotion],
    goods: list[PromotionLine],
    more: list[PromotionLine],
    steps: list[tuple[str, int]],
    used: int,
) -> None:
    book = PromotionBook(offers)
    coming = [*goods, *(msgspec.structs.replace(line, no=line.no + 50) for line in more)]
    basket: list[PromotionLine] = []
    for number, (step, chance) in enumerate(steps):
        if step == "add" and coming:
            basket.append(coming.pop(chance % len(coming)))
        elif step == "change" and basket:
            line = basket[chance % len(basket)]
            basket[chance % len(basket)] = msgspec.structs.replace(
                line, quantity_milli=line.quantity_milli * 2, amount_minor=line.amount_minor * 2
            )
        elif step == "void" and basket:
            del basket[chance % len(basket)]
        sold = {"p0": used} if number > len(steps) // 2 else {}
        context = msgspec.structs.replace(CONTEXT, spent_minor={"p1": 100 * used}, usage=sold)
        assert book.evaluate(basket, context) == PromotionBook(offers).evaluate(basket, context)


def bread(no: int, sku: str) -> PromotionLine:
    return PromotionLine(no=no, sku=sku, unit_price_e4=10_000_000, amount_minor=1_000, categories=("bread",))


def ring(book: PromotionBook, *lines: PromotionLine) -> PromotionOutcome:
    return book.evaluate(lines, CONTEXT)


def test_what_another_promotion_left_of_a_line_counts_though_the_line_is_the_same() -> None:
    """3.00 off all bread, then half off the rye of what that leaves: white bread beside it takes a share."""
    book = PromotionBook(
        [
            Promotion(
                id="bread",
                names={"en": "Bread"},
                priority=1,
                rewards=(AmountOff(amount_minor=300, of=LineFilter(categories=("bread",))),),
            ),
            Promotion(
                id="rye",
                names={"en": "Rye"},
                rewards=(PercentOff(rate_ppm=500_000, of=LineFilter(skus=("rye",))),),
            ),
        ]
    )
    rye, white = bread(1, "rye"), bread(2, "white")
    assert ring(book, rye).by_line() == {1: 300 + 350}
    assert ring(book, rye, white).by_line() == {1: 150 + 425, 2: 150}
    assert ring(book, rye).by_line() == {1: 300 + 350}


@given(st.integers(0, 10_000), st.lists(st.integers(0, 500), min_size=1, max_size=12), st.randoms())
def test_the_odd_cents_of_equal_shares_go_to_the_lowest_rank(
    total: int, weights: list[int], chance: object
) -> None:
    ranks = list(range(len(weights)))
    chance.shuffle(ranks)  # type: ignore[attr-defined]
    order = sorted(range(len(weights)), key=ranks.__getitem__)
    in_order = share(total, [weights[index] for index in order])
    shared = share(total, weights, ranks.__getitem__)
    assert [shared[index] for index in order] == in_order
