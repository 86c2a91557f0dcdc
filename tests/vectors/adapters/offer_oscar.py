"""offer-oscar: one offer over all products, used once, said in our terms.

Percentages and amounts off take the units they reward; the cheapest free and a price for N also take
the units that the condition needed. Units are rewarded cheapest first, as upstream orders them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from evertill.core.promotions import (
    AmountOff,
    Condition,
    CountAtLeast,
    PercentOff,
    Promotion,
    PromotionBook,
    PromotionContext,
    PromotionLine,
    Reward,
    SetPart,
    SetPrice,
    ValueAtLeast,
)
from tests.vectors.outcome import Outcome, OutOfScope, compared

SET = "offer-oscar"


def run(case: Mapping[str, Any]) -> Outcome:
    """Offers the basket its promotion and compares discount and units taken."""
    condition = _condition(case["condition"])
    reward = _reward(case["benefit"], case["condition"])
    if condition is None or reward is None:
        return OutOfScope("oscar_offer")
    sets = case["benefit"]["type"] in ("cheapest_matching_item_free", "matching_items_for_fixed_price")
    offer = Promotion(
        id="offer",
        names={"en": "Offer"},
        conditions=(condition,),
        rewards=(reward,),
        takes="all" if sets else "rewarded",
    )
    lines = [_line(no, each) for no, each in enumerate(case["basket"], start=1)]
    context = PromotionContext(currency="GBP", at=datetime.fromisoformat("2025-01-01T12:00:00"))
    outcome = PromotionBook([offer]).evaluate(lines, context)
    taken = sum(units for award in outcome.awards for _, units in award.units)
    came = {
        "discount": outcome.discount_minor,
        "items_with_discount": taken,
        "items_without_discount": sum(each.get("quantity", 1) for each in case["basket"]) - taken,
    }
    wanted = {
        name: _minor(value) if name == "discount" else value for name, value in case["expected"].items()
    }
    return compared(wanted, {name: came.get(name) for name in wanted})


def _minor(text: object) -> Decimal:
    return Decimal(str(text)) * 100


def _line(no: int, each: Mapping[str, Any]) -> PromotionLine:
    price, quantity = int(_minor(each["unit_price"])), int(each.get("quantity", 1))
    return PromotionLine(
        no=no,
        sku=f"product {no}",
        unit_price_e4=price * 10_000,
        quantity_milli=quantity * 1000,
        amount_minor=price * quantity,
        discountable=bool(each.get("discountable", True)),
    )


def _condition(condition: Mapping[str, Any]) -> Condition | None:
    if condition["type"] == "item_count_at_least":
        return CountAtLeast(units=int(condition["value"]))
    if condition["type"] == "basket_value_at_least":
        return ValueAtLeast(amount_minor=int(_minor(condition["value"])))
    return None


def _reward(benefit: Mapping[str, Any], condition: Mapping[str, Any]) -> Reward | None:
    kind, most = benefit["type"], benefit.get("max_affected_items")
    if kind == "cheapest_matching_item_free":
        return PercentOff(rate_ppm=1_000_000, max_units=1)
    if kind == "percentage":
        return PercentOff(rate_ppm=int(Decimal(str(benefit["value"])) * 10_000), max_units=most)
    amount = int(_minor(benefit["value"]))
    if kind == "fixed_amount_off":
        return AmountOff(amount_minor=amount, max_units=most)
    if kind == "fixed_amount_off_each_unit":
        return AmountOff(amount_minor=amount, max_units=most, spread="unit")
    if kind == "matching_items_for_fixed_price" and condition["type"] == "item_count_at_least":
        part = SetPart(units=int(condition["value"]))
        return SetPrice(parts=(part,), price_minor=amount, picks="cheapest", max_times=1)
    return None
