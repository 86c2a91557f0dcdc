"""Every text a person sees is in the catalogue, in both languages, and nothing else is."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

from evertill.core.shop import LOCALES
from evertill.lane.words import words

ROOT = Path(__file__).parents[3]
TEXTS: dict[str, Any] = runpy.run_path(str(ROOT / "scripts" / "texts.py"))


@pytest.fixture(scope="module")
def template() -> Any:
    return TEXTS["gather"]()


@pytest.fixture(scope="module")
def chinese() -> Any:
    return TEXTS["read"](TEXTS["TRANSLATIONS"]["zh_CN"], "zh_CN")


def ids(catalogue: Any) -> set[str]:
    return {str(message.id) for message in catalogue if message.id}


def test_no_text_of_screen_refusals_or_receipts_is_missing_in_chinese(template: Any, chinese: Any) -> None:
    assert sorted(ids(template) - ids(chinese)) == [], "run: python scripts/texts.py update, then translate"
    assert [m.id for m in chinese if m.id and not m.string] == []


def test_no_translation_is_left_of_a_text_nobody_uses(template: Any, chinese: Any) -> None:
    assert sorted(ids(chinese) - ids(template)) == []


def test_both_languages_have_the_same_placeholders(chinese: Any) -> None:
    assert [fault for m in chinese if m.id for fault in TEXTS["faults_of"](m)] == []


def test_the_screens_texts_are_gathered_too(template: Any) -> None:
    assert {"Pay", "Change", "Scan the first article."} <= ids(template)


def test_a_refusal_reads_in_the_cashiers_language() -> None:
    said = words("zh")("The PIN is not right. Try again.")
    assert said == "密码不对，请重试。"
    assert words("en")("The PIN is not right. Try again.") == "The PIN is not right. Try again."


def test_a_text_without_translation_stays_english() -> None:
    assert words("zh")("A sentence that is in no catalogue.") == "A sentence that is in no catalogue."


def test_a_language_without_a_catalogue_reads_english() -> None:
    assert "fr" not in LOCALES
    assert words("fr")("Pay") == "Pay"


def test_a_missing_translation_would_be_noticed(template: Any) -> None:
    message = next(m for m in template if m.id == "Pay")
    assert list(TEXTS["faults_of"](message)) == ["no translation: 'Pay'"]
