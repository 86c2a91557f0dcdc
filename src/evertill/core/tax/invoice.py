"""An invoice by EN 16931 (Europe's standard: Peppol, XRechnung, Factur-X).

Lines are net of VAT. VAT is worked out per category and rate on the sum of lines, allowances and
charges, never per line (BR-CO-17), and rounded half away from zero to two decimals, whatever the
currency.

An invoice received from elsewhere states its own figures, worked out from quantities and prices
that it prints shortened. A stated net or VAT amount within a cent of ours therefore agrees
(`InvoiceLine.agrees`, `agreed_vat`), stands as stated, and all that follows builds on it.

Amounts here are exact major units, as the standard writes them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import msgspec

from evertill.core.rounding import round_exact

CENT = Fraction(1, 100)
ZERO = Fraction(0)

VatKey = tuple[str, Fraction]  # category code and percent; 0 where the category has none
Vat = dict[VatKey, tuple[Fraction, Fraction]]  # to (taxable, tax)


class Adjustment(msgspec.Struct, frozen=True, kw_only=True):
    """An allowance (or, with `charge`, a charge): an `amount`, else `percent` of `base`."""

    charge: bool
    amount: Fraction | None = None
    base: Fraction = ZERO
    percent: Fraction = ZERO
    vat: VatKey | None = None

    @property
    def signed(self) -> Fraction:
        """What it adds to a total."""
        amount = self.amount
        if amount is None:
            amount = round_exact(self.base * self.percent / 100, CENT)
        return amount if self.charge else -amount


class InvoiceLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line; `unit_price` buys `price_base_quantity` units. `stated_net` stands, if given."""

    quantity: Fraction
    unit_price: Fraction
    vat: VatKey
    price_base_quantity: Fraction = Fraction(1)
    adjustments: tuple[Adjustment, ...] = ()
    stated_net: Fraction | None = None

    @property
    def net(self) -> Fraction:
        """The line's net amount (BT-131): as stated, else as worked out."""
        return self.worked_out if self.stated_net is None else self.stated_net

    @property
    def agrees(self) -> bool:
        """Whether the stated net, if there is one, is ours to the cent."""
        return self.stated_net is None or abs(self.stated_net - self.worked_out) <= CENT

    @property
    def worked_out(self) -> Fraction:
        """The net amount from quantity, price, allowances and charges, two decimals."""
        goods = round_exact(self.quantity * self.unit_price / self.price_base_quantity, CENT)
        return goods + sum((each.signed for each in self.adjustments), ZERO)


class InvoiceTotals(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of an invoice. `vat` maps category and rate to (taxable, tax)."""

    line_nets: tuple[Fraction, ...]
    line_total: Fraction
    allowance_total: Fraction
    charge_total: Fraction
    tax_exclusive: Fraction
    vat: Vat
    tax_total: Fraction
    tax_inclusive: Fraction
    payable: Fraction


def total_invoice(
    lines: Sequence[InvoiceLine],
    adjustments: Sequence[Adjustment] = (),
    *,
    prepaid: Fraction = ZERO,
    payable_rounding: Fraction = ZERO,
    stated: Mapping[str, Fraction] | None = None,
    stated_vat: Vat | None = None,
) -> InvoiceTotals:
    """All totals of an invoice. `stated` names fields of InvoiceTotals.

    Raises ValueError for an allowance or charge on the document without a VAT category.
    """
    known = stated or {}
    nets = tuple(line.net for line in lines)
    line_total = known.get("line_total", sum(nets, ZERO))
    charges = known.get("charge_total", sum((each.signed for each in adjustments if each.charge), ZERO))
    allowances = known.get(
        "allowance_total", -sum((each.signed for each in adjustments if not each.charge), ZERO)
    )
    exclusive = known.get("tax_exclusive", line_total - allowances + charges)
    vat = stated_vat if stated_vat is not None else break_down(lines, adjustments)
    tax_total = known.get("tax_total", sum((tax for _, tax in vat.values()), ZERO))
    inclusive = known.get("tax_inclusive", exclusive + tax_total)
    return InvoiceTotals(
        line_nets=nets,
        line_total=line_total,
        allowance_total=allowances,
        charge_total=charges,
        tax_exclusive=exclusive,
        vat=vat,
        tax_total=tax_total,
        tax_inclusive=inclusive,
        payable=known.get("payable", inclusive - prepaid + payable_rounding),
    )


def break_down(lines: Sequence[InvoiceLine], adjustments: Sequence[Adjustment] = ()) -> Vat:
    """What each VAT category and rate is due on, and the VAT, two decimals (BG-23)."""
    taxable: dict[VatKey, Fraction] = {}
    for line in lines:
        taxable[line.vat] = taxable.get(line.vat, ZERO) + line.net
    for each in adjustments:
        if each.vat is None:
            raise ValueError("An allowance or charge on the whole invoice needs a VAT category.")
        taxable[each.vat] = taxable.get(each.vat, ZERO) + each.signed
    return {key: (base, round_exact(base * key[1] / 100, CENT)) for key, base in taxable.items()}


def agreed_vat(ours: Vat, stated: Vat) -> Vat:
    """`stated`, if it has our categories and bases and each tax to the cent; else `ours`.

    A rate on which nothing stands may be listed or not.
    """
    nothing = (ZERO, ZERO)
    pairs = [(ours.get(key, nothing), stated.get(key, nothing)) for key in ours.keys() | stated.keys()]
    agrees = all(one[0] == other[0] and abs(one[1] - other[1]) <= CENT for one, other in pairs)
    return stated if agrees else ours
