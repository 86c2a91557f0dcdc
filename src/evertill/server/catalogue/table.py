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
        widths = [len(cells) for cells in csv.reader(head, delimiter=delimiter, skipinitialspace=True)]
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
        row = _row(number + 1, "".join(lines[number : number + taken]), delimiter, lines=taken)
        if row.wrong is not None and taken > 1:
            taken = 1
            row = Row(number + 1, (), lines[number], row.wrong)
        if row.raw.strip():
            yield row
        number += taken


def _lines_of_row(lines: list[str], start: int) -> int:
    """How many lines the row spans until its quotes come in pairs; 1 if they do not within ROW_LINES_MAX."""
    quotes = 0
    for taken, line in enumerate(lines[start : start + ROW_LINES_MAX], start=1):
        quotes += line.count('"')
        if quotes % 2 == 0:
            return taken
    return 1


def _row(number: int, raw: str, delimiter: str, *, lines: int) -> Row:
    # One line whose quotes come in pairs is forgiven blanks behind them; whatever spans lines must be exact.
    strict = lines > 1 or raw.count('"') % 2 == 1
    try:
        text = io.StringIO(raw, newline="")
        parsed = next(csv.reader(text, delimiter=delimiter, skipinitialspace=True, strict=strict), [])
    except csv.Error:
        return Row(number, (), raw, "A quotation mark is not closed, or stands in the middle of a text.")
    if len(parsed) > COLUMNS_MAX or any(len(cell) > FIELD_CHARS_MAX for cell in parsed):
        return Row(number, (), raw, "The row has too many columns or a text that is far too long.")
    return Row(number, tuple(cell.strip() for cell in parsed), raw)
