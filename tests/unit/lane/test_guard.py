"""Another origin's page in the same browser cannot drive the till."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.unit.lane.register_world import ORIGIN, Counter

SCAN = b'{"type":"Scan","code":"tea"}'
JSON = "application/json"


async def posted(headers: dict[str, str], content: bytes = SCAN) -> tuple[int, int]:
    """Status of a post with these headers, and how many entries it left."""
    counter = await Counter().open()
    seq = counter.seq
    answer = await counter.client.post("/api/v1/intents", content=content, headers=headers)
    assert answer.json()["ok"] is (answer.status_code == 200)
    return answer.status_code, counter.seq - seq


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:8771"},
        {"origin": "http://127.0.0.1"},
        {"origin": "https://127.0.0.1:8770"},
        {"origin": ORIGIN + ".evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"},
        {"host": "evil.example:8770"},
        {"host": "127.0.0.1:80"},
        {"host": "127.0.0.1:8770.evil.example"},
        {"host": ""},
    ],
)
def test_a_page_of_another_origin_is_refused_and_nothing_is_recorded(headers: dict[str, str]) -> None:
    assert asyncio.run(posted({"content-type": JSON, **headers})) == (403, 0)


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_what_a_form_can_send_is_refused_and_nothing_is_recorded(kind: str) -> None:
    assert asyncio.run(posted({"content-type": kind})) == (415, 0)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": ORIGIN, "sec-fetch-site": "same-origin"},
        {"origin": "http://localhost:8770", "host": "localhost:8770"},
        {"sec-fetch-site": "none"},
    ],
)
def test_the_registers_own_screen_and_plain_programs_pass(headers: dict[str, str]) -> None:
    assert asyncio.run(posted({"content-type": f"{JSON}; charset=utf-8", **headers})) == (200, 2)


def test_reading_is_for_the_own_screen_only_and_a_link_may_only_open_it() -> None:
    async def looked() -> None:
        client = Counter().client
        foreign = {"sec-fetch-site": "cross-site"}
        assert (await client.get("/api/v1/state", headers=foreign)).status_code == 403
        assert (await client.get("/screen/app.js", headers=foreign)).status_code == 403
        visit = {**foreign, "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
        assert (await client.get("/", headers=visit)).status_code == 200
        assert (await client.get("/api/v1/state", headers=visit)).status_code == 403
        framed = {**foreign, "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"}
        assert (await client.get("/", headers=framed)).status_code == 403

    asyncio.run(looked())


def test_every_page_says_that_only_own_scripts_run_and_nobody_frames_it() -> None:
    async def looked() -> None:
        for path in ("/", "/api/v1/state", "/screen/app.js", "/api/v1/receipts/none"):
            headers = (await Counter().client.get(path)).headers
            policy = headers["content-security-policy"]
            for part in (
                "default-src 'none'",
                "script-src 'self'",
                "frame-ancestors 'none'",
                "form-action 'none'",
            ):
                assert part in policy
            assert "unsafe" not in policy
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["cross-origin-resource-policy"] == "same-origin"

    asyncio.run(looked())


def live(headers: list[tuple[bytes, bytes]]) -> str:
    """What becomes of a WebSocket that is opened with these headers."""

    async def opened() -> str:
        sent: list[str] = []
        asked = [{"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1000}]

        async def receive() -> dict[str, Any]:
            await asyncio.sleep(0)
            return asked.pop(0)

        async def send(message: Any) -> None:
            sent.append(message["type"])

        scope = {"type": "websocket", "path": "/api/v1/live", "headers": headers, "query_string": b""}
        scope |= {"scheme": "ws", "server": ("127.0.0.1", 8770), "subprotocols": [], "root_path": ""}
        await Counter().app(scope, receive, send)
        return sent[0]

    return asyncio.run(opened())


def test_a_websocket_is_for_the_own_origin_only() -> None:
    host = (b"host", b"127.0.0.1:8770")
    assert live([host, (b"origin", ORIGIN.encode())]) == "websocket.accept"
    assert live([host]) == "websocket.accept"
    assert live([host, (b"origin", b"https://evil.example")]) == "websocket.close"
    assert live([(b"host", b"evil.example:8770")]) == "websocket.close"
    assert live([host, (b"sec-fetch-site", b"cross-site")]) == "websocket.close"
