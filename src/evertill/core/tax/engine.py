"""The tax of a receipt, as the checkout asks for it.

It is asked again after every scan, for every line, inside a few dozen microseconds. So each
line's own figures are remembered by value (a line that did not change costs one look-up), and
the receipt is settled in whole numbers: under one table, every tax of every class is a fixed
fraction of the amount and of the quantity, so all lines share one denominator per tax.

Per line, each tax is rounded on each line, half away from zero (a tax inside the price half towards
zero, if the table gives ties to the net). Per receipt, each tax is summed
exactly over the receipt and rounded once; the result is handed back to the lines so that the
lines still add up: each line gets its own tax rounded, and the few cents between that and the
receipt's tax go where rounding took or gave most. The marked price is never changed: an included
tax moves between net and tax, never the gross.

An exempt line pays no tax. If its price holds tax, that is taken out of the price (rounded on the
line), because the marked price is the price *with* tax.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from evertill.core.rounding import Rounding, carriers, divide
from evertill.core.tax.model import (
    Tax,
    TaxableLine,
    TaxClass,
    TaxedLine,
    TaxGroup,
    TaxOutcome,
    TaxTable,
)
from evertill.core.tax.stack import base_of, check_stack, coefficients, signed_quantity, work_out

REMEMBERED_MAX = 20_000


class _Part(NamedTuple):
    """One tax of one line: its place in the table, base and tax in minor units, and the exact tax."""

    place: int
    base: int
    tax: int
    residue: int  # what rounding took from the tax, over the engine's denominator for it


class _Piece(NamedTuple):
    line: TaxedLine
    parts: tuple[_Part, ...]


class TaxEngine:
    """Taxes receipts by one table. Keeps nothing but remembered results; equal lines give equal outcomes.

    Raises ValueError if the table names an unknown tax, uses an id twice, or holds taxes that
    leave nothing of a price.
    """

    def __init__(self, table: TaxTable) -> None:
        self.table = table
        self._places = {tax.id: place for place, tax in enumerate(table.taxes)}
        if len(self._places) != len(table.taxes) or len({c.id for c in table.classes}) != len(table.classes):
            raise ValueError("The tax table names an id twice.")
        self._classes = {each.id: self._stack(each) for each in table.classes}
        self._denominators = [1] * len(table.taxes)
        self._factors = self._common_factors()
        inside = Rounding.HALF_DOWN if table.ties == "net" else Rounding.HALF_UP
        self._modes = [inside if tax.included else Rounding.HALF_UP for tax in table.taxes]
        self._inside = _to_minor if table.ties == "tax" else _to_minor_half_down
        self._per_receipt = table.rounding == "per_receipt"
        self._known: dict[TaxableLine, _Piece] = {}
        self._known_moved: dict[tuple[TaxableLine, tuple[int, ...]], _Piece] = {}

    def compute(self, lines: Sequence[TaxableLine]) -> TaxOutcome:
        """The taxed receipt. Raises KeyError for a tax class that the table lacks.

        The outcome of mirrored lines is the mirrored outcome, to the cent.
        """
        known = self._known
        if len(known) > REMEMBERED_MAX:
            known.clear()
        pieces = [known.get(line) or self._learn(line) for line in lines]
        sums = [[0, 0, 0, 0] for _ in self._places]  # base, tax, residue, parts
        net = tax = 0
        for line, parts in pieces:
            net += line.net_minor
            tax += line.tax_minor
            for place, base, amount, residue in parts:
                of_tax = sums[place]
                of_tax[0] += base
                of_tax[1] += amount
                of_tax[2] += residue
                of_tax[3] += 1
        if self._per_receipt:
            for index, steps in self._odd_cents(pieces, sums).items():
                before = pieces[index]
                after = pieces[index] = self._moved(lines[index], before.parts, tuple(steps))
                net += after.line.net_minor - before.line.net_minor
                tax += after.line.tax_minor - before.line.tax_minor
                for old, new in zip(before.parts, after.parts, strict=True):
                    sums[new.place][0] += new.base - old.base
                    sums[new.place][1] += new.tax - old.tax
        return TaxOutcome(
            tuple([piece[0] for piece in pieces]),
            tuple([self._group(place, each[0], each[1]) for place, each in enumerate(sums) if each[3]]),
            net,
            tax,
            net + tax,
        )

    def _group(self, place: int, base_minor: int, tax_minor: int) -> TaxGroup:
        tax = self.table.taxes[place]
        return TaxGroup(tax.id, tax.names, tax.rate_ppm, base_minor, tax_minor, tax.group)

    def _stack(self, tax_class: TaxClass) -> tuple[Tax, ...]:
        for tax_id in tax_class.taxes:
            if tax_id not in self._places:
                raise ValueError(f"Tax class {tax_class.id} names a tax that is not in the table: {tax_id}.")
        if len(set(tax_class.taxes)) != len(tax_class.taxes):
            raise ValueError(f"Tax class {tax_class.id} names a tax twice.")
        taxes = tuple(self.table.taxes[self._places[tax_id]] for tax_id in tax_class.taxes)
        check_stack(taxes)
        return taxes

    def _common_factors(self) -> dict[str, tuple[tuple[int, int], ...]]:
        """For each class, each tax as (a, b): exact tax = (a * amount + b * quantity_milli) / denominator."""
        shares = {each: coefficients(taxes) for each, taxes in self._classes.items()}
        for each, taxes in self._classes.items():
            for tax, (of_price, of_quantity) in zip(taxes, shares[each], strict=True):
                place = self._places[tax.id]
                self._denominators[place] = lcm(
                    self._denominators[place], of_price.denominator, of_quantity.denominator
                )
        return {
            each: tuple(
                (int(of_price * over), int(of_quantity * over))
                for tax, (of_price, of_quantity) in zip(taxes, shares[each], strict=True)
                for over in (self._denominators[self._places[tax.id]],)
            )
            for each, taxes in self._classes.items()
        }

    def _learn(self, line: TaxableLine) -> _Piece:
        taxes = self._classes[line.tax_class]
        price, quantity = line.amount_minor, signed_quantity(line.quantity_milli, line.amount_minor)
        exact = [a * price + b * quantity for a, b in self._factors[line.tax_class]]
        piece = self._piece(line, taxes, self._rounded(line, taxes, exact), exact)
        self._known[line] = piece
        return piece

    def _rounded(self, line: TaxableLine, taxes: tuple[Tax, ...], exact: list[int]) -> list[int]:
        """Each tax of the line, rounded on the line."""
        if self._per_receipt or len(taxes) == 1:
            places = [self._places[tax.id] for tax in taxes]
            return [
                divide(each, self._denominators[place], self._modes[place])
                for each, place in zip(exact, places, strict=True)
            ]
        price = Fraction(line.amount_minor)
        _, slices = work_out(taxes, price, line.quantity_milli, _to_minor, inside=self._inside)
        return [int(each.amount) for each in slices]

    def _piece(
        self, line: TaxableLine, taxes: tuple[Tax, ...], amounts: list[int], exact: list[int]
    ) -> _Piece:
        """The line with these tax amounts. Included tax comes out of the price, the rest on top."""
        net = line.amount_minor - sum(a for tax, a in zip(taxes, amounts, strict=True) if tax.included)
        if line.exempt:
            return _Piece(TaxedLine(net, 0, net), ())
        parts = []
        for index, tax in enumerate(taxes):
            place = self._places[tax.id]
            residue = exact[index] - amounts[index] * self._denominators[place]
            parts.append(_Part(place, base_of(taxes, index, net, amounts), amounts[index], residue))
        tax_minor = sum(amounts)
        shown = tuple([(tax.id, part.base, part.tax) for tax, part in zip(taxes, parts, strict=True)])
        return _Piece(TaxedLine(net, tax_minor, net + tax_minor, shown), tuple(parts))

    def _odd_cents(self, pieces: list[_Piece], sums: list[list[int]]) -> dict[int, list[int]]:
        """Lines that must carry an odd cent, so that each tax is rounded once: index to steps by place."""
        moved: dict[int, list[int]] = {}
        for place, (_, rounded, taken, _) in enumerate(sums):
            over = self._denominators[place]
            if 2 * abs(taken) < over:
                continue
            odd = divide(rounded * over + taken, over, self._modes[place]) - rounded
            for index in _carriers(pieces, place, odd):
                moved.setdefault(index, [0] * len(sums))[place] = 1 if odd > 0 else -1
        return moved

    def _moved(self, line: TaxableLine, parts: tuple[_Part, ...], steps: tuple[int, ...]) -> _Piece:
        """The line's piece with its taxes moved by `steps` minor units, by place in the table."""
        piece = self._known_moved.get((line, steps))
        if piece is None:
            amounts = [part.tax + steps[part.place] for part in parts]
            exact = [part.tax * self._denominators[part.place] + part.residue for part in parts]
            piece = self._piece(line, self._classes[line.tax_class], amounts, exact)
            if len(self._known_moved) > REMEMBERED_MAX:
                self._known_moved.clear()
            self._known_moved[line, steps] = piece
        return piece


def _carriers(pieces: list[_Piece], place: int, odd: int) -> list[int]:
    owners, residues = [], []
    for index, piece in enumerate(pieces):
        for part in piece[1]:
            if part[0] == place:
                owners.append(index)
                residues.append(part[3])
    return [owners[share] for share in carriers(residues, odd)]


def _to_minor(amount: Fraction) -> Fraction:
    return Fraction(divide(amount.numerator, amount.denominator))


def _to_minor_half_down(amount: Fraction) -> Fraction:
    return Fraction(divide(amount.numerator, amount.denominator, Rounding.HALF_DOWN))
