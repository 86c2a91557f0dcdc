"""The words of ESC/POS that our pages need beyond those of python-escpos, as bytes.

From Epson's ESC/POS command reference; each function names its command. Text encoding, styles, codes and
images come from python-escpos; here stand what it does not send the way we need (the cut that feeds
first, a drawer pulse with our times, the paper's width) and the switching off of the printer's own Chinese
mode. Every function raises ValueError for a number outside the command's range.
"""

from __future__ import annotations

ESC = b"\x1b"
GS = b"\x1d"
CUT_FULL, CUT_PARTIAL = 65, 66


def initialise() -> bytes:
    """ESC @: forget every setting that an earlier job left behind."""
    return ESC + b"@"


def leave_chinese_mode() -> bytes:
    """FS .: bytes above 127 are letters of the code page again, not halves of Chinese characters."""
    return b"\x1c."


def justify(align: int) -> bytes:
    """ESC a: left 0, centre 1, right 2."""
    return ESC + b"a" + _byte("justification", align, 0, 2)


def line_spacing(dots: int) -> bytes:
    """ESC 3: dots from one line to the next."""
    return ESC + b"3" + _byte("line spacing", dots, 1)


def feed(lines: int) -> bytes:
    """ESC d, or LF for one: the paper moves on by lines."""
    return b"\n" if lines == 1 else ESC + b"d" + _byte("lines", lines, 1)


def left_margin(dots: int) -> bytes:
    """GS L."""
    return GS + b"L" + _word("left margin", dots, 0)


def print_width(dots: int) -> bytes:
    """GS W: what lies right of it stays white."""
    return GS + b"W" + _word("print width", dots, 1)


def cut(mode: int = CUT_FULL, feed_dots: int = 3) -> bytes:
    """GS V: feed until the print is past the knife and `feed_dots` more, then cut."""
    if mode not in (CUT_FULL, CUT_PARTIAL):
        raise ValueError(f"cut must be {CUT_FULL} (full) or {CUT_PARTIAL} (partial), not {mode!r}")
    return GS + b"V" + bytes([mode]) + _byte("feed", feed_dots, 0)


def kick(pin: int = 0, on_ms: int = 120, off_ms: int = 240) -> bytes:
    """ESC p: a pulse on the plug's contact 2 (`pin` 0) or 5 (`pin` 1) opens the drawer. It counts in 2 ms."""
    _ranged("on time", on_ms, 1, 511)
    _ranged("off time", off_ms, 1, 511)
    return ESC + b"p" + bytes([_byte("pin", pin, 0, 1)[0] + 48, on_ms // 2, off_ms // 2])


def _byte(name: str, value: int, least: int, most: int = 255) -> bytes:
    return _ranged(name, value, least, most).to_bytes(1, "little")


def _word(name: str, value: int, least: int) -> bytes:
    return _ranged(name, value, least, 65_535).to_bytes(2, "little")


def _ranged(name: str, value: int, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ValueError(f"{name} must be a whole number from {least} to {most}, not {value!r}")
    return value
