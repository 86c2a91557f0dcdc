"""A journal with a million entries, such as a busy register writes in a few weeks.

Nothing in it is made up by this page: on each of its days the lane itself, in this process and with
its clock set back, opens a shift and rings up some sales; their entries are then written many times
over, each time with the next sale and receipt number, through the journal itself; in the evening the
lane starts again, folds all of it, and closes the shift with a real Z report. The last day stays open.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from evertill.core import entry as e
from evertill.core import intent as i
from evertill.core.refusal import Refusal
from evertill.host.disk import HostDisk
from evertill.host.entropy import HostEntropy
from evertill.journal import Journal
from evertill.journal.line import Position
from evertill.journal.writer import NewEntry
from evertill.lane.agent import Agent
from evertill.lane.assemble import assemble
from evertill.lane.home import LaneHome

DAYS = 10
PATTERNS = 40  # sales that the lane rings up itself each day
BATCH = 2_000
_KINDS = {kind: name for name, kind in e.ENTRY_TYPES.items()}


class PastClock:
    """A clock that shows `ago` before now."""

    def __init__(self) -> None:
        self.ago = timedelta()

    def now(self) -> datetime:
        """The wall clock, set back."""
        return datetime.now(UTC) - self.ago

    def monotonic_ns(self) -> int:
        """The clock to measure with."""
        return time.monotonic_ns()


class Trade:
    """Ten days of trade in one lane's folder."""

    def __init__(self, home: Path, codes: Sequence[str], say: Callable[[str], None]) -> None:
        self._home = LaneHome(home / "lane")
        self._identity = self._home.identity()
        self._clock = PastClock()
        self._codes = codes
        self._chance = random.Random(7)
        self._say = say
        self._checkpoint: Position | None = None

    def write(self, entries: int) -> None:
        """On return the journal holds at least so many entries, and the lane has folded all of them."""
        for day in range(1, DAYS + 1):
            self._clock.ago = timedelta(days=DAYS - day)
            patterns = self._morning()
            seq = self._copy(patterns, entries * day // DAYS)
            if day < DAYS:
                self._evening()
            self._say(f"day {day} of {DAYS}: {seq:,} entries")
        self._agent().close()

    def _agent(self) -> Agent:
        return assemble(
            self._home,
            self._identity,
            disk=HostDisk(),
            clock=self._clock,
            entropy=HostEntropy(),
            version="bench",
        )

    def _morning(self) -> list[list[e.Entry]]:
        """Opens the shift and rings up some sales; returns the entries of each."""
        agent = self._agent()
        try:
            self._do(agent, i.SignIn(staff="9", pin=""))
            self._do(agent, i.OpenShift(float_minor={"EUR": 20_000}))
            return [self._sale(agent) for _ in range(PATTERNS)]
        finally:
            agent.close()
            self._checkpoint = agent.journal.synced_head

    def _sale(self, agent: Agent) -> list[e.Entry]:
        entries: list[e.Entry] = []
        for code in self._chance.sample(self._codes, self._chance.choice((1, 2, 3, 4, 6, 8, 12, 20))):
            entries += self._do(agent, i.Scan(code=code))
        return [*entries, *self._do(agent, i.TakeTender(tender=self._chance.choice(("cash", "card"))))]

    def _evening(self) -> None:
        agent = self._agent()
        try:
            self._do(agent, i.CloseShift(counts={"EUR": {"5000": 10}}))
            self._do(agent, i.SignOut())
        finally:
            agent.close()

    def _do(self, agent: Agent, intent: i.Intent) -> Sequence[e.Entry]:
        done = agent.answer(intent, pin_ok=True)
        assert not isinstance(done, Refusal), f"{intent}: {done}"
        return done.entries

    def _copy(self, patterns: list[list[e.Entry]], until_seq: int) -> int:
        """Writes the sales again and again, each with numbers of its own; returns the last seq."""
        journal = Journal.open(
            HostDisk(),
            self._clock,
            HostEntropy(),
            directory=self._home.journal,
            witness_directory=self._home.witness,
            store=self._identity.store,
            lane=self._identity.lane,
            checkpoint=self._checkpoint,
        )
        try:
            copier = _Copier(patterns)
            while journal.head.seq < until_seq:
                batch: list[NewEntry] = []
                while len(batch) < BATCH:
                    batch += copier.next_sale(self._clock.now())
                journal.append_many(batch)
            return journal.head.seq
        finally:
            journal.close()


class _Copier:
    """Turns sales that were rung up into further ones, by putting the next numbers into their bytes."""

    def __init__(self, patterns: list[list[e.Entry]]) -> None:
        last = patterns[-1][-1]
        assert isinstance(last, e.SaleCompleted), "a sale ends paid"
        self._patterns = [_Pattern(entries) for entries in patterns]
        self._sale_stem, _, number = last.document.sale.rpartition("S")
        self._sale_no = int(number)
        self._receipt_stem = last.document.receipt.removesuffix(str(last.document.receipt_no))
        self._receipt_no = last.document.receipt_no
        self._next = 0

    def next_sale(self, now: datetime) -> list[NewEntry]:
        """All entries of one more sale."""
        self._sale_no += 1
        self._receipt_no += 1
        pattern = self._patterns[self._next % len(self._patterns)]
        self._next += 1
        at = f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03d}Z"
        sale = f'"sale":"{self._sale_stem}S{self._sale_no}"'.encode()
        receipt = f'"receipt":"{self._receipt_stem}{self._receipt_no}","receipt_no":{self._receipt_no}'
        return [
            NewEntry(
                kind=kind,
                data=data.replace(pattern.sale, sale).replace(pattern.receipt, receipt.encode()),
                at=at,
                day=pattern.day,
            )
            for kind, data in pattern.entries
        ]


class _Pattern:
    def __init__(self, entries: list[e.Entry]) -> None:
        last = entries[-1]
        assert isinstance(last, e.SaleCompleted), "a sale ends paid"
        document = last.document
        self.day = document.day
        self.sale = f'"sale":"{document.sale}"'.encode()
        self.receipt = f'"receipt":"{document.receipt}","receipt_no":{document.receipt_no}'.encode()
        self.entries = [(_KINDS[type(entry)], msgspec.json.encode(entry)) for entry in entries]
        assert self.receipt in self.entries[-1][1], "a document names its receipt"
