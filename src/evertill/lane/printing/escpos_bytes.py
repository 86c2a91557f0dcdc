"""A page as ESC/POS bytes: Latin lines in the printer's own letters, every other line as a picture.

Why not the printer's own Chinese: only some have it, in one of three encodings, and half of the rest
print rubbish without a word. A picture is the same on all. What must hold: no byte above 127 is sent
while a printer may take it for half of a Chinese character (FS . comes first), and no text ever goes through
GB18030 (its U+00A5 is four bytes that printers do not know). Without a font for Chinese the page still
comes out: what cannot be written becomes a plain letter or "?" (and compose.py says so on the page).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import groupby

import msgspec
from escpos.printer import Dummy

from evertill.lane.printing import commands
from evertill.lane.printing.columns import column_lines, padded, pair_lines, wrap
from evertill.lane.printing.fonts import Face
from evertill.lane.printing.page import Columns, Cut, Drawer, Feed, Page, Pair, Qr, Row, Rule, Text
from evertill.lane.printing.raster import COLUMN_DOTS, LINE_DOTS, GridLine, draw_lines, draw_qr

_PLAIN = str.maketrans({"×": "x", "’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "."})


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about a printer: its width in columns (48 on 80 mm, 32 on 58 mm) and its ways.

    `codepage` is a name of python-escpos ("CP858": Western European with the euro). `qr_native`:
    the printer draws QR codes itself. `face` draws what the code page lacks; None if no font was found.
    """

    columns: int = 48
    codepage: str = "CP858"
    profile: str | None = None
    qr_native: bool = False
    cuts: bool = True
    drawer_pin: int = 0
    face: Face | None = None

    @property
    def dots(self) -> int:
        return self.columns * COLUMN_DOTS


def scratch_printer(profile: str | None = None, *, dots: int | None = None, **options: object) -> Dummy:
    """A python-escpos printer that only collects bytes; `dots` is the paper's width if it is known."""
    printer = Dummy(profile=profile, **options)
    if dots is not None:
        media = {"dpi": 203, "width": {"pixels": dots, "mm": dots // 8}}
        printer.profile.profile_data = {**printer.profile.profile_data, "media": media}
    return printer


def render_escpos(page: Page, paper: Paper) -> bytes:
    """The page for this paper. Every job starts from the printer's blank state and leaves none behind."""
    return _Bytes(paper).page(page)


class _Bytes:
    """One page on its way to bytes."""

    def __init__(self, paper: Paper) -> None:
        self._paper = paper
        self._printer = scratch_printer(paper.profile, dots=paper.dots)

    def page(self, page: Page) -> bytes:
        self._raw(commands.initialise())
        if not all(isinstance(row, Drawer) for row in page.rows):
            self._begin()
        for gridded, rows in groupby(
            page.rows, key=lambda row: isinstance(row, Text | Pair | Columns | Rule)
        ):
            if gridded:
                self._write([line for row in rows for line in grid_lines(row, self._paper.columns)])
            else:
                for row in rows:
                    self._act(row)
        return bytes(self._printer.output)

    def _begin(self) -> None:
        self._raw(commands.leave_chinese_mode() + commands.left_margin(0))
        self._raw(commands.print_width(self._paper.dots) + commands.line_spacing(LINE_DOTS))
        self._printer.magic.force_encoding(self._paper.codepage)

    def _write(self, lines: list[GridLine]) -> None:
        for native, group in groupby(lines, key=lambda line: self._native(line.text)):
            if native:
                for line in group:
                    self._write_line(line)
            elif self._paper.face is not None:
                self._printer.image(draw_lines(list(group), self._paper.face, self._paper.dots))
            else:
                for line in group:
                    self._write_line(msgspec.structs.replace(line, text=self._plain(line.text)))

    def _write_line(self, line: GridLine) -> None:
        styled = line.bold or line.large
        side = 2 if line.large else 1
        if styled:
            self._printer.set(bold=line.bold, custom_size=True, width=side, height=side)
        self._printer.textln(line.text.rstrip())
        if styled:
            self._printer.set(bold=False, custom_size=True, width=1, height=1)

    def _native(self, text: str) -> bool:
        encoder, codepage = self._printer.magic.encoder, self._paper.codepage
        return text.isascii() or all(encoder.can_encode(codepage, char) for char in text)

    def _plain(self, text: str) -> str:
        """`text` in letters that the printer has; its width on the grid stays as it was."""
        return "".join(char if self._native(char) else self._plain_char(char) for char in text)

    def _plain_char(self, char: str) -> str:
        char_plain = unicodedata.normalize("NFKD", char.translate(_PLAIN))[:1]
        wide = unicodedata.east_asian_width(char) in "WF"
        return padded(char_plain if char_plain.isascii() and char_plain else "?", 2 if wide else 1)

    def _act(self, row: Row) -> None:
        if isinstance(row, Qr):
            self._qr(row.text)
        elif isinstance(row, Feed):
            self._raw(commands.feed(row.lines))
        elif isinstance(row, Cut):
            self._raw(commands.cut() if self._paper.cuts else commands.feed(4))
        elif isinstance(row, Drawer):
            self._raw(commands.kick(self._paper.drawer_pin))

    def _qr(self, text: str) -> None:
        if not self._paper.qr_native:
            self._printer.image(draw_qr(text, self._paper.dots))
            return
        self._raw(commands.justify(1))
        self._printer.qr(text, ec=1, size=6, native=True)
        self._raw(b"\n" + commands.justify(0))

    def _raw(self, data: bytes) -> None:
        self._printer._raw(data)


def grid_lines(row: Row, columns: int) -> Iterator[GridLine]:
    """The lines of a text row on paper of this many columns."""
    if isinstance(row, Text):
        width = columns // 2 if row.large else columns
        for paragraph in row.text.splitlines() or [""]:
            for line in wrap(paragraph, width):
                yield GridLine(padded(line, width, row.align), row.bold, row.large)
    elif isinstance(row, Pair):
        width = columns // 2 if row.large else columns
        for line in pair_lines(row.left, row.right, width, row.indent * 2):
            yield GridLine(line, row.bold, row.large)
    elif isinstance(row, Columns):
        for line in column_lines(row.cells, row.weights, columns):
            yield GridLine(line, row.bold)
    elif isinstance(row, Rule):
        yield GridLine(("=" if row.double else "-") * columns)
