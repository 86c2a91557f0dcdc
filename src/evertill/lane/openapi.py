"""The lane's API described for integrators (OpenAPI 3.1), made from the types that decode it."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

import evertill
from evertill.core.intent import INTENT_TYPES
from evertill.core.receipt import SaleDocument, ShiftReport
from evertill.lane.books import ReceiptRow
from evertill.lane.display import Display
from evertill.lane.view import LineView, View

_REF = "#/components/schemas/{name}"


class RefusalAnswer(msgspec.Struct, kw_only=True):
    """Why an intent was not carried out. `words` is for the cashier, in their language."""

    code: str
    text: str
    params: dict[str, Any]
    words: str


class Refused(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A refusal (409), a malformed request (400), something that is not here (404), a fault (503)."""

    ok: bool
    refusal: RefusalAnswer
    done_count: int = 0
    state: View | None = None


class Accepted(msgspec.Struct, kw_only=True, omit_defaults=True):
    """An intent was carried out. `done` names the receipt when a sale completed, or holds a report."""

    ok: bool
    state: View
    done: dict[str, Any] = {}


@cache
def describe() -> dict[str, Any]:
    """The whole document."""
    types = [*INTENT_TYPES, View, Display, LineView, Accepted, Refused, SaleDocument, ShiftReport, ReceiptRow]
    _, components = msgspec.json.schema_components(types, ref_template=_REF)
    intents = [{"$ref": f"#/components/schemas/{kind.__name__}"} for kind in INTENT_TYPES]
    mapping = {kind.__name__: f"#/components/schemas/{kind.__name__}" for kind in INTENT_TYPES}
    one = {"oneOf": intents, "discriminator": {"propertyName": "type", "mapping": mapping}}
    paths: dict[str, Any] = {
        "/api/v1/intents": {
            "post": _post(
                "Carry out one intent, or a list in order until the first refusal.",
                {"oneOf": [one, {"type": "array", "items": one, "minItems": 1, "maxItems": 2500}]},
            )
        }
    }
    for kind in INTENT_TYPES:
        paths[f"/api/v1/intents/{kind.__name__}"] = {
            "post": _post((kind.__doc__ or "").strip(), _without_tag(components[kind.__name__]))
        }
    paths.update(_reads())
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Evertill lane",
            "version": evertill.__version__,
            "description": "Everything the register's screen does. Loopback only; JSON only.",
        },
        "paths": paths,
        "components": {"schemas": components},
    }


def _without_tag(schema: dict[str, Any]) -> dict[str, Any]:
    properties = {key: value for key, value in schema["properties"].items() if key != "type"}
    required = [key for key in schema.get("required", []) if key != "type"]
    return {**schema, "properties": properties, "required": required}


def _content(schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _refusals(*codes: int) -> dict[str, Any]:
    words = {
        400: "Not understood",
        403: "Another origin",
        404: "Not here",
        405: "Not this method",
        409: "Refused: nothing was recorded",
        413: "Larger than 1 MiB",
        415: "Not JSON",
        503: "A fault: nothing was recorded",
    }
    return {str(code): _content(_ref("Refused"), words[code]) for code in codes}


def _post(summary: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "summary": summary.split("\n")[0],
        "description": summary,
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "responses": {
            "200": _content(_ref("Accepted"), "Carried out"),
            **_refusals(400, 403, 405, 409, 413, 415, 503),
        },
    }


def _get(
    summary: str, schema: dict[str, Any], *parameters: dict[str, Any], codes: tuple[int, ...] = ()
) -> Any:
    return {
        "get": {
            "summary": summary,
            "parameters": list(parameters),
            "responses": {"200": _content(schema, "Found"), **_refusals(403, *codes)},
        }
    }


def _query(name: str, kind: str = "string") -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": {"type": kind}}


def _path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}


def _reads() -> dict[str, Any]:
    anything = {"type": "object"}
    pdf = _get("A receipt as PDF.", anything, _path("receipt"), _query("locale"), codes=(404, 503))
    pdf["get"]["responses"]["200"] = {
        "description": "The PDF",
        "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
    }
    svg = _get("A receipt's QR code as a picture.", anything, _path("receipt"), codes=(404,))
    svg["get"]["responses"]["200"] = {
        "description": "The picture",
        "content": {"image/svg+xml": {"schema": {"type": "string"}}},
    }
    return {
        "/api/v1/state": _get("What the screen shows now.", _ref("View")),
        "/api/v1/display": _get("What the customer's display shows now.", _ref("Display")),
        "/api/v1/shop": _get(
            "Staff, tenders, reasons, categories, limits of the edition in force.", anything
        ),
        "/api/v1/about": _get("This program, lane and folder.", anything),
        "/api/v1/health": _get("Whether the agent answers.", anything),
        "/api/v1/tiles": _get("Favourites, and what sells at this hour.", anything),
        "/api/v1/products": _get(
            "Search articles.",
            anything,
            _query("q"),
            _query("category"),
            _query("limit", "integer"),
            codes=(400,),
        ),
        "/api/v1/products/{code}": _get("One article by sku or code.", anything, _path("code"), codes=(404,)),
        "/api/v1/receipts": _get("The newest receipts.", anything, _query("limit", "integer"), codes=(400,)),
        "/api/v1/receipts/{receipt}": _get(
            "One receipt's document.", anything, _path("receipt"), codes=(404,)
        ),
        "/api/v1/receipts/{receipt}/page": _get(
            "A receipt laid out for the screen.", anything, _path("receipt"), _query("locale"), codes=(404,)
        ),
        "/api/v1/receipts/{receipt}/pdf": pdf,
        "/api/v1/receipts/{receipt}/code.svg": svg,
        "/api/v1/shift/report": _get("The shift so far.", _ref("ShiftReport"), codes=(409,)),
        "/api/v1/shift/report/page": _get(
            "The shift so far, laid out.", anything, _query("locale"), codes=(409,)
        ),
        "/api/v1/words/{locale}": _get("The screen's texts in a language.", anything, _path("locale")),
    }
