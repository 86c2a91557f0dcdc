"""`evertill gate`: the server's hot path on loopback: takes facts, serves editions and reports."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

import uvicorn

from evertill.core.fault import Fault
from evertill.host.clock import HostClock
from evertill.host.disk import HostDisk
from evertill.host.entropy import HostEntropy
from evertill.host.ports import bind_loopback
from evertill.host.process import end_with_parent, keep_private
from evertill.host.secret import load_or_make_secret
from evertill.server.gate import GatePorts, GateSettings, assemble
from evertill.server.identity import read_or_make_identity

KEEP_ALIVE_S = 75


async def serve(home: Path, store: str, listening: socket.socket, told: Sequence[int]) -> None:
    """Runs the gate on `listening` until it is told to end (SIGTERM, SIGINT), at once if `told` says so.

    Raises Fault.
    """
    entropy = HostEntropy()
    settings = GateSettings(store=store, home=home)
    ports = GatePorts(
        disk=HostDisk(),
        clock=HostClock(),
        entropy=entropy,
        identity=read_or_make_identity(HostDisk(), settings.folder, entropy),
        office_token=load_or_make_secret(settings.folder / "office.token", entropy.token(24).hex().encode()),
    )
    gate = assemble(settings, ports)
    try:
        server = uvicorn.Server(
            uvicorn.Config(
                gate.app,
                loop="uvloop",
                http="httptools",
                ws="none",
                access_log=False,
                log_level="warning",
                lifespan="off",
                timeout_keep_alive=KEEP_ALIVE_S,
                timeout_graceful_shutdown=2,
            )
        )
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        print(json.dumps({"event": "ready", "gate": url, "home": str(home)}), flush=True)
        if not told:
            await server.serve(sockets=[listening])
    finally:
        gate.close()


def run_gate(home: Path, port: int, store: str = "S1") -> int:
    """The gate, from start to end. Returns 0 when asked to end, 3 after a fault that was told."""
    told: list[int] = []

    def seen(number: int, _frame: FrameType | None) -> None:
        """The web server ends itself on a signal, then raises it again: by then it has been heeded."""
        told.append(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, seen)
    try:
        listening = bind_loopback(port)
        asyncio.run(serve(home, store, listening, told))
    except (Fault, OSError) as wrong:
        print(json.dumps({"event": "fault", **_words(wrong, home)}), flush=True)
        return 3
    return 0


def _words(wrong: Fault | OSError, home: Path) -> dict[str, str]:
    if isinstance(wrong, Fault):
        return {"code": wrong.code, "hint": wrong.hint, "detail": wrong.detail}
    hint = "The server's folder cannot be used. Free space on the disk, or choose another with --home."
    return {"code": "home_unusable", "hint": hint, "detail": f"{home}: {wrong}"}


def main(arguments: list[str] | None = None) -> int:
    """The gate's process as `evertill up` starts it."""
    parser = argparse.ArgumentParser(prog="evertill gate")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--store", default="S1")
    parser.add_argument("--port", type=int, default=8771)
    parser.add_argument("--with-parent", action="store_true", help="end when the starting process ends")
    asked = parser.parse_args(arguments)
    keep_private()
    if asked.with_parent:
        end_with_parent()
    return run_gate(asked.home, asked.port, asked.store)


if __name__ == "__main__":
    sys.exit(main())
