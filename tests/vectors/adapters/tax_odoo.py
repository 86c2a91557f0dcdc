"""tax-odoo: taxes of lines, documents, discounts and price changes. Minor unit here: 0.01."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from evertill.core.rounding import Rounding, round_exact
from evertill.core.tax import Tax
from evertill.core.tax.adapt import adapt_price
from evertill.core.tax.document import (
    DocumentLine,
    DocumentTotals,
    Grouping,
    discount_document,
    group_of,
    round_for_cash,
    total_document,
)
from evertill.core.tax.stack import work_out
from tests.vectors.outcome import Failed, Outcome, Passed, compared

SET = "tax-odoo"
PARTS = ("groups", "taxes")  # of an expected result; all else is a total
EXACT_TO = Fraction(1, 1_000_000)  # unrounded figures are printed to six decimals
ROUNDINGS = {"per_line": "per_line", "globally": "per_receipt"}
STRATEGIES = {"add_invoice_line": "add_line", "biggest_tax": "biggest_tax"}
METHODS = {
    "HALF-UP": Rounding.HALF_UP,
    "HALF-DOWN": Rounding.HALF_DOWN,
    "HALF-EVEN": Rounding.HALF_EVEN,
    "UP": Rounding.UP,
    "DOWN": Rounding.DOWN,
}


def run(case: dict[str, Any]) -> Outcome:
    kinds = {
        "line": _line,
        "document": _document,
        "global_discount": _document,
        "adapt_price": _adapt_price,
        "pos_order": _pos_order,
    }
    return kinds[case["kind"]](case)


def _minor(text: Any) -> Fraction:
    return Fraction(str(text)) * 100


def _major(minor: Fraction) -> Fraction:
    return minor / 100


def _tax(given: Mapping[str, Any]) -> Tax:
    amount = Fraction(str(given["amount"]))
    fixed = given["type"] == "fixed"
    scaled = amount * (1_000_000 if fixed else 10_000)
    assert scaled.denominator == 1, f"finer than the product's rates: {given}"
    values = {
        "kind": given["type"],
        "included": bool(given.get("price_include", False)),
        "includes_in_base": bool(given.get("include_base_amount", False)),
        "base_affected": bool(given.get("is_base_affected", True)),
        "group": given.get("group"),
        "amount_e4" if fixed else "rate_ppm": int(scaled),
    }
    return Tax(id=repr(sorted(values.items(), key=str)), names={}, **values)


def _taxes(given: Sequence[Mapping[str, Any]]) -> tuple[Tax, ...]:
    return tuple(_tax(each) for each in given)


def _step(case: Mapping[str, Any]) -> Fraction:
    return _minor(case.get("precision") or "0.01")


def _document_line(given: Mapping[str, Any]) -> DocumentLine:
    unit = _minor(given.get("price_unit", given.get("unit_price")))
    quantity = Fraction(str(given.get("quantity", 1))) * 1000
    kept = 1 - Fraction(str(given.get("discount_percent") or given.get("discount") or 0)) / 100
    return DocumentLine(unit * kept * quantity / 1000, quantity, _taxes(given.get("taxes") or ()))


def _near(expected: Any, came: Fraction) -> bool:
    return abs(Fraction(str(expected)) - _major(came)) <= EXACT_TO


def _line(case: dict[str, Any]) -> Outcome:
    line = _document_line(case)
    step = _step(case)
    per_line = case["rounding_method"] == "per_line"
    rounded = (lambda amount: round_exact(amount, step)) if per_line else None
    net, slices = work_out(line.taxes, line.price, line.quantity_milli, rounded)
    gross = net + sum(each.amount for each in slices)
    expected = case["expected"]
    pairs = [(expected["total_excluded"], net), (expected["total_included"], gross)]
    for wanted, each in zip(expected.get("taxes", ()), slices, strict="taxes" in expected):
        figures = {"base": each.base, "amount": each.amount}
        pairs += [(wanted[name], figure) for name, figure in figures.items() if name in wanted]
    wrong = [(str(wanted), str(float(_major(came)))) for wanted, came in pairs if not _near(wanted, came)]
    return Failed(f"(expected, came): {wrong}") if wrong else Passed()


def _totals(case: dict[str, Any], grouping: Grouping) -> DocumentTotals:
    lines = [_document_line(each) for each in case["lines"]]
    how: dict[str, Any] = {
        "rounding": ROUNDINGS[case["rounding_method"]],
        "step": _step(case),
        "grouping": grouping,
    }
    discount = case.get("global_discount")
    if discount is None:
        totals = total_document(lines, **how)
    elif discount["type"] == "percent":
        totals = discount_document(lines, percent=Fraction(str(discount["amount"])), **how)
    else:
        totals = discount_document(lines, amount=_minor(discount["amount"]), **how)
    cash = case.get("cash_rounding")
    if cash is None:
        return totals
    return round_for_cash(
        totals,
        step=_minor(cash["precision"]),
        strategy=STRATEGIES[cash["strategy"]],
        rounding=METHODS[cash.get("method", "HALF-UP")],
    )


def _shown(totals: DocumentTotals, expected: Mapping[str, Any]) -> dict[str, Fraction]:
    """Our totals under the names of the case; a rounding line counts as a line unless it is named."""
    shown = {"tax": _major(totals.tax), "total": _major(totals.gross), "untaxed": _major(totals.net)}
    if all(name in expected for name in shown) and _f(expected["untaxed"]) + _f(expected["tax"]) == _f(
        expected["total"]
    ):
        shown["untaxed"] += _major(totals.cash_rounding)
    for name in expected:
        if name not in shown and name != "groups" and "rounding" in name:
            shown[name] = _major(totals.cash_rounding)
    return shown


def _document(case: dict[str, Any]) -> Outcome:
    expected = case["expected"]
    wanted = {name: Fraction(str(value)) for name, value in expected.items() if name not in PARTS}
    figures = {str(g["group"]).casefold(): (_f(g["base"]), _f(g["tax"])) for g in expected.get("groups", [])}
    seen = []
    for grouping in _groupings(case, set(figures)):
        totals = _totals(case, grouping)
        shown = _shown(totals, expected)
        groups = {name.casefold(): (_major(g.base), _major(g.tax)) for name, g in totals.groups.items()}
        alike = (
            groups == figures if grouping is group_of else sorted(groups.values()) == sorted(figures.values())
        )
        right = all(shown.get(name) == value for name, value in wanted.items())
        if right and (alike or "groups" not in expected):
            return Passed()
        seen.append((_floats(shown), {name: _floats(dict(enumerate(g))) for name, g in groups.items()}))
    return compared(expected, seen[0])


def _groupings(case: dict[str, Any], wanted: set[str]) -> Iterator[Grouping]:
    """The groups that the case gives its taxes; where its result speaks of others, every way to group them.

    Some upstream tests move taxes between groups on the way; the case then names groups that its
    taxes do not, and only the figures of the groups can be compared.
    """
    taxes = {tax.id: tax for line in case["lines"] for tax in _taxes(line.get("taxes") or ())}
    if wanted <= {group_of(tax).casefold() for tax in taxes.values()}:
        yield group_of
        return
    for homes in _partitions(list(taxes)):
        yield lambda tax, homes=homes: homes[tax.id]


def _partitions(ids: list[str]) -> Iterator[dict[str, str]]:
    if not ids:
        yield {}
        return
    for rest in _partitions(ids[1:]):
        for home in [*dict.fromkeys(rest.values()), ids[0]]:
            yield {ids[0]: home, **rest}


def _f(text: Any) -> Fraction:
    return Fraction(str(text))


def _floats(values: Mapping[Any, Fraction]) -> dict[Any, float]:
    return {name: float(value) for name, value in values.items()}


def _adapt_price(case: dict[str, Any]) -> Outcome:
    came = adapt_price(_minor(case["price_unit"]), _taxes(case["original_taxes"]), _taxes(case["new_taxes"]))
    if _near(case["expected"]["price_unit"], came):
        return Passed()
    return compared(case["expected"]["price_unit"], float(_major(came)))


def _pos_order(case: dict[str, Any]) -> Outcome:
    wrong = []
    for given in case["lines"]:
        line = _document_line(given)
        totals = total_document(
            [line],
            rounding=ROUNDINGS[case["rounding_method"]],
            step=_step(case),
            grouping=_by_rate,
        )
        came = {"untaxed": totals.net, "total": totals.gross}
        came |= {f"tax {name}": group.tax for name, group in totals.groups.items()}
        expected = {name: value for name, value in given["expected"].items() if name != "taxes"}
        if "taxes" in given["expected"]:
            taxes = given["expected"]["taxes"].items()
            expected |= {f"tax {_f(rate.strip('% '))}": amount for rate, amount in taxes}
            expected |= {name: 0 for name in came if name not in expected and name.startswith("tax ")}
        wanted = {name: _minor(value) for name, value in expected.items()}
        if wanted != {name: came.get(name) for name in wanted}:
            wrong.append((_floats(wanted), _floats(came)))
    if wrong:
        return Failed(f"(expected, came): {wrong}")
    return _document(case) if "expected" in case else Passed()


def _by_rate(tax: Tax) -> str:
    return str(Fraction(tax.rate_ppm, 10_000))
