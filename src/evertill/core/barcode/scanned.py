"""What a register makes of a scan, or of a number typed by hand.

`parse_scan` never raises, whatever a scanner, a keyboard or a stranger's QR code sends. It gives a
`ScannedCode`, or a `Refusal` if the text is of no use to a sale. What must hold: a code that a shop
has filed as it is printed can be found, so what is no article number stays what it is ("plain"),
and a wrong check digit is a `doubt`, not a refusal, unless a scanner vouches that the symbol must
have a right one. The scan of a plain EAN-13 is the hot path of a till and goes first.

    text -> symbology identifier? -> EAN/UPC, ITF: article number  -> a label by the shop's rules?
                                  -> GS1 symbols:  message
                                  -> none:         article number, message, Digital Link or plain
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec
from msgspec.structs import replace

from evertill.core.barcode.check_digits import is_digits
from evertill.core.barcode.gs1_elements import (
    FNC1,
    Element,
    Elements,
    MessageFault,
    read_bracketed,
    read_message,
)
from evertill.core.barcode.gs1_link import looks_like_link, read_link
from evertill.core.barcode.gs1_values import GRAM_DECIMALS, Figure, read_date, read_figure
from evertill.core.barcode.gtin import expand_upc_e, is_valid_gtin, printed_forms
from evertill.core.barcode.labels import Label, read_label
from evertill.core.refusal import Refusal
from evertill.core.shop import WeightBarcode

SCAN_CHARACTERS_MAX = 4_096
EXPIRY_AIS = ("17", "7003", "16", "15")  # which date counts, if a symbol has several: the strictest

_ARTICLE_SYMBOLS = ("]E0", "]E4", "]I1")
_WITH_ADD_ON = "]E3"  # EAN-13 and the two or five digits of a magazine's issue
_MESSAGE_SYMBOLS = ("]C1", "]d2", "]Q3", "]J1", "]e0", "]e1", "]e2")
_MARGIN = " \t\r\n\x00"


class ScannedCode(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A scan, understood.

    `kind`: "article" (a GTIN), "label" (price, weight or count inside, by a rule of the shop),
    "message" (GS1 elements) or "plain" (the shop's own code). `text` is the code without symbology
    identifier. `gtin` has 14 digits. `item` is the article number on a label, `base_code` the label
    with value zero. `weight_g` is the net weight; `price_minor` the price, in minor units of
    `price_currency` or, if that is None, of the shop; `count` the pieces inside. `expiry_text`
    is YYMMDD. `doubt` names what is wrong with a code that may be right nevertheless.
    """

    text: str
    kind: str = "plain"
    gtin: str | None = None
    item: str | None = None
    base_code: str | None = None
    prefix: str | None = None
    weight_g: int | None = None
    price_minor: int | None = None
    price_currency: str | None = None
    count: int | None = None
    lot: str | None = None
    serial: str | None = None
    expiry_text: str | None = None
    doubt: str | None = None
    elements: Elements = ()

    @property
    def expiry(self) -> str | None:
        """The last day on which the goods may be sold, as an ISO date of this century, or None."""
        found = read_date(self.expiry_text, _THIS_CENTURY) if self.expiry_text is not None else None
        return found.isoformat() if found is not None else None

    def expired(self, today: date) -> bool:
        """Whether the symbol carries a use-by, sell-by or best-before date that lies before `today`."""
        found = read_date(self.expiry_text, today) if self.expiry_text is not None else None
        return found is not None and found < today


_THIS_CENTURY = date(2049, 12, 31)

_EMPTY = Refusal("barcode_empty", "Nothing was scanned. Scan the code once more.")
_TOO_LONG = Refusal("barcode_too_long", "This code is too long. Scan the barcode of the article.")


def parse_scan(
    text: str, rules: Iterable[WeightBarcode] = (), *, minor_digits: int = 2
) -> ScannedCode | Refusal:
    """What `text` means in a shop whose labels follow `rules` and whose currency has `minor_digits`.

    Never raises for any text. Rules are tried in their order.
    """
    if len(text) == 13 and is_digits(text):
        return _number(text, rules, minor_digits)
    if len(text) > SCAN_CHARACTERS_MAX:
        return _TOO_LONG
    text = text.strip(_MARGIN)
    symbol, data = (text[:3], text[3:]) if _has_symbol(text) else ("", text)
    if not data.strip(FNC1 + _MARGIN):
        return _EMPTY
    if symbol == _WITH_ADD_ON:
        return _from_article_symbol(data[:13], rules, minor_digits)
    if symbol in _ARTICLE_SYMBOLS:
        return _from_article_symbol(data, rules, minor_digits)
    if symbol in _MESSAGE_SYMBOLS or data.startswith(FNC1):
        return _from_message(data, minor_digits)
    return _from_text(data, rules, minor_digits)


def lookup_keys(scanned: ScannedCode) -> tuple[str, ...]:
    """What the article may be filed by, the likeliest first: the code as it is, and its other writings."""
    if scanned.kind == "label":
        prefix, item = scanned.prefix or "", scanned.item or ""
        return tuple(dict.fromkeys((scanned.base_code or "", prefix + item, item)))
    if scanned.gtin is None:
        return (scanned.text,)
    forms = printed_forms(scanned.gtin)
    if scanned.kind == "message" or scanned.text in forms:
        return forms
    return (scanned.text, *forms)


def doubt_refusal(scanned: ScannedCode) -> Refusal | None:
    """What to say instead of "unknown code" when nothing is filed under a code that looks misread."""
    return _wrong_check_digit(scanned.text) if scanned.doubt == "incorrect_check_digit" else None


def _wrong_check_digit(code: str) -> Refusal:
    return Refusal(
        "barcode_check_digit",
        "The check digit of {code} is wrong. Scan it again, or type the number under the bars.",
        {"code": code[:80]},
    )


def _has_symbol(text: str) -> bool:
    return len(text) >= 3 and text[0] == "]" and text[1:3].isascii() and text[1:3].isalnum()


def _number(text: str, rules: Iterable[WeightBarcode], minor_digits: int) -> ScannedCode | Refusal:
    """An article number of 8, 12, 13 or 14 digits; with a wrong check digit, plain and doubted."""
    if not is_valid_gtin(text):
        gtin = expand_upc_e(text) if len(text) == 8 else None
        if gtin is not None:
            return ScannedCode(text=text, kind="article", gtin="00" + gtin)
        return ScannedCode(text=text, doubt="incorrect_check_digit")
    gtin = text.zfill(14)
    if len(text) != 8:
        for rule in rules:
            label = read_label(rule, gtin[1:]) if gtin[0] == "0" else None
            if label is not None:
                return _from_label(text, label, minor_digits)
    return ScannedCode(text=text, kind="article", gtin=gtin)


def _from_label(text: str, label: Label, minor_digits: int) -> ScannedCode | Refusal:
    if not label.intact:
        return Refusal(
            "barcode_value_check",
            "The price or weight on label {code} is damaged. Weigh the article again, or type its price.",
            {"code": text},
        )
    rule = label.rule
    value = Figure(label.value, rule.decimals) if label.value is not None else None
    return ScannedCode(
        text=text,
        kind="label",
        item=label.item,
        base_code=label.base_code,
        prefix=rule.prefix,
        weight_g=value.scaled(GRAM_DECIMALS) if value and rule.holds == "weight" else None,
        price_minor=value.scaled(minor_digits) if value and rule.holds == "price" else None,
        count=value.scaled(0) if value and rule.holds == "count" else None,
    )


def _from_article_symbol(
    data: str, rules: Iterable[WeightBarcode], minor_digits: int
) -> ScannedCode | Refusal:
    """EAN, UPC or ITF-14: the scanner vouches for an article number. A composite part adds to it."""
    number, _, packet = data.partition("|")
    found = _number(number, rules, minor_digits) if is_digits(number) else _wrong_check_digit(number)
    if isinstance(found, Refusal):
        return found
    if found.doubt is not None:
        return _wrong_check_digit(number)
    composite = read_message(packet.removeprefix("]e0"))
    return _with_elements(found, composite, minor_digits) if isinstance(composite, tuple) else found


def _from_message(data: str, minor_digits: int) -> ScannedCode | Refusal:
    message = FNC1.join(piece for piece in data.split(FNC1) if piece)
    elements = read_message(message)
    if isinstance(elements, tuple):
        return _from_elements(message, elements, minor_digits)
    # The article can be sold though something behind its number is wrong: a date of zeros, a
    # separator that the scanner swallowed.
    if message.startswith("01") and is_valid_gtin(message[2:16]):
        shaped = read_message(message, content=False)
        if isinstance(shaped, MessageFault):
            shaped = (Element("01", message[2:16]),)
        return replace(_from_elements(message, shaped, minor_digits), doubt=elements.fault)
    if elements.fault == "incorrect_check_digit":
        return _wrong_check_digit(message)
    return Refusal(
        "barcode_unreadable",
        "This code cannot be read as an article's. Scan another code on the pack, or type its number.",
        {"code": message[:80]},
    )


def _from_text(data: str, rules: Iterable[WeightBarcode], minor_digits: int) -> ScannedCode | Refusal:
    """No symbology identifier that helps: typed, or from a scanner that sends none."""
    if is_digits(data) and len(data) in (8, 12, 13, 14):
        return _number(data, rules, minor_digits)
    elements = None
    if looks_like_link(data):
        elements = read_link(data, short_gtin=True)
    elif data.startswith("("):
        elements = read_bracketed("".join(data.split()))
    elif data.startswith("01") and len(data) >= 16 and is_valid_gtin(data[2:16]):
        elements = read_message(data)
    if isinstance(elements, tuple):
        return _from_elements(data, elements, minor_digits)
    return ScannedCode(text=data)


def _from_elements(text: str, elements: Elements, minor_digits: int) -> ScannedCode:
    gtin = next((element.value for element in elements if element.ai == "01"), None)
    scanned = ScannedCode(text=text, kind="message", gtin=gtin)
    return _with_elements(scanned, elements, minor_digits)


def _with_elements(scanned: ScannedCode, elements: Elements, minor_digits: int) -> ScannedCode:
    """`scanned` with what the elements add. Of an element that comes twice the first counts."""
    values: dict[str, str] = {}
    for element in elements:
        values.setdefault(element.ai, element.value)
    figures = {ai[:3]: read_figure(ai, value) for ai, value in reversed(values.items())}
    weight, price = figures.get("310"), figures.get("393") or figures.get("392")
    expiry = next((values[ai][:6] for ai in EXPIRY_AIS if ai in values), None)
    return replace(
        scanned,
        weight_g=weight.scaled(GRAM_DECIMALS) if weight else scanned.weight_g,
        price_minor=price.scaled(minor_digits) if price else scanned.price_minor,
        price_currency=price.currency_code if price else None,
        count=int(values["30"]) if "30" in values else scanned.count,
        lot=values.get("10"),
        serial=values.get("21"),
        expiry_text=expiry,
        elements=elements,
    )
