"""The gate: the one door of the server. Entries come in, marks and editions go out; nothing else is hot.

Every answer to a lane is signed with the gate's key and bound to the request it answers. Facts are
written by one thread beside the event loop (`writer`), an answer leaves after the commit. Reports and
publishing run in worker threads on their own connections. What is too large, too much or not understood
is said at once, as JSON with `code`, `text` and `hint`; docs/formats/wire.md lists all of it.

What must always hold: nothing is acknowledged before it is durable; one lane's bad batch changes nothing
for another; a request never grows memory beyond `limits` times the writer's queue.
"""

from __future__ import annotations

import asyncio
import base64
import re
from pathlib import Path
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from evertill.core.fault import Fault
from evertill.keeper.acceptance import Keeper, KeeperLimits
from evertill.keeper.facts import FactTransaction
from evertill.ports import Clock, Disk, Entropy
from evertill.server.desk import OfficeDesk
from evertill.server.facts import SqliteFacts
from evertill.server.identity import ServerIdentity
from evertill.server.publishing import EditionFolder, Publisher
from evertill.server.replies import fault_reply, json_reply, problem
from evertill.server.shelf import EditionShelf
from evertill.server.writer import FactWriter, WriterBusy
from evertill.wire.answer import (
    ANSWER_SIGNATURE_HEADER,
    Answer,
    Mark,
    Result,
    answer_bytes,
    encode_answer,
)
from evertill.wire.batch import (
    Batch,
    BatchFault,
    BatchLimits,
    Sender,
    cut_lines,
    read_sender,
    request_bytes,
)
from evertill.wire.signature import SigningKey, is_signed

_PORT = re.compile(r":[0-9]{1,5}$")

STATUS_OF = {
    Result.ACKED: 200,
    Result.FORK: 200,
    Result.QUARANTINED: 200,
    Result.SEND_FROM: 409,
    Result.REFUSED: 403,
    Result.OVERLOADED: 503,
}
_STATUS_OF_FAULT = {
    "batch_too_large": 413,
    "batch_too_many_entries": 413,
    "batch_garbled": 400,
    "batch_empty": 400,
    "request_unsigned": 401,
    "gate_overloaded": 503,
    "facts_failed": 503,
}


class GateSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How a gate works. `reading_max` batches may be coming in at once and `waiting_max` be waiting for the
    writer; `hosts` are the names by which it may be asked, beside the loopback ones."""

    store: str
    home: Path
    limits: BatchLimits = BatchLimits()
    keeper_limits: KeeperLimits = KeeperLimits()
    reading_max: int = 64
    waiting_max: int = 64
    retry_after_ms: int = 1_000
    hosts: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """Where all that the gate keeps lies."""
        return self.home / "gate"


class GatePorts(msgspec.Struct, frozen=True, kw_only=True):
    """The world of a gate: the machine, who the server is, and what the office proves itself with."""

    disk: Disk
    clock: Clock
    entropy: Entropy
    identity: ServerIdentity
    office_token: bytes


class Gate:
    """A gate that is ready to serve `app`. `close` ends it; being killed harms nothing."""

    def __init__(self, settings: GateSettings, ports: GatePorts, facts: SqliteFacts) -> None:
        self.settings = settings
        self.facts = facts
        self._ports = ports
        self._reading = 0
        self._key = SigningKey(ports.identity.signing_key)
        self._keeper = Keeper(
            server_epoch=ports.identity.server_epoch, verify=is_signed, limits=settings.keeper_limits
        )
        self.writer = FactWriter(facts, waiting_max=settings.waiting_max)
        folder = EditionFolder(ports.disk, settings.folder / "editions")
        self.shelf = EditionShelf(folder, ports.clock)
        self.publisher = Publisher(
            folder,
            disk=ports.disk,
            clock=ports.clock,
            server_epoch=ports.identity.server_epoch,
            sign=self._key.sign,
            public_key=self._key.public_key,
            told=self.shelf.told,
        )
        office = OfficeDesk(
            store=settings.store,
            facts_path=facts.path,
            publisher=self.publisher,
            writer=self.writer,
            keeper=self._keeper,
            token=ports.office_token,
            may_read=self._may_read,
        )
        self.app: ASGIApp = _OnlyOwnName(
            Starlette(
                routes=[
                    Route("/v1/lanes/{lane}/entries", self._entries, methods=["POST"]),
                    Route("/v1/lanes/{lane}/mark", self._mark, methods=["GET"]),
                    Route("/v1/health", self._health, methods=["GET"]),
                    *office.routes(),
                ],
                exception_handlers={
                    Fault: _on_fault,
                    404: _on_missing,
                    405: _on_missing,
                    500: _on_bug,
                },
            ),
            settings.hosts,
        )

    def close(self) -> None:
        """Writes what is waiting and lets go of the files."""
        self.writer.close()
        self.facts.close()

    # -- lanes -------------------------------------------------------------------------------------

    async def _entries(self, request: Request) -> Response:
        sender, signature = read_sender(request.headers)
        try:
            batch = await self._read_batch(request, sender, signature)
            answer = await asyncio.wrap_future(self.writer.submit(lambda tx: self._keeper.receive(tx, batch)))
        except Fault as fault:
            return self._negative(sender, signature, fault)
        return self._signed(answer, signature)

    async def _read_batch(self, request: Request, sender: Sender, signature: bytes) -> Batch:
        if self._reading >= self.settings.reading_max:
            raise WriterBusy
        self._reading += 1
        try:
            whole = await self._read_body(request)
        finally:
            self._reading -= 1
        if not sender.epoch:
            raise BatchFault("request_unsigned", "no epoch")
        return Batch(
            sender=sender,
            method="POST",
            path=_path_of(request),
            body=whole,
            signature=signature,
            lines=cut_lines(whole, self.settings.limits),
        )

    async def _read_body(self, request: Request) -> bytes:
        limit = self.settings.limits.bytes_max
        announced = request.headers.get("content-length", "0")
        if announced.isdigit() and int(announced) > limit:
            raise BatchFault("batch_too_large", f"{announced} bytes, {limit} allowed")
        body = bytearray()
        try:
            async for chunk in request.stream():
                body += chunk
                if len(body) > limit:
                    raise BatchFault("batch_too_large", f"more than {limit} bytes")
        except ClientDisconnect as gone:
            raise BatchFault("batch_garbled", "the sender went away") from gone
        return bytes(body)

    async def _mark(self, request: Request) -> Response:
        sender, signature = read_sender(request.headers)
        asked = request.query_params
        position = None
        if "epoch" in asked:
            seq = asked.get("seq", "")
            if not seq.isdecimal() or len(seq) > 15:
                return problem(400, "position_garbled", "The position asked about is not one.", "Ask again.")
            position = Mark(epoch=asked["epoch"], seq=int(seq), hash=asked.get("hash", ""))
        path = _path_of(request)
        try:
            answer = await asyncio.wrap_future(
                self.writer.submit(
                    lambda tx: self._keeper.mark(tx, sender, position, path=path, signature=signature)
                )
            )
        except Fault as fault:
            return self._negative(sender, signature, fault)
        return self._signed(answer, signature)

    def _signed(self, answer: Answer, request_signature: bytes) -> Response:
        body = encode_answer(msgspec.structs.replace(answer, edition=self.shelf.latest_version()))
        signature = self._key.sign(answer_bytes(body, request_signature))
        headers = {ANSWER_SIGNATURE_HEADER: base64.b64encode(signature).decode()}
        if answer.retry_after_ms:
            headers["Retry-After"] = str(-(-answer.retry_after_ms // 1000))
        return Response(body, STATUS_OF[answer.result], headers, media_type="application/json")

    def _negative(self, sender: Sender, request_signature: bytes, fault: Fault) -> Response:
        """A signed answer for a batch that the keeper never saw; busy and broken servers ask for patience."""
        busy = isinstance(fault, WriterBusy) or fault.code == "facts_failed"
        wait = self.settings.retry_after_ms
        answer = Answer(
            result=Result.OVERLOADED if busy else Result.REFUSED,
            store=sender.store,
            lane=sender.lane,
            server_epoch=self._keeper.server_epoch,
            code=fault.code,
            text=fault.hint,
            hint=fault.hint,
            retry_after_ms=wait + int(wait * self._ports.entropy.uniform()) if busy else 0,
        )
        reply = self._signed(answer, request_signature)
        reply.status_code = _STATUS_OF_FAULT.get(fault.code, 500)
        return reply

    async def _may_read(self, request: Request) -> bool:
        """Whether a lane of this store asks, with its own signature: for what lanes may read."""
        try:
            sender, signature = read_sender(request.headers)
        except BatchFault:
            return False
        message = request_bytes("GET", _path_of(request), sender, b"")

        def check(tx: FactTransaction) -> bool:
            lane = tx.lane(sender.store, sender.lane)
            return (
                lane is not None
                and not lane.revoked
                and sender.store == self.settings.store
                and is_signed(lane.public_key, message, signature)
            )

        return await asyncio.wrap_future(self.writer.submit(check))

    async def _health(self, _: Request) -> Response:
        """Alive as soon as it answers; ready while facts can be written."""
        ready = self.writer.alive
        body: dict[str, Any] = {
            "alive": True,
            "ready": ready,
            "store": self.settings.store,
            "server_epoch": self._keeper.server_epoch,
            "edition": self.shelf.latest_version(),
            "public_key": self._key.public_key.hex(),
        }
        return json_reply(body, 200 if ready else 503)


def assemble(settings: GateSettings, ports: GatePorts) -> Gate:
    """A gate on its folder. Raises Fault, for example facts_in_use if another gate works there."""
    facts = SqliteFacts(ports.disk, ports.clock, settings.folder / "facts.db")
    return Gate(settings, ports, facts)


class _OnlyOwnName:
    """Answers only to its own names: a web page whose name was turned to this machine learns nothing."""

    def __init__(self, app: ASGIApp, hosts: tuple[str, ...]) -> None:
        self._app = app
        self._hosts = frozenset(("127.0.0.1", "localhost", "[::1]", *hosts))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
            if _PORT.sub("", host) not in self._hosts:
                reply = problem(
                    421, "host_unknown", "This server is not called so.", "Ask it by its own name or address."
                )
                await reply(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _path_of(request: Request) -> str:
    """The path as the lane signed it, with its query."""
    query = request.scope["query_string"].decode("latin-1")
    raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
    path = raw.decode("latin-1").partition("?")[0]
    return f"{path}?{query}" if query else path


async def _on_fault(_: Request, fault: Exception) -> Response:
    assert isinstance(fault, Fault)
    return fault_reply(fault, _STATUS_OF_FAULT.get(fault.code))


async def _on_missing(request: Request, wrong: Exception) -> Response:
    status = getattr(wrong, "status_code", 404)
    return problem(
        status,
        "no_such_door" if status == 404 else "method_not_allowed",
        f"There is no {request.method} {request.url.path} here.",
        "See docs/formats/wire.md for what this server answers.",
    )


async def _on_bug(_: Request, __: Exception) -> Response:
    return problem(
        500,
        "server_bug",
        "The server made a mistake and did nothing.",
        "Registers keep selling and send again. Send the server's log to your support.",
    )
