"""What holds for any book of promotions and any basket."""

from __future__ import annotations

from datetime import datetime

import msgspec
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from evertill.core.promotions import (
    AmountOff,
    BuyGet,
    CheapestFree,
    Condition,
    CountAtLeast,
    LineFilter,
    PercentOff,
    PriceEach,
    Promotion,
    PromotionBook,
    PromotionContext,
    PromotionLine,
    PromotionOutcome,
    Reward,
    SetPart,
    SetPrice,
    TotalFor,
    UseLimits,
    ValueAtLeast,
)

CONTEXT = PromotionContext(currency="EUR", at=datetime.fromisoformat("2025-06-02T12:00:00"))
CATEGORIES = ("food", "drink", "toys")

filters = st.builds(
    LineFilter,
    skus=st.sampled_from([(), (), ("s0", "s1"), ("s2",)]),
    categories=st.sampled_from([(), ("food",), ("food", "drink")]),
    price_min_e4=st.sampled_from([None, None, 1_000_000]),
)
rates = st.integers(0, 1_000_000)
some_units = st.integers(1, 4)
caps = st.none() | st.integers(0, 5)
amounts = st.integers(0, 2_000)
picks = st.sampled_from(["cheapest", "dearest"])
spreads = st.sampled_from(["unit", "line", "across"])
rewards: st.SearchStrategy[Reward] = st.one_of(
    st.builds(
        PercentOff,
        rate_ppm=rates,
        of=filters,
        spread=spreads,
        measured=st.sampled_from(["left", "list"]),
        max_units=caps,
        max_units_per_line=caps,
        picks=picks,
        cap_minor=st.none() | amounts,
    ),
    st.builds(
        AmountOff,
        amount_minor=amounts,
        of=filters,
        spread=spreads,
        max_units=caps,
        max_units_per_line=caps,
        picks=picks,
    ),
    st.builds(AmountOff, amount_minor=amounts, of=filters, every_minor=st.integers(1, 3_000)),
    st.builds(PriceEach, price_minor=amounts, of=filters, max_units=caps),
    st.builds(TotalFor, price_minor=amounts, of=filters),
    st.builds(
        BuyGet,
        buy=filters,
        buy_units=some_units,
        get=filters,
        get_units=some_units,
        rate_ppm=rates,
        picks=picks,
        max_times=caps,
    ),
    st.builds(
        SetPrice,
        parts=st.lists(st.builds(SetPart, of=filters, units=some_units), min_size=1, max_size=3).map(tuple),
        price_minor=amounts,
        picks=picks,
        max_times=caps,
    ),
    st.builds(
        CheapestFree,
        units=st.integers(2, 4),
        of=filters,
        rate_ppm=rates,
        within=st.sampled_from(["set", "all"]),
    ),
)
conditions: st.SearchStrategy[Condition] = st.one_of(
    st.builds(CountAtLeast, units=st.integers(0, 5), of=filters, on_one_line=st.booleans()),
    st.builds(
        ValueAtLeast,
        amount_minor=st.integers(0, 5_000),
        of=filters,
        measured=st.sampled_from(["left", "list"]),
    ),
)
promotions = st.lists(
    st.builds(
        Promotion,
        id=st.just("p"),
        names=st.just({"en": "Promotion"}),
        rewards=st.lists(rewards, min_size=1, max_size=2).map(tuple),
        conditions=st.lists(conditions, max_size=1).map(tuple),
        priority=st.integers(0, 2),
        exclusive=st.sampled_from([False, False, False, True]),
        stackable=st.sampled_from([True, True, False]),
        takes=st.sampled_from([None, None, "none", "rewarded", "all"]),
        limits=st.builds(UseLimits, per_sale=st.none() | st.integers(0, 3), budget_minor=st.none() | amounts),
    ),
    max_size=4,
).map(lambda found: [msgspec.structs.replace(each, id=f"p{place}") for place, each in enumerate(found)])


@st.composite
def baskets(draw: st.DrawFn) -> list[PromotionLine]:
    lines = []
    for no in range(1, draw(st.integers(0, 7)) + 1):
        article = draw(st.integers(0, 4))
        by_weight = article == 4
        price_e4 = [499_900, 1_000_000, 1_500_000, 3_333_333, 2_990_000][article]
        quantity = draw(st.integers(1, 3_000) if by_weight else st.integers(-2, 6).map(lambda n: n * 1000))
        amount = (2 * quantity * price_e4 + 10_000_000) // 20_000_000
        lines.append(
            PromotionLine(
                no=no,
                sku=f"s{article}",
                unit="kg" if by_weight else "each",
                unit_price_e4=price_e4,
                quantity_milli=quantity,
                amount_minor=amount,
                categories=(CATEGORIES[article % 3],),
                discountable=article != 3 or draw(st.booleans()),
                floor_minor=0 if article != 1 else max(0, amount * 4 // 5),
            )
        )
    return lines


def ring(book: PromotionBook, lines: list[PromotionLine]) -> PromotionOutcome:
    return book.evaluate(lines, CONTEXT)


@settings(max_examples=100, deadline=None)
@given(promotions, baskets())
def test_no_line_ever_costs_less_than_its_floor_and_shares_make_the_award(
    offers: list[Promotion], lines: list[PromotionLine]
) -> None:
    outcome = ring(PromotionBook(offers), lines)
    taken = outcome.by_line()
    for line in lines:
        off = taken.get(line.no, 0)
        assert 0 <= off <= max(0, line.amount_minor - line.floor_minor)
        assert not off or (line.discountable and line.quantity_milli > 0)
    for award in outcome.awards:
        assert sum(amount for _, amount in award.shares) == award.amount_minor > 0
        assert all(amount > 0 for _, amount in award.shares)
        assert award.times > 0


@settings(max_examples=80, deadline=None)
@given(promotions, baskets(), st.randoms(use_true_random=False))
def test_ringing_up_in_another_order_gives_the_same_discount(
    offers: list[Promotion], lines: list[PromotionLine], chance: object
) -> None:
    book = PromotionBook(offers)
    shuffled = lines.copy()
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    renumbered = [msgspec.structs.replace(line, no=no) for no, line in enumerate(shuffled, start=1)]
    assert ring(book, renumbered).discount_minor == ring(book, lines).discount_minor


@settings(max_examples=40, deadline=None)
@given(promotions, baskets())
def test_the_same_basket_is_priced_the_same_twice_and_by_a_fresh_book(
    offers: list[Promotion], lines: list[PromotionLine]
) -> None:
    book = PromotionBook(offers)
    first = ring(book, lines)
    assert ring(book, lines) == first
    assert ring(PromotionBook(offers), lines) == first


@settings(max_examples=40, deadline=None)
@given(promotions, baskets(), baskets())
def test_more_goods_never_make_the_total_negative(
    offers: list[Promotion], lines: list[PromotionLine], more: list[PromotionLine]
) -> None:
    added = [msgspec.structs.replace(line, no=line.no + 100) for line in more]
    everything = [line for line in lines + added if line.quantity_milli > 0]
    outcome = ring(PromotionBook(offers), everything)
    assert sum(line.amount_minor for line in everything) - outcome.discount_minor >= 0


@settings(max_examples=50, deadline=None)
@given(promotions, baskets())
def test_a_unit_that_is_taken_is_taken_once(offers: list[Promotion], lines: list[PromotionLine]) -> None:
    takers = [msgspec.structs.replace(each, takes="all") for each in offers]
    outcome = ring(PromotionBook(takers), lines)
    used: dict[int, int] = {}
    for award in outcome.awards:
        for no, units in award.units:
            used[no] = used.get(no, 0) + units
    for line in lines:
        there = max(0, line.quantity_milli // 1000) if line.unit == "each" else 1
        assert used.get(line.no, 0) <= there


@settings(max_examples=50, deadline=None)
@given(promotions, baskets(), st.integers(0, 500))
def test_a_book_of_many_other_promotions_changes_nothing(
    offers: list[Promotion], lines: list[PromotionLine], others: int
) -> None:
    assume(offers)
    elsewhere = [
        Promotion(
            id=f"other{n}",
            names={"en": "Other"},
            rewards=(PercentOff(rate_ppm=500_000, of=LineFilter(skus=(f"x{n}",))),),
            priority=n % 3,
        )
        for n in range(others % 7)
    ]
    assert ring(PromotionBook(offers + elsewhere), lines) == ring(PromotionBook(offers), lines)


@settings(max_examples=50, deadline=None)
@given(promotions, baskets())
def test_no_budget_and_no_limit_is_overrun(offers: list[Promotion], lines: list[PromotionLine]) -> None:
    outcome = ring(PromotionBook(offers), lines)
    for offer in offers:
        mine = [award for award in outcome.awards if award.promotion_id == offer.id]
        if offer.limits.budget_minor is not None:
            assert sum(award.amount_minor for award in mine) <= offer.limits.budget_minor
        if offer.limits.per_sale is not None:
            assert all(award.times <= offer.limits.per_sale for award in mine)
