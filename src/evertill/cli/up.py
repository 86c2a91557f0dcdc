"""`evertill up`: one whole shop from one command: gate, lane and uplink, each a process of its own.

The supervisor starts them, starts again what dies, and ends them with itself; a killed supervisor
takes them with it. Standard output carries one line once the shop can sell:
{"event": "ready", "lane": URL, "gate": URL, "home": DIR}. Everything else goes to standard error.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import webbrowser
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from evertill.cli.setup import home_unusable, set_up
from evertill.core.fault import Fault
from evertill.host.disk import HostDisk, HostLock
from evertill.host.ports import free_port
from evertill.host.process import for_child

READY_WAIT_S = 60.0
RESTART_WAIT_S = (0.1, 0.2, 0.5, 1.0, 2.0)
HEALTHY_S = 5.0
END_WAIT_S = 8.0


@dataclass
class Part:
    """One process of the shop, watched."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    told: threading.Event = field(default_factory=threading.Event)
    answer: dict[str, str] = field(default_factory=dict)
    started_at: float = 0.0
    deaths: int = 0
    start_again_at: float = 0.0

    def start(self) -> None:
        """Starts the process; what it prints as JSON is kept in `answer`."""
        self.told.clear()
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", *self.command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            env=for_child(),
            process_group=0,  # Ctrl-C is for the supervisor, which ends the parts in order
        )
        threading.Thread(target=self._listen, args=(self.process,), daemon=True).start()

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None, "output is piped"
        for line in process.stdout:
            try:
                self.answer = json.loads(line)
            except ValueError:
                continue
            self.told.set()
        self.told.set()

    def wait_ready(self) -> dict[str, str]:
        """What the process said when it was ready. Raises Fault with its own words if it cannot start."""
        self.told.wait(READY_WAIT_S)
        if self.answer.get("event") == "ready":
            return self.answer
        if self.answer.get("event") == "fault":
            raise Fault(self.answer["code"], self.answer["hint"], detail=self.answer.get("detail", ""))
        raise Fault(
            "part_not_started",
            "A part of the shop did not start. Start it again; if it stays so, look at the lines above.",
            detail=self.name,
        )

    def end(self) -> None:
        """Asks the process to end; kills it if it does not."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGCONT)
        self.process.terminate()
        try:
            self.process.wait(END_WAIT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Shop:
    """The running shop."""

    def __init__(self, home: Path, lane_port: int, gate_port: int) -> None:
        self.home = home
        self.lane_url = ""
        self.gate_url = ""
        self._ports = {"lane": lane_port or free_port(), "gate": gate_port or free_port()}
        self._parts: list[Part] = []
        self._ending = threading.Event()

    def start(self) -> None:
        """On return the shop can sell. Raises Fault in words if it cannot start."""
        set_up(self.home)
        self.gate_url = f"http://127.0.0.1:{self._ports['gate']}"
        gate = self._part("gate", "--port", str(self._ports["gate"]))
        lane = self._part("lane", "--port", str(self._ports["lane"]), "--gate", self.gate_url)
        uplink = self._part("uplink", "--gate", self.gate_url)
        for part in (gate, lane, uplink):
            self._parts.append(part)
            part.start()
        gate.wait_ready()
        self.lane_url = lane.wait_ready()["lane"]

    @property
    def is_ending(self) -> bool:
        """Whether somebody asked to end."""
        return self._ending.is_set()

    def _part(self, name: str, *more: str) -> Part:
        return Part(name, [f"evertill.cli.{name}", "--home", str(self.home), "--with-parent", *more])

    def watch(self) -> None:
        """Starts again what dies, until `stop` is called."""
        while not self._ending.wait(0.1):
            now = time.monotonic()
            for part in self._parts:
                self._look_at(part, now)

    def _look_at(self, part: Part, now: float) -> None:
        assert part.process is not None, "a watched part was started"
        status = part.process.poll()
        if status is None:
            if now - part.started_at > HEALTHY_S:
                part.deaths = 0
            return
        if part.start_again_at == 0.0:
            wait_s = RESTART_WAIT_S[min(part.deaths, len(RESTART_WAIT_S) - 1)]
            part.deaths += 1
            part.start_again_at = now + wait_s
            say(f"The {part.name} ended (status {status}); starting it again.")
        elif now >= part.start_again_at:
            part.start_again_at = 0.0
            part.start()

    def stop(self) -> None:
        """Ends the watch."""
        self._ending.set()

    def end(self) -> None:
        """Ends all parts: the lane first, then the uplink, so that what was written is still sent."""
        order = ("lane", "uplink", "gate")
        for part in sorted(self._parts, key=lambda part: order.index(part.name)):
            part.end()


def has_screen() -> bool:
    """Whether a browser could be shown to somebody here."""
    return sys.platform != "linux" or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def say(text: str) -> None:
    """A line for a person."""
    print(text, file=sys.stderr, flush=True)


def take(home: Path) -> HostLock:
    """The folder, for this shop alone. Raises Fault shop_open_already or home_unusable."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        return HostDisk().lock(home / "open.lock")
    except BlockingIOError as held:
        raise Fault(
            "shop_open_already",
            "This shop is already open. Use that one, stop it first, or choose another folder with --home.",
            detail=str(home),
        ) from held
    except OSError as error:
        raise home_unusable(home, error) from error


def run_up(home: Path, *, lane_port: int, gate_port: int, browser: bool) -> int:
    """Runs a shop until it is told to end. Returns 0, or 3 after saying why it cannot start."""
    shop = Shop(home.resolve(), lane_port, gate_port)

    def ask_to_end(_signal: int, _frame: FrameType | None) -> None:
        shop.stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ask_to_end)
    lock = None
    try:
        lock = take(shop.home)
        say(f"Opening the shop in {shop.home} …")
        shop.start()
        ready = {"event": "ready", "lane": shop.lane_url, "gate": shop.gate_url, "home": str(shop.home)}
        print(json.dumps(ready), flush=True)
        say(f"The register is open: {shop.lane_url}   (Ctrl-C ends it)")
        if browser and has_screen():
            webbrowser.open(shop.lane_url)
        shop.watch()
    except Fault as fault:
        if not shop.is_ending:  # asked to end while opening, the parts end before they are ready
            say(f"{fault.hint}" + (f"  ({fault.detail})" if fault.detail else ""))
            return 3
    finally:
        shop.end()
        if lock is not None:
            lock.release()
    say("The shop is closed. All sales are kept.")
    return 0
