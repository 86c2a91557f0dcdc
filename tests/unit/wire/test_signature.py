"""Ed25519: what a lane believes because the office signed it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from evertill.wire.signature import SigningKey, is_signed, new_seed
from tests.fakes.entropy import SeededEntropy

KEY = SigningKey(bytes(range(32)))


@given(st.binary(max_size=200))
def test_what_the_office_signed_is_believed(message: bytes) -> None:
    assert is_signed(KEY.public_key, message, KEY.sign(message))


@given(st.binary(min_size=1, max_size=60), st.integers(0, 10_000))
def test_one_bit_turned_over_anywhere_is_not_believed(message: bytes, where: int) -> None:
    signature = KEY.sign(message)
    parts = [bytearray(message), bytearray(signature)]
    place = where % (8 * (len(message) + len(signature)))
    part = 0 if place < 8 * len(message) else 1
    place -= 8 * len(message) * part
    parts[part][place // 8] ^= 1 << place % 8
    assert not is_signed(KEY.public_key, bytes(parts[0]), bytes(parts[1]))


def test_malformed_keys_and_signatures_are_simply_not_believed() -> None:
    signature = KEY.sign(b"x")
    assert not is_signed(b"", b"x", signature)
    assert not is_signed(KEY.public_key, b"x", signature[:-1])
    assert not is_signed(KEY.public_key, b"x", signature + b"\0")
    assert not is_signed(b"\xff" * 32, b"x", signature)


def test_another_key_is_another_signature_and_neither_shows_its_seed() -> None:
    seed = new_seed(SeededEntropy(7))
    other = SigningKey(seed)
    assert other.public_key != KEY.public_key
    assert not is_signed(other.public_key, b"x", KEY.sign(b"x"))
    assert seed.hex()[:8] not in repr(other)
