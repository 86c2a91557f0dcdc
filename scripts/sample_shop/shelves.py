"""The sample shop's shelves, as shelves.toml lists them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import NamedTuple


class Shelf(NamedTuple):
    """One category. Prices in cents; `words` are met in the English names of its goods."""

    id: str
    en: str
    zh: str
    colour: str
    tax_class: str
    price_low: int
    price_high: int
    age_min: int = 0
    words: tuple[str, ...] = ()


_TABLE = tomllib.loads(Path(__file__).with_name("shelves.toml").read_text(encoding="utf-8"))

SHELVES = tuple(
    Shelf(**row | {"words": tuple(re.split(r",\s+", row["words"].strip())) if "words" in row else ()})
    for row in _TABLE["shelf"]
)
PHRASES: dict[str, str] = _TABLE["phrases"]
