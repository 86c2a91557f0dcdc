"""One line of a journal: `<prev> <own> <body>\\n`, and the names for places in it.

`own` is the SHA-256 of the bytes `<prev> <body>` (prev, one space, body, no newline), in lower-case
hex. `body` is a JSON object whose first members are always v, store, lane, epoch, seq, at, day, kind,
data, in this order, with no space between them; it is kept as it was written for ever. That order is
part of the format: it lets a million lines be checked without parsing JSON.
"""

from __future__ import annotations

import hashlib
import re

import msgspec

ZEROS = "0" * 64  # prev of the very first line
BODY_AT = 130  # 64 hex, space, 64 hex, space
SHORTEST = BODY_AT + 2  # a body is at least {}
OPENED = "EpochOpened"

_SHAPE = re.compile(rb"[0-9a-f]{64} [0-9a-f]{64} \{.*\}", re.DOTALL)
_LEADING = re.compile(
    rb'(\{"v":1,"store":"[^"\\]*","lane":"[^"\\]*","epoch":"([0-9a-f]{32})","seq":)([0-9]{1,15}),"at":"'
)
_EPOCH = re.compile(r"[0-9a-f]{32}")


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The last entry of something: enough to tell whether another copy is behind, equal or different."""

    epoch: str
    seq: int
    hash: str


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """Where one entry stands. `offset` is the byte at which its line begins in the file `segment`.

    Also what a lane keeps in its own database as a checkpoint: "folded up to and including here".
    """

    epoch: str
    seq: int
    hash: str
    segment: str
    offset: int

    @property
    def head(self) -> Head:
        """The same entry without its place in a file."""
        return Head(epoch=self.epoch, seq=self.seq, hash=self.hash)


Checkpoint = Position


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One entry as it stands in the file; `body` is the exact bytes that were hashed."""

    prev: str
    hash: str
    body: bytes
    epoch: str
    seq: int
    segment: str
    offset: int

    @property
    def position(self) -> Position:
        """Where it stands."""
        return Position(
            epoch=self.epoch, seq=self.seq, hash=self.hash, segment=self.segment, offset=self.offset
        )

    @property
    def length(self) -> int:
        """Bytes in the file, newline included."""
        return BODY_AT + len(self.body) + 1


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """A body read as JSON; `data` stays as it was written."""

    v: int
    store: str
    lane: str
    epoch: str
    seq: int
    at: str
    day: str
    kind: str
    data: msgspec.Raw


class EpochOpened(msgspec.Struct, frozen=True, kw_only=True):
    """The data of an epoch's first entry: what it goes on from, and why it was opened.

    `kept` is the last entry of the parent's epoch that was still readable here when this epoch was
    opened. If it is below the parent's seq, the entries between them are lost from this medium; if it
    is above, the files hold another history than the parent's (a fork). None: as the parent says.
    """

    parent: Head | None
    reason: str
    kept: int | None = None


read_body = msgspec.json.Decoder(Body).decode
read_opened = msgspec.json.Decoder(EpochOpened).decode


def chain_hash(prev: str, body: bytes) -> str:
    """The entry's own hash: SHA-256 over `<prev> <body>`, as 64 lower-case hex digits."""
    return hashlib.sha256(prev.encode() + b" " + body).hexdigest()


def encode_line(prev: str, own: str, body: bytes) -> bytes:
    """The bytes of one line, newline included."""
    return b"%b %b %b\n" % (prev.encode(), own.encode(), body)


def leading_members(store: str, lane: str, epoch: str) -> bytes:
    """The bytes with which every body of this epoch begins, up to its seq."""
    for name, value in (("store", store), ("lane", lane)):
        assert value and not set(value) & set('"\\') and value.isprintable(), f"{name}: not a plain name"
    assert _EPOCH.fullmatch(epoch), "epoch: not 32 hex digits"
    return f'{{"v":1,"store":"{store}","lane":"{lane}","epoch":"{epoch}","seq":'.encode()


def encode_body(leading: bytes, seq: int, *, kind: str, data: bytes, at: str, day: str) -> bytes:
    """A body in the format's own order. `data` is one JSON object without line breaks, kept as given."""
    assert kind.isascii() and kind.isalnum(), "kind: one word of letters"
    assert data[:1] == b"{" and data[-1:] == b"}", "data: not a JSON object"
    assert b"\n" not in data and b"\r" not in data, "data: has a line break"
    assert len(at) == 24 and at[10] == "T" and at[-1] == "Z" and at.isascii(), (
        "at: not like 2026-11-22T19:05:01.123Z"
    )
    assert len(day) == 10 and day[4] == day[7] == "-" and day.isascii(), "day: not like 2026-11-22"
    return b'%b%d,"at":"%b","day":"%b","kind":"%b","data":%b}' % (
        leading,
        seq,
        at.encode(),
        day.encode(),
        kind.encode(),
        data,
    )


def leading_of(body: bytes) -> tuple[bytes, str, int] | None:
    """(leading members, epoch, seq) of a body in the format's order, or None if it is not in that order."""
    found = _LEADING.match(body)
    if found is None:
        return None
    return found[1], found[2].decode(), int(found[3])


def shape_fits(line: bytes) -> bool:
    """Whether these bytes (without newline) look like a line: two hashes in lower case and an object."""
    return _SHAPE.fullmatch(line) is not None


def is_whole(line: bytes) -> bool:
    """Whether these bytes (without newline) are a line whose own hash is right, wherever it belongs."""
    return (
        shape_fits(line) and hashlib.sha256(line[:65] + line[BODY_AT:]).hexdigest().encode() == line[65:129]
    )
