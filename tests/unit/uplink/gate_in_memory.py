"""A lane's folder on a made-up disk, a gate in memory, and a pump between them."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import msgspec

from evertill.core.fault import Fault
from evertill.journal import Journal, NewEntry
from evertill.keeper.acceptance import Keeper, KeeperLimits
from evertill.ports import LinkReply, LinkRequest
from evertill.uplink.assemble import UplinkSettings, assemble
from evertill.uplink.memory import UplinkStatus
from evertill.uplink.pacing import Pace
from evertill.uplink.pump import Pump, UplinkIdentity
from evertill.wire.answer import ANSWER_SIGNATURE_HEADER, Answer, Mark, Result, answer_bytes, encode_answer
from evertill.wire.batch import Batch, BatchFault, BatchLimits, cut_lines, read_sender
from evertill.wire.signature import SigningKey, is_signed
from tests.fakes.clock import SimulatedClock
from tests.fakes.disk import SimulatedDisk
from tests.fakes.entropy import SeededEntropy
from tests.fakes.facts import MemoryFacts
from tests.fakes.journal_lines import VOIDED
from tests.fakes.link import SimulatedLink

LANE = Path("/home/lane")
LANE_KEY = SigningKey(b"l" * 32)
GATE_KEY = SigningKey(b"g" * 32)
DAY = "2026-11-22"
FIRST_LIFE, SECOND_LIFE = "5" * 32, "6" * 32


class Headers(dict[str, str]):
    """Header names in any case, as a web server gives them."""

    def get(self, name: str, default: str = "") -> str:  # type: ignore[override]
        return next((value for key, value in self.items() if key.lower() == name.lower()), default)


class GateInMemory:
    """Answers as the gate does, from facts in memory."""

    def __init__(self) -> None:
        self.facts = MemoryFacts()
        self.facts.enrol("S1", "L1", LANE_KEY.public_key)
        self.limits = BatchLimits()
        self.edition = 0
        self.edition_files: dict[int, bytes] = {}
        self.overloaded = 0
        self.begin_life(FIRST_LIFE)

    def begin_life(self, server_epoch: str) -> None:
        self.server_epoch = server_epoch
        self.keeper = Keeper(server_epoch=server_epoch, verify=is_signed, limits=KeeperLimits())

    def restore_empty(self) -> None:
        """The server came back from a backup made before this lane ever sent anything."""
        lanes = self.facts.lanes
        self.facts = MemoryFacts()
        self.facts.lanes = lanes
        self.begin_life(SECOND_LIFE)

    @property
    def hashes(self) -> list[str]:
        return [fact.hash for entries in self.facts.entries.values() for fact in entries.values()]

    def answer(self, request: LinkRequest) -> LinkReply:
        path, _, query = request.path.partition("?")
        sender, signature = read_sender(Headers(request.headers))
        if path.startswith("/v1/edition/"):
            return self._piece(int(path.rpartition("/")[2]), request.headers["Range"])
        if self.overloaded:
            self.overloaded -= 1
            busy = Answer(
                result=Result.OVERLOADED,
                store="S1",
                lane="L1",
                server_epoch=self.server_epoch,
                code="gate_overloaded",
                text="Busy.",
                hint="Nothing to do.",
                retry_after_ms=4_000,
            )
            return self._signed(busy, signature, 503)
        try:
            with self.facts.transaction() as tx:
                if request.method == "POST":
                    lines = cut_lines(request.body, self.limits)
                    batch = Batch(
                        sender=sender,
                        method="POST",
                        path=path,
                        body=request.body,
                        signature=signature,
                        lines=lines,
                    )
                    answer = self.keeper.receive(tx, batch)
                else:
                    fields = dict(pair.split("=") for pair in query.split("&")) if query else {}
                    position = None
                    if fields:
                        position = Mark(epoch=fields["epoch"], seq=int(fields["seq"]), hash=fields["hash"])
                    answer = self.keeper.mark(tx, sender, position, path=request.path, signature=signature)
        except BatchFault as fault:
            answer = Answer(
                result=Result.REFUSED,
                store="S1",
                lane="L1",
                server_epoch=self.server_epoch,
                code=fault.code,
                text=fault.hint,
                hint=fault.hint,
            )
            return self._signed(answer, signature, 413)
        except Fault:
            return LinkReply(status=503, headers={}, body=b"broken")
        return self._signed(answer, signature, 200)

    def _signed(self, answer: Answer, signature: bytes, status: int) -> LinkReply:
        body = encode_answer(msgspec.structs.replace(answer, edition=self.edition))
        signed = base64.b64encode(GATE_KEY.sign(answer_bytes(body, signature))).decode()
        return LinkReply(status=status, headers={ANSWER_SIGNATURE_HEADER.lower(): signed}, body=body)

    def _piece(self, version: int, wanted: str) -> LinkReply:
        whole = self.edition_files.get(version)
        if whole is None:
            return LinkReply(status=404, headers={}, body=b"{}")
        first, last = (int(part) for part in wanted.removeprefix("bytes=").split("-"))
        part = whole[first : last + 1]
        if not part:
            return LinkReply(status=416, headers={}, body=b"")
        headers = {"content-range": f"bytes {first}-{first + len(part) - 1}/{len(whole)}"}
        return LinkReply(status=206, headers=headers, body=part)


class World:
    """One register, one way up, one gate, one made-up clock."""

    def __init__(self, faults: Iterator[str] | None = None, seed: int = 1, pace: Pace | None = None) -> None:
        self.clock = SimulatedClock()
        self.disk = SimulatedDisk()
        self.entropy = SeededEntropy(seed)
        self.gate = GateInMemory()
        self.link = SimulatedLink(self.clock, self.gate.answer, faults)
        self.pace = pace or Pace()
        self.hashes: list[str] = []
        self.open_journal()
        self.pump = self.start_pump()

    def open_journal(self) -> None:
        self.journal = Journal.open(
            self.disk,
            self.clock,
            self.entropy,
            directory=LANE / "journal",
            witness_directory=LANE / "witness",
            store="S1",
            lane="L1",
            reserve_bytes=0,
        )
        if not self.hashes or self.journal.head.hash != self.hashes[-1]:
            self.hashes.append(self.journal.head.hash)

    def start_pump(self) -> Pump:
        return assemble(
            UplinkSettings(
                identity=UplinkIdentity(store="S1", lane="L1", gate_public_key=GATE_KEY.public_key),
                lane_folder=LANE,
                pace=self.pace,
            ),
            disk=self.disk,
            clock=self.clock,
            entropy=self.entropy,
            link=self.link,
            key=LANE_KEY,
        )

    def sell(self, count: int, *, sync: bool = True) -> None:
        entries = [
            NewEntry(
                kind="SaleVoided",
                data=VOIDED % (len(self.hashes) + n, 100),
                at=f"{DAY}T09:00:00.000Z",
                day=DAY,
            )
            for n in range(count)
        ]
        self.hashes += [position.hash for position in self.journal.append_many(entries)]
        if sync:
            self.journal.sync()

    def run(self, *, seconds: float) -> int:
        """Lets so much time pass; returns how many times the pump was asked."""
        end = self.clock.monotonic_ns() + int(seconds * 1e9)
        ticks = 0
        while self.clock.monotonic_ns() < end:
            self.link.wait(self.pump.tick())
            ticks += 1
        return ticks

    @property
    def status(self) -> UplinkStatus:
        file = self.disk.content(LANE / "uplink" / "status.json")
        return msgspec.json.decode(file, type=UplinkStatus)
