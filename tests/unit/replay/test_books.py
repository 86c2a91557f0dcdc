"""The journal as the books of a replay: durable lines only, one data set's documents, read on and on."""

from __future__ import annotations

from pathlib import Path

import pytest

from evertill.core.fault import Fault
from evertill.journal import Journal, NewEntry
from evertill.replay.books import JournalBooks, Rung, gate_day
from evertill.replay.datasets import DATASETS
from tests.fakes.clock import SimulatedClock
from tests.fakes.disk import SimulatedDisk
from tests.fakes.documents import completed, sale
from tests.fakes.entropy import SeededEntropy

JOURNAL, WITNESS = Path("/lane/journal"), Path("/lane/witness")
AT, DAY = "2026-11-22T09:01:00.000Z", "2026-11-22"


class Register:
    """A register's journal on a disk in memory."""

    def __init__(self) -> None:
        self.disk = SimulatedDisk()
        self.journal = Journal.open(
            self.disk,
            SimulatedClock(),
            SeededEntropy(),
            directory=JOURNAL,
            witness_directory=WITNESS,
            store="S1",
            lane="L1",
            reserve_bytes=0,
        )
        self.sold = 0

    def sell(self, reference: str | None, *lines: tuple[int, int], synced: bool = True) -> None:
        """A sale that happened on 2010-12-01; durable if synced."""
        self.sold += 1
        document = sale(self.sold, list(lines), rate_ppm=0, reference=reference, occurred_on="2010-12-01")
        self.journal.append_many([NewEntry(kind="SaleCompleted", data=completed(document), at=AT, day=DAY)])
        if synced:
            self.journal.sync()

    def books(self, dataset: str = "uci-online-retail") -> JournalBooks:
        return JournalBooks(DATASETS[dataset], self.disk, JOURNAL, WITNESS)


def test_documents_of_the_data_set_are_added_up_and_other_sales_are_not() -> None:
    register = Register()
    register.sell("uci-online-retail/536365", (2_000, 2_550_000), (1_000, 1_000))
    register.sell("uci-online-retail/C1", (-1_000, 2_550_000))
    register.sell("uci-online-retail-of-somebody-else/1", (1_000, 5_000_000))
    register.sell(None, (1_000, 5_000_000))
    books = register.books()
    books.refresh()
    day = books.books.days["2010-12-01"]
    assert (day.sale.documents, day.sale.lines, day.sale.quantity_milli) == (1, 2, 3_000)
    assert (day.sale.amount_e4, day.sale.money_minor) == (5_101_000, 510)
    assert (day.cancellation.documents, day.cancellation.amount_e4) == (1, -2_550_000)
    assert books.books.last == ("2010-12-01", "uci-online-retail/C1")
    assert books.books.strange == {}


def test_a_sale_that_is_not_durable_yet_is_not_paid() -> None:
    register = Register()
    register.sell("uci-online-retail/1", (1_000, 10_000))
    register.sell("uci-online-retail/2", (1_000, 10_000), synced=False)
    books = register.books()
    books.refresh()
    assert books.is_paid("uci-online-retail/1")
    assert not books.is_paid("uci-online-retail/2")
    register.journal.sync()
    assert not books.is_paid("uci-online-retail/2"), "known only once it was read"
    books.refresh()
    assert books.is_paid("uci-online-retail/2")


def test_reading_on_counts_nothing_twice() -> None:
    register = Register()
    books = register.books()
    books.refresh()
    for number in range(5):
        register.sell(f"uci-online-retail/{number}", (1_000, 10_000))
        books.refresh()
        books.refresh()
    assert books.books.days["2010-12-01"].sale.documents == 5
    assert books.books.strange == {}
    afresh = register.books()
    afresh.refresh()
    assert afresh.books.days == books.books.days
    assert afresh.entries == books.entries


def test_line_totals_count_where_only_line_totals_are_published() -> None:
    register = Register()
    register.sell("tafeng-grocery/7", (3_000, 866_667))
    books = register.books("tafeng-grocery")
    books.refresh()
    day = books.books.days["2010-12-01"]
    assert (day.sale.amount_e4, day.sale.money_minor) == (2_600_000 // 10_000 * 10_000, 260)
    assert books.books.strange == {}


def test_the_servers_documents_are_read_with_their_exact_sums() -> None:
    told = (
        b'{"totals":{},"documents":[{"reference":"uci-online-retail/1","lines":2,"quantity_milli":3000,'
        b'"exact":"92233720368547758080","amount_minor":5,"gross_minor":6}]}'
    )
    assert list(gate_day("2010-12-01", told)) == [
        Rung(
            reference="uci-online-retail/1",
            day="2010-12-01",
            lines=2,
            quantity_milli=3000,
            exact=92_233_720_368_547_758_080,
            amount_minor=5,
            money_minor=6,
        )
    ]


@pytest.mark.parametrize("told", [b"", b"{}", b"<html>", b'{"documents":[{"reference":"x"}]}'])
def test_a_report_that_cannot_be_read_is_a_fault_with_a_hint(told: bytes) -> None:
    with pytest.raises(Fault, match="same release"):
        list(gate_day("2010-12-01", told))
