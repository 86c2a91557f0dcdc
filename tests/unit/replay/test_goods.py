"""A data set's goods come beside a shop's own, with what it takes to sell them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from evertill.core.pricebook import Category, PriceList, Product
from evertill.core.shop import Settings, TenderKind
from evertill.core.tax import Tax, TaxClass, TaxTable
from evertill.replay.datasets import DATASETS, Dataset, Goods
from evertill.replay.goods import change_for, is_in
from evertill.server.catalogue.merge import merge
from evertill.wire.edition import EditionDraft
from evertill.wire.edition_check import check_edition

SHOP = EditionDraft(
    settings=Settings(store="S1", names={"en": "Corner Shop"}, currency="EUR"),
    tax_table=TaxTable(
        taxes=(Tax(id="vat", names={"en": "VAT"}, rate_ppm=190_000),),
        classes=(TaxClass(id="standard", names={"en": "Standard"}, taxes=("vat",)),),
    ),
    tenders=(TenderKind(id="cash", names={"en": "Cash"}, currency="EUR"),),
    categories=(Category(id="tea", names={"en": "Tea"}),),
    price_lists=(PriceList(id="shop", currency="EUR"),),
    products=(Product(sku="t1", names={"en": "Tea"}, tax_class="standard", prices={"shop": 10_000}),),
)


def set_of(name: str, *goods: Goods) -> Dataset:
    """A data set of these goods."""

    def read(_folder: Path) -> Iterator[Goods]:
        return iter(goods)

    return DATASETS[name]._replace(goods=read)


RETAIL = set_of(
    "uci-online-retail",
    Goods("85123A", {"en": "WHITE HANGING HEART T-LIGHT HOLDER"}, "each", 2_550_000, ""),
    Goods("POST", {"en": "POSTAGE"}, "each", 0, ""),
)
VEGETABLES = set_of(
    "cumcm2023-vegetables",
    Goods("102900005115168", {"en": "牛首生菜", "zh": "牛首生菜"}, "kg", 8_000_000, "花叶类"),
)
GROCERY = set_of(
    "tafeng-grocery", Goods("4714981010038", {"en": "Article 4714981010038"}, "each", 13_000_000, "130315")
)


def test_an_edition_with_the_goods_can_be_sold_from_and_keeps_what_the_shop_had() -> None:
    draft = SHOP
    for dataset in (RETAIL, VEGETABLES, GROCERY):
        change = change_for(dataset, Path())
        assert not is_in(draft, change)
        draft = merge(draft, change)
        assert is_in(draft, change)
    assert [problem for problem in check_edition(draft.records()) if problem.level == "error"] == []
    assert next(iter(draft.products)) == next(iter(SHOP.products))
    assert draft.tenders[:1] == SHOP.tenders and draft.tax_table.classes[:1] == SHOP.tax_table.classes


def test_a_second_replay_brings_nothing_new() -> None:
    change = change_for(RETAIL, Path())
    once = merge(SHOP, change)
    twice = merge(once, change)
    assert list(once.records()) == list(twice.records())


def test_a_changed_price_in_the_file_is_brought_in_again() -> None:
    draft = merge(SHOP, change_for(RETAIL, Path()))
    dearer = set_of(RETAIL.name, Goods("POST", {"en": "POSTAGE"}, "each", 5_000_000, ""))
    assert not is_in(draft, change_for(dearer, Path()))


def test_replayed_money_is_exact_untaxed_and_leaves_the_drawer_shut() -> None:
    draft = merge(SHOP, change_for(GROCERY, Path()))
    (cash,) = [tender for tender in draft.tenders if tender.currency == "TWD"]
    assert (cash.id, cash.kind, cash.rounding_step_minor, cash.opens_drawer) == ("cash-TWD", "cash", 1, False)
    (article,) = [product for product in draft.products if product.sku.startswith("tafeng-grocery/")]
    assert article.codes == ("4714981010038",), "its published code is a real barcode and can be scanned"
    assert not article.discountable
    (untaxed,) = [each for each in draft.tax_table.classes if each.id == article.tax_class]
    assert untaxed.taxes == ()


def test_shelves_have_names_and_numbers_are_none() -> None:
    shelves = [category.id for category in change_for(VEGETABLES, Path()).categories]
    assert shelves == ["cumcm2023-vegetables", "cumcm2023-vegetables/花叶类"]
    assert [category.id for category in change_for(GROCERY, Path()).categories] == ["tafeng-grocery"]


def test_a_currency_new_to_the_shop_gets_one_kind_of_cash() -> None:
    draft = merge(SHOP, change_for(RETAIL, Path()))
    assert [tender.id for tender in draft.tenders] == ["cash", "cash-GBP"]
