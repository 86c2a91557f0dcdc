"""The sample shop that ships with the program can be sold from at once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec
import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from evertill.core.barcode.gtin import is_valid_gtin
from evertill.core.permission import PERMISSIONS
from evertill.core.pricebook import Product
from evertill.sample import load_sample
from evertill.wire.edition import EditionDraft
from evertill.wire.edition_check import check_edition


@pytest.fixture(scope="module")
def shop() -> EditionDraft:
    return load_sample()


@pytest.fixture(scope="module")
def real(shop: EditionDraft) -> list[Product]:
    return [product for product in shop.products if is_valid_gtin(product.sku)]


def test_nothing_in_it_contradicts_itself(shop: EditionDraft) -> None:
    assert check_edition(shop.records()) == []


def test_it_holds_more_than_two_thousand_real_goods_with_their_own_names(real: list[Product]) -> None:
    assert len(real) >= 2_000
    assert all(product.codes == (product.sku,) for product in real)
    assert sum(len(product.sku) == 13 for product in real) >= 2_000
    assert len({product.names["en"].lower() for product in real}) > 0.99 * len(real)
    assert sum("zh" in product.names for product in real) >= 150


def test_no_real_code_collides_with_the_shops_own_scales_and_cards(real: list[Product]) -> None:
    assert not [product.sku for product in real if len(product.sku) == 13 and product.sku[0] == "2"]


def test_every_text_that_a_cashier_reads_is_there_in_english_and_chinese(shop: EditionDraft) -> None:
    named = [*shop.tenders, *shop.roles, *shop.reasons, *shop.categories, *shop.price_lists, *shop.promotions]
    own = [product for product in shop.products if not is_valid_gtin(product.sku)]
    assert [each for each in [*named, *own] if not {"en", "zh"} <= set(each.names)] == []


def test_weighed_goods_are_found_by_label_and_by_typed_number(shop: EditionDraft) -> None:
    weighed = [product for product in shop.products if product.unit == "kg"]
    assert len(weighed) >= 40
    for product in weighed:
        label, typed = product.codes
        assert label == typed.zfill(shop.settings.weight_barcodes[0].item_digits)
    assert {rule.holds for rule in shop.settings.weight_barcodes} == {"weight", "price"}


def test_alcohol_and_tobacco_ask_for_proof_of_age(shop: EditionDraft) -> None:
    for product in shop.products:
        limited = bool({"beer", "wine", "tobacco"} & set(product.categories))
        assert (product.age_min == 18) == limited, product.names


def test_there_is_one_of_every_sort_of_goods(shop: EditionDraft) -> None:
    kinds = Counter(product.kind for product in shop.products)
    assert kinds["deposit"] >= 3
    assert kinds["charge"] >= 1
    assert sum(product.open_price for product in shop.products) >= 2
    assert sum(product.deposit_sku is not None for product in shop.products) >= 100
    assert {product.tax_class for product in shop.products} == {"standard", "reduced", "zero"}
    assert sum("member" in product.prices for product in shop.products) >= 100
    assert sum("happy-hour" in product.prices for product in shop.products) >= 10


def test_every_price_is_plausible(shop: EditionDraft) -> None:
    for product in shop.products:
        for price_e4 in product.prices.values():
            assert price_e4 % 10_000 == 0
            assert 5 <= price_e4 // 10_000 <= 3_000
        if "member" in product.prices:
            assert product.prices["member"] < product.prices["shop"]


@pytest.mark.parametrize(("staff", "pin"), [("1", "1111"), ("2", "2222"), ("5", "5555"), ("9", "9999")])
def test_staff_sign_in_with_the_pins_of_the_readme(shop: EditionDraft, staff: str, pin: str) -> None:
    (member,) = [member for member in shop.staff if member.id == staff]
    assert PasswordHasher().verify(member.pin_hash, pin)
    with pytest.raises(VerifyMismatchError):
        PasswordHasher().verify(member.pin_hash, pin + "0")


def test_a_manager_may_everything_and_a_cashier_not(shop: EditionDraft) -> None:
    roles = {role.id: set(role.permissions) for role in shop.roles}
    assert roles["manager"] == set(PERMISSIONS)
    assert roles["cashier"] < roles["supervisor"] < roles["manager"]
    assert "price_override" not in roles["cashier"]


def test_there_are_promotions_of_many_sorts_and_all_uses_of_a_reason(shop: EditionDraft) -> None:
    rewards = {type(reward).__name__ for promotion in shop.promotions for reward in promotion.rewards}
    assert rewards == {"PercentOff", "BuyGet", "SetPrice", "CheapestFree", "PriceEach", "AmountOff"}
    assert {reason.use for reason in shop.reasons} == {
        "discount",
        "price",
        "return",
        "void",
        "cash",
        "drawer",
    }


def test_it_can_be_loaded_for_another_store() -> None:
    assert load_sample("S7").settings == msgspec.structs.replace(load_sample().settings, store="S7")


def test_the_source_of_the_goods_is_credited_beside_them() -> None:
    folder = Path(load_sample.__code__.co_filename).parent
    credit = (folder / "CREDITS.md").read_text(encoding="utf-8")
    assert "Open Food Facts contributors" in credit
    assert "Open Database License" in credit
    assert (folder / "goods.jsonl.gz").stat().st_size < 1_500_000


def test_the_favourites_are_goods_of_the_shop_one_touch_away(shop: EditionDraft) -> None:
    skus = {product.sku for product in shop.products}
    assert len(shop.settings.favourites) == len(set(shop.settings.favourites)) == 16
    assert set(shop.settings.favourites) <= skus
