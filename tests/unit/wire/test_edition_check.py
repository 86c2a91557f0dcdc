"""An edition that contradicts itself is found before a register sees it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from evertill.core.pricebook import Category, PriceList
from evertill.core.promotions import Promotion, SetPrice
from evertill.core.shop import Reason, Role, ShopMessage, StaffMember, TenderKind
from evertill.core.tax import Tax, TaxClass, TaxTable
from evertill.wire.edition import EditionDraft, EditionFault
from evertill.wire.edition_check import PROBLEMS_MAX, check_edition, refuse_unfit
from tests.unit.wire.small_shop import BEER, BOTTLE, DRAFT, SUNDRIES, TEA, with_products


def errors(draft: EditionDraft) -> list[str]:
    return [problem.code for problem in check_edition(draft.records()) if problem.level == "error"]


def changed(**parts: Any) -> EditionDraft:
    return msgspec.structs.replace(DRAFT, **parts)


def tea(**parts: Any) -> EditionDraft:
    return with_products(msgspec.structs.replace(TEA, **parts), BEER, BOTTLE, SUNDRIES)


def test_the_small_shop_is_fit_to_sell() -> None:
    assert check_edition(DRAFT.records()) == []
    refuse_unfit(check_edition(DRAFT.records()))


def test_goods_without_a_price_are_found_but_not_those_whose_price_is_typed() -> None:
    assert errors(tea(prices={})) == ["price_missing"]
    assert errors(tea(prices={}, open_price=True)) == []


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"prices": {"shop": -1}}, "price_out_of_range"),
        ({"prices": {"shop": 10**16}}, "price_out_of_range"),
        ({"prices": {"weekend": 1}}, "price_list_unknown"),
        ({"tax_class": "luxury"}, "tax_class_unknown"),
        ({"deposit_sku": "jar"}, "product_unknown"),
        ({"categories": ("garden",)}, "category_unknown"),
        ({"names": {"zh": "绿茶"}}, "name_missing"),
        ({"unit": "litre"}, "product_kind_unknown"),
        ({"kind": "gift"}, "product_kind_unknown"),
        ({"sku": ""}, "id_missing"),
        ({"sku": "beer"}, "id_twice"),
    ],
)
def test_goods_that_name_what_is_not_there_are_found(parts: dict[str, Any], code: str) -> None:
    assert code in errors(tea(**parts))


def test_flavours_under_one_barcode_are_a_warning_only() -> None:
    found = check_edition(tea(codes=BEER.codes).records())
    assert [(problem.level, problem.code) for problem in found] == [("warning", "code_shared")]
    assert "tea, beer" in found[0].text
    refuse_unfit(found)


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"tenders": ()}, "tender_missing"),
        ({"tenders": (TenderKind(id="c", names={}, currency=""), *DRAFT.tenders)}, "tender_without_currency"),
        ({"tenders": (TenderKind(id="c", names={}, currency="EUR", kind="barter"),)}, "tender_kind_unknown"),
        (
            {"tenders": (TenderKind(id="c", names={}, currency="EUR", rounding_step_minor=0),)},
            "tender_rounding_wrong",
        ),
        ({"price_lists": (PriceList(id="shop", currency="CNY"),)}, "price_list_missing"),
        ({"roles": ()}, "role_unknown"),
        ({"roles": (Role(id="cashier", names={}, permissions=("fly",)),)}, "permission_unknown"),
        ({"reasons": (Reason(id="r", use="weather", names={}),)}, "reason_use_unknown"),
        ({"staff": (StaffMember(id="1", name="1", role="cashier", pin_hash="1111"),)}, "pin_unsafe"),
        ({"categories": (Category(id="drinks", names={"en": "D"}, parent="food"),)}, "category_unknown"),
        (
            {"tax_table": TaxTable(classes=(TaxClass(id="standard", names={}, taxes=("vat16",)),))},
            "tax_table_senseless",
        ),
        ({"promotions": (DRAFT.promotions[0], DRAFT.promotions[0])}, "id_twice"),
        (
            {
                "promotions": (
                    Promotion(id="p", names={"en": "P"}, rewards=(SetPrice(parts=(), price_minor=1),)),
                )
            },
            "promotion_senseless",
        ),
        (
            {"tax_table": msgspec.structs.replace(DRAFT.tax_table, rounding="per_line")},
            "tax_rounding_unclear",
        ),
    ],
)
def test_a_shop_that_could_not_sell_is_found(parts: dict[str, Any], code: str) -> None:
    assert code in errors(changed(**parts))


def test_a_favourite_that_is_not_sold_any_more_is_a_warning_only() -> None:
    settings = msgspec.structs.replace(DRAFT.settings, favourites=("tea", "fax paper"))
    found = check_edition(changed(settings=settings).records())
    assert [(problem.level, problem.code, problem.subject) for problem in found] == [
        ("warning", "favourite_unknown", "favourite fax paper")
    ]


def test_staff_cards_are_hashed_and_each_is_one_persons() -> None:
    def with_cards(*hashes: str) -> EditionDraft:
        member = DRAFT.staff[0]
        staff = tuple(
            msgspec.structs.replace(member, id=str(no), card_hash=hashed) for no, hashed in enumerate(hashes)
        )
        return changed(staff=staff)

    assert errors(with_cards("", "")) == []
    assert errors(with_cards("$argon2id$a", "$argon2id$b")) == []
    assert errors(with_cards("2800000000011")) == ["card_unsafe"]
    assert errors(with_cards("$argon2id$a", "$argon2id$a")) == ["card_shared"]


def test_messages_to_the_registers_have_english_words_and_ids_of_their_own() -> None:
    def with_messages(*messages: ShopMessage) -> EditionDraft:
        return changed(settings=msgspec.structs.replace(DRAFT.settings, messages=messages))

    fruit = ShopMessage(id="fruit", names={"en": "Fruit is half price."})
    assert errors(with_messages(fruit)) == []
    assert errors(with_messages(fruit, fruit)) == ["id_twice"]
    assert errors(with_messages(ShopMessage(id="m", names={"zh": "水果半价。"}))) == ["name_missing"]


def test_a_tax_named_twice_is_found() -> None:
    tax = Tax(id="vat19", names={"en": "VAT"}, rate_ppm=190_000)
    table = msgspec.structs.replace(DRAFT.tax_table, taxes=(*DRAFT.tax_table.taxes, tax))
    assert errors(changed(tax_table=table)) == ["tax_table_senseless"]


def test_an_unfit_edition_is_refused_with_its_goods_named() -> None:
    with pytest.raises(EditionFault, match="product tea: The product has no price") as caught:
        refuse_unfit(check_edition(tea(prices={}).records()))
    assert caught.value.code == "edition_unfit"


def test_a_list_full_of_mistakes_does_not_fill_the_memory() -> None:
    priceless = [
        msgspec.structs.replace(TEA, sku=f"tea-{n}", codes=(), prices={}) for n in range(PROBLEMS_MAX + 5)
    ]
    assert len(errors(with_products(*priceless))) == PROBLEMS_MAX
