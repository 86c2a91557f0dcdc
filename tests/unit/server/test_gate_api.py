"""The gate as lanes, the office and strangers meet it over HTTP."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.testclient import TestClient

from evertill.core.fault import Fault
from evertill.host.clock import HostClock
from evertill.host.disk import HostDisk
from evertill.host.entropy import HostEntropy
from evertill.server.gate import Gate, GatePorts, GateSettings, assemble
from evertill.server.identity import ServerIdentity
from evertill.wire.answer import ANSWER_SIGNATURE_HEADER, Answer, Result, answer_bytes, decode_answer
from evertill.wire.batch import BatchLimits, Sender, request_bytes, sender_headers
from evertill.wire.edition import encode_record, read_header
from evertill.wire.signature import SigningKey, is_signed
from tests.fakes.documents import completed, sale
from tests.fakes.journal_lines import DAY, Chain, signed_batch
from tests.unit.wire.small_shop import DRAFT

KEY = SigningKey(b"lane key of L1 " + bytes(17))
GATE_KEY = SigningKey(b"g" * 32)
TOKEN = b"office-token"
OFFICE = {"Authorization": "Bearer office-token"}
LIMITS = BatchLimits(entries_max=50, bytes_max=100_000)


class Shop:
    """A gate and a client that asks it."""

    def __init__(self, home: Path, *, waiting_max: int = 64, reading_max: int = 64) -> None:
        ports = GatePorts(
            disk=HostDisk(),
            clock=HostClock(),
            entropy=HostEntropy(),
            identity=ServerIdentity(server_epoch="5" * 32, signing_key=b"g" * 32),
            office_token=TOKEN,
        )
        settings = GateSettings(
            store="S1", home=home, limits=LIMITS, waiting_max=waiting_max, reading_max=reading_max
        )
        self.gate: Gate = assemble(settings, ports)
        self.gate.facts.enrol("S1", "L1", KEY.public_key)
        self.client = TestClient(self.gate.app, base_url="http://127.0.0.1:8771", client=("127.0.0.1", 5))

    def post(self, chain: Chain, body: bytes, *, key: SigningKey = KEY) -> tuple[int, Answer]:
        batch = signed_batch(chain, b"x\n", key)
        signature = key.sign(request_bytes("POST", batch.path, batch.sender, body))
        headers = sender_headers(batch.sender, signature)
        reply = self.client.post(batch.path, content=body, headers=headers)
        signed = base64.b64decode(reply.headers[ANSWER_SIGNATURE_HEADER])
        assert is_signed(GATE_KEY.public_key, answer_bytes(reply.content, signature), signed)
        return reply.status_code, decode_answer(reply.content)

    def send(self, chain: Chain, first: int = 1, last: int | None = None) -> tuple[int, Answer]:
        return self.post(chain, b"".join(chain.lines[first - 1 : last or len(chain.lines)]))

    def ask(self, path: str, **more: Any) -> Any:
        """A GET with the lane's signature."""
        sender = Sender(store="S1", lane="L1")
        headers = sender_headers(sender, KEY.sign(request_bytes("GET", path, sender, b"")))
        return self.client.get(path, headers={**headers, **more})


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path)
    yield shop
    shop.gate.close()


def problem_of(reply: Any, status: int) -> str:
    """The code of a reply that says no as it should."""
    assert reply.status_code == status, reply.text
    told = reply.json()
    assert told["text"].endswith(".") and told["hint"].endswith((".", "}."))
    return str(told["code"])


def test_a_lane_sends_and_is_acknowledged_and_asks_how_far(shop: Shop) -> None:
    chain = Chain("one").sell(4)
    status, answer = shop.send(chain)
    assert (status, answer.result) == (200, Result.ACKED)
    assert answer.mark is not None and answer.mark.seq == 5
    told = decode_answer(shop.ask("/v1/lanes/L1/mark").content)
    assert told.mark == answer.mark
    path = f"/v1/lanes/L1/mark?epoch={chain.epoch}&seq=3&hash={chain.hashes[2]}"
    assert decode_answer(shop.ask(path).content).held
    assert not decode_answer(shop.ask(path[:-5] + "00000").content).held


def test_each_result_has_its_status(shop: Shop) -> None:
    chain = Chain("one").sell(9)
    shop.send(chain, 1, 4)
    assert shop.send(chain, 8)[0] == 409
    assert shop.send(Chain("anew"))[0] == 200
    assert shop.post(chain, chain.lines[0], key=GATE_KEY)[0] == 403


def test_too_many_entries_and_too_many_bytes_are_said_and_nothing_is_taken(shop: Shop) -> None:
    chain = Chain("one").sell(60)
    status, answer = shop.send(chain)
    assert (status, answer.code) == (413, "batch_too_many_entries")
    big = Chain("two").add("NoteAdded", b'{"sale":"1","text":"' + b"x" * 100_000 + b'"}')
    status, answer = shop.send(big)
    assert (status, answer.code) == (413, "batch_too_large")
    assert answer.hint
    assert decode_answer(shop.ask("/v1/lanes/L1/mark").content).mark is None
    assert shop.send(chain, 1, 50)[0] == 200, "exactly as many as allowed"


@pytest.mark.parametrize("body", [b"", b"no newline", b"\n", b"\x00\n", b"{}\n" * 3])
def test_nonsense_is_refused_with_words(shop: Shop, body: bytes) -> None:
    status, answer = shop.post(Chain("one"), body)
    assert status in (400, 403)
    assert answer.result is Result.REFUSED
    assert answer.code in ("batch_empty", "batch_garbled", "chain_broken")


def test_a_request_without_a_signature_is_refused(shop: Shop) -> None:
    assert problem_of(shop.client.post("/v1/lanes/L1/entries", content=b"x\n"), 401) == "request_unsigned"
    assert problem_of(shop.client.get("/v1/lanes/L1/mark"), 401) == "request_unsigned"


def test_a_batch_on_another_lanes_path_is_refused(shop: Shop) -> None:
    chain = Chain("one")
    batch = chain.batch(1, 1, KEY)
    headers = sender_headers(batch.sender, batch.signature)
    reply = shop.client.post("/v1/lanes/L2/entries", content=batch.body, headers=headers)
    assert decode_answer(reply.content).code == "signature_wrong"


def test_batches_of_many_lanes_at_once_share_commits_and_all_are_kept(shop: Shop) -> None:
    chains = [Chain("one", lane=f"L{n}").sell(20) for n in range(10, 22)]
    for chain in chains:
        shop.gate.facts.enrol("S1", chain.lane, KEY.public_key)
    results: list[int] = []
    threads = [
        threading.Thread(target=lambda chain=chain: results.append(shop.send(chain)[0])) for chain in chains
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert results == [200] * 12


def test_a_gate_that_has_too_much_to_write_says_when_to_come_back(tmp_path: Path) -> None:
    shop = Shop(tmp_path, waiting_max=1)
    entered, go_on = threading.Event(), threading.Event()

    def slow(_: object) -> None:
        entered.set()
        assert go_on.wait(20)

    try:
        shop.gate.writer.submit(slow)
        assert entered.wait(20)
        shop.gate.writer.submit(lambda _: None)
        status, answer = shop.send(Chain("one"))
        assert (status, answer.result, answer.code) == (503, Result.OVERLOADED, "gate_overloaded")
        assert 1_000 <= answer.retry_after_ms <= 2_000
    finally:
        go_on.set()
        shop.gate.close()


def test_a_gate_that_is_being_sent_too_much_at_once_says_so_before_reading_it(tmp_path: Path) -> None:
    shop = Shop(tmp_path, reading_max=0)
    status, answer = shop.send(Chain("one"))
    assert (status, answer.result) == (503, Result.OVERLOADED)
    shop.gate.close()


def test_a_mistake_of_the_server_is_an_answer_with_words_too(shop: Shop) -> None:
    shop.client = TestClient(shop.gate.app, base_url="http://127.0.0.1", raise_server_exceptions=False)
    shop.gate.publisher.latest = lambda: 1 // 0  # type: ignore[method-assign]
    assert problem_of(shop.client.get("/v1/edition/latest", headers=OFFICE), 500) == "server_bug"


def test_work_that_fails_alone_does_not_take_others_with_it(shop: Shop) -> None:
    entered, go_on = threading.Event(), threading.Event()

    def slow(_: object) -> str:
        entered.set()
        assert go_on.wait(20)
        return "slow"

    def broken(_: object) -> None:
        raise RuntimeError("a bug")

    first = shop.gate.writer.submit(slow)
    assert entered.wait(20)
    second, third = shop.gate.writer.submit(broken), shop.gate.writer.submit(lambda _: "kept")
    go_on.set()
    assert first.result(20) == "slow"
    assert third.result(20) == "kept"
    with pytest.raises(RuntimeError):
        second.result(20)
    assert shop.gate.writer.alive


def test_an_edition_is_published_by_the_office_and_read_by_lanes(shop: Shop) -> None:
    body = b"".join(encode_record(record) for record in DRAFT.records())
    reply = shop.client.post("/v1/office/editions", content=body, headers=OFFICE)
    assert (reply.status_code, reply.json()) == (201, {"version": 1})
    latest = shop.ask("/v1/edition/latest").json()
    assert latest["version"] == 1
    whole = shop.ask("/v1/edition/1")
    assert whole.status_code == 200 and len(whole.content) == latest["file_bytes"]
    header = read_header(whole.content.split(b"\n")[0] + b"\n", GATE_KEY.public_key, store="S1")
    assert header.version == 1
    part = shop.ask("/v1/edition/1", Range="bytes=10-19")
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(whole.content)}"
    assert shop.ask("/v1/edition/1", Range=f"bytes={len(whole.content)}-{1 << 30}").status_code == 416
    again = shop.ask("/v1/edition/1", **{"If-None-Match": whole.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert shop.send(Chain("one"))[1].edition == 1, "told with every answer"


def test_a_change_of_the_catalogue_makes_the_next_edition(shop: Shop) -> None:
    body = b"".join(encode_record(record) for record in DRAFT.records())
    shop.client.post("/v1/office/editions", content=body, headers=OFFICE)
    change = {
        "products": [{"sku": "new", "names": {"en": "New"}, "tax_class": "standard", "prices": {"shop": 5}}],
        "price_list": "shop",
        "currency": "EUR",
    }
    reply = shop.client.post("/v1/office/catalogue", content=msgspec.json.encode(change), headers=OFFICE)
    assert (reply.status_code, reply.json()) == (201, {"version": 2})
    assert b'"sku":"new"' in shop.ask("/v1/edition/2").content


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/v1/office/catalogue", b"{", "catalogue_garbled"),
        (
            "/v1/office/catalogue",
            b'{"products":[],"price_list":"shop","currency":"EUR"}',
            "catalogue_missing",
        ),
        ("/v1/office/editions", b"{}", "edition_garbled"),
        ("/v1/office/editions", b'{"wonder":{}}', "edition_unknown_record"),
        ("/v1/office/lanes/L1/release", b"{}", "epoch_missing"),
        ("/v1/office/lanes/L1/release", b'{"epoch":"x"}', "nothing_held"),
    ],
)
def test_what_the_office_sends_wrong_is_said_and_changes_nothing(
    shop: Shop, path: str, body: bytes, code: str
) -> None:
    reply = shop.client.post(path, content=body, headers=OFFICE)
    assert 400 <= reply.status_code < 500
    assert reply.json()["code"] == code
    assert shop.gate.publisher.folder.versions() == []


def test_an_edition_of_another_store_is_not_published_here(shop: Shop) -> None:
    draft = msgspec.structs.replace(DRAFT, settings=msgspec.structs.replace(DRAFT.settings, store="S2"))
    body = b"".join(encode_record(record) for record in draft.records())
    reply = shop.client.post("/v1/office/editions", content=body, headers=OFFICE)
    assert problem_of(reply, 422) == "edition_other_store"


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer "}])
def test_without_the_office_token_nothing_is_published_released_or_shown(
    shop: Shop, headers: dict[str, str]
) -> None:
    for path in ("/v1/office/editions", "/v1/office/catalogue", "/v1/office/lanes/L1/release"):
        assert problem_of(shop.client.post(path, content=b"{}", headers=headers), 401) == "not_allowed"
    for path in ("/v1/edition/latest", "/v1/edition/1"):
        assert problem_of(shop.client.get(path, headers=headers), 401) == "not_allowed"
    assert shop.gate.publisher.folder.versions() == []


def test_a_released_epoch_is_in_the_report(shop: Shop) -> None:
    shop.send(Chain("one"))
    anew = Chain("anew").add("SaleCompleted", completed(sale(1, [(1000, 1_000_000)])))
    assert shop.send(anew)[1].result is Result.QUARANTINED
    day = f"/v1/report/day?day={DAY}"
    assert shop.client.get(day).json()["currencies"] == []
    body = msgspec.json.encode({"epoch": anew.epoch})
    assert shop.client.post("/v1/office/lanes/L1/release", content=body, headers=OFFICE).status_code == 200
    assert shop.client.get(day).json()["currencies"][0]["gross_minor"] == 100


def test_reports_over_http(shop: Shop) -> None:
    chain = Chain("one")
    document = sale(1, [(3000, 1_000_000)], reference="uci/536365", occurred_on="2010-12-03")
    shop.send(chain.add("SaleCompleted", completed(document)))
    report = shop.client.get(f"/v1/report/day?day={DAY}&by=source").json()
    assert report["sources"]["uci"][0]["gross_minor"] == 300
    replayed = shop.client.get("/v1/report/replayed?source=uci&day=2010-12-03").json()
    assert replayed["totals"]["exact"] == "3000000000"
    assert replayed["documents"][0]["reference"] == "uci/536365"
    assert problem_of(shop.client.get("/v1/report/day?day=today"), 400) == "day_garbled"
    assert problem_of(shop.client.get("/v1/report/replayed?day=2010-12-03"), 400) == "day_garbled"


def test_reports_are_for_this_machine_and_the_office_only(shop: Shop) -> None:
    stranger = TestClient(shop.gate.app, base_url="http://127.0.0.1:8771", client=("10.0.0.9", 5))
    assert problem_of(stranger.get(f"/v1/report/day?day={DAY}"), 401) == "not_allowed"
    assert stranger.get(f"/v1/report/day?day={DAY}", headers=OFFICE).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8771", "127.0.0.1.evil.example", ""])
def test_a_page_whose_name_was_turned_to_this_machine_learns_nothing(shop: Shop, host: str) -> None:
    reply = shop.client.get(f"/v1/report/day?day={DAY}", headers={"Host": host})
    assert problem_of(reply, 421) == "host_unknown"


@pytest.mark.parametrize("host", ["localhost", "localhost:1", "127.0.0.1", "[::1]:8771", "[::1]"])
def test_its_own_names_are_answered(shop: Shop, host: str) -> None:
    assert shop.client.get("/v1/health", headers={"Host": host}).status_code == 200


def test_health_tells_who_it_is(shop: Shop) -> None:
    told = shop.client.get("/v1/health").json()
    assert (told["alive"], told["ready"], told["store"]) == (True, True, "S1")
    assert told["public_key"] == GATE_KEY.public_key.hex()


def test_unknown_doors_are_said(shop: Shop) -> None:
    assert problem_of(shop.client.get("/v2/x"), 404) == "no_such_door"
    assert problem_of(shop.client.delete("/v1/health"), 405) == "method_not_allowed"
    assert problem_of(shop.ask("/v1/edition/77"), 404) == "no_edition"
    assert problem_of(shop.ask("/v1/edition/latest"), 404) == "no_edition"
    assert shop.ask("/v1/lanes/L1/mark?epoch=a&seq=-1").status_code == 400


def test_a_gate_on_a_folder_in_use_says_so(shop: Shop) -> None:
    with pytest.raises(Fault, match="facts_in_use"):
        Shop(shop.gate.settings.home)
