"""A page as PDF: shaped like the paper receipt, 80 mm wide, with text that can be selected and searched.

Latin pages use a font that every reader has; a page with other letters carries a subset of the font
found on this machine. Without one, what cannot be written becomes "?".
Very long receipts go over several sheets, because readers refuse sheets beyond about five metres.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import msgspec
import segno
from fpdf import FPDF
from fpdf.enums import TextMode

from evertill.core.rounding import share
from evertill.lane.printing.columns import wrap
from evertill.lane.printing.fonts import Face
from evertill.lane.printing.page import Columns, Feed, Page, Pair, Qr, Row, Rule, Text, is_latin, texts

WIDTH_MM = 80.0
MARGIN_MM = 5.0
SHEET_MM = 2_000.0
_PT_MM = 25.4 / 72
_SMALL_PT, _LARGE_PT = 8.5, 13.0
_LEADING = 1.36
_INDENT_MM = 3.0
_GAP_MM = 2.0
_QR_MM = 30.0


class _Ink(msgspec.Struct, frozen=True, kw_only=True):
    """Something placed: a text with its baseline, a rule, or a QR code, `top_mm` below the page's start."""

    top_mm: float
    height_mm: float
    left_mm: float = 0.0
    text: str = ""
    large: bool = False
    bold: bool = False
    kind: str = "text"


def render_pdf(page: Page, face: Face | None) -> bytes:
    """The page as a PDF document. `face` writes what Latin-1 cannot; None if the machine has no such font."""
    return _Document(page, face).render()


class _Document:
    """One page on its way to PDF: first everything gets its place, then it is drawn."""

    def __init__(self, page: Page, face: Face | None) -> None:
        self._page = page
        self._core = face is None or all(is_latin(text) for text in texts(page))
        self._pdf = FPDF(unit="mm", format=(WIDTH_MM, 100))
        self._pdf.set_auto_page_break(False)
        self._pdf.set_title(page.title)
        self._pdf.set_lang("zh-CN" if page.locale == "zh" else "en")
        if self._core:
            self._pdf.core_fonts_encoding = "cp1252"
            self._family = "helvetica"
        else:
            assert face is not None
            self._family = "page"
            self._pdf.add_font(self._family, fname=face.path, collection_font_number=face.index)
        self._room_mm = WIDTH_MM - 2 * MARGIN_MM
        self._width_of: Callable[[str, bool, bool], float] = cache(self._measured)

    def render(self) -> bytes:
        inks: list[_Ink] = []
        top = 0.0
        for row in self._page.rows:
            placed = list(self._place(row, top))
            inks += placed
            top = max([top, *(ink.top_mm + ink.height_mm for ink in placed)])
        for sheet in _sheets(inks):
            self._draw_sheet(sheet)
        return bytes(self._pdf.output())

    # --- placing

    def _place(self, row: Row, top: float) -> Iterator[_Ink]:
        if isinstance(row, Text):
            yield from self._place_text(row, top)
        elif isinstance(row, Pair):
            yield from self._place_pair(row, top)
        elif isinstance(row, Columns):
            yield from self._place_columns(row, top)
        elif isinstance(row, Rule):
            yield _Ink(kind="rule", top_mm=top, height_mm=2.4)
        elif isinstance(row, Qr):
            left = (self._room_mm - _QR_MM) / 2
            yield _Ink(kind="qr", text=row.text, top_mm=top + 1, height_mm=_QR_MM, left_mm=left)
        elif isinstance(row, Feed):
            yield _Ink(kind="space", top_mm=top, height_mm=_line_mm(False) * row.lines)

    def _place_text(self, row: Text, top: float) -> Iterator[_Ink]:
        for paragraph in row.text.splitlines() or [""]:
            for line in self._wrap(paragraph, self._room_mm, row.large, row.bold):
                rest = self._room_mm - self._line_width(line, row.large, row.bold)
                left = {"left": 0.0, "center": rest / 2, "right": rest}[row.align]
                yield self._ink(line, top, left, row.large, row.bold)
                top += _line_mm(row.large)

    def _place_pair(self, row: Pair, top: float) -> Iterator[_Ink]:
        figure = self._line_width(row.right, row.large, row.bold)
        indent = row.indent * _INDENT_MM
        room = self._room_mm - indent - (figure + _GAP_MM if row.right else 0)
        needed = self._line_width(row.left, row.large, row.bold)
        crowded = room < self._room_mm / 3 and room < needed
        if crowded:
            room = self._room_mm - indent
        lines = self._wrap(row.left, room, row.large, row.bold)
        for line in lines:
            yield self._ink(line, top, indent, row.large, row.bold)
            top += _line_mm(row.large)
        if row.right:
            figure_top = top if crowded else top - _line_mm(row.large)
            yield self._ink(row.right, figure_top, self._room_mm - figure, row.large, row.bold)

    def _place_columns(self, row: Columns, top: float) -> Iterator[_Ink]:
        widths = [part / 1_000 for part in share(round(self._room_mm * 1_000), row.weights)]
        figures = [self._line_width(cell, False, row.bold) for cell in row.cells]
        if any(figure + 1 > width for figure, width in zip(figures[1:], widths[1:], strict=True)):
            yield from self._place_pair(Pair(left=row.cells[0], right="", bold=row.bold), top)
            last = Pair(left="", right="  ".join(row.cells[1:]), bold=row.bold)
            yield from self._place_pair(last, top + _line_mm(False))
            return
        yield self._ink(row.cells[0], top, 0.0, False, row.bold)
        edge = widths[0]
        for cell, figure, width in zip(row.cells[1:], figures[1:], widths[1:], strict=True):
            edge += width
            yield self._ink(cell, top, edge - figure, False, row.bold)

    def _ink(self, text: str, top: float, left: float, large: bool, bold: bool) -> _Ink:
        height = _line_mm(large)
        return _Ink(text=text, top_mm=top, height_mm=height, left_mm=left, large=large, bold=bold)

    def _wrap(self, text: str, room: float, large: bool, bold: bool) -> list[str]:
        return wrap(text, room, lambda char: self._width_of(char, large, bold))

    def _line_width(self, text: str, large: bool, bold: bool) -> float:
        return sum(self._width_of(char, large, bold) for char in text)

    def _measured(self, char: str, large: bool, bold: bool) -> float:
        self._use_font(large, bold)
        return float(self._pdf.get_string_width(self._written(char)))

    # --- drawing

    def _draw_sheet(self, inks: list[_Ink]) -> None:
        start = inks[0].top_mm if inks else 0.0
        end = max((ink.top_mm + ink.height_mm for ink in inks), default=0.0)
        self._pdf.add_page(format=(WIDTH_MM, end - start + 2 * MARGIN_MM))
        for ink in inks:
            top = MARGIN_MM + ink.top_mm - start
            if ink.kind == "text":
                self._draw_text(ink, top)
            elif ink.kind == "rule":
                middle = top + ink.height_mm / 2
                self._pdf.set_line_width(0.15)
                self._pdf.line(MARGIN_MM, middle, WIDTH_MM - MARGIN_MM, middle)
            elif ink.kind == "qr":
                self._draw_qr(ink, top)

    def _draw_text(self, ink: _Ink, top: float) -> None:
        size = self._use_font(ink.large, ink.bold)
        baseline = top + ink.height_mm / 2 + size * _PT_MM * 0.35
        stroked = ink.bold and not self._core
        mode = TextMode.FILL_STROKE if stroked else TextMode.FILL
        with self._pdf.local_context(text_mode=mode, line_width=size * 0.008):
            self._pdf.text(MARGIN_MM + ink.left_mm, baseline, self._written(ink.text))

    def _draw_qr(self, ink: _Ink, top: float) -> None:
        code = segno.make(ink.text, error="m", micro=False)
        module = ink.height_mm / code.symbol_size()[0]
        for y, row in enumerate(code.matrix_iter(border=4)):
            for x, length in _runs(row):
                left = MARGIN_MM + ink.left_mm + x * module
                self._pdf.rect(left, top + y * module, length * module, module, style="F")

    def _use_font(self, large: bool, bold: bool) -> float:
        size = _LARGE_PT if large else _SMALL_PT
        self._pdf.set_font(self._family, style="B" if bold and self._core else "", size=size)
        return size

    def _written(self, text: str) -> str:
        return text.encode("cp1252", "replace").decode("cp1252") if self._core else text


def _line_mm(large: bool) -> float:
    return (_LARGE_PT if large else _SMALL_PT) * _PT_MM * _LEADING


def _sheets(inks: list[_Ink]) -> Iterator[list[_Ink]]:
    """The inks in sheets of at most SHEET_MM; what shares a line stays together."""
    sheet: list[_Ink] = []
    for ink in inks:
        if (
            sheet
            and ink.top_mm + ink.height_mm - sheet[0].top_mm > SHEET_MM
            and ink.top_mm > sheet[-1].top_mm
        ):
            yield sheet
            sheet = []
        sheet.append(ink)
    yield sheet


def _runs(row: object) -> Iterator[tuple[int, int]]:
    """(start, length) of each stretch of dark modules."""
    start: int | None = None
    modules = bytes(row)  # type: ignore[call-overload]
    for x, module in enumerate((*modules, 0)):
        if module and start is None:
            start = x
        elif not module and start is not None:
            yield start, x - start
            start = None
