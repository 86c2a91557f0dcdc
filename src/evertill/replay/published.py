"""The published totals of single days (dataset-oracles), and a day's totals by the names used there.

A figure that one side cannot know is left out, never guessed: receipts do not carry what goods cost the
shop, and the server's report does not list codes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from evertill.replay.totals import DayTotal, KindTotal

MAJOR_E4 = 1_000_000  # all three currencies have two digits
Figures = Mapping[str, Fraction]


def find_published(dataset: str, data: Path) -> dict[str, dict[str, Fraction]]:
    """Published figures by day, from every JSON in vectors/dataset-oracles in `data` or beside it.

    Empty if there is none. Raises ValueError for a file that is not such a set, or for two cases of one
    day that contradict each other.
    """
    found: dict[str, dict[str, Fraction]] = {}
    for base in (data, data.resolve().parent):
        files = sorted((base / "vectors" / "dataset-oracles").glob("*.json"))
        for path in files:
            for case in _cases(path):
                if case.get("dataset") == dataset:
                    _add(found, case, path)
        if files:
            break
    return found


def _cases(path: Path) -> list[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8") as file:
            return list(json.load(file, parse_float=Decimal)["cases"])
    except (KeyError, TypeError, ValueError) as wrong:
        raise ValueError(f"{path} is not a file of published totals: {wrong}") from wrong


def _add(found: dict[str, dict[str, Fraction]], case: dict[str, Any], path: Path) -> None:
    figures = found.setdefault(case["date"], {})
    for name, value in case["expected"].items():
        number = Fraction(str(value))
        if figures.setdefault(name, number) != number:
            raise ValueError(f"{path}: two different published values of {name} on {case['date']}")


def named_figures(dataset: str, day: DayTotal) -> dict[str, Fraction]:
    """A day's totals by their published names."""
    return _uci(day) if dataset == "uci-online-retail" else _baskets(day)


def exact_figures(day: DayTotal) -> dict[str, Fraction]:
    """A day's totals by kind of document, for days and figures of which nothing is published.

    `..._amount` is exact, `..._money` what the register takes, each line rounded, both in major units.
    """
    figures: dict[str, Fraction] = {"lines": Fraction(day.lines)}
    for kind in ("sale", "cancellation", "adjustment"):
        total: KindTotal = getattr(day, kind)
        figures[f"{kind}_documents"] = Fraction(total.documents)
        figures[f"{kind}_lines"] = Fraction(total.lines)
        figures[f"{kind}_units"] = Fraction(total.quantity_milli, 1000)
        figures[f"{kind}_amount"] = Fraction(total.amount_e4, MAJOR_E4)
        figures[f"{kind}_money"] = Fraction(total.money_minor, 100)
        figures[f"{kind}_largest_document_lines"] = Fraction(total.document_lines_max)
    return figures


def _uci(day: DayTotal) -> dict[str, Fraction]:
    figures: dict[str, Fraction] = {"lines": Fraction(day.lines)}
    for kind in ("sale", "cancellation", "adjustment"):
        total: KindTotal = getattr(day, kind)
        figures[f"{kind}_documents"] = Fraction(total.documents)
        figures[f"{kind}_lines"] = Fraction(total.lines)
        if kind != "adjustment":  # rung up as returns, so their units have the other sign
            figures[f"{kind}_units"] = Fraction(total.quantity_milli, 1000)
        figures[f"{kind}_amount_gbp"] = Fraction(total.amount_e4, MAJOR_E4)
    figures["largest_document_lines"] = Fraction(day.sale.document_lines_max)
    return figures


def _baskets(day: DayTotal) -> dict[str, Fraction]:
    figures = {
        "baskets": Fraction(day.sale.documents),
        "lines": Fraction(day.lines),
        "units": Fraction(day.sale.quantity_milli, 1000),
        "amount_twd": Fraction(day.sale.amount_e4, MAJOR_E4),
    }
    if day.codes:
        figures["distinct_eans"] = Fraction(len(day.codes))
    if "cost_e4" in day.figures:
        figures["cost_twd"] = Fraction(day.figures["cost_e4"], MAJOR_E4)
    return figures
