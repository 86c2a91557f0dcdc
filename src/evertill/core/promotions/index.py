"""Finds which line filters mean which lines, without asking every filter about every line.

A filter that names articles is filed under them, otherwise under its categories, otherwise under its
brands; only filters that name none of these are tried on every line. What goods of a kind fit is
remembered (for articles that some filter names: what the article fits), so a book of thousands of
promotions costs a scan no more than one of twenty, and a hundred thousand articles no more than ten.
"""

from __future__ import annotations

from collections.abc import Sequence

from evertill.core.promotions.outcome import PromotionLine
from evertill.core.promotions.terms import LineFilter

REMEMBERED_MAX = 20_000
Kind = tuple[str, tuple[str, ...], str | None, str]  # article if a filter names it, categories, brand, kind


class FilterIndex:
    """Numbers filters (equal ones alike) and finds the lines they mean."""

    def __init__(self) -> None:
        self._numbers: dict[LineFilter, int] = {}
        self._filters: list[LineFilter] = []
        self._by_sku: dict[str, list[int]] = {}
        self._by_category: dict[str, list[int]] = {}
        self._by_brand: dict[str, list[int]] = {}
        self._broad: list[int] = []
        self._priced: set[int] = set()
        self._named: set[str] = set()
        self._known: dict[Kind, tuple[int, ...]] = {}
        self._last: tuple[list[PromotionLine], dict[int, list[int]]] = ([], {})

    def number(self, line_filter: LineFilter) -> int:
        """The number of a filter; a new one is filed."""
        known = self._numbers.get(line_filter)
        if known is not None:
            return known
        number = len(self._filters)
        self._numbers[line_filter] = number
        self._filters.append(line_filter)
        if line_filter.price_min_e4 is not None or line_filter.price_max_e4 is not None:
            self._priced.add(number)
        self._file(number, line_filter)
        self._named.update(line_filter.skus, line_filter.not_skus)
        self._known.clear()
        self._last = ([], {})
        return number

    def _file(self, number: int, line_filter: LineFilter) -> None:
        for values, shelf in (
            (line_filter.skus, self._by_sku),
            (line_filter.categories, self._by_category),
            (line_filter.brands, self._by_brand),
        ):
            if values:
                for value in values:
                    shelf.setdefault(value, []).append(number)
                return
        self._broad.append(number)

    def is_broad(self, number: int) -> bool:
        """Whether the filter names no article, category or brand."""
        line_filter = self._filters[number]
        return not (line_filter.skus or line_filter.categories or line_filter.brands)

    def hits(self, lines: Sequence[PromotionLine]) -> dict[int, list[int]]:
        """Filter number -> indices of the discountable lines sold that it means, if there are any.

        What was found for the lines of the last question is gone on from if these begin with them.
        """
        now = list(lines)
        asked, found = self._last
        begun = len(asked)
        if asked != now[:begun]:
            begun, found = 0, {}
        found = self._with(found, now, begun)
        self._last = (now, found)
        return self._sifted_by_price(lines, found) if self._priced else found

    def _with(
        self, before: dict[int, list[int]], lines: Sequence[PromotionLine], begin: int
    ) -> dict[int, list[int]]:
        """`before` with what the lines from `begin` on are meant by; `before` stays as it is."""
        known = self._known
        found = before.copy()
        fresh: set[int] = set()
        for index in range(begin, len(lines)):
            line = lines[index]
            if line.amount_minor <= 0 or line.quantity_milli <= 0 or not line.discountable:
                continue
            sku = line.sku if line.sku in self._named else ""
            kind = (sku, line.categories, line.brand, line.kind)
            fits = known.get(kind)
            if fits is None:
                fits = self._look(line, kind)
            for number in fits:
                if number in fresh:
                    found[number].append(index)
                else:
                    fresh.add(number)
                    found[number] = [*found.get(number, ()), index]
        return found

    def _look(self, line: PromotionLine, kind: Kind) -> tuple[int, ...]:
        numbers = set(self._broad)
        numbers.update(self._by_sku.get(line.sku, ()))
        for category in line.categories:
            numbers.update(self._by_category.get(category, ()))
        if line.brand is not None:
            numbers.update(self._by_brand.get(line.brand, ()))
        fits = tuple(sorted(n for n in numbers if _means(self._filters[n], line)))
        if len(self._known) >= REMEMBERED_MAX:
            self._known.clear()
        self._known[kind] = fits
        return fits

    def _sifted_by_price(
        self, lines: Sequence[PromotionLine], found: dict[int, list[int]]
    ) -> dict[int, list[int]]:
        sifted = found.copy()
        for number in [n for n in found if n in self._priced]:
            line_filter = self._filters[number]
            low, high = line_filter.price_min_e4, line_filter.price_max_e4
            indices = [
                index
                for index in found[number]
                if (low is None or lines[index].unit_price_e4 >= low)
                and (high is None or lines[index].unit_price_e4 <= high)
            ]
            if indices:
                sifted[number] = indices
            else:
                del sifted[number]
        return sifted


def _means(line_filter: LineFilter, line: PromotionLine) -> bool:
    """Whether the filter means the line, its price aside."""
    return (
        (not line_filter.kinds or line.kind in line_filter.kinds)
        and (not line_filter.skus or line.sku in line_filter.skus)
        and (not line_filter.brands or line.brand in line_filter.brands)
        and (not line_filter.categories or any(c in line_filter.categories for c in line.categories))
        and line.sku not in line_filter.not_skus
        and not any(c in line_filter.not_categories for c in line.categories)
    )
