"""Which crowd-sourced names are good enough for a receipt, and which shelf a name belongs to."""

from __future__ import annotations

import re
from pathlib import Path

from sample_shop.shelves import PHRASES, SHELVES

# A name with one of these is not English, or says nothing to a customer, or is somebody's own brand.
FOREIGN = frozenset(Path(__file__).with_name("foreign_words.txt").read_text(encoding="utf-8").split())
VAGUE = frozenset(
    (
        "organic",
        "natural",
        "original",
        "classic",
        "mini",
        "premium",
        "snack",
        "food",
        "product",
        "mix",
        "blend",
    )
)
BAD = re.compile(r"[^A-Za-z0-9 '&,.%()/\-]|http|www|quot|\btest\b|\d{5,}|\bgtin\b|\bean\b", re.IGNORECASE)
SMALL = frozenset(
    ("a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with")
)
CJK = re.compile(r"[\u3400-\u9fff]")
KANA = re.compile(r"[\u3040-\u30ff\uff66-\uff9f]")


def clean(name: str) -> str:
    """The name in one spacing and with one way of capitals."""
    name = re.sub(r"\s+", " ", name.replace("’", "'").replace("`", "'")).strip(" ,.-/&")
    name = re.sub(r"\s+,", ",", name)
    name = re.sub(r",(?=\S)", ", ", name)
    if name.isupper():
        name = name.lower()
    return " ".join(_capital(word, first=index == 0) for index, word in enumerate(name.split(" ")))


def _capital(word: str, *, first: bool) -> str:
    if word.lower() in SMALL and not first:
        return word.lower()
    return word[:1].upper() + word[1:]


def is_good_english(name: str) -> bool:
    """Whether a clean name reads as an English product name of a length that fits a receipt."""
    if (
        not 8 <= len(name) <= 44
        or BAD.search(name)
        or name.count(",") > 1
        or name.count("(") != name.count(")")
    ):
        return False
    words = [word.strip("'.,()%").lower() for word in re.split(r"[ /]", name)]
    letters = [word for word in words if word.isalpha()]
    if not 2 <= len(words) <= 6 or len(letters) < 2 or any(word in FOREIGN for word in words):
        return False
    if any(len(word) > 14 or not re.search("[aeiouy]", word) for word in letters if len(word) > 4):
        return False
    return len(set(words)) == len(words) and not all(word in VAGUE for word in letters)


def shelf_of(name: str) -> str | None:
    """The id of the shelf that the words of an English name lead to, or None."""
    padded = " " + re.sub(r"[^a-z&'\-]+", " ", name.lower()) + " "
    for phrase, shelf_id in PHRASES.items():
        if f" {phrase} " in padded and not (phrase == "oil" and " in " in padded):
            return shelf_id
    last = None
    for shelf in SHELVES:
        for word in shelf.words:
            at = padded.rfind(f" {word} ")
            # English names end in what the thing is: "Tomato & Basil Soup".
            if at >= 0 and (last is None or at + len(word) > last[0]):
                last = (at + len(word), shelf.id)
    return None if last is None else last[1]
