"""docs/promotions.md tells the truth: its examples give its numbers, and it names every field."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from evertill.core import promotions
from evertill.core.promotions import Promotion, PromotionBook, PromotionContext, PromotionLine

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "promotions.md").read_text(encoding="utf-8")


class Example(msgspec.Struct, forbid_unknown_fields=True):
    promotions: list[Promotion]
    lines: list[PromotionLine]
    discounts: dict[str, int]
    coupons: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


EXAMPLES = [
    msgspec.json.decode(text, type=Example) for text in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
]


def test_the_page_has_examples() -> None:
    assert len(EXAMPLES) >= 6


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.promotions[-1].id)
def test_a_worked_example_gives_the_numbers_on_the_page(example: Example) -> None:
    context = PromotionContext(
        currency="EUR",
        at=datetime.fromisoformat("2025-06-02T12:00:00"),
        coupons=example.coupons,
        groups=example.groups,
    )
    outcome = PromotionBook(example.promotions).evaluate(example.lines, context)
    assert {str(no): amount for no, amount in outcome.by_line().items()} == example.discounts


@pytest.mark.parametrize(
    "name",
    [
        "Promotion",
        "LineFilter",
        "UseLimits",
        "CountAtLeast",
        "ValueAtLeast",
        "FactIs",
        "PercentOff",
        "AmountOff",
        "PriceEach",
        "TotalFor",
        "BuyGet",
        "SetPrice",
        "CheapestFree",
    ],
)
def test_every_field_and_type_is_explained_on_the_page(name: str) -> None:
    struct = getattr(promotions, name)
    words = [*struct.__struct_fields__]
    if struct.__struct_config__.tag:
        words.append(struct.__struct_config__.tag)
    assert [word for word in words if f"`{word}`" not in PAGE] == []
