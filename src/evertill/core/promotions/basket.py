"""A basket while promotions are being given: what is left of each line, and which units are taken.

Each line is worth what earlier promotions left of it. Its units are either free or taken by a promotion
that does not let others use them again; the two parts are worth their own money, so that the free unit
of a multi-buy does not make its neighbours look cheaper. Always: 0 <= taken part <= left, and no
discount goes below the line's floor or below zero.

A weighed line is one unit. A line sold by the piece has as many units as whole pieces.

Where the order of things could matter it is fixed by price, article, amount and quantity, and only then
by line number, so that ringing up the same goods in another order gives the same discount.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter

from evertill.core.promotions.outcome import PromotionLine
from evertill.core.promotions.terms import Picks
from evertill.core.rounding import Rounding, divide, share

EACH = "each"
_FLOOR_OF = attrgetter("floor_minor")
Rank = tuple[int, str, int, int, int]
# Of some lines, in their order: what is left, units taken, minor units taken, whether touched, whether
# closed; None where that is so of no line of the basket.
Standing = tuple[
    list[int], list[int | None] | None, list[int | None] | None, list[bool] | None, list[bool] | None
]


class Basket:
    """The lines of one sale and what is left of them. Indices count the lines given, from 0."""

    __slots__ = (
        "_has_floors",
        "_taken_minor",
        "_taken_units",
        "closed",
        "hits",
        "left",
        "lines",
        "touched",
    )

    def __init__(self, lines: Sequence[PromotionLine], hits: Mapping[int, list[int]]) -> None:
        self.lines = lines
        self.hits = hits  # filter number -> indices of the lines it means
        self.left = [line.amount_minor for line in lines]
        self.touched: set[int] = set()  # lines that have been discounted
        self.closed: set[int] = set()  # lines that nothing may discount any more
        self._has_floors: bool | None = None
        self._taken_units: dict[int, int] = {}
        self._taken_minor: dict[int, int] = {}

    def snapshot(self) -> tuple[list[int], set[int], set[int], dict[int, int], dict[int, int]]:
        """A copy of the state, to go back to."""
        return (
            self.left.copy(),
            self.touched.copy(),
            self.closed.copy(),
            self._taken_units.copy(),
            self._taken_minor.copy(),
        )

    def restore(self, kept: tuple[list[int], set[int], set[int], dict[int, int], dict[int, int]]) -> None:
        """Go back to a snapshot."""
        self.left, self.touched, self.closed, self._taken_units, self._taken_minor = kept

    def standing(self, indices: Sequence[int]) -> Standing:
        """The state of some lines, to compare and to come back to."""
        left, units, minor = self.left, self._taken_units, self._taken_minor
        return (
            [left[index] for index in indices],
            [units.get(index) for index in indices] if units else None,
            [minor.get(index) for index in indices] if minor else None,
            [index in self.touched for index in indices] if self.touched else None,
            [index in self.closed for index in indices] if self.closed else None,
        )

    def stand(self, indices: Sequence[int], standing: Standing) -> None:
        """Bring some lines to a standing that came after the one they have."""
        lefts, units, minor, touched, closed = standing
        left = self.left
        for index, amount_minor in zip(indices, lefts, strict=True):
            left[index] = amount_minor
        for kept, known in ((units, self._taken_units), (minor, self._taken_minor)):
            if kept is not None:
                known.update({i: taken for i, taken in zip(indices, kept, strict=True) if taken is not None})
        for marks, marked in ((touched, self.touched), (closed, self.closed)):
            if marks is not None:
                marked.update([index for index, mark in zip(indices, marks, strict=True) if mark])

    def units(self, index: int) -> int:
        """All units of a line."""
        line = self.lines[index]
        return line.quantity_milli // 1000 if line.unit == EACH else 1

    def units_of(self, indices: Iterable[int]) -> dict[int, int]:
        """All units of some lines."""
        lines = self.lines
        return {
            index: lines[index].quantity_milli // 1000 if lines[index].unit == EACH else 1
            for index in indices
        }

    def free_units(self, index: int) -> int:
        """The units of a line that no promotion has taken."""
        taken = self._taken_units.get(index)
        return self.units(index) if taken is None else self.units(index) - taken

    def free_minor(self, index: int) -> int:
        """What the units not taken are worth now."""
        return self.left[index] - self._taken_minor.get(index, 0)

    def free_milli(self, index: int) -> int:
        """The quantity not taken, in thousandths of a piece; a weighed line counts as one piece."""
        line = self.lines[index]
        whole = line.quantity_milli if line.unit == EACH else 1000
        return whole - 1000 * self._taken_units.get(index, 0)

    def has_floors(self) -> bool:
        """Whether any line has a floor."""
        if self._has_floors is None:
            self._has_floors = any(map(_FLOOR_OF, self.lines))
        return self._has_floors

    def room(self, index: int, units: int | None, worth_minor: int) -> int:
        """How much may be taken off `units` units (None: the whole line) that are worth `worth_minor`."""
        line = self.lines[index]
        if not line.floor_minor:
            return worth_minor
        whole = max(0, self.left[index] - line.floor_minor)
        if units is None or line.unit != EACH:
            return min(whole, worth_minor)
        floor = divide(line.floor_minor * units * 1000, line.quantity_milli, Rounding.UP)
        return max(0, min(whole, worth_minor - floor))

    def cut(self, index: int, amount_minor: int) -> None:
        """Take a discount off the whole line: its taken and its free units bear it in proportion."""
        taken = self._taken_minor.get(index)
        if taken:
            # Rounded down: the odd cent of the discount goes to the free units.
            self._taken_minor[index] = taken - amount_minor * taken // self.left[index]
        self._lower(index, amount_minor)

    def take(self, index: int, units: int, worth_minor: int, amount_minor: int) -> None:
        """Take `units` free units worth `worth_minor` out of the others' reach, `amount_minor` cheaper."""
        self._taken_units[index] = self._taken_units.get(index, 0) + units
        self._taken_minor[index] = self._taken_minor.get(index, 0) + worth_minor - amount_minor
        self._lower(index, amount_minor)

    def cut_whole(self, amounts: Mapping[int, int]) -> None:
        """Take a discount off several whole lines."""
        left, taken = self.left, self._taken_minor
        self.touched.update(amounts)
        for index, amount_minor in amounts.items():
            if index in taken:
                self.cut(index, amount_minor)
            else:
                left[index] -= amount_minor
                assert left[index] >= 0, "a discount went below zero"

    def _lower(self, index: int, amount_minor: int) -> None:
        if not amount_minor:
            return
        self.left[index] -= amount_minor
        self.touched.add(index)
        assert self.left[index] >= 0, "a discount went below zero"

    def targets(self, filter_no: int, *, alone: bool) -> list[int]:
        """The lines a filter means that may still be discounted; `alone`: only those not discounted yet."""
        found = self.hits.get(filter_no)
        if found is None:
            return []
        if alone and self.touched:
            found = [index for index in found if index not in self.touched]
        if self.closed:
            found = [index for index in found if index not in self.closed]
        return found

    def in_order(self, indices: Iterable[int], picks: Picks) -> list[int]:
        """The lines by unit price as rung up; among equal ones the line rung up last comes first."""
        if picks == "dearest":
            return sorted(indices, key=self._dearest)
        return sorted(indices, key=self._cheapest)

    def _cheapest(self, index: int) -> Rank:
        line = self.lines[index]
        return (line.unit_price_e4, line.sku, line.amount_minor, line.quantity_milli, -index)

    def _dearest(self, index: int) -> Rank:
        line = self.lines[index]
        return (-line.unit_price_e4, line.sku, line.amount_minor, line.quantity_milli, -index)

    def shared(
        self, amount_minor: int, worths: Mapping[int, int], rooms: Mapping[int, int]
    ) -> dict[int, int]:
        """`amount_minor` shared out in proportion to `worths`, no share above its room.

        Largest remainder; the odd cent of equal remainders goes to the article that sorts first, then
        to the line rung up first. What finds no room with its line goes to the others in proportion.
        """
        if len(worths) == 1:
            ((index, room),) = rooms.items()
            return {index: min(amount_minor, room)}
        if rooms is worths and amount_minor <= sum(worths.values()):  # no share can exceed its worth
            places = list(worths)
            parts = share(amount_minor, list(worths.values()), lambda place: self._in_canon(places[place]))
            return dict(zip(places, parts, strict=True))
        order = sorted(worths, key=self._in_canon)
        given = dict.fromkeys(order, 0)
        rest = min(amount_minor, sum(rooms[index] for index in order))
        while rest:
            open_lines = [index for index in order if given[index] < rooms[index]]
            parts = share(rest, [worths[index] for index in open_lines])
            for index, part in zip(open_lines, parts, strict=True):
                fits = min(part, rooms[index] - given[index])
                given[index] += fits
                rest -= fits
        return given

    def _in_canon(self, index: int) -> tuple[str, int, int, int]:
        """Sorts lines by article, amount, quantity and then line number."""
        line = self.lines[index]
        return (line.sku, line.amount_minor, line.quantity_milli, index)


class Stock:
    """The units one promotion may still draw from while it forms its sets."""

    __slots__ = ("_basket", "_milli", "_units", "_worth", "free_only")

    def __init__(self, basket: Basket, *, free_only: bool) -> None:
        self._basket = basket
        self.free_only = free_only
        self._units: dict[int, int] = {}
        self._milli: dict[int, int] = {}
        self._worth: dict[int, int] = {}

    def units(self, index: int) -> int:
        """Units of a line that can still be drawn."""
        found = self._units.get(index)
        if found is not None:
            return found
        basket = self._basket
        if self.free_only:
            units, milli, worth = (
                basket.free_units(index),
                basket.free_milli(index),
                basket.free_minor(index),
            )
        else:
            line = basket.lines[index]
            units, worth = basket.units(index), basket.left[index]
            milli = line.quantity_milli if line.unit == EACH else 1000
        self._units[index], self._milli[index], self._worth[index] = units, milli, worth
        return units

    def worth(self, index: int, units: int) -> int:
        """What that many units would be worth if drawn now."""
        assert 0 < units <= self.units(index), "more units drawn than there are"
        worth, milli = self._worth[index], self._milli[index]
        return worth if units * 1000 == milli else divide(worth * units * 1000, milli)

    def draw(self, index: int, units: int) -> int:
        """Draw units; their worth in minor units. Drawing all that is left leaves no odd cent behind."""
        value = self.worth(index, units)
        self._units[index] -= units
        self._milli[index] -= units * 1000
        self._worth[index] -= value
        return value
