"""`make bench`: runs the benches, prints their figures, writes them to bench/out/NAME.jsonl.

Ends with 0 also when a goal is missed, for that is a result; with 1 when a bench could not run.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.completion import completion, slow_disk
from bench.figure import Bench, Figure
from bench.gate import gate
from bench.growth import growth
from bench.process import NotReady
from bench.scan import scan
from bench.screen import screen, screen_day
from bench.shops import FIXTURES
from bench.start import start
from bench.syncs import syncs
from evertill.core.fault import Fault

OUT = Path(__file__).parent / "out"
BENCHES: dict[str, Callable[[Bench], Iterator[Figure]]] = {
    "scan": scan,
    "completion": completion,
    "slow_disk": slow_disk,
    "syncs": syncs,
    "growth": growth,
    "start": start,
    "gate": gate,
    "screen": screen,
    "screen_day": screen_day,
}

ASKED_FOR = {"screen_day"}  # takes many minutes: only when asked for by name


def main(arguments: list[str] | None = None) -> int:
    """Runs all benches or the one asked for. Returns 0, or 1 if one could not run."""
    parser = argparse.ArgumentParser(prog="bench", description="Measures the register.")
    parser.add_argument("--only", choices=sorted(BENCHES), help="run just this one")
    asked = parser.parse_args(arguments)
    names = [asked.only] if asked.only else [name for name in BENCHES if name not in ASKED_FOR]
    figures: list[Figure] = []
    broken = 0
    for number, name in enumerate(names, start=1):
        try:
            figures += run(name, f"[{number}/{len(names)}] {name}")
        except (NotReady, AssertionError, OSError, Fault) as wrong:
            broken += 1
            print(f"{name} could not run: {type(wrong).__name__} {wrong}", file=sys.stderr)
    print_table(figures)
    return 1 if broken else 0


def run(name: str, title: str) -> list[Figure]:
    """Runs one bench in a folder of its own and writes its figures down."""
    folder = FIXTURES / f"run-{name}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    begun = time.monotonic()
    shown = sys.stderr.isatty()

    def say(text: str) -> None:
        if shown:
            print(f"\r\x1b[K{title}: {text}", end="", file=sys.stderr, flush=True)

    try:
        figures = list(BENCHES[name](Bench(folder=folder, say=say)))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    OUT.mkdir(exist_ok=True)
    (OUT / f"{name}.jsonl").write_bytes(b"".join(figure.line() for figure in figures))
    print(
        f"{chr(13) + chr(27) + '[K' if shown else ''}{title}: {time.monotonic() - begun:.0f} s",
        file=sys.stderr,
    )
    return figures


def print_table(figures: list[Figure]) -> None:
    """The figures, one a line, each with what it was made of below it."""
    width = max((len(figure.name) for figure in figures), default=0)
    for figure in figures:
        sign = "=" if figure.exactly else "<="
        verdict = "met" if figure.met else "NOT MET"
        goal = f"goal {sign} {figure.goal:<5g} {verdict:8}"
        print(f"{figure.name:{width}}  {figure.value:>8g}  {goal} {figure.unit}")
        if figure.note:
            print(f"{'':{width}}  {figure.note}")
    missed = sum(not figure.met for figure in figures)
    print(
        f"{len(figures)} figures, {missed} goals missed"
        if missed
        else f"{len(figures)} figures, all goals met"
    )


if __name__ == "__main__":
    sys.exit(main())
