"""Locking, taking a basket over, languages, messages from the shop, tare, the last article once more."""

from __future__ import annotations

import msgspec
import pytest

from evertill.core import entry as e
from evertill.core import intent as i
from evertill.core.refusal import Refusal
from evertill.core.shop import ShopMessage
from tests.fakes.shop import EURO, Counter, product

APPLES = product("apples", 299, unit="kg", tare_g=12)
GOODS = (
    product("tea", 199),
    product("milk", 119),
    product("sundries", open_price=True),
    product("label-apples", 299, unit="kg", codes=("00302",)),
    APPLES,
)
TOLD = ShopMessage(id="fruit", names={"en": "Fruit is half price.", "zh": "水果半价。"})


@pytest.fixture
def counter() -> Counter:
    shop = Counter(goods=GOODS)
    shop.settings = msgspec.structs.replace(shop.settings, messages=(TOLD,))
    shop.__post_init__()
    return shop.open()


def test_a_locked_register_does_nothing_but_sign_in_and_keeps_the_basket(counter: Counter) -> None:
    counter.scan("tea")
    counter.do(i.LockLane())
    for intent in (i.Scan(code="milk"), i.TakeTender(tender="cash"), i.SignOut(), i.ParkSale(), i.LockLane()):
        assert counter.refused(intent) == "locked"
    counter.do(i.SignIn(staff="1", pin=""))
    assert not counter.state.locked
    assert [line.line.sku for line in counter.priced().lines] == ["tea"]
    assert not any(isinstance(entry, e.SaleTakenOver) for entry in counter.written)


def test_whoever_unlocks_goes_on_with_the_basket_and_the_books_say_so(counter: Counter) -> None:
    counter.scan("tea")
    counter.do(i.LockLane(), i.SignIn(staff="9", pin=""))
    assert counter.written[-3:] == [
        e.StaffSignedOut(staff="1", why="switched"),
        e.StaffSignedIn(staff="9", name="Manager", role="manager", locale="en"),
        e.SaleTakenOver(sale=counter.state.sale.id, staff="9", before="1"),  # type: ignore[union-attr]
    ]
    assert counter.pay().staff == "9"


def test_a_language_is_chosen_at_once_and_remembered_for_that_person_only(counter: Counter) -> None:
    counter.do(i.ChooseLanguage(locale="zh"))
    assert counter.state.staff is not None and counter.state.staff.locale == "zh"
    counter.do(i.SignIn(staff="9", pin=""))
    assert counter.state.staff.locale == "en"
    counter.do(i.SignIn(staff="1", pin=""))
    assert counter.state.staff.locale == "zh"
    assert counter.refused(i.ChooseLanguage(locale="fr")) == "unknown_language"
    written = len(counter.written)
    counter.do(i.ChooseLanguage(locale="zh"))
    assert len(counter.written) == written, "asking for what is so writes nothing"


def test_a_message_that_was_read_is_gone_for_that_person_and_day(counter: Counter) -> None:
    counter.do(i.AcknowledgeMessage(message="fruit"), i.AcknowledgeMessage(message="fruit"))
    assert counter.state.read == {"1": ("fruit",)}
    assert sum(isinstance(entry, e.MessageAcknowledged) for entry in counter.written) == 1
    assert counter.refused(i.AcknowledgeMessage(message="gone")) == "unknown_message"
    counter.at = counter.at.replace(day=3)
    counter.do(i.AcknowledgeMessage(message="fruit"))
    assert counter.state.read_day == "2026-11-03"


def test_tare_is_taken_off_a_weight_that_was_entered(counter: Counter) -> None:
    counter.do(i.Scan(code="apples", quantity_milli=512, tare_g=12))
    line = counter.priced().lines[0].line
    assert (line.quantity_milli, line.tare_g, line.amount_minor) == (500, 12, 150)
    document = counter.pay()
    assert document.lines[0].tare_g == 12


def test_tare_of_goods_that_come_back_makes_the_return_smaller(counter: Counter) -> None:
    counter.do(i.Scan(code="apples", quantity_milli=-512, tare_g=12), approver="9")
    assert counter.priced().lines[0].line.quantity_milli == -500


@pytest.mark.parametrize(
    ("scan", "code"),
    [
        (i.Scan(code="apples", quantity_milli=12, tare_g=12), "tare_over_weight"),
        (i.Scan(code="apples", quantity_milli=512, tare_g=-1), "tare_over_weight"),
        (i.Scan(code="tea", quantity_milli=1000, tare_g=5), "tare_not_here"),
        (i.Scan(code="tea", tare_g=5), "tare_not_here"),
        (i.Scan(code="2100302005005", tare_g=5), "tare_not_here"),
        (i.Scan(code="apples", tare_g=5), "quantity_needed"),
    ],
)
def test_tare_that_makes_no_sense_is_refused(counter: Counter, scan: i.Scan, code: str) -> None:
    assert counter.refused(scan) == code


def test_who_asks_for_a_weight_offers_the_usual_tare(counter: Counter) -> None:
    refusal = counter.ask(i.Scan(code="apples"))
    assert isinstance(refusal, Refusal)
    assert refusal.params["tare_g"] == 12


def test_the_last_article_once_more(counter: Counter) -> None:
    assert counter.refused(i.RepeatLast()) == "no_sale"
    counter.scan("milk", "tea")
    counter.do(i.RepeatLast(), i.RepeatLast(quantity_milli=3000))
    lines = [(line.line.sku, line.line.quantity_milli) for line in counter.priced().lines]
    assert lines == [("milk", 1000), ("tea", 5000)]


def test_an_open_price_is_repeated_and_a_weight_is_asked_for_again(counter: Counter) -> None:
    counter.do(i.Scan(code="sundries", unit_price_e4=3 * EURO), i.RepeatLast())
    assert counter.priced().gross_minor == 600
    counter.do(i.Scan(code="apples", quantity_milli=500))
    assert counter.refused(i.RepeatLast()) == "quantity_needed"
    counter.do(i.RepeatLast(quantity_milli=250))
    assert counter.priced().lines[-1].line.quantity_milli == 250


def test_a_voided_article_is_not_repeated(counter: Counter) -> None:
    counter.scan("tea")
    counter.do(i.VoidLine(line_no=1), approver="9")
    assert counter.refused(i.RepeatLast()) == "nothing_to_repeat"
