"""What sells: counted as sales complete, for the tiles. A help, never a figure of the books."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import msgspec

from evertill.core.receipt import SaleDocument

SLOT_LENGTH = len("2026-11-22T19:0")  # ten minutes of local time
SLOTS_KEPT = 12
HOUR = timedelta(minutes=60)
SKUS_MAX = 2_000  # of one day; beyond it the rarest half is forgotten


class Sold(msgspec.Struct, frozen=True, kw_only=True):
    """The counts as kept on the disk: ten-minute slots, and the trading day; sku -> pieces."""

    slots: dict[str, dict[str, int]] = {}
    day: str = ""
    of_day: dict[str, int] = {}


class BestSellers:
    """Counts of the last hour or so and of the trading day, folded from completed sales."""

    def __init__(self, sold: Sold | None = None) -> None:
        sold = sold or Sold()
        self._slots = {slot: Counter(counts) for slot, counts in sold.slots.items()}
        self._day = sold.day
        self._of_day = Counter(sold.of_day)

    def note(self, document: SaleDocument) -> None:
        """Counts the goods of a sale: pieces, or one for each weighing. What came back counts nothing."""
        if document.day != self._day:
            self._day, self._of_day = document.day, Counter()
        slot = self._slots.setdefault(document.completed_at[:SLOT_LENGTH], Counter())
        for line in document.lines:
            if line.kind == "goods" and line.quantity_milli > 0:
                pieces = max(1, line.quantity_milli // 1000) if line.unit == "each" else 1
                slot[line.sku] += pieces
                self._of_day[line.sku] += pieces
        while len(self._slots) > SLOTS_KEPT:
            del self._slots[next(iter(self._slots))]
        if len(self._of_day) > SKUS_MAX:
            self._of_day = Counter(dict(self._of_day.most_common(SKUS_MAX // 2)))

    def top(self, now: datetime, day: str) -> list[str]:
        """Skus sold in the last hour, the most sold first, then the others of this trading day likewise."""
        first, last = (at.isoformat()[:SLOT_LENGTH] for at in (now - HOUR, now))
        hour: Counter[str] = Counter()
        for slot, counts in self._slots.items():
            if first <= slot <= last:
                hour.update(counts)
        of_day = self._of_day if day == self._day else Counter[str]()
        ranked = (sku for counts in (hour, of_day) for sku, _ in counts.most_common())
        return list(dict.fromkeys(ranked))

    def sold(self) -> Sold:
        """What to keep."""
        return Sold(slots=dict(self._slots), day=self._day, of_day=self._of_day)
