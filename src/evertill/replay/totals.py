"""What a day of a data set comes to, exactly: the yardstick for a replay, a report, an import.

`amount_e4` is in whole ten-thousandths of a minor unit and never rounded; `money_minor` is what a till
takes for the same lines, each rounded to the minor unit (half away from zero) by itself. The totals are
made from the same baskets that a replay rings up, and by nothing else; what came out of a replay is
added up by the same `count`, document by document.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import msgspec

from evertill.core.rounding import divide
from evertill.replay.datasets import DATASETS, Basket, folder_of


class KindTotal(msgspec.Struct):
    """One kind of document over a day."""

    documents: int = 0
    lines: int = 0
    quantity_milli: int = 0
    amount_e4: int = 0
    document_lines_max: int = 0
    money_minor: int = 0

    def count(self, *, lines: int, quantity_milli: int, amount_e4: int, money_minor: int) -> None:
        """Counts one document in."""
        self.documents += 1
        self.lines += lines
        self.quantity_milli += quantity_milli
        self.amount_e4 += amount_e4
        self.money_minor += money_minor
        self.document_lines_max = max(self.document_lines_max, lines)

    def add(self, basket: Basket) -> None:
        """Counts one document in, as it was published."""
        self.count(
            lines=len(basket.lines),
            quantity_milli=sum(line.quantity_milli for line in basket.lines),
            amount_e4=sum(line.amount_e4 for line in basket.lines),
            money_minor=sum(divide(line.amount_e4, 10_000) for line in basket.lines),
        )


class DayTotal(msgspec.Struct):
    """A day: totals by kind of document, the codes seen, and sums of the further published columns."""

    day: str
    sale: KindTotal
    cancellation: KindTotal
    adjustment: KindTotal
    codes: set[str]
    figures: dict[str, int]

    @property
    def lines(self) -> int:
        """Lines of all documents."""
        return self.sale.lines + self.cancellation.lines + self.adjustment.lines

    def add(self, basket: Basket) -> None:
        """Counts one document in."""
        kind: KindTotal = getattr(self, basket.kind)
        kind.add(basket)
        for line in basket.lines:
            self.codes.add(line.code)
            for name, value in line.figures:
                self.figures[name] = self.figures.get(name, 0) + value


def empty_day(day: str) -> DayTotal:
    """A day without trade."""
    return DayTotal(day, KindTotal(), KindTotal(), KindTotal(), set(), {})


def total_days(baskets: Iterable[Basket]) -> dict[str, DayTotal]:
    """Totals by ISO day, in the order in which the days first come up."""
    days: dict[str, DayTotal] = {}
    for basket in baskets:
        day = days.get(basket.day)
        if day is None:
            day = days[basket.day] = empty_day(basket.day)
        day.add(basket)
    return days


@lru_cache(maxsize=8)
def dataset_days(name: str, data: Path) -> dict[str, DayTotal]:
    """All days of a data set, read once. Raises KeyError for a set we do not know, FileNotFoundError."""
    return total_days(DATASETS[name].baskets(folder_of(name, data)))
