"""`evertill catalogue`: a shop's own list of goods into the catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich import box
from rich.console import Console
from rich.table import Table

from evertill.core.currency import minor_digits
from evertill.core.fault import Fault
from evertill.core.pricebook import Product
from evertill.host.clock import HostClock
from evertill.host.disk import HostDisk
from evertill.host.entropy import HostEntropy
from evertill.server.catalogue.merge import count_merge
from evertill.server.catalogue_import import ImportResult, import_into, options_for, read_catalogue
from evertill.server.identity import read_or_make_identity
from evertill.server.publishing import EditionFolder, Publisher
from evertill.wire.edition import EditionDraft

PROBLEMS_SHOWN = 20
EXIT_FAULT = 3
DEFAULT_HOME = Path.home() / ".evertill"

app = typer.Typer(help="The shop's goods: take in your own list.", no_args_is_help=True)


@app.callback()
def catalogue() -> None:
    """The shop's goods."""


@app.command("import")
def import_list(
    file: Annotated[
        Path, typer.Argument(help="The list, as CSV.", exists=True, dir_okay=False, readable=True)
    ],
    home: Annotated[Path, typer.Option(help="The folder of the shop, as for `evertill up`.")] = DEFAULT_HOME,
    columns: Annotated[
        list[str] | None,
        typer.Option("--map", help="COLUMN=FIELD; a heading or a number from 1. FIELD may be `ignore`."),
    ] = None,
    encoding: Annotated[str, typer.Option(help="auto, utf-8, gb18030, utf-16, big5, cp1252 ...")] = "auto",
    delimiter: Annotated[str, typer.Option(help="What stands between columns; `tab` for a tab.")] = "auto",
    decimal: Annotated[str, typer.Option(help="What stands before the cents: auto, . or ,")] = "auto",
    currency: Annotated[
        str | None, typer.Option(help="Currency of the prices; the shop's own if left out.")
    ] = None,
    price_list: Annotated[str | None, typer.Option(help="The price list that the prices belong to.")] = None,
    tax_class: Annotated[str | None, typer.Option(help="Tax class of new goods without a tax rate.")] = None,
    preview: Annotated[int, typer.Option(help="How many rows to show.", min=0, max=1_000)] = 10,
    bad: Annotated[Path | None, typer.Option(help="Where bad rows go; FILE.bad.csv if left out.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would happen; change nothing.")
    ] = False,
    plain_codes: Annotated[
        bool,
        typer.Option("--plain-codes", help="Keep codes with a wrong check digit as the shop's own codes."),
    ] = False,
    names_from_codes: Annotated[
        bool, typer.Option("--names-from-codes", help="Call goods without a name by their code.")
    ] = False,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Drop all goods that the list does not name."),
    ] = False,
) -> None:
    """Take in a shop's own list of goods: good rows in, bad rows set aside with a reason."""
    console = Console(highlight=False)
    try:
        publisher = _publisher(home)
        draft = publisher.latest_draft()
        options = msgspec.structs.replace(
            options_for(draft, currency=currency, price_list=price_list, tax_class=tax_class),
            told=_told(columns or []),
            encoding=encoding,
            delimiter="\t" if delimiter == "tab" else delimiter,
            decimal_mark=decimal,
            plain_codes=plain_codes,
            names_from_codes=names_from_codes,
            preview_rows=preview,
        )
        result = read_catalogue(file.read_bytes(), options)
        result = msgspec.structs.replace(
            result, change=msgspec.structs.replace(result.change, replace=replace)
        )
        _show(console, result, draft, dry_run=dry_run)
        _set_aside(console, result, bad or file.with_name(file.name + ".bad.csv"), dry_run=dry_run)
        if not dry_run:
            version = import_into(publisher, result)
            console.print(f"Published as edition {version}; registers take it between two sales.")
    except Fault as fault:
        words = fault.hint + (f" ({fault.detail})" if fault.detail else "")
        Console(stderr=True, highlight=False).print(words, markup=False, soft_wrap=True)
        raise typer.Exit(EXIT_FAULT) from fault


def _publisher(home: Path) -> Publisher:
    disk = HostDisk()
    gate = home / "gate"
    folder = EditionFolder(disk, gate / "editions")
    if not folder.versions():
        hint = "There is no shop in this folder. Open it once with `evertill up`, then import the list."
        raise Fault("catalogue_missing", hint, detail=str(home))
    identity = read_or_make_identity(disk, gate, HostEntropy())
    return Publisher(
        folder,
        disk=disk,
        clock=HostClock(),
        server_epoch=identity.server_epoch,
        sign=identity.sign,
        public_key=identity.public_key,
    )


def _told(columns: list[str]) -> dict[str, str]:
    told = {}
    for pair in columns:
        heading, equals, field = pair.rpartition("=")
        if not equals or not heading or not field:
            hint = "A --map is COLUMN=FIELD, such as --map 售价=price."
            raise Fault("import_map_wrong", hint, detail=pair)
        told[heading] = field
    return told


def _show(console: Console, result: ImportResult, draft: EditionDraft, *, dry_run: bool) -> None:
    for statement in result.statements:
        console.print(statement, markup=False, soft_wrap=True)
    meant = [f"{heading} = {field}" for heading, field in result.meanings if field]
    unused = [heading for heading, field in result.meanings if not field]
    console.print("Columns: " + ", ".join(meant), markup=False, soft_wrap=True)
    if unused:
        console.print("Not used: " + ", ".join(unused), markup=False, soft_wrap=True)
    if result.preview:
        console.print(_preview(result))
    for problem in result.problems[:PROBLEMS_SHOWN]:
        console.print(f"line {problem.line}: {problem.text}", markup=False, soft_wrap=True)
    if len(result.problems) > PROBLEMS_SHOWN:
        console.print(f"... and {len(result.problems) - PROBLEMS_SHOWN} more.")
    count = count_merge(draft, result.change)
    would = "would be " if dry_run else ""
    dropped = f", {count.dropped} {would}dropped" if count.dropped else ""
    console.print(
        f"{result.rows} rows: {count.added} goods {would}added, {count.changed} {would}changed, "
        f"{count.same} as they were{dropped}; {result.rows_bad} rows {would}set aside.",
        soft_wrap=True,
    )


def _preview(result: ImportResult) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("line", "article", "codes", "name", "名称", "price", "unit", "tax", "category"):
        table.add_column(
            heading, overflow="fold", justify="right" if heading in ("line", "price") else "left"
        )
    digits = minor_digits(result.change.currency)
    for row in result.preview:
        if row.product is None:
            table.add_row(str(row.line), "", "", row.problem)
        else:
            table.add_row(str(row.line), *_cells(row.product, result.change.price_list, digits))
    return table


def _cells(product: Product, price_list: str, digits: int) -> list[str]:
    price_e4 = product.prices.get(price_list)
    return [
        product.sku,
        " ".join(code for code in product.codes if code != product.sku),
        product.names.get("en", ""),
        product.names.get("zh", "") if product.names.get("zh") != product.names.get("en") else "",
        "" if price_e4 is None else _shown_price(price_e4, digits),
        product.unit,
        product.tax_class,
        ", ".join(product.categories),
    ]


def _shown_price(price_e4: int, digits: int) -> str:
    whole, rest = divmod(price_e4, 10 ** (digits + 4))
    decimals = f"{rest:0{digits + 4}d}"
    shown = decimals[:digits] + decimals[digits:].rstrip("0")
    return f"{whole}.{shown}" if shown else str(whole)


def _set_aside(console: Console, result: ImportResult, path: Path, *, dry_run: bool) -> None:
    if not result.bad_csv or dry_run:
        return
    try:
        path.write_bytes(result.bad_csv.encode(result.encoding))
    except OSError as wrong:
        hint = "The bad rows could not be written. Nothing was imported; say --bad and another file."
        raise Fault("import_bad_rows_not_written", hint, detail=f"{path}: {wrong.strerror}") from wrong
    console.print(f"The rows set aside are in {path}, each with its reason.", markup=False, soft_wrap=True)
