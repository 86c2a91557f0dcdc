"""payments-cn: WeChat Pay and Alipay signatures, callbacks and bills."""

from __future__ import annotations

from typing import Any

from tests.vectors.outcome import Outcome, OutOfScope

SET = "payments-cn"


def run(_: dict[str, Any]) -> Outcome:
    """The product has no code that could answer such a case; the reason says so."""
    return OutOfScope("no_payment_provider")
