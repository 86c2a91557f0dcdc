"""Promotions: what a basket earns, shared out to its lines to the cent (see README.md)."""

from __future__ import annotations

from evertill.core.promotions.book import PromotionBook
from evertill.core.promotions.catalogue import PriceCut, cut_price
from evertill.core.promotions.outcome import (
    Award,
    CouponFate,
    PromotionContext,
    PromotionLine,
    PromotionOutcome,
    Withheld,
)
from evertill.core.promotions.terms import (
    AmountOff,
    BuyGet,
    CheapestFree,
    Condition,
    CountAtLeast,
    FactIs,
    LineFilter,
    PercentOff,
    PriceEach,
    Promotion,
    Reward,
    SetPart,
    SetPrice,
    TotalFor,
    UseLimits,
    ValueAtLeast,
)

__all__ = [
    "AmountOff",
    "Award",
    "BuyGet",
    "CheapestFree",
    "Condition",
    "CountAtLeast",
    "CouponFate",
    "FactIs",
    "LineFilter",
    "PercentOff",
    "PriceCut",
    "PriceEach",
    "Promotion",
    "PromotionBook",
    "PromotionContext",
    "PromotionLine",
    "PromotionOutcome",
    "Reward",
    "SetPart",
    "SetPrice",
    "TotalFor",
    "UseLimits",
    "ValueAtLeast",
    "Withheld",
    "cut_price",
]
