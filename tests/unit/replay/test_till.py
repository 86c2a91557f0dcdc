"""A replay at a register whose answers get lost and which dies: every document is there exactly once."""

from __future__ import annotations

from collections import Counter as Tally
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evertill.core import intent as i
from evertill.replay.connection import Lost, Reply
from evertill.replay.datasets import DATASETS, Basket
from evertill.replay.till import Lane, ReplayStopped, Till, Waiting
from tests.fakes.clock import SimulatedClock
from tests.fakes.entropy import SeededEntropy
from tests.unit.replay.replay_register import ReplayRegister, counter_for, piece

UCI = DATASETS["uci-online-retail"]
AT = "2010-12-01T08:26:00"
BASKETS = [
    Basket("1", "sale", AT, (piece("a", 1, 10_000), piece("b", 2, 20_000), piece("a", 1, 10_000))),
    Basket("C2", "cancellation", AT, (piece("b", -2, 20_000),)),
    Basket("3", "sale", AT, (piece("c", 5, 30_000), piece("c", 5, 30_000))),
    Basket("4", "sale", AT, (piece("a", 1, 0),)),
]
fates = st.lists(st.sampled_from(["ok", "unheard", "unanswered", "late", "later", 0, 1, 2, 3, 4]), max_size=8)


class Hours:
    """A clock that moves by what is waited."""

    def __init__(self) -> None:
        self.clock = SimulatedClock()
        self.waited_s: list[float] = []

    def wait(self, seconds: float) -> None:
        self.waited_s.append(seconds)
        self.clock.pass_by(timedelta(seconds=seconds))

    def waiting(self, patience_s: float = 60) -> Waiting:
        return Waiting(self.clock, SeededEntropy(), self.wait, patience_s=patience_s)


def open_register(plan: list[str | int] | None = None) -> ReplayRegister:
    return ReplayRegister(counter_for(UCI, BASKETS).open("9", EUR=0), plan or [])


def till_at(register: ReplayRegister, hours: Hours | None = None) -> Till:
    lane = Lane(register, (hours or Hours()).waiting(), url="http://127.0.0.1:1")
    return Till(UCI, lane, register)


def test_baskets_are_rung_up_in_one_question_each() -> None:
    register = open_register()
    till = till_at(register)
    for basket in BASKETS:
        till.ring_up(basket)
    assert register.asked == len(BASKETS)
    assert [document.reference for document in register.documents()] == [
        f"uci-online-retail/{basket.document}" for basket in BASKETS
    ]


@given(fates)
def test_lost_answers_and_a_dying_register_lose_no_document_and_double_none(plan: list[str | int]) -> None:
    register = open_register(plan)
    till = till_at(register)
    for basket in BASKETS:
        till.ring_up(basket)
    there = Tally(document.reference for document in register.documents())
    assert there == Tally(f"uci-online-retail/{basket.document}" for basket in BASKETS)
    for document, basket in zip(register.documents(), BASKETS, strict=True):
        assert [(line.sku, line.quantity_milli, line.unit_price_e4) for line in document.lines] == [
            (f"uci-online-retail/{line.code}", line.quantity_milli, line.unit_price_e4)
            for line in basket.lines
        ]
    assert register.counter.state.sale is None


@pytest.mark.parametrize("fate", ["late", "later"])
def test_a_question_given_up_that_arrives_after_all_sells_nothing_twice(fate: str) -> None:
    register = open_register([fate])
    till = till_at(register)
    for basket in BASKETS:
        till.ring_up(basket)
    there = Tally(document.reference for document in register.documents())
    assert there == Tally(f"uci-online-retail/{basket.document}" for basket in BASKETS)
    assert till.doubts >= 2, "the doubled basket was found in hand, and given up"


@given(fates, st.integers(0, 3))
def test_a_replay_that_was_killed_goes_on_where_it_stopped(plan: list[str | int], killed_at: int) -> None:
    register = open_register()
    first = till_at(register)
    for basket in BASKETS[:killed_at]:
        first.ring_up(basket)
    register.counter.do(i.StartSale(currency="GBP", reference=f"uci-online-retail/{BASKETS[3].document}"))
    register.counter.do(i.Scan(code="x", sku="uci-online-retail/a", unit_price_e4=77, merge=False))
    second = till_at(ReplayRegister(register.counter, plan))
    second.clear()
    register.refresh()
    for basket in BASKETS:
        if not register.is_paid(f"uci-online-retail/{basket.document}"):
            second.ring_up(basket)
    there = Tally(document.reference for document in register.documents())
    assert there == Tally(f"uci-online-retail/{basket.document}" for basket in BASKETS)


def test_another_customers_basket_is_not_touched() -> None:
    register = open_register()
    register.counter.do(i.StartSale(currency="GBP"))
    register.counter.do(i.Scan(code="a", sku="uci-online-retail/a", unit_price_e4=77))
    with pytest.raises(ReplayStopped, match="Somebody else's basket"):
        till_at(register).ring_up(BASKETS[0])
    assert register.counter.state.sale is not None
    assert register.documents() == []


def test_goods_that_the_register_does_not_know_end_the_replay_in_its_words() -> None:
    register = open_register()
    unknown = Basket("9", "sale", AT, (piece("a", 1, 10_000), piece("nothing", 1, 10_000)))
    with pytest.raises(ReplayStopped, match="not in the catalogue"):
        till_at(register).ring_up(unknown)
    assert register.counter.state.sale is None, "the basket that was begun is given up"
    assert register.documents() == []


def test_nobody_signed_in_and_no_shift_are_seen_to_once() -> None:
    register = ReplayRegister(counter_for(UCI, BASKETS), ["unanswered", "unheard", "unanswered"])
    till = till_at(register)
    till.sign_in("9", "9999")
    till.sign_in("9", "9999")
    state = register.counter.state
    assert state.staff is not None and state.staff.staff == "9"
    assert state.shift is not None and state.shift.number == 1


def test_a_register_that_locked_itself_is_unlocked_and_the_replay_goes_on() -> None:
    register = open_register()
    till = till_at(register)
    for basket in BASKETS:
        register.counter.do(i.LockLane())
        if basket is BASKETS[0]:
            till.sign_in("9", "9999")
        till.ring_up(basket)
    assert not register.counter.state.locked
    assert len(register.counter.documents) == len(BASKETS)


def test_somebody_who_may_not_sell_at_other_prices_ends_the_replay() -> None:
    register = ReplayRegister(counter_for(UCI, BASKETS).open("1", EUR=0))
    with pytest.raises(ReplayStopped, match="colleague's approval"):
        till_at(register).ring_up(BASKETS[0])
    assert register.documents() == []


class Gone:
    """A register that is switched off."""

    def ask(self, *_: object) -> Reply:
        raise Lost("refused")


def test_a_register_that_stays_away_is_waited_for_with_growing_patience_and_then_no_longer() -> None:
    hours = Hours()
    with pytest.raises(ReplayStopped, match="goes on where it stopped"):
        Lane(Gone(), hours.waiting(patience_s=30), url="http://127.0.0.1:1").view()
    assert 30 <= sum(hours.waited_s) <= 34.1
    assert hours.waited_s[0] <= 0.1
    assert max(hours.waited_s) <= 4


def test_something_else_at_the_address_is_not_taken_for_a_register() -> None:
    class Elsewhere:
        def ask(self, *_: object) -> Reply:
            return Reply(404, b"<html>")

    with pytest.raises(ReplayStopped, match="not a register"):
        Lane(Elsewhere(), Hours().waiting(), url="http://127.0.0.1:1").about()
