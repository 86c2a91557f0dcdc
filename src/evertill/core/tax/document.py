"""Totals of a whole document, to any precision: invoices, quotations, orders that are not a till receipt.

A receipt anchors on the marked price (see `engine`). A document anchors on what its lines state:

* per line: every tax of every line is rounded, and all totals are sums of rounded figures;
* per receipt: everything is summed exactly and rounded once, each tax on its own. If every tax is
  inside its price, the sum of prices stands and the net is what the taxes leave; otherwise the net
  is rounded like any other sum and the gross follows from net and taxes. The base shown for an
  included tax is base and tax together, rounded, less the rounded tax.

Always: gross == net + tax + cash rounding.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Literal, NamedTuple

from msgspec import structs

from evertill.core.rounding import Rounding, round_exact
from evertill.core.tax.model import Tax, TaxRounding
from evertill.core.tax.stack import Round, Slice, work_out

Grouping = Callable[[Tax], str]
ONE = Fraction(1)
CashStrategy = Literal["add_line", "biggest_tax"]


class DocumentLine(NamedTuple):
    """A line of a document: its price as marked, in minor units, and its quantity, both exact."""

    price: Fraction
    quantity_milli: int | Fraction
    taxes: tuple[Tax, ...]


class GroupTotal(NamedTuple):
    """A tax group: what its taxes are due on (its first tax on each line leads), and what is due."""

    base: Fraction
    tax: Fraction


class DocumentTotals(NamedTuple):
    """Rounded totals in minor units; `taxes` by id. `cash_rounding` is the rounding line, else zero."""

    net: Fraction
    tax: Fraction
    gross: Fraction
    groups: dict[str, GroupTotal]
    taxes: dict[str, Fraction]
    cash_rounding: Fraction = Fraction(0)


def group_of(tax: Tax) -> str:
    """The group a tax is shown in: the one it names, else itself."""
    return tax.group if tax.group is not None else tax.id


def total_document(
    lines: Sequence[DocumentLine],
    *,
    rounding: TaxRounding,
    step: Fraction = ONE,
    grouping: Grouping = group_of,
) -> DocumentTotals:
    """Totals of `lines`, rounded to multiples of `step` minor units, half away from zero.

    Taxes with one id are one tax. Lines without taxes count into net and gross only.
    """

    def rounded(amount: Fraction) -> Fraction:
        return round_exact(amount, step)

    on_line = rounded if rounding == "per_line" else None
    worked = [work_out(line.taxes, line.price, line.quantity_milli, on_line) for line in lines]
    dues: dict[str, Fraction] = defaultdict(Fraction)
    taxes: dict[str, Tax] = {}
    for each in (each for _, slices in worked for each in slices):
        dues[each.tax.id] += each.amount
        taxes[each.tax.id] = each.tax
    due = {tax: rounded(amount) for tax, amount in dues.items()}
    bases = _bases([slices for _, slices in worked], grouping, rounded)
    groups: dict[str, GroupTotal] = {}
    for tax_id, tax in taxes.items():
        group = grouping(tax)
        known = groups.get(group, GroupTotal(bases[group], Fraction(0)))
        groups[group] = GroupTotal(known.base, known.tax + due[tax_id])
    total_tax = sum(due.values(), Fraction(0))
    if all(tax.included for tax in taxes.values()):
        priced = (rounded(line.price) if on_line else line.price for line in lines)
        net = rounded(sum(priced, Fraction(0))) - total_tax
    else:
        net = rounded(sum((net for net, _ in worked), Fraction(0)))
    return DocumentTotals(net, total_tax, net + total_tax, groups, due)


def _bases(worked: Sequence[Sequence[Slice]], grouping: Grouping, rounded: Round) -> dict[str, Fraction]:
    """What each group is due on. On every line the group's first tax leads, so no line counts twice."""
    bases: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    inside: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for slices in worked:
        leads: dict[str, Slice] = {}
        for each in slices:
            leads.setdefault(grouping(each.tax), each)
        for group, lead in leads.items():
            bases[group, lead.tax.id] += lead.base
            if lead.tax.included:
                inside[group, lead.tax.id] += lead.amount
    totals: dict[str, Fraction] = defaultdict(Fraction)
    for key, base in bases.items():
        totals[key[0]] += rounded(base + inside[key]) - rounded(inside[key])
    return totals


def discount_document(
    lines: Sequence[DocumentLine],
    *,
    percent: Fraction | None = None,
    amount: Fraction | None = None,
    rounding: TaxRounding,
    step: Fraction = ONE,
    grouping: Grouping = group_of,
) -> DocumentTotals:
    """Totals after one discount on the whole document: a `percent`, or an `amount` with tax inside.

    Fixed taxes are not discounted: they are owed for the pieces, whatever those cost. Of
    everything else the discount takes the same part, rounded for each total on its own; the net
    is what gross and taxes leave.
    """
    before = total_document(lines, rounding=rounding, step=step, grouping=grouping)
    open_to_it = total_document(
        [_without_fixed(line) for line in lines], rounding=rounding, step=step, grouping=grouping
    )
    if percent is not None:
        part = percent / 100
    else:
        assert amount is not None, "discount_document: a percent or an amount"
        part = amount / open_to_it.gross if open_to_it.gross else Fraction(0)

    def taken(total: Fraction) -> Fraction:
        return round_exact(total * part, step)

    cuts = {tax: taken(open_to_it.taxes.get(tax, Fraction(0))) for tax in before.taxes}
    groups = {
        name: GroupTotal(total.base - taken(open_to_it.groups[name].base), total.tax)
        if name in open_to_it.groups
        else total
        for name, total in before.groups.items()
    }
    for name, cut in _by_group(lines, cuts, grouping):
        groups[name] = groups[name]._replace(tax=groups[name].tax - cut)
    tax = before.tax - sum(cuts.values(), Fraction(0))
    gross = before.gross - taken(open_to_it.gross)
    taxes = {tax_id: due - cuts[tax_id] for tax_id, due in before.taxes.items()}
    return DocumentTotals(gross - tax, tax, gross, groups, taxes)


def _by_group(
    lines: Sequence[DocumentLine], cuts: dict[str, Fraction], grouping: Grouping
) -> list[tuple[str, Fraction]]:
    homes = {tax.id: grouping(tax) for line in lines for tax in line.taxes}
    return [(home, cuts[tax]) for tax, home in homes.items()]


def _without_fixed(line: DocumentLine) -> DocumentLine:
    """The line at its net amount, with its other taxes on top: what a discount may touch."""
    net, _ = work_out(line.taxes, line.price, line.quantity_milli)
    kept = tuple(structs.replace(tax, included=False) for tax in line.taxes if tax.kind != "fixed")
    return DocumentLine(net, line.quantity_milli, kept) if len(kept) < len(line.taxes) else line


def round_for_cash(
    totals: DocumentTotals,
    *,
    step: Fraction,
    strategy: CashStrategy,
    rounding: Rounding = Rounding.HALF_UP,
) -> DocumentTotals:
    """`totals` with the gross a multiple of `step`.

    "add_line" shows the difference as a rounding line. "biggest_tax" moves the largest tax by it;
    a document without tax stays as it is.
    """
    gross = round_exact(totals.gross, step, rounding)
    odd = gross - totals.gross
    if strategy == "add_line":
        return totals._replace(gross=gross, cash_rounding=odd)
    if not totals.groups:
        return totals
    name = max(totals.groups, key=lambda group: abs(totals.groups[group].tax))
    biggest = totals.groups[name]
    groups = totals.groups | {name: biggest._replace(tax=biggest.tax + odd)}
    return totals._replace(tax=totals.tax + odd, gross=gross, groups=groups)
