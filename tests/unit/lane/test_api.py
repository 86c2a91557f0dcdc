"""The local API: what is malformed is told so and does nothing; what is described is what comes."""

from __future__ import annotations

from typing import Any

import pytest

from evertill.core.intent import INTENT_TYPES
from evertill.lane.api import BODY_BYTES_MAX, INTENTS_MAX
from evertill.lane.openapi import describe
from tests.unit.lane.register_world import Counter, at_the_counter

JSON = {"content-type": "application/json"}
MALFORMED = [
    b"",
    b"{",
    b"null",
    b"42",
    b"[]",
    b'"Scan"',
    b"\xff\xfe",
    b'{"type":"Scan","code":"\xff"}',
    b'{"type":"Scan"}',
    b'{"type":"Scan","code":1}',
    b'{"type":"Scan","code":"tea","quantity_milli":1.5}',
    b'{"type":"Scan","code":"tea","quantity_milli":"1000"}',
    b'{"type":"Scan","code":"tea","quantity_milli":true}',
    b'{"type":"Scan","code":"tea","colour":"red"}',
    b'{"type":"Scan","code":"\\ud800"}',
    b'{"type":"Steal","code":"tea"}',
    b'{"code":"tea"}',
    b'[{"type":"Scan","code":"tea"},{"type":"Scan"}]',
    b'{"type":"Scan","code":"' + b"x" * 5_000 + b'"}',
    b'{"type":"Scan","code":"tea","request":"' + b"x" * 5_000 + b'"}',
    b'{"type":"OpenShift","float_minor":{"EUR":NaN}}',
    b"[" * 100_000,
    b'{"type":"Scan","code":' + b"[" * 50_000,
    b"[" + b",".join([b'{"type":"Scan","code":"tea"}'] * (INTENTS_MAX + 1)) + b"]",
]


@pytest.mark.parametrize("number", range(len(MALFORMED)))
def test_what_cannot_be_understood_is_told_and_records_nothing(number: int) -> None:
    @at_the_counter
    async def scene(counter: Counter) -> None:
        await counter.open()
        seq, state = counter.seq, counter.lane.agent.state
        answer = await counter.client.post("/api/v1/intents", content=MALFORMED[number], headers=JSON)
        assert answer.status_code == 400, answer.text
        refusal = answer.json()["refusal"]
        assert refusal["code"] == "malformed"
        assert refusal["words"]
        assert (counter.seq, counter.lane.agent.state) == (seq, state)

    scene()


@at_the_counter
async def test_a_huge_body_is_not_even_read(counter: Counter) -> None:
    read = 0

    async def body() -> Any:
        nonlocal read
        for _ in range(1_000):
            read += 1 << 16
            yield b" " * (1 << 16)

    await counter.open()
    seq = counter.seq
    answer = await counter.client.post("/api/v1/intents", content=body(), headers=JSON)
    assert answer.status_code == 413
    assert answer.json()["refusal"]["code"] == "too_large"
    assert counter.seq == seq
    assert read <= BODY_BYTES_MAX + (2 << 16)


@at_the_counter
async def test_two_thousand_scans_in_one_request_are_answered_in_order(counter: Counter) -> None:
    await counter.open()
    scans = [{"type": "Scan", "code": "tea"}] * INTENTS_MAX
    answer = await counter.client.post("/api/v1/intents", json=scans)
    assert answer.status_code == 200
    assert answer.json()["state"]["sale"]["items"] == INTENTS_MAX


@at_the_counter
async def test_wrong_addresses_and_methods_are_answered_in_words(counter: Counter) -> None:
    for method, path, status in (
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/etc/passwd", 404),
        ("GET", "/screen/../api.py", 404),
        ("GET", "/screen/%2e%2e/api.py", 404),
        ("GET", "/api/v1/intents", 405),
        ("DELETE", "/api/v1/state", 405),
        ("GET", "/api/v1/receipts/L1-0000-000001", 404),
        ("GET", "/api/v1/receipts/L1-0000-000001/page", 404),
        ("GET", "/api/v1/receipts/L1-0000-000001/pdf", 404),
        ("GET", "/api/v1/products/nothing", 404),
        ("GET", "/api/v1/products?limit=many", 400),
        ("GET", "/api/v1/receipts?limit=many", 400),
    ):
        answer = await counter.client.request(method, path)
        assert answer.status_code == status, path
        assert answer.json()["refusal"]["words"], path
    steal = await counter.client.post("/api/v1/intents/Steal", json={})
    assert (steal.status_code, steal.json()["refusal"]["code"]) == (404, "not_found")


@at_the_counter
async def test_every_intent_has_a_path_of_its_own_that_does_the_same(counter: Counter) -> None:
    await counter.open()
    one = await counter.client.post("/api/v1/intents/Scan", json={"code": "tea"})
    two = await counter.client.post("/api/v1/intents", json={"type": "Scan", "code": "tea"})
    assert one.json()["state"]["sale"]["items"] == 1
    assert two.json()["state"]["sale"]["items"] == 2
    three = await counter.client.post("/api/v1/intents/Scan", json={"type": "Scan", "code": "tea"})
    assert three.json()["state"]["sale"]["items"] == 3
    assert (await counter.client.post("/api/v1/intents/TakeReport", headers=JSON)).status_code == 409


@at_the_counter
async def test_nothing_but_looking_is_possible_before_somebody_signs_in(counter: Counter) -> None:
    seq = counter.seq
    for kind in INTENT_TYPES:
        if kind.__name__ == "SignIn":
            continue
        needed = {field: _something(described) for field, described in _required(kind.__name__).items()}
        answer = await counter.ask(kind.__name__, **needed)
        assert answer["refusal"]["code"] == "sign_in_first", kind
    assert counter.seq == seq
    assert (await counter.client.get("/api/v1/shift/report")).status_code == 409


def _required(kind: str) -> dict[str, Any]:
    schema = describe()["components"]["schemas"][kind]
    return {name: schema["properties"][name] for name in schema.get("required", []) if name != "type"}


def _something(schema: dict[str, Any]) -> Any:
    return 1 if schema.get("type") == "integer" else "x"


@at_the_counter
async def test_the_reports_of_a_shift_are_for_who_may_see_them(counter: Counter) -> None:
    await counter.open()
    refused = await counter.client.get("/api/v1/shift/report")
    assert (refused.status_code, refused.json()["refusal"]["code"]) == (409, "not_allowed")
    await counter.do("SignIn", staff="9", pin="9999")
    assert (await counter.client.get("/api/v1/shift/report")).json()["shift"] == 1


@at_the_counter
async def test_a_receipt_can_be_read_again_with_what_became_of_it(counter: Counter) -> None:
    await counter.open("9")
    await counter.do("Scan", code="tea")
    receipt = (await counter.do("TakeTender", tender="cash"))["done"]["receipt"]
    await counter.do("ReturnGoods", receipt=receipt)
    await counter.do("TakeTender", tender="cash")
    await counter.do("ReprintReceipt", receipt=receipt)
    found = (await counter.client.get(f"/api/v1/receipts/{receipt}")).json()
    assert found["returned"] == {"1": 1000}
    assert found["copies"] == 1
    assert counter.printing.printed[-1] == (receipt, 1)
    assert (await counter.client.get(f"/api/v1/receipts/{receipt}/pdf")).content.startswith(b"%PDF")
    assert (await counter.client.get(f"/api/v1/receipts/{receipt}/page?locale=zh")).status_code == 200


def test_every_intent_and_every_status_is_described() -> None:
    described = describe()
    for kind in INTENT_TYPES:
        assert set(described["paths"][f"/api/v1/intents/{kind.__name__}"]["post"]["responses"]) >= {
            "200",
            "400",
            "403",
            "409",
            "413",
            "415",
            "503",
        }
