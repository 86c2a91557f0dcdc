"""The rows of a delimited text with the lines they stand on, damaged ones included.

A row is what a person sees as one: it may span lines inside quotes, and its number is that of the
line in the file on which it begins. A quote that is never closed would swallow the rest of the
file; here it spoils its own line only.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

import msgspec

from evertill.core.fault import Fault

DELIMITERS = (",", ";", "\t", "|")
ROW_LINES_MAX = 20
FIELD_CHARS_MAX = 10_000
COLUMNS_MAX = 500


class Row(msgspec.Struct, frozen=True):
    """One row. `raw` is its text as it stands, line end included; `wrong` says why it cannot be read."""

    line: int
    cells: tuple[str, ...]
    raw: str
    wrong: str | None = None


def find_delimiter(text: str) -> str:
    """The delimiter that cuts the first lines most evenly into columns; "," for a single column."""
    head = [line for line in text[:20_000].splitlines()[:20] if line.strip()]
    if text[:20_000] != text and len(head) > 1:
        head.pop()
    best = (0, 0, ",")
    for place, delimiter in enumerate(DELIMITERS):
        widths = [len(cells) for cells in csv.reader(head, delimiter=delimiter)]
        if widths and widths[0] > 1:
            even = sum(width == widths[0] for width in widths)
            best = max(best, (even * 1_000 // len(widths) + widths[0], -place, delimiter))
    return best[2]


def read_rows(text: str, delimiter: str) -> Iterator[Row]:
    """All rows of `text` in order, blank ones left out. Raises Fault for a delimiter that cannot be one."""
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise Fault(
            "import_delimiter_wrong", "The delimiter is one character, such as a comma, semicolon or tab."
        )
    opens = re.compile(rf'(?:^|{re.escape(delimiter)})\s*"')
    lines = list(io.StringIO(text, newline=""))
    number = 0
    while number < len(lines):
        taken = 1
        if '"' in lines[number] and opens.search(lines[number]):
            taken = _lines_of_row(lines, number)
        raw = "".join(lines[number : number + max(taken, 1)])
        if raw.strip():
            yield _row(number + 1, raw, delimiter, closed=taken > 0)
        number += max(taken, 1)


def _lines_of_row(lines: list[str], start: int) -> int:
    """How many lines the row spans, 0 if its quote is not closed within ROW_LINES_MAX."""
    quotes = 0
    for taken, line in enumerate(lines[start : start + ROW_LINES_MAX], start=1):
        quotes += line.count('"')
        if quotes % 2 == 0:
            return taken
    return 0


def _row(number: int, raw: str, delimiter: str, *, closed: bool) -> Row:
    if not closed:
        return Row(number, (), raw, "A quotation mark is opened and never closed.")
    try:
        parsed = next(csv.reader(io.StringIO(raw, newline=""), delimiter=delimiter))
    except csv.Error as wrong:
        return Row(number, (), raw, f"The row cannot be read: {wrong}.")
    if len(parsed) > COLUMNS_MAX or any(len(cell) > FIELD_CHARS_MAX for cell in parsed):
        return Row(number, (), raw, "The row has too many columns or a text that is far too long.")
    return Row(number, tuple(cell.strip() for cell in parsed), raw)
