"""What a promotion must not ask for: found when an edition is made, not at the till."""

from __future__ import annotations

from evertill.core.promotions.terms import (
    PPM,
    AmountOff,
    BuyGet,
    CheapestFree,
    CountAtLeast,
    PercentOff,
    PriceEach,
    Promotion,
    Reward,
    SetPrice,
    TotalFor,
    ValueAtLeast,
)


def check(promotion: Promotion) -> None:
    """Raise ValueError, with a sentence that names the promotion, unless its terms make sense."""
    for fault in _faults(promotion):
        raise ValueError(f"Promotion {promotion.id}: {fault}")


def _faults(promotion: Promotion) -> list[str]:
    found = ["Give it an English name."] if "en" not in promotion.names else []
    limits = promotion.limits
    bounds = (limits.per_sale, limits.per_day, limits.overall, limits.per_customer, limits.budget_minor)
    if any(bound is not None and bound < 0 for bound in bounds):
        found.append("A limit cannot be negative.")
    for condition in promotion.conditions:
        if isinstance(condition, CountAtLeast) and condition.units < 0:
            found.append("A condition cannot ask for a negative number of units.")
        if isinstance(condition, ValueAtLeast) and condition.amount_minor < 0:
            found.append("A condition cannot ask for a negative value.")
    return found + [fault for reward in promotion.rewards for fault in _reward_faults(reward)]


def _reward_faults(reward: Reward) -> list[str]:
    found = []
    if isinstance(reward, (PercentOff, BuyGet, CheapestFree)) and not 0 <= reward.rate_ppm <= PPM:
        found.append("A rate lies between 0 and 100 percent.")
    if isinstance(reward, (AmountOff, BuyGet)) and (reward.amount_minor or 0) < 0:
        found.append("An amount off cannot be negative.")
    if isinstance(reward, (PriceEach, TotalFor, SetPrice)) and reward.price_minor < 0:
        found.append("A price cannot be negative.")
    if isinstance(reward, (PercentOff, AmountOff, PriceEach)):
        caps = (reward.max_units, reward.max_units_per_line)
        if any(cap is not None and cap < 0 for cap in caps):
            found.append("A number of units cannot be negative.")
    return found + _set_faults(reward)


def _sensible_every(reward: AmountOff) -> bool:
    return reward.every_minor is None or (reward.every_minor > 0 and reward.spread == "across")


def _set_faults(reward: Reward) -> list[str]:
    if isinstance(reward, AmountOff) and not _sensible_every(reward):
        return ["Off every so much needs a positive value, spread across the lines."]
    if isinstance(reward, BuyGet) and (reward.buy_units < 1 or reward.get_units < 1):
        return ["Buying and getting each need at least one unit."]
    if isinstance(reward, SetPrice) and (not reward.parts or any(part.units < 1 for part in reward.parts)):
        return ["A set needs parts of at least one unit each."]
    if isinstance(reward, CheapestFree) and not 1 <= reward.free_units <= reward.units:
        return ["Between one unit and the whole set can be free."]
    return []
