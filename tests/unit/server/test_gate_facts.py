"""The embedded fact store: keeps the contract, and its reports equal what the documents add up to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evertill.core.fault import Fault
from evertill.host.clock import HostClock
from evertill.host.disk import HostDisk
from evertill.keeper.acceptance import Keeper
from evertill.server.facts import SqliteFacts, check_sqlite
from evertill.server.recount import recount_day
from evertill.server.reports import EXACT_SCALE, day_documents, day_report, day_totals, reading, stores_in
from evertill.server.writer import FactWriter
from evertill.wire.signature import SigningKey, is_signed
from tests.contract.facts_contract import FactStoreContract
from tests.fakes.clock import SimulatedClock
from tests.fakes.disk import SimulatedDisk
from tests.fakes.documents import completed, sale
from tests.fakes.facts import MemoryFacts
from tests.fakes.journal_lines import Chain

KEY = SigningKey(b"lane key of L1 " + bytes(17))
DAY = "2026-11-22"


class TestSqliteFacts(FactStoreContract):
    @pytest.fixture
    def facts(self) -> Iterator[SqliteFacts]:
        facts = SqliteFacts(SimulatedDisk(), SimulatedClock(), Path(":memory:"))
        facts.enrol("S1", "L1", self.KEY)
        yield facts
        facts.close()


class Books:
    """A keeper on a real file, fed with chains."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.facts = SqliteFacts(HostDisk(), HostClock(), path)
        self.facts.enrol("S1", "L1", KEY.public_key)
        self.keeper = Keeper(server_epoch="5" * 32, verify=is_signed)

    def send(self, chain: Chain, first: int = 1, last: int | None = None) -> None:
        with self.facts.transaction() as tx:
            answer = self.keeper.receive(tx, chain.batch(first, last or len(chain.lines), KEY))
        assert answer.held, answer

    def rows(self, question: str) -> list[tuple[object, ...]]:
        with reading(self.path) as reader:
            return reader.execute(question).fetchall()


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    books = Books(tmp_path / "facts.db")
    yield books
    books.facts.close()


sales = st.builds(
    sale,
    st.integers(1, 10**6),
    st.lists(
        st.tuples(st.integers(-9_000, 99_000).filter(bool), st.integers(0, 10**9)), min_size=1, max_size=5
    ),
    currency=st.sampled_from(["EUR", "CNY", "JPY"]),
    rate_ppm=st.sampled_from([0, 70_000, 190_000]),
    tender=st.sampled_from(["cash", "card"]),
    unit=st.sampled_from(["each", "kg"]),
    reference=st.sampled_from([None, "uci/1", "uci/C2", "other/3", "plain"]),
    occurred_on=st.sampled_from([None, "2010-12-03"]),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(sales, max_size=12), st.integers(0, 3))
def test_a_report_equals_what_the_documents_add_up_to(tmp_path_factory, made, voided: int) -> None:  # type: ignore[no-untyped-def]
    books = Books(tmp_path_factory.mktemp("books") / "facts.db")
    chain = Chain("one").sell(voided)
    for number, document in enumerate(made):
        unique = sale(number, [(1000, 100)])  # numbers of sales differ; the rest is as it was made up

        chain.add("SaleCompleted", completed(msgspec.structs.replace(document, sale=unique.sale)))
    books.send(chain)
    with reading(books.path) as reader:
        report = day_report(reader, "S1", DAY, by_source=True)
        assert report.currencies == recount_day(reader, "S1", DAY)
        assert sum(part.sales for part in report.currencies) == len(made)
        assert report.sources is not None
        split = [part for parts in report.sources.values() for part in parts]
        for field in ("sales", "lines", "gross_minor", "tax_minor", "quantity_milli", "returned_minor"):
            whole = sum(getattr(part, field) for part in report.currencies)
            assert whole == sum(getattr(part, field) for part in split)
        for part in report.currencies:
            assert part.gross_minor == part.net_minor + part.tax_minor
            assert part.gross_minor == sum(tender.amount_minor for tender in part.tenders)
            assert part.tax_minor == sum(tax.tax_minor for tax in part.taxes)
        wanted = [d for d in made if (d.reference or "").startswith("uci/") and d.occurred_on == "2010-12-03"]
        totals = day_totals(reader, "S1", source="uci", day="2010-12-03")
        assert totals.lines == sum(len(document.lines) for document in wanted)
        assert totals.documents == len({document.reference for document in wanted})
        assert totals.exact == sum(
            line.quantity_milli * line.unit_price_e4 for document in wanted for line in document.lines
        )
        only_c = day_totals(
            reader, "S1", source="uci", day="2010-12-03", wanted=lambda number: number.startswith("C")
        )
        assert only_c.documents <= 1
    books.facts.close()


def test_two_sales_of_a_day_are_added_up_to_the_cent(books: Books) -> None:
    chain = Chain("one")
    chain.add("SaleCompleted", completed(sale(1, [(2000, 1_190_000), (-1000, 500_000)])))
    chain.add("SaleCompleted", completed(sale(2, [(328, 19_900_000)], unit="kg", tender="card")))
    chain.add("SaleVoided", b'{"sale":"x","staff":"ann","total_minor":777,"currency":"EUR","lines":3}')
    chain.add("SaleCompleted", completed(sale(3, [(1000, 1_000_000)], day="2026-11-23")), day="2026-11-23")
    books.send(chain)
    with reading(books.path) as reader:
        (euros,) = day_report(reader, "S1", DAY).currencies
        assert stores_in(reader) == ["S1"]
    assert (euros.sales, euros.lines, euros.quantity_milli, euros.weight_g) == (2, 3, 1328, 328)
    assert euros.gross_minor == 238 - 50 + 653
    assert (euros.returned_lines, euros.returned_minor) == (1, -50)
    assert (euros.sales_voided, euros.voided_minor) == (1, 777)
    assert [(t.tender, t.count, t.amount_minor) for t in euros.tenders] == [
        ("card", 1, 653),
        ("cash", 1, 188),
    ]
    assert euros.taxes[0].rate_ppm == 190_000


def test_replayed_documents_are_totalled_without_rounding(books: Books) -> None:
    chain = Chain("one")
    for number, (reference, lines) in enumerate(
        [
            ("uci/536365", [(3000, 1_000), (1000, 333)]),
            ("uci/536365", [(1000, 1_111)]),
            ("uci/C536379", [(-1000, 27_500_000)]),
            ("other/1", [(1000, 5)]),
        ],
        start=1,
    ):
        document = sale(number, lines, reference=reference, occurred_on="2010-12-03", currency="GBP")
        chain.add("SaleCompleted", completed(document))
    books.send(chain)
    with reading(books.path) as reader:
        totals = day_totals(reader, "S1", source="uci", day="2010-12-03")
        sold = day_totals(
            reader, "S1", source="uci", day="2010-12-03", wanted=lambda number: number[0] not in "CA"
        )
        assert day_documents(reader, "S1", source="uci", day="2010-12-04") == []
    assert (totals.documents, totals.lines, totals.largest_document_lines) == (2, 4, 3)
    assert totals.exact == 3_000_000 + 333_000 + 1_111_000 - 27_500_000_000
    assert (sold.documents, sold.lines, sold.quantity_milli) == (1, 3, 5000)
    assert sold.exact * 10 == 44_440_000 and EXACT_SCALE == 10_000_000


@pytest.mark.parametrize("amount", [2**62, 2**63, 2**70, -(10**16)])
def test_a_sale_beyond_all_bounds_is_set_aside_and_blocks_nothing(books: Books, amount: int) -> None:

    absurd = msgspec.structs.replace(sale(1, [(1000, 1_000_000)]), total_minor=amount)
    chain = Chain("one").add("SaleCompleted", completed(absurd))
    chain.add("SaleCompleted", completed(sale(2, [(1000, 1_000_000)])))
    books.send(chain)
    with reading(books.path) as reader:
        report = day_report(reader, "S1", DAY)
    assert report.currencies[0].sales == 1
    assert report.set_aside == 1
    assert [row[0] for row in books.rows("select what from notes")] == ["set_aside"]


def test_a_sale_of_another_lane_in_this_lanes_journal_is_set_aside(books: Books) -> None:
    chain = Chain("one").add("SaleCompleted", completed(sale(1, [(1000, 1_000_000)], lane="L2")))
    books.send(chain)
    assert books.rows("select flag from entries where flag <> ''") == [("other_lane",)]


def test_one_sale_completed_twice_in_one_history_counts_once(books: Books) -> None:
    document = completed(sale(1, [(1000, 1_000_000)]))
    books.send(Chain("one").add("SaleCompleted", document).add("SaleCompleted", document))
    with reading(books.path) as reader:
        report = day_report(reader, "S1", DAY)
    assert (report.currencies[0].sales, report.set_aside) == (1, 1)


def test_sales_of_two_machines_with_one_number_are_two_sales_and_noted(books: Books) -> None:
    chain = Chain("one").sell(1)
    copy = chain.clone(2)
    chain.add("SaleCompleted", completed(sale(1, [(1000, 1_000_000)])))
    copy.add("SaleCompleted", completed(sale(1, [(1000, 2_000_000)])))
    books.send(chain)
    books.send(copy)
    with reading(books.path) as reader:
        (euros,) = day_report(reader, "S1", DAY).currencies
    assert (euros.sales, euros.gross_minor) == (2, 300)
    assert [row[0] for row in books.rows("select what from notes")] == ["fork", "sale_number_twice"]


def test_what_is_held_aside_is_not_in_the_report_until_it_is_released(books: Books) -> None:
    books.send(Chain("one").add("SaleCompleted", completed(sale(1, [(1000, 1_000_000)]))))
    anew = Chain("anew").add("SaleCompleted", completed(sale(2, [(1000, 2_000_000)])))
    books.send(anew)
    with reading(books.path) as reader:
        report = day_report(reader, "S1", DAY)
    assert (report.currencies[0].gross_minor, report.held_aside) == (100, 1)
    with books.facts.transaction() as tx:
        assert books.keeper.release(tx, "S1", "L1", anew.epoch)
    with reading(books.path) as reader:
        report = day_report(reader, "S1", DAY)
        assert report.currencies == recount_day(reader, "S1", DAY)
    assert (report.currencies[0].gross_minor, report.held_aside) == (300, 0)


def test_bodies_are_kept_byte_for_byte(books: Books) -> None:
    chain = Chain("one").add("SoldOnMars", b'{"a":"\xc3\xa9 \\u4e2d","b":1e5}')
    books.send(chain)
    rows = books.rows("select body from entries order by seq")
    assert [row[0] for row in rows] == [line[130:-1] for line in chain.lines]


def test_every_commit_is_synced(books: Books) -> None:
    connection = books.facts._connection
    assert connection.execute("pragma journal_mode").get == "wal"
    assert connection.execute("pragma synchronous").get == 2, "FULL: a commit survives a power cut"


def test_nothing_is_given_out_of_a_commit_that_failed() -> None:
    facts = MemoryFacts()
    facts.enrol("S1", "L1", KEY.public_key)
    keeper = Keeper(server_epoch="5" * 32, verify=is_signed)
    writer = FactWriter(facts)
    batch = Chain("one").sell(3).batch(1, 4, KEY)
    facts.commits_refused = 1
    with pytest.raises(Fault, match="facts_failed"):
        writer.submit(lambda tx: keeper.receive(tx, batch)).result(20)
    assert not facts.entries
    assert writer.submit(lambda tx: keeper.receive(tx, batch)).result(20).held
    assert writer.commits == 1
    writer.close()
    assert not writer.alive


def test_only_one_process_writes_the_facts(books: Books) -> None:
    with pytest.raises(Fault, match="facts_in_use"):
        SqliteFacts(HostDisk(), HostClock(), books.path)


def test_facts_of_a_newer_release_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "facts.db"
    facts = SqliteFacts(HostDisk(), HostClock(), path)
    facts._connection.execute("pragma user_version = 99")
    facts.close()
    with pytest.raises(Fault, match="facts_unknown_format"):
        SqliteFacts(HostDisk(), HostClock(), path)


def test_a_report_without_any_facts_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="facts_missing"), reading(tmp_path / "facts.db"):
        pass


def test_a_file_that_is_no_database_is_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "facts.db"
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(Fault, match="facts_failed"):
        SqliteFacts(HostDisk(), HostClock(), path)
    with pytest.raises(Fault, match="facts_unreadable"), reading(path) as reader:
        stores_in(reader)


@pytest.mark.parametrize("version", ["3.40.1", "3.51.2", "3.7.0"])
def test_an_old_sqlite_is_refused(version: str) -> None:
    with pytest.raises(Fault, match="sqlite_too_old"):
        check_sqlite(version)


def test_a_sqlite_without_the_race_is_taken() -> None:
    check_sqlite("3.51.3")
    check_sqlite("3.54.1")
