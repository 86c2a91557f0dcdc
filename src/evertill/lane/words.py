"""The words a person sees, in their language: English sentences are the keys of the catalogue.

Texts stand where they are used, as N_("...") or as the text of a Refusal or the hint of a Fault;
scripts/texts.py gathers them into locale/evertill.pot. A text without translation stays English:
a register never goes silent for a missing word.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal, format_percent

LOCALES = ("en", "zh")
LOCALE_FOLDER = Path(__file__).parent / "locale"
SCREEN_FOLDER = "src/evertill/lane/screen/"
_CATALOGUES = {"zh": LOCALE_FOLDER / "zh_CN" / "LC_MESSAGES" / "evertill.po"}
_REGIONS = {"en": "en_GB", "zh": "zh_CN"}


def N_(text: str) -> str:  # noqa: N802 (gettext's own name)
    """Marks a catalogue text where it stands, for translation later."""
    return text


def words(locale: str) -> Callable[[str], str]:
    """What turns an English text into the text of `locale`; a text without translation stays English."""
    texts = _texts(locale)
    return lambda text: texts.get(text, text)


def screen_words(locale: str) -> dict[str, str]:
    """The texts of the register screen in `locale`, English text to translation. English itself: none."""
    screen = _screen_texts(locale)
    return {text: said for text, said in _texts(locale).items() if text in screen}


def say(text: str, params: Mapping[str, Any], *, locale: str, digits: Mapping[str, int]) -> str:
    """`text` in `locale` with its {placeholders} filled from `params`, as a cashier reads it.

    A `*_minor` param is money in params["currency"], whose decimals `digits` tells (ISO code to
    number); `*_milli` is a quantity, `*_ppm` a share in percent. A placeholder without a param
    stays as it is: a sentence with a gap is better than none.
    """
    shown = {name: _shown(name, value, params, locale, digits) for name, value in params.items()}
    return words(locale)(text).format_map(_Gaps(shown))


class _Gaps(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "{" + name + "}"


def _shown(name: str, value: Any, params: Mapping[str, Any], locale: str, digits: Mapping[str, int]) -> str:
    region = _REGIONS.get(locale, "en_GB")
    if not isinstance(value, int | float) or isinstance(value, bool):
        return _named(value, locale)
    if name.endswith("_minor"):
        currency = str(params.get("currency", ""))
        places = digits.get(currency, 2)
        return format_currency(_scaled(value, places), currency, locale=region, currency_digits=False)
    if name.endswith("_milli"):
        return format_decimal(_scaled(value, 3), locale=region)
    if name.endswith("_ppm"):
        return format_percent(_scaled(value, 6), locale=region, decimal_quantization=False)
    return format_decimal(value, locale=region)


def _scaled(value: int | float, places: int) -> Decimal:
    return Decimal(value).scaleb(-places)


def _named(value: Any, locale: str) -> str:
    if isinstance(value, Mapping):
        return str(value.get(locale) or value.get("en", ""))
    return str(value)


@cache
def _texts(locale: str) -> dict[str, str]:
    return {str(message.id): str(message.string) for message in _messages(locale) if message.string}


@cache
def _screen_texts(locale: str) -> frozenset[str]:
    return frozenset(
        str(message.id)
        for message in _messages(locale)
        if any(str(place).startswith(SCREEN_FOLDER) for place, _ in message.locations)
    )


@cache
def _messages(locale: str) -> tuple[Any, ...]:
    path = _CATALOGUES.get(locale)
    if path is None:
        return ()
    with path.open("rb") as file:
        return tuple(message for message in read_po(file, locale="zh_CN") if message.id)
