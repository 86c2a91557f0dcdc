"""A whole shop from one command, for replays; its parts can be killed and frozen."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

REPOSITORY = Path(__file__).resolve().parents[2]
SHARED = REPOSITORY.parent / "shared" / "data"
EVERTILL = str(Path(sys.executable).with_name("evertill"))


class Shop:
    """`evertill up` at work, in a folder of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        command = [EVERTILL, "up", "--home", str(home), "--lane-port", "0", "--gate-port", "0"]
        self._said = (home.parent / "up.log").open("w")
        self.process = subprocess.Popen(
            [*command, "--no-browser"], stdout=subprocess.PIPE, stderr=self._said, text=True
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, (home.parent / "up.log").read_text()
        self.lane: str = json.loads(line)["lane"]

    def part(self, name: str) -> psutil.Process:
        """The process of one part of the shop, as it is now."""
        for child in psutil.Process(self.process.pid).children():
            try:
                if f"evertill.cli.{name}" in child.cmdline():
                    return child
            except psutil.Error:
                continue
        raise ProcessLookupError(name)

    def kill_lane(self) -> bool:
        """kill -9 of the register; whether there was one to kill."""
        try:
            self.part("lane").kill()
        except (ProcessLookupError, psutil.NoSuchProcess):
            return False
        return True

    def completed(self) -> Iterator[dict[str, Any]]:
        """Every completed sale."""
        for data in self.entries(b"SaleCompleted"):
            yield data["document"]

    def entries(self, kind: bytes) -> Iterator[dict[str, Any]]:
        """The data of every entry of a kind in the journal's files, read as the text that they are."""
        for path in sorted((self.home / "lane" / "journal").glob("*/*.journal")):
            for line in path.read_bytes().split(b"\n"):
                if b'"kind":"%b"' % kind in line:
                    yield json.loads(line[130:])["data"]

    def close(self) -> None:
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._said.close()


class Run:
    """One `evertill replay`, as a process of its own."""

    def __init__(self, shop: Shop, dataset: str, *more: str, data: Path = SHARED) -> None:
        self.result = shop.home.parent / f"{dataset}-{os.urandom(4).hex()}.json"
        command = [EVERTILL, "replay", dataset, "--data", str(data), "--lane", shop.lane]
        self.process = subprocess.Popen(
            [*command, "--json", str(self.result), *more],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "COLUMNS": "200"},
        )

    def end(self, within_s: float = 120) -> tuple[int, str, dict[str, Any]]:
        """(exit status, everything it said, its result or {})."""
        out, err = self.process.communicate(timeout=within_s)
        told = json.loads(self.result.read_bytes()) if self.result.exists() else {}
        return self.process.returncode, out + err, told

    def wait_until_ringing(self) -> None:
        """Returns once documents are being rung up."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if " documents, " in line:
                return
        raise AssertionError("the replay ended before it rang anything up")


class Killer:
    """Kills the register again and again from a thread, after each of `gaps_s` from `start` on."""

    def __init__(self, shop: Shop, gaps_s: list[float]) -> None:
        self.kills = 0
        self._shop = shop
        self._gaps_s = gaps_s
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._kill, daemon=True)

    def __enter__(self) -> Killer:
        return self

    def start(self) -> None:
        """Begins to kill."""
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def _kill(self) -> None:
        for gap_s in self._gaps_s:
            if self._ended.wait(gap_s):
                return
            self.kills += self._shop.kill_lane()


def twice(names: Iterator[str]) -> list[str]:
    """What comes up more than once."""
    return [name for name, count in Counter(names).items() if count > 1]
