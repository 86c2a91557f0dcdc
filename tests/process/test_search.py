"""Searching the catalogue of an edition, as it stands on the register's disk."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from evertill.core.fault import Fault
from evertill.lane.catalogue import Catalogue, build_catalogue
from evertill.lane.home import LaneHome, LaneIdentity
from evertill.sample import load_sample
from evertill.wire.edition import EditionHeader, write_edition
from tests.unit.wire.small_shop import EPOCH, ISSUED_AT, KEY

HEADER = EditionHeader(
    format="evertill-edition/1",
    store="S1",
    server_epoch=EPOCH,
    version=1,
    issued_at=ISSUED_AT,
    counts={},
    body_bytes=0,
    body_sha256="0" * 64,
)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    path = tmp_path_factory.mktemp("catalogue") / "sample.db"
    build_catalogue(path, HEADER, load_sample().records())
    catalogue = Catalogue(path)
    yield catalogue
    catalogue.close()


def _found(catalogue: Catalogue, text: str, category: str | None = None) -> list[str]:
    return [product.sku for product in catalogue.search(text, category, 20)]


@pytest.mark.parametrize("typed", ["xiangjiao", "xiang jiao", "xj", "香蕉", "XJ", "plu-301", "301"])
def test_bananas_are_found_first_by_reading_initials_characters_sku_and_number(
    sample: Catalogue, typed: str
) -> None:
    assert _found(sample, typed)[0] == "plu-301"


def test_names_that_begin_so_come_before_words_inside_and_those_before_the_rest(sample: Catalogue) -> None:
    names = [product.names["en"].lower() for product in sample.search("pasta", None, 200)]
    ranks = [0 if name.startswith("pasta") else 1 if " pasta" in f" {name}" else 2 for name in names]
    assert ranks == sorted(ranks)
    assert {0, 1} <= set(ranks)


def test_a_price_finds_the_articles_that_cost_it(sample: Catalogue) -> None:
    found = sample.search("2.39", None, 10)
    assert len(found) == 10
    assert all(2_390_000 in product.prices.values() for product in found)


def test_every_word_must_be_there_in_any_order(sample: Catalogue) -> None:
    assert _found(sample, "sauce tomato")
    assert _found(sample, "sauce nothing-of-the-kind") == []


def test_a_shelf_narrows_every_way_of_finding(sample: Catalogue) -> None:
    assert _found(sample, "xj", "fresh") == ["plu-301"]
    assert _found(sample, "plu-301", "beer") == []
    assert len(_found(sample, "", "fresh")) == 20


@pytest.mark.parametrize(
    "typed", ['"', "'; DROP TABLE product", "*", "%", "\0", "()", "{on_shelf}", "a" * 500]
)
def test_signs_that_mean_something_to_a_database_are_only_text(sample: Catalogue, typed: str) -> None:
    assert isinstance(sample.search(typed, None, 5), list)


def test_a_catalogue_made_by_another_release_is_made_anew_by_itself(tmp_path: Path) -> None:
    home = LaneHome(tmp_path)
    home.editions.mkdir()
    lines = list(
        write_edition(load_sample(), server_epoch=EPOCH, version=1, issued_at=ISSUED_AT, sign=KEY.sign)
    )
    (home.editions / "00000001.edition").write_bytes(b"".join(lines))
    identity = LaneIdentity(store="S1", lane="L1", gate_public_key=KEY.public_key.hex())
    home.open_exactly(1, identity).close()
    old = apsw.Connection(str(home.catalogue_file(1)))
    old.execute("UPDATE rules SET layout = 1; DROP TABLE beginning")
    old.close()
    with pytest.raises(Fault):
        Catalogue(home.catalogue_file(1))
    anew = home.open_exactly(1, identity)
    assert _found(anew, "xj")[0] == "plu-301"
    anew.close()


def test_a_register_that_sells_does_not_carry_the_tables_of_readings() -> None:
    question = "import sys, evertill.cli.lane; sys.exit('pypinyin' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", question], check=False).returncode == 0
