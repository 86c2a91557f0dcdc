"""What an article is found by: names in any language, pinyin, brand, codes, price."""

from __future__ import annotations

import pytest

from evertill.lane.finding import NAME, WORD, beginnings, folded, price_meant, searched_text, spoken
from tests.fakes.shop import product


def test_a_chinese_name_is_found_by_its_reading_and_by_the_first_letters_of_it() -> None:
    banana = product("plu-301", names={"en": "Bananas", "zh": "香蕉"})
    assert {(NAME, "xiangjiao"), (NAME, "xj"), (NAME, "香蕉"), (NAME, "bananas")} <= beginnings(banana)
    assert "xiangjiao xj" in searched_text(banana)


def test_every_character_of_a_chinese_name_may_be_the_one_somebody_begins_with() -> None:
    apples = product("plu-302", names={"en": "Apples, red", "zh": "红苹果"})
    assert {(WORD, "pg"), (WORD, "pingguo"), (WORD, "苹果"), (WORD, "red")} <= beginnings(apples)


def test_a_character_is_read_as_in_its_word() -> None:
    assert spoken("重庆") == ["chong", "qing"]
    assert spoken("5号电池 4节") == ["5", "hao", "dian", "chi", "4", "jie"]
    assert spoken("Green tea") == []


def test_accents_capitals_and_full_width_letters_make_no_difference() -> None:
    assert folded("Crème ＢＲÛＬÉＥ") == "creme brulee"


def test_a_brand_is_found_but_is_not_the_name() -> None:
    bears = product("bears", names={"en": "Gold bears"}, brand="Haribo")
    assert (WORD, "haribo") in beginnings(bears)
    assert (NAME, "haribo") not in beginnings(bears)


@pytest.mark.parametrize(
    ("typed", "digits", "price_e4"),
    [
        ("2.39", 2, 2_390_000),
        ("2,39", 2, 2_390_000),
        ("2.5", 2, 2_500_000),
        ("300", 0, 3_000_000),
        ("1.250", 3, 12_500_000),
        ("239", 2, None),
        ("2.395", 2, None),
        ("2.5", 0, None),
        ("2.39 €", 2, None),
        ("", 2, None),
    ],
)
def test_a_price_is_what_looks_like_one_in_the_shops_currency(
    typed: str, digits: int, price_e4: int | None
) -> None:
    assert price_meant(typed, digits) == price_e4
