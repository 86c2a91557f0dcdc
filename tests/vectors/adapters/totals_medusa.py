"""totals-medusa: the figures of a cart, item by item and in sum, unrounded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from evertill.core.tax.cart import CartItem, itemise
from tests.vectors.outcome import Failed, Outcome, Passed

SET = "totals-medusa"
CLOSE = Fraction(1, 10**9)  # the published decimals are floats
GROUPS = {"items": "item", "shipping_methods": "shipping"}


def run(case: dict[str, Any]) -> Outcome:
    cart, came = case["input"], dict(case["input"])
    worked: dict[str, list[CartItem]] = {}
    for group in GROUPS:
        given = cart.get(group) or []
        worked[group] = [_itemised(each) for each in given]
        if group in cart:
            came[group] = [
                _shown(each, item, case.get("options"))
                for each, item in zip(given, worked[group], strict=True)
            ]
    came |= _sums(worked, cart.get("credit_lines") or [])
    wrong = _differences(case["expected"], came, "")
    return Failed("; ".join(wrong)) if wrong else Passed()


def _n(given: Any) -> Fraction:
    return Fraction(str(given))


def _itemised(given: Mapping[str, Any]) -> CartItem:
    price = given["unit_price"] if "unit_price" in given else given["amount"]
    return itemise(
        _n(price) * _n(given.get("quantity", 1)),
        rates_percent=[_n(line["rate"]) for line in given.get("tax_lines") or []],
        discounts=[_n(each["amount"]) for each in given.get("adjustments") or []],
        includes_tax=bool(given.get("is_tax_inclusive", False)),
    )


def _shown(given: Mapping[str, Any], item: CartItem, options: Mapping[str, Any] | None) -> dict[str, Any]:
    """The item under the names of the case: what went in, and every figure."""
    figures = {name: value for name, value in item._asdict().items() if name not in ("rates", "discounts")}
    shown = {**given, **figures}
    if given.get("tax_lines") is not None:
        shown["tax_lines"] = [
            {**line, "subtotal": rate.subtotal, "total": rate.total}
            for line, rate in zip(given["tax_lines"], item.rates, strict=True)
        ]
    if given.get("adjustments") is not None:
        shown["adjustments"] = [
            {**each, "subtotal": discount.subtotal, "total": discount.total}
            for each, discount in zip(given["adjustments"], item.discounts, strict=True)
        ]
    for path, name in ((options or {}).get("extraQuantityFields") or {}).items():
        quantity: Any = given
        for step in path.split("."):
            quantity = quantity.get(step) if isinstance(quantity, Mapping) else None
        if quantity is not None:
            shown[name] = item.total / _n(given.get("quantity", 1)) * _n(quantity)
    return shown


def _sums(
    worked: Mapping[str, Sequence[CartItem]], credits: Sequence[Mapping[str, Any]]
) -> dict[str, Fraction]:
    def added(field: str, group: str | None = None) -> Fraction:
        chosen = [worked[group]] if group else list(worked.values())
        return sum((getattr(item, field) for items in chosen for item in items), Fraction(0))

    credit = sum((_n(each["amount"]) for each in credits), Fraction(0))
    fields = [field for field in CartItem._fields if field not in ("rates", "discounts")]
    sums = {field: added(field) for field in fields}
    sums["total"] -= credit
    sums |= {
        "original_subtotal": added("subtotal"),
        "credit_line_total": credit,
        "credit_line_subtotal": credit,
        "credit_line_tax_total": Fraction(0),
    }
    for group, name in GROUPS.items():
        for field in fields:
            plain = field.removeprefix("original_")
            sums[f"{'original_' if plain != field else ''}{name}_{plain}"] = added(field, group)
        sums[f"original_{name}_subtotal"] = added("subtotal", group)
    return sums


def _differences(expected: Any, came: Any, where: str) -> list[str]:
    """Where `came` lacks or contradicts a key of `expected`."""
    if isinstance(expected, Mapping) and isinstance(came, Mapping):
        return [
            text
            for key, value in expected.items()
            for text in (
                _differences(value, came[key], f"{where}.{key}")
                if key in came
                else [f"{where}.{key}: missing"]
            )
        ]
    if isinstance(expected, list) and isinstance(came, list) and len(expected) == len(came):
        pairs = enumerate(zip(expected, came, strict=True))
        return [text for i, (a, b) in pairs for text in _differences(a, b, f"{where}[{i}]")]
    if isinstance(expected, bool | str | None) or isinstance(came, bool | str | None | Mapping | list):
        return [] if expected == came else [f"{where}: expected {expected!r}, came {came!r}"]
    close = abs(_n(expected) - _n(came)) <= CLOSE
    return [] if close else [f"{where}: expected {expected}, came {float(came)}"]
