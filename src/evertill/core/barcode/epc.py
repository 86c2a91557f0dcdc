"""Electronic product codes: what an RFID tag says about the article, its serial or lot, its container.

    urn:epc:tag:sgtin-96:1.358378.0728089.620776     filter . company . indicator + item . serial

Source: GS1 EPC Tag Data Standard, pure identity and tag URIs for GTIN and SSCC.
"""

from __future__ import annotations

import re

import msgspec

from evertill.core.barcode.check_digits import check_digit

_URI = re.compile(
    r"urn:epc:(?:id:(?P<scheme>sgtin|lgtin|sscc)|tag:(?P<tagged>sgtin|sscc)-[0-9]+):"
    r"(?P<fields>[0-9]+(?:\.[^.\s]+)+)",
    re.IGNORECASE,
)


class TagContent(msgspec.Struct, frozen=True):
    """A tag's GTIN (14 digits) with serial or lot, or its SSCC (18 digits); what it lacks is None."""

    gtin: str | None = None
    serial: str | None = None
    sscc: str | None = None


def read_epc(text: str) -> TagContent | None:
    """What an EPC URI says, blanks in it passed over, or None if it is none or has the wrong size."""
    found = _URI.fullmatch("".join(text.split()))
    if found is None:
        return None
    fields = found["fields"].split(".")
    if found["tagged"]:
        fields = fields[1:]
    scheme = (found["scheme"] or found["tagged"]).lower()
    if len(fields) != (2 if scheme == "sscc" else 3) or not re.fullmatch("[0-9]+", "".join(fields[:2])):
        return None
    company, reference = fields[:2]
    payload = reference[0] + company + reference[1:]
    if len(payload) != (17 if scheme == "sscc" else 13):
        return None
    number = payload + check_digit(payload)
    return TagContent(sscc=number) if scheme == "sscc" else TagContent(gtin=number, serial=fields[2])
