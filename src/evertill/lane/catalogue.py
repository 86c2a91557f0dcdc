"""The edition in force, on this register's own disk: goods and customers by look-up, rules in memory.

An edition file is checked whole and turned into a small SQLite file beside it, in a process of
its own, so that selling goes on meanwhile. Only a file that was finished carries its final name;
it is never changed afterwards and may be deleted at any time: it is made again from the edition.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import apsw
import msgspec

from evertill.core.currency import minor_digits
from evertill.core.fault import Fault
from evertill.core.pricebook import Category, PriceList, Product
from evertill.core.promotions import Promotion
from evertill.core.rules import Rules
from evertill.core.shop import Customer, Reason, Role, Settings, StaffMember, TenderKind
from evertill.core.tax import TaxTable
from evertill.lane.finding import BEGINNING_LENGTH, NAME, WORD, beginnings, folded, price_meant, searched_text
from evertill.wire.edition import EditionHeader, Record

LAYOUT = 3
# A scan reads one row of `code`, which therefore holds the article once more (`scanned`).
_SCHEMA = """
CREATE TABLE rules (id INTEGER PRIMARY KEY CHECK (id = 1), layout INTEGER, header BLOB, rules BLOB);
CREATE TABLE product (id INTEGER PRIMARY KEY, sku TEXT NOT NULL UNIQUE, text TEXT NOT NULL,
    body BLOB NOT NULL);
CREATE TABLE code (code TEXT NOT NULL, product INTEGER NOT NULL, scanned BLOB NOT NULL,
    PRIMARY KEY (code, product)) WITHOUT ROWID;
CREATE TABLE shelf (category TEXT NOT NULL, product INTEGER NOT NULL,
    PRIMARY KEY (category, product)) WITHOUT ROWID;
CREATE TABLE beginning (place INTEGER NOT NULL, text TEXT NOT NULL, product INTEGER NOT NULL);
CREATE TABLE price (price_list TEXT NOT NULL, unit_price_e4 INTEGER NOT NULL, product INTEGER NOT NULL);
CREATE TABLE customer (code TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5(text, content='', tokenize='trigram');
"""
# Made once all rows are there: sorting them then is several times faster.
_INDEXES = """
CREATE INDEX beginning_by_text ON beginning (place, text, product);
CREATE INDEX price_by_price ON price (unit_price_e4, price_list, product);
"""


class ShopRules(msgspec.Struct, frozen=True, kw_only=True):
    """Every section of an edition that is small enough to be kept in memory."""

    settings: Settings
    tax_table: TaxTable
    tenders: tuple[TenderKind, ...] = ()
    roles: tuple[Role, ...] = ()
    staff: tuple[StaffMember, ...] = ()
    reasons: tuple[Reason, ...] = ()
    categories: tuple[Category, ...] = ()
    price_lists: tuple[PriceList, ...] = ()
    promotions: tuple[Promotion, ...] = ()

    def compiled(self, edition: int) -> Rules:
        """The rules as the checkout uses them."""
        return Rules(
            edition=edition,
            settings=self.settings,
            tax_table=self.tax_table,
            tenders=self.tenders,
            roles=self.roles,
            staff=self.staff,
            reasons=self.reasons,
            price_lists=self.price_lists,
            promotions=self.promotions,
        )


def build_catalogue(path: Path, header: EditionHeader, records: Iterable[Record]) -> None:
    """Writes the catalogue of an edition to `path`, which must not be there yet.

    `records` must raise before it ends if the edition is not whole; then nothing usable is left.
    """
    connection = apsw.Connection(str(path))
    connection.execute("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-32768")
    connection.execute("BEGIN")
    connection.execute(_SCHEMA)
    sections: dict[type, list[object]] = {}
    number = 0
    for record in records:
        if isinstance(record, Product):
            number += 1
            _add_product(connection, number, record)
        elif isinstance(record, Customer):
            body = msgspec.json.encode(record)
            for code in (record.id, *record.codes):
                connection.execute("INSERT OR REPLACE INTO customer VALUES (?, ?)", (code, body))
        else:
            sections.setdefault(type(record), []).append(record)
    rules = _rules_of(sections)
    connection.execute(_INDEXES)
    connection.execute(
        "INSERT INTO rules VALUES (1, ?, ?, ?)",
        (LAYOUT, msgspec.json.encode(header), msgspec.json.encode(rules)),
    )
    connection.execute("COMMIT")
    connection.close()


def _rules_of(sections: dict[type, list[object]]) -> ShopRules:
    def many(kind: type) -> tuple[object, ...]:
        return tuple(sections.get(kind, ()))

    return ShopRules(
        settings=sections[Settings][0],  # type: ignore[arg-type]
        tax_table=sections[TaxTable][0],  # type: ignore[arg-type]
        tenders=many(TenderKind),  # type: ignore[arg-type]
        roles=many(Role),  # type: ignore[arg-type]
        staff=many(StaffMember),  # type: ignore[arg-type]
        reasons=many(Reason),  # type: ignore[arg-type]
        categories=many(Category),  # type: ignore[arg-type]
        price_lists=many(PriceList),  # type: ignore[arg-type]
        promotions=many(Promotion),  # type: ignore[arg-type]
    )


def _add_product(connection: apsw.Connection, number: int, product: Product) -> None:
    text, body = searched_text(product), msgspec.json.encode(product)
    connection.execute("INSERT INTO product VALUES (?, ?, ?, ?)", (number, product.sku, text, body))
    for code in {product.sku, *product.codes}:
        connection.execute("INSERT OR IGNORE INTO code VALUES (?, ?, ?)", (code, number, body))
    for category in product.categories:
        connection.execute("INSERT OR IGNORE INTO shelf VALUES (?, ?)", (category, number))
    connection.execute("INSERT INTO words(rowid, text) VALUES (?, ?)", (number, text))
    connection.executemany(
        "INSERT INTO beginning VALUES (?, ?, ?)",
        ((place, start, number) for place, start in beginnings(product)),
    )
    connection.executemany(
        "INSERT INTO price VALUES (?, ?, ?)",
        ((price_list, price, number) for price_list, price in product.prices.items()),
    )


class Catalogue:
    """One edition's goods, read-only. Look-ups remember what was asked most recently."""

    def __init__(self, path: Path) -> None:
        try:
            self._connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
            self._connection.execute(
                "PRAGMA query_only=1; PRAGMA cache_size=-8192; PRAGMA mmap_size=268435456"
            )
            row = self._connection.execute("SELECT layout, header, rules FROM rules").fetchone()
            if row is None or row[0] != LAYOUT:
                raise _unusable(path, "made by another release")
            self.header = msgspec.json.decode(row[1], type=EditionHeader)
            self.shop = msgspec.json.decode(row[2], type=ShopRules)
        except (apsw.Error, msgspec.DecodeError, UnicodeDecodeError) as broken:
            raise _unusable(path, str(broken)) from broken
        self._path = path
        self.damaged = False
        self.rules = self.shop.compiled(self.header.version)
        self._decode = msgspec.json.Decoder(Product).decode
        self._known: dict[str, tuple[Product, ...]] = {}

    def products(self, keys: Sequence[str]) -> Sequence[Product]:
        """All products filed under any of these codes or skus."""
        if len(keys) == 1:
            return self._filed_under(keys[0])
        found: dict[str, Product] = {}
        for key in keys:
            for product in self._filed_under(key):
                found.setdefault(product.sku, product)
        return tuple(found.values())

    def _filed_under(self, key: str) -> tuple[Product, ...]:
        known = self._known.get(key)
        if known is not None:
            return known
        found = self._products("SELECT scanned FROM code WHERE code = ?", (key,))
        if len(self._known) >= 4_096:
            self._known.clear()
        self._known[key] = found
        return found

    def product(self, sku: str) -> Product | None:
        """The product with exactly this sku."""
        return next((product for product in self._filed_under(sku) if product.sku == sku), None)

    def customer(self, code: str) -> Customer | None:
        """The customer with this id, card number or phone."""
        try:
            row = self._connection.execute("SELECT body FROM customer WHERE code = ?", (code,)).fetchone()
            return None if row is None else msgspec.json.decode(row[0], type=Customer)
        except (apsw.Error, msgspec.DecodeError, UnicodeDecodeError) as broken:
            raise self._broken(broken) from broken

    def search(self, text: str, category: str | None, limit: int) -> list[Product]:
        """Up to `limit` products that `text` names, the likeliest first: by sku or code, by price, by the
        beginning of a name, by the beginning of a word, then whatever holds every word of `text`."""
        asked = " ".join(folded(text.replace("\0", " ")).split())
        found: dict[int, Product] = {}
        try:
            for where, values in self._ways(text.strip(), asked):
                on_shelf = " AND id IN (SELECT product FROM shelf WHERE category = ?)" if category else ""
                ordered = where.replace("{on_shelf}", on_shelf)
                given = (*values, category) if category else values
                for number, body in self._connection.execute(f"SELECT id, body FROM {ordered}", given):
                    if number not in found:
                        found[number] = self._decode(body)
                    if len(found) >= limit:
                        return list(found.values())
        except (apsw.Error, msgspec.DecodeError, UnicodeDecodeError) as broken:
            raise self._broken(broken) from broken
        return list(found.values())

    def _ways(self, typed: str, asked: str) -> Iterator[tuple[str, tuple[str | int, ...]]]:
        """What to look at one after the other until there is enough, each in the order of an index."""
        if asked:
            yield "code JOIN product ON id = code.product WHERE code.code = ?{on_shelf}", (typed,)
            yield from self._by_price(asked)
            for place in (NAME, WORD):
                for start in dict.fromkeys((asked, asked.replace(" ", ""))):
                    cut = start[:BEGINNING_LENGTH]
                    yield (
                        "beginning JOIN product ON id = beginning.product WHERE place = ? AND beginning.text"
                        " >= ? AND beginning.text < ? AND instr(product.text, ?){on_shelf}"
                        " ORDER BY beginning.text, beginning.product",
                        (place, cut, cut + "\U0010ffff", start),
                    )
        where, values = ["1"], []
        for word in asked.split()[:8]:
            if len(word) >= 3:
                where.append("id IN (SELECT rowid FROM words WHERE words MATCH ?)")
                values.append('"' + word.replace('"', '""') + '"')
            where.append("instr(text, ?)")
            values.append(word)
        yield f"product WHERE {' AND '.join(where)}{{on_shelf}} ORDER BY id", tuple(values)

    def _by_price(self, asked: str) -> Iterator[tuple[str, tuple[str | int, ...]]]:
        """Articles of this price in the shop's own currency."""
        currency = self.shop.settings.currency
        price = price_meant(asked, minor_digits(currency))
        for price_list in self.shop.price_lists if price is not None else ():
            if price_list.currency == currency and price is not None:
                yield (
                    "price JOIN product ON id = price.product WHERE unit_price_e4 = ? AND price_list = ?"
                    "{on_shelf} ORDER BY price.product",
                    (price, price_list.id),
                )

    def _products(self, asked: str, values: tuple[str | int, ...]) -> tuple[Product, ...]:
        try:
            return tuple(self._decode(row[0]) for row in self._connection.execute(asked, values))
        except (apsw.Error, msgspec.DecodeError, UnicodeDecodeError) as broken:
            raise self._broken(broken) from broken

    def _broken(self, error: Exception) -> Fault:
        """Damage is for good: the file goes, so that the next start makes it anew from the edition. What
        SQLite only did not like to be asked is no damage."""
        if not isinstance(error, apsw.SQLError | apsw.BusyError | apsw.NoMemError):
            self.damaged = True
            self._path.unlink(missing_ok=True)
        return _unusable(self._path, str(error))

    def count(self) -> int:
        """How many products the edition has."""
        try:
            row = self._connection.execute("SELECT count(*) FROM product").fetchone()
        except apsw.Error as broken:
            raise self._broken(broken) from broken
        return int(row[0]) if row is not None else 0

    def close(self) -> None:
        """Lets go of the file."""
        self._connection.close()


def _unusable(path: Path, why: str) -> Fault:
    return Fault(
        "catalogue_unusable",
        "The register's copy of the catalogue cannot be read. It is being made again.",
        retry=True,
        detail=f"{path.name}: {why}",
    )
