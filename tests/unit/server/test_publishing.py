"""From a draft to the next edition, and never to half of one."""

from __future__ import annotations

import errno
from pathlib import Path

import msgspec
import pytest

from evertill.core.fault import Fault
from evertill.core.pricebook import Category, Product
from evertill.server.catalogue.merge import CatalogueChange, count_merge, merge
from evertill.server.identity import read_or_make_identity, renewed
from evertill.server.publishing import EDITIONS_KEPT, EditionFolder, Publisher
from evertill.wire.edition import EditionDraft, EditionFault, collect, read_header, read_records, split_lines
from tests.fakes.clock import SimulatedClock
from tests.fakes.disk import SimulatedDisk, everything, nothing
from tests.fakes.entropy import SeededEntropy
from tests.unit.wire.small_shop import BEER, BOTTLE, DRAFT, KEY, SUNDRIES, TEA, with_products

FOLDER = Path("/home/gate/editions")


def publisher(disk: SimulatedDisk, told: list[int] | None = None) -> Publisher:
    return Publisher(
        EditionFolder(disk, FOLDER),
        disk=disk,
        clock=SimulatedClock(),
        server_epoch="ab" * 16,
        sign=KEY.sign,
        public_key=KEY.public_key,
        told=None if told is None else told.append,
    )


def as_a_lane_reads_it(disk: SimulatedDisk, version: int) -> EditionDraft:
    lines = split_lines(EditionFolder(disk, FOLDER).chunks(version))
    header = read_header(next(lines), KEY.public_key)
    return collect(read_records(header, lines))


def change(*products: Product, **parts: object) -> CatalogueChange:
    return CatalogueChange(products=products, price_list="shop", currency="EUR", **parts)  # type: ignore[arg-type]


def test_a_published_shop_is_what_a_lane_reads() -> None:
    disk, told = SimulatedDisk(), []
    assert publisher(disk, told).publish(DRAFT) == 1
    assert as_a_lane_reads_it(disk, 1) == DRAFT
    assert told == [1]


def test_versions_count_up_and_go_on_above_any_that_a_lane_has_seen() -> None:
    shop = publisher(SimulatedDisk())
    assert [shop.publish(DRAFT), shop.publish(DRAFT)] == [1, 2]
    assert shop.publish(DRAFT, above=40) == 41
    latest = shop.latest()
    assert latest is not None
    assert (latest.version, latest.issued_at) == (41, "2026-11-22T08:00:00Z")


def test_an_unfit_draft_is_refused_and_nothing_is_written() -> None:
    disk, told = SimulatedDisk(), []
    priceless = with_products(msgspec.structs.replace(TEA, prices={}))
    with pytest.raises(EditionFault, match="edition_unfit"):
        publisher(disk, told).publish(priceless)
    assert disk.files() == []
    assert told == []


@pytest.mark.parametrize("operation", ["open", "write", "sync", "rename"])
def test_a_full_or_broken_disk_keeps_the_last_edition(operation: str) -> None:
    disk = SimulatedDisk()
    shop = publisher(disk)
    shop.publish(DRAFT)
    disk.fail(operation, "00000002", number=errno.ENOSPC)
    with pytest.raises(Fault, match="edition_not_stored"):
        shop.publish(with_products(TEA))
    assert shop.folder.versions() == [1]
    disk.heal()
    assert shop.publish(with_products(TEA)) == 2
    assert as_a_lane_reads_it(disk, 2).products == (TEA,)


@pytest.mark.parametrize("keep", [nothing, everything])
def test_power_cut_after_publishing_keeps_the_edition(keep: object) -> None:
    disk = SimulatedDisk()
    publisher(disk).publish(DRAFT)
    disk.power_cut(keep)  # type: ignore[arg-type]
    assert as_a_lane_reads_it(disk, 1) == DRAFT


def test_two_publishers_cannot_take_one_number() -> None:
    disk = SimulatedDisk()
    shop = publisher(disk)
    shop.publish(DRAFT)
    lock = disk.lock(FOLDER / "publishing.lock")
    with pytest.raises(Fault, match="publishing_busy") as caught:
        shop.publish(DRAFT)
    assert caught.value.retry
    lock.release()
    assert shop.publish(DRAFT) == 2


def test_old_editions_are_dropped() -> None:
    shop = publisher(SimulatedDisk())
    for _ in range(EDITIONS_KEPT + 3):
        shop.publish(DRAFT)
    assert shop.folder.versions() == list(range(4, EDITIONS_KEPT + 4))


def test_a_shop_without_an_edition_says_so() -> None:
    shop = publisher(SimulatedDisk())
    assert shop.latest() is None
    with pytest.raises(Fault, match="catalogue_missing"):
        shop.latest_draft()


def test_a_damaged_edition_is_not_built_upon() -> None:
    disk = SimulatedDisk()
    shop = publisher(disk)
    shop.publish(DRAFT)
    disk.flip(FOLDER / "00000001.edition", len(disk.content(FOLDER / "00000001.edition")) - 3, 0)
    with pytest.raises(EditionFault):
        shop.merge(change(TEA))
    assert shop.folder.versions() == [1]


def test_the_latest_draft_walks_its_goods_again_and_again() -> None:
    disk = SimulatedDisk()
    shop = publisher(disk)
    shop.publish(DRAFT)
    draft = shop.latest_draft()
    assert tuple(draft.products) == tuple(draft.products) == DRAFT.products
    assert draft.staff == DRAFT.staff


def test_a_list_changes_prices_and_adds_goods() -> None:
    disk = SimulatedDisk()
    shop = publisher(disk)
    shop.publish(DRAFT)
    dearer = Product(sku="tea", names={"en": "Green tea"}, tax_class="standard", prices={"shop": 2_490_000})
    coffee = Product(sku="coffee", names={"en": "Coffee"}, tax_class="reduced", prices={"shop": 4_990_000})
    assert shop.merge(change(dearer, coffee, fields=("names", "prices"))) == 2
    tea, *_, last = as_a_lane_reads_it(disk, 2).products
    assert tea == msgspec.structs.replace(TEA, prices={"shop": 2_490_000})
    assert last == coffee


def test_a_list_without_categories_leaves_them_and_one_with_them_adds() -> None:
    new = Product(
        sku="tea", names={"en": "Tea"}, tax_class="reduced", codes=("96385074",), categories=("warm",)
    )
    merged = merge(DRAFT, change(new, fields=("codes",)))
    assert next(iter(merged.products)).codes == ("4006381333931", "96385074")
    warm = Category(id="warm", names={"en": "Warm"})
    merged = merge(DRAFT, change(new, fields=("categories",), categories=(warm, *DRAFT.categories)))
    assert next(iter(merged.products)).categories == ("drinks", "warm")
    assert merged.categories == (*DRAFT.categories, warm)


def test_goods_known_under_another_number_are_found_by_their_barcode() -> None:
    by_code = Product(
        sku="4006381333931",
        names={"en": "Tea"},
        tax_class="standard",
        codes=("4006381333931",),
        prices={"shop": 9_900},
    )
    merged = merge(DRAFT, change(by_code, fields=("prices",), match_codes=True))
    assert tuple(merged.products) == (
        msgspec.structs.replace(TEA, prices={"shop": 9_900}),
        BEER,
        BOTTLE,
        SUNDRIES,
    )


def test_a_barcode_of_several_goods_changes_none_of_them() -> None:
    twin = msgspec.structs.replace(BEER, codes=TEA.codes)
    row = Product(
        sku="4006381333931", names={"en": "T"}, tax_class="standard", codes=TEA.codes, prices={"shop": 9_900}
    )
    merged = merge(with_products(TEA, twin), change(row, match_codes=True))
    assert tuple(merged.products) == (TEA, twin, row)


def test_a_list_in_a_new_currency_brings_its_price_list_and_cash() -> None:
    row = Product(sku="tea", names={"en": "Tea"}, tax_class="standard", prices={"shop-chf": 250_000})
    chf = CatalogueChange(products=(row,), price_list="shop-chf", currency="CHF", fields=("prices",))
    merged = merge(DRAFT, chf)
    assert next(iter(merged.products)).prices == {"shop": 1_990_000, "shop-chf": 250_000}
    assert merged.price_lists[-1].currency == "CHF"
    assert (merged.tenders[-1].currency, merged.tenders[-1].rounding_step_minor) == ("CHF", 5)


def test_a_whole_new_list_drops_the_old_goods_but_no_deposit_and_no_typed_price() -> None:
    merged = merge(DRAFT, change(TEA, replace=True))
    assert tuple(merged.products) == (TEA, BOTTLE, SUNDRIES)
    count = count_merge(DRAFT, change(TEA, replace=True))
    assert (count.added, count.changed, count.same, count.dropped) == (0, 0, 1, 1)


def test_counting_a_list_says_what_it_would_do() -> None:
    dearer = msgspec.structs.replace(TEA, prices={"shop": 1})
    coffee = msgspec.structs.replace(TEA, sku="coffee", codes=())
    count = count_merge(DRAFT, change(dearer, coffee, BEER))
    assert (count.added, count.changed, count.same, count.dropped) == (1, 1, 1, 0)


def test_a_change_travels_as_json() -> None:
    sent = change(TEA, BEER, fields=("prices",), match_codes=True, replace=True)
    assert msgspec.json.decode(msgspec.json.encode(sent), type=CatalogueChange) == sent


def test_a_server_keeps_its_key_and_a_restore_begins_a_new_epoch() -> None:
    disk, entropy, home = SimulatedDisk(), SeededEntropy(), Path("/home/gate")
    made = read_or_make_identity(disk, home, entropy)
    disk.power_cut(nothing)
    assert read_or_make_identity(disk, home, entropy) == made
    again = renewed(disk, home, entropy)
    assert again.public_key == made.public_key
    assert again.server_epoch != made.server_epoch
    assert read_or_make_identity(disk, home, entropy) == again
    assert made.signing_key.hex() not in repr(made)


@pytest.mark.parametrize("content", [b"", b"{}", b'{"server_epoch":"a","signing_key":"QUJD"}'])
def test_an_unreadable_server_key_is_never_replaced_by_a_new_one(content: bytes) -> None:
    disk, home = SimulatedDisk(), Path("/home/gate")
    read_or_make_identity(disk, home, SeededEntropy())
    disk.replace(home / "identity.json", content)
    with pytest.raises(Fault, match="identity_unreadable"):
        read_or_make_identity(disk, home, SeededEntropy())
    assert disk.content(home / "identity.json") == content
