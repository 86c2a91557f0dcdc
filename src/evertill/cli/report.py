"""`evertill report`: totals from the server's books, whether the gate runs or not."""

from __future__ import annotations

import re
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import apsw
import msgspec
import typer
from babel.numbers import get_currency_precision
from rich.console import Console
from rich.table import Table

from evertill.core.fault import Fault
from evertill.server.recount import recount_day
from evertill.server.reports import CurrencyReport, DayReport, day_report, reading, stores_in

app = typer.Typer(no_args_is_help=True, add_completion=False)

DEFAULT_HOME = Path.home() / ".evertill"


@app.callback()
def report() -> None:
    """Totals from the server's books."""


@app.command()
def day(
    home: Annotated[Path, typer.Option(help="The shop's folder.")] = DEFAULT_HOME,
    day: Annotated[str, typer.Option(help="The trading day, YYYY-MM-DD; today if left out.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    by: Annotated[
        str, typer.Option(help="`reference-source` splits by where sales were brought over from.")
    ] = "",
    store: Annotated[str, typer.Option(help="The store, if the server has several.")] = "",
    recount: Annotated[bool, typer.Option(help="Also add up every document anew and compare.")] = False,
) -> None:
    """Print a day's totals."""
    wanted = day or datetime.now().astimezone().strftime("%Y-%m-%d")
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", wanted) or by not in ("", "reference-source"):
        _say("A day is given as YYYY-MM-DD, and --by can only be reference-source.")
        raise typer.Exit(2)
    try:
        with reading(home / "gate" / "facts.db") as reader:
            name = store or _only_store(reader)
            found = day_report(reader, name, wanted, by_source=bool(by))
            recounted = recount_day(reader, name, wanted) if recount else found.currencies
    except Fault as fault:
        _say(fault.hint + (f"  ({fault.detail})" if fault.detail else ""))
        raise typer.Exit(3) from fault
    if as_json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(found)).decode() + "\n")
    else:
        _show(found)
    if recounted != found.currencies:
        _say("The documents add up to something else than the books. Keep this folder and call your support.")
        raise typer.Exit(4)


def _only_store(reader: apsw.Connection) -> str:
    stores = stores_in(reader)
    if len(stores) != 1:
        raise Fault(
            "store_unclear",
            f"The server has {len(stores)} stores. Name one with --store."
            if stores
            else "No register sent yet.",
            detail=", ".join(stores),
        )
    return stores[0]


def _show(found: DayReport) -> None:
    console = Console(highlight=False)
    console.print(f"Store {found.store}, {found.day}")
    if not found.currencies:
        console.print("No sales on this day.")
    for part in found.currencies:
        _show_currency(console, part)
    for source, parts in (found.sources or {}).items():
        console.print(f"\nBrought over from {source}" if source else "\nRung up here")
        for part in parts:
            _show_currency(console, part)
    if found.set_aside:
        console.print(f"{found.set_aside} entries of this day could not be understood and are set aside.")
    if found.held_aside:
        console.print(f"{found.held_aside} epochs of registers are held aside until somebody releases them.")


def _show_currency(console: Console, part: CurrencyReport) -> None:
    table = Table(title=part.currency, show_header=False, title_justify="left")
    table.add_column()
    table.add_column(justify="right")

    def money(label: str, amount_minor: int) -> None:
        table.add_row(label, _money(amount_minor, part.currency))

    table.add_row("Sales", str(part.sales))
    table.add_row("Lines", str(part.lines))
    table.add_row("Units", _units(part))
    money("Gross", part.gross_minor)
    money("Net", part.net_minor)
    for tax in part.taxes:
        money(
            f"Tax {tax.tax} {tax.rate_ppm / 10_000:g} % of {_money(tax.base_minor, part.currency)}",
            tax.tax_minor,
        )
    money("Discounts", part.discount_minor)
    money("Rounding", part.rounding_minor)
    money("Tips", part.tip_minor)
    money(f"Returned, {part.returned_lines} lines", part.returned_minor)
    for tender in part.tenders:
        money(f"Paid by {tender.tender}, {tender.count} times", tender.amount_minor)
    money(f"Given up, {part.sales_voided} sales", part.voided_minor)
    table.add_row("Lines voided", str(part.lines_voided))
    console.print(table)


def _money(amount_minor: int, currency: str) -> str:
    """An amount with its currency's decimals; exact, as whole minor units are scaled as text."""
    digits = get_currency_precision(currency)
    sign, text = "-" if amount_minor < 0 else "", str(abs(amount_minor)).rjust(digits + 1, "0")
    whole, part = (text[:-digits], text[-digits:]) if digits else (text, "")
    return f"{sign}{int(whole):,}" + (f".{part}" if part else "")


def _units(part: CurrencyReport) -> str:
    pieces = part.quantity_milli - part.weight_g
    text = f"{pieces / 1000:,.3f}".rstrip("0").rstrip(".")
    return text + (f" and {part.weight_g / 1000:,.3f} kg" if part.weight_g else "")


def _say(text: str) -> None:
    print(text, file=sys.stderr)
