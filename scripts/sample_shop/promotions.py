"""The sample shop's promotions: one of each sort that a shop runs."""

from __future__ import annotations

from msgspec.structs import replace

from evertill.core.pricebook import TimeWindow
from evertill.core.promotions import (
    AmountOff,
    BuyGet,
    CheapestFree,
    CountAtLeast,
    LineFilter,
    PercentOff,
    PriceEach,
    Promotion,
    SetPart,
    SetPrice,
    UseLimits,
    ValueAtLeast,
)

_ALL_BUT_LIMITED = LineFilter(not_categories=("tobacco", "wine", "baby", "services"))


def _in(*categories: str) -> LineFilter:
    return LineFilter(categories=categories)


_IN_EUROS = (
    Promotion(
        id="frozen-10",
        names={"en": "10 % off frozen food on Fridays", "zh": "周五冷冻食品九折"},
        window=TimeWindow(weekdays=(5,)),
        rewards=(PercentOff(rate_ppm=100_000, of=_in("frozen")),),
    ),
    Promotion(
        id="cereal-2-get-1",
        names={"en": "Cereal and spreads: buy 2, get 1 free", "zh": "麦片果酱买二送一"},
        rewards=(BuyGet(buy=_in("breakfast"), buy_units=2, get=_in("breakfast"), get_units=1),),
    ),
    Promotion(
        id="snacks-3-for-4",
        names={"en": "3 snacks for 4.00", "zh": "零食三件4欧"},
        rewards=(SetPrice(parts=(SetPart(of=_in("snacks"), units=3),), price_minor=400),),
    ),
    Promotion(
        id="sweets-cheapest-free",
        names={"en": "4 sweets: the cheapest is free", "zh": "糖果四件，最低价一件免费"},
        rewards=(CheapestFree(units=4, of=_in("sweets")),),
    ),
    Promotion(
        id="lunch-deal",
        names={"en": "Lunch: bakery, drink and a snack for 3.99", "zh": "午餐套餐：面包、饮料加零食3.99欧"},
        priority=10,
        window=TimeWindow(weekdays=(1, 2, 3, 4, 5), from_time="11:00", to_time="14:00"),
        rewards=(
            SetPrice(
                parts=(SetPart(of=_in("bakery")), SetPart(of=_in("drinks")), SetPart(of=_in("snacks"))),
                price_minor=399,
                max_times=2,
            ),
        ),
    ),
    Promotion(
        id="tea-second-half",
        names={"en": "Second coffee or tea half price", "zh": "咖啡和茶第二件半价"},
        rewards=(BuyGet(buy=_in("coffee_tea"), get=_in("coffee_tea"), rate_ppm=500_000),),
    ),
    Promotion(
        id="bananas",
        names={"en": "Bananas 1.49 a kilogram", "zh": "香蕉每公斤1.49欧"},
        rewards=(PriceEach(price_minor=149, of=LineFilter(skus=("plu-301",))),),
    ),
    Promotion(
        id="basket-5-off-50",
        names={"en": "5.00 off baskets from 50.00", "zh": "满50欧减5欧"},
        priority=-10,
        conditions=(ValueAtLeast(amount_minor=5_000, of=_ALL_BUT_LIMITED),),
        rewards=(AmountOff(amount_minor=500, of=_ALL_BUT_LIMITED),),
    ),
    Promotion(
        id="coupon-2-off-15",
        names={"en": "Coupon: 2.00 off from 15.00", "zh": "优惠券：满15欧减2欧"},
        priority=-20,
        coupons=("WELCOME2",),
        conditions=(ValueAtLeast(amount_minor=1_500, of=_ALL_BUT_LIMITED),),
        rewards=(AmountOff(amount_minor=200, of=_ALL_BUT_LIMITED),),
        limits=UseLimits(per_customer=1),
    ),
    Promotion(
        id="members-household-5",
        names={"en": "Members: 5 % off household goods", "zh": "会员家居用品九五折"},
        groups=("member",),
        rewards=(PercentOff(rate_ppm=50_000, of=_in("household")),),
    ),
    Promotion(
        id="staff-10",
        names={"en": "Staff: 10 % off", "zh": "员工九折"},
        groups=("staff",),
        priority=-30,
        rewards=(PercentOff(rate_ppm=100_000, of=_ALL_BUT_LIMITED),),
    ),
    Promotion(
        id="drinks-6",
        names={"en": "6 drinks: 10 % off", "zh": "饮料六件九折"},
        stackable=False,
        conditions=(CountAtLeast(units=6, of=_in("drinks")),),
        rewards=(PercentOff(rate_ppm=100_000, of=_in("drinks")),),
    ),
)

# Amounts of money mean the shop's own currency; a sale in another one earns none of these.
PROMOTIONS = tuple(replace(promotion, currencies=("EUR",)) for promotion in _IN_EUROS)
