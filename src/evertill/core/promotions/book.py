"""All promotions of an edition, compiled once, asked at every scan.

For each basket: find the lines that filters mean, from them the promotions that could give something,
ask each one's gate (customer, coupon, time, limits) and conditions, and let it take its discount, in
order of priority. Promotions that no line triggers are never looked at.

What must always hold: every award's shares add up to it; no line falls below zero or its floor; the
same lines in another order get the same total; nothing here depends on anything but the arguments.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from evertill.core.promotions.basket import Basket
from evertill.core.promotions.check import check
from evertill.core.promotions.index import FilterIndex
from evertill.core.promotions.memory import Answered, Memory, Question
from evertill.core.promotions.outcome import (
    NOTHING,
    Award,
    CouponFate,
    PromotionContext,
    PromotionLine,
    PromotionOutcome,
    Withheld,
    WithheldReason,
)
from evertill.core.promotions.rule import Rule
from evertill.core.promotions.terms import Promotion, UseLimits

NO_LIMITS = UseLimits()


class PromotionBook:
    """The promotions of one edition. Asking it changes nothing but what it remembers."""

    def __init__(self, promotions: Sequence[Promotion]) -> None:
        """Raises ValueError if two promotions have one id, or one asks for something that has no meaning."""
        self._index = FilterIndex()
        order = sorted(range(len(promotions)), key=lambda place: (-promotions[place].priority, place))
        self._rules = [Rule(promotions[place], rank, self._index) for rank, place in enumerate(order)]
        self._by_trigger: dict[int, list[int]] = {}
        self._by_coupon: dict[str, list[Rule]] = {}
        ids = set()
        for rule in self._rules:
            check(rule.promotion)
            if rule.promotion.id in ids:
                raise ValueError(f"Two promotions have the id {rule.promotion.id}.")
            ids.add(rule.promotion.id)
            for number in set(rule.triggers):
                self._by_trigger.setdefault(number, []).append(rule.rank)
            for code in rule.promotion.coupons:
                self._by_coupon.setdefault(code, []).append(rule)
        self._minute: datetime | None = None
        self._in_window: dict[int, bool] = {}
        self._memory: Memory = {}

    def evaluate(self, lines: Sequence[PromotionLine], context: PromotionContext) -> PromotionOutcome:
        """What the lines earn. Lines of no or negative amount and those not discountable stay out of it."""
        hits = self._index.hits(lines)
        ranks: set[int] = set()
        by_trigger = self._by_trigger
        for number in hits:
            found = by_trigger.get(number)
            if found is not None:
                ranks.update(found)
        live = [self._rules[rank] for rank in sorted(ranks)]
        live = [rule for rule in live if rule.open_to(context) and self._window_open(rule, context.at)]
        if not live and not context.coupons:
            return NOTHING
        round_ = _Round(Basket(lines, hits), context, self._memory)
        if not any(rule.promotion.exclusive and round_.give(rule) for rule in live):
            for rule in live:
                if not rule.promotion.exclusive:
                    round_.give(rule)
        return PromotionOutcome(
            awards=tuple(round_.awards),
            withheld=tuple(round_.withheld),
            coupons=tuple([(code, self._fate(code, context.at, round_)) for code in context.coupons]),
        )

    def _window_open(self, rule: Rule, at: datetime) -> bool:
        window = rule.promotion.window
        if window is None:
            return True
        minute = at.replace(second=0, microsecond=0)
        if minute != self._minute:
            self._minute = minute
            self._in_window = {}
        known = self._in_window.get(rule.rank)
        if known is None:
            known = self._in_window[rule.rank] = window.holds(minute)
        return known

    def _fate(self, code: str, at: datetime, round_: _Round) -> CouponFate:
        rules = self._by_coupon.get(code)
        if rules is None:
            return "unknown"
        ids = {rule.promotion.id for rule in rules}
        if any(award.promotion_id in ids for award in round_.awards):
            return "applied"
        for withheld in round_.withheld:
            if withheld.promotion_id in ids:
                return withheld.reason
        return "no_effect" if any(self._window_open(rule, at) for rule in rules) else "not_now"


class _Round:
    """One evaluation: the basket, what was given so far, what was withheld."""

    def __init__(self, basket: Basket, context: PromotionContext, memory: Memory) -> None:
        self._basket = basket
        self._context = context
        self._memory = memory
        self._used: dict[str, int] = {}
        self._spent: dict[str, int] = {}
        self.awards: list[Award] = []
        self.withheld: list[Withheld] = []

    def give(self, rule: Rule) -> bool:
        """Let a promotion take its discount; whether it gave anything."""
        promotion = rule.promotion
        if rule.broad:  # means nearly every line, so that every scan asks it anew
            awards, withheld = self._work_out(rule, self._times_left(promotion))
        else:
            awards, withheld = self._answer(rule)
        if withheld is not None:
            self.withheld.append(Withheld(promotion_id=promotion.id, names=promotion.names, reason=withheld))
        if not awards:
            return False
        self.awards.extend(awards)
        key = promotion.counted_as
        self._used[key] = self._used.get(key, 0) + max([award.times for award in awards])
        self._spent[key] = self._spent.get(key, 0) + sum([award.amount_minor for award in awards])
        return True

    def _answer(self, rule: Rule) -> tuple[list[Award], WithheldReason | None]:
        """What the promotion gives, taken off the basket; from memory if the question is the same."""
        basket, context = self._basket, self._context
        scope = rule.scope(basket.hits)
        lines = basket.lines
        question = Question(
            [lines[index] for index in scope],
            basket.standing(scope),
            context.facts,
            self._times_left(rule.promotion),
            self._spent_minor(rule.promotion),
        )
        known = self._memory.get(rule.rank)
        if known is not None and known[0] == question:
            awards, withheld, left = known[1]
            if awards:
                basket.stand(scope, left)
            return awards, withheld
        awards, withheld = self._work_out(rule, question.times)
        self._memory[rule.rank] = (question, Answered(awards, withheld, basket.standing(scope)))
        return awards, withheld

    def _work_out(self, rule: Rule, times: int | None) -> tuple[list[Award], WithheldReason | None]:
        if not rule.conditions_hold(self._basket, self._context.facts):
            return [], None
        if times is not None and times <= 0:
            return [], "used_up"
        kept = self._basket.snapshot() if rule.reverts else None
        awards = rule.give(self._basket, times)
        if kept is not None and (not awards or self._over_budget(rule.promotion, awards)):
            self._basket.restore(kept)
            return [], "over_budget" if awards else None
        return awards, None

    def _times_left(self, promotion: Promotion) -> int | None:
        """How many more uses the limits allow, None if they do not limit."""
        if promotion.limits == NO_LIMITS:
            return None
        limits, context, key = promotion.limits, self._context, promotion.counted_as
        bounds = [
            limit - counts.get(key, 0)
            for limit, counts in (
                (limits.overall, context.usage),
                (limits.per_day, context.usage_today),
                (limits.per_customer, context.usage_by_customer),
            )
            if limit is not None
        ]
        if limits.per_sale is not None:
            bounds.append(limits.per_sale)
        return min(bounds) - self._used.get(key, 0) if bounds else None

    def _over_budget(self, promotion: Promotion, awards: list[Award]) -> bool:
        budget = promotion.limits.budget_minor
        if budget is None:
            return False
        return self._spent_minor(promotion) + sum(award.amount_minor for award in awards) > budget

    def _spent_minor(self, promotion: Promotion) -> int:
        """What was given of the promotion's budget before; 0 if it has none."""
        if promotion.limits.budget_minor is None:
            return 0
        key = promotion.counted_as
        return self._context.spent_minor.get(key, 0) + self._spent.get(key, 0)
