"""Cuts in the marked price: promotions that change the shelf label, before a basket exists.

The office uses them to derive a price list; the register then sells at that list's price. What a cut
leaves is rounded half up to a whole minor unit after each cut, as the label can show no less.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from evertill.core.pricebook import PRICE_SCALE
from evertill.core.promotions.terms import PPM
from evertill.core.rounding import divide


class PriceCut(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`rate_ppm` and then `amount_minor` off the marked price of the products chosen.

    A product is chosen by any of `skus` or `categories`; both empty choose all. Larger `priority` first,
    ties in the order given. An `exclusive` cut is used alone; of several the one with the largest priority.
    """

    id: str
    names: dict[str, str]
    rate_ppm: int = 0
    amount_minor: int = 0
    skus: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    priority: int = 0
    exclusive: bool = False

    def means(self, sku: str, categories: Iterable[str]) -> bool:
        """Whether the product is chosen."""
        if not self.skus and not self.categories:
            return True
        return sku in self.skus or any(category in self.categories for category in categories)


def cut_price(
    unit_price_e4: int,
    cuts: Iterable[PriceCut],
    *,
    sku: str,
    categories: tuple[str, ...] = (),
    floor_minor: int = 0,
) -> tuple[int, tuple[str, ...]]:
    """(unit_price_e4 after the cuts, ids of the cuts that lowered it); never below `floor_minor` or zero."""
    chosen = sorted((cut for cut in cuts if cut.means(sku, categories)), key=lambda cut: -cut.priority)
    alone = [cut for cut in chosen if cut.exclusive]
    floor_e4 = floor_minor * PRICE_SCALE
    used: list[str] = []
    for cut in alone[:1] or chosen:
        kept = divide(unit_price_e4 * (PPM - cut.rate_ppm), PPM * PRICE_SCALE) - cut.amount_minor
        lowered = max(floor_e4, kept * PRICE_SCALE, 0)
        if lowered < unit_price_e4:
            unit_price_e4 = lowered
            used.append(cut.id)
    return unit_price_e4, tuple(used)
