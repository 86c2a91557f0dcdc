"""dataset-oracles: published daily totals against the totals of the product's own readers."""

from __future__ import annotations

import os
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from evertill.replay.totals import DayTotal, dataset_days
from tests.vectors.outcome import Failed, Outcome, Passed

SET = "dataset-oracles"
REPOSITORY = Path(__file__).resolve().parents[3]
_data: list[Path] = []


def prepare(folder: Path) -> None:
    """Finds the data sets: where EVERTILL_DATA says, beside the vectors, or in ../shared/data."""
    named = os.environ.get("EVERTILL_DATA")
    places = [Path(named)] if named else []
    places += [folder.resolve().parent.parent, folder.resolve().parent, REPOSITORY.parent / "shared" / "data"]
    _data[:] = [place for place in places if (place / "uci-online-retail").is_dir()][:1]


def run(case: dict[str, Any]) -> Outcome:
    if not _data:
        return Failed("the data sets were not found; name their folder in EVERTILL_DATA")
    day = dataset_days(case["dataset"], _data[0]).get(case["date"])
    if day is None:
        return Failed(f"no trade on {case['date']}")
    came = {"uci_day": _uci, "tafeng_day": _tafeng, "cj_day": _journey}[case["kind"]](day)
    wanted = {name: _number(value) for name, value in case["expected"].items()}
    wrong = {
        name: (float(value), float(came[name]) if name in came else None)
        for name, value in wanted.items()
        if came.get(name) != value
    }
    return Failed(f"(expected, came): {wrong}") if wrong else Passed()


def _number(given: str | int | Decimal) -> Fraction:
    return Fraction(str(given))


def _major(amount_e4: int) -> Fraction:
    return Fraction(amount_e4, 1_000_000)


def _units(quantity_milli: int) -> Fraction:
    return Fraction(quantity_milli, 1000)


def _uci(day: DayTotal) -> Mapping[str, Fraction | int]:
    return {
        "lines": day.lines,
        "sale_documents": day.sale.documents,
        "sale_lines": day.sale.lines,
        "sale_units": _units(day.sale.quantity_milli),
        "sale_amount_gbp": _major(day.sale.amount_e4),
        "cancellation_documents": day.cancellation.documents,
        "cancellation_lines": day.cancellation.lines,
        "cancellation_units": _units(day.cancellation.quantity_milli),
        "cancellation_amount_gbp": _major(day.cancellation.amount_e4),
        "adjustment_documents": day.adjustment.documents,
        "adjustment_amount_gbp": _major(day.adjustment.amount_e4),
        "largest_document_lines": day.sale.document_lines_max,
    }


def _tafeng(day: DayTotal) -> Mapping[str, Fraction | int]:
    return {
        "baskets": day.sale.documents,
        "lines": day.lines,
        "units": _units(day.sale.quantity_milli),
        "amount_twd": _major(day.sale.amount_e4),
        "cost_twd": _major(day.figures["cost_e4"]),
        "distinct_eans": len(day.codes),
    }


def _journey(day: DayTotal) -> Mapping[str, Fraction | int]:
    figures = {name.removesuffix("_e4"): _major(value) for name, value in day.figures.items()}
    return {
        "baskets": day.sale.documents,
        "lines": day.lines,
        "units": _units(day.sale.quantity_milli),
        "distinct_products": len(day.codes),
        **figures,
    }
