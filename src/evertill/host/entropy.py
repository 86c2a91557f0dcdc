"""The machine's own chance."""

from __future__ import annotations

import os
import random


class HostEntropy:
    """Keeps the promises of `ports.Entropy` with the operating system's generator."""

    def __init__(self) -> None:
        self._random = random.SystemRandom()

    def token(self, size: int) -> bytes:
        """`size` bytes that nobody can guess."""
        return os.urandom(size)

    def uniform(self) -> float:
        """A number in [0, 1)."""
        return self._random.random()
