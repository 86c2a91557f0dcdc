"""Rewards without sets: percent off, amount off, a price each, a total.

A reward first selects units, then works out the discount of each selected part of a line, then cuts.
Where no number of units is asked for, the selection is the whole of each line, fractions included.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from evertill.core.promotions.basket import EACH, Basket, Stock
from evertill.core.promotions.terms import PPM, AmountOff, PercentOff, Picks, PriceEach, TotalFor
from evertill.core.rounding import divide

Across: TypeAlias = PercentOff | AmountOff | TotalFor


class Part(NamedTuple):
    """`units` units of a line (`whole`: all of it), worth `worth_minor`, with room for a discount."""

    place: int
    units: int
    whole: bool
    worth_minor: int
    room_minor: int


class Given(NamedTuple):
    """What a reward did: discount by line index, units that took part by line index, sets formed."""

    cuts: dict[int, int]
    units: dict[int, int]
    times: int


def percent_off(basket: Basket, reward: PercentOff, parts: Sequence[Part]) -> dict[int, int]:
    """Discount of each part."""
    bases = [_base(basket, part, on_list=reward.measured == "list") for part in parts]
    if reward.spread == "across":
        total = divide(sum(bases) * reward.rate_ppm, PPM, reward.rounding)
        cuts = _across(basket, total, parts, bases)
    else:
        cuts = {
            part.place: min(part.room_minor, _percent(basket, reward, part, base))
            for part, base in zip(parts, bases, strict=True)
        }
    cap = reward.cap_minor
    if cap is not None and sum(cuts.values()) > cap:
        return basket.shared(cap, cuts, cuts)
    return cuts


def _percent(basket: Basket, reward: PercentOff, part: Part, base: int) -> int:
    if reward.spread == "unit" and part.units > 1 and basket.lines[part.place].unit == EACH:
        each = divide(base * reward.rate_ppm, part.units * PPM, reward.rounding)
        return each * part.units
    return divide(base * reward.rate_ppm, PPM, reward.rounding)


def amount_off(basket: Basket, reward: AmountOff, parts: Sequence[Part], times: int | None) -> dict[int, int]:
    """Discount of each part; `times` caps how often "every" counts."""
    if reward.spread == "across":
        worths = [part.worth_minor for part in parts]
        return _across(basket, _amount(reward, sum(worths), times), parts, worths)
    if reward.spread == "line":
        return {part.place: min(part.room_minor, reward.amount_minor) for part in parts}
    return {
        part.place: min(part.room_minor, _times_quantity(basket, part, reward.amount_minor)) for part in parts
    }


def price_each(basket: Basket, reward: PriceEach, parts: Sequence[Part]) -> dict[int, int]:
    """Discount of each part, so that a unit costs no more than the price."""
    return {
        part.place: max(
            0, min(part.room_minor, part.worth_minor - _times_quantity(basket, part, reward.price_minor))
        )
        for part in parts
    }


def across_whole(basket: Basket, indices: Sequence[int], reward: Across, times: int | None) -> Given:
    """Work out one discount over whole lines, share it out and cut it."""
    left = basket.left
    worths = {index: left[index] for index in indices if left[index] > 0}
    total = sum(worths.values())
    if isinstance(reward, PercentOff):
        wanted = divide(total * reward.rate_ppm, PPM, reward.rounding)
        wanted = wanted if reward.cap_minor is None else min(wanted, reward.cap_minor)
    elif isinstance(reward, AmountOff):
        wanted = _amount(reward, total, times)
    else:
        wanted = max(0, total - reward.price_minor)
    rooms = worths
    if basket.has_floors():
        rooms = {index: basket.room(index, None, worth) for index, worth in worths.items()}
    cuts = basket.shared(wanted, worths, rooms)
    given = {index: amount for index, amount in cuts.items() if amount}
    basket.cut_whole(given)
    return Given(given, basket.units_of(given), min(1, len(given)))


def _amount(reward: AmountOff, worth_minor: int, times: int | None) -> int:
    if reward.every_minor is None:
        return reward.amount_minor
    often = worth_minor // reward.every_minor
    return reward.amount_minor * (often if times is None else min(often, times))


def total_for(basket: Basket, reward: TotalFor, parts: Sequence[Part]) -> dict[int, int]:
    """Discount of each part, so that all together cost no more than the price."""
    worths = [part.worth_minor for part in parts]
    return _across(basket, max(0, sum(worths) - reward.price_minor), parts, worths)


def select(
    basket: Basket,
    indices: Sequence[int],
    *,
    free_only: bool,
    max_units: int | None = None,
    max_units_per_line: int | None = None,
    picks: Picks = "cheapest",
) -> list[Part]:
    """The parts of lines that a reward may touch: all, or as many units as allowed, by `picks`."""
    if max_units is None and max_units_per_line is None and not free_only:
        left, room, count = basket.left, basket.room, basket.units
        return [Part(i, count(i), True, left[i], room(i, None, left[i])) for i in indices if left[i] > 0]
    stock = Stock(basket, free_only=free_only)
    parts = []
    rest = max_units
    for index in basket.in_order(indices, picks) if max_units is not None else indices:
        units = stock.units(index)
        if max_units_per_line is not None:
            units = min(units, max_units_per_line)
        if rest is not None:
            units = min(units, rest)
        if units > 0:
            worth = stock.draw(index, units)
            parts.append(Part(index, units, False, worth, basket.room(index, units, worth)))
            rest = None if rest is None else rest - units
        if rest == 0:
            break
    return parts


def settle(basket: Basket, parts: Sequence[Part], cuts: dict[int, int], *, takes: bool) -> Given:
    """Cut what was worked out; with `takes`, the units rewarded are taken."""
    if not takes:
        given = {place: amount for place, amount in cuts.items() if amount > 0}
        basket.cut_whole(given)
        return Given(
            given, {part.place: part.units for part in parts if part.place in given}, min(1, len(given))
        )
    given = {}
    units: dict[int, int] = {}
    for part in parts:
        amount = cuts[part.place]
        if amount <= 0:
            continue
        given[part.place] = amount
        units[part.place] = part.units
        basket.take(part.place, part.units, part.worth_minor, amount)
    return Given(given, units, 1 if given else 0)


def _across(basket: Basket, total: int, parts: Sequence[Part], worths: Sequence[int]) -> dict[int, int]:
    weights = {part.place: worth for part, worth in zip(parts, worths, strict=True)}
    rooms = {part.place: part.room_minor for part in parts}
    return basket.shared(total, weights, weights if rooms == weights else rooms)


def _base(basket: Basket, part: Part, *, on_list: bool) -> int:
    if not on_list:
        return part.worth_minor
    line = basket.lines[part.place]
    if part.whole or line.unit != EACH:
        return line.amount_minor
    return divide(line.amount_minor * part.units * 1000, line.quantity_milli)


def _times_quantity(basket: Basket, part: Part, amount_minor: int) -> int:
    """An amount for each unit of the part: per piece, or per kilogram of a weighed line."""
    line = basket.lines[part.place]
    if part.whole or line.unit != EACH:
        return divide(amount_minor * line.quantity_milli, 1000)
    return amount_minor * part.units
