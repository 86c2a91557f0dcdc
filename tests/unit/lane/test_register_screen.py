"""What the register does for its screen: locks, cards, messages, safety, parked totals."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec
from msgspec.structs import replace

from evertill.core import entry as e
from evertill.core.pricebook import TimeWindow
from evertill.core.promotions import PercentOff, Promotion
from evertill.core.shop import ShopMessage
from evertill.lane.home import LaneHome
from evertill.lane.pins import card_holder, hash_card
from evertill.lane.status import StatusLine
from tests.fakes.lane import SETTINGS, SHOP, FakeLane, MemoryCatalogue, PaperlessPrinting
from tests.unit.lane.register_world import Counter, at_the_counter

CARD, OTHER_CARD = "2800000000097", "2855551234563"
SALT = b"the shop's salt"
STAFF = tuple(
    replace(member, card_hash=hash_card(CARD, SALT)) if member.id == "9" else member for member in SHOP.staff
)


def _counter(**settings: object) -> Counter:
    shop = msgspec.structs.replace(SHOP, staff=STAFF, settings=msgspec.structs.replace(SETTINGS, **settings))
    return Counter(FakeLane(catalogue=MemoryCatalogue(shop=shop)))


def _view(counter: Counter) -> dict[str, object]:
    counter.register.care()
    return msgspec.json.decode(counter.register.view_bytes())


@at_the_counter
async def test_a_register_left_alone_locks_and_keeps_the_basket(counter: Counter) -> None:
    counter = await _counter(lock_after_s=300).open()
    await counter.do("Scan", code="tea")
    counter.lane.clock.pass_by(timedelta(seconds=299))
    assert _view(counter)["locked"] is False
    counter.lane.clock.pass_by(timedelta(seconds=1))
    view = _view(counter)
    assert view["locked"] is True
    assert view["sale"]["lines"][0]["sku"] == "tea"
    assert counter.lane.entries()[-1] == e.LaneLocked(staff="1", why="idle")
    assert (await counter.ask("Scan", code="tea"))["refusal"]["code"] == "locked"
    unlocked = await counter.do("SignIn", staff="1", pin="1111")
    assert unlocked["state"]["locked"] is False
    assert unlocked["state"]["sale"]["total_minor"] == 199


@at_the_counter
async def test_a_killed_register_comes_back_as_locked_as_it_was(counter: Counter) -> None:
    await counter.open()
    await counter.do("Scan", code="tea")
    await counter.do("LockLane")
    assert counter.lane.killed().agent.state.locked
    assert counter.lane.agent.state.sale is not None


@at_the_counter
async def test_a_shop_that_wants_no_lock_has_none(counter: Counter) -> None:
    counter = await _counter(lock_after_s=0).open()
    counter.lane.clock.pass_by(timedelta(days=2))
    assert _view(counter)["locked"] is False


@at_the_counter
async def test_a_card_signs_in_and_approves_and_is_never_written_down(counter: Counter) -> None:
    counter = await _counter().open()
    await counter.do("Scan", code="tea")
    assert (await counter.ask("VoidLine", line_no=1))["refusal"]["code"] == "approval_needed"
    await counter.do("VoidLine", line_no=1, approval={"card": CARD})
    assert (await counter.do("SignIn", card=CARD))["state"]["staff"]["id"] == "9"
    await counter.ask("SignIn", card=OTHER_CARD)
    written = b"".join(counter.lane.disk.content(path) for path in counter.lane.disk.files())
    assert CARD.encode() not in written
    assert OTHER_CARD.encode() not in written


@at_the_counter
async def test_unknown_cards_lock_out_cards_for_a_while_and_no_pins(counter: Counter) -> None:
    counter = await _counter().open()
    codes = [(await counter.ask("SignIn", card=OTHER_CARD))["refusal"]["code"] for _ in range(4)]
    assert codes == ["unknown_card"] * 3 + ["card_locked"]
    assert (await counter.ask("SignIn", card=CARD))["refusal"]["code"] == "card_locked"
    assert (await counter.ask("OpenDrawer", reason="x", approval={"card": CARD}))["refusal"][
        "code"
    ] == "card_locked"
    await counter.do("SignIn", staff="1", pin="1111")
    counter.lane.clock.pass_by(timedelta(seconds=61))
    await counter.do("SignIn", card=CARD)


def test_cards_with_salts_of_their_own_are_found_too_and_garbled_hashes_are_nobodys() -> None:
    members = (
        replace(STAFF[0], card_hash=hash_card(OTHER_CARD, b"another salt")),
        replace(STAFF[1], card_hash="$argon2id$v=19$garbled"),
        STAFF[2],
    )
    assert card_holder(members, OTHER_CARD) is members[0]
    assert card_holder(members, CARD) is members[2]
    assert card_holder(members, "2800000000098") is None
    assert card_holder(SHOP.staff, CARD) is None


@at_the_counter
async def test_messages_from_the_shop_show_while_their_window_is_open_until_read(counter: Counter) -> None:
    now = counter.lane.clock.now().replace(tzinfo=None)
    stamps = {"starts": now.isoformat()[:19], "ends": (now + timedelta(hours=1)).isoformat()[:19]}
    names = {"en": "Fruit is half price.", "zh": "水果半价。"}
    message = ShopMessage(id="fruit", names=names, window=TimeWindow(**stamps), important=True)
    counter = await _counter(messages=(message,)).open("2")
    (told,) = _view(counter)["status"]["messages"]
    assert told == {
        "code": "from_the_shop",
        "kind": "shop",
        "id": "fruit",
        "names": names,
        "important": True,
        "words": "水果半价。",
    }
    answer = await counter.do("AcknowledgeMessage", message="fruit")
    assert answer["state"]["status"]["messages"] == [], "gone with the answer"
    answer = await counter.do("SignIn", staff="1", pin="1111")
    assert [one["words"] for one in answer["state"]["status"]["messages"]] == ["Fruit is half price."]
    counter.lane.clock.pass_by(timedelta(hours=1))
    assert _view(counter)["status"]["messages"] == []


@at_the_counter
async def test_a_language_shows_in_the_same_answer(counter: Counter) -> None:
    await counter.open()
    answer = await counter.do("ChooseLanguage", locale="zh")
    assert answer["state"]["locale"] == "zh"
    assert not (await counter.ask("Scan", code="nothing"))["refusal"]["words"].isascii()


def test_a_sale_is_on_two_machines_once_the_servers_mark_covers_it(tmp_path: Path) -> None:
    lane = FakeLane().open()
    home = LaneHome(tmp_path)
    home.uplink.mkdir()
    line = StatusLine(lane.agent, home, PaperlessPrinting())

    def safe(**mark: object) -> dict[str, object]:
        (home.uplink / "status.json").write_bytes(msgspec.json.encode({"state": "sending", "mark": mark}))
        return line.gathered("en", None, "")["safe"]

    head = lane.agent.journal.head
    assert safe(epoch=head.epoch, seq=head.seq) == {"machines": 1, "receipt": None}
    receipt = lane.sell("tea").receipt
    head = lane.agent.journal.head
    assert safe(epoch=head.epoch, seq=head.seq - 1) == {"machines": 1, "receipt": receipt}
    assert safe(epoch=head.epoch, seq=head.seq) == {"machines": 2, "receipt": receipt}
    assert safe(epoch="00" * 16, seq=head.seq + 9)["machines"] == 1, "another life of this journal"
    lane.sell("milk")
    assert safe(epoch=head.epoch, seq=head.seq)["machines"] == 1


@at_the_counter
async def test_a_parked_basket_shows_what_it_comes_to_after_discounts(counter: Counter) -> None:
    half = Promotion(id="half", names={"en": "Half"}, rewards=(PercentOff(rate_ppm=500_000),))
    shop = msgspec.structs.replace(SHOP, promotions=(half,))
    counter = await Counter(FakeLane(catalogue=MemoryCatalogue(shop=shop))).open()
    scanned = await counter.do("Scan", code="milk", quantity_milli=2000)
    parked = (await counter.do("ParkSale"))["state"]["parked"]
    assert scanned["state"]["sale"]["total_minor"] == 119
    assert [one["total_minor"] for one in parked] == [119]


@at_the_counter
async def test_what_a_serial_scanner_reads_is_a_scan_or_at_the_lock_a_card(counter: Counter) -> None:
    counter = _counter()
    await counter.register.scanned(CARD)
    await counter.do("OpenShift")
    await counter.register.scanned("tea")
    view = _view(counter)
    assert view["staff"]["id"] == "9"
    assert [line["sku"] for line in view["sale"]["lines"]] == ["tea"]
    await counter.register.scanned("beer")
    notice = _view(counter)["notice"]
    assert notice["refusal"]["code"] == "age_unproven"
    assert notice["refusal"]["params"]["years"] == 18
    assert notice["code"] == "beer"
    assert notice["rev"] <= counter.lane.agent.revision
    assert (await counter.do("ProveAge", years=18))["state"]["notice"] is None


@at_the_counter
async def test_a_card_that_nobody_has_is_not_shown_on_the_screen(counter: Counter) -> None:
    await counter.register.scanned(OTHER_CARD)
    view = counter.register.view_bytes()
    assert msgspec.json.decode(view)["notice"]["refusal"]["code"] == "unknown_card"
    assert OTHER_CARD.encode() not in view
