"""Chance that comes from one seed."""

from __future__ import annotations

import random


class SeededEntropy:
    """Keeps the promises of `ports.Entropy`, and repeats itself for the same seed."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)

    def token(self, size: int) -> bytes:
        """`size` bytes."""
        return self._random.randbytes(size)

    def uniform(self) -> float:
        """A number in [0, 1)."""
        return self._random.random()
