"""`evertill uplink`: the process beside the lane that carries its entries up and editions down.

It is a process of its own, and a nice one, so that it never slows a sale: it reads the journal that the
lane writes, and only what is durable there. Killing it, freezing it or leaving it out changes nothing
at the register.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from evertill.core.fault import Fault
from evertill.host.clock import HostClock
from evertill.host.disk import HostDisk
from evertill.host.entropy import HostEntropy
from evertill.host.net import HttpLink
from evertill.host.process import end_with_parent, keep_private
from evertill.host.secret import load_secret
from evertill.lane.home import LaneHome
from evertill.uplink.assemble import UplinkSettings, assemble
from evertill.uplink.pump import Pump, UplinkIdentity
from evertill.wire.signature import SigningKey

NICE = 5
LAST_WORDS_S = 2.0


def run_uplink(home: Path, gate_url: str) -> int:
    """Sends until told to end (SIGTERM, SIGINT), then what is still to be sent, for at most two seconds.

    Returns 0, or 3 after saying why it cannot run.
    """
    ending = False

    def ask_to_end(_signal: int, _frame: FrameType | None) -> None:
        nonlocal ending
        ending = True

    try:
        link = HttpLink(gate_url)
        pump = _pump(LaneHome(home / "lane"), gate_url, link)
    except (Fault, OSError) as wrong:
        print(json.dumps({"event": "fault", **_words(wrong)}), flush=True)
        return 3
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ask_to_end)
    os.nice(NICE)
    print(json.dumps({"event": "ready", "uplink": gate_url, "home": str(home)}), flush=True)
    while not ending:
        link.wait(pump.tick())
    last = time.monotonic() + LAST_WORDS_S
    while pump.has_more and time.monotonic() < last:
        link.wait(min(pump.tick(), 100))
    pump.close()
    link.close()
    return 0


def _pump(lane_home: LaneHome, gate_url: str, link: HttpLink) -> Pump:
    identity = lane_home.identity()
    second = Path(identity.second_medium) if identity.second_medium else None
    return assemble(
        UplinkSettings(
            identity=UplinkIdentity(
                store=identity.store,
                lane=identity.lane,
                gate_public_key=bytes.fromhex(identity.gate_public_key),
                gate_url=gate_url,
            ),
            lane_folder=lane_home.directory,
            second_directory=second,
        ),
        disk=HostDisk(),
        clock=HostClock(),
        entropy=HostEntropy(),
        link=link,
        key=SigningKey(bytes.fromhex(load_secret(lane_home.key_file).decode())),
    )


def _words(wrong: Fault | OSError) -> dict[str, str]:
    if isinstance(wrong, Fault):
        return {"code": wrong.code, "hint": wrong.hint, "detail": wrong.detail}
    hint = "The register's folder cannot be used. Free space on the disk, or choose another folder."
    return {"code": "home_unusable", "hint": hint, "detail": str(wrong)}


def main(arguments: list[str] | None = None) -> int:
    """The uplink's process as `evertill up` starts it."""
    parser = argparse.ArgumentParser(prog="evertill uplink")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument(
        "--gate", required=True, help="address of the server, for example http://127.0.0.1:8771"
    )
    parser.add_argument("--with-parent", action="store_true", help="end when the starting process ends")
    asked = parser.parse_args(arguments)
    keep_private()
    if asked.with_parent:
        end_with_parent()
    return run_uplink(asked.home, asked.gate)


if __name__ == "__main__":
    sys.exit(main())
