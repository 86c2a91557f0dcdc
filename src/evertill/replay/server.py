"""The shop's server as a replay uses it: goods go in by the office's door, reports come out."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from evertill.core.fault import Fault
from evertill.replay.books import Rung, gate_day
from evertill.replay.connection import Connection, Lost, Reply
from evertill.replay.datasets import Dataset
from evertill.server.catalogue.merge import CatalogueChange
from evertill.wire.edition import EditionDraft, EditionFault, collect, read_header, read_records, split_lines

T = TypeVar("T")


class _Health(msgspec.Struct):
    edition: int
    public_key: str


class _Version(msgspec.Struct):
    version: int


class _Problem(msgspec.Struct):
    code: str
    text: str = ""
    hint: str = ""


class Server:
    """The gate over one connection. Every method raises Lost if it does not answer, Fault if it refuses."""

    def __init__(self, connection: Connection, *, store: str, token: str) -> None:
        self._connection = connection
        self._store = store
        self._headers = {"authorization": f"Bearer {token}"}

    def newest(self) -> tuple[int, EditionDraft]:
        """The newest edition and its version, proven whole and signed."""
        health = _read(self._ask("GET", "/v1/health"), _Health)
        body = self._ask("GET", f"/v1/edition/{health.edition}")
        lines = split_lines([body])
        try:
            header = read_header(next(lines), bytes.fromhex(health.public_key), store=self._store)
            return header.version, collect(read_records(header, lines))
        except (EditionFault, StopIteration, ValueError) as wrong:
            raise _not_understood(str(wrong)) from wrong

    def publish(self, change: CatalogueChange) -> int:
        """Works the change into the newest edition; returns the version that holds it."""
        return _read(self._ask("POST", "/v1/office/catalogue", msgspec.json.encode(change)), _Version).version

    def documents(self, dataset: Dataset, day: str) -> list[Rung]:
        """The documents of one day that the server has in its books."""
        return list(gate_day(day, self._ask("GET", f"/v1/report/replayed?source={dataset.name}&day={day}")))

    def _ask(self, method: str, path: str, body: bytes | None = None) -> bytes:
        reply: Reply = self._connection.ask(method, path, body, self._headers)
        if reply.status in (200, 201):
            return reply.body
        if reply.status in (502, 503, 504):
            raise Lost(f"status {reply.status}")
        told = _read(reply.body, _Problem)
        raise Fault(told.code, told.hint or told.text or "The server refused.", detail=told.text)


def _read(body: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError as wrong:
        raise _not_understood(str(wrong)) from wrong


def _not_understood(detail: str) -> Fault:
    hint = "The server's answer cannot be read. Bring server and register to the same release."
    return Fault("gate_not_understood", hint, detail=detail)
