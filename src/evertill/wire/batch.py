"""A batch: a run of one lane's journal lines on their way up, exactly as they stand in the file.

The body of a batch is the lines and nothing else, so what the lane hashed is what travels and what the
keeper hashes again. Who sends it stands in the headers; the lane's signature binds them to the body, so
that a batch cannot be taken for another lane's, another epoch's or another path's.

A batch may come twice, late, in another order or not at all: its lines carry their own place (epoch and
seq) and their own link to the line before, so the keeper sees what it already holds.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Mapping

import msgspec

from evertill.core.fault import Fault

STORE_HEADER = "Evertill-Store"
LANE_HEADER = "Evertill-Lane"
EPOCH_HEADER = "Evertill-Epoch"
EDITION_HEADER = "Evertill-Edition"
SIGNATURE_HEADER = "Evertill-Signature"

CONTENT_TYPE = "application/vnd.evertill.entries"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_EPOCH = re.compile(r"[0-9a-f]{32}")

_HINTS = {
    "batch_garbled": "The entries were damaged on their way. Nothing is lost; they are sent again.",
    "batch_empty": "A batch without entries was sent. Nothing is lost; update this register.",
    "batch_too_many_entries": "Too many entries came at once. Nothing is lost; they are sent again in parts.",
    "batch_too_large": "Too much came at once. Nothing is lost; it is sent again in parts.",
    "request_unsigned": "The register did not say who it is. Set it up with this server again.",
}


class BatchFault(Fault):
    """A batch or its headers that cannot be read at all. `detail` says where."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, _HINTS[code], retry=code == "batch_garbled", detail=detail)


class BatchLimits(msgspec.Struct, frozen=True, kw_only=True):
    """The most that one batch may hold. A lane aims far below the bytes, so that any one line fits."""

    entries_max: int = 2_000
    bytes_max: int = 4 << 20


class Sender(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, as the headers say: true only once the signature is checked.

    `epoch` is empty where a request is about no epoch; `edition` is what the lane sells by, 0 for none.
    """

    store: str
    lane: str
    epoch: str = ""
    edition: int = 0


class RawLine(msgspec.Struct, frozen=True):
    """One line of a batch, cut but not yet believed. `text` is the whole line without its newline."""

    text: bytes

    @property
    def prev(self) -> str:
        """The hash of the line before."""
        return self.text[:64].decode("ascii", "replace")

    @property
    def own(self) -> str:
        """The hash that the line claims."""
        return self.text[65:129].decode("ascii", "replace")

    @property
    def body(self) -> bytes:
        """The JSON that was hashed."""
        return self.text[130:]


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """A signed batch as it came: `body` is what the signature covers, `lines` the same cut into lines."""

    sender: Sender
    method: str
    path: str
    body: bytes
    signature: bytes
    lines: tuple[RawLine, ...]

    @property
    def signed_bytes(self) -> bytes:
        """What the lane's key must have signed."""
        return request_bytes(self.method, self.path, self.sender, self.body)


def entries_path(lane: str) -> str:
    """Where a lane's batches go."""
    return f"/v1/lanes/{lane}/entries"


def mark_path(lane: str) -> str:
    """Where a lane asks how far its entries are held."""
    return f"/v1/lanes/{lane}/mark"


def is_name(text: str) -> bool:
    """Whether a store or lane may be called so: letters, digits, `.`, `_`, `-`, at most 64."""
    return _NAME.fullmatch(text) is not None


def request_bytes(method: str, path: str, sender: Sender, body: bytes) -> bytes:
    """The bytes that a lane signs for a request: one line for each thing that must not be exchanged.

    `path` includes the query, if there is one.
    """
    parts = (
        "evertill-request/1",
        method,
        path,
        sender.store,
        sender.lane,
        sender.epoch,
        str(sender.edition),
        hashlib.sha256(body).hexdigest(),
    )
    assert not any("\n" in part for part in parts), "request_bytes: a part holds a line feed"
    return "\n".join(parts).encode() + b"\n"


def sender_headers(sender: Sender, signature: bytes) -> dict[str, str]:
    """The headers that carry a sender and its signature."""
    return {
        STORE_HEADER: sender.store,
        LANE_HEADER: sender.lane,
        EPOCH_HEADER: sender.epoch,
        EDITION_HEADER: str(sender.edition),
        SIGNATURE_HEADER: base64.b64encode(signature).decode(),
    }


def read_sender(headers: Mapping[str, str]) -> tuple[Sender, bytes]:
    """The sender and the signature that the headers carry, well-formed but not yet checked.

    `headers` must find names in any case. Raises BatchFault "request_unsigned".
    """
    store, lane = headers.get(STORE_HEADER, ""), headers.get(LANE_HEADER, "")
    epoch, edition = headers.get(EPOCH_HEADER, ""), headers.get(EDITION_HEADER, "0")
    if not is_name(store) or not is_name(lane):
        raise BatchFault("request_unsigned", "store or lane missing")
    if (epoch and not _EPOCH.fullmatch(epoch)) or not re.fullmatch(r"[0-9]{1,15}", edition):
        raise BatchFault("request_unsigned", "epoch or edition not well-formed")
    try:
        signature = base64.b64decode(headers.get(SIGNATURE_HEADER, ""), validate=True)
    except (binascii.Error, ValueError) as wrong:
        raise BatchFault("request_unsigned", f"signature: {wrong}") from wrong
    return Sender(store=store, lane=lane, epoch=epoch, edition=int(edition)), signature


def join_lines(lines: Iterable[bytes]) -> bytes:
    """The body of a batch from whole lines, each with its newline."""
    return b"".join(lines)


def cut_lines(body: bytes, limits: BatchLimits) -> tuple[RawLine, ...]:
    """The lines of a batch's body, at least one. Raises BatchFault; the limits are included."""
    if len(body) > limits.bytes_max:
        raise BatchFault("batch_too_large", f"{len(body)} bytes, {limits.bytes_max} allowed")
    if not body:
        raise BatchFault("batch_empty")
    if body[-1:] != b"\n":
        raise BatchFault("batch_garbled", "the last line is cut off")
    count = body.count(b"\n")
    if count > limits.entries_max:
        raise BatchFault("batch_too_many_entries", f"{count} entries, {limits.entries_max} allowed")
    return tuple(map(RawLine, body[:-1].split(b"\n")))
