"""`evertill journal verify|dump|tail DIR`: look at a lane's journal without touching it."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from evertill.host.clock import HostClock
from evertill.host.disk import HostDisk
from evertill.journal.line import Line, Position, read_body
from evertill.journal.lineage import epoch_path, newest_leaf
from evertill.journal.segment import segments_in, whole_lines_behind
from evertill.journal.verify import EpochReport, Report, dump, verify

app = typer.Typer(no_args_is_help=True, help="Look at a lane's journal; nothing is changed.")

WRONG, NOTHING_THERE, TORN = 1, 2, 3
FOLLOW_WAIT_S = 0.2

_EPOCH = re.compile(r"[0-9a-f]{32}")

Folder = Annotated[
    Path, typer.Argument(metavar="DIR", help="The journal's folder, or the lane's or shop's home above it.")
]
Second = Annotated[
    Path | None, typer.Option(help="The journal's folder on the second medium, if there is one.")
]


@app.command("verify")
def verify_journal(
    directory: Folder,
    witness: Annotated[
        Path | None, typer.Option(help="The witness's folder; by default `witness` beside the journal.")
    ] = None,
    second: Second = None,
) -> None:
    """Check every hash, link, number and name, and that the end is there.

    Exit status 0: all is well. 1: something is wrong, one sentence for each. 3: only a torn last line,
    the mark of a power cut, which the next start cuts off. 2: no journal there.
    """
    journal = find_journal(directory)
    beside = witness or journal.parent / "witness"
    report = verify(HostDisk(), journal, beside if beside.is_dir() else None, second)
    for epoch in report.epochs:
        print(epoch_words(epoch))
    for found in report.all_breaks:
        print(found.words, file=sys.stderr)
    print(ending_words(report))
    if not report.ok:
        raise typer.Exit(TORN if report.only_torn else WRONG)


@app.command("dump")
def dump_journal(
    directory: Folder,
    kind: Annotated[
        list[str] | None, typer.Option(help="Only entries of this kind; may be repeated.")
    ] = None,
    from_seq: Annotated[int, typer.Option(help="Only entries from this number on.")] = 1,
    second: Second = None,
) -> None:
    """Print the entries' JSON, one a line, oldest first."""
    for line in dump(HostDisk(), find_journal(directory), second):
        if line.seq >= from_seq:
            show(line, kind)


@app.command("tail")
def tail_journal(
    directory: Folder,
    count: Annotated[int, typer.Option("-n", "--lines", help="How many of the last entries.")] = 10,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as entries are made.")] = False,
    kind: Annotated[
        list[str] | None, typer.Option(help="Only entries of this kind; may be repeated.")
    ] = None,
) -> None:
    """Print the last entries' JSON."""
    disk, clock = HostDisk(), HostClock()
    journal = find_journal(directory)
    last: Position | None = None
    while True:
        lines = lines_behind(disk, journal, last, count)
        for line in lines:
            show(line, kind)
        last = lines[-1].position if lines else last
        if not follow:
            return
        sys.stdout.flush()
        clock.pause(FOLLOW_WAIT_S)


def lines_behind(disk: HostDisk, journal: Path, last: Position | None, count: int) -> list[Line]:
    """The newest epoch's last `count` whole lines, or all behind `last` if it is of that epoch."""
    epoch = newest_leaf(disk, [journal])
    path = epoch_path(disk, [journal], epoch) if epoch else None
    if path is None:
        return []
    if last is not None and last.epoch == epoch:
        return list(whole_lines_behind(disk, path, last.seq))
    if last is not None:
        return list(whole_lines_behind(disk, path, 0))
    files = segments_in(disk, path)
    found: list[Line] = []
    while files and len(found) < count:
        found = list(whole_lines_behind(disk, path, files.pop().first_seq - 1))
    return found[-count:] if count > 0 else []


def find_journal(directory: Path) -> Path:
    """The journal's own folder, at or below `directory`. Exits with a sentence if there is none."""
    for place in (directory, directory / "journal", directory / "lane" / "journal"):
        if place.is_dir() and any(_EPOCH.fullmatch(name.name) for name in place.iterdir()):
            return place
    print(f"There is no journal in {directory}.", file=sys.stderr)
    raise typer.Exit(NOTHING_THERE)


def show(line: Line, kinds: list[str] | None) -> None:
    """Prints one body if it is of one of these kinds (or of any)."""
    if not kinds or read_body(line.body).kind in kinds:
        sys.stdout.buffer.write(line.body + b"\n")
        sys.stdout.buffer.flush()


def epoch_words(report: EpochReport) -> str:
    """One epoch in a sentence or two."""
    words = f"Epoch {report.epoch}: {report.entries} entries"
    if report.days:
        words += (
            f" from {report.days[0]} to {report.days[1]}"
            if report.days[0] != report.days[1]
            else (f" of {report.days[0]}")
        )
    if report.last:
        words += f", the last is {report.last.seq} {report.last.hash}"
    if report.parent:
        words += (
            f"; it goes on from entry {report.parent.seq} of epoch {report.parent.epoch} ({report.reason})"
        )
    words += "."
    if report.lost:
        words += (
            f" Entries {report.lost[0]} to {report.lost[1]} of that epoch were lost before it was opened."
        )
    if not report.in_line:
        words += " It is not on the line to the epoch in force."
    return words


def ending_words(report: Report) -> str:
    """The last sentence: how it stands."""
    wrong = len(report.all_breaks)
    if report.only_torn:
        return "The last line is torn, as after a power cut; the next start cuts it off."
    if wrong:
        return f"{wrong} thing{'s are' if wrong > 1 else ' is'} wrong with this journal."
    if report.confirmed is None:
        return "All is well, but no witness was asked whether the end is there."
    return f"All is well, and entry {report.confirmed.seq}, which the witness confirmed, is here."
