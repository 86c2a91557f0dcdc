"""How an article is found by what somebody types: names in any language, pinyin, brand, code, price.

Worked out once for each article, when the catalogue of an edition is made, by a process of its own:
the tables of Chinese readings take 60 MB that no register should carry while it sells. Traditional and
simplified characters are left as they are written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from evertill.core.pricebook import PRICE_SCALE, Product

BEGINNING_LENGTH = 24
BEGINNINGS_MAX = 12  # of one name; nobody types the thirteenth word first
NAME, WORD = 0, 1  # what begins so: the whole name, or a word inside it

_WORDS = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+")
_HAN = re.compile(r"[\u3400-\u9fff]")
_PRICE = re.compile(r"(\d{1,9})(?:[.,](\d{1,3}))?")


def folded(text: str) -> str:
    """Text as it is searched: lower case, without accents, full-width forms made plain."""
    flat = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in flat if not unicodedata.combining(char))


def spoken(name: str) -> list[str]:
    """The pinyin of a Chinese name, a syllable for each character; what is not Chinese stays as it is.

    Empty for a name without Chinese characters. Characters with several readings are read as in the word.
    """
    if not _HAN.search(name):
        return []
    import pypinyin

    read: list[str] = pypinyin.lazy_pinyin(folded(name), errors=list)
    return [part for part in read if part.strip()]


def searched_text(product: Product) -> str:
    """Everything an article is found by, as one folded text: a word is found anywhere inside it."""
    parts = [*product.names.values(), product.brand or "", product.sku, *product.codes]
    for name in product.names.values():
        syllables = spoken(name)
        parts += ["".join(syllables), initials(syllables)]
    return folded(" ".join(part for part in parts if part))


def initials(syllables: list[str]) -> str:
    """The first letter of each syllable: what a Chinese reader types."""
    return "".join(syllable[0] for syllable in syllables)


def beginnings(product: Product) -> set[tuple[int, str]]:
    """(NAME or WORD, text) for everything that a name, a word of it or the brand begins with."""
    found: set[tuple[int, str]] = set()
    for name in product.names.values():
        found.update(_word_starts(folded(name)))
        syllables = spoken(name)
        for number in range(min(len(syllables), BEGINNINGS_MAX)):
            rest = syllables[number:]
            place = WORD if number else NAME
            found.add((place, "".join(rest)[:BEGINNING_LENGTH]))
            found.add((place, initials(rest)[:BEGINNING_LENGTH]))
    if product.brand:
        found.update((WORD, text) for _, text in _word_starts(folded(product.brand)))
    return found


def _word_starts(text: str) -> Iterator[tuple[int, str]]:
    flat = " ".join(text.split())
    for number, word in enumerate(_WORDS.finditer(flat)):
        if number == BEGINNINGS_MAX:
            return
        yield (WORD if number else NAME), flat[word.start() : word.start() + BEGINNING_LENGTH]


def price_meant(text: str, digits: int) -> int | None:
    """The unit price (e4) that `text` writes in a currency with `digits` decimals; None if it writes none.

    Where a currency has decimals they must be there: "239" is a code, "2.39" a price.
    """
    match = _PRICE.fullmatch(text.strip())
    if match is None:
        return None
    whole, part = match[1], match[2] or ""
    if bool(part) != bool(digits) or len(part) > digits:
        return None
    return int(whole + part.ljust(digits, "0")) * PRICE_SCALE
