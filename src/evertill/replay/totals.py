"""What a day of a data set comes to, exactly: the yardstick for a replay, a report, an import.

Amounts are whole ten-thousandths of a minor unit and never rounded. The totals are made from the
same baskets that a replay rings up, and by nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import msgspec

from evertill.replay.datasets import DATASETS, Basket, folder_of


class KindTotal(msgspec.Struct):
    """One kind of document over a day."""

    documents: int = 0
    lines: int = 0
    quantity_milli: int = 0
    amount_e4: int = 0
    document_lines_max: int = 0

    def add(self, basket: Basket) -> None:
        """Counts one document in."""
        self.documents += 1
        self.lines += len(basket.lines)
        self.document_lines_max = max(self.document_lines_max, len(basket.lines))
        for line in basket.lines:
            self.quantity_milli += line.quantity_milli
            self.amount_e4 += line.amount_e4


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


def total_days(baskets: Iterable[Basket]) -> dict[str, DayTotal]:
    """Totals by ISO day, in the order in which the days first come up."""
    days: dict[str, DayTotal] = {}
    for basket in baskets:
        day = days.get(basket.day)
        if day is None:
            day = DayTotal(basket.day, KindTotal(), KindTotal(), KindTotal(), set(), {})
            days[basket.day] = day
        day.add(basket)
    return days


@lru_cache(maxsize=8)
def dataset_days(name: str, data: Path) -> dict[str, DayTotal]:
    """All days of a data set, read once. Raises KeyError for a set we do not know, FileNotFoundError."""
    return total_days(DATASETS[name].baskets(folder_of(name, data)))
