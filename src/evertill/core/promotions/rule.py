"""A promotion made ready: its filters numbered, its gate and its rewards as straight calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeGuard

from evertill.core.promotions.basket import Basket, Stock
from evertill.core.promotions.index import FilterIndex
from evertill.core.promotions.multibuy import buy_get, cheapest_free, set_price
from evertill.core.promotions.outcome import Award, PromotionContext
from evertill.core.promotions.simple import (
    Across,
    Given,
    across_whole,
    amount_off,
    percent_off,
    price_each,
    select,
    settle,
    total_for,
)
from evertill.core.promotions.terms import (
    MULTI_BUYS,
    AmountOff,
    BuyGet,
    CheapestFree,
    Condition,
    CountAtLeast,
    FactIs,
    LineFilter,
    PercentOff,
    Promotion,
    Reward,
    SetPrice,
    Takes,
    TotalFor,
    ValueAtLeast,
)


def filters_of(reward: Reward) -> tuple[LineFilter, ...]:
    """The filters of a reward, what is given first."""
    if isinstance(reward, BuyGet):
        return (reward.get, reward.buy)
    if isinstance(reward, SetPrice):
        return tuple(part.of for part in reward.parts)
    return (reward.of,)


class Rule:
    """One promotion of a book. `triggers` are filters of which at least one must mean some line."""

    __slots__ = (
        "_condition_filters",
        "_filters",
        "_reward_filters",
        "broad",
        "promotion",
        "rank",
        "reverts",
        "takes",
        "triggers",
    )

    def __init__(self, promotion: Promotion, rank: int, index: FilterIndex) -> None:
        self.promotion = promotion
        self.rank = rank
        multi = any(isinstance(reward, MULTI_BUYS) for reward in promotion.rewards)
        self.takes: Takes = promotion.takes or ("all" if multi else "none")
        self.reverts = multi or promotion.limits.budget_minor is not None
        self._reward_filters = tuple(
            tuple(index.number(each) for each in filters_of(reward)) for reward in promotion.rewards
        )
        self._condition_filters = tuple(
            -1 if isinstance(condition, FactIs) else index.number(condition.of)
            for condition in promotion.conditions
        )
        self.triggers = self._find_triggers(index)
        numbers = {number for each in self._reward_filters for number in each}
        self._filters = tuple(sorted(numbers | {number for number in self._condition_filters if number >= 0}))
        self.broad = any(index.is_broad(number) for number in self._filters)

    def scope(self, hits: Mapping[int, list[int]]) -> list[int]:
        """The lines that matter to this promotion: those that any of its filters means, in their order."""
        if len(self._filters) == 1:
            return hits.get(self._filters[0], [])
        found = [hits[number] for number in self._filters if number in hits]
        return found[0] if len(found) == 1 else sorted({index for each in found for index in each})

    def _find_triggers(self, index: FilterIndex) -> tuple[int, ...]:
        """The narrowest filters that must mean a line: a condition's, or one of each reward."""
        for condition, number in zip(self.promotion.conditions, self._condition_filters, strict=True):
            if number >= 0 and not index.is_broad(number) and _asks_for_lines(condition):
                return (number,)
        return tuple(
            next((n for n in numbers if not index.is_broad(n)), numbers[0])
            for numbers in self._reward_filters
            if numbers
        )

    def open_to(self, context: PromotionContext) -> bool:
        """Whether customer, coupon and currency fit (the window is the book's to ask)."""
        promotion = self.promotion
        if promotion.coupons and not any(code in context.coupons for code in promotion.coupons):
            return False
        if promotion.groups and not any(group in context.groups for group in promotion.groups):
            return False
        return not promotion.currencies or context.currency in promotion.currencies

    def conditions_hold(self, basket: Basket, facts: Mapping[str, tuple[str, ...]]) -> bool:
        """Whether every condition holds on what earlier promotions have left."""
        for condition, number in zip(self.promotion.conditions, self._condition_filters, strict=True):
            if isinstance(condition, FactIs):
                known = facts.get(condition.name, ())
                if any(value in condition.values for value in known) == condition.negate:
                    return False
            elif not self._met(condition, basket, basket.hits.get(number, [])):
                return False
        return True

    def _met(self, condition: Condition, basket: Basket, indices: list[int]) -> bool:
        if isinstance(condition, CountAtLeast):
            units = basket.units if self.takes == "none" else basket.free_units
            counts = [units(index) for index in indices]
            return (max(counts, default=0) if condition.on_one_line else sum(counts)) >= condition.units
        assert isinstance(condition, ValueAtLeast), "facts are asked elsewhere"
        return self._worth(condition, basket, indices) >= condition.amount_minor

    def _worth(self, condition: ValueAtLeast, basket: Basket, indices: list[int]) -> int:
        if condition.measured == "list":
            return sum([basket.lines[index].amount_minor for index in indices])
        if self.takes == "none":
            return sum([basket.left[index] for index in indices])
        return sum([basket.free_minor(index) for index in indices])

    def give(self, basket: Basket, times: int | None) -> list[Award]:
        """Give every reward in order; the awards that came to something."""
        awards = []
        for place, reward in enumerate(self.promotion.rewards):
            given = self._give(basket, reward, self._reward_filters[place], times)
            if given.cuts:
                awards.append(self._award(basket, place, given))
                self._close(basket, given)
        if awards and self.takes == "all" and self.promotion.conditions:
            self._take_what_was_needed(basket, awards)
        return awards

    def _give(self, basket: Basket, reward: Reward, numbers: tuple[int, ...], times: int | None) -> Given:
        alone = not self.promotion.stackable
        pools = [basket.targets(number, alone=alone) for number in numbers]
        if not all(pools):
            return Given({}, {}, 0)
        if isinstance(reward, MULTI_BUYS):
            often = _least(times, reward.max_times)
            if isinstance(reward, BuyGet):
                return buy_get(basket, reward, pools[1], pools[0], takes=self.takes, times=often)
            if isinstance(reward, SetPrice):
                return set_price(basket, reward, pools, takes=self.takes, times=often)
            return cheapest_free(basket, reward, pools[0], takes=self.takes, times=often)
        return self._give_simply(basket, reward, pools[0], times)

    def _give_simply(self, basket: Basket, reward: Reward, pool: list[int], times: int | None) -> Given:
        assert not isinstance(reward, (BuyGet, SetPrice, CheapestFree)), "sets are formed elsewhere"
        takes = self.takes != "none"
        if not takes and _is_across_whole(reward):
            return across_whole(basket, pool, reward, times)
        if isinstance(reward, TotalFor):
            parts = select(basket, pool, free_only=takes)
            return settle(basket, parts, total_for(basket, reward, parts), takes=takes)
        parts = select(
            basket,
            pool,
            free_only=takes,
            max_units=reward.max_units,
            max_units_per_line=reward.max_units_per_line,
            picks=reward.picks,
        )
        if isinstance(reward, PercentOff):
            cuts = percent_off(basket, reward, parts)
        elif isinstance(reward, AmountOff):
            cuts = amount_off(basket, reward, parts, times)
        else:
            cuts = price_each(basket, reward, parts)
        return settle(basket, parts, cuts, takes=takes)

    def _close(self, basket: Basket, given: Given) -> None:
        if not self.promotion.stackable:
            basket.closed.update(given.units)

    def _award(self, basket: Basket, place: int, given: Given) -> Award:
        lines = basket.lines
        shares = tuple(sorted([(lines[i].no, amount) for i, amount in given.cuts.items()]))
        return Award(
            promotion_id=self.promotion.id,
            names=self.promotion.names,
            reward_index=place,
            amount_minor=sum(given.cuts.values()),
            shares=shares,
            units=tuple(sorted([(lines[i].no, units) for i, units in given.units.items()])),
            times=given.times,
        )

    def _take_what_was_needed(self, basket: Basket, awards: list[Award]) -> None:
        """Take the units that met the conditions beside those rewarded, dearest first."""
        places = {line.no: index for index, line in enumerate(basket.lines)}
        used = {places[no]: units for award in awards for no, units in award.units}
        extra: dict[int, int] = {}
        for condition, number in zip(self.promotion.conditions, self._condition_filters, strict=True):
            if number >= 0:
                self._take_for(condition, basket, basket.hits.get(number, []), used, extra)
        if extra:
            units = dict(awards[-1].units)
            for index, count in extra.items():
                units[basket.lines[index].no] = units.get(basket.lines[index].no, 0) + count
            awards[-1] = _with_units(awards[-1], units)

    def _take_for(
        self,
        condition: Condition,
        basket: Basket,
        indices: list[int],
        used: dict[int, int],
        extra: dict[int, int],
    ) -> None:
        stock = Stock(basket, free_only=True)
        by_count = isinstance(condition, CountAtLeast)
        missing = _asked(condition) - sum(_counts(basket, i, used.get(i, 0), by_count) for i in indices)
        for index in basket.in_order(indices, "dearest"):
            if missing <= 0:
                return
            each = _counts(basket, index, 1, by_count)
            units = min(stock.units(index), -(-missing // each) if each else 0)
            if units > 0:
                basket.take(index, units, stock.draw(index, units), 0)
                extra[index] = extra.get(index, 0) + units
                missing -= _counts(basket, index, units, by_count)


def _is_across_whole(reward: Reward) -> TypeGuard[Across]:
    """Whether the reward is one discount over whole lines, worked on what is left of them."""
    if isinstance(reward, TotalFor):
        return True
    if not isinstance(reward, (PercentOff, AmountOff)) or reward.spread != "across":
        return False
    if isinstance(reward, PercentOff) and reward.measured == "list":
        return False
    return reward.max_units is None and reward.max_units_per_line is None


def _with_units(award: Award, units: dict[int, int]) -> Award:
    return Award(
        promotion_id=award.promotion_id,
        names=award.names,
        reward_index=award.reward_index,
        amount_minor=award.amount_minor,
        shares=award.shares,
        units=tuple(sorted(units.items())),
        times=award.times,
    )


def _asks_for_lines(condition: Condition) -> bool:
    if isinstance(condition, CountAtLeast):
        return condition.units > 0
    return isinstance(condition, ValueAtLeast) and condition.amount_minor > 0


def _asked(condition: Condition) -> int:
    if isinstance(condition, CountAtLeast):
        return condition.units
    return condition.amount_minor if isinstance(condition, ValueAtLeast) else 0


def _counts(basket: Basket, index: int, units: int, by_count: bool) -> int:
    """What units of a line are towards a condition: their number, or their amount as rung up."""
    if by_count or not units:
        return units
    line = basket.lines[index]
    return (
        line.amount_minor if line.unit != "each" else line.amount_minor * units * 1000 // line.quantity_milli
    )


def _least(first: int | None, second: int | None) -> int | None:
    if first is None or second is None:
        return second if first is None else first
    return min(first, second)
