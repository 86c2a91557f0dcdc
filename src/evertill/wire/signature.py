"""Ed25519 (RFC 8032) signatures: editions, acknowledgements, recovery tokens."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from evertill.ports import Entropy

SEED_BYTES = 32
PUBLIC_KEY_BYTES = 32
SIGNATURE_BYTES = 64


class SigningKey:
    """A private key, made from its 32-byte seed. It never shows itself in a log."""

    def __init__(self, seed: bytes) -> None:
        assert len(seed) == SEED_BYTES, "a seed has 32 bytes"
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature of `message`; the same every time."""
        return self._key.sign(message)

    def __repr__(self) -> str:
        return f"SigningKey({self.public_key.hex()[:16]}…)"


def new_seed(entropy: Entropy) -> bytes:
    """A seed for a new key."""
    return entropy.token(SEED_BYTES)


def is_signed(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` is the key's over exactly these bytes. Anything malformed is simply not."""
    if len(public_key) != PUBLIC_KEY_BYTES or len(signature) != SIGNATURE_BYTES:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
