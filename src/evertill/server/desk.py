"""The slower side of the gate: editions, reports and what the office may do.

Editions go to lanes (by their signature) and to the office (by its token); reports to the office and to
anybody on this very machine; publishing and releasing to the office only. Everything here works in
threads beside the event loop.
"""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from evertill.core.fault import Fault
from evertill.keeper.acceptance import Keeper
from evertill.server import reports
from evertill.server.catalogue.merge import CatalogueChange
from evertill.server.publishing import Publisher
from evertill.server.replies import json_reply, problem
from evertill.server.writer import FactWriter
from evertill.wire.edition import collect, decode_record

BODY_BYTES_MAX = 256 << 20
RANGE_BYTES_MAX = 4 << 20

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_RANGE = re.compile(r"bytes=([0-9]{1,15})-([0-9]{1,15})")


class OfficeDesk:
    """The routes for editions, reports and the office."""

    def __init__(
        self,
        *,
        store: str,
        facts_path: Path,
        publisher: Publisher,
        writer: FactWriter,
        keeper: Keeper,
        token: bytes,
        may_read: Callable[[Request], Awaitable[bool]],
    ) -> None:
        self._store = store
        self._facts_path = facts_path
        self._publisher = publisher
        self._writer = writer
        self._keeper = keeper
        self._token = token
        self._may_read = may_read

    def routes(self) -> list[Route]:
        """What the gate answers beside the hot path."""
        return [
            Route("/v1/edition/latest", self._latest, methods=["GET"]),
            Route("/v1/edition/{version:int}", self._edition, methods=["GET"]),
            Route("/v1/report/day", self._day, methods=["GET"]),
            Route("/v1/report/replayed", self._replayed, methods=["GET"]),
            Route("/v1/office/catalogue", self._catalogue, methods=["POST"]),
            Route("/v1/office/editions", self._publish, methods=["POST"]),
            Route("/v1/office/lanes/{lane}/release", self._release, methods=["POST"]),
        ]

    # -- editions ----------------------------------------------------------------------------------

    async def _latest(self, request: Request) -> Response:
        if not self._is_office(request) and not await self._may_read(request):
            return _not_allowed()
        header = await run_in_threadpool(self._publisher.latest)
        if header is None:
            return problem(404, "no_edition", "This shop has no edition yet.", "Publish a catalogue first.")
        path = self._publisher.folder.path(header.version)
        return json_reply({**msgspec.to_builtins(header), "file_bytes": path.stat().st_size})

    async def _edition(self, request: Request) -> Response:
        """The file, or a part of it asked for with a Range header; parts make a broken download go on."""
        if not self._is_office(request) and not await self._may_read(request):
            return _not_allowed()
        return await run_in_threadpool(
            self._edition_bytes,
            request.path_params["version"],
            request.headers.get("range", ""),
            request.headers.get("if-none-match", ""),
        )

    def _edition_bytes(self, version: int, wanted: str, known: str) -> Response:
        path = self._publisher.folder.path(version)
        try:
            with path.open("rb") as file:
                size = file.seek(0, 2)
                headers = {"ETag": f'"{self._store}-{version}-{size}"', "Accept-Ranges": "bytes"}
                if known == headers["ETag"]:
                    return Response(status_code=304, headers=headers)
                found = _RANGE.fullmatch(wanted)
                if found is None:
                    file.seek(0)
                    return Response(file.read(), headers=headers, media_type="application/octet-stream")
                first, last = int(found[1]), min(int(found[2]), size - 1)
                last = min(last, first + RANGE_BYTES_MAX - 1)
                if first > last:
                    return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{size}"})
                file.seek(first)
                part = file.read(last - first + 1)
        except FileNotFoundError:
            return problem(
                404, "no_edition", f"There is no edition {version} here.", "Ask for the newest one."
            )
        headers["Content-Range"] = f"bytes {first}-{first + len(part) - 1}/{size}"
        return Response(part, 206, headers, media_type="application/octet-stream")

    async def _catalogue(self, request: Request) -> Response:
        """Works a CatalogueChange into the newest edition and publishes the result."""
        if not self._is_office(request):
            return _not_allowed()
        body = await _whole_body(request)
        try:
            change = await run_in_threadpool(msgspec.json.decode, body, type=CatalogueChange)
        except msgspec.DecodeError as wrong:
            return problem(
                400,
                "catalogue_garbled",
                f"The change cannot be read: {wrong}",
                "Correct it and send it again.",
            )
        version = await run_in_threadpool(self._publisher.merge, change)
        return json_reply({"version": version}, 201)

    async def _publish(self, request: Request) -> Response:
        """Publishes a whole edition, sent as its record lines (docs/formats/edition.md, without header)."""
        if not self._is_office(request):
            return _not_allowed()
        body = await _whole_body(request)

        def publish() -> int:
            draft = collect(decode_record(line) for line in body.split(b"\n") if line)
            if draft.settings.store != self._store:
                hint = f"This is the server of store {self._store}. Publish the edition on its own server."
                raise Fault("edition_other_store", hint, detail=draft.settings.store)
            return self._publisher.publish(draft)

        return json_reply({"version": await run_in_threadpool(publish)}, 201)

    # -- reports -----------------------------------------------------------------------------------

    async def _day(self, request: Request) -> Response:
        """The day's totals; `by=source` splits them by where replayed sales came from."""
        if not self._is_office(request) and not _is_here(request):
            return _not_allowed()
        day = request.query_params.get("day", "")
        if not _DAY.fullmatch(day):
            return problem(400, "day_garbled", "A day is given as YYYY-MM-DD.", "Ask with ?day=2026-11-22.")
        by_source = request.query_params.get("by") == "source"

        def read() -> reports.DayReport:
            with reports.reading(self._facts_path) as reader:
                return reports.day_report(reader, self._store, day, by_source=by_source)

        return json_reply(await run_in_threadpool(read))

    async def _replayed(self, request: Request) -> Response:
        """The documents brought over from `source` that happened on `day`, one by one and together."""
        if not self._is_office(request) and not _is_here(request):
            return _not_allowed()
        source, day = request.query_params.get("source", ""), request.query_params.get("day", "")
        if not source or not _DAY.fullmatch(day):
            return problem(
                400,
                "day_garbled",
                "A source and a day are needed.",
                "Ask with ?source=uci-online-retail&day=2010-12-03.",
            )

        def read() -> dict[str, object]:
            with reports.reading(self._facts_path) as reader:
                documents = reports.day_documents(reader, self._store, source=source, day=day)
            total = reports.total_of(documents, source=source, day=day)
            # exact sums can pass 2**53, so they travel as text
            return {
                "totals": {**msgspec.to_builtins(total), "exact": str(total.exact)},
                "documents": [
                    {**msgspec.to_builtins(document), "exact": str(document.exact)} for document in documents
                ],
            }

        return json_reply(await run_in_threadpool(read))

    # -- what a person decides ---------------------------------------------------------------------

    async def _release(self, request: Request) -> Response:
        """Takes a quarantined epoch into the books."""
        if not self._is_office(request):
            return _not_allowed()
        body = await _whole_body(request)
        try:
            epoch = msgspec.json.decode(body, type=dict[str, str])["epoch"]
        except (msgspec.DecodeError, KeyError):
            return problem(400, "epoch_missing", "No epoch was named.", 'Send {"epoch": "..."}.')
        lane = request.path_params["lane"]
        released = await asyncio.wrap_future(
            self._writer.submit(lambda tx: self._keeper.release(tx, self._store, lane, epoch))
        )
        if not released:
            return problem(
                404, "nothing_held", "Nothing of this epoch is held aside.", "Look at the lane's notes."
            )
        return json_reply({"released": epoch})

    def _is_office(self, request: Request) -> bool:
        given = request.headers.get("authorization", "").removeprefix("Bearer ").encode("latin-1", "replace")
        return hmac.compare_digest(given, self._token)


def _is_here(request: Request) -> bool:
    """Whether the question comes from this very machine."""
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _not_allowed() -> Response:
    return problem(
        401,
        "not_allowed",
        "This needs the office's token or a register's signature.",
        "Sign in to the office.",
    )


async def _whole_body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES_MAX:
            hint = "This is more than the server takes at once. Send the list in several parts."
            raise Fault("body_too_large", hint, detail=f"more than {BODY_BYTES_MAX} bytes")
    return bytes(body)
