"""receipt-escpos: bytes of printer calls, of python-escpos through our scratch printer and of escpos-php.

A PHP call is translated to the command that our pages send (printing.commands), or else to python-escpos's
call for it. What that library wraps into others (a barcode with its height) is picked out of what it sends.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from escpos.exceptions import Error as EscposError
from escpos.printer import Dummy

from evertill.lane.printing import commands
from evertill.lane.printing.escpos_bytes import scratch_printer
from tests.vectors.outcome import Failed, Outcome, OutOfScope, Passed, compared

SET = "receipt-escpos"

REFUSED = (ValueError, KeyError, TypeError, EscposError)
INIT_HEX = "1b40"
NOT_PRINTED = {
    "selectPrintMode",
    "setDoubleStrike",
    "setColor",
    "pdf417Code",
    "feedReverse",
    "release",
    "setSmoothing",
    "setPrintBuffer",
    "getPrintBuffer",
    "selectCharacterTable",
    "selectUserDefinedCharacterSet",
    "setUserDefinedCharacter",
    "dataMatrixCode",
    "aztecCode",
    "maxiCode",
}
PICTURES = {"bitImage", "bitImageColumnFormat", "graphics", "textChinese"}
BARCODES = {
    "UPCA": "UPC-A",
    "UPCE": "UPC-E",
    "JAN13": "EAN13",
    "JAN8": "EAN8",
    "CODE39": "CODE39",
    "ITF": "ITF",
    "CODABAR": "NW7",
    "CODE93": "CODE93",
    "CODE128": "CODE128",
}
CONSTANTS: dict[str, Any] = {
    **{f"JUSTIFY_{name}": number for number, name in enumerate(("LEFT", "CENTER", "RIGHT"))},
    **{f"UNDERLINE_{name}": number for number, name in enumerate(("NONE", "SINGLE", "DOUBLE"))},
    **{f"BARCODE_TEXT_{name}": number for number, name in enumerate(("NONE", "ABOVE", "BELOW"))},
    **{f"QR_ECLEVEL_{name}": number for number, name in enumerate("LMQH")},
    **{f"BARCODE_{name}": BARCODES[name] for name in BARCODES},
    **{f"FONT_{name}": number for number, name in enumerate("ABC")},
    "QR_MODEL_1": 1,
    "QR_MODEL_2": 2,
    "QR_MICRO": 3,
    "CUT_FULL": commands.CUT_FULL,
    "CUT_PARTIAL": commands.CUT_PARTIAL,
}
TEXT_POSITIONS = {0: "OFF", 1: "ABOVE", 2: "BELOW", 3: "BOTH"}
FONTS = {0: "a", 1: "b"}


def run(case: dict[str, Any]) -> Outcome:
    """One case: the calls of a test in order, and what the printer got."""
    with contextlib.redirect_stdout(io.StringIO()):  # python-escpos prints advice
        if case["kind"].startswith("python_escpos:"):
            return _python(case)
        if case["kind"].startswith("escpos_php:"):
            return _php(case)
    return Failed(f"unknown kind {case['kind']}")


def _python(case: dict[str, Any]) -> Outcome:
    options = case.get("printer_options") or {}
    disabled = (options.get("magic_encode_args") or {}).get("disabled")
    if disabled and case["output_hex"] == "" and any(call[1] != [""] for call in case["calls"]):
        return OutOfScope("escpos_encoder_replaced")
    printer = scratch_printer(**_plain(options))
    error = ""
    try:
        for method, arguments, named in _plain(case["calls"]):
            getattr(printer, method)(*arguments, **named)
    except REFUSED as refusal:
        error = repr(refusal)
    came = bytes(printer.output).hex()
    if error and came == case["output_hex"] and came:
        return Failed(f"the bytes are right, but it ended with {error}")
    return compared(case["output_hex"], came)


def _plain(value: Any) -> Any:
    """Numbers as a caller of the library would write them: the cases were read with decimals."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return {key: _plain(each) for key, each in value.items()} if isinstance(value, dict) else value


def _php(case: dict[str, Any]) -> Outcome:
    methods = {method for method, _ in case["calls_php"]}
    if methods & NOT_PRINTED:
        return OutOfScope("escpos_command_not_printed")
    if methods & PICTURES:
        return OutOfScope("escpos_picture_of_another_library")
    if any(method == "text" and not text.isascii() for method, text in case["calls_php"]):
        return OutOfScope("escpos_code_page_of_another_library")
    unknown = methods - CALLS.keys()
    if unknown:
        return Failed(f"unknown calls {sorted(unknown)}")
    came = commands.initialise()
    try:
        for method, text in case["calls_php"]:
            arguments = _php_arguments(text)
            if method == "setFont" and arguments == [2]:
                return OutOfScope("escpos_command_not_printed")
            if method == "setBarcodeWidth" and arguments in ([1], *([n] for n in range(7, 256))):
                return OutOfScope("escpos_barcode_width_of_no_printer")
            came += CALLS[method](*arguments)
    except REFUSED as refusal:
        return Passed() if "error" in case else Failed(f"refused with {refusal!r}")
    if "error" in case:
        return Failed(f"expected {case['error']}, came {came.hex()}")
    return compared(case["output_hex"], came.hex())


# -- the calls ------------------------------------------------------------------------------------------


def _sent(call: Callable[[Dummy], None]) -> bytes:
    printer = scratch_printer(magic_encode_args={"encoding": "CP437"})
    call(printer)
    return bytes(printer.output)


def _barcode_part(start: bytes, code: str = "00", kind: str = "ITF", **settings: Any) -> bytes:
    """The command beginning with `start` among those that python-escpos sends for a barcode."""
    sent = _sent(lambda p: p.barcode(code, kind, align_ct=False, function_type="B", **settings))
    found = re.search(re.escape(start) + (b".*" if start == b"\x1dk" else b"."), sent, re.DOTALL)
    assert found is not None, "the command was sent"
    return found.group()


def _style(**style: Any) -> bytes:
    return _sent(lambda printer: printer.set(**style))


def _qr(content: str, level: int = 0, size: int = 3, model: int = 2) -> bytes:
    return _sent(lambda p: p.qr(content, ec=level, size=size, model=model, native=True))


def _line_spacing(dots: int | None = None) -> bytes:
    if dots is None:
        return _sent(lambda printer: printer.line_spacing())
    return commands.line_spacing(dots)


CALLS: dict[str, Callable[..., bytes]] = {
    "initialize": commands.initialise,
    "text": lambda text="": _sent(lambda printer: printer.text(text or "")),
    "textRaw": lambda text="": _sent(lambda printer: printer._raw(text.encode())),
    "feed": lambda lines=1: commands.feed(lines),
    "feedForm": lambda: _sent(lambda printer: printer.control("FF")),
    "setUnderline": lambda dots=1: _style(underline=dots),
    "setEmphasis": lambda on=True: _style(bold=on),
    "setReverseColors": lambda on=True: _style(invert=on),
    "setUpsideDown": lambda on=True: _style(flip=on),
    "setFont": lambda number=0: _style(font=FONTS[number]),
    "setTextSize": lambda width, height: _style(custom_size=True, width=width, height=height),
    "setJustification": lambda align=0: commands.justify(align),
    "setLineSpacing": _line_spacing,
    "setPrintWidth": lambda dots=512: commands.print_width(dots),
    "setPrintLeftMargin": lambda dots=0: commands.left_margin(dots),
    "cut": commands.cut,
    "pulse": commands.kick,
    "setBarcodeHeight": lambda dots=8: _barcode_part(b"\x1dh", height=dots),
    "setBarcodeWidth": lambda dots=3: _barcode_part(b"\x1dw", width=dots),
    "setBarcodeTextPosition": lambda place=0: _barcode_part(b"\x1dH", pos=TEXT_POSITIONS[place]),
    "barcode": lambda code, kind="CODE39": _barcode_part(b"\x1dk", str(code), str(kind)),
    "qrCode": _qr,
    "close": lambda: b"",
}

# -- PHP's arguments ------------------------------------------------------------------------------------

_TOKEN = re.compile(
    r'\s*(?:(?P<double>"(?:\\.|[^"\\])*")|(?P<single>\'(?:\\.|[^\'\\])*\')|(?P<constant>\w+::\w+)'
    r"|(?P<number>-?\d+(?:\.\d+)?)|(?P<word>\w+)|(?P<mark>[.,|()]))",
    re.DOTALL,
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "e": "\x1b"}
_WORDS = {"true": True, "false": False, "null": None}


def _php_arguments(text: str) -> list[Any]:
    """The values of a PHP argument list: strings (joined by dots), numbers, constants, str_repeat, null."""
    tokens = [match for match in _TOKEN.finditer(text) if match.group().strip()]
    if "".join(match.group() for match in tokens).strip() != text.strip():
        raise SyntaxError(f"PHP arguments not understood: {text!r}")
    stream = _Tokens([(match.lastgroup or "", match.group().strip()) for match in tokens])
    return stream.arguments() if tokens else []


class _Tokens:
    """Reads values from tokens, left to right."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._place = 0

    def arguments(self) -> list[Any]:
        values = [self._joined()]
        while self._next_is(","):
            values.append(self._joined())
        return values

    def _joined(self) -> Any:
        value = self._value()
        while self._next_is("."):
            value = str(value) + str(self._value())
        while self._next_is("|"):
            value |= self._value()
        return value

    def _value(self) -> Any:
        group, text = self._tokens[self._place]
        self._place += 1
        if group == "double":
            return _php_string(text[1:-1])
        if group == "single":
            return text[1:-1].replace("\\'", "'").replace("\\\\", "\\")
        if group == "number":
            return float(text) if "." in text else int(text)
        if group == "constant":
            return CONSTANTS[text.split("::")[1]]
        if group == "word" and text in _WORDS:
            return _WORDS[text]
        if group == "word" and self._next_is("("):
            return self._call(text)
        raise SyntaxError(f"PHP value not understood: {text!r}")

    def _call(self, name: str) -> Any:
        values = self.arguments()
        if not self._next_is(")"):
            raise SyntaxError(f"PHP call not understood: {name}")
        if name == "str_repeat":
            return values[0] * values[1]
        if name == "chr":
            return chr(values[0])
        raise SyntaxError(f"PHP call not understood: {name}")

    def _next_is(self, mark: str) -> bool:
        found = self._place < len(self._tokens) and self._tokens[self._place] == ("mark", mark)
        self._place += found
        return found


def _php_string(text: str) -> str:
    def escaped(match: re.Match[str]) -> str:
        code = match.group(1)
        if code[0] == "x" and len(code) > 1:
            return chr(int(code[1:], 16))
        return _ESCAPES.get(code, code if code in '"\\$' else "\\" + code)

    return re.sub(r"\\(x[0-9a-fA-F]{1,2}|.)", escaped, text, flags=re.DOTALL)
