"""The processes that are measured: a lane, a gate, an uplink, a bare server; each as the shop starts it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from bench.shops import ROOT

READY_WAIT_S = 30.0
END_WAIT_S = 8.0


class NotReady(Exception):
    """A process that was to be measured did not come up; the bench cannot run."""


class Process:
    """A running module that told on its first line of output that it is ready, and where."""

    def __init__(self, module: str, *arguments: str, environment: Mapping[str, str] | None = None) -> None:
        self.started_ns = time.perf_counter_ns()
        self._child = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
        )
        late = threading.Timer(READY_WAIT_S, self._child.kill)
        late.start()
        assert self._child.stdout is not None, "output is piped"
        line = self._child.stdout.readline()
        late.cancel()
        try:
            self.told: dict[str, str] = json.loads(line)
        except ValueError as wrong:
            self.kill()
            raise NotReady(f"{module} said {line!r}") from wrong
        if self.told.get("event") != "ready":
            self.kill()
            raise NotReady(f"{module}: {self.told}")

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._child.pid

    def freeze(self) -> None:
        """Stops it where it stands; its connections stay open and silent."""
        self._child.send_signal(signal.SIGSTOP)

    def kill(self) -> None:
        """Ends it as a power cut ends a process."""
        self._child.kill()
        self._gone()

    def end(self) -> None:
        """Asks it to end, and waits."""
        self._child.send_signal(signal.SIGCONT)
        self._child.terminate()
        try:
            self._child.wait(END_WAIT_S)
        except subprocess.TimeoutExpired:
            self._child.kill()
        self._gone()

    def _gone(self) -> None:
        self._child.wait()
        assert self._child.stdout is not None, "output is piped"
        self._child.stdout.close()

    def __enter__(self) -> Process:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._child.poll() is None:
            self.end()


def lane(home: Path, environment: Mapping[str, str] | None = None) -> Process:
    """The lane of the shop in `home`, on a free port."""
    return Process("evertill.cli.lane", "--home", str(home), "--port", "0", environment=environment)


def bare_server() -> Process:
    """A server that does nothing but echo what is posted to it, on a free port."""
    return Process("bench.echo")


def port_of(process: Process) -> int:
    """The port in the address that a process told."""
    address = process.told.get("lane") or process.told.get("echo") or process.told["gate"]
    return int(address.rsplit(":", 1)[1])


def memory_bytes(pid: int) -> int:
    """What a process holds in memory (resident), what it shares with others included."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("status without VmRSS")
