"""In which encoding a shop's list is written, found out from its bytes.

Spreadsheets in China write GB18030 without saying so, others UTF-8 with or without a mark, UTF-16,
or Windows-1252. A mark decides; else what is valid UTF-8 is UTF-8; else the shape of the bytes
above 127 tells: Chinese text has them in pairs, European text mostly one by one. It remains a
guess, so the answer carries a sentence that is shown to the person who can see whether the names
look right.
"""

from __future__ import annotations

import codecs
import re

import msgspec

from evertill.core.fault import Fault

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8 (the file says so)"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16 (the file says so)"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16 (the file says so)"),
)
_PAIR = re.compile(rb"[\x81-\xfe][\xa1-\xfe]")
_LONE = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")
_LOOK = "If names look wrong, say which encoding it is with --encoding."


class Decoded(msgspec.Struct, frozen=True):
    """The text of a file. `encoding` is Python's name of it; `statement` says how it was read."""

    text: str
    encoding: str
    statement: str


def decode(data: bytes, encoding: str = "auto") -> Decoded:
    """The text of `data`, read as `encoding` or as what its bytes look like.

    Raises Fault: "import_encoding_unknown" for a name that is no encoding, "import_not_text" if the
    bytes are not text in the encoding asked for or in any that is tried.
    """
    if encoding != "auto":
        return _asked(data, encoding)
    for mark, name, said in _MARKS:
        if data.startswith(mark):
            return Decoded(_strict(data, name), name, f"Read as {said}.")
    if b"\x00" in data[:4096]:
        return _utf16_without_mark(data)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _two_byte_or_european(data)
    said = "plain ASCII" if text.isascii() else "UTF-8"
    return Decoded(text, "utf-8", f"Read as {said}.")


def _asked(data: bytes, encoding: str) -> Decoded:
    try:
        name = codecs.lookup(encoding).name
    except LookupError as wrong:
        hint = "There is no such encoding. Try auto, utf-8, gb18030, utf-16, big5 or cp1252."
        raise Fault("import_encoding_unknown", hint, detail=encoding) from wrong
    if name == "utf-8" and data.startswith(codecs.BOM_UTF8):
        name = "utf-8-sig"
    return Decoded(_strict(data, name), name, f"Read as {encoding}, as asked.")


def _utf16_without_mark(data: bytes) -> Decoded:
    name = "utf-16-be" if data[:4096:2].count(0) > data[1:4096:2].count(0) else "utf-16-le"
    return Decoded(_strict(data, name), name, f"Read as {name.upper()} (guessed). {_LOOK}")


def _two_byte_or_european(data: bytes) -> Decoded:
    pairs, lone = len(_PAIR.findall(data)), len(_LONE.findall(data))
    if pairs > lone:
        try:
            return Decoded(data.decode("gb18030"), "gb18030", f"Read as GB18030, Chinese (guessed). {_LOOK}")
        except UnicodeDecodeError:
            pass
    return Decoded(_strict(data, "cp1252"), "cp1252", f"Read as Windows-1252, European (guessed). {_LOOK}")


def _strict(data: bytes, name: str) -> str:
    try:
        text = data.decode(name)
    except (UnicodeDecodeError, LookupError, ValueError) as wrong:
        line = data[: getattr(wrong, "start", 0)].count(b"\n") + 1
        hint = (
            "The file is not text in this encoding. Save it in the spreadsheet as CSV UTF-8, "
            "or say which encoding it is with --encoding."
        )
        raise Fault("import_not_text", hint, detail=f"{name}, line {line}") from wrong
    if "\x00" in text:
        hint = "The file is not a text table. Save it in the spreadsheet as CSV, then import that file."
        raise Fault("import_not_text", hint)
    return text
