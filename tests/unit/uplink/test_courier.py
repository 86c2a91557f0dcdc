"""Editions come down whole, verified and resumable, and never keep an entry waiting."""

from __future__ import annotations

import itertools
from pathlib import Path

import msgspec
import pytest

from evertill.core.pricebook import Product
from evertill.wire.edition import write_edition
from evertill.wire.signature import SigningKey
from tests.unit.uplink.gate_in_memory import FIRST_LIFE, GATE_KEY, LANE, World
from tests.unit.wire.small_shop import DRAFT

FOLDER = LANE / "editions"


def edition(version: int, *, goods: int = 3, store: str = "S1", key: SigningKey = GATE_KEY) -> bytes:
    """An edition's file."""
    draft = msgspec.structs.replace(
        DRAFT,
        settings=msgspec.structs.replace(DRAFT.settings, store=store),
        products=tuple(
            Product(sku=f"A{n}", names={"en": "Article " + "x" * 900}, tax_class="standard")
            for n in range(goods)
        ),
    )
    return b"".join(
        write_edition(
            draft,
            server_epoch=FIRST_LIFE,
            version=version,
            issued_at="2026-11-22T08:00:00Z",
            sign=key.sign,
        )
    )


def editions(world: World) -> list[str]:
    return [name for name in world.disk.list_directory(FOLDER) if name.endswith(".edition")]


def content(world: World, version: int) -> bytes:
    return world.disk.content(Path(FOLDER / f"{version:08d}.edition"))


def publish(world: World, version: int, file: bytes) -> None:
    world.gate.edition_files[version] = file
    world.gate.edition = version


def test_a_new_edition_comes_down_in_pieces_and_is_put_in_the_folder_whole() -> None:
    world, file = World(), edition(7, goods=3_000)
    publish(world, 7, file)
    assert len(file) > 2 << 20
    world.run(seconds=3)
    assert editions(world) == ["00000007.edition"]
    assert content(world, 7) == file
    assert world.disk.list_directory(FOLDER) == ["00000007.edition"], "nothing half fetched is left"


def test_a_broken_download_goes_on_where_it_stopped() -> None:
    world, file = World(iter(["ok", "ok", "ok", "reply_lost", "ok", "request_lost"])), edition(2, goods=4_000)
    publish(world, 2, file)
    world.run(seconds=10)
    assert content(world, 2) == file
    pieces = [r.headers["Range"] for r in world.link.requests if r.path == "/v1/edition/2"]
    assert len(pieces) == 4 + 2
    assert len(set(pieces)) == 4, "each piece is asked for until it came, none twice"


def test_sales_go_first_while_an_edition_is_coming_down() -> None:
    world = World()
    publish(world, 2, edition(2, goods=8_000))
    world.run(seconds=0.01)
    world.sell(2)
    world.run(seconds=0.1)
    assert world.gate.hashes == world.hashes
    world.run(seconds=3)
    assert editions(world) == ["00000002.edition"]


@pytest.mark.parametrize("kind", ["flipped", "cut", "other shop", "other server", "other number"])
def test_an_edition_that_cannot_be_trusted_never_reaches_the_folder_and_stops_no_sale(kind: str) -> None:
    world = World()
    good = edition(3)
    publish(
        world,
        4,
        {
            "flipped": good.replace(b"Article", b"Articel", 1),
            "cut": edition(4)[:-20],
            "other shop": edition(4, store="S2"),
            "other server": edition(4, key=SigningKey(b"z" * 32)),
            "other number": good,
        }[kind],
    )
    world.run(seconds=2)
    world.sell(3)
    world.run(seconds=60)
    assert editions(world) == []
    assert world.gate.hashes == world.hashes
    assert (world.status.state, world.status.edition_error.startswith("edition_")) == ("sending", True)
    tries = [request for request in world.link.requests if request.path.startswith("/v1/edition/")]
    assert len(tries) < 20, "asked for again slowly"
    publish(world, 5, edition(5))
    world.run(seconds=40)
    assert editions(world) == ["00000005.edition"]
    assert world.status.edition_error == ""


def test_an_edition_that_is_gone_again_is_not_asked_for_in_a_spin() -> None:
    world = World()
    world.gate.edition = 9
    world.run(seconds=60)
    assert len([r for r in world.link.requests if r.path == "/v1/edition/9"]) < 20
    assert world.status.edition_error == "edition_refused"


def test_the_last_editions_and_the_one_in_force_are_kept() -> None:
    world = World()
    for version in range(1, 8):
        publish(world, version, edition(version))
        world.run(seconds=9)
        if version == 2:
            data = b'{"edition":2,"sha256":"' + b"a" * 64 + b'","currency":"EUR"}'
            world.journal.append("EditionAdopted", data, at="2026-11-22T09:00:00.000Z", day="2026-11-22")
            world.journal.sync()
    assert editions(world) == [f"{version:08d}.edition" for version in (2, 5, 6, 7)]


def test_an_older_edition_of_a_restored_server_is_left_there() -> None:
    world = World()
    publish(world, 5, edition(5))
    world.run(seconds=5)
    publish(world, 3, edition(3))
    world.run(seconds=20)
    assert editions(world) == ["00000005.edition"]


def test_a_download_over_a_way_that_fails_half_the_time_still_ends() -> None:
    world = World(itertools.cycle(["ok", "reply_lost"]))
    publish(world, 2, edition(2, goods=6_000))
    world.run(seconds=400)
    assert editions(world) == ["00000002.edition"]
