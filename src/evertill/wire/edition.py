"""An edition: everything a lane needs to sell, as one numbered and signed file.

Prices, goods, taxes, staff and settings come down to the lanes as an edition, never piece by
piece. It takes effect between sales, whole and verified, or not at all; whatever goes wrong
here, the lane sells on with the edition it has. The file is JSON Lines (docs/formats/edition.md):
a signed header, then one record a line, so that a hundred thousand products can be written and
checked as a stream.

What must always hold: a record is only worth something once `read_records` has ended without a
fault, because the digest of the body is known to be right only at its last byte. A reader that
stores records as they come therefore stores them aside and puts them in force afterwards.

How it fails: every way in which a file can be wrong is an `EditionFault` with a code and a
sentence that says what to do. None of them can be repaired by the lane; all of them leave the
last good edition in force.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

import msgspec

from evertill.core.fault import Fault
from evertill.core.pricebook import Category, PriceList, Product
from evertill.core.promotions import Promotion
from evertill.core.shop import Customer, Reason, Role, Settings, StaffMember, TenderKind
from evertill.core.tax import TaxTable
from evertill.wire.canonical import NotCanonical, canonical_bytes, canonicalize
from evertill.wire.signature import is_signed

FORMAT = "evertill-edition/1"
LINE_BYTES_MAX = 262_144
RECORDS_MAX = 5_000_000

Record: TypeAlias = (
    Settings
    | TaxTable
    | TenderKind
    | Role
    | StaffMember
    | Reason
    | Category
    | PriceList
    | Promotion
    | Customer
    | Product
)
Sign: TypeAlias = Callable[[bytes], bytes]

# Kind of record as written, in the order of the file.
RECORD_TYPES: dict[str, type[Any]] = {
    "settings": Settings,
    "tax_table": TaxTable,
    "tender": TenderKind,
    "role": Role,
    "staff": StaffMember,
    "reason": Reason,
    "category": Category,
    "price_list": PriceList,
    "promotion": Promotion,
    "customer": Customer,
    "product": Product,
}
_KIND_OF: dict[type[Any], str] = {record_type: kind for kind, record_type in RECORD_TYPES.items()}
_DECODERS: dict[bytes, tuple[str, msgspec.json.Decoder[Any]]] = {
    kind.encode(): (kind, msgspec.json.Decoder(record_type)) for kind, record_type in RECORD_TYPES.items()
}
_ENCODER = msgspec.json.Encoder(order="deterministic")

_FETCH_AGAIN = (
    "The edition was damaged on its way. The last good one stays in force; fetch the edition again."
)
_HINTS = {
    "edition_garbled": _FETCH_AGAIN,
    "edition_truncated": (
        "The edition ends too early. The last good one stays in force; fetch the edition again."
    ),
    "edition_signature_wrong": (
        "The edition is not signed by this shop's server. The last good one stays in force; "
        "check which server this register is connected to."
    ),
    "edition_other_store": (
        "The edition belongs to another shop. The last good one stays in force; "
        "check the store number that this register was set up with."
    ),
    "edition_older": (
        "The edition is older than the one in force, which stays. If the server was restored from a backup, "
        "publish a new edition there."
    ),
    "edition_twice": (
        "Two different editions carry the same number. The one in force stays; "
        "publish a new edition on the server."
    ),
    "edition_unknown_format": (
        "The edition needs a newer release of this program. The last good one stays in force; "
        "update this register."
    ),
    "edition_unknown_record": (
        "The edition holds something that this release does not know. The last good one stays in force; "
        "update this register."
    ),
    "edition_unfit": (
        "The edition contradicts itself and cannot be sold from. The last good one stays in force; "
        "correct the named items in the catalogue and publish again."
    ),
}
EDITION_FAULT_CODES = tuple(_HINTS)


class EditionFault(Fault):
    """An edition that cannot take effect. `detail` says where (line, field) for the log and the office."""

    def __init__(self, code: str, detail: str = "") -> None:
        again = code in ("edition_garbled", "edition_truncated")
        super().__init__(code, _HINTS[code], retry=again, detail=detail)


class EditionHeader(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an edition says of itself, and what is signed.

    `version` grows by one with each edition of the store and never goes back, also not after the
    server was restored (then `server_epoch` differs). `issued_at` is an ISO UTC instant, shown
    only. `counts` says how many records of each kind follow; `body_sha256` is the hex digest of
    all `body_bytes` after the first line feed.
    """

    format: str
    store: str
    server_epoch: str
    version: int
    issued_at: str
    counts: dict[str, int]
    body_bytes: int
    body_sha256: str


class _Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    edition: msgspec.Raw
    signature: str


class EditionDraft(msgspec.Struct, frozen=True, kw_only=True):
    """The content of an edition, not yet numbered. Every part can be iterated more than once.

    `products` may be any such iterable, so that a large catalogue need not be held in memory.
    """

    settings: Settings
    tax_table: TaxTable
    tenders: tuple[TenderKind, ...] = ()
    roles: tuple[Role, ...] = ()
    staff: tuple[StaffMember, ...] = ()
    reasons: tuple[Reason, ...] = ()
    categories: tuple[Category, ...] = ()
    price_lists: tuple[PriceList, ...] = ()
    promotions: tuple[Promotion, ...] = ()
    customers: Iterable[Customer] = ()
    products: Iterable[Product] = ()

    def records(self) -> Iterator[Record]:
        """All records in the order of the file."""
        yield self.settings
        yield self.tax_table
        yield from self.tenders
        yield from self.roles
        yield from self.staff
        yield from self.reasons
        yield from self.categories
        yield from self.price_lists
        yield from self.promotions
        yield from self.customers
        yield from self.products


def encode_record(record: Record) -> bytes:
    """One line of an edition's body, with its line feed: {"product": {...}}."""
    return b'{"' + _KIND_OF[type(record)].encode() + b'":' + _ENCODER.encode(record) + b"}\n"


def decode_record(line: bytes) -> Record:
    """The record on one body line (with or without its line feed), checked for types.

    Raises EditionFault: "edition_unknown_record" for a kind this release does not know,
    "edition_garbled" for anything that is not such a line.
    """
    line = line.rstrip(b"\n")
    kind_ends = line.find(b'":', 2)
    if kind_ends < 0 or not line.startswith(b'{"') or not line.endswith(b"}"):
        raise EditionFault("edition_garbled", "a line is not a record")
    known = _DECODERS.get(line[2:kind_ends])
    if known is None:
        raise EditionFault("edition_unknown_record", f"kind {line[2:kind_ends][:40]!r}")
    try:
        record: Record = known[1].decode(line[kind_ends + 2 : -1])
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        raise EditionFault("edition_garbled", f"{known[0]}: {wrong}") from wrong
    return record


def write_edition(
    draft: EditionDraft, *, server_epoch: str, version: int, issued_at: str, sign: Sign
) -> Iterator[bytes]:
    """The lines of the edition file, header first. `sign` gives the Ed25519 signature of the header's bytes.

    The draft is walked twice: once for the digest that the header carries, once to write.
    """
    assert version > 0, "write_edition: versions begin at 1"
    counts = dict.fromkeys(RECORD_TYPES, 0)
    digest = hashlib.sha256()
    body_bytes = 0
    for record in draft.records():
        line = encode_record(record)
        counts[_KIND_OF[type(record)]] += 1
        digest.update(line)
        body_bytes += len(line)
    header = EditionHeader(
        format=FORMAT,
        store=draft.settings.store,
        server_epoch=server_epoch,
        version=version,
        issued_at=issued_at,
        counts=counts,
        body_bytes=body_bytes,
        body_sha256=digest.hexdigest(),
    )
    yield _header_line(header, sign)
    written = hashlib.sha256()
    for record in draft.records():
        line = encode_record(record)
        written.update(line)
        yield line
    assert written.digest() == digest.digest(), "write_edition: the draft changed while it was written"


def read_header(
    first_line: bytes, public_key: bytes, *, store: str | None = None, in_force: EditionHeader | None = None
) -> EditionHeader:
    """The header, proven to be signed by the owner of `public_key` (raw 32 bytes).

    With `store`, only that store's edition passes; with `in_force`, only the same edition again
    or one with a higher version. Raises EditionFault.
    """
    if len(first_line) > LINE_BYTES_MAX:
        raise EditionFault("edition_garbled", "the first line is too long")
    try:
        envelope = msgspec.json.decode(first_line, type=_Envelope)
        signed = base64.b64decode(envelope.signature, validate=True)
        if base64.b64encode(signed).decode() != envelope.signature:
            raise binascii.Error("the signature has stray bits")
        message = canonicalize(bytes(envelope.edition))
    except (msgspec.DecodeError, UnicodeDecodeError, NotCanonical, binascii.Error) as wrong:
        raise EditionFault(
            "edition_garbled", f"the first line is not an edition's header: {wrong}"
        ) from wrong
    if not is_signed(public_key, message, signed):
        raise EditionFault("edition_signature_wrong")
    fields = msgspec.json.decode(message)
    if not isinstance(fields, dict) or fields.get("format") != FORMAT:
        raise EditionFault("edition_unknown_format", first_line[:80].decode(errors="replace"))
    try:
        header = msgspec.convert(fields, EditionHeader)
    except msgspec.ValidationError as wrong:
        raise EditionFault("edition_garbled", f"header: {wrong}") from wrong
    _check_place(header, store=store, in_force=in_force)
    return header


def read_records(header: EditionHeader, lines: Iterable[bytes]) -> Iterator[Record]:
    """The records of the body, one per line of `lines` (each with its line feed), as a stream.

    The whole is proven only when the iterator ends by itself: until then nothing of it may take
    effect. Raises EditionFault for a wrong line, count, length or digest.
    """
    counts = dict.fromkeys(header.counts, 0)
    digest = hashlib.sha256()
    body_bytes = 0
    for number, line in enumerate(lines, start=2):
        body_bytes += len(line)
        if len(line) > LINE_BYTES_MAX or body_bytes > header.body_bytes or number > RECORDS_MAX:
            raise EditionFault("edition_garbled", f"line {number}: more than the header announces")
        digest.update(line)
        try:
            record = decode_record(line)
        except EditionFault as wrong:
            if body_bytes == header.body_bytes or line.endswith(b"\n"):
                raise EditionFault(wrong.code, f"line {number}: {wrong.detail}") from wrong
            raise EditionFault("edition_truncated", f"line {number} is cut off") from wrong
        kind = _KIND_OF[type(record)]
        counts[kind] = counts.get(kind, 0) + 1
        yield record
    if body_bytes < header.body_bytes:
        raise EditionFault("edition_truncated", f"{body_bytes} of {header.body_bytes} bytes")
    if digest.hexdigest() != header.body_sha256:
        raise EditionFault("edition_garbled", "the digest of the content is wrong")
    if counts != header.counts or counts.get("settings") != 1 or counts.get("tax_table") != 1:
        raise EditionFault("edition_garbled", f"records counted {counts}, announced {header.counts}")


def verify_body(header: EditionHeader, chunks: Iterable[bytes]) -> None:
    """Prove the body's length and digest from `chunks` of any size, without reading its records.

    Raises EditionFault. A file that passed can be read again with `read_records` at ease.
    """
    digest = hashlib.sha256()
    body_bytes = 0
    for chunk in chunks:
        digest.update(chunk)
        body_bytes += len(chunk)
    if body_bytes < header.body_bytes:
        raise EditionFault("edition_truncated", f"{body_bytes} of {header.body_bytes} bytes")
    if body_bytes > header.body_bytes or digest.hexdigest() != header.body_sha256:
        raise EditionFault("edition_garbled", "the digest of the content is wrong")


def collect(records: Iterable[Record]) -> EditionDraft:
    """All of `records` as a draft in memory. Raises EditionFault unless settings and taxes come once each."""
    parts: dict[str, list[Any]] = {kind: [] for kind in RECORD_TYPES}
    for record in records:
        parts[_KIND_OF[type(record)]].append(record)
    if len(parts["settings"]) != 1 or len(parts["tax_table"]) != 1:
        raise EditionFault("edition_garbled", "settings and tax table must be there exactly once")
    return EditionDraft(
        settings=parts["settings"][0],
        tax_table=parts["tax_table"][0],
        tenders=tuple(parts["tender"]),
        roles=tuple(parts["role"]),
        staff=tuple(parts["staff"]),
        reasons=tuple(parts["reason"]),
        categories=tuple(parts["category"]),
        price_lists=tuple(parts["price_list"]),
        promotions=tuple(parts["promotion"]),
        customers=tuple(parts["customer"]),
        products=tuple(parts["product"]),
    )


def split_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Cut a stream of chunks into lines that keep their line feed; the last may lack one.

    Raises EditionFault "edition_garbled" for a line longer than LINE_BYTES_MAX.
    """
    rest = b""
    for chunk in chunks:
        lines = (rest + chunk).split(b"\n")
        rest = lines.pop()
        for line in lines:
            yield line + b"\n"
        if len(rest) > LINE_BYTES_MAX:
            raise EditionFault("edition_garbled", "a line is too long")
    if rest:
        yield rest


def _header_line(header: EditionHeader, sign: Sign) -> bytes:
    fields = msgspec.to_builtins(header)
    signed = base64.b64encode(sign(canonical_bytes(fields))).decode()
    return canonical_bytes({"edition": fields, "signature": signed}) + b"\n"


def _check_place(header: EditionHeader, *, store: str | None, in_force: EditionHeader | None) -> None:
    if store is not None and header.store != store:
        raise EditionFault("edition_other_store", f"edition of {header.store!r}, this is {store!r}")
    if in_force is None or header.version > in_force.version:
        return
    if header.version < in_force.version:
        raise EditionFault("edition_older", f"version {header.version}, in force {in_force.version}")
    if header.body_sha256 != in_force.body_sha256:
        raise EditionFault("edition_twice", f"version {header.version}")
