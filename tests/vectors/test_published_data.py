"""The published data sets as read: nothing left out, and every amount one that a register can reproduce."""

from __future__ import annotations

import pytest

from evertill.core.rounding import divide
from evertill.replay.datasets import DATASETS, folder_of
from tests.vectors.run import DEFAULT_FOLDER

DATA = DEFAULT_FOLDER.parent
pytestmark = pytest.mark.skipif(
    not (DATA / "uci-online-retail").is_dir(), reason="the published data sets are not on this machine"
)


@pytest.mark.parametrize(
    ("name", "baskets", "lines"),
    [
        ("uci-online-retail", 25_900, 541_909),
        ("tafeng-grocery", 119_578, 817_741),
        ("complete-journey-grocery", 20_651, 199_774),
    ],
)
def test_every_published_line_is_in_a_basket(name, baskets, lines) -> None:
    counted = [len(basket.lines) for basket in DATASETS[name].baskets(folder_of(name, DATA))]
    assert (len(counted), sum(counted)) == (baskets, lines)


def test_every_weighed_scan_is_in_a_basket_of_seconds_not_minutes() -> None:
    baskets = list(DATASETS["cumcm2023-vegetables"].baskets(folder_of("cumcm2023-vegetables", DATA)))
    assert sum(len(basket.lines) for basket in baskets) == 8_843
    assert len({basket.document for basket in baskets}) == len(baskets)
    assert [basket.at for basket in baskets] == sorted(basket.at for basket in baskets)
    assert len({basket.day for basket in baskets}) == 15


@pytest.mark.parametrize("name", ["uci-online-retail", "tafeng-grocery", "cumcm2023-vegetables"])
def test_quantity_times_price_gives_every_published_amount_to_the_minor_unit(name) -> None:
    wrong = [
        line
        for basket in DATASETS[name].baskets(folder_of(name, DATA))
        for line in basket.lines
        if divide(line.quantity_milli * line.unit_price_e4, 10_000_000) != divide(line.amount_e4, 10_000)
    ]
    assert wrong == []
