"""GS1 Digital Link: an article's numbers as a web address, in a QR code for shopper and register.

    https://example.com/any/stem/01/09520123456788/10/ABC123?17=271231#note
                                 primary key       qualifier  data attributes

The primary key is the last identifier in the path that can be one; qualifiers follow it in the
order that the key prescribes; data attributes stand in the query, whose other parameters are
somebody else's and are passed over. What must hold: identifiers mean the same here as in an
element string, each comes once, and a qualifier that belongs in the path is not in the query.
Only numbers name identifiers: the words of earlier editions (/gtin/) were withdrawn.
Source: GS1 Digital Link Standard, URI Syntax, release 1.4.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote, unquote, unquote_plus

from evertill.core.barcode.gs1_elements import Element, Elements, MessageFault, value_fault
from evertill.core.barcode.gs1_table import IDENTIFIERS, Identifier
from evertill.core.barcode.gtin import GTIN_LENGTHS

LINK_CHARACTERS_MAX = 8_192
RESOLVER = "id.gs1.org"

_LINK = re.compile(
    r"https?://(?P<domain>[A-Za-z0-9.:\[\]-]+)"
    r"(?P<path>/[^?#]*)(?:\?(?P<query>[^#]*))?(?:#.*)?",
    re.IGNORECASE,
)
_URI_CHARACTERS = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*")


def looks_like_link(text: str) -> bool:
    """Whether `text` is a web address, Digital Link or not."""
    return text[:8].lower().startswith(("http://", "https://"))


def read_link(text: str, *, short_gtin: bool = False) -> Elements | MessageFault:
    """The elements of a Digital Link, those of the path first, each in the order of the address.

    With `short_gtin` a GTIN of 8, 12 or 13 digits is taken too, as earlier editions of the
    standard allowed; it comes back with 14.
    """
    parts = _LINK.fullmatch(text)
    if parts is None or len(text) > LINK_CHARACTERS_MAX or not _URI_CHARACTERS.fullmatch(text):
        return MessageFault("link_unreadable")
    path = _read_path(parts["path"].split("/")[1:])
    if isinstance(path, MessageFault):
        return path
    query = _read_query(parts["query"] or "")
    if isinstance(query, MessageFault):
        return query
    found = tuple(_with_full_gtin(element, short_gtin) for element in (*path, *query))
    return _fault_of(found, path) or found


def write_link(elements: Sequence[Element], *, domain: str = RESOLVER, stem: str = "") -> str | None:
    """The Digital Link of `elements`, or None if they do not have exactly one primary key.

    Attributes are in the order of their identifiers. With the default domain and no stem it is the
    canonical one, by which two addresses of one article are compared. Also None if `stem` starts or
    ends with a slash.
    """
    keys = [element for element in elements if IDENTIFIERS[element.ai].qualifiers is not None]
    if len(keys) != 1 or stem != stem.strip("/"):
        return None
    key = keys[0]
    held = {element.ai: element for element in elements}
    qualifiers = [held[ai] for ai in _order_for(IDENTIFIERS[key.ai], held)]
    path = [stem] if stem else []
    for element in (key, *qualifiers):
        path += [element.ai, quote(element.value, safe="")]
    rest = sorted((e for e in elements if e not in (key, *qualifiers)), key=lambda e: e.ai)
    query = "&".join(f"{element.ai}={quote(element.value, safe='')}" for element in rest)
    return f"https://{domain}/{'/'.join(path)}" + (f"?{query}" if query else "")


def _order_for(identifier: Identifier, held: dict[str, Element]) -> list[str]:
    """The qualifiers that are there, by the first of the key's orders that has any of them."""
    present = [[ai for ai in order if ai in held] for order in identifier.qualifiers or ()]
    return next((order for order in present if order), [])


def _read_path(segments: list[str]) -> Elements | MessageFault:
    """Pairs from the right end of the path, up to and including a primary key."""
    found: list[Element] = []
    for at in range(len(segments) - 2, -1, -2):
        ai, value = segments[at], unquote(segments[at + 1])
        if ai not in IDENTIFIERS or not value:
            break
        found.insert(0, Element(ai, value))
        if IDENTIFIERS[ai].qualifiers is not None:
            return tuple(found)
    return MessageFault("no_primary_key")


def _read_query(query: str) -> Elements | MessageFault:
    """The parameters whose name is a number: all such names are GS1's, so an unknown one is a fault."""
    found = []
    for parameter in re.split("[&;]", query):
        name, equals, value = parameter.partition("=")
        if not equals or not re.fullmatch("[0-9]+", name):
            continue
        if name not in IDENTIFIERS or not IDENTIFIERS[name].attribute:
            return MessageFault("not_a_data_attribute", name)
        found.append(Element(name, unquote_plus(value)))
    return tuple(found)


def _with_full_gtin(element: Element, short_gtin: bool) -> Element:
    if short_gtin and element.ai == "01" and len(element.value) in GTIN_LENGTHS:
        return Element("01", element.value.zfill(14))
    return element


def _fault_of(found: Elements, path: Elements) -> MessageFault | None:
    ais = [element.ai for element in found]
    orders = IDENTIFIERS[path[0].ai].qualifiers or ()
    qualifiers = ais[1 : len(path)]
    if not any(_is_ordered(qualifiers, order) for order in (*orders, ())):
        return MessageFault("qualifiers_out_of_order", ais[0])
    for index, element in enumerate(found):
        if element.ai in ais[:index]:
            return MessageFault("repeated", element.ai)
        if index >= len(path) and _belongs_in_path([*qualifiers, element.ai], orders):
            return MessageFault("belongs_in_path", element.ai)
        fault = value_fault(IDENTIFIERS[element.ai], element.value)
        if fault:
            return MessageFault(fault, element.ai)
    return None


def _is_ordered(qualifiers: Sequence[str], order: Sequence[str]) -> bool:
    remaining = iter(order)
    return all(ai in remaining for ai in qualifiers)


def _belongs_in_path(qualifiers: Sequence[str], orders: Sequence[Sequence[str]]) -> bool:
    return any(set(qualifiers) <= set(order) for order in orders)
