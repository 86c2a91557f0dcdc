"""What goes into the promotion engine for one basket, and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, TypeAlias

import msgspec

WithheldReason: TypeAlias = Literal["used_up", "over_budget"]
CouponFate: TypeAlias = Literal["applied", "no_effect", "unknown", "not_now", "used_up", "over_budget"]

NO_COUNTS: Mapping[str, int] = {}
NO_FACTS: Mapping[str, tuple[str, ...]] = {}


class PromotionLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A basket line as promotions see it.

    `amount_minor` is the line before any discount; `floor_minor` the least the whole line may cost
    after all promotions. Lines of no or negative amount (returns) neither earn nor count.
    """

    no: int
    sku: str
    unit_price_e4: int
    amount_minor: int
    quantity_milli: int = 1000
    unit: str = "each"
    kind: str = "goods"
    categories: tuple[str, ...] = ()
    brand: str | None = None
    discountable: bool = True
    floor_minor: int = 0


class PromotionContext(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for the sale as a whole.

    `at` is local; promotions open and close on the whole minute. `usage`, `usage_today`,
    `usage_by_customer` and `spent_minor` are keyed by Promotion.counted_as and count earlier sales only.
    """

    currency: str
    at: datetime
    groups: tuple[str, ...] = ()
    coupons: tuple[str, ...] = ()
    facts: Mapping[str, tuple[str, ...]] = NO_FACTS
    usage: Mapping[str, int] = NO_COUNTS
    usage_today: Mapping[str, int] = NO_COUNTS
    usage_by_customer: Mapping[str, int] = NO_COUNTS
    spent_minor: Mapping[str, int] = NO_COUNTS


class Award(msgspec.Struct, frozen=True, kw_only=True):
    """What one reward of a promotion took off.

    `shares` are (line no, amount_minor), each positive, sorted by line; they add up to `amount_minor`.
    `units` are (line no, units) that took part. `times` counts sets, 1 for rewards without sets.
    """

    promotion_id: str
    names: dict[str, str]
    reward_index: int
    amount_minor: int
    shares: tuple[tuple[int, int], ...]
    units: tuple[tuple[int, int], ...]
    times: int = 1


class Withheld(msgspec.Struct, frozen=True, kw_only=True):
    """A promotion that would have applied, and why it does not."""

    promotion_id: str
    names: dict[str, str]
    reason: WithheldReason


class PromotionOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """Awards in the order they were given; what was withheld; what became of each coupon."""

    awards: tuple[Award, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    coupons: tuple[tuple[str, CouponFate], ...] = ()

    @property
    def discount_minor(self) -> int:
        """Everything taken off."""
        return sum(award.amount_minor for award in self.awards)

    def by_line(self) -> dict[int, int]:
        """Line no -> amount_minor taken off it."""
        taken: dict[int, int] = {}
        for award in self.awards:
            for no, amount in award.shares:
                taken[no] = taken.get(no, 0) + amount
        return taken


NOTHING = PromotionOutcome()
