"""Who may speak to the till: its own screen, and programs of this machine. Not other origins' pages.

A browser tells where a request comes from and cannot be made to lie about it by a page: `Origin`
on every cross-site write and on every WebSocket, `Sec-Fetch-Site` on all requests, and `Host`
names what the page thinks it talks to (so a name that was re-bound to 127.0.0.1 is noticed).
A write must also be declared as JSON, which a form cannot do. Programs send none of the
browser's headers and are let through: they run on this machine as its user.
"""

from __future__ import annotations

from collections.abc import Container

from starlette.types import ASGIApp, Receive, Scope, Send

_REFUSED = (
    b'{"ok":false,"refusal":{"code":"foreign_origin","text":"Only this register\'s own screen may do that.",'
    b'"params":{},"words":"Only this register\'s own screen may do that."}}'
)
_NOT_JSON = (
    b'{"ok":false,"refusal":{"code":"not_json","text":"Send JSON, with content-type application/json.",'
    b'"params":{},"words":"Send JSON, with content-type application/json."}}'
)
_HEADERS = [
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        b"font-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; "
        b"frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
]

VISITED = ("/", "/display")  # pages that another page may link to


class Guard:
    """ASGI middleware. `origins` holds the lane's own origins ("http://127.0.0.1:8770")."""

    def __init__(self, app: ASGIApp, origins: Container[str]) -> None:
        self._app = app
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        if self._is_foreign(scope, headers):
            await _refuse(scope, receive, send, 403, _REFUSED)
            return
        if scope["type"] == "websocket":
            await self._app(scope, receive, send)
            return
        if scope["method"] == "POST" and not headers.get(b"content-type", b"").startswith(
            b"application/json"
        ):
            await _refuse(scope, receive, send, 415, _NOT_JSON)
            return

        async def send_guarded(message: dict[str, object]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS]  # type: ignore[misc]
            await send(message)

        await self._app(scope, receive, send_guarded)  # type: ignore[arg-type]

    def _is_foreign(self, scope: Scope, headers: dict[bytes, bytes]) -> bool:
        host = headers.get(b"host", b"").decode("latin-1")
        if f"http://{host}" not in self._origins:
            return True
        origin = headers.get(b"origin")
        if origin is not None and origin.decode("latin-1") not in self._origins:
            return True
        site = headers.get(b"sec-fetch-site")
        if site in (None, b"same-origin", b"none"):
            return False
        # Another page may link here (a top-level visit), but not fetch, embed or post.
        visit = scope.get("method") == "GET" and headers.get(b"sec-fetch-mode") == b"navigate"
        return not (visit and headers.get(b"sec-fetch-dest") == b"document" and scope["path"] in VISITED)


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, body: bytes) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
