"""What the lane and its print worker say to each other: one JSON document a line, each with its `type`.

The lane asks on the worker's standard input; the worker tells on its standard output. Documents and
settings travel as the JSON that they already are. Times are CLOCK_MONOTONIC nanoseconds, which
all processes of one machine share, so a job keeps its age when a worker dies and the next one takes it over.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal

import msgspec

LINE_BYTES_MAX = 16 << 20


class JobState(StrEnum):
    """Where a job stands. The last four are final, but UNKNOWN may still turn out to be PRINTED."""

    WAITING = "waiting"  # nothing sent; it will be tried again
    PRINTING = "printing"  # bytes may be on their way
    PRINTED = "printed"  # the printer took every byte
    FAILED = "failed"  # nothing was sent, nothing will be
    EXPIRED = "expired"  # nothing was sent in time, nothing will be
    UNKNOWN = "unknown"  # some bytes went: only the paper knows


class Ask(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """What the lane asks."""


class Sheet(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a page is made of: a SaleDocument or (kind "report") a ShiftReport as JSON, with its settings."""

    document: msgspec.Raw
    settings: msgspec.Raw
    kind: Literal["receipt", "report"] = "receipt"
    locale: str = "en"
    head_code: str = ""
    copy_no: int = 0
    lane: str = ""
    printed_at: str = ""


class Print(Ask, frozen=True, kw_only=True, omit_defaults=True, tag="print"):
    """Print a page; no `printer` means the first one."""

    job: int
    sheet: Sheet
    made_at_ns: int
    title: str = ""
    printer: str | None = None


class Kick(Ask, frozen=True, kw_only=True, omit_defaults=True, tag="kick"):
    """Open the drawer."""

    job: int
    made_at_ns: int
    printer: str | None = None


class MakePdf(Ask, frozen=True, kw_only=True, omit_defaults=True, tag="pdf"):
    """Make a PDF; answered by PdfMade with the same `request`."""

    request: int
    sheet: Sheet


class Ping(Ask, frozen=True, kw_only=True, omit_defaults=True, tag="ping"):
    """Are you there? Answered by PrinterNews."""


class Tell(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """What the worker tells."""


class PrinterStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One printer in the status line. `text` is an English catalogue key with placeholders from `params`.

    `state`: "ok" idle, "busy" printing, "waiting" jobs wait, "trouble" somebody should look.
    """

    name: str
    state: str
    code: str
    text: str
    params: dict[str, Any]
    queued: int = 0


class JobNews(Tell, frozen=True, kw_only=True, omit_defaults=True, tag="job"):
    """A job came to stand elsewhere. `code` and `text` say why, if it did not go well."""

    job: int
    state: JobState
    printer: str = ""
    code: str = ""
    text: str = ""
    params: dict[str, Any] = {}


class PrinterNews(Tell, frozen=True, kw_only=True, omit_defaults=True, tag="printers"):
    """All printers, in the order of the file."""

    printers: tuple[PrinterStatus, ...]


class PdfMade(Tell, frozen=True, kw_only=True, omit_defaults=True, tag="pdf"):
    """A PDF (base64 in JSON), or why there is none."""

    request: int
    pdf: bytes = b""
    error: str = ""


Asked = Print | Kick | MakePdf | Ping
Told = JobNews | PrinterNews | PdfMade
