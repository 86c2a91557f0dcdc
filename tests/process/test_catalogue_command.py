"""`evertill catalogue import` on a real folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from evertill.cli.catalogue import app
from evertill.host.clock import HostClock
from evertill.host.disk import HostDisk
from evertill.host.entropy import HostEntropy
from evertill.sample import load_sample
from evertill.server.identity import read_or_make_identity
from evertill.server.publishing import EditionFolder, Publisher

LIST = "条码,名称,售价\n6901789103187,葱香味饼,3.70\n6919046601179,写错了,2.30\n"


@pytest.fixture
def shop(tmp_path: Path) -> Publisher:
    disk = HostDisk()
    identity = read_or_make_identity(disk, tmp_path / "home" / "gate", HostEntropy())
    publisher = Publisher(
        EditionFolder(disk, tmp_path / "home" / "gate" / "editions"),
        disk=disk,
        clock=HostClock(),
        server_epoch=identity.server_epoch,
        sign=identity.sign,
        public_key=identity.public_key,
    )
    publisher.publish(load_sample())
    return publisher


def run(tmp_path: Path, *arguments: str) -> Result:
    (tmp_path / "goods.csv").write_bytes(LIST.encode("gb18030"))
    command = ["import", str(tmp_path / "goods.csv"), "--home", str(tmp_path / "home"), *arguments]
    return CliRunner().invoke(app, command, env={"COLUMNS": "200"})


def test_a_shops_own_list_becomes_the_next_edition_and_bad_rows_stand_beside_it(
    shop: Publisher, tmp_path: Path
) -> None:
    result = run(tmp_path)
    assert result.exit_code == 0, result.output
    assert "Read as GB18030" in result.output
    assert "line 3: The check digit of 6919046601179 is wrong; 6919046601178 would be right." in result.output
    assert "2 rows: 1 goods added, 0 changed, 0 as they were; 1 rows set aside." in result.output
    assert "Published as edition 2" in result.output
    (cracker,) = [product for product in shop.latest_draft().products if product.sku == "6901789103187"]
    assert cracker.prices == {"shop": 3_700_000}
    bad = (tmp_path / "goods.csv.bad.csv").read_bytes().decode("gb18030")
    assert bad.startswith("条码,名称,售价,reason\r\n6919046601179,写错了,2.30,line 3: ")


def test_a_dry_run_shows_everything_and_changes_nothing(shop: Publisher, tmp_path: Path) -> None:
    result = run(tmp_path, "--dry-run", "--preview", "1")
    assert result.exit_code == 0, result.output
    assert "1 goods would be added" in result.output
    assert "葱香味饼" in result.output
    assert shop.folder.versions() == [1]
    assert not (tmp_path / "goods.csv.bad.csv").exists()


def test_importing_the_same_list_again_changes_no_goods(shop: Publisher, tmp_path: Path) -> None:
    run(tmp_path)
    result = run(tmp_path, "--plain-codes")
    assert "1 goods added, 0 changed, 1 as they were" in result.output
    assert shop.folder.versions() == [1, 2, 3]


def test_a_list_can_take_the_place_of_the_sample_goods(shop: Publisher, tmp_path: Path) -> None:
    result = run(tmp_path, "--replace")
    assert result.exit_code == 0, result.output
    kept = list(shop.latest_draft().products)
    assert [product.sku for product in kept if product.kind == "goods" and not product.open_price] == [
        "6901789103187"
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--map", "售价"], "A --map is COLUMN=FIELD"),
        (["--map", "进价=price"], "进价; the columns are: 条码, 名称, 售价"),
        (["--currency", "money"], "This is no currency"),
        (["--encoding", "klingon"], "There is no such encoding"),
        (["--tax-class", "luxury"], "luxury; there are standard, reduced, zero"),
        (["--bad", "."], "could not be written"),
    ],
)
def test_an_import_that_cannot_be_done_says_why_and_changes_nothing(
    shop: Publisher, tmp_path: Path, arguments: list[str], said: str
) -> None:
    result = run(tmp_path, *arguments)
    assert result.exit_code == 3
    assert said in result.output.replace("\n", " ")
    assert shop.folder.versions() == [1]


def test_a_folder_without_a_shop_is_told_how_to_begin_and_left_alone(tmp_path: Path) -> None:
    result = run(tmp_path)
    assert result.exit_code == 3
    assert "Open it once with" in result.output
    assert not (tmp_path / "home").exists()
