"""Promotions at the till: one test for each thing a shop can say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
import pytest

from evertill.core.pricebook import TimeWindow
from evertill.core.promotions import (
    AmountOff,
    BuyGet,
    CheapestFree,
    CountAtLeast,
    FactIs,
    LineFilter,
    PercentOff,
    PriceCut,
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
    cut_price,
)

NOON = "2025-06-02T12:00:00"  # a Monday


def line(no: int, sku: str, price_minor: int, pieces: int = 1, **more: Any) -> PromotionLine:
    return PromotionLine(
        no=no,
        sku=sku,
        unit_price_e4=price_minor * 10_000,
        quantity_milli=pieces * 1000,
        amount_minor=price_minor * pieces,
        **more,
    )


def weighed(no: int, sku: str, price_per_kg: int, grams: int, **more: Any) -> PromotionLine:
    return PromotionLine(
        no=no,
        sku=sku,
        unit="kg",
        unit_price_e4=price_per_kg * 10_000,
        quantity_milli=grams,
        amount_minor=price_per_kg * grams // 1000,
        **more,
    )


def promo(*rewards: Reward, id: str = "p", **more: Any) -> Promotion:
    return Promotion(id=id, names={"en": id.title()}, rewards=rewards, **more)


def ring(
    promotions: Sequence[Promotion], lines: Sequence[PromotionLine], at: str = NOON, **more: Any
) -> PromotionOutcome:
    context = PromotionContext(currency="EUR", at=datetime.fromisoformat(at), **more)
    return PromotionBook(promotions).evaluate(lines, context)


def of(*skus: str) -> LineFilter:
    return LineFilter(skus=skus)


def category(*names: str) -> LineFilter:
    return LineFilter(categories=names)


# --- off a line, a category, a basket


def test_ten_percent_off_a_category_leaves_other_goods_alone() -> None:
    outcome = ring(
        [promo(PercentOff(rate_ppm=100_000, of=category("tea")))],
        [line(1, "oolong", 1_999, categories=("tea",)), line(2, "cup", 500)],
    )
    assert outcome.by_line() == {1: 200}
    assert outcome.awards[0].units == ((1, 1),)


def test_a_brand_and_a_price_range_pick_the_goods() -> None:
    dear = LineFilter(brands=("Acme",), price_min_e4=10_000_000, price_max_e4=20_000_000)
    outcome = ring(
        [promo(AmountOff(amount_minor=100, of=dear, spread="unit"))],
        [
            line(1, "a", 1_000, 2, brand="Acme"),
            line(2, "b", 2_000, brand="Acme"),
            line(3, "c", 2_001, brand="Acme"),
            line(4, "d", 1_500, brand="Other"),
        ],
    )
    assert outcome.by_line() == {1: 200, 2: 100}


def test_excluded_articles_and_categories_get_nothing() -> None:
    sale = LineFilter(categories=("food",), not_skus=("b",), not_categories=("tobacco",))
    outcome = ring(
        [promo(PercentOff(rate_ppm=500_000, of=sale))],
        [
            line(1, "a", 100, categories=("food",)),
            line(2, "b", 100, categories=("food",)),
            line(3, "c", 100, categories=("food", "tobacco")),
        ],
    )
    assert outcome.by_line() == {1: 50}


def test_five_euros_off_the_basket_are_shared_to_the_cent() -> None:
    outcome = ring(
        [promo(AmountOff(amount_minor=500))], [line(1, "a", 1_000), line(2, "b", 1_000), line(3, "c", 1_000)]
    )
    assert outcome.by_line() == {1: 167, 2: 167, 3: 166}


def test_amount_off_once_per_line_is_not_more_than_the_line() -> None:
    outcome = ring(
        [promo(AmountOff(amount_minor=300, spread="line"))], [line(1, "a", 200, 5), line(2, "b", 120)]
    )
    assert outcome.by_line() == {1: 300, 2: 120}


def test_amount_off_each_kilogram_follows_the_scale() -> None:
    outcome = ring([promo(AmountOff(amount_minor=100, spread="unit"))], [weighed(1, "apples", 300, 1_250)])
    assert outcome.by_line() == {1: 125}


def test_ten_off_for_every_full_hundred() -> None:
    every = promo(AmountOff(amount_minor=1_000, every_minor=10_000))
    assert ring([every], [line(1, "a", 9_999)]).discount_minor == 0
    assert ring([every], [line(1, "a", 10_000)]).discount_minor == 1_000
    assert ring([every], [line(1, "a", 29_999)]).discount_minor == 2_000


def test_percent_off_is_capped_over_all_lines() -> None:
    outcome = ring(
        [promo(PercentOff(rate_ppm=200_000, cap_minor=100))], [line(1, "a", 1_000), line(2, "b", 3_000)]
    )
    assert outcome.by_line() == {1: 25, 2: 75}


def test_a_percentage_rounds_on_units_lines_or_the_whole_as_asked() -> None:
    goods = [line(1, "a", 105, 3), line(2, "b", 105, 3)]
    rate = 100_000
    assert ring([promo(PercentOff(rate_ppm=rate, spread="unit"))], goods).by_line() == {1: 33, 2: 33}
    assert ring([promo(PercentOff(rate_ppm=rate, spread="line"))], goods).by_line() == {1: 32, 2: 32}
    assert ring([promo(PercentOff(rate_ppm=rate, spread="across"))], goods).by_line() == {1: 32, 2: 31}


def test_a_member_price_each_takes_nothing_from_goods_already_cheaper() -> None:
    member = promo(PriceEach(price_minor=99, of=of("a", "b")), groups=("member",))
    goods = [line(1, "a", 120, 3), line(2, "b", 80)]
    assert ring([member], goods, groups=("member",)).by_line() == {1: 63}
    assert ring([member], goods).awards == ()


def test_only_the_first_two_units_are_reduced_the_cheapest_first() -> None:
    outcome = ring(
        [promo(PercentOff(rate_ppm=500_000, max_units=2))], [line(1, "a", 500, 2), line(2, "b", 100)]
    )
    assert outcome.by_line() == {1: 250, 2: 50}


def test_a_whole_basket_for_a_price() -> None:
    outcome = ring([promo(TotalFor(price_minor=1_000))], [line(1, "a", 900), line(2, "b", 600)])
    assert outcome.by_line() == {1: 300, 2: 200}


def test_delivery_is_free_from_fifty_euros_of_goods() -> None:
    free = promo(
        PercentOff(rate_ppm=1_000_000, of=LineFilter(kinds=("charge",))),
        conditions=(ValueAtLeast(amount_minor=5_000),),
    )
    delivery = line(2, "delivery", 490, kind="charge")
    assert ring([free], [line(1, "a", 5_000), delivery]).by_line() == {2: 490}
    assert ring([free], [line(1, "a", 4_999), delivery]).awards == ()


# --- sets


def test_three_for_two_frees_the_cheapest_of_each_set() -> None:
    goods = [line(i, f"s{i}", price) for i, price in enumerate((300, 100, 200, 600, 500, 400), start=1)]
    outcome = ring([promo(CheapestFree(units=3))], goods)
    assert outcome.by_line() == {6: 400, 2: 100}
    assert outcome.awards[0].times == 2
    overall = ring([promo(CheapestFree(units=3, within="all"))], goods)
    assert overall.by_line() == {2: 100, 3: 200}


def test_the_second_at_half_price() -> None:
    half = promo(BuyGet(buy=of("shoe"), get=of("shoe"), rate_ppm=500_000))
    assert ring([half], [line(1, "shoe", 3_000, 3)]).discount_minor == 1_500
    assert ring([half], [line(1, "shoe", 3_000, 4)]).discount_minor == 3_000


def test_buy_two_coffees_get_a_cake_and_the_cake_is_not_bought_twice() -> None:
    offer = promo(BuyGet(buy=category("coffee"), buy_units=2, get=of("cake")))
    coffee = line(1, "latte", 400, 4, categories=("coffee",))
    assert ring([offer], [coffee, line(2, "cake", 350)]).by_line() == {2: 350}
    assert ring([offer], [coffee, line(2, "cake", 350, 3)]).by_line() == {2: 700}
    assert ring([offer], [line(1, "latte", 400, categories=("coffee",)), line(2, "cake", 350)]).awards == ()


def test_what_is_bought_comes_first_from_goods_that_cannot_be_the_gift() -> None:
    offer = promo(BuyGet(buy=LineFilter(), get=of("mug")))
    assert ring([offer], [line(1, "mug", 900), line(2, "spoon", 100)]).by_line() == {1: 900}


def test_three_for_five_euros_and_a_fourth_at_its_price() -> None:
    outcome = ring([promo(SetPrice(parts=(SetPart(units=3),), price_minor=500))], [line(1, "soap", 200, 4)])
    assert outcome.discount_minor == 100
    assert outcome.awards[0].units == ((1, 3),)


def test_a_set_that_costs_more_than_its_goods_is_not_sold() -> None:
    assert (
        ring([promo(SetPrice(parts=(SetPart(units=2),), price_minor=500))], [line(1, "a", 200, 2)]).awards
        == ()
    )


def test_a_meal_deal_mixes_a_sandwich_a_drink_and_a_snack() -> None:
    deal = promo(
        SetPrice(
            parts=(
                SetPart(of=category("sandwich")),
                SetPart(of=category("drink")),
                SetPart(of=category("snack")),
            ),
            price_minor=350,
        )
    )
    goods = [
        line(1, "blt", 300, categories=("sandwich",)),
        line(2, "cola", 150, 2, categories=("drink",)),
        line(3, "crisps", 100, categories=("snack",)),
    ]
    outcome = ring([deal], goods)
    assert outcome.by_line() == {1: 109, 2: 55, 3: 36}
    assert sum(outcome.by_line().values()) == 550 - 350


def test_a_mix_serves_the_scarce_part_first() -> None:
    deal = promo(SetPrice(parts=(SetPart(of=category("sandwich")), SetPart(of=of("tuna"))), price_minor=500))
    goods = [line(1, "tuna", 400, categories=("sandwich",)), line(2, "ham", 300, categories=("sandwich",))]
    assert ring([deal], goods).discount_minor == 200


def test_units_of_one_multi_buy_are_not_used_by_the_next() -> None:
    first = promo(CheapestFree(units=3, of=category("soap")), id="first", priority=2)
    second = promo(SetPrice(parts=(SetPart(units=2),), price_minor=100), id="second", priority=1)
    outcome = ring([first, second], [line(1, "soap", 200, 4, categories=("soap",))])
    assert [award.promotion_id for award in outcome.awards] == ["first"]
    outcome = ring([first, second], [line(1, "soap", 200, 5, categories=("soap",))])
    assert [(award.promotion_id, award.amount_minor) for award in outcome.awards] == [
        ("first", 200),
        ("second", 300),
    ]


def test_units_only_bought_may_count_again_where_the_shop_says_so() -> None:
    generous = [
        promo(BuyGet(buy=of("a"), get=of(gift)), id=gift, takes="rewarded") for gift in ("gift1", "gift2")
    ]
    goods = [line(1, "a", 500), line(2, "gift1", 100), line(3, "gift2", 100)]
    assert ring(generous, goods).discount_minor == 200
    strict = [msgspec.structs.replace(each, takes=None) for each in generous]
    assert ring(strict, goods).discount_minor == 100


def test_a_percentage_after_a_free_item_works_on_what_is_left() -> None:
    offers = [
        promo(CheapestFree(units=2), id="two for one", priority=1),
        promo(PercentOff(rate_ppm=100_000), id="ten"),
    ]
    outcome = ring(offers, [line(1, "a", 1_000, 2)])
    assert [award.amount_minor for award in outcome.awards] == [1_000, 100]


def test_thirty_thousand_pieces_in_threes_are_sets_formed_at_once() -> None:
    outcome = ring([promo(CheapestFree(units=3))], [line(1, "a", 100, 30_000)])
    assert outcome.discount_minor == 1_000_000
    assert outcome.awards[0].times == 10_000


def test_a_weighed_bag_is_one_unit() -> None:
    outcome = ring(
        [promo(CheapestFree(units=2))], [weighed(1, "apples", 300, 1_000), weighed(2, "pears", 200, 500)]
    )
    assert outcome.by_line() == {2: 100}


# --- who, when, how often


def test_a_threshold_of_pieces_may_be_asked_of_one_line() -> None:
    ten = (CountAtLeast(units=3, on_one_line=True),)
    offer = promo(PercentOff(rate_ppm=100_000), conditions=ten)
    assert ring([offer], [line(1, "a", 100, 2), line(2, "b", 100, 2)]).awards == ()
    assert ring([offer], [line(1, "a", 100, 3)]).discount_minor == 30


def test_a_threshold_is_measured_after_or_before_other_discounts() -> None:
    first = promo(AmountOff(amount_minor=200), id="first", priority=1)
    left = promo(AmountOff(amount_minor=100), id="second", conditions=(ValueAtLeast(amount_minor=1_000),))
    before = promo(
        AmountOff(amount_minor=100),
        id="third",
        conditions=(ValueAtLeast(amount_minor=1_000, measured="list"),),
    )
    outcome = ring([first, left, before], [line(1, "a", 1_000)])
    assert [award.promotion_id for award in outcome.awards] == ["first", "third"]


def test_happy_hour_opens_and_closes_on_the_minute() -> None:
    happy = promo(PercentOff(rate_ppm=500_000), window=TimeWindow(from_time="17:00", to_time="19:00"))
    book = PromotionBook([happy])
    goods = [line(1, "beer", 400)]

    def at(stamp: str) -> int:
        context = PromotionContext(currency="EUR", at=datetime.fromisoformat(f"2025-06-02T{stamp}"))
        return book.evaluate(goods, context).discount_minor

    assert [at("16:59:59"), at("17:00:00"), at("18:59:59"), at("19:00:00"), at("17:30:00")] == [
        0,
        200,
        200,
        0,
        200,
    ]


def test_a_fact_about_the_sale_can_be_asked_or_ruled_out() -> None:
    abroad = promo(
        PercentOff(rate_ppm=100_000), conditions=(FactIs(name="store", values=("s1",), negate=True),)
    )
    assert ring([abroad], [line(1, "a", 100)], facts={"store": ("s1",)}).awards == ()
    assert ring([abroad], [line(1, "a", 100)], facts={"store": ("s2",)}).discount_minor == 10


def test_a_promotion_of_another_currency_stays_away() -> None:
    assert ring([promo(AmountOff(amount_minor=10), currencies=("USD",))], [line(1, "a", 100)]).awards == ()


def test_each_coupon_is_told_what_became_of_it() -> None:
    offers = [
        promo(AmountOff(amount_minor=10), id="good", coupons=("GOOD",)),
        promo(AmountOff(amount_minor=10, of=of("z")), id="other", coupons=("OTHER",)),
        promo(AmountOff(amount_minor=10), id="old", coupons=("OLD",), window=TimeWindow(ends="2024-01-01")),
        promo(AmountOff(amount_minor=10), id="used", coupons=("USED",), limits=UseLimits(overall=3)),
        promo(AmountOff(amount_minor=10), id="dry", coupons=("DRY",), limits=UseLimits(budget_minor=9)),
    ]
    outcome = ring(
        offers,
        [line(1, "a", 100)],
        coupons=("GOOD", "OTHER", "OLD", "USED", "DRY", "WHAT"),
        usage={"used": 3},
    )
    assert dict(outcome.coupons) == {
        "GOOD": "applied",
        "OTHER": "no_effect",
        "OLD": "not_now",
        "USED": "used_up",
        "DRY": "over_budget",
        "WHAT": "unknown",
    }
    assert outcome.discount_minor == 10


def test_limits_per_sale_day_customer_and_overall_count_sets() -> None:
    goods = [line(1, "a", 100, 20)]

    def sets(limits: UseLimits, **counts: Any) -> int:
        outcome = ring([promo(CheapestFree(units=2), limits=limits)], goods, **counts)
        return outcome.awards[0].times if outcome.awards else 0

    assert sets(UseLimits()) == 10
    assert sets(UseLimits(per_sale=3)) == 3
    assert sets(UseLimits(per_day=7), usage_today={"p": 5}) == 2
    assert sets(UseLimits(overall=7), usage={"p": 3}) == 4
    assert sets(UseLimits(per_customer=1), usage_by_customer={"p": 1}) == 0
    assert sets(UseLimits(per_sale=3), usage={"p": 99}) == 3


def test_a_budget_is_shared_by_a_campaign_and_never_overrun() -> None:
    limits = UseLimits(budget_minor=1_000)
    offers = [
        promo(AmountOff(amount_minor=600), id=name, campaign="spring", limits=limits, priority=-place)
        for place, name in enumerate(("one", "two"))
    ]
    outcome = ring(offers, [line(1, "a", 5_000)])
    assert [award.promotion_id for award in outcome.awards] == ["one"]
    assert [(w.promotion_id, w.reason) for w in outcome.withheld] == [("two", "over_budget")]
    spent = ring(offers, [line(1, "a", 5_000)], spent_minor={"spring": 401})
    assert spent.awards == ()


def test_a_multi_buy_over_budget_leaves_its_units_to_the_next() -> None:
    dear = promo(CheapestFree(units=2), id="dear", priority=1, limits=UseLimits(budget_minor=50))
    next_one = promo(SetPrice(parts=(SetPart(units=2),), price_minor=150), id="next")
    outcome = ring([dear, next_one], [line(1, "a", 100, 2)])
    assert [award.promotion_id for award in outcome.awards] == ["next"]


# --- getting along


def test_an_exclusive_promotion_is_alone_even_against_a_higher_priority() -> None:
    offers = [
        promo(AmountOff(amount_minor=50), id="plain", priority=9),
        promo(AmountOff(amount_minor=10), id="alone", exclusive=True, priority=1),
    ]
    assert [award.promotion_id for award in ring(offers, [line(1, "a", 100)]).awards] == ["alone"]


def test_an_exclusive_promotion_that_gives_nothing_excludes_nothing() -> None:
    offers = [
        promo(AmountOff(amount_minor=50), id="plain"),
        promo(AmountOff(amount_minor=10, of=of("z")), id="alone", exclusive=True),
    ]
    assert [award.promotion_id for award in ring(offers, [line(1, "a", 100)]).awards] == ["plain"]


def test_promotions_that_do_not_stack_never_share_a_line() -> None:
    offers = [
        promo(PercentOff(rate_ppm=100_000, of=of("a")), id="a", priority=2),
        promo(PercentOff(rate_ppm=200_000), id="single", stackable=False, priority=1),
        promo(PercentOff(rate_ppm=500_000), id="last"),
    ]
    outcome = ring(offers, [line(1, "a", 1_000), line(2, "b", 1_000)])
    assert [(award.promotion_id, award.shares) for award in outcome.awards] == [
        ("a", ((1, 100),)),
        ("single", ((2, 200),)),
        ("last", ((1, 450),)),
    ]


def test_priority_decides_what_comes_off_first() -> None:
    def total(percent_first: int) -> int:
        offers = [
            promo(PercentOff(rate_ppm=200_000), id="percent", priority=percent_first),
            promo(AmountOff(amount_minor=1_000), id="amount"),
        ]
        return 10_000 - ring(offers, [line(1, "a", 10_000)]).discount_minor

    assert total(1) == 7_000
    assert total(-1) == 7_200


# --- what never happens


def test_a_floor_holds_and_the_rest_goes_to_other_lines() -> None:
    goods = [line(1, "a", 5_000, floor_minor=4_500), line(2, "b", 2_000)]
    assert ring([promo(PercentOff(rate_ppm=200_000, spread="across"))], goods).by_line() == {1: 500, 2: 900}
    assert ring([promo(AmountOff(amount_minor=9_999))], goods).by_line() == {1: 500, 2: 2_000}


def test_goods_without_discounts_neither_earn_nor_count() -> None:
    offer = promo(PercentOff(rate_ppm=100_000), conditions=(ValueAtLeast(amount_minor=1_000),))
    stamp = line(1, "stamps", 900, discountable=False)
    assert ring([offer], [stamp, line(2, "a", 200)]).awards == ()
    assert ring([offer], [stamp, line(2, "a", 1_000)]).by_line() == {2: 100}


def test_a_returned_line_earns_nothing_and_takes_nothing_away() -> None:
    back = line(2, "a", 100, -3)
    offer = promo(CheapestFree(units=3))
    assert ring([offer], [line(1, "a", 100, 3), back]).by_line() == {1: 100}
    assert ring([offer], [back]).awards == ()


def test_an_empty_basket_earns_nothing() -> None:
    assert ring([promo(AmountOff(amount_minor=100))], []).awards == ()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (promo(PercentOff(rate_ppm=1_000_001)), "between 0 and 100 percent"),
        (promo(AmountOff(amount_minor=-1)), "amount off cannot be negative"),
        (promo(TotalFor(price_minor=-1)), "price cannot be negative"),
        (promo(SetPrice(parts=(), price_minor=1)), "needs parts"),
        (promo(CheapestFree(units=2, free_units=3)), "whole set"),
        (promo(BuyGet(buy_units=0)), "at least one unit"),
        (promo(AmountOff(amount_minor=1, every_minor=0)), "positive value"),
        (promo(PriceEach(price_minor=1, max_units=-1)), "number of units"),
        (promo(conditions=(CountAtLeast(units=-1),)), "negative number"),
        (promo(conditions=(ValueAtLeast(amount_minor=-1),)), "negative value"),
        (promo(limits=UseLimits(per_day=-1)), "limit cannot be negative"),
        (Promotion(id="p", names={"zh": "x"}, rewards=()), "English name"),
    ],
)
def test_a_promotion_without_sense_is_refused_with_a_sentence(wrong: Promotion, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        PromotionBook([wrong])


def test_two_promotions_with_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match="Two promotions"):
        PromotionBook([promo(), promo()])


def test_a_promotion_travels_as_json_and_comes_back_the_same() -> None:
    everything = promo(
        PercentOff(rate_ppm=1, cap_minor=5),
        AmountOff(amount_minor=1, every_minor=10),
        PriceEach(price_minor=1),
        TotalFor(price_minor=1),
        BuyGet(buy=of("a"), amount_minor=3),
        SetPrice(parts=(SetPart(of=category("c")),), price_minor=1),
        CheapestFree(units=3, within="all"),
        conditions=(CountAtLeast(units=1), ValueAtLeast(amount_minor=1), FactIs(name="n", values=("v",))),
        window=TimeWindow(weekdays=(1,)),
        limits=UseLimits(per_day=3),
    )
    sent = msgspec.json.encode(everything)
    assert msgspec.json.decode(sent, type=Promotion) == everything
    assert b'"type":"cheapest_free"' in sent


# --- the shelf label


def test_price_cuts_compound_from_the_largest_priority_down_to_the_floor() -> None:
    cuts = [
        PriceCut(id="quarter", names={}, rate_ppm=250_000, priority=1),
        PriceCut(id="ten", names={}, amount_minor=1_000, priority=2, categories=("tea",)),
    ]
    assert cut_price(100_000_000, cuts, sku="a", categories=("tea",)) == (67_500_000, ("ten", "quarter"))
    assert cut_price(100_000_000, cuts, sku="a") == (75_000_000, ("quarter",))
    assert cut_price(100_000_000, cuts, sku="a", floor_minor=8_000) == (80_000_000, ("quarter",))
    assert cut_price(10_500_000, [PriceCut(id="c", names={}, rate_ppm=150_000)], sku="a")[0] == 8_930_000


def test_an_exclusive_price_cut_is_used_alone() -> None:
    cuts = [
        PriceCut(id="half", names={}, rate_ppm=500_000, priority=9),
        PriceCut(id="alone", names={}, rate_ppm=100_000, exclusive=True),
    ]
    assert cut_price(1_000_000, cuts, sku="a") == (900_000, ("alone",))
