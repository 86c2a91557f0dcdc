"""The `evertill` command."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

import evertill
from evertill.cli import catalogue, journal, replay, report
from evertill.cli.gate import run_gate
from evertill.cli.lane import run_lane
from evertill.cli.setup import set_up
from evertill.cli.up import run_up
from evertill.cli.uplink import run_uplink
from evertill.core.fault import Fault
from evertill.host.process import keep_private

DEFAULT_HOME = Path.home() / ".evertill"
Home = Annotated[Path, typer.Option(help="The shop's folder.")]

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="A point of sale whose registers never stop."
)
app.add_typer(journal.app, name="journal", help="Look at a register's journal.")
app.add_typer(catalogue.app, name="catalogue", help="Bring the shop's own goods in.")
app.add_typer(report.app, name="report", help="Totals from the server's books.")
app.command("replay")(replay.replay)


@app.command()
def up(
    home: Home = DEFAULT_HOME,
    lane_port: Annotated[int, typer.Option(help="Port of the register; 0 takes a free one.")] = 8770,
    gate_port: Annotated[int, typer.Option(help="Port of the server; 0 takes a free one.")] = 8771,
    browser: Annotated[bool, typer.Option(help="Open the register in the browser.")] = True,
) -> None:
    """Open one whole shop on this machine: server, register, sample goods."""
    raise typer.Exit(run_up(home, lane_port=lane_port, gate_port=gate_port, browser=browser))


@app.command()
def setup(home: Home = DEFAULT_HOME) -> None:
    """Only make the shop's folder, without opening it."""
    try:
        set_up(home)
    except Fault as fault:
        typer.echo(f"{fault.hint}  ({fault.detail})", err=True)
        raise typer.Exit(3) from fault
    typer.echo(f"The shop in {home} is set up.")


@app.command()
def lane(home: Home = DEFAULT_HOME, port: int = 8770) -> None:
    """Run only the register of a shop that is set up."""
    raise typer.Exit(run_lane(home, port))


@app.command()
def gate(home: Home = DEFAULT_HOME, port: int = 8771, store: str = "S1") -> None:
    """Run only the server's gate."""
    raise typer.Exit(run_gate(home, port, store))


@app.command()
def uplink(
    home: Home = DEFAULT_HOME,
    gate: Annotated[str, typer.Option(help="Address of the server.")] = "http://127.0.0.1:8771",
) -> None:
    """Carry a register's entries to the server, and editions back."""
    raise typer.Exit(run_uplink(home, gate))


@app.command()
def version() -> None:
    """Say which release this is."""
    typer.echo(evertill.__version__)


def main() -> None:
    """Runs the command line. Refuses to run without assertions: they guard the books."""
    if not __debug__:
        sys.exit("Evertill does not run with python -O: its assertions guard the books.")
    keep_private()
    app()


if __name__ == "__main__":
    main()
