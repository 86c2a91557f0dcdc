"""Lines drawn as pictures: what a printer's own letters cannot write, above all Chinese.

Drawn on the printer's grid (12 dots a column), so that drawn and written lines stand under each other.
"""

from __future__ import annotations

from functools import cache
from itertools import chain

import msgspec
import segno
from PIL import Image, ImageDraw, ImageFont

from evertill.lane.printing.columns import char_width, text_width
from evertill.lane.printing.fonts import Face

COLUMN_DOTS = 12
LINE_DOTS = 30
_LETTER_DOTS = 24
_QR_DOTS_MAX = 8


class GridLine(msgspec.Struct, frozen=True):
    """One line of at most the paper's columns; a large one has half as many."""

    text: str
    bold: bool = False
    large: bool = False


def draw_lines(lines: list[GridLine], face: Face, width_dots: int) -> Image.Image:
    """The lines below each other, black on white, one bit a dot."""
    heights = [LINE_DOTS * _scale(line) for line in lines]
    picture = Image.new("1", (width_dots, sum(heights)), 1)
    pen = ImageDraw.Draw(picture)
    pen.fontmode = "1"
    top = 0
    for line, height in zip(lines, heights, strict=True):
        _draw_line(pen, line, face, top + height // 2)
        top += height
    return picture


def draw_qr(text: str, width_dots: int) -> Image.Image:
    """A QR code with its quiet zone in the middle of the paper, medium error correction."""
    code = segno.make(text, error="m", micro=False)
    modules = int(code.symbol_size()[0])
    dot = max(1, min(_QR_DOTS_MAX, width_dots // 2 // modules))
    rows = bytearray(chain.from_iterable(code.matrix_iter(border=4)))
    square = Image.frombytes("L", (modules, modules), bytes(0 if module else 255 for module in rows))
    side = modules * dot
    picture = Image.new("1", (width_dots, side), 1)
    picture.paste(square.resize((side, side), Image.Resampling.NEAREST), ((width_dots - side) // 2, 0))
    return picture


def _draw_line(pen: ImageDraw.ImageDraw, line: GridLine, face: Face, middle: int) -> None:
    scale = _scale(line)
    font = _font(face, _LETTER_DOTS * scale)
    column = COLUMN_DOTS * scale
    offsets = range(scale + 1) if line.bold else range(1)
    if font.getlength(line.text) == text_width(line.text) * column:
        for offset in offsets:
            pen.text((offset, middle), line.text, font=font, anchor="lm")
        return
    left = 0
    for char in line.text:
        room = char_width(char) * column
        for offset in offsets:
            pen.text((left + room // 2 + offset, middle), char, font=font, anchor="mm")
        left += room


def _scale(line: GridLine) -> int:
    return 2 if line.large else 1


@cache
def _font(face: Face, height_dots: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(face.path, height_dots, index=face.index)
