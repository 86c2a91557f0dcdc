"""fiscal-chain: fiscal hash chains and signature payloads of single countries."""

from __future__ import annotations

from typing import Any

from tests.vectors.outcome import Outcome, OutOfScope

SET = "fiscal-chain"


def run(_: dict[str, Any]) -> Outcome:
    """The product has no code that could answer such a case; the reason says so."""
    return OutOfScope("no_fiscal_module")
