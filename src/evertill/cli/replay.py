"""`evertill replay`: rings published real trade up at a register, and proves the totals to the last digit.

Exit status: 0 all totals equal from the journal and from the server; 1 something differs; 2 it could not
be finished (register or server away, data not found, a refusal); 130 stopped with Ctrl-C.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated, Protocol

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from evertill.core.fault import Fault
from evertill.host.clock import HostClock
from evertill.host.disk import HostDisk
from evertill.host.entropy import HostEntropy
from evertill.replay.compare import Comparison
from evertill.replay.connection import HttpConnection
from evertill.replay.datasets import DATASETS, REPLAYED
from evertill.replay.run import Replay, ReplayPorts, ReplaySettings, Summary
from evertill.replay.till import ReplayStopped

EXIT_DIFFERENT = 1
EXIT_NOT_FINISHED = 2
EXIT_STOPPED = 130
DIFFERENCES_SHOWN = 40
TELL_EVERY_S = 5.0


def replay(
    dataset: Annotated[str, typer.Argument(help=" | ".join(REPLAYED))],
    data: Annotated[Path, typer.Option(help="The folder of the data sets, or the one data set's folder.")],
    lane: Annotated[str, typer.Option(help="The register's address, as `evertill up` prints it.")],
    days: Annotated[int, typer.Option(help="Only the first so many trading days; 0 is all.", min=0)] = 0,
    speed: Annotated[
        str, typer.Option(help="Times as fast as it happened (1 is real time), or max.")
    ] = "max",
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the result there as JSON.")] = None,
    staff: Annotated[str, typer.Option(help="Who rings it up: somebody who may change prices.")] = "9",
    pin: Annotated[str, typer.Option(help="Their PIN.")] = "9999",
    patience: Annotated[
        float, typer.Option(help="Seconds to wait for a register or server that does not answer.", min=0)
    ] = 60.0,
) -> None:
    """Ring up a published data set's real baskets, and compare the totals of every day exactly."""
    try:
        settings = _settings(dataset, data, lane, days, speed, staff, pin, patience)
        with _watcher(_has_times(settings)) as watcher:
            summary = Replay(settings, _ports(patience), watcher).run()
    except (ReplayStopped, FileNotFoundError, ValueError) as why:
        raise _given_up(str(why)) from why
    except Fault as fault:
        raise _given_up(fault.hint + (f"  ({fault.detail})" if fault.detail else "")) from fault
    except KeyboardInterrupt as stopped:
        _say("Stopped. Start the replay again: it goes on where it stopped.")
        raise typer.Exit(EXIT_STOPPED) from stopped
    if json_file is not None:
        json_file.write_bytes(msgspec.json.format(msgspec.json.encode(summary)) + b"\n")
    _show(summary)
    raise typer.Exit(_status(summary))


def _settings(
    dataset: str, data: Path, lane: str, days: int, speed: str, staff: str, pin: str, patience_s: float
) -> ReplaySettings:
    if dataset not in REPLAYED:
        raise ValueError(f"There is no data set {dataset} to replay. Choose one of: {', '.join(REPLAYED)}.")
    return ReplaySettings(
        dataset=DATASETS[dataset],
        data=data,
        lane_url=lane.rstrip("/"),
        days=days,
        speed=_speed(speed),
        staff=staff,
        pin=pin,
        patience_s=patience_s,
    )


def _speed(text: str) -> float | None:
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < 1e9:
        raise ValueError(f"--speed {text}: give max, or a number above 0 such as 1 or 60.")
    return speed


def _has_times(settings: ReplaySettings) -> str:
    if settings.speed is not None and not settings.dataset.has_times:
        return f"{settings.dataset.name} has days but no times: baskets follow each other without gaps."
    return ""


def _ports(patience_s: float) -> ReplayPorts:
    return ReplayPorts(
        clock=HostClock(),
        entropy=HostEntropy(),
        disk=HostDisk(),
        wait=time.sleep,
        connect=lambda url: HttpConnection(url, wait_s=max(1.0, patience_s)),
    )


def _given_up(words: str) -> typer.Exit:
    _say(words)
    return typer.Exit(EXIT_NOT_FINISHED)


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def _status(summary: Summary) -> int:
    if not all(comparison.is_equal for comparison in summary.comparisons):
        return EXIT_DIFFERENT
    return 0 if summary.equal else EXIT_NOT_FINISHED


# -- progress ----------------------------------------------------------------------------------------


class _Watcher(Protocol):
    def __enter__(self) -> _Watcher: ...
    def __exit__(self, *_: object) -> None: ...
    def stage(self, words: str) -> None: ...
    def begin(self, days: int, documents: int, lines: int) -> None: ...
    def rung(self, day: str, lines: int) -> None: ...
    def unsent(self, entries: int) -> None: ...


def _watcher(note: str) -> _Watcher:
    if note:
        _say(note)
    return _Bar() if sys.stderr.isatty() else _Lines()


class _Bar:
    """A progress bar for a terminal."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=self._console,
        )
        self._task: TaskID | None = None
        self._waiting: TaskID | None = None
        self._began = 0.0
        self._lines = 0

    def __enter__(self) -> _Bar:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def stage(self, words: str) -> None:
        self._console.print(f"{words} …")

    def begin(self, days: int, documents: int, lines: int) -> None:
        self._console.print(f"{days} days, {documents:,} documents, {lines:,} lines")
        self._task = self._progress.add_task("", total=lines, rate="")
        self._began = time.monotonic()

    def rung(self, day: str, lines: int) -> None:
        assert self._task is not None, "rung after begin"
        self._lines += lines
        rate = self._lines / max(time.monotonic() - self._began, 1e-3)
        self._progress.update(self._task, advance=lines, description=day, rate=f"{rate:,.0f} lines/s")

    def unsent(self, entries: int) -> None:
        if self._waiting is None:
            self._waiting = self._progress.add_task("to the server", total=max(entries, 1), rate="")
        task = self._progress.tasks[-1]
        self._progress.update(self._waiting, completed=max(0, int(task.total or 0) - entries))


class _Lines:
    """Plain lines for a log, one every few seconds."""

    def __init__(self) -> None:
        self._began = self._told = 0.0
        self._documents = self._lines = self._of_documents = self._of_lines = 0

    def __enter__(self) -> _Lines:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def stage(self, words: str) -> None:
        _say(f"{words} …")

    def begin(self, days: int, documents: int, lines: int) -> None:
        self._of_documents, self._of_lines = documents, lines
        self._began = self._told = time.monotonic()
        _say(f"{days} days, {documents:,} documents, {lines:,} lines")

    def rung(self, day: str, lines: int) -> None:
        self._documents += 1
        self._lines += lines
        now = time.monotonic()
        if now - self._told >= TELL_EVERY_S or self._documents == self._of_documents:
            self._told = now
            rate = self._lines / max(now - self._began, 1e-3)
            _say(
                f"{day}: {self._documents:,} of {self._of_documents:,} documents, "
                f"{self._lines:,} of {self._of_lines:,} lines, {rate:,.0f} lines/s"
            )

    def unsent(self, entries: int) -> None:
        now = time.monotonic()
        if now - self._told >= TELL_EVERY_S:
            self._told = now
            _say(f"{entries:,} entries still on their way to the server")


# -- result ------------------------------------------------------------------------------------------


def _show(summary: Summary) -> None:
    console = Console(highlight=False, soft_wrap=True)
    console.print(
        f"{summary.dataset}: {summary.days} days, {summary.documents:,} documents, {summary.lines:,} lines"
    )
    if summary.rung_up_documents:
        console.print(
            f"Rung up now: {summary.rung_up_documents:,} documents, {summary.rung_up_lines:,} lines "
            f"in {summary.seconds:,.1f} s ({summary.lines_per_second:,.0f} lines/s)."
        )
    if summary.there_before_documents:
        console.print(f"Already in the journal: {summary.there_before_documents:,} documents.")
    if summary.doubts:
        console.print(f"Answers that did not come or were in doubt, and were looked into: {summary.doubts}.")
    console.print(
        f"Money: {summary.exact_amount} {summary.currency} exactly, {summary.money} on receipts"
        + (
            f": {summary.rounding} by rounding {summary.rounded_lines:,} lines with parts of a cent."
            if summary.rounded_lines
            else "."
        )
    )
    for comparison in summary.comparisons:
        _show_comparison(console, comparison)
    if summary.gate_words:
        console.print(summary.gate_words)
    if summary.equal:
        console.print("All totals are equal, from the journal and from the server.")


def _show_comparison(console: Console, found: Comparison) -> None:
    name = {"file": "The file itself", "journal": "From the journal", "gate": "From the server"}[found.book]
    days = f"{found.published_days} days with published totals, {found.file_days} by the sums of the file"
    if found.is_equal:
        console.print(f"{name}: {found.figures:,} figures equal; {days}.")
    else:
        console.print(f"{name}: {len(found.differences):,} of {found.figures:,} figures differ; {days}.")
    if found.unknown:
        console.print(f"  Published, but not known here: {', '.join(found.unknown)}.")
    for reference, why in list(found.strange.items())[:DIFFERENCES_SHOWN]:
        console.print(f"  {reference} {why}.", markup=False)
    if found.differences:
        console.print(_table(found))
    if len(found.differences) > DIFFERENCES_SHOWN:
        console.print(f"  ... and {len(found.differences) - DIFFERENCES_SHOWN:,} more.")


def _table(found: Comparison) -> Table:
    table = Table()
    for heading in ("day", "figure", "by"):
        table.add_column(heading)
    for heading in ("should be", "is", "apart"):
        table.add_column(heading, justify="right")
    for each in found.differences[:DIFFERENCES_SHOWN]:
        table.add_row(each.day, each.figure, each.yardstick, each.expected, each.came, each.apart)
    return table
