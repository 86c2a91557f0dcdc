"""Published sales data as real baskets, in the order of the tills.

Each reader streams Baskets, day by day, exactly as published: returns, odd prices, zero prices and
missing names included. Nothing is rounded here: `amount_e4` is a line's exact amount in
ten-thousandths of a minor unit. `unit_price_e4` is the price per unit nearest to it; times the
quantity, rounded to the minor unit, it gives the amount again, whole minor units or not.

* uci-online-retail (GBP): documents; C... cancels, A... adjusts a debt. A document that the file
  interleaves with another of the same minute is put together again.
* tafeng-grocery (TWD): one customer on one day is a basket; totals are per line. There are no times.
* complete-journey-grocery (USD): store baskets; the amount is what the store received.
* cumcm2023-vegetables (CNY): till scans without ticket numbers. Scans more than GAP_S apart begin a
  new basket: inside a basket scans follow within seconds, between customers mostly beyond a minute.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import IO, NamedTuple

import msgspec

from evertill.core.currency import minor_digits
from evertill.core.rounding import divide

GAP_S = 30
UCI = "uci-online-retail"
UCI_KINDS = {"C": "cancellation", "A": "adjustment"}


class BasketLine(msgspec.Struct, frozen=True):
    """One line. `figures` are further published columns of it, as exact ten-thousandths of a minor unit."""

    code: str
    name: str
    quantity_milli: int
    unit_price_e4: int
    amount_e4: int
    figures: tuple[tuple[str, int], ...] = ()


class Basket(msgspec.Struct, frozen=True):
    """A document. `kind` is "sale", "cancellation" or "adjustment"; `at` an ISO local date-time."""

    document: str
    kind: str
    at: str
    lines: tuple[BasketLine, ...]

    @property
    def day(self) -> str:
        """The trading day, ISO."""
        return self.at[:10]


class Goods(msgspec.Struct, frozen=True):
    """An article. `unit` is "each" or "kg"; `names` has "en" and, where published, "zh"."""

    code: str
    names: dict[str, str]
    unit: str
    unit_price_e4: int
    category: str


class Dataset(NamedTuple):
    """A published data set and its readers; each takes the folder of the set.

    `priced_by`: what is published of a line, its "unit" price or the "line"'s amount. `has_times`: the
    baskets of a day have times of day, not only a day. `title` names the set for a person.
    """

    name: str
    currency: str
    baskets: Callable[[Path], Iterator[Basket]]
    goods: Callable[[Path], Iterator[Goods]]
    title: dict[str, str]
    priced_by: str = "unit"
    has_times: bool = True
    codes_are_barcodes: bool = False

    def kind_of(self, document: str) -> str:
        """The kind of a document, which its number tells."""
        return UCI_KINDS.get(document[:1], "sale") if self.name == UCI else "sale"


def folder_of(name: str, data: Path) -> Path:
    """The data set's folder under `data`, or `data` itself if it is that folder. Raises FileNotFoundError."""
    for folder in (data / name, data):
        if folder.name == name and folder.is_dir():
            return folder
    raise FileNotFoundError(
        f"There is no folder {name} under {data}. Name the folder that holds the data sets."
    )


def _open(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")


def _rows(path: Path) -> Iterator[list[str]]:
    with _open(path) as file:
        rows = csv.reader(file)
        next(rows)
        yield from rows


@lru_cache(maxsize=65_536)
def exact_e4(text: str, currency: str) -> int:
    """A decimal of major units as whole ten-thousandths of a minor unit. Raises ValueError if it is finer."""
    places = minor_digits(currency) + 4
    whole, _, decimals = text.partition(".")
    if len(decimals.rstrip("0")) > places:
        raise ValueError(f"{text} is finer than ten-thousandths of a minor unit of {currency}")
    number = int(whole.lstrip("-") + decimals[:places].ljust(places, "0"))
    return -number if text.startswith("-") else number


@lru_cache(maxsize=65_536)
def exact_milli(text: str) -> int:
    """A decimal quantity as whole thousandths. Raises ValueError if it is finer."""
    whole, _, decimals = text.partition(".")
    if len(decimals.rstrip("0")) > 3:
        raise ValueError(f"{text} is finer than thousandths")
    number = int(whole.lstrip("-") + decimals[:3].ljust(3, "0"))
    return -number if text.startswith("-") else number


def _unit_price(amount_e4: int, quantity_milli: int) -> int:
    if quantity_milli == 0:
        return amount_e4
    signed = amount_e4 * 1000 if quantity_milli > 0 else -amount_e4 * 1000
    return divide(signed, abs(quantity_milli))


def _gathered(lines: Iterator[tuple[str, str, str, BasketLine]]) -> Iterator[Basket]:
    """Baskets from (document, kind, at, line) sorted by day: one for each document of a day."""
    for _, of_day in groupby(lines, key=lambda each: each[2][:10]):
        documents: dict[str, tuple[str, str, list[BasketLine]]] = {}
        for document, kind, at, line in of_day:
            documents.setdefault(document, (kind, at, []))[2].append(line)
        for document, (kind, at, held) in documents.items():
            yield Basket(document, kind, at, tuple(held))


def uci_baskets(folder: Path) -> Iterator[Basket]:
    """UCI Online Retail: 25,900 documents in time order."""

    def lines() -> Iterator[tuple[str, str, str, BasketLine]]:
        for document, code, name, quantity, at, price, _ in _rows(folder / "online_retail.csv.gz"):
            unit, milli = exact_e4(price, "GBP"), exact_milli(quantity)
            line = BasketLine(code, name.strip(), milli, unit, unit * milli // 1000)
            yield document, UCI_KINDS.get(document[0], "sale"), at.replace(" ", "T") + ":00", line

    return _gathered(lines())


def uci_goods(folder: Path) -> Iterator[Goods]:
    """Every stock code with the first name and the first price above zero that it was sold at."""
    found: dict[str, tuple[str, int]] = {}
    for _, code, name, _, _, price, _ in _rows(folder / "online_retail.csv.gz"):
        known_name, known_price = found.get(code, ("", 0))
        found[code] = (known_name or name.strip(), known_price or max(0, exact_e4(price, "GBP")))
    for code, (name, price_e4) in found.items():
        yield Goods(code, {"en": name or code}, "each", price_e4, "")


def tafeng_baskets(folder: Path) -> Iterator[Basket]:
    """Ta-Feng: 119,578 baskets by day, then by their number. The file is not in that order."""
    found: dict[tuple[str, int], list[BasketLine]] = {}
    for number, day, code, quantity, total, cost in _rows(folder / "tafeng_transactions.csv.gz"):
        amount, milli = exact_e4(total, "TWD"), exact_milli(quantity)
        figures = (("cost_e4", exact_e4(cost, "TWD")),)
        line = BasketLine(code, "", milli, _unit_price(amount, milli), amount, figures)
        found.setdefault((day, int(number)), []).append(line)
    for key in sorted(found):
        yield Basket(str(key[1]), "sale", f"{key[0]}T12:00:00", tuple(found.pop(key)))


def tafeng_goods(folder: Path) -> Iterator[Goods]:
    """The published catalogue; it has codes and prices, no names."""
    for code, subclass, price, *_ in _rows(folder / "tafeng_catalogue.csv.gz"):
        yield Goods(code, {"en": f"Article {code}"}, "each", exact_e4(price, "TWD"), subclass)


def journey_baskets(folder: Path) -> Iterator[Basket]:
    """Complete Journey: 20,651 baskets in time order; fuel is counted in thousandths of a gallon."""
    columns = ("sales_value", "retail_disc", "coupon_disc", "coupon_match_disc")

    def lines() -> Iterator[tuple[str, str, str, BasketLine]]:
        for row in _rows(folder / "transactions_w47_w53.csv.gz"):
            milli = exact_milli(row[4])
            values = [exact_e4(value, "USD") for value in row[5:9]]
            figures = tuple((f"{name}_e4", value) for name, value in zip(columns, values, strict=True))
            line = BasketLine(row[3], "", milli, _unit_price(values[0], milli), values[0], figures)
            yield row[2], "sale", row[10].replace(" ", "T"), line

    return _gathered(lines())


def journey_goods(folder: Path) -> Iterator[Goods]:
    """Every product by its type and size; the set has no price of its own for a product."""
    for code, _, _, _, category, kind, size in _rows(folder / "products.csv.gz"):
        yield Goods(
            code, {"en": " ".join(part for part in (kind, size) if part) or code}, "each", 0, category
        )


def vegetable_baskets(folder: Path) -> Iterator[Basket]:
    """CUMCM 2023: 8,843 scans as baskets. A return is a basket line of negative quantity."""
    names = {goods.code: goods.names["zh"] for goods in vegetable_goods(folder)}

    def lines() -> Iterator[tuple[str, str, str, BasketLine]]:
        began = last = ""
        number = 0
        for at, code, quantity, price, kind, _ in _rows(folder / "scan_lines.csv.gz"):
            if not last or _seconds_between(last, at) > GAP_S:
                number = number + 1 if at[:10] == began[:10] else 1
                began = at
            last = at
            milli = abs(exact_milli(quantity)) * (-1 if kind == "return" else 1)
            unit = exact_e4(price, "CNY")
            line = BasketLine(code, names.get(code, ""), milli, unit, unit * milli // 1000)
            yield f"{began[:10]}-{number}", "sale", began.replace(" ", "T")[:19], line

    return _gathered(lines())


def _seconds_between(earlier: str, later: str) -> float:
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()


def vegetable_goods(folder: Path) -> Iterator[Goods]:
    """The 251 articles. Those ever sold in a part of a kilogram are sold by weight."""
    weighed = {row[1] for row in _rows(folder / "scan_lines.csv.gz") if exact_milli(row[2]) % 1000}
    for code, name, _, category, _, price in _rows(folder / "items.csv"):
        unit = "kg" if code in weighed else "each"
        yield Goods(code, {"en": name, "zh": name}, unit, exact_e4(price or "0", "CNY"), category)


DATASETS = {
    each.name: each
    for each in (
        Dataset(UCI, "GBP", uci_baskets, uci_goods, {"en": "Online retail (UCI)", "zh": "在线零售（UCI）"}),
        Dataset(
            "tafeng-grocery",
            "TWD",
            tafeng_baskets,
            tafeng_goods,
            {"en": "Ta-Feng grocery", "zh": "大丰超市"},
            priced_by="line",
            has_times=False,
            codes_are_barcodes=True,
        ),
        Dataset(
            "complete-journey-grocery",
            "USD",
            journey_baskets,
            journey_goods,
            {"en": "Complete Journey grocery", "zh": "Complete Journey 超市"},
            priced_by="line",
        ),
        Dataset(
            "cumcm2023-vegetables",
            "CNY",
            vegetable_baskets,
            vegetable_goods,
            {"en": "Vegetables (CUMCM 2023)", "zh": "蔬菜（CUMCM 2023）"},
        ),
    )
}
REPLAYED = (UCI, "tafeng-grocery", "cumcm2023-vegetables")
