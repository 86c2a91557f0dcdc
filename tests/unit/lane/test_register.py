"""The register around its agent: PINs, paper, second clicks, what the screens are told."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import apsw
import msgspec

from evertill.lane.books import Books
from evertill.lane.register import IDLE_TICKS
from tests.unit.lane.register_world import Counter, at_the_counter


@at_the_counter
async def test_a_second_click_prints_no_second_paper_and_opens_no_drawer(counter: Counter) -> None:
    await counter.open()
    await counter.do("Scan", code="tea")
    opened = counter.printing.drawer_openings
    first = await counter.do("TakeTender", tender="cash", request="click")
    again = await counter.do("TakeTender", tender="cash", request="click")
    assert again["done"] == first["done"]
    assert counter.printing.printed == [(first["done"]["receipt"], 0)]
    assert counter.printing.drawer_openings == opened + 1


@at_the_counter
async def test_closing_the_day_twice_prints_one_report_and_tells_it_twice(counter: Counter) -> None:
    await counter.open()
    first = await counter.do("CloseShift", counts={"EUR": {"100": 100}}, request="z")
    again = await counter.do("CloseShift", counts={"EUR": {"100": 100}}, request="z")
    assert again["done"] == first["done"]
    assert counter.printing.reports == 1


@at_the_counter
async def test_a_hundred_guesses_at_once_meet_the_same_lock_as_a_hundred_in_a_row(counter: Counter) -> None:
    guesses = [counter.ask("SignIn", staff="1", pin=f"{guess:04}") for guess in range(100)]
    refusals = [answer["refusal"]["code"] for answer in await asyncio.gather(*guesses)]
    assert refusals.count("wrong_pin") <= 3
    assert refusals.count("pin_locked") >= 97
    assert counter.lane.agent.state.pin_failures == {"1": 3}
    assert (await counter.ask("SignIn", staff="1", pin="1111"))["refusal"]["code"] == "pin_locked"
    counter.lane.clock.pass_by(timedelta(seconds=61))
    await counter.do("SignIn", staff="1", pin="1111")


@at_the_counter
async def test_a_lent_permission_needs_the_colleagues_own_pin_and_right(counter: Counter) -> None:
    await counter.open()
    await counter.do("Scan", code="tea")
    seq = counter.seq
    for approval, code in (
        (None, "approval_needed"),
        ({"staff": "2", "pin": "2222"}, "approver_not_allowed"),
        ({"staff": "nobody", "pin": "9999"}, "wrong_pin"),
    ):
        answer = await counter.ask("VoidLine", line_no=1, approval=approval)
        assert answer["refusal"]["code"] == code
        assert counter.seq == seq
        assert len(answer["state"]["sale"]["lines"]) == 1
    assert (await counter.ask("VoidLine", line_no=1, approval={"staff": "9", "pin": "1"}))["refusal"][
        "code"
    ] == "wrong_pin"
    assert counter.lane.agent.state.pin_failures == {"9": 1}, "a wrong PIN is in the books, and nothing else"
    answer = await counter.do("VoidLine", line_no=1, approval={"staff": "9", "pin": "9999"})
    assert answer["state"]["sale"]["lines"][0]["voided"]
    assert counter.lane.agent.state.staff is not None
    assert counter.lane.agent.state.staff.staff == "1", "lent for one intent, not signed in"


@at_the_counter
async def test_no_pin_is_ever_written_down(counter: Counter) -> None:
    await counter.open()
    await counter.ask("SignIn", staff="1", pin="7777-wrong")
    await counter.ask("Scan", code="tea", quantity_milli=-1000, approval={"staff": "9", "pin": "9999"})
    written = b"".join(counter.lane.disk.content(path) for path in counter.lane.disk.files())
    assert b"7777-wrong" not in written
    assert b'"pin"' not in written
    assert b"9999" not in written


@at_the_counter
async def test_refusals_are_said_in_the_cashiers_language(counter: Counter) -> None:
    await counter.open("2")
    refusal = (await counter.ask("Scan", code="5901234123457"))["refusal"]
    assert refusal["text"].startswith("Code {code} is not in the catalogue.")
    assert "5901234123457" in refusal["words"]
    assert not refusal["words"].isascii()


@at_the_counter
async def test_a_list_of_intents_stops_at_the_first_refusal_and_says_where(counter: Counter) -> None:
    await counter.open()
    scans = [{"type": "Scan", "code": code} for code in ("tea", "nothing", "milk")]
    answer = await counter.client.post("/api/v1/intents", json=scans)
    assert answer.status_code == 409
    assert answer.json()["done_count"] == 1
    assert [line["sku"] for line in answer.json()["state"]["sale"]["lines"]] == ["tea"]


@at_the_counter
async def test_every_screen_hears_of_a_change_even_if_somebody_looked_first(counter: Counter) -> None:
    """An edition that is adopted while another client reads the state must still reach the screens."""
    changed = counter.register.changed
    counter.lane.agent.revision += 1
    counter.register.view_bytes()
    counter.register.tell()
    assert changed.is_set()


@at_the_counter
async def test_a_clock_that_is_set_back_is_said_on_the_screen_and_sales_go_on(counter: Counter) -> None:
    await counter.open()
    counter.lane.clock.set_to(counter.lane.clock.now() - timedelta(days=1))
    counter.register.care()
    status = msgspec.json.decode(counter.register.view_bytes())["status"]
    assert [message["code"] for message in status["messages"]] == ["clock_behind"]
    assert status["clock"]["state"] == "behind"
    await counter.do("Scan", code="tea")
    await counter.do("TakeTender", tender="cash")


@at_the_counter
async def test_a_failed_disk_is_trouble_on_the_screen(counter: Counter) -> None:
    await counter.open()
    await counter.do("Scan", code="tea")
    counter.lane.disk.fail("sync", ".journal", times=1)
    answer = await counter.client.post("/api/v1/intents/TakeTender", json={"tender": "cash"})
    assert answer.status_code == 503
    assert answer.json()["refusal"]["code"] == "journal_medium_failed"
    assert answer.json()["refusal"]["words"]
    assert counter.printing.printed == []
    counter.register.care()
    view = msgspec.json.decode(counter.register.view_bytes())
    assert view["status"]["face"] == "trouble"
    assert view["status"]["journal"]["state"] == "failed"
    assert view["sale"]["lines"]


@at_the_counter
async def test_damaged_tables_end_the_register_so_that_the_next_start_makes_them_anew(
    counter: Counter,
) -> None:
    await counter.open()
    counter.lane.agent.books = DamagedBooks()
    answer = await counter.client.get("/api/v1/receipts")
    assert answer.status_code == 503
    assert "being made again" in answer.json()["refusal"]["words"]
    assert counter.register.must_start_again
    await counter.register.look_after()


@at_the_counter
async def test_tables_that_cannot_be_written_stop_neither_sales_nor_the_care(counter: Counter) -> None:
    await counter.open()
    counter.lane.agent.books = FullBooks()
    await counter.do("Scan", code="tea")
    await counter.do("TakeTender", tender="cash")
    for _ in range(IDLE_TICKS + 2):
        counter.register.care()
    status = msgspec.json.decode(counter.register.view_bytes())["status"]
    assert status["journal"]["code"] == "books_unwritten"
    await counter.do("Scan", code="tea")


class DamagedBooks(Books):
    """lane.db with garbage in its pages."""

    def __init__(self) -> None:
        super().__init__(Path(":memory:"), lambda _: b"")
        self._connection.close()
        self._connection = Broken(apsw.CorruptError("malformed"))  # type: ignore[assignment]


class FullBooks(Books):
    """lane.db on a full disk."""

    def __init__(self) -> None:
        super().__init__(Path(":memory:"), lambda _: b"")
        self._connection.close()
        self._connection = Broken(apsw.FullError("full"))  # type: ignore[assignment]


class Broken:
    """A connection that has only one thing to say."""

    def __init__(self, error: apsw.Error) -> None:
        self._error = error

    def execute(self, *_: object) -> None:
        raise self._error

    def __enter__(self) -> None:
        raise self._error

    def __exit__(self, *_: object) -> None:
        """Nothing was entered."""

    def close(self) -> None:
        """Nothing to let go of."""
