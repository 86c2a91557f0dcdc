"""What a vector case came to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Passed:
    """Our rule gives what the case states."""


@dataclass(frozen=True)
class Failed:
    """Our rule gives something else; `detail` says what was expected and what came."""

    detail: str


@dataclass(frozen=True)
class OutOfScope:
    """The case speaks of something the product does not do. `reason` is a key of scope.REASONS."""

    reason: str


Outcome = Passed | Failed | OutOfScope


def compared(expected: object, came: object) -> Outcome:
    """Passed if both are equal, else Failed with both."""
    return Passed() if expected == came else Failed(f"expected {expected!r}, came {came!r}")
