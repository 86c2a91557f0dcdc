"""A page: what stands on a receipt or report, row by row, before anyone knows on what it is printed.

The layouts (receipt.py, report.py) make pages; three renderers turn them into ESC/POS bytes
(escpos_bytes.py), PDF (pdf.py) and JSON for the screen (`page_json` below). A page is plain data,
made of finished texts: a renderer breaks lines and places them, and never computes or translates.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Align = Literal["left", "center", "right"]


class Text(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="text"):
    """One paragraph. `large` is double size."""

    text: str
    align: Align = "left"
    bold: bool = False
    large: bool = False


class Pair(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="pair"):
    """Words at the left, a figure at the right. `indent` counts in steps of two characters."""

    left: str
    right: str
    bold: bool = False
    large: bool = False
    indent: int = 0


class Columns(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="columns"):
    """A table's row. `weights` share out the width; the first cell is flush left, the others right."""

    cells: tuple[str, ...]
    weights: tuple[int, ...]
    bold: bool = False


class Rule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="rule"):
    """A line across the page."""

    double: bool = False


class Qr(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="qr"):
    """A QR code in the middle."""

    text: str


class Feed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="feed"):
    """Empty lines."""

    lines: int = 1


class Cut(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="cut"):
    """The paper is cut here."""


class Drawer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="drawer"):
    """The drawer that hangs on the printer opens. Stands alone on a page: it goes stale sooner than paper."""


Row = Text | Pair | Columns | Rule | Qr | Feed | Cut | Drawer


class Page(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A page in one language ("en" or "zh")."""

    title: str
    locale: str
    rows: tuple[Row, ...]


def page_json(page: Page) -> bytes:
    """The page as JSON for the screen: {"title", "locale", "rows": [{"type": "text", ...}, ...]}."""
    return msgspec.json.encode(page)


def texts(page: Page) -> list[str]:
    """Every text on the page, in order: what a reader of the page reads."""
    found: list[str] = []
    for row in page.rows:
        if isinstance(row, Text):
            found.append(row.text)
        elif isinstance(row, Pair):
            found += [row.left, row.right]
        elif isinstance(row, Columns):
            found += row.cells
    return found


def is_latin(text: str) -> bool:
    """Whether every reader's own Western letters (Windows-1252) can write the text."""
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True
