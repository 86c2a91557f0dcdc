"""A figure: one number, what it should be, and whether it is. And how it is taken from samples.

Two machines are never equally busy, and one machine is not equally busy twice. So a figure is a
ratio: what we measure and a bare baseline are sampled in turn, one after the other, and only samples
of the same round are compared. The median over the rounds is the figure (p99: all samples together, for a
round has too few); the rounds' own spread is printed beside it, so that nobody takes noise for news.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import msgspec

Say = Callable[[str], None]
Run = Callable[["Bench"], Iterator["Figure"]]


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One number. `note` says what it was made of, for a person."""

    name: str
    value: float
    unit: str
    goal: float
    exactly: bool = False  # the goal is to be hit, not to be stayed below
    note: str = ""

    @property
    def met(self) -> bool:
        """Whether the goal is reached."""
        return self.value == self.goal if self.exactly else self.value <= self.goal

    def line(self) -> bytes:
        """The figure as one line of JSON, as it is written to bench/out."""
        row = {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "goal": self.goal,
            "met": self.met,
        }
        return msgspec.json.encode(row) + b"\n"


@dataclass(frozen=True)
class Bench:
    """What every bench is given: a folder of its own to work in, and a voice."""

    folder: Path
    say: Say


def quantile(samples: Sequence[float], share: float) -> float:
    """The smallest sample that `share` of all samples do not exceed (0.5: the median, 0.99: p99)."""
    assert samples and 0 < share <= 1, "quantile: no samples, or not a share"
    ranked = sorted(samples)
    return ranked[max(0, -(-int(share * 10_000) * len(ranked) // 10_000) - 1)]


@dataclass(frozen=True)
class Compared:
    """Rounds of two things sampled in turn, in nanoseconds: what we have, and the bare baseline."""

    ours: list[list[int]]
    bare: list[list[int]]

    def ratio(self, share: float) -> float:
        """quantile(ours) / quantile(bare): the median over the rounds; far out, where a round has too few
        samples to tell, of the samples of all rounds together."""
        if share < 0.9:
            return round(median(self.ratios(share)), 3)
        return round(quantile(_all(self.ours), share) / quantile(_all(self.bare), share), 3)

    def ratios(self, share: float) -> list[float]:
        """The ratio of each round."""
        pairs = zip(self.ours, self.bare, strict=True)
        return [quantile(ours, share) / quantile(bare, share) for ours, bare in pairs]

    def note(self, share: float) -> str:
        """Both sides in milliseconds, how many rounds and samples, and how far the rounds lie apart."""
        ratios = sorted(self.ratios(share))
        ours, bare = (quantile(_all(side), share) / 1e6 for side in (self.ours, self.bare))
        quarter = len(ratios) // 4
        return (
            f"{ours:.2f} ms / {bare:.2f} ms; {len(ratios)} rounds of {len(self.ours[0])};"
            f" half of the rounds between {ratios[quarter]:.2f} and {ratios[-1 - quarter]:.2f}"
        )


def _all(rounds: list[list[int]]) -> list[int]:
    return [sample for each in rounds for sample in each]


def compare(rounds: int, sample: Callable[[], tuple[list[int], list[int]]], say: Say) -> Compared:
    """Takes `rounds` rounds, each a pair of sample lists that were taken in turn."""
    ours, bare = [], []
    for number in range(1, rounds + 1):
        one, other = sample()
        ours.append(one)
        bare.append(other)
        say(f"round {number} of {rounds}")
    return Compared(ours, bare)
