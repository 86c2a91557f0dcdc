"""A shop's own list of goods, as any spreadsheet writes it, made into a change of the catalogue.

Pure: bytes and options in, an `ImportResult` out, nothing stored. What must hold: every row of
the file is either in the change or set aside with its line number and a reason; a bad row never
keeps out the good ones; and what was guessed (encoding, delimiter, decimal mark, columns) is said
in words, so that somebody who knows the list can see whether it was read rightly.
"""

from __future__ import annotations

import csv
import io
import itertools

import msgspec

from evertill.core.currency import is_currency_code, minor_digits
from evertill.core.fault import Fault
from evertill.core.pricebook import Product
from evertill.server.catalogue import cells
from evertill.server.catalogue.columns import Columns, find_columns
from evertill.server.catalogue.encoding import decode
from evertill.server.catalogue.merge import FIELDS, CatalogueChange, CatalogueTarget
from evertill.server.catalogue.rows import Doubles, ImportOptions, RowProblem, RowReader, tax_rates_of
from evertill.server.catalogue.table import Row, find_delimiter, read_rows
from evertill.wire.edition import EditionDraft

ROWS_MAX = 1_000_000
BYTES_MAX = 500_000_000
PRICE_MAX_MAJOR = (1_000_000_000, 1_000_000_000, 1_000_000)  # by digits; dearer goods are typing errors


class PreviewRow(msgspec.Struct, frozen=True):
    """A row as it was understood, or why it was not."""

    line: int
    product: Product | None
    problem: str = ""


class ImportResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a list holds.

    `statements`: how it was read, full sentences. `meanings`: (heading, field) of each column, field
    "" for one that was not used. `bad_csv`: the rows set aside as they stand in the file, with their
    heading and a column that gives line and reason; empty if there are none. To be written in `encoding`.
    """

    change: CatalogueChange
    problems: tuple[RowProblem, ...]
    preview: tuple[PreviewRow, ...]
    statements: tuple[str, ...]
    meanings: tuple[tuple[str, str], ...]
    rows: int
    rows_bad: int
    bad_csv: str
    encoding: str


def read_catalogue(data: bytes, options: ImportOptions) -> ImportResult:
    """Read a list. Raises Fault if it cannot be read at all: not text, no rows, no column of codes."""
    if len(data) > BYTES_MAX:
        raise Fault("import_too_large", "The file is larger than 500 MB. Cut it into several lists.")
    decoded = decode(data, options.encoding)
    delimiter = find_delimiter(decoded.text) if options.delimiter == "auto" else options.delimiter
    rows = list(itertools.islice(read_rows(decoded.text, delimiter), ROWS_MAX + 1))
    if len(rows) > ROWS_MAX:
        raise Fault("import_too_large", "The list has more than 1,000,000 rows. Cut it into several lists.")
    if not rows or rows[0].wrong is not None:
        raise Fault("import_empty", "The file holds no table. Check that it is the right file and not empty.")
    columns = find_columns(rows[0].cells, options.told)
    heading = rows.pop(0) if columns.has_heading else None
    mark = _decimal_mark(rows, columns, options)
    reader = RowReader(options, columns, mark)
    return _read(
        rows,
        heading,
        columns,
        reader,
        options,
        delimiter=delimiter,
        encoding=decoded.encoding,
        statements=(decoded.statement, *_statements(delimiter, mark, columns, options)),
    )


def import_into(target: CatalogueTarget, result: ImportResult) -> int:
    """Work the good rows of `result` into the catalogue; returns the version of the new edition.

    Raises Fault "import_nothing_good" if there is none (nothing is published), or what the target raises.
    """
    if not result.change.products:
        raise Fault(
            "import_nothing_good", "No row of the list can be taken. Correct the list and import it again."
        )
    return target.merge(result.change)


def options_for(
    draft: EditionDraft,
    *,
    currency: str | None = None,
    price_list: str | None = None,
    tax_class: str | None = None,
) -> ImportOptions:
    """The options that fit a shop: its currency, price lists, tax classes and categories.

    With no `price_list`, the plainest list in the currency is meant: no group, no window, lowest
    priority; if there is none in that currency, a new one is named "shop-<currency>". With no
    `tax_class`, new goods get the shop's first. Raises Fault for a currency, list or class that does not fit.
    """
    wanted = (currency or draft.settings.currency).upper()
    digits = currency_digits(wanted)
    rates = tax_rates_of(
        {each.id: each.taxes for each in draft.tax_table.classes},
        {tax.id: tax.rate_ppm for tax in draft.tax_table.taxes},
    )
    if tax_class is not None and tax_class not in rates:
        hint = "The shop has no such tax class. Name one that it has."
        raise Fault("import_tax_class_unknown", hint, detail=f"{tax_class}; there are {', '.join(rates)}")
    return ImportOptions(
        currency=wanted,
        digits=digits,
        price_list=_price_list(draft, wanted, price_list),
        tax_class=tax_class or next(iter(rates)),
        tax_rates=rates,
        categories=draft.categories,
        known=frozenset(key for product in draft.products for key in (product.sku, *product.codes)),
        price_max_minor=PRICE_MAX_MAJOR[min(digits, 2)] * 10**digits,
    )


def _price_list(draft: EditionDraft, currency: str, asked: str | None) -> str:
    named = [each for each in draft.price_lists if each.id == asked]
    if named and named[0].currency != currency:
        hint = "The price list is in another currency. Name another list, or the list's own currency."
        raise Fault("import_price_list_currency", hint, detail=f"{asked} is in {named[0].currency}")
    if asked is not None:
        return asked
    plain = [
        each
        for each in draft.price_lists
        if each.currency == currency and not each.groups and not each.window
    ]
    return min(plain, key=lambda each: each.priority).id if plain else f"shop-{currency.lower()}"


def currency_digits(currency: str) -> int:
    """How many decimals a currency has. Raises Fault for what cannot be one."""
    if not is_currency_code(currency):
        hint = "This is no currency. Use its three letters, such as EUR, CNY or JPY."
        raise Fault("import_currency_unknown", hint, detail=currency)
    return minor_digits(currency)


def _read(
    rows: list[Row],
    heading: Row | None,
    columns: Columns,
    reader: RowReader,
    options: ImportOptions,
    *,
    delimiter: str,
    encoding: str,
    statements: tuple[str, ...],
) -> ImportResult:
    doubles = Doubles(by_code="sku" not in columns.places)
    problems: list[RowProblem] = []
    preview: list[PreviewRow] = []
    bad: list[tuple[Row, str]] = []
    for row in rows:
        product, reason = None, ""
        try:
            product = reader.read(row)
            warning = doubles.add(row.line, product)
            if warning:
                problems.append(RowProblem(row.line, "warning", warning))
        except cells.CellWrong as wrong:
            reason = str(wrong)
            problems.append(RowProblem(row.line, "error", reason))
            bad.append((row, reason))
        if len(preview) < options.preview_rows:
            preview.append(PreviewRow(row.line, None if reason else product, reason))
    meant = {place: field for field, place in columns.places.items()}
    names = (
        columns.headings if columns.has_heading else [f"column {n + 1}" for n in range(len(columns.headings))]
    )
    return ImportResult(
        change=CatalogueChange(
            products=tuple(doubles.products.values()),
            price_list=options.price_list,
            currency=options.currency,
            fields=_carried(columns),
            match_codes="sku" not in columns.places,
            categories=tuple(reader.new_categories.values()),
        ),
        problems=tuple(problems),
        preview=tuple(preview),
        statements=statements,
        meanings=tuple((name, meant.get(place, "")) for place, name in enumerate(names)),
        rows=len(rows),
        rows_bad=len(bad),
        bad_csv=_bad_csv(heading, bad, delimiter),
        encoding=encoding,
    )


def _carried(columns: Columns) -> tuple[str, ...]:
    has = set(columns.places)
    carried = {"names"} if has & {"name", "name_en", "name_zh"} else set()
    for column, field in (("price", "prices"), ("code", "codes"), ("category", "categories")):
        if column in has:
            carried.add(field)
    carried |= has & {"tax_class", "unit", "brand", "age_min"}
    return tuple(field for field in FIELDS if field in carried)


def _decimal_mark(rows: list[Row], columns: Columns, options: ImportOptions) -> str:
    if options.decimal_mark != "auto":
        return options.decimal_mark
    return cells.find_decimal_mark((columns.cell(row.cells, "price") for row in rows), options.digits)


def _statements(delimiter: str, mark: str, columns: Columns, options: ImportOptions) -> list[str]:
    named = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}.get(delimiter, repr(delimiter))
    said = [f"Columns are separated by {named}."]
    if not columns.has_heading:
        said.append("The first line is already goods: there is no line of headings.")
    if "price" in columns.places:
        word = "comma" if mark == "," else "point"
        said.append(
            f"Prices are in {options.currency} with a decimal {word}, into the list {options.price_list!r}."
        )
    else:
        said.append("There is no column of prices; prices stay as they are.")
    return said


def _bad_csv(heading: Row | None, bad: list[tuple[Row, str]], delimiter: str) -> str:
    if not bad:
        return ""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    if heading is not None:
        out.write(heading.raw.rstrip("\r\n") + delimiter + "reason\r\n")
    for row, reason in bad:
        raw = row.raw.rstrip("\r\n")
        if row.wrong is None:
            out.write(raw + delimiter)
            writer.writerow([f"line {row.line}: {reason}"])
        else:
            writer.writerow([raw, f"line {row.line}: {reason}"])
    return out.getvalue()
