"""`evertill lane`: the register's own process: agent, local API and screen on loopback."""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from types import FrameType

import uvicorn

import evertill
from evertill.core.fault import Fault
from evertill.host.clock import HostClock
from evertill.host.disk import HostDisk
from evertill.host.entropy import HostEntropy
from evertill.host.ports import bind_loopback
from evertill.host.process import end_with_parent, for_child, keep_private
from evertill.host.scanner import SerialScanner
from evertill.lane.agent import Agent
from evertill.lane.api import LIVE_BYTES_MAX, api
from evertill.lane.assemble import assemble
from evertill.lane.home import LaneHome, LaneIdentity
from evertill.lane.printing.worker_client import LanePrinting
from evertill.lane.register import UNPREPARED, Register
from evertill.lane.scanners import Scanners, ScannerSetup

START_AGAIN = 75
IN_USE_WAIT_MS = 4_000


def prepare_in_child(directory: Path) -> Callable[[int], Awaitable[None]]:
    """Prepares a catalogue in a process of its own, so that no sale waits for a hundred thousand rows."""

    async def prepare(version: int) -> None:
        child = await asyncio.create_subprocess_exec(
            *_preparing(directory, version),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            env=for_child(),
        )
        told, _ = await child.communicate()
        _insist(told, child.returncode)

    return prepare


def prepare_first(directory: Path) -> Callable[[int], None]:
    """The same before anything can be sold: waits for it."""

    def prepare(version: int) -> None:
        child = subprocess.run(
            _preparing(directory, version),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            env=for_child(),
            check=False,
        )
        _insist(child.stdout, child.returncode)

    return prepare


def _preparing(directory: Path, version: int) -> list[str]:
    where = ["--home", str(directory), "--prepare", str(version), "--with-parent"]
    return [sys.executable, "-m", "evertill.cli.lane", *where]


def _insist(told: bytes, status: int | None) -> None:
    """Raises the Fault that the child told, if it did not end well."""
    if status == 0:
        return
    try:
        why = json.loads(told)
    except ValueError:
        why = {"code": "edition_unprepared", "hint": UNPREPARED, "detail": f"status {status}"}
    raise Fault(why["code"], why["hint"], detail=why["detail"])


async def serve(home: Path, listening: socket.socket, gate_url: str, told: Sequence[int]) -> int:
    """Runs the lane on `listening` until it is told to end (SIGTERM, SIGINT), at once if `told` says so.

    Returns 0, or START_AGAIN if its own tables must be made anew by another start. Raises Fault.
    """
    lane_home = LaneHome(home / "lane", prepare_first(home))
    identity = lane_home.identity()
    clock = HostClock()
    agent = await _assembled(lane_home, identity, clock)
    port = listening.getsockname()[1]
    printing = LanePrinting(
        lane_home.printers, lambda: agent.rules.settings, now_ns=clock.monotonic_ns, lane=identity.lane
    )
    await printing.start()
    scanners = Scanners(lane_home.scanners, _serial_scanner)
    register = Register(
        agent=agent,
        home=lane_home,
        identity=identity,
        printing=printing,
        prepare_catalogue=prepare_in_child(home),
        origins={f"http://{host}:{port}" for host in ("127.0.0.1", "localhost", "[::1]")},
        scanners=scanners,
        about={"home": str(home), "journal": str(lane_home.journal), "gate": gate_url or identity.gate_url},
    )
    config = uvicorn.Config(
        api(register),
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_max_size=LIVE_BYTES_MAX,
        access_log=False,
        log_level="warning",
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    working = [
        asyncio.create_task(register.look_after()),
        asyncio.create_task(scanners.serve(register.scanned)),
    ]
    for task in working:
        task.add_done_callback(lambda _: setattr(server, "should_exit", True))
    gc.collect()
    gc.freeze()
    ready = {"event": "ready", "lane": f"http://127.0.0.1:{port}", "home": str(home)}
    print(json.dumps(ready), flush=True)
    try:
        if not told:
            await server.serve(sockets=[listening])
        return START_AGAIN if any(task.done() for task in working) else 0
    finally:
        for task in working:
            task.cancel()
        ended = await asyncio.gather(*working, return_exceptions=True)
        await printing.stop()
        agent.close()
        for bug in ended:
            if isinstance(bug, Exception):
                raise bug


def _serial_scanner(setup: ScannerSetup) -> SerialScanner:
    return SerialScanner(setup.port, baud=setup.baud, prefix=setup.prefix, suffix=setup.suffix)


async def _assembled(lane_home: LaneHome, identity: LaneIdentity, clock: HostClock) -> Agent:
    """The lane's agent. One that was just killed may hold the folder a moment longer: waits a little."""
    deadline_ns = clock.monotonic_ns() + IN_USE_WAIT_MS * 1_000_000
    while True:
        try:
            return assemble(
                lane_home,
                identity,
                disk=HostDisk(),
                clock=clock,
                entropy=HostEntropy(),
                version=evertill.__version__,
            )
        except Fault as fault:
            if fault.code != "journal_in_use" or clock.monotonic_ns() > deadline_ns:
                raise
        await asyncio.sleep(0.1)


def run_lane(home: Path, port: int, gate_url: str = "") -> int:
    """The lane, from start to end. Returns the exit status: 0 asked to end, 3 a fault that was told,
    START_AGAIN if it is to be started again."""
    told: list[int] = []

    def seen(number: int, _frame: FrameType | None) -> None:
        """The web server ends itself on a signal, then raises it again: by then it has been heeded."""
        told.append(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, seen)
    try:
        listening = bind_loopback(port)
        return asyncio.run(serve(home, listening, gate_url, told))
    except Fault as fault:
        print(json.dumps({"event": "fault", **_words(fault)}), flush=True)
        print(fault.hint, file=sys.stderr, flush=True)
        return 3


def _words(fault: Fault) -> dict[str, str]:
    return {"code": fault.code, "hint": fault.hint, "detail": fault.detail}


def _prepare(home: Path, version: int) -> int:
    """Makes the catalogue of one edition; on a fault says why on standard output and returns 3."""
    os.nice(10)
    lane_home = LaneHome(home / "lane")
    try:
        lane_home.prepare_catalogue(version, lane_home.identity())
    except Fault as fault:
        print(json.dumps(_words(fault)), flush=True)
        return 3
    return 0


def main(arguments: list[str] | None = None) -> int:
    """The lane's process as `evertill up` starts it."""
    parser = argparse.ArgumentParser(prog="evertill lane")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--port", type=int, default=8770)
    parser.add_argument("--gate", default="", help="where the shop's server is, for whoever asks the lane")
    parser.add_argument("--prepare", type=int, help="only make the catalogue of this edition, then end")
    parser.add_argument("--with-parent", action="store_true", help="end when the starting process ends")
    asked = parser.parse_args(arguments)
    keep_private()
    if asked.with_parent:
        end_with_parent()
    if asked.prepare is not None:
        return _prepare(asked.home, asked.prepare)
    return run_lane(asked.home, asked.port, asked.gate)


if __name__ == "__main__":
    sys.exit(main())
