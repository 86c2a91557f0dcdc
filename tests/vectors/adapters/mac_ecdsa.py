"""mac-ecdsa: HMAC-SHA-256 and ECDSA P-256 verification."""

from __future__ import annotations

from typing import Any

from tests.vectors.outcome import Outcome, OutOfScope

SET = "mac-ecdsa"


def run(_: dict[str, Any]) -> Outcome:
    """The product has no code that could answer such a case; the reason says so."""
    return OutOfScope("no_mac_or_ecdsa")
