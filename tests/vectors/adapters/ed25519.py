"""ed25519: signing and verification."""

from __future__ import annotations

from typing import Any

from evertill.wire.signature import SigningKey, is_signed
from tests.vectors.outcome import Failed, Outcome, compared

SET = "ed25519"


def run(case: dict[str, Any]) -> Outcome:
    """`sign`: key and signature from the seed, and the signature verified; `verify`: valid or not."""
    message, public_key, signature = (
        bytes.fromhex(case[name]) for name in ("message", "public_key", "signature")
    )
    if case["kind"] == "verify":
        return compared(case["valid"], is_signed(public_key, message, signature))
    if case["kind"] != "sign":
        return Failed(f"unknown kind {case['kind']}")
    key = SigningKey(bytes.fromhex(case["seed"]))
    came = (key.public_key.hex(), key.sign(message).hex(), is_signed(key.public_key, message, signature))
    return compared((public_key.hex(), signature.hex(), True), came)
