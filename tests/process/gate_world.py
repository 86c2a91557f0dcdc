"""A gate, an uplink and a register's journal as real processes and files, for breaking them on purpose."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import apsw
import msgspec

from evertill.host.clock import HostClock
from evertill.host.disk import HostDisk
from evertill.host.entropy import HostEntropy
from evertill.host.secret import load_or_make_secret
from evertill.journal import Journal, NewEntry
from evertill.lane.home import LaneHome, LaneIdentity
from evertill.server.facts import SqliteFacts
from evertill.server.identity import read_or_make_identity
from evertill.uplink.memory import UplinkStatus
from evertill.wire.signature import SigningKey
from tests.fakes.documents import completed, sale

DAY = "2026-11-22"


def set_up_lane(home: Path) -> None:
    """A shop's folder with one enrolled lane, and nothing to sell."""
    server = read_or_make_identity(HostDisk(), home / "gate", HostEntropy())
    lane_home = LaneHome(home / "lane")
    lane_home.directory.mkdir(parents=True)
    seed = load_or_make_secret(lane_home.key_file, HostEntropy().token(32).hex().encode())
    facts = SqliteFacts(HostDisk(), HostClock(), home / "gate" / "facts.db")
    facts.enrol("S1", "L1", SigningKey(bytes.fromhex(seed.decode())).public_key)
    facts.close()
    identity = LaneIdentity(store="S1", lane="L1", gate_public_key=server.public_key.hex())
    lane_home.identity_file.write_bytes(msgspec.json.encode(identity))


class Till:
    """A register that only writes its journal."""

    def __init__(self, home: Path) -> None:
        lane_home = LaneHome(home / "lane")
        self.journal = Journal.open(
            HostDisk(),
            HostClock(),
            HostEntropy(),
            directory=lane_home.journal,
            witness_directory=lane_home.witness,
            store="S1",
            lane="L1",
            reserve_bytes=0,
        )
        self.sold = 0
        self.hashes: list[str] = [self.journal.head.hash]

    def sell(self, count: int, *, lines: int = 1) -> None:
        """Completes so many sales of 1.00 a line; all are durable on return."""
        entries = []
        for _ in range(count):
            self.sold += 1
            document = sale(self.sold, [(1000, 1_000_000)] * lines)
            entries.append(
                NewEntry(kind="SaleCompleted", data=completed(document), at=f"{DAY}T09:01:00.000Z", day=DAY)
            )
        self.hashes += [position.hash for position in self.journal.append_many(entries)]
        self.journal.sync()


class Process:
    """One of our programs, started and told to be broken."""

    def __init__(self, *command: str) -> None:
        self._command = command
        self.ready: dict[str, str] = {}
        self.start()

    def start(self) -> None:
        """On return it has said what it has to say first."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", *self._command], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL
        )
        assert self.process.stdout is not None
        self.ready = json.loads(self.process.stdout.readline())

    def kill(self) -> None:
        """kill -9, and it is gone."""
        self.process.kill()
        self.process.wait(10)

    def freeze(self) -> None:
        """It holds its port and answers nothing."""
        os.kill(self.process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on as if nothing had been."""
        os.kill(self.process.pid, signal.SIGCONT)

    def end(self) -> int:
        """Asks it to end; its exit status."""
        if self.process.poll() is None:
            self.thaw()
            self.process.terminate()
        try:
            return self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    @property
    def cpu_s(self) -> float:
        """Processor time that it has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def start_gate(home: Path, port: int = 0) -> Process:
    """A gate on this folder."""
    return Process("evertill.cli.gate", "--home", str(home), "--port", str(port))


def start_uplink(home: Path, url: str) -> Process:
    """An uplink that sends to `url`."""
    return Process("evertill.cli.uplink", "--home", str(home), "--gate", url)


def held_hashes(home: Path) -> list[str]:
    """The hashes of all entries in the facts, one for each row."""
    connection = apsw.Connection(str(home / "gate" / "facts.db"), flags=apsw.SQLITE_OPEN_READONLY)
    connection.set_busy_timeout(5_000)  # a gate that was just killed is putting its file in order
    try:
        return [row[0].hex() for row in connection.execute("select hash from entries order by epoch, seq")]
    finally:
        connection.close()


def status(home: Path) -> UplinkStatus:
    """What the uplink tells the lane."""
    path = home / "lane" / "uplink" / "status.json"
    return msgspec.json.decode(path.read_bytes(), type=UplinkStatus) if path.exists() else UplinkStatus()


def until(true: Callable[[], bool], wait_s: float = 30.0, what: str = "") -> float:
    """Looks again and again; how long it took in seconds. Fails when the time is over."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < wait_s, f"not within {wait_s} s: {what}"
        time.sleep(0.02)
    return time.monotonic() - began
