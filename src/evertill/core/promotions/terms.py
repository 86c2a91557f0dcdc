"""The words in which a shop writes a promotion. These structs are also the edition's wire form.

A promotion says *who and when* (window, groups, coupons, conditions), *what is given* (rewards), and
*how it gets along with others* (priority, exclusive, stackable, takes, limits). docs/promotions.md
explains every field with worked numbers.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from evertill.core.pricebook import TimeWindow
from evertill.core.rounding import Rounding

PPM = 1_000_000

Spread: TypeAlias = Literal["unit", "line", "across"]
Picks: TypeAlias = Literal["cheapest", "dearest"]
Measured: TypeAlias = Literal["left", "list"]
Takes: TypeAlias = Literal["none", "rewarded", "all"]


class LineFilter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which lines are meant. Every part that is set must hold; within a part any of the values will do.

    `skus` and `not_skus` are articles, `categories` and `not_categories` what the product names,
    `brands` likewise. `price_min_e4`/`price_max_e4` bound the unit price as rung up, both inclusive.
    `kinds` are line kinds: "goods", "deposit", "charge" (delivery, service); empty means any kind.
    """

    skus: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    not_skus: tuple[str, ...] = ()
    not_categories: tuple[str, ...] = ()
    price_min_e4: int | None = None
    price_max_e4: int | None = None
    kinds: tuple[str, ...] = ("goods",)


class CountAtLeast(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="count_at_least", tag_field="type"
):
    """At least `units` units of the lines meant are in the basket; with `on_one_line`, on a single line.

    A weighed line counts as one unit.
    """

    units: int
    of: LineFilter = LineFilter()
    on_one_line: bool = False


class ValueAtLeast(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="value_at_least", tag_field="type"
):
    """The lines meant are worth at least `amount_minor`.

    `measured` "left": what earlier promotions of this sale have left; "list": as rung up.
    """

    amount_minor: int
    of: LineFilter = LineFilter()
    measured: Measured = "left"


class FactIs(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="fact_is", tag_field="type"):
    """The fact `name` about the sale (store, country, the customer's how-many-th sale) has one of `values`.

    Facts come with the context. With `negate` it must have none of them.
    """

    name: str
    values: tuple[str, ...]
    negate: bool = False


class PercentOff(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="percent_off", tag_field="type"
):
    """`rate_ppm` off the lines meant.

    `spread` says where it is rounded: on each unit, on each line, or once over all of them and then
    shared out ("across"). `measured` "left" works on what earlier promotions left, "list" on the amount
    rung up. `max_units` caps the units rewarded in the sale and `max_units_per_line` those of each line,
    taken by `picks`. `cap_minor` is the most the whole reward may come to. `rounding` makes the
    discount (not the price) whole.
    """

    rate_ppm: int
    of: LineFilter = LineFilter()
    spread: Spread = "line"
    measured: Measured = "left"
    max_units: int | None = None
    max_units_per_line: int | None = None
    picks: Picks = "cheapest"
    cap_minor: int | None = None
    rounding: Rounding = Rounding.HALF_UP


class AmountOff(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="amount_off", tag_field="type"
):
    """`amount_minor` off: off each unit, off each line, or once and shared out ("across").

    Off each unit of a weighed line means per kilogram. `every_minor` (only "across"): the amount is
    given once for each full `every_minor` that the lines meant are worth ("10 off every full 100").
    """

    amount_minor: int
    of: LineFilter = LineFilter()
    spread: Spread = "across"
    max_units: int | None = None
    max_units_per_line: int | None = None
    picks: Picks = "cheapest"
    every_minor: int | None = None


class PriceEach(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="price_each", tag_field="type"
):
    """Each unit of the lines meant costs `price_minor` (or each kilogram), unless cheaper already."""

    price_minor: int
    of: LineFilter = LineFilter()
    max_units: int | None = None
    max_units_per_line: int | None = None
    picks: Picks = "dearest"


class TotalFor(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="total_for", tag_field="type"
):
    """All the lines meant together cost `price_minor`, unless cheaper already."""

    price_minor: int
    of: LineFilter = LineFilter()


class BuyGet(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="buy_get", tag_field="type"):
    """For each `buy_units` of `buy`, up to `get_units` of `get` at `rate_ppm` off or `amount_minor` off each.

    A unit is bought or rewarded, never both. Bought units are taken dearest first, before all others
    those that could not be the reward; rewarded ones by `picks`. `max_times` caps the sets in a sale.
    """

    buy: LineFilter = LineFilter()
    buy_units: int = 1
    get: LineFilter = LineFilter()
    get_units: int = 1
    rate_ppm: int = PPM
    amount_minor: int | None = None
    picks: Picks = "cheapest"
    max_times: int | None = None


class SetPart(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`units` units of the lines meant, as one part of a set."""

    of: LineFilter = LineFilter()
    units: int = 1


class SetPrice(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="set_price", tag_field="type"
):
    """A set of `parts` costs `price_minor`: one part is "N for a price", several are mix and match.

    Sets are made by `picks` for as long as they save something, `max_times` at most.
    """

    parts: tuple[SetPart, ...]
    price_minor: int
    picks: Picks = "dearest"
    max_times: int | None = None


class CheapestFree(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="cheapest_free", tag_field="type"
):
    """Of every `units` units the cheapest `free_units` are `rate_ppm` off (default: free).

    `within` "set": units are lined up dearest first and cut into sets, the cheapest of each set is free.
    "all": the cheapest of everything meant are free, one lot for each full set.
    """

    units: int
    free_units: int = 1
    of: LineFilter = LineFilter()
    rate_ppm: int = PPM
    within: Literal["set", "all"] = "set"
    max_times: int | None = None


Condition: TypeAlias = CountAtLeast | ValueAtLeast | FactIs
Reward: TypeAlias = PercentOff | AmountOff | PriceEach | TotalFor | BuyGet | SetPrice | CheapestFree
MULTI_BUYS = (BuyGet, SetPrice, CheapestFree)


class UseLimits(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How often a promotion may be used. A use is one sale, or for a multi-buy one set.

    `per_sale` counts sets in this sale; `per_day`, `overall` and `per_customer` are compared with the
    counts in the context. `budget_minor` is the most that may be given away over all sales; an award
    that would overrun it is withheld whole.
    """

    per_sale: int | None = None
    per_day: int | None = None
    overall: int | None = None
    per_customer: int | None = None
    budget_minor: int | None = None


class Promotion(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One promotion.

    Applies when `window` is open, the customer is in one of `groups` (empty: everybody), one of
    `coupons` was given (empty: none needed), `currencies` names the sale's (empty: any) and all
    `conditions` hold; then gives all its `rewards` in order. Larger `priority` first, ties in the
    order of the edition. `exclusive`: if it gives anything, it is the only one in the sale.
    `stackable` false: it and another never discount the same line. `takes`: units that no other taking
    promotion may use again: "none", "rewarded" ones only, or "all" (also the units bought for it); left
    out, multi-buys take all and others none. `campaign` names the count and budget it shares with others.
    """

    id: str
    names: dict[str, str]
    rewards: tuple[Reward, ...]
    conditions: tuple[Condition, ...] = ()
    priority: int = 0
    exclusive: bool = False
    stackable: bool = True
    takes: Takes | None = None
    window: TimeWindow | None = None
    groups: tuple[str, ...] = ()
    coupons: tuple[str, ...] = ()
    currencies: tuple[str, ...] = ()
    limits: UseLimits = UseLimits()
    campaign: str | None = None

    @property
    def counted_as(self) -> str:
        """The key under which uses and money given are counted."""
        return self.campaign or self.id
