"""promotion-medusa: promotions over a web cart, said in our terms.

Amounts are whole units of the currency, so ours are hundredths; upstream keeps fractions of a
hundredth, we do not, so an amount agrees when it is less than a hundredth away. Codes are coupons;
facts about the customer are facts of the sale; attributes of an item are its categories, its product is
its article; shipping methods are charges. Upstream lets units bought for one buy-and-get count again
for the next, so only rewarded units are taken. Every evaluation replaces the one before: old
adjustments are removed, their codes stay given, and a code nobody knows is an unknown coupon. A rule of
the promotion about `items.something` asks whether some item has it, so the items are facts of the sale too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from evertill.core.promotions import (
    AmountOff,
    BuyGet,
    Condition,
    FactIs,
    LineFilter,
    PercentOff,
    Promotion,
    PromotionBook,
    PromotionContext,
    PromotionLine,
    PromotionOutcome,
    Reward,
    UseLimits,
)
from evertill.core.rounding import divide
from tests.vectors.outcome import Failed, Outcome, OutOfScope, Passed

SET = "promotion-medusa"
CAMPAIGNS = {
    "campaign-id-1": {"type": "spend", "limit": 1000, "used": 0},
    "campaign-id-2": {"type": "usage", "limit": 1000, "used": 0},
}
BUDGET_FIELDS = {"type", "limit", "used"}
Action = tuple[str, str, str, Decimal]


class Unsaid(Exception):
    """The case uses something our engine does not say; the argument is the reason's key."""


def run(case: Mapping[str, Any]) -> Outcome:
    """Evaluates the cart and compares the actions, or the code that is not known."""
    try:
        cart = _Cart(case)
    except Unsaid as unsaid:
        return OutOfScope(str(unsaid))
    outcome = cart.evaluate()
    if "expected_error" in case:
        unknown = [code for code, fate in outcome.coupons if fate == "unknown"]
        told = any(f"({code})" in case["expected_error"] for code in unknown)
        return Passed() if told else Failed(f"expected an unknown code, came {outcome.coupons}")
    wanted = sorted(_wanted(action) for action in case["expected_actions"])
    came = sorted(cart.actions(outcome))
    agree = len(wanted) == len(came) and all(
        ours[:3] == theirs[:3] and abs(ours[3] - theirs[3]) < Decimal("0.01")
        for ours, theirs in zip(came, wanted, strict=True)
    )
    return Passed() if agree else Failed(f"expected {wanted}, came {came}")


def _wanted(action: Mapping[str, Any]) -> Action:
    of = action.get("item_id") or action.get("shipping_method_id") or action.get("adjustment_id") or ""
    return action["action"], of, action.get("code", ""), Decimal(str(action.get("amount", 0)))


def _minor(value: object) -> int:
    return int(Decimal(str(value)) * 100)


class _Cart:
    def __init__(self, case: Mapping[str, Any]) -> None:
        self._context = case["context"]
        self._budgets = {name: dict(budget) for name, budget in CAMPAIGNS.items()}
        for update in case.get("campaign_updates", ()):
            if not set(update.get("budget", {})) <= BUDGET_FIELDS:
                raise Unsaid("medusa_campaign")
            self._budgets.setdefault(update["id"], {}).update(update.get("budget", {}))
        automatic = not (case.get("options") or {}).get("prevent_auto_promotions")
        self._promotions = [
            self._promotion(each) for each in case["promotions"] if automatic or not each.get("is_automatic")
        ]
        items = [("goods", item) for item in self._context.get("items") or ()]
        methods = [("charge", method) for method in self._context.get("shipping_methods") or ()]
        self._ids = [each["id"] for _, each in items + methods]
        self._lines = [_line(no, kind, each) for no, (kind, each) in enumerate(items + methods, start=1)]
        self._goods = len(items)
        self._old = [(kind, old) for kind, each in items + methods for old in each.get("adjustments") or ()]
        codes = [*(case.get("codes") or ()), *(old["code"] for _, old in self._old if "code" in old)]
        self._codes = tuple(dict.fromkeys(codes))

    def evaluate(self) -> PromotionOutcome:
        """What our engine gives this cart."""
        used = {name: b.get("used") or 0 for name, b in self._budgets.items() if b.get("type") == "usage"}
        spent = {
            name: _minor(b.get("used") or 0) for name, b in self._budgets.items() if b.get("type") == "spend"
        }
        facts: dict[str, tuple[str, ...]] = {}
        for path, value in _flat(self._context):
            facts[path] = (*facts.get(path, ()), value)
        context = PromotionContext(
            currency=str(self._context.get("currency_code") or "usd").upper(),
            at=datetime.fromisoformat("2025-01-01T12:00:00"),
            coupons=self._codes,
            facts=facts,
            usage=used,
            spent_minor=spent,
        )
        return PromotionBook(self._promotions).evaluate(self._lines, context)

    def actions(self, outcome: PromotionOutcome) -> Iterator[Action]:
        """The outcome in upstream's words."""
        for award in outcome.awards:
            for no, amount in award.shares:
                word = "addItemAdjustment" if no <= self._goods else "addShippingMethodAdjustment"
                yield word, self._ids[no - 1], award.promotion_id, Decimal(amount) / 100
        for withheld in outcome.withheld:
            yield "campaignBudgetExceeded", "", withheld.promotion_id, Decimal(0)
        for kind, old in self._old:
            word = "removeItemAdjustment" if kind == "goods" else "removeShippingMethodAdjustment"
            yield word, old["id"], old.get("code", ""), Decimal(0)

    def _promotion(self, each: Mapping[str, Any]) -> Promotion:
        method = each["application_method"]
        campaign = each.get("campaign_id")
        buy_get = each["type"] == "buyget"
        return Promotion(
            id=each["code"],
            names={"en": each["code"]},
            priority=1 if buy_get else 0,
            coupons=() if each.get("is_automatic") else (each["code"],),
            currencies=(method["currency_code"].upper(),) if method.get("currency_code") else (),
            conditions=tuple(_condition(rule) for rule in each.get("rules") or ()),
            rewards=(_buy_get(method) if buy_get else _plain(method),),
            takes="rewarded" if buy_get else None,
            campaign=campaign,
            limits=self._limits(campaign),
        )

    def _limits(self, campaign: str | None) -> UseLimits:
        budget = self._budgets.get(campaign or "", {})
        if budget.get("limit") is None:
            return UseLimits()
        if budget["type"] == "usage":
            return UseLimits(overall=int(budget["limit"]))
        return UseLimits(budget_minor=_minor(budget["limit"]))


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """(dotted path, text) of each leaf; lists add nothing to the path."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flat(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for inner in value:
            yield from _flat(inner, path)
    elif value is not None:
        yield path, str(value)


def _line(no: int, kind: str, each: Mapping[str, Any]) -> PromotionLine:
    quantity = int(each.get("quantity", 1))
    amount = _minor(each["subtotal"] if "subtotal" in each else each["unit_price"] * quantity)
    attributes = {k: v for k, v in each.items() if k not in ("adjustments", "quantity", "subtotal")}
    return PromotionLine(
        no=no,
        sku=str((each.get("product") or {}).get("id", each["id"])),
        unit_price_e4=divide(amount * 10_000, max(1, quantity)),
        quantity_milli=quantity * 1000,
        amount_minor=amount,
        kind=kind,
        categories=tuple(f"{path}={value}" for path, value in _flat(attributes)),
        discountable=each.get("is_discountable", True),
    )


def _values(rule: Mapping[str, Any]) -> tuple[str, ...]:
    values = rule["values"] if isinstance(rule["values"], list) else [rule["values"]]
    return tuple(str(v.get("value", v)) if isinstance(v, Mapping) else str(v) for v in values)


def _condition(rule: Mapping[str, Any]) -> Condition:
    if rule["operator"] not in ("eq", "in", "ne"):
        raise Unsaid("medusa_rule")
    return FactIs(name=rule["attribute"], values=_values(rule), negate=rule["operator"] == "ne")


def _filter(rules: Sequence[Mapping[str, Any]] | None, kind: str) -> LineFilter:
    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()
    for rule in rules or ():
        labels = tuple(f"{rule['attribute']}={value}" for value in _values(rule))
        if rule["operator"] == "ne":
            unwanted += labels
        elif rule["operator"] not in ("eq", "in"):
            raise Unsaid("medusa_rule")
        elif rule["attribute"] == "product.id" and not skus:
            skus = _values(rule)
        elif not wanted:
            wanted = labels
        else:
            raise Unsaid("medusa_target_rules")
    return LineFilter(skus=skus, categories=wanted, not_categories=unwanted, kinds=(kind,))


def _plain(method: Mapping[str, Any]) -> Reward:
    target = method["target_type"]
    kind = "charge" if target == "shipping_methods" else "goods"
    of = _filter(method.get("target_rules"), kind)
    each = method.get("allocation") == "each" and target != "order"
    most = method.get("max_quantity") if each else None
    if method["type"] == "fixed":
        return AmountOff(
            amount_minor=_minor(method["value"]),
            of=of,
            spread="unit" if each else "across",
            max_units_per_line=most,
        )
    return PercentOff(
        rate_ppm=_rate_ppm(method),
        of=of,
        spread="line" if each else "across",
        max_units_per_line=most,
    )


def _rate_ppm(method: Mapping[str, Any]) -> int:
    """The percentage; more than all of a price is all of it."""
    return min(1_000_000, int(Decimal(str(method["value"])) * 10_000))


def _buy_get(method: Mapping[str, Any]) -> Reward:
    by_percent = method["type"] == "percentage"
    return BuyGet(
        buy=_filter(method.get("buy_rules"), "goods"),
        buy_units=method.get("buy_rules_min_quantity") or 1,
        get=_filter(method.get("target_rules"), "goods"),
        get_units=method.get("apply_to_quantity") or 1,
        rate_ppm=_rate_ppm(method) if by_percent else 1_000_000,
        amount_minor=None if by_percent else _minor(method["value"]),
        picks="dearest",
        max_times=1,
    )
