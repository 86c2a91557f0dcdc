"""A whole replay, from the data set's folder to "all days equal".

The order: read the file, bring its goods in, ring up every document that is not in the register's
journal yet, wait until the server has the last one, then hold journal and server against the yardsticks.
Interrupted anywhere, it is started again and goes on; what was rung up is found by its reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Protocol

import msgspec

from evertill.core.fault import Fault
from evertill.lane.home import LaneHome
from evertill.ports import Clock, Disk, Entropy
from evertill.replay.books import Books, JournalBooks
from evertill.replay.compare import Comparison, compare, decimal
from evertill.replay.connection import Connection, Lost
from evertill.replay.datasets import Basket, Dataset, folder_of
from evertill.replay.goods import change_for, is_in
from evertill.replay.pace import Pace
from evertill.replay.published import MAJOR_E4, Figures, find_published
from evertill.replay.ringing import as_rung, reference_of
from evertill.replay.server import Server
from evertill.replay.till import Lane, ReplayStopped, Till, Waiting
from evertill.replay.totals import DayTotal, total_days

KINDS = ("sale", "cancellation", "adjustment")


class ReplaySettings(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for. `days` 0: all. `speed` times as fast as it happened; None: as fast as it goes."""

    dataset: Dataset
    data: Path
    lane_url: str
    days: int = 0
    speed: float | None = None
    staff: str = "9"
    pin: str = "9999"
    patience_s: float = 60.0


class ReplayPorts(msgspec.Struct, frozen=True, kw_only=True):
    """The world of a replay."""

    clock: Clock
    entropy: Entropy
    disk: Disk
    wait: Callable[[float], None]
    connect: Callable[[str], Connection]


class Watcher(Protocol):
    """Whoever looks on."""

    def stage(self, words: str) -> None:
        """Something else begins."""

    def begin(self, days: int, documents: int, lines: int) -> None:
        """So much will be rung up."""

    def rung(self, day: str, lines: int) -> None:
        """A document is in the books, now or before."""

    def unsent(self, entries: int) -> None:
        """So many entries are still on their way to the server."""


class Summary(msgspec.Struct, kw_only=True):
    """What came of a replay. Amounts are exact decimals in major units; `money` is what receipts say."""

    dataset: str
    currency: str
    days: int
    documents: int
    lines: int
    rung_up_documents: int = 0
    rung_up_lines: int = 0
    there_before_documents: int = 0
    seconds: float = 0.0
    lines_per_second: float = 0.0
    doubts: int = 0
    edition: int = 0
    published_days: int = 0
    file_days: int = 0
    exact_amount: str = ""
    money: str = ""
    rounding: str = ""
    rounded_lines: int = 0
    comparisons: list[Comparison] = []
    gate_words: str = ""
    equal: bool = False

    @property
    def gate_answered(self) -> bool:
        """Whether the server's books could be compared."""
        return any(comparison.book == "gate" for comparison in self.comparisons)


class _File:
    """The baskets of the days asked for, as a till can ring them up, and what they come to."""

    def __init__(self, settings: ReplaySettings) -> None:
        self.folder = folder_of(settings.dataset.name, settings.data)
        read = settings.dataset.baskets(self.folder)
        self.baskets = [as_rung(basket) for basket in _first_days(read, settings.days)]
        self.totals = total_days(self.baskets)
        self.references = {reference_of(settings.dataset, basket.document) for basket in self.baskets}
        self.rounded_lines = sum(
            line.amount_e4 % 10_000 != 0 for basket in self.baskets for line in basket.lines
        )
        self.published = find_published(settings.dataset.name, settings.data)
        if settings.days:
            self.published = {day: self.published[day] for day in self.totals if day in self.published}
        self.days = list(dict.fromkeys([*self.totals, *sorted(self.published)]))

    @property
    def documents(self) -> int:
        return sum(getattr(day, kind).documents for day in self.totals.values() for kind in KINDS)

    @property
    def lines(self) -> int:
        return sum(day.lines for day in self.totals.values())


def _first_days(baskets: Iterable[Basket], days: int) -> Iterator[Basket]:
    """The baskets of the first so many trading days; of all for 0."""
    seen: set[str] = set()
    for basket in baskets:
        seen.add(basket.day)
        if days and len(seen) > days:
            return
        yield basket


class Replay:
    """One replay, ready to `run`. Raises FileNotFoundError or ValueError if the data cannot be read."""

    def __init__(self, settings: ReplaySettings, ports: ReplayPorts, watcher: Watcher) -> None:
        self._settings = settings
        self._ports = ports
        self._watcher = watcher
        self._dataset = settings.dataset
        watcher.stage(f"Reading {settings.dataset.name}")
        self._file = _File(settings)
        self._lane = Lane(ports.connect(settings.lane_url), self._new_waiting(), url=settings.lane_url)

    def _new_waiting(self) -> Waiting:
        ports = self._ports
        return Waiting(ports.clock, ports.entropy, ports.wait, patience_s=self._settings.patience_s)

    def run(self) -> Summary:
        """Rings up and compares. Raises ReplayStopped or Fault, in words, if it cannot go on."""
        file, summary = self._file, self._summary()
        about = self._lane.about()
        journal = self._journal(Path(about.journal))
        self._watcher.stage("Reading what the register has already")
        journal.refresh()
        server = self._server(about.gate, Path(about.home), about.store)
        till = Till(self._dataset, self._lane, journal)
        if not self._file.references <= journal.books.seen:
            till.clear()
            summary.edition = self._bring_goods(server)
            till.sign_in(self._settings.staff, self._settings.pin)
        self._ring_up(till, journal, summary)
        summary.doubts = till.doubts
        journal.refresh()
        summary.comparisons.append(self._compare("journal", journal.books.days, journal.books.strange))
        self._account(summary, journal.books)
        self._compare_server(server, journal.books, summary)
        summary.equal = summary.gate_answered and all(each.is_equal for each in summary.comparisons)
        summary.published_days = sum(day in file.published for day in file.days)
        summary.file_days = len(file.days) - summary.published_days
        return summary

    def _summary(self) -> Summary:
        file = self._file
        summary = Summary(
            dataset=self._dataset.name,
            currency=self._dataset.currency,
            days=len(file.totals),
            documents=file.documents,
            lines=file.lines,
            rounded_lines=file.rounded_lines,
            comparisons=[],
        )
        summary.comparisons.append(self._compare("file", file.totals, {}))
        return summary

    def _compare(self, book: str, held: Mapping[str, DayTotal], strange: Mapping[str, str]) -> Comparison:
        file = self._file
        published: Mapping[str, Figures] = file.published
        return compare(
            book,
            self._dataset.name,
            file.days,
            held=held,
            file=file.totals,
            published=published,
            strange=strange,
        )

    def _journal(self, directory: Path) -> JournalBooks:
        if not directory.is_dir():
            raise ReplayStopped(
                f"The register's journal is not on this machine ({directory}). "
                "Start the replay on the machine of the register."
            )
        home = LaneHome(directory.parent)
        second = home.identity().second_medium
        return JournalBooks(
            self._dataset, self._ports.disk, directory, home.witness, Path(second) if second else None
        )

    def _server(self, url: str, home: Path, store: str) -> Server | None:
        """The shop's server; None if nobody knows its address or the office's token."""
        if not url:
            return None
        try:
            token = (home / "gate" / "office.token").read_text().strip()
        except OSError:
            token = ""
        return Server(self._ports.connect(url), store=store, token=token)

    # -- goods ----------------------------------------------------------------------------------------

    def _bring_goods(self, server: Server | None) -> int:
        """On return the register sells by an edition that holds the data set's goods; its version."""
        self._watcher.stage("Bringing the goods in")
        change = change_for(self._dataset, self._file.folder)
        version = 0
        waiting = self._new_waiting()
        while server is not None and not version:
            try:
                newest, draft = server.newest()
                version = newest if is_in(draft, change) else server.publish(change)
            except Lost as lost:
                if self._lane.sells(self._dataset):
                    break
                if not waiting.again():
                    raise ReplayStopped(
                        f"The shop's server does not answer ({lost}), and the register does not know the "
                        "goods yet. Start the server, then start the replay again."
                    ) from lost
        if not version and not self._lane.sells(self._dataset):
            raise ReplayStopped(
                "This register names no server that could bring it the goods. Start it with `evertill up`."
            )
        return self._wait_for_edition(version)

    def _wait_for_edition(self, version: int) -> int:
        self._watcher.stage("Waiting until the register has the goods")
        waiting = self._new_waiting()
        while (edition := self._lane.view().edition) < version:
            if not waiting.again():
                raise ReplayStopped(
                    f"The register does not take up edition {version}. Look at its status line; "
                    "a basket in hand, or a register without its server, waits."
                )
        return edition

    # -- ringing up -----------------------------------------------------------------------------------

    def _ring_up(self, till: Till, journal: JournalBooks, summary: Summary) -> None:
        self._watcher.stage("Ringing up")
        self._watcher.begin(summary.days, summary.documents, summary.lines)
        pace = Pace(self._settings.speed, self._ports.clock, self._ports.wait)
        began_ns = self._ports.clock.monotonic_ns()
        for basket in self._file.baskets:
            if journal.is_paid(reference_of(self._dataset, basket.document)):
                summary.there_before_documents += 1
            else:
                pace.wait_for(basket.at)
                till.ring_up(basket)
                summary.rung_up_documents += 1
                summary.rung_up_lines += len(basket.lines)
            self._watcher.rung(basket.day, len(basket.lines))
        summary.seconds = round((self._ports.clock.monotonic_ns() - began_ns) / 1e9, 3)
        if summary.rung_up_lines:
            summary.lines_per_second = round(summary.rung_up_lines / max(summary.seconds, 1e-3), 1)

    # -- comparing ------------------------------------------------------------------------------------

    def _account(self, summary: Summary, books: Books) -> None:
        """Money taken against exact amounts: they differ by the rounding of single lines, nothing else."""
        held = [books.days[day] for day in self._file.totals if day in books.days]
        exact_e4 = sum(getattr(day, kind).amount_e4 for day in held for kind in KINDS)
        money = sum(getattr(day, kind).money_minor for day in held for kind in KINDS)
        summary.exact_amount = decimal(Fraction(exact_e4, MAJOR_E4))
        summary.money = decimal(Fraction(money, 100))
        summary.rounding = decimal(Fraction(money, 100) - Fraction(exact_e4, MAJOR_E4))

    def _compare_server(self, server: Server | None, journal: Books, summary: Summary) -> None:
        if server is None:
            summary.gate_words = "This register names no server, so nothing could be compared with one."
            return
        try:
            if not self._wait_for_server(server, journal.last):
                summary.gate_words = (
                    "The shop's server does not have everything yet. The register sends it by itself; "
                    "start the replay again later: it only compares then."
                )
                return
            self._watcher.stage("Comparing with the server")
            books = Books(self._dataset)
            for day in self._file.days:
                for document in server.documents(self._dataset, day):
                    books.add(document)
        except Lost as lost:
            summary.gate_words = (
                f"The shop's server does not answer ({lost}). The register has everything; "
                "start the replay again later: it only compares then."
            )
            return
        except Fault as fault:
            summary.gate_words = fault.hint
            return
        summary.comparisons.append(self._compare("gate", books.days, books.strange))

    def _wait_for_server(self, server: Server, last: tuple[str, str] | None) -> bool:
        """Whether the server has the last document; a lane's entries come in order, so then it has all."""
        if last is None:
            return True
        self._watcher.stage("Waiting for the server")
        least: int | None = None
        waiting = self._new_waiting()
        while True:
            try:
                found = server.documents(self._dataset, last[0])
            except Lost:
                if not waiting.again():
                    raise
                continue
            if any(document.reference == last[1] for document in found):
                return True
            unsent = self._lane.view().status.unsent
            self._watcher.unsent(unsent)
            if least is None or unsent < least:
                least = unsent
                waiting.begin()
            if not waiting.again():
                return False
