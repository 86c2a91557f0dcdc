"""A whole shop from one command, spoken to as a program would, and broken on purpose."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import apsw
import httpx
import psutil

EVERTILL = str(Path(sys.executable).with_name("evertill"))
CASHIER = {"staff": "1", "pin": "1111"}
MANAGER = {"staff": "9", "pin": "9999"}
HASHES_LENGTH = 130
T = TypeVar("T")


def until(look: Callable[[], T], what: str, wait_s: float = 20.0) -> T:
    """What `look` gives as soon as it is true. Fails when the time is over."""
    deadline = time.monotonic() + wait_s
    while not (found := look()):
        assert time.monotonic() < deadline, f"this never happened: {what}"
        time.sleep(0.02)
    return found


class Shop:
    """`evertill up` at work on a folder."""

    def __init__(self, home: Path, *more: str, lane_port: int = 0, gate_port: int = 0) -> None:
        self.home = home
        self.command = [EVERTILL, "up", "--home", str(home), "--lane-port", str(lane_port)]
        self.command += ["--gate-port", str(gate_port), "--no-browser", *more]
        self.said: list[str] = []
        self.stdout: list[str] = []
        self.process = subprocess.Popen(
            self.command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        self._gather(self.process.stdout, self.stdout)
        self._gather(self.process.stderr, self.said)
        self.ready: dict[str, str] = {}

    def _gather(self, stream: Any, into: list[str]) -> None:
        def read() -> None:
            into.extend(stream)  # line by line, to the end

        self._readers = [*getattr(self, "_readers", []), threading.Thread(target=read, daemon=True)]
        self._readers[-1].start()

    def opened(self, wait_s: float = 40.0) -> Shop:
        """This shop, once it can sell."""
        until(lambda: self.stdout or self.process.poll() is not None, "the shop opens", wait_s)
        assert self.stdout, f"the shop did not open: {self.said}"
        self.ready = json.loads(self.stdout[0])
        return self

    def ended(self, wait_s: float = 20.0) -> int:
        """Its exit status, once it has ended and all it said was read."""
        status = self.process.wait(wait_s)
        for reader in self._readers:
            reader.join(5)
        return status

    def close(self) -> int:
        """Asks it to end and waits; whatever is left is killed."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.ended()
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    # -- speaking -------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        return self.ready["lane"]

    def get(self, path: str, **headers: str) -> Any:
        """What the lane answers to a read."""
        return httpx.get(self.url + path, headers=headers, timeout=10).raise_for_status().json()

    def ask(self, *intents: dict[str, Any]) -> dict[str, Any]:
        """The answer to one intent or to a list of them, whatever it is."""
        body = intents[0] if len(intents) == 1 else list(intents)
        answer: dict[str, Any] = httpx.post(f"{self.url}/api/v1/intents", json=body, timeout=20).json()
        return answer

    def do(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Asks and insists on a yes."""
        answer = self.ask({"type": kind, **fields})
        assert answer["ok"], answer
        return answer

    def open_till(self, staff: dict[str, str] = CASHIER) -> Shop:
        """Signed in, with an open shift."""
        self.do("SignIn", **staff)
        if self.get("/api/v1/state")["shift"] is None:
            self.do("OpenShift", float_minor={"EUR": 10_000})
        return self

    def sell(self, *codes: str) -> dict[str, Any]:
        """Rings these up, takes the exact cash; what is told of the completed sale."""
        for code in codes:
            self.do("Scan", code=code)
        return self.do("TakeTender", tender="cash")["done"]

    def goods(self, count: int) -> list[str]:
        """Skus of articles that ask nothing: no age, no weight, no open price."""
        found = self.get("/api/v1/products?limit=200")["products"]
        plain = [p for p in found if p["kind"] == "goods" and p["unit"] == "each"]
        return [p["sku"] for p in plain if not p["age_min"] and not p["open_price"]][:count]

    @property
    def seq(self) -> int:
        """How many entries the journal's epoch has."""
        return int(self.get("/api/v1/about")["seq"])

    @contextlib.contextmanager
    def nothing_recorded(self) -> Iterator[None]:
        """Whatever is asked inside leaves no entry and changes nothing that is sold."""
        before, seq = self.get("/api/v1/state"), self.seq
        yield
        after = self.get("/api/v1/state")
        assert self.seq == seq
        for part in ("staff", "shift", "sale", "last", "parked"):
            assert after[part] == before[part], part

    def refused(self, kind: str, **fields: Any) -> dict[str, Any]:
        """The refusal that an intent must meet, with nothing recorded."""
        with self.nothing_recorded():
            answer = self.ask({"type": kind, **fields})
        assert not answer["ok"], answer
        assert answer["refusal"]["words"], answer
        refusal: dict[str, Any] = answer["refusal"]
        return refusal

    def messages(self) -> dict[str, str]:
        """What the status line says, by code."""
        return {m["code"]: m["words"] for m in self.get("/api/v1/state")["status"]["messages"]}

    # -- breaking -------------------------------------------------------------------------------------

    def processes(self) -> list[psutil.Process]:
        """The supervisor's children and theirs."""
        try:
            return psutil.Process(self.process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def part(self, name: str) -> psutil.Process | None:
        """One of the shop's processes: lane, gate, uplink, printer."""
        for process in self.processes():
            with contextlib.suppress(psutil.Error):
                if f"evertill.cli.{name}" in process.cmdline():
                    return process
        return None

    def kill(self, name: str) -> int:
        """kill -9 of one part; its process id."""
        process = until(lambda: self.part(name), f"the {name} runs")
        process.kill()
        process.wait(10)
        return int(process.pid)

    def is_up(self) -> bool:
        """Whether the lane answers."""
        try:
            return httpx.get(self.url + "/api/v1/health", timeout=2).status_code == 200
        except httpx.TransportError:
            return False

    def comes_back(self, wait_s: float = 20.0) -> float:
        """Waits until the lane answers again; seconds that it took."""
        began = time.monotonic()
        until(self.is_up, "the lane answers again", wait_s)
        return time.monotonic() - began


class Client:
    """One kept-alive connection that asks until it is answered, always with the same request number."""

    def __init__(self, url: str) -> None:
        self._host = url.removeprefix("http://")
        self._connection = http.client.HTTPConnection(self._host, timeout=5)
        self.retries = 0

    def insist(self, kind: str, wait_s: float = 30.0, **fields: Any) -> tuple[int, dict[str, Any]]:
        """Status and answer. Unanswered asks are repeated with the same request number."""
        body = json.dumps({"type": kind, "request": str(uuid.uuid4()), **fields})
        deadline = time.monotonic() + wait_s
        while True:
            try:
                return self.once("POST", "/api/v1/intents", body, {"content-type": "application/json"})
            except (OSError, http.client.HTTPException):
                assert time.monotonic() < deadline, f"no answer to {kind}"
                self.retries += 1
                self._connection.close()
                time.sleep(0.02)

    def once(
        self, method: str, path: str, body: str | bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        """One exchange, headers exactly as given."""
        self._connection.request(method, path, body, headers or {})
        response = self._connection.getresponse()
        content = response.read()
        self.headers = dict(response.getheaders())
        return response.status, json.loads(content) if content[:1] in (b"{", b"[") else content

    def close(self) -> None:
        self._connection.close()


def journal_bodies(home: Path) -> list[dict[str, Any]]:
    """Every entry of the lane's journal, epoch by epoch, file by file, as it stands on the disk."""
    found = []
    for epoch in sorted((home / "lane" / "journal").iterdir(), key=lambda path: path.stat().st_mtime_ns):
        if epoch.is_dir():
            for segment in sorted(epoch.glob("*.journal")):
                lines = segment.read_bytes().split(b"\n")
                found += [json.loads(line[HASHES_LENGTH:]) for line in lines if line]
    return found


def journal_sales(home: Path) -> list[dict[str, Any]]:
    """The documents of all completed sales in the journal, in order."""
    bodies = journal_bodies(home)
    return [body["data"]["document"] for body in bodies if body["kind"] == "SaleCompleted"]


def gate_receipts(home: Path) -> list[str]:
    """The receipts in the gate's facts, one for each row."""
    return _asked(home, "select receipt from sale order by epoch, seq")


def gate_entries(home: Path) -> int:
    """How many entries the gate holds."""
    return int(_asked(home, "select count(*) from entries")[0])


def _asked(home: Path, question: str) -> list[Any]:
    connection = apsw.Connection(str(home / "gate" / "facts.db"), flags=apsw.SQLITE_OPEN_READONLY)
    connection.set_busy_timeout(5_000)  # a gate that was just killed is putting its file in order
    try:
        return [row[0] for row in connection.execute(question)]
    finally:
        connection.close()


def all_sent(home: Path) -> bool:
    """Whether everything in the journal is in the gate's facts."""
    return gate_entries(home) == len(journal_bodies(home))


def alive(pids: list[int]) -> list[int]:
    """Those of these processes that still run."""
    return [pid for pid in pids if os.path.exists(f"/proc/{pid}") and _state(pid) != "Z"]


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"
