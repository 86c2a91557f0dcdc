"""The words a person sees, in their language: English sentences are the keys of the catalogue.

Texts stand where they are used, as N_("...") or as the text of a Refusal or the hint of a Fault;
scripts/texts.py gathers them into locale/evertill.pot. A text without translation stays English:
a register never goes silent for a missing word.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

_CATALOGUES = {"zh": Path(__file__).parent / "locale" / "zh_CN" / "LC_MESSAGES" / "evertill.po"}


def N_(text: str) -> str:
    """Marks a catalogue text where it stands, for translation later."""
    return text


class Words:
    """Turns an English text into the text of one language. `texts` is the whole catalogue."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts

    def __call__(self, text: str) -> str:
        return self.texts.get(text, text)


@cache
def words(locale: str) -> Words:
    """The words of `locale` ("en", "zh"); of a language without a catalogue: English."""
    path = _CATALOGUES.get(locale)
    if path is None:
        return Words({})
    with path.open("rb") as file:
        catalogue = read_po(file, locale="zh_CN")
    return Words(
        {str(message.id): str(message.string) for message in catalogue if message.id and message.string}
    )
