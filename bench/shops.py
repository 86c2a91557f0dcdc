"""Shops to measure in: built once, kept under build/bench-fixtures, copied for each measurement.

A copy shares with its original what never changes (catalogue, editions, closed journal files) and has
the rest for itself, so that a copy of a gigabyte of journal takes no time and spoils nothing.
A shop is built anew when anything that shaped it has changed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import evertill
from bench.goods import large_shop, plain_codes
from bench.trade import Trade
from evertill.cli.setup import set_up
from evertill.host.clock import HostClock
from evertill.host.disk import HostDisk
from evertill.host.entropy import HostEntropy
from evertill.lane.home import LaneHome
from evertill.server.identity import read_or_make_identity
from evertill.server.publishing import EditionFolder, Publisher

ROOT = Path(__file__).parents[1]
FIXTURES = ROOT / "build" / "bench-fixtures"
_SOURCE = Path(evertill.__file__).parent
_SHAPED_BY = (
    Path(__file__),
    Path(__file__).with_name("goods.py"),
    Path(__file__).with_name("trade.py"),
    *(
        _SOURCE / name
        for name in (
            "core/entry.py",
            "core/receipt.py",
            "core/sale.py",
            "core/state.py",
            "core/shift.py",
            "journal/line.py",
            "journal/witness.py",
            "lane/books.py",
            "lane/catalogue.py",
            "lane/home.py",
            "sample/goods.jsonl.gz",
            "sample/shop.jsonl",
            "wire/edition.py",
        )
    ),
)


def shop(products: int, entries: int, say: Callable[[str], None]) -> Path:
    """The folder of a shop of that size; built if it is not there. Not to be sold in: take a `copy`."""
    mark = hashlib.sha256(b"".join(path.read_bytes() for path in _SHAPED_BY)).hexdigest()[:12]
    home = FIXTURES / f"{products}-products-{entries}-entries-{mark}"
    if home.exists():
        return home
    for old in FIXTURES.glob(f"{products}-products-{entries}-entries-*"):
        shutil.rmtree(old)
    aside = home.with_suffix(".new")
    shutil.rmtree(aside, ignore_errors=True)
    say(f"building a shop with {products:,} products")
    codes = _publish(aside, products)
    lane_home = LaneHome(aside / "lane")
    lane_home.prepare_catalogue(1, lane_home.identity())
    if entries:
        Trade(aside, codes, say).write(entries)
    (aside / "codes.txt").write_text("\n".join(codes))
    os.replace(aside, home)
    return home


def copy(original: Path, folder: Path) -> Path:
    """A copy to sell in, in `folder` (on the same disk)."""
    shutil.rmtree(folder, ignore_errors=True)
    newest = {str(max(epoch.iterdir())) for epoch in (original / "lane" / "journal").glob("*/")}

    def take(source: str, target: str) -> str:
        path = Path(source)
        lasting = path.suffix == ".edition" or path.name.startswith("catalogue-")
        if lasting or (path.suffix == ".journal" and source not in newest):
            os.link(source, target)
        else:
            shutil.copy(source, target)
        return target

    shutil.copytree(original, folder, copy_function=take)
    return folder


def codes_of(home: Path) -> list[str]:
    """Codes of goods that ring up as one line."""
    return (home / "codes.txt").read_text().split()


def _publish(home: Path, products: int) -> list[str]:
    home.mkdir(parents=True)
    disk = HostDisk()
    server = read_or_make_identity(disk, home / "gate", HostEntropy())
    folder = EditionFolder(disk, home / "gate" / "editions")
    publisher = Publisher(
        folder,
        disk=disk,
        clock=HostClock(),
        server_epoch=server.server_epoch,
        sign=server.sign,
        public_key=server.public_key,
    )
    draft = large_shop(products)
    publisher.publish(draft)
    set_up(home)
    return plain_codes(draft)
