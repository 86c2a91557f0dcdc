"""The choice of real goods from the Open Food Facts extract, and a plausible price for each."""

from __future__ import annotations

import csv
import gzip
import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from evertill.core.pricebook import Product
from sample_shop import names
from sample_shop.digits import with_check_digit
from sample_shop.shelves import SHELVES

SHELF_SIZES = {
    "pantry": 430,
    "drinks": 290,
    "sweets": 280,
    "snacks": 250,
    "dairy": 240,
    "bakery": 190,
    "breakfast": 190,
    "meat_fish": 150,
    "produce_packed": 110,
    "coffee_tea": 90,
    "frozen": 80,
    "beer": 24,
    "wine": 24,
    "baby": 10,
}
WORD_SEEN_MIN = 4
_SHELVES = {shelf.id: shelf for shelf in SHELVES}
# A drink with one of these in its name is sold in a can or a PET bottle and carries a deposit.
_BOTTLED = re.compile(
    r"\b(cola|coke|pepsi|fanta|sprite|soda|water|lemonade|tonic|ginger ale|root beer|ginger beer|energy|"
    r"seltzer|iced? tea)\b|水|可乐|可樂",
    re.IGNORECASE,
)
_NOT_BOTTLED = re.compile(r"\b(mix|powder|syrup|coconut water|bags?|loose|crackers?)\b", re.IGNORECASE)
# Words that turn a bottle into a dish; a cake with rum needs no proof of age.
_DISH = re.compile(
    r"\b(sauce|vinegar|cake|chocolate|mustard|cheese|chicken|beans?|jelly|ice|raisins?|mints?|nuts?|butter|bread|flavou?red|"
    r"salami|sausage|bratwurst|pudding|chips|dressing|pasta|stew|pie|batter(ed)?|vinaigrette|biscuits?|fish|pate)\b",
    re.IGNORECASE,
)


class Candidate(NamedTuple):
    """A real article: its code, its names, the shelf its name leads to."""

    code: str
    en: str
    zh: str | None
    shelf: str


def choose(catalogue: Path, chinese_names: Path) -> list[Product]:
    """The products of the sample shop that carry a manufacturer's code, by shelf and name."""
    with gzip.open(catalogue, "rt", encoding="utf-8") as lines:
        rows = [(row["gtin"], row["name"]) for row in csv.DictReader(lines)]
    chosen = _chinese(chinese_names, {code for code, _ in rows})
    taken_names = {candidate.en.lower() for candidate in chosen}
    taken_codes = {candidate.code for candidate in chosen}
    candidates = sorted(_english(rows), key=_preference)
    left = dict(SHELF_SIZES)
    for candidate in candidates:
        name = _same(candidate.en)
        if left.get(candidate.shelf, 0) and name not in taken_names and candidate.code not in taken_codes:
            left[candidate.shelf] -= 1
            taken_names.add(name)
            taken_codes.add(candidate.code)
            chosen.append(candidate)
    order = [shelf.id for shelf in SHELVES]
    chosen.sort(key=lambda candidate: (order.index(candidate.shelf), candidate.en.lower(), candidate.code))
    return [_product(candidate) for candidate in chosen]


def _chinese(table: Path, known_codes: set[str]) -> list[Candidate]:
    with table.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    missing = [row["code"] for row in rows if row["code"] not in known_codes]
    assert not missing, f"not in the catalogue: {missing}"
    return [
        Candidate(row["code"], row["en"], row["zh"], row["shelf"])
        for row in rows
        if _is_shop_code(row["code"])
    ]


def _english(rows: Iterable[tuple[str, str]]) -> list[Candidate]:
    good = []
    seen: Counter[str] = Counter()
    for code, raw in rows:
        name = names.clean(raw)
        if names.is_good_english(name) and _is_shop_code(code):
            good.append((code, name))
            seen.update(set(_words(name)))
    candidates = []
    for code, name in good:
        shelf = names.shelf_of(name)
        if shelf is None or any(seen[word] < WORD_SEEN_MIN for word in _words(name)):
            continue
        if _SHELVES[shelf].age_min and _DISH.search(name):
            continue
        candidates.append(Candidate(code, name, None, shelf))
    return candidates


def _is_shop_code(code: str) -> bool:
    """A manufacturer's GTIN with a right check digit: no in-store, coupon or book number."""
    if with_check_digit(code[:-1]) != code or len(code) not in (8, 13):
        return False
    if len(code) == 8:
        return code[0] not in "02"
    return not code.startswith(("00000", "002", "004", "005", "02", "04", "1", "2", "97", "98", "99"))


def _words(name: str) -> list[str]:
    return [word for word in re.findall(r"[a-z']+", name.lower()) if len(word) > 2]


def _same(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", name.lower()).strip()


def _preference(candidate: Candidate) -> tuple[int, str]:
    words = len(candidate.en.split())
    odd = int(not 12 <= len(candidate.en) <= 34) + int(words > 5) + int("," in candidate.en)
    return (odd, hashlib.sha256(candidate.code.encode()).hexdigest())


def _product(candidate: Candidate) -> Product:
    shelf = _SHELVES[candidate.shelf]
    chance = int.from_bytes(hashlib.sha256(f"price {candidate.code}".encode()).digest()[:6], "big")
    span = shelf.price_high - shelf.price_low
    # Two throws, the lower one counts: a shop has more cheap goods than dear ones. Prices end in 9.
    step = min(chance % (span + 1), (chance >> 24) % (span + 1)) // 10 * 10
    price_minor = shelf.price_low // 10 * 10 + 9 + step
    prices = {"shop": price_minor * 10_000}
    if chance % 23 == 0 and not shelf.age_min:
        prices["member"] = (price_minor - max(10, price_minor // 100 * 10)) * 10_000
    if candidate.shelf == "bakery" and chance % 5 == 0:
        prices["happy-hour"] = (price_minor * 7 // 10) * 10_000
    return Product(
        sku=candidate.code,
        names={"en": candidate.en} | ({"zh": candidate.zh} if candidate.zh else {}),
        tax_class=shelf.tax_class,
        prices=prices,
        codes=(candidate.code,),
        categories=(shelf.id,),
        age_min=shelf.age_min,
        deposit_sku=_deposit(candidate),
    )


def _deposit(candidate: Candidate) -> str | None:
    if candidate.shelf == "beer":
        return "deposit-beer"
    if candidate.shelf != "drinks" or _NOT_BOTTLED.search(candidate.en):
        return None
    return "deposit-can" if _BOTTLED.search(candidate.en) or _BOTTLED.search(candidate.zh or "") else None
