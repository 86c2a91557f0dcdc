"""How the server says no: JSON with `code`, `text` and `hint`, and the status that fits."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.responses import Response

from evertill.core.fault import Fault

_STATUS = {
    "no_edition": 404,
    "body_too_large": 413,
    "facts_missing": 404,
    "catalogue_missing": 409,
    "publishing_busy": 409,
    "edition_unfit": 422,
    "edition_garbled": 422,
    "edition_truncated": 422,
    "edition_unknown_record": 422,
    "edition_other_store": 422,
}


def json_reply(body: Any, status: int = 200) -> Response:
    """A reply that holds this value as JSON."""
    return Response(msgspec.json.encode(body), status, media_type="application/json")


def problem(status: int, code: str, text: str, hint: str) -> Response:
    """A reply that says what is wrong and what to do next."""
    return json_reply({"code": code, "text": text, "hint": hint}, status)


def fault_reply(fault: Fault, status: int | None = None) -> Response:
    """The reply for a fault: 503 if the same may succeed later, else 400, unless known better."""
    fallback = 503 if fault.retry else 400
    return json_reply(
        {"code": fault.code, "text": fault.hint, "hint": fault.hint, "detail": fault.detail},
        status or _STATUS.get(fault.code, fallback),
    )
