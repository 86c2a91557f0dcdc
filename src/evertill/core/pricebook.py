"""What is sold and for how much: products, price lists, and the one rule that picks a price.

A product carries its prices, one per price list at most. A price list has a currency, a
priority, and may be limited to customer groups and to a time window. The price of a product
is that of the applicable list with the highest priority that has one (ties: the lower price,
then the list's id), so that "shop price", "member price" and "happy hour" are all lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

PRICE_SCALE = 10_000  # unit_price_e4: ten-thousandths of a minor unit
QUANTITY_SCALE = 1_000  # quantity_milli: thousandths of a piece, grams of a kilogram


class TimeWindow(msgspec.Struct, frozen=True, kw_only=True):
    """When something holds: between two local instants, on weekdays, between two times of day.

    All parts that are set must hold. `starts`/`ends` are ISO local date-times, start inclusive,
    end exclusive. `weekdays` are ISO numbers (1 = Monday). `from_time`/`to_time` are "HH:MM",
    start inclusive, end exclusive; a window with from_time > to_time runs over midnight.
    """

    starts: str | None = None
    ends: str | None = None
    weekdays: tuple[int, ...] = ()
    from_time: str | None = None
    to_time: str | None = None

    def holds(self, at: datetime) -> bool:
        """Whether the window is open at `at`, a local date-time (its zone is not looked at)."""
        stamp = at.strftime("%Y-%m-%dT%H:%M:%S")
        if self.starts is not None and stamp < _padded(self.starts):
            return False
        if self.ends is not None and stamp >= _padded(self.ends):
            return False
        if self.weekdays and at.isoweekday() not in self.weekdays:
            return False
        return self._holds_at_time(stamp[11:16])

    def _holds_at_time(self, clock: str) -> bool:
        start, end = self.from_time or "00:00", self.to_time or "24:00"
        if start <= end:
            return start <= clock < end
        return clock >= start or clock < end


def _padded(stamp: str) -> str:
    return (stamp + "T00:00:00"[len(stamp) - 10 :]) if len(stamp) < 19 else stamp[:19]


class PriceList(msgspec.Struct, frozen=True, kw_only=True):
    """A named set of prices in one currency. `groups` empty: for every customer."""

    id: str
    currency: str
    names: dict[str, str] = {}
    priority: int = 0
    groups: tuple[str, ...] = ()
    window: TimeWindow | None = None

    def applies(self, *, currency: str, groups: Sequence[str], at: datetime) -> bool:
        """Whether this list may price a sale in `currency` for a customer in `groups` at `at`."""
        return (
            self.currency == currency
            and (not self.groups or any(group in self.groups for group in groups))
            and (self.window is None or self.window.holds(at))
        )


class Product(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One article of the shop.

    `unit` is "each" (sold by piece) or "kg" (sold by weight: quantity_milli counts grams, the
    unit price is per kilogram). `codes` are the barcodes it is found by, digits as printed;
    for goods weighed by a scale with labels, the article number inside the restricted code
    (see core.barcode). `prices` maps price list id to unit_price_e4. `deposit_sku` names the
    product rung up with each piece (bottle deposit). `age_min` years must be proven.
    `open_price`: the cashier types the price.
    """

    sku: str
    names: dict[str, str]
    tax_class: str
    prices: dict[str, int] = {}
    codes: tuple[str, ...] = ()
    unit: str = "each"
    categories: tuple[str, ...] = ()
    brand: str | None = None
    kind: str = "goods"  # goods, deposit, charge
    age_min: int = 0
    deposit_sku: str | None = None
    open_price: bool = False
    discountable: bool = True
    tare_g: int = 0
    colour: str | None = None


class Category(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A shelf in the catalogue; `parent` makes a tree. Products name every category they are in."""

    id: str
    names: dict[str, str]
    parent: str | None = None
    colour: str | None = None


def pick_price(
    product: Product, lists: Iterable[PriceList], *, currency: str, groups: Sequence[str], at: datetime
) -> tuple[int, str] | None:
    """(unit_price_e4, price list id) for a sale in `currency`, or None if no applicable list has a price."""
    best: tuple[int, int, str] | None = None
    for price_list in lists:
        price = product.prices.get(price_list.id)
        if price is None or not price_list.applies(currency=currency, groups=groups, at=at):
            continue
        rank = (-price_list.priority, price, price_list.id)
        if best is None or rank < best:
            best = rank
    return None if best is None else (best[1], best[2])
