"""`evertill lane`: the register's own process: agent, local API and screen on loopback."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import json
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import uvicorn

import evertill
from evertill.core.fault import Fault
from evertill.host.clock import HostClock
from evertill.host.disk import HostDisk
from evertill.host.entropy import HostEntropy
from evertill.host.ports import bind_loopback
from evertill.host.process import end_with_parent
from evertill.lane.api import api
from evertill.lane.assemble import assemble
from evertill.lane.home import LaneHome
from evertill.lane.printing.worker_client import LanePrinting
from evertill.lane.register import Register


def prepare_in_child(directory: Path) -> Callable[[int], Awaitable[None]]:
    """Prepares a catalogue in a process of its own, so that no sale waits for a hundred thousand rows."""

    async def prepare(version: int) -> None:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "evertill.cli.lane",
            "--home",
            str(directory),
            "--prepare",
            str(version),
            stdin=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        _, told = await child.communicate()
        if child.returncode != 0:
            raise Fault(
                "edition_refused",
                "The new edition is damaged. The last good one stays in force.",
                detail=told.decode(errors="replace")[-500:],
            )

    return prepare


async def serve(home: Path, listening: socket.socket, gate_url: str) -> None:
    """Runs the lane on `listening` until it is told to end (SIGTERM, SIGINT)."""
    lane_home = LaneHome(home / "lane")
    identity = lane_home.identity()
    clock = HostClock()
    agent = assemble(
        lane_home,
        identity,
        disk=HostDisk(),
        clock=clock,
        entropy=HostEntropy(),
        version=evertill.__version__,
    )
    port = listening.getsockname()[1]
    printing = LanePrinting(
        lane_home.printers, lambda: agent.rules.settings, now_ns=clock.monotonic_ns, lane=identity.lane
    )
    await printing.start()
    register = Register(
        agent=agent,
        home=lane_home,
        identity=identity,
        printing=printing,
        prepare_catalogue=prepare_in_child(home),
        origins={f"http://{host}:{port}" for host in ("127.0.0.1", "localhost", "[::1]")},
        about={"home": str(home), "journal": str(lane_home.journal), "gate": gate_url or identity.gate_url},
    )
    config = uvicorn.Config(
        api(register),
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        access_log=False,
        log_level="warning",
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    caring = asyncio.create_task(register.look_after())
    gc.collect()
    gc.freeze()
    ready = {"event": "ready", "lane": f"http://127.0.0.1:{port}", "home": str(home)}
    print(json.dumps(ready), flush=True)
    try:
        await server.serve(sockets=[listening])
    finally:
        caring.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await caring
        await printing.stop()
        agent.close()


def run_lane(home: Path, port: int, gate_url: str = "") -> int:
    """The lane, from start to end. Returns the exit status: 0 asked to end, 3 a fault that was told."""
    try:
        listening = bind_loopback(port)
        asyncio.run(serve(home, listening, gate_url))
    except Fault as fault:
        print(
            json.dumps({"event": "fault", "code": fault.code, "hint": fault.hint, "detail": fault.detail}),
            flush=True,
        )
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
    if asked.prepare is not None:
        os.nice(10)
        lane_home = LaneHome(asked.home / "lane")
        lane_home.prepare_catalogue(asked.prepare, lane_home.identity())
        return 0
    if asked.with_parent:
        end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN if asked.with_parent else signal.default_int_handler)
    return run_lane(asked.home, asked.port, asked.gate)


if __name__ == "__main__":
    sys.exit(main())
