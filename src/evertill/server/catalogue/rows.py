"""From a row of a shop's list to a product, and what two rows with the same code mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from evertill.core.pricebook import Category, Product
from evertill.server.catalogue import cells
from evertill.server.catalogue.cells import CellWrong
from evertill.server.catalogue.columns import Columns
from evertill.server.catalogue.table import Row


class ImportOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How a list is to be read.

    `told` maps a heading or a column number from 1 to a field. `encoding`, `delimiter` and
    `decimal_mark` are found out if left at "auto". `digits`: decimals of `currency`. `tax_rates`
    maps each tax class of the shop to its rate; new goods without a rate get `tax_class`.
    `known`: skus and codes in the catalogue, asked only for lists without names or prices.
    `categories`: the shop's, to be found by name. `plain_codes`: keep a code with a wrong check digit.
    `names_from_codes`: goods without a name are called by their code.
    """

    currency: str
    digits: int
    price_list: str
    tax_class: str
    tax_rates: dict[str, int] = {}
    categories: tuple[Category, ...] = ()
    known: frozenset[str] = frozenset()
    told: dict[str, str] = {}
    encoding: str = "auto"
    delimiter: str = "auto"
    decimal_mark: str = "auto"
    plain_codes: bool = False
    names_from_codes: bool = False
    price_max_minor: int = 10_000_000
    preview_rows: int = 10


class RowProblem(msgspec.Struct, frozen=True):
    """Something about the row that begins on `line` of the file.

    "error": the row was set aside. "warning": it was taken. `text` is a full sentence.
    """

    line: int
    level: Literal["error", "warning"]
    text: str


class RowReader:
    """Makes products of rows, by the options and the meaning of the columns."""

    def __init__(self, options: ImportOptions, columns: Columns, decimal_mark: str) -> None:
        self._options = options
        self._columns = columns
        self._mark = decimal_mark
        self._category_ids = _by_name(options.categories)
        self.new_categories: dict[str, Category] = {}

    def read(self, row: Row) -> Product:
        """The product in `row`. Raises CellWrong with the reason why there is none."""
        if row.wrong is not None:
            raise CellWrong(row.wrong)
        if len(row.cells) > len(self._columns.headings) and any(row.cells[len(self._columns.headings) :]):
            raise CellWrong("The row has more cells than the list has columns; is a quotation mark missing?")
        codes = cells.read_codes(self._cell(row, "code"), plain=self._options.plain_codes)
        sku = self._cell(row, "sku") or (codes[0] if codes else "")
        if not sku:
            raise CellWrong("The row has neither a barcode nor an article number.")
        unit, factor = cells.read_unit(self._cell(row, "unit"))
        return Product(
            sku=sku[:100],
            names=self._names(row, sku, codes),
            tax_class=self._tax_class(row),
            prices=self._prices(row, factor, (sku, *codes)),
            codes=codes,
            unit=unit,
            categories=self._categories(row),
            brand=self._cell(row, "brand") or None,
            age_min=cells.read_age(self._cell(row, "age_min")),
        )

    def _cell(self, row: Row, field: str) -> str:
        return self._columns.cell(row.cells, field)

    def _names(self, row: Row, sku: str, codes: tuple[str, ...]) -> dict[str, str]:
        plain = cells.read_name(self._cell(row, "name"))
        chinese = cells.read_name(self._cell(row, "name_zh"))
        english = cells.read_name(self._cell(row, "name_en"))
        if plain and cells.is_chinese(plain):
            chinese = chinese or plain
        english = english or plain or chinese
        if not english and self._options.names_from_codes:
            english = sku
        if not english and not self._is_known(sku, codes):
            raise CellWrong("The name is missing.")
        names = {"en": english} if english else {}
        return names | ({"zh": chinese} if chinese else {})

    def _prices(self, row: Row, factor: int, keys: tuple[str, ...]) -> dict[str, int]:
        if "price" not in self._columns.places:
            if self._is_known(keys[0], keys):
                return {}
            raise CellWrong("This article is new, and the list has no column of prices.")
        options = self._options
        price_e4 = cells.read_price_e4(
            self._cell(row, "price"),
            mark=self._mark,
            digits=options.digits,
            max_minor=options.price_max_minor,
        )
        return {options.price_list: price_e4 * factor}

    def _is_known(self, sku: str, codes: tuple[str, ...]) -> bool:
        return sku in self._options.known or any(code in self._options.known for code in codes)

    def _tax_class(self, row: Row) -> str:
        text = self._cell(row, "tax_class")
        rates = self._options.tax_rates
        if not text:
            return self._options.tax_class
        if text.lower() in rates:
            return text.lower()
        rate_ppm = cells.read_rate_ppm(text)
        fitting = [tax_class for tax_class, each in rates.items() if each == rate_ppm]
        if not fitting:
            shown = ", ".join(f"{tax_class} ({ppm / 10_000:g} %)" for tax_class, ppm in rates.items())
            raise CellWrong(f"There is no tax class for {text!r}. The classes are: {shown}.")
        return fitting[0]

    def _categories(self, row: Row) -> tuple[str, ...]:
        name = cells.read_name(self._cell(row, "category"))
        if not name:
            return ()
        found = self._category_ids.get(name.lower())
        if found is None:
            found = name
            names = {"en": name} | ({"zh": name} if cells.is_chinese(name) else {})
            self._category_ids[name.lower()] = found
            self.new_categories[found] = Category(id=found, names=names)
        return (found,)


class Doubles:
    """Rows that mean the same article: repeats are left out, flavours under one code are kept apart."""

    def __init__(self, *, by_code: bool) -> None:
        self._by_code = by_code
        self.products: dict[str, Product] = {}
        self._lines: dict[str, int] = {}
        self._flavours: dict[str, list[str]] = {}
        self._owners: dict[str, str] = {}

    def add(self, line: int, product: Product) -> str | None:
        """Take a product; returns a warning or None. Raises CellWrong if it contradicts an earlier row."""
        before = self.products.get(product.sku)
        if before is None:
            self._keep(line, product)
            return self._shared_code(product)
        if self._by_code:
            return self._same_code(line, product)
        at = self._lines[product.sku]
        if before == product:
            return f"The same row stands in line {at}; it was taken once."
        if msgspec.structs.replace(before, codes=()) == msgspec.structs.replace(product, codes=()):
            codes = tuple(dict.fromkeys(before.codes + product.codes))
            self.products[product.sku] = msgspec.structs.replace(before, codes=codes)
            return f"Another barcode of the article in line {at}; it was added there."
        raise CellWrong(f"The article number {product.sku} stands in line {at} with other data.")

    def _same_code(self, line: int, product: Product) -> str:
        flavours = self._flavours.setdefault(product.sku, [product.sku])
        for sku in flavours:
            other = self.products[sku]
            if msgspec.structs.replace(product, sku=sku) == other:
                return f"The same row stands in line {self._lines[sku]}; it was taken once."
            if other.names == product.names:
                at = self._lines[sku]
                raise CellWrong(
                    f"The same code and name stand in line {at} with another price or other data."
                )
        kept = msgspec.structs.replace(product, sku=f"{product.sku}-{len(flavours) + 1}")
        flavours.append(kept.sku)
        self._keep(line, kept)
        at = self._lines[product.sku]
        return (
            f"The code {product.sku} also stands in line {at} with another name; the cashier will be asked."
        )

    def _shared_code(self, product: Product) -> str | None:
        for code in product.codes:
            owner = self._owners.setdefault(code, product.sku)
            if owner != product.sku:
                at = self._lines[owner]
                return f"The code {code} also belongs to the article in line {at}; the cashier will be asked."
        return None

    def _keep(self, line: int, product: Product) -> None:
        self.products[product.sku] = product
        self._lines[product.sku] = line


def _by_name(categories: tuple[Category, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for category in categories:
        for name in (category.id, *category.names.values()):
            found.setdefault(name.lower(), category.id)
    return found


def tax_rates_of(classes: Mapping[str, tuple[str, ...]], rates_ppm: Mapping[str, int]) -> dict[str, int]:
    """Tax class -> the sum of the rates of its taxes: what a list means by "19 %"."""
    return {tax_class: sum(rates_ppm.get(tax, 0) for tax in taxes) for tax_class, taxes in classes.items()}
