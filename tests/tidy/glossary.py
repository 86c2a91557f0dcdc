"""docs/glossary.md as law: what it bars, and where a name uses it all the same."""

from __future__ import annotations

import re
from functools import cache

from tests.tidy.house import ROOT, identifiers, words_of

PAGE = ROOT / "docs" / "glossary.md"


@cache
def rows() -> tuple[tuple[str, str, str, str], ...]:
    """(term, 中文, meaning, never) of every row of the page's tables."""
    found = []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("| **") and len(cells) == 4:
            found.append((cells[0].strip("*"), cells[1], cells[2], cells[3]))
    return tuple(found)


@cache
def barred() -> tuple[str, ...]:
    """Every word or pair of words in the column "never"."""
    return tuple(word.strip() for *_, never in rows() for word in never.split(",") if word.strip())


def barred_names() -> list[tuple[str, str]]:
    """(barred word, where and what) of every name in the product that holds a barred word."""
    pattern = re.compile(r"(?<![a-z0-9])(?:" + "|".join(map(re.escape, barred())) + r")(?![a-z0-9])")
    found = []
    for where, name in identifiers():
        hit = pattern.search(" ".join(words_of(name)))
        if hit:
            found.append((hit.group(), f"{where} {name}: not {hit.group()!r}"))
    return found
