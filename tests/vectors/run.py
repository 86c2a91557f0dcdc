"""Runs published and held-back vector cases: `python -m tests.vectors.run --vectors FOLDER --json FILE`.

Every `*.json` with `cases` under the folder is a set, named by its `set` or its folder. Each case
goes to the adapter of its set. A set without an adapter fails, an adapter that raises fails its
case, a case without an id fails under its place: nothing is dropped. Exit status 1 if anything failed.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import pkgutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from tests.vectors import adapters
from tests.vectors.outcome import Failed, Outcome, OutOfScope, Passed
from tests.vectors.scope import REASONS

DEFAULT_FOLDER = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "vectors"
DETAIL_LENGTH_MAX = 400


@dataclass
class Tally:
    """How a set went."""

    passed: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    out_of_scope: dict[str, list[str]] = field(default_factory=dict)

    def count(self, case_id: str, outcome: Outcome) -> None:
        if isinstance(outcome, OutOfScope) and outcome.reason not in REASONS:
            outcome = Failed(f"out of scope without a written reason: {outcome.reason}")
        if isinstance(outcome, Passed):
            self.passed += 1
        elif isinstance(outcome, OutOfScope):
            self.out_of_scope.setdefault(outcome.reason, []).append(case_id)
        else:
            while case_id in self.failed:
                case_id += "+"
            self.failed[case_id] = outcome.detail

    @property
    def left_out(self) -> int:
        return sum(len(ids) for ids in self.out_of_scope.values())


Tallies = dict[str, Tally]


def load_adapters() -> dict[str, ModuleType]:
    """Adapters by the set they are for."""
    modules = [
        importlib.import_module(f"{adapters.__name__}.{info.name}")
        for info in pkgutil.iter_modules(adapters.__path__)
    ]
    return {module.SET: module for module in modules if hasattr(module, "SET")}


def find_sets(folder: Path) -> Iterator[tuple[str, Path, list[Any]]]:
    """(set name, folder of the file, cases) of each file with cases, in the order of their paths."""
    for path in sorted(folder.rglob("*.json")):
        try:
            content = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
        except ValueError as broken:
            print(f"{path}: not read as JSON ({broken})", file=sys.stderr)
            continue
        if isinstance(content, dict) and isinstance(content.get("cases"), list):
            yield str(content.get("set") or path.parent.name), path.parent, content["cases"]


def judge(adapter: ModuleType | None, case: Any) -> Outcome:
    """The outcome of one case; whatever goes wrong on the way is a failure with its text."""
    if adapter is None:
        return Failed("no adapter")
    try:
        outcome: Outcome = adapter.run(case)
    except Exception as fault:
        return Failed(f"{type(fault).__name__}: {fault}")
    return (
        outcome
        if isinstance(outcome, Passed | Failed | OutOfScope)
        else Failed(f"not an outcome: {outcome!r}")
    )


def prepare(adapter: ModuleType | None, folder: Path) -> ModuleType | None:
    """The adapter, ready for cases from `folder`; one that cannot get ready fails each of its cases."""
    if adapter is None or not hasattr(adapter, "prepare"):
        return adapter
    try:
        adapter.prepare(folder)
    except Exception as fault:
        text = f"prepare: {type(fault).__name__}: {fault}"
        broken = ModuleType(adapter.__name__)
        broken.run = lambda _case: Failed(text)  # type: ignore[attr-defined]
        return broken
    return adapter


def run_folder(
    folder: Path, advance: Callable[[str, int, int], None] = lambda _set, _done, _all: None
) -> Tallies:
    """Runs every case of every set under `folder`; `advance` hears (set, cases done, cases in the file)."""
    known = load_adapters()
    tallies: Tallies = {}
    for name, home, cases in find_sets(folder):
        tally = tallies.setdefault(name, Tally())
        adapter = prepare(known.get(name), home)
        for number, case in enumerate(cases):
            case_id = str(case["id"]) if isinstance(case, dict) and "id" in case else f"{name}#{number}"
            tally.count(case_id, judge(adapter, case))
            advance(name, number + 1, len(cases))
    return tallies


def as_json(tallies: Tallies) -> dict[str, Any]:
    """The published shape of the result."""
    return {
        "sets": {
            name: {"passed": tally.passed, "failed": list(tally.failed), "out_of_scope": tally.out_of_scope}
            for name, tally in tallies.items()
        }
    }


def show(tallies: Tallies, console: Console) -> None:
    """Prints the table, the failures with their details, and the reasons of what was left out."""
    table = Table("set", "passed", "failed", "out of scope", title="Vectors")
    for name, tally in tallies.items():
        table.add_row(name, str(tally.passed), str(len(tally.failed)), str(tally.left_out))
    console.print(table)
    for tally in tallies.values():
        for case_id, detail in tally.failed.items():
            console.print(f"failed: {case_id}: {detail[:DETAIL_LENGTH_MAX]}", markup=False, soft_wrap=True)
    for reason in sorted({reason for tally in tallies.values() for reason in tally.out_of_scope}):
        ids = [case_id for tally in tallies.values() for case_id in tally.out_of_scope.get(reason, [])]
        console.print(f"out of scope ({len(ids)}): {REASONS[reason]}", markup=False, soft_wrap=True)
        console.print(f"    {' '.join(ids)}", markup=False, soft_wrap=True)


def main(arguments: list[str] | None = None) -> int:
    """Runs the cases and gives the exit status: 0 all well, 1 something failed, 2 nothing to run."""
    parser = argparse.ArgumentParser(prog="tests.vectors.run", description=__doc__)
    parser.add_argument("--vectors", type=Path, default=Path(os.environ.get("VECTORS") or DEFAULT_FOLDER))
    parser.add_argument("--json", type=Path, default=None)
    options = parser.parse_args(arguments)
    console = Console()
    with Progress(console=console, transient=True) as progress:
        bars: dict[str, Any] = {}

        def advance(name: str, done: int, total: int) -> None:
            if name not in bars:
                bars[name] = progress.add_task(name, total=total)
            progress.update(bars[name], completed=done, total=total)

        tallies = run_folder(options.vectors, advance)
    if options.json is not None:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(as_json(tallies), indent=2) + "\n", encoding="utf-8")
    if not tallies:
        print(f"No vectors under {options.vectors}.", file=sys.stderr)
        return 2
    show(tallies, console)
    return 1 if any(tally.failed for tally in tallies.values()) else 0


if __name__ == "__main__":
    raise SystemExit(main())
