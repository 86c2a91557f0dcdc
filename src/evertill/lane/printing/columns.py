"""Text on a grid of characters: widths, breaking lines, a figure flush right.

A printer's paper is a grid: 48 columns on 80 mm, 32 on 58 mm. A Chinese character takes two.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence

from evertill.core.rounding import share

GAP = 1  # columns that stay free between words and a figure


def char_width(char: str) -> int:
    """Columns that a character takes: 2 for wide ones, 0 for those that sit on another."""
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def text_width(text: str) -> int:
    """Columns that a text takes."""
    return sum(map(char_width, text))


def wrap(text: str, width: float, measure: Callable[[str], float] = char_width) -> list[str]:
    """`text` in lines of at most `width`: broken at spaces or beside Chinese, else where it must.

    `measure` gives a character's width; `width` holds the widest at least once. At least one line; no line
    is wider than `width` (spaces at its end aside, which go), no visible character is lost.
    """
    lines: list[str] = []
    line, used = "", 0.0
    for piece in _pieces(text):
        ink = sum(map(measure, piece.rstrip()))
        if line and used + ink > width:
            lines.append(line.rstrip())
            line, used = "", 0.0
        while ink > width:
            fitting = fit(piece, width, measure)
            lines.append(fitting)
            piece = piece[len(fitting) :]
            ink = sum(map(measure, piece.rstrip()))
        line += piece
        used += sum(map(measure, piece))
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def fit(text: str, width: float, measure: Callable[[str], float] = char_width) -> str:
    """As many characters from the start as `width` holds, at least one."""
    used = 0.0
    for index, char in enumerate(text):
        used += measure(char)
        if used > width and index > 0:
            return text[:index]
    return text


def padded(text: str, width: int, align: str = "left") -> str:
    """`text` filled with spaces to `width` columns."""
    room = max(0, width - text_width(text))
    if align == "right":
        return " " * room + text
    if align == "center":
        return " " * (room // 2) + text
    return text + " " * room


def pair_lines(left: str, right: str, width: int, indent: int = 0) -> list[str]:
    """Words at the left, broken as needed; the figure flush right beside the last of their lines.

    A figure that leaves the words less than a third of the width takes a line of its own.
    """
    figure = text_width(right)
    room = width - indent - (figure + GAP if right else 0)
    if not left:
        return [padded(fit(right, width), width, "right")]
    if room < width // 3 and room < text_width(left):
        own = [" " * indent + line for line in wrap(left, width - indent)]
        return [*own, *(padded(line, width, "right") for line in wrap(right, width))]
    *above, last = [" " * indent + line for line in wrap(left, room)]
    if not right:
        return [*above, last]
    return [*above, padded(last, width - figure) + right]


def column_lines(cells: Sequence[str], weights: Sequence[int], width: int) -> list[str]:
    """A table's row: the first cell flush left and broken, the others flush right and never cut.

    A row whose figures need more than their share is set as lines below each other.
    """
    widths = share(width, weights)
    figures = "".join(padded(cell, room, "right") for cell, room in zip(cells[1:], widths[1:], strict=True))
    crowded = any(text_width(cell) + GAP > room for cell, room in zip(cells[1:], widths[1:], strict=True))
    if crowded:
        return [*wrap(cells[0], width), *pair_lines("", "  ".join(cells[1:]), width)]
    *above, last = wrap(cells[0], widths[0])
    return [*above, padded(last, widths[0]) + figures]


def _pieces(text: str) -> Iterator[str]:
    """Parts that stay together: a word with its spaces, or one wide character."""
    word = ""
    for char in text:
        if char_width(char) == 2:
            if word:
                yield word
            yield char
            word = ""
        elif word and word[-1] == " " and char != " ":
            yield word
            word = char
        else:
            word += char
    if word:
        yield word
