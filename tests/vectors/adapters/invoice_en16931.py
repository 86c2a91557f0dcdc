"""invoice-en16931: published example invoices, calculated again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from evertill.core.tax.invoice import (
    Adjustment,
    InvoiceLine,
    Vat,
    VatKey,
    agreed_vat,
    break_down,
    total_invoice,
)
from tests.vectors.outcome import Failed, Outcome, Passed

SET = "invoice-en16931"
FIGURES = (
    "line_total",
    "allowance_total",
    "charge_total",
    "tax_exclusive",
    "tax_total",
    "tax_inclusive",
    "payable",
)
VAT_WORDS = ("vat", "basis", "taxable", "breakdown", "tax_amount", "category")


def run(case: dict[str, Any]) -> Outcome:
    expected, broken = case["expected"], case.get("failed_identities", [])
    vat = _vat(expected.get("vat_breakdown") or ())
    breaks_vat = any(word in name for name in broken for word in VAT_WORDS)
    lines = [_line(each) for each in case["lines"]]
    adjustments = [_adjustment(each) for each in case.get("allowances_charges") or ()]
    totals = total_invoice(
        lines,
        adjustments,
        prepaid=_n(expected.get("prepaid")),
        payable_rounding=_n(expected.get("payable_rounding")),
        stated={name: _n(expected[name]) for name in FIGURES if name in expected and _breaks(broken, name)},
        stated_vat=vat if breaks_vat else agreed_vat(break_down(lines, adjustments), vat),
    )
    pairs = {name: (_n(expected[name]), getattr(totals, name)) for name in FIGURES if name in expected}
    if not broken:
        pairs |= {
            f"line {number} net": (line.net, line.worked_out)
            for number, (line, given) in enumerate(zip(lines, case["lines"], strict=True), start=1)
            if not line.agrees and given.get("unit_price") is not None
        }
    wrong = [f"{name}: expected {float(a)}, came {float(b)}" for name, (a, b) in pairs.items() if a != b]
    if "vat_breakdown" in expected and _filled(vat) != _filled(totals.vat):
        wrong.append(f"VAT: expected {_floats(vat)}, came {_floats(totals.vat)}")
    return Failed("; ".join(wrong)) if wrong else Passed()


def _breaks(broken: Sequence[str], figure: str) -> bool:
    """Whether an identity that the example breaks speaks of this figure, which then stands as printed."""
    return any(
        figure in name or name in figure or ("sum" in name and figure == "line_total") for name in broken
    )


def _n(given: Any) -> Fraction:
    return Fraction(str(given or 0))


def _key(given: Mapping[str, Any]) -> VatKey:
    """Category and percent; the standard lets a category without tax leave the percent out."""
    return given.get("category", given.get("vat_category")), _n(
        given.get("percent", given.get("vat_percent"))
    )


def _vat(given: Sequence[Mapping[str, Any]]) -> Vat:
    """The breakdown; entries that differ only in the reason for an exemption are one rate."""
    vat: Vat = {}
    for each in given:
        taxable, tax = vat.get(_key(each), (Fraction(0), Fraction(0)))
        vat[_key(each)] = (taxable + _n(each.get("taxable")), tax + _n(each.get("tax")))
    return vat


def _filled(vat: Vat) -> Vat:
    """The breakdown without rates on which nothing stands: an invoice may list them or not."""
    return {key: figures for key, figures in vat.items() if any(figures)}


def _adjustment(given: Mapping[str, Any]) -> Adjustment:
    vat = (given["vat_category"], _n(given.get("vat_percent"))) if given.get("vat_category") else None
    return Adjustment(
        charge=bool(given.get("charge", False)),
        amount=_n(given["amount"]) if given.get("amount") is not None else None,
        base=_n(given.get("base")),
        percent=_n(given.get("percent")),
        vat=vat,
    )


def _line(given: Mapping[str, Any]) -> InvoiceLine:
    return InvoiceLine(
        quantity=_n(given.get("quantity", 1)),
        unit_price=_n(given.get("unit_price")),
        vat=(given.get("vat_category"), _n(given.get("vat_percent"))),
        price_base_quantity=_n(given.get("price_base_quantity")) or Fraction(1),
        adjustments=tuple(_adjustment(each) for each in given.get("allowances_charges") or ()),
        stated_net=_n(given["net"]) if given.get("net") is not None else None,
    )


def _floats(vat: Vat) -> dict[str, tuple[float, float]]:
    return {f"{key[0]} {float(key[1])}": (float(base), float(tax)) for key, (base, tax) in vat.items()}
