"""Rewards with sets: buy some and get some, a set for a price, the cheapest of a set free.

A set is a composition: so many units of this line, so many of that one. As long as a composition can be
repeated it is formed in one go, so 30,000 pieces cost no more time than 30. A unit is in one set only.

The makers below yield *draws*: units drawn from stock with their worth and what is taken off them.
"""

from __future__ import annotations

from collections.abc import Sequence

from evertill.core.promotions.basket import Basket, Stock
from evertill.core.promotions.simple import Given
from evertill.core.promotions.terms import PPM, BuyGet, CheapestFree, SetPrice, Takes
from evertill.core.rounding import divide

Composition = dict[int, int]  # line index -> units


class Sets:
    """Sets being formed by one promotion; keeps the account of what was drawn and cut."""

    def __init__(self, basket: Basket, takes: Takes) -> None:
        self._basket = basket
        self._takes = takes
        self.stock = Stock(basket, free_only=takes != "none")
        self.cuts: dict[int, int] = {}
        self.units: dict[int, int] = {}
        self.times = 0

    def done(self) -> Given:
        """What all sets together did."""
        return Given(self.cuts, self.units, self.times)

    def buy(self, composition: Composition, times: int) -> None:
        """Units that are bought at their price, `times` over."""
        for index, units in composition.items():
            self._settle(index, units * times, self.stock.draw(index, units * times), 0, bought=True)

    def reduce(self, index: int, units: int, rate_ppm: int, amount_minor: int | None) -> int:
        """Draw units and take a rate or an amount each off them; what was taken off."""
        worth = self.stock.draw(index, units)
        wanted = divide(worth * rate_ppm, PPM) if amount_minor is None else amount_minor * units
        amount = min(wanted, self._basket.room(index, units, worth))
        self._settle(index, units, worth, amount, bought=False)
        return amount

    def price(self, composition: Composition, times: int, price_minor: int) -> int:
        """Draw the composition `times` over for `price_minor` each time; what was taken off."""
        worths, rooms = {}, {}
        for index, units in composition.items():
            worths[index] = self.stock.draw(index, units * times)
            rooms[index] = self._basket.room(index, units * times, worths[index])
        wanted = max(0, sum(worths.values()) - price_minor * times)
        given = self._basket.shared(wanted, worths, worths if rooms == worths else rooms)
        for index, units in composition.items():
            self._settle(index, units * times, worths[index], given[index], bought=False)
        return sum(given.values())

    def _settle(self, index: int, units: int, worth: int, amount: int, *, bought: bool) -> None:
        if self._takes == "all" or (self._takes == "rewarded" and not bought):
            self._basket.take(index, units, worth, amount)
        elif amount:
            self._basket.cut(index, amount)
        self.units[index] = self.units.get(index, 0) + units
        if amount:
            self.cuts[index] = self.cuts.get(index, 0) + amount


def buy_get(
    basket: Basket,
    reward: BuyGet,
    bought: Sequence[int],
    got: Sequence[int],
    *,
    takes: Takes,
    times: int | None,
) -> Given:
    """Form sets for as long as there is something to buy and something to give."""
    sets = Sets(basket, takes)
    stock = sets.stock
    givable = set(got)
    outside = [index for index in bought if index not in givable]
    both = [index for index in bought if index in givable]
    buying = basket.in_order(outside, "dearest") + basket.in_order(both, "dearest")
    getting = basket.in_order(got, reward.picks)
    while times is None or sets.times < times:
        _drop_empty(stock, buying)
        _drop_empty(stock, getting)
        buys = _compose(stock, buying, reward.buy_units, {})
        if buys is None:
            break
        gets = _compose(stock, getting, reward.get_units, buys, part_will_do=True)
        if not gets:
            break
        often = _repeats(stock, (buys, gets)) if sum(gets.values()) == reward.get_units else 1
        often = often if times is None else min(often, times - sets.times)
        sets.buy(buys, often)
        taken = [
            sets.reduce(index, units * often, reward.rate_ppm, reward.amount_minor)
            for index, units in gets.items()
        ]
        sets.times += often if any(taken) else 0
        if not any(taken):
            break
    return sets.done()


def set_price(
    basket: Basket,
    reward: SetPrice,
    pools: Sequence[Sequence[int]],
    *,
    takes: Takes,
    times: int | None,
) -> Given:
    """Form sets for as long as all parts are there and the set saves something."""
    sets = Sets(basket, takes)
    stock = sets.stock
    parts = [
        (basket.in_order(pool, reward.picks), part.units)
        for pool, part in zip(pools, reward.parts, strict=True)
    ]
    while times is None or sets.times < times:
        for pool, _ in parts:
            _drop_empty(stock, pool)
        whole = _compose_set(stock, parts)
        if whole is None or not _saves(stock, whole, reward.price_minor):
            break
        often = _repeats(stock, (whole,))
        often = often if times is None else min(often, times - sets.times)
        if not sets.price(whole, often, reward.price_minor):
            break
        sets.times += often
    return sets.done()


def _compose_set(stock: Stock, parts: Sequence[tuple[list[int], int]]) -> Composition | None:
    """One set; the part with the fewest units to choose from is served first."""
    scarce = sorted(parts, key=lambda part: sum(stock.units(index) for index in part[0]) - part[1])
    whole: Composition = {}
    for pool, units in scarce:
        found = _compose(stock, pool, units, whole)
        if found is None:
            return None
        for index, count in found.items():
            whole[index] = whole.get(index, 0) + count
    return whole


def _saves(stock: Stock, whole: Composition, price_minor: int) -> bool:
    return sum(stock.worth(index, units) for index, units in whole.items()) > price_minor


def cheapest_free(
    basket: Basket, reward: CheapestFree, pool: Sequence[int], *, takes: Takes, times: int | None
) -> Given:
    """Cut the units into sets and free the cheapest ones."""
    sets = Sets(basket, takes)
    if reward.within == "all":
        _free_of_all(basket, reward, pool, sets, times)
    else:
        _free_of_each(basket, reward, pool, sets, times)
    return sets.done()


def _free_of_each(
    basket: Basket, reward: CheapestFree, pool: Sequence[int], sets: Sets, times: int | None
) -> None:
    order = basket.in_order(pool, "dearest")
    while times is None or sets.times < times:
        _drop_empty(sets.stock, order)
        whole = _compose(sets.stock, order, reward.units, {})
        if whole is None:
            return
        often = _repeats(sets.stock, (whole,))
        often = often if times is None else min(often, times - sets.times)
        paid, free = _split(whole, reward.units - reward.free_units)
        sets.buy(paid, often)
        taken = [sets.reduce(index, units * often, reward.rate_ppm, None) for index, units in free.items()]
        sets.times += often if any(taken) else 0


def _free_of_all(
    basket: Basket, reward: CheapestFree, pool: Sequence[int], sets: Sets, times: int | None
) -> None:
    stock = sets.stock
    full = sum(stock.units(index) for index in pool) // reward.units
    full = full if times is None else min(full, times)
    if full <= 0:
        return
    free = _compose(stock, basket.in_order(pool, "cheapest"), full * reward.free_units, {})
    paid = _compose(
        stock, basket.in_order(pool, "dearest"), full * (reward.units - reward.free_units), free or {}
    )
    if free is None or paid is None:
        return
    sets.buy(paid, 1)
    taken = [sets.reduce(index, units, reward.rate_ppm, None) for index, units in free.items()]
    sets.times = full if any(taken) else 0


def _compose(
    stock: Stock, order: Sequence[int], units: int, spoken_for: Composition, *, part_will_do: bool = False
) -> Composition | None:
    """`units` units in this order beside those spoken for; None if there are not enough."""
    found: Composition = {}
    rest = units
    for index in order:
        if rest == 0:
            break
        there = stock.units(index) - spoken_for.get(index, 0)
        if there > 0:
            found[index] = min(there, rest)
            rest -= found[index]
    return found if rest == 0 or part_will_do else None


def _drop_empty(stock: Stock, order: list[int]) -> None:
    """Forget the first lines once they are used up, so that long baskets are not walked again and again."""
    while order and stock.units(order[0]) == 0:
        del order[0]


def _split(whole: Composition, first: int) -> tuple[Composition, Composition]:
    """The first so many units of a composition, and the others."""
    head: Composition = {}
    tail: Composition = {}
    for index, units in whole.items():
        here = min(units, first)
        first -= here
        if here:
            head[index] = here
        if units > here:
            tail[index] = units - here
    return head, tail


def _repeats(stock: Stock, compositions: Sequence[Composition]) -> int:
    """How often the compositions together can be drawn."""
    needed: Composition = {}
    for composition in compositions:
        for index, units in composition.items():
            needed[index] = needed.get(index, 0) + units
    return min(stock.units(index) // units for index, units in needed.items())
