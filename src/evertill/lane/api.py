"""The lane's local API: everything the screen does, as JSON under /api/v1/. See docs/api.md.

One path for each intent, one for lists of intents, and reads. The handlers translate; they hold
no rule. Only this register's own pages and programs may speak here (`guard`): a page of another
origin in the same browser is refused before anything is looked at.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from evertill.core.fault import Fault
from evertill.core.intent import INTENT_TYPES, Intent
from evertill.core.refusal import Refusal
from evertill.lane.guard import Guard
from evertill.lane.openapi import describe
from evertill.lane.register import Register
from evertill.lane.words import N_

SCREEN = Path(__file__).parent / "screen"
BODY_BYTES_MAX = 1 << 20
INTENTS_MAX = 2_500
LIVE_BYTES_MAX = 4_096
PUSH_EVERY_S = 0.1

NOT_UNDERSTOOD = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

_UNION: Any = INTENT_TYPES[0]
for _kind in INTENT_TYPES[1:]:
    _UNION = _UNION | _kind
_ONE_OR_MANY = msgspec.json.Decoder(_UNION | list[_UNION])
_ONE = {kind.__name__: msgspec.json.Decoder(kind) for kind in INTENT_TYPES}
_ENCODE = msgspec.json.Encoder().encode


class JsonResponse(Response):
    """A response whose content is already JSON bytes."""

    media_type = "application/json"


def _json(content: object, status: int = 200) -> Response:
    return JsonResponse(_ENCODE(content), status)


def api(register: Register) -> Starlette:
    """The ASGI application of one lane."""
    routes = [
        Route("/api/v1/intents", _intents(register), methods=["POST"]),
        Route("/api/v1/intents/{kind}", _intent(register), methods=["POST"]),
        Route("/api/v1/state", _state(register)),
        WebSocketRoute("/api/v1/live", _live(register, register.view_bytes)),
        Route("/api/v1/display", _display(register)),
        WebSocketRoute("/api/v1/display", _live(register, register.display_bytes)),
        Route("/api/v1/shop", _plain(register.shop)),
        Route("/api/v1/about", _plain(register.about)),
        Route("/api/v1/health", _plain(lambda: {"ok": True})),
        Route("/api/v1/tiles", _plain(register.tiles)),
        Route("/api/v1/products", _products(register)),
        Route("/api/v1/products/{code:path}", _product(register)),
        Route("/api/v1/receipts", _receipts(register)),
        Route("/api/v1/receipts/{receipt}", _receipt(register)),
        Route("/api/v1/receipts/{receipt}/page", _page(register)),
        Route("/api/v1/receipts/{receipt}/pdf", _pdf(register)),
        Route("/api/v1/receipts/{receipt}/code.svg", _code_svg(register)),
        Route("/api/v1/shift/report", _shift_report(register)),
        Route("/api/v1/shift/report/page", _shift_page(register)),
        Route("/api/v1/words/{locale}", _words(register)),
        Route("/api/openapi.json", _plain(describe)),
        Mount("/screen", StaticFiles(directory=SCREEN, check_dir=False)),
        Route("/sw.js", _file("sw.js", "text/javascript")),
        Route("/display", _file("display.html", "text/html; charset=utf-8")),
        Route("/", _file("index.html", "text/html; charset=utf-8")),
    ]
    app = Starlette(
        routes=routes,
        exception_handlers={
            Fault: _fault(register),
            HTTPException: _no_such_way(register),
            Exception: _bug(register),
        },
    )
    app.add_middleware(Straight, register=register)
    app.add_middleware(Guard, origins=register.origins)  # the last one added is asked first
    return app


Endpoint = Callable[[Request], Awaitable[Response]]


def _plain(read: Callable[[], object]) -> Endpoint:
    async def endpoint(_request: Request) -> Response:
        return _json(read())

    return endpoint


def _file(name: str, media_type: str) -> Endpoint:
    async def endpoint(_request: Request) -> Response:
        try:
            page = (SCREEN / name).read_bytes()
        except FileNotFoundError as missing:
            raise HTTPException(404) from missing
        return Response(page, media_type=media_type, headers={"cache-control": "no-cache"})

    return endpoint


async def _body(request: Request) -> bytes:
    """The body, read no further than it may be long."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES_MAX:
            raise HTTPException(413)
    return bytes(body)


def _intents(register: Register) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        try:
            asked = _ONE_OR_MANY.decode(await _body(request))
        except NOT_UNDERSTOOD as wrong:
            return _malformed_answer(register, str(wrong))
        many = asked if isinstance(asked, list) else [asked]
        if not 0 < len(many) <= INTENTS_MAX:
            return _malformed_answer(register, f"between 1 and {INTENTS_MAX} intents at a time")
        return await _carry_out(register, many)

    return endpoint


def _intent(register: Register) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        decoder = _ONE.get(request.path_params["kind"])
        if decoder is None:
            return _not_found(register, "no such intent")
        return await _one(register, decoder, request)

    return endpoint


async def _one(register: Register, decoder: msgspec.json.Decoder[Any], request: Request) -> Response:
    try:
        asked = decoder.decode(await _body(request) or b"{}")
    except NOT_UNDERSTOOD as wrong:
        return _malformed_answer(register, str(wrong))
    return await _carry_out(register, [asked])


class Straight:
    """ASGI middleware: an intent posted to its own path, as every scan is, is answered without asking the
    routes one after the other. The answers are the same; whatever else is asked goes on to the routes."""

    def __init__(self, app: ASGIApp, register: Register) -> None:
        self._app = app
        self._register = register
        self._decoders = {f"/api/v1/intents/{kind}": decoder for kind, decoder in _ONE.items()}
        self._fault = _fault(register)
        self._no_such_way = _no_such_way(register)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        decoder = None
        if scope["type"] == "http" and scope["method"] == "POST":
            decoder = self._decoders.get(scope["path"])
        if decoder is None:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            response = await _one(self._register, decoder, request)
        except Fault as fault:
            response = await self._fault(request, fault)
        except HTTPException as wrong:
            response = await self._no_such_way(request, wrong)
        await response(scope, receive, send)


async def _carry_out(register: Register, intents: list[Intent]) -> Response:
    outcome = await register.carry_out(intents)
    if outcome.refusal is not None:
        refusal = register.refusal_view(outcome.refusal)
        return JsonResponse(
            b'{"ok":false,"done_count":%d,"refusal":%b,"state":%b}'
            % (outcome.done_count, _ENCODE(refusal), register.view_bytes()),
            409,
        )
    if outcome.done:
        return JsonResponse(
            b'{"ok":true,"done":%b,"state":%b}' % (_ENCODE(outcome.done), register.view_bytes())
        )
    return JsonResponse(b'{"ok":true,"state":%b}' % register.view_bytes())


def _state(register: Register) -> Endpoint:
    async def endpoint(_request: Request) -> Response:
        return JsonResponse(register.view_bytes())

    return endpoint


def _display(register: Register) -> Endpoint:
    async def endpoint(_request: Request) -> Response:
        return JsonResponse(register.display_bytes())

    return endpoint


def _live(register: Register, newest: Callable[[], bytes]) -> Callable[[WebSocket], Awaitable[None]]:
    async def endpoint(socket: WebSocket) -> None:
        await socket.accept()
        pushing = asyncio.create_task(_push(register, newest, socket))
        try:
            while (await socket.receive())["type"] != "websocket.disconnect":
                pass  # a screen has nothing to say here
        finally:
            pushing.cancel()

    return endpoint


async def _push(register: Register, newest: Callable[[], bytes], socket: WebSocket) -> None:
    """Sends the newest view at once, then after changes, not more often than a person can see.

    A screen that does not read holds up only this task, on its own connection, with one view at most:
    what changes meanwhile is skipped.
    """
    loop = asyncio.get_running_loop()
    with contextlib.suppress(WebSocketDisconnect, RuntimeError, OSError):
        while True:
            changed, began = register.changed, loop.time()
            await socket.send_text(newest().decode())
            await changed.wait()
            await asyncio.sleep(max(0.0, began + PUSH_EVERY_S - loop.time()))


def _products(register: Register) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        query = request.query_params
        try:
            limit = max(1, min(200, int(query.get("limit", "50"))))
        except ValueError:
            return _malformed_answer(register, "limit is not a number")
        return _json({"products": register.search(query.get("q", ""), query.get("category"), limit)})

    return endpoint


def _product(register: Register) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        found = register.product_view(request.path_params["code"])
        return _json(found) if found is not None else _not_found(register, "no such article")

    return endpoint


def _receipts(register: Register) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        try:
            limit = max(1, min(200, int(request.query_params.get("limit", "20"))))
        except ValueError:
            return _malformed_answer(register, "limit is not a number")
        return _json({"receipts": register.agent.books.newest(limit)})

    return endpoint


def _receipt(register: Register) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        found = register.receipt_view(request.path_params["receipt"])
        return _json(found) if found is not None else _not_found(register, "no such receipt")

    return endpoint


def _page(register: Register) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        page = register.receipt_page(request.path_params["receipt"], request.query_params.get("locale"))
        return _json(page) if page is not None else _not_found(register, "no such receipt")

    return endpoint


def _pdf(register: Register) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        pdf = await register.receipt_pdf(request.path_params["receipt"], request.query_params.get("locale"))
        if pdf is None:
            return _not_found(register, "no such receipt")
        return Response(pdf, media_type="application/pdf")

    return endpoint


def _code_svg(register: Register) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        svg = register.receipt_code_svg(request.path_params["receipt"])
        if svg is None:
            return _not_found(register, "no such receipt")
        return Response(svg, media_type="image/svg+xml")

    return endpoint


def _shift_report(register: Register) -> Endpoint:
    async def endpoint(_request: Request) -> Response:
        report = register.shift_report()
        if isinstance(report, Refusal):
            return _refused(register, report)
        return _json(report)

    return endpoint


def _shift_page(register: Register) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        page = register.shift_page(request.query_params.get("locale"))
        return _refused(register, page) if isinstance(page, Refusal) else _json(page)

    return endpoint


def _words(register: Register) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        return _json(register.words(request.path_params["locale"]))

    return endpoint


def _refused(register: Register, refusal: Refusal, status: int = 409) -> Response:
    return _json({"ok": False, "refusal": register.refusal_view(refusal)}, status)


def _malformed_answer(register: Register, detail: str) -> Response:
    text = "The register did not understand this request: {detail}"
    return _refused(register, Refusal("malformed", text, {"detail": detail[:300]}), 400)


def _not_found(register: Register, detail: str) -> Response:
    return _refused(register, Refusal("not_found", "That is not here: {detail}", {"detail": detail}), 404)


def _no_such_way(register: Register) -> Any:
    """Wrong path, wrong method, too long: in words too."""

    async def answer(_request: Request, wrong: Exception) -> Response:
        assert isinstance(wrong, HTTPException), "only refusals of the web edge come here"
        if wrong.status_code == 404:
            return _not_found(register, "no such address")
        if wrong.status_code == 413:
            text = N_("The request is larger than 1 MiB. Send it in parts.")
            too_large = _refused(register, Refusal("too_large", text), 413)
            too_large.headers["connection"] = "close"
            return too_large
        text = N_("That address does not take this method.")
        refused = _refused(register, Refusal("wrong_method", text), wrong.status_code)
        refused.headers.update(wrong.headers or {})
        return refused

    return answer


def _bug(register: Register) -> Any:
    """A failed assertion. What was recorded was also applied; asking again with the same request is safe."""

    async def answer(_request: Request, _bug: Exception) -> Response:
        text = N_("The register made a mistake of its own. Look at the screen, then try once more.")
        return _refused(register, Refusal("bug", text), 500)

    return answer


def _fault(register: Register) -> Any:
    async def answer(_request: Request, fault: Exception) -> Response:
        assert isinstance(fault, Fault), "only faults come here"
        return _refused(register, Refusal(fault.code, fault.hint), 503)

    return answer
