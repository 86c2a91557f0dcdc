"""cart-sylius: carts with promotions, price cuts, delivery and taxes, said in our terms.

Delivery is a line of kind "charge". A tax "per unit" is that of units rung up one by one; the
"unrounded decimal" calculator is our rounding once per receipt. `order_discount` counts everything
taken off goods (that is what the source shows: case 0058 adds its unit discount). `line_discount` is what
the source calls the product's own discount: unit rewards, or all shares where there is no unit reward.
A cart of the source has one coupon at a time; a rule or filter may name a product by its article or its name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from evertill.core.promotions import (
    AmountOff,
    Award,
    Condition,
    CountAtLeast,
    LineFilter,
    PercentOff,
    PriceCut,
    Promotion,
    PromotionBook,
    PromotionContext,
    PromotionLine,
    PromotionOutcome,
    Reward,
    UseLimits,
    ValueAtLeast,
    cut_price,
)
from evertill.core.rounding import Rounding, share
from evertill.core.tax import Tax, TaxableLine, TaxClass, TaxEngine, TaxTable
from tests.vectors.outcome import Failed, Outcome, OutOfScope, Passed

SET = "cart-sylius"
SPENT = ("usage_limit_reached", "coupon_usage_limit_reached")
KNOWN_PROMOTION = {
    "name",
    "priority",
    "exclusive",
    "coupon",
    "rules",
    "actions",
    *SPENT,
}
SCOPES = {
    "product": "product:",
    "products": "product:",
    "variant": "variant:",
    "variants": "variant:",
    "taxon": "",
    "taxons": "",
}
GOODS = LineFilter()
DELIVERY = LineFilter(kinds=("charge",))
E4 = 10_000
Named = Callable[[str], tuple[str, ...]]


class Unsaid(Exception):
    """The case uses something our engine does not say; the argument is the reason's key."""


def run(case: Mapping[str, Any]) -> Outcome:
    """Rings up the steps and compares what the case expects."""
    try:
        cart = _Cart(case)
    except Unsaid as unsaid:
        return OutOfScope(str(unsaid))
    wrong = []
    for name, wanted in case["expected"].items():
        came = cart.shown(name, wanted)
        if came != _wanted(wanted):
            wrong.append(f"{name}: expected {_wanted(wanted)}, came {came}")
    return Failed("; ".join(wrong)) if wrong else Passed()


def _minor(text: object) -> int:
    return int(Decimal(str(text)) * 100)


def _ppm(percent: object) -> int:
    return int(Decimal(str(percent)) * 10_000)


def _wanted(wanted: Any) -> Any:
    if isinstance(wanted, bool):
        return wanted
    if isinstance(wanted, Mapping):
        return {key: _minor(value) for key, value in wanted.items()}
    return _minor(wanted)


class _Cart:
    """The cart of a case after its steps, priced, discounted and taxed."""

    def __init__(self, case: Mapping[str, Any]) -> None:
        self._case = case
        self._products = {product["sku"]: product for product in case["products"]}
        self._cuts = [_price_cut(each) for each in case.get("catalog_promotions") or ()]
        self._methods = case.get("shipping_methods") or []
        self._delivery = self._methods[0]["name"] if self._methods else None
        self._given = case.get("promotions") or []
        self._quantities: dict[str, int] = {}
        self._coupons: list[str] = []
        for step in case["steps"]:
            self._take(step)
        self.promotions = [_promotion(each, self._skus_named) for each in self._given]
        self.lines = self._ring_up()
        self.outcome = self._discounted()
        self._taxes = self._taxed()

    def _take(self, step: Mapping[str, Any]) -> None:
        if "add" in step:
            self._quantities[step["add"]] = self._quantities.get(step["add"], 0) + step.get("quantity", 1)
        elif "set_quantity" in step:
            self._quantities[step["set_quantity"]] = step["quantity"]
        elif "remove" in step:
            self._quantities.pop(step["remove"], None)
        elif "coupon" in step:
            self._coupons = [step["coupon"]] if step["coupon"] else []
        elif "shipping" in step:
            self._delivery = step["shipping"]
        elif "view" not in step:
            raise Unsaid("sylius_step")

    def _skus_named(self, name: str) -> tuple[str, ...]:
        """The articles that go by this name: their own, their variant's or their product's."""
        named = (
            sku
            for sku, product in self._products.items()
            if name in (sku, product.get("product"), product.get("variant"))
        )
        return tuple(named) or (name,)

    def _ring_up(self) -> list[PromotionLine]:
        lines = []
        for sku, quantity in self._quantities.items():
            if quantity <= 0:
                continue
            product = self._products[sku]
            price = self._price_e4(sku)
            lines.append(
                PromotionLine(
                    no=len(lines) + 1,
                    sku=sku,
                    unit_price_e4=price,
                    quantity_milli=quantity * 1000,
                    amount_minor=price // E4 * quantity,
                    categories=_labels(product),
                    floor_minor=_minor(product.get("minimum_price") or 0) * quantity,
                )
            )
        for method in self._methods:
            if method["name"] == self._delivery and lines:
                fee = _minor(method["fee"])
                lines.append(
                    PromotionLine(
                        no=len(lines) + 1,
                        sku=method["name"],
                        unit_price_e4=fee * E4,
                        amount_minor=fee,
                        kind="charge",
                    )
                )
        return lines

    def _price_e4(self, sku: str) -> int:
        product = self._products[sku]
        price, _ = cut_price(
            _minor(product["unit_price"]) * E4,
            self._cuts,
            sku=sku,
            categories=_labels(product),
            floor_minor=_minor(product.get("minimum_price") or 0),
        )
        return price

    def _discounted(self) -> PromotionOutcome:
        used = {
            promotion.id: 1
            for promotion, each in zip(self.promotions, self._given, strict=True)
            if _spent(each)
        }
        context = PromotionContext(
            currency=self._case.get("currency") or "USD",
            at=datetime.fromisoformat("2025-01-01T12:00:00"),
            coupons=tuple(self._coupons),
            usage=used,
        )
        return PromotionBook(self.promotions).evaluate(self.lines, context)

    def left(self, line: PromotionLine) -> int:
        """What the line costs after discounts."""
        return line.amount_minor - self.outcome.by_line().get(line.no, 0)

    def _taxed(self) -> dict[bool, int]:
        """Tax inside prices (True) and tax on top (False)."""
        taxes = self._case.get("taxes") or []
        exact = any(tax.get("calculator") == "unrounded_decimal" for tax in taxes)
        ids = {place: f"{tax['name']}/{place}" for place, tax in enumerate(taxes)}
        table = TaxTable(
            taxes=tuple(
                Tax(
                    id=ids[place],
                    names={"en": tax["name"]},
                    rate_ppm=_ppm(tax["rate_percent"]),
                    included=bool(tax.get("included_in_price", False)),
                )
                for place, tax in enumerate(taxes)
            ),
            classes=tuple(
                TaxClass(
                    id=name or "none",
                    names={"en": name or "none"},
                    taxes=tuple(ids[p] for p, tax in enumerate(taxes) if tax["category"] == name),
                )
                for name in [*sorted({tax["category"] for tax in taxes}), None]
            ),
            rounding="per_receipt" if exact else "per_line",
        )
        known = {each.id for each in table.classes}
        taxable = [
            TaxableLine(name if name in known else "none", amount, quantity)
            for line in self.lines
            for name in (self._tax_category(line) or "none",)
            for amount, quantity in self._taxed_pieces(line)
        ]
        included = {tax.id: tax.included for tax in table.taxes}
        due = {True: 0, False: 0}
        for group in TaxEngine(table).compute(taxable).groups:
            due[included[group.tax]] += group.tax_minor
        return due

    def _taxed_pieces(self, line: PromotionLine) -> list[tuple[int, int]]:
        if self._case.get("tax_calculation") == "per_unit" and line.kind == "goods":
            count = line.quantity_milli // 1000
            return [(part, 1000) for part in share(self.left(line), [1] * count)]
        return [(self.left(line), line.quantity_milli)]

    def _tax_category(self, line: PromotionLine) -> str | None:
        if line.kind == "goods":
            category: str | None = self._products[line.sku].get("tax_category")
            return category
        return next(m.get("tax_category") for m in self._methods if m["name"] == line.sku)

    def shown(self, name: str, wanted: Any) -> Any:
        """What the shop would show under this name."""
        goods = {line.no for line in self.lines if line.kind == "goods"}
        if name == "total":
            return sum(self.left(line) for line in self.lines) + self._taxes[False]
        if name in ("taxes_included", "taxes_excluded"):
            return self._taxes[name == "taxes_included"]
        if name == "shipping":
            return sum(self.left(line) for line in self.lines if line.kind == "charge")
        if name == "order_discount":
            return -sum(amount for no, amount in self.outcome.by_line().items() if no in goods)
        if name == "coupon_error":
            return any(fate != "applied" for _, fate in self.outcome.coupons)
        if name == "catalog_price":
            return {sku: self._price_e4(sku) // E4 for sku in wanted}
        if name == "original_price":
            marked = {sku: self._products[sku] for sku in wanted}
            return {
                sku: _minor(each.get("original_price") or each["unit_price"]) for sku, each in marked.items()
            }
        if name == "line_total":
            return {line.sku: self.left(line) for line in self.lines if line.sku in wanted}
        if name == "line_discount":
            return self._line_discounts(wanted)
        return f"nothing is shown as {name}"

    def _line_discounts(self, wanted: Mapping[str, Any]) -> dict[str, int]:
        own = [award for award in self.outcome.awards if self._is_unit_reward(award)]
        awards = own or list(self.outcome.awards)
        found = dict.fromkeys(wanted, 0)
        names = {line.no: line.sku for line in self.lines}
        for award in awards:
            for no, amount in award.shares:
                if names[no] in found:
                    found[names[no]] += amount
        return found

    def _is_unit_reward(self, award: Award) -> bool:
        promotion = next(each for each in self.promotions if each.id == award.promotion_id)
        reward = promotion.rewards[award.reward_index]
        return isinstance(reward, AmountOff | PercentOff) and reward.spread == "unit"


def _labels(product: Mapping[str, Any]) -> tuple[str, ...]:
    """A product's taxons, and its product and variant names, as categories."""
    return (
        *(product.get("categories") or ()),
        f"product:{product.get('product', product['sku'])}",
        f"variant:{product.get('variant', product['sku'])}",
    )


def _price_cut(each: Mapping[str, Any]) -> PriceCut:
    scopes = each["applies_to"]
    named: list[str] = []
    for scope in scopes if isinstance(scopes, list) else [scopes]:
        for kind, value in scope.items():
            if kind not in SCOPES:
                raise Unsaid("sylius_price_cut_scope")
            values = value if isinstance(value, list) else [value]
            named += [SCOPES[kind] + name for name in values]
    by_percent = _is_percent(each["discount"]["type"])
    return PriceCut(
        id=each["name"],
        names={"en": each["name"]},
        rate_ppm=_ppm(each["discount"]["value"]) if by_percent else 0,
        amount_minor=0 if by_percent else _minor(each["discount"]["value"]),
        categories=tuple(named),
        priority=each.get("priority") or 0,
        exclusive=bool(each.get("exclusive", False)),
    )


def _is_percent(kind: str) -> bool:
    if kind not in ("percent", "percentage", "fixed"):
        raise Unsaid("sylius_action")
    return kind != "fixed"


def _spent(each: Mapping[str, Any]) -> bool:
    """Whether the case says that the promotion, or its coupon, has been used as often as it may."""
    return any(each.get(field) for field in SPENT)


def _promotion(each: Mapping[str, Any], named: Named) -> Promotion:
    if not set(each) <= KNOWN_PROMOTION:
        raise Unsaid("sylius_promotion_field")
    return Promotion(
        id=each["name"],
        names={"en": each["name"]},
        priority=each.get("priority") or 0,
        exclusive=bool(each.get("exclusive", False)),
        coupons=(each["coupon"],) if each.get("coupon") else (),
        conditions=tuple(_condition(rule, named) for rule in each.get("rules") or ()),
        rewards=tuple(_reward(action, named) for action in each.get("actions") or ()),
        limits=UseLimits(overall=1) if _spent(each) else UseLimits(),
    )


def _condition(rule: Mapping[str, Any], named: Named) -> Condition:
    kind = rule["type"]
    if kind == "items_total_at_least":
        return ValueAtLeast(amount_minor=_minor(rule["value"]))
    if kind == "cart_quantity_at_least":
        return CountAtLeast(units=int(rule["value"]))
    if kind == "category_total_at_least":
        only = LineFilter(categories=(rule["category"],))
        return ValueAtLeast(amount_minor=_minor(rule["value"]), of=only)
    if kind == "has_category":
        return CountAtLeast(units=1, of=LineFilter(categories=tuple(rule["categories"])))
    if kind == "contains_product":
        return CountAtLeast(units=1, of=LineFilter(skus=named(rule["sku"])))
    raise Unsaid("sylius_rule")


def _reward(action: Mapping[str, Any], named: Named) -> Reward:
    target, value = action["target"], action["discount"]["value"]
    if target not in ("order", "unit", "shipping"):
        raise Unsaid("sylius_action")
    of = DELIVERY if target == "shipping" else _filter(action.get("filter") or {}, named)
    spread: Any = "unit" if target == "unit" else "across"
    if not _is_percent(action["discount"]["type"]):
        return AmountOff(amount_minor=_minor(value), of=of, spread=spread)
    return PercentOff(
        rate_ppm=_ppm(value),
        of=of,
        spread=spread,
        measured="list" if target == "unit" else "left",
        rounding=Rounding.HALF_UP,
    )


def _filter(chosen: Mapping[str, Any], named: Named) -> LineFilter:
    if not set(chosen) <= {"categories", "skus", "price_min", "price_max"}:
        raise Unsaid("sylius_filter")
    low, high = chosen.get("price_min"), chosen.get("price_max")
    return LineFilter(
        categories=tuple(chosen.get("categories") or ()),
        skus=tuple(sku for name in chosen.get("skus") or () for sku in named(name)),
        price_min_e4=None if low is None else _minor(low) * E4,
        price_max_e4=None if high is None else _minor(high) * E4,
    )
