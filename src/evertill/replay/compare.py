"""Whether what is in the books equals what was published: figure by figure, day by day, exactly.

Three books are held against the yardsticks: the data set's file (so that a damaged or other file is
noticed), the register's journal and the server. Yardsticks are the published totals of a day where there
are any, and in any case the exact sums of the file. Nothing is equal "within" anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import msgspec

from evertill.replay.published import Figures, exact_figures, named_figures
from evertill.replay.totals import DayTotal, empty_day


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One figure that is not what it should be. `yardstick` is "published" or "file"."""

    day: str
    book: str
    figure: str
    yardstick: str
    expected: str
    came: str
    apart: str


class Comparison(msgspec.Struct, kw_only=True):
    """One book held against the yardsticks."""

    book: str
    published_days: int = 0
    file_days: int = 0
    figures: int = 0
    unknown: tuple[str, ...] = ()  # published figures that this book does not know
    differences: list[Difference] = []
    strange: dict[str, str] = {}

    @property
    def is_equal(self) -> bool:
        """Whether every figure of every day is exactly as it should be, and no document is strange."""
        return not self.differences and not self.strange


def compare(
    book: str,
    dataset: str,
    days: Sequence[str],
    *,
    held: Mapping[str, DayTotal],
    file: Mapping[str, DayTotal],
    published: Mapping[str, Figures],
    strange: Mapping[str, str] | None = None,
) -> Comparison:
    """Holds the book's `days` against the published figures and the file's sums."""
    found = Comparison(book=book, differences=[], strange=dict(strange or {}))
    unknown: set[str] = set()
    for day in days:
        came = held.get(day) or empty_day(day)
        wanted = published.get(day)
        if wanted is not None:
            found.published_days += 1
            named = named_figures(dataset, came)
            known = {name: value for name, value in wanted.items() if name in named}
            unknown |= wanted.keys() - known.keys()
            _differ(found, day, "published", known, named)
        else:
            found.file_days += 1
        _differ(found, day, "file", exact_figures(file.get(day) or empty_day(day)), exact_figures(came))
    found.unknown = tuple(sorted(unknown))
    return found


def _differ(found: Comparison, day: str, yardstick: str, wanted: Figures, came: Figures) -> None:
    for name, value in wanted.items():
        found.figures += 1
        if came[name] != value:
            found.differences.append(
                Difference(
                    day=day,
                    book=found.book,
                    figure=name,
                    yardstick=yardstick,
                    expected=decimal(value),
                    came=decimal(came[name]),
                    apart=decimal(came[name] - value),
                )
            )


def decimal(value: Fraction) -> str:
    """An exact decimal, all its digits and no others. The denominator is a divisor of a power of ten."""
    sign, whole = ("-" if value < 0 else ""), abs(value)
    digits = 0
    while whole.denominator != 1:
        whole, digits = whole * 10, digits + 1
        assert digits <= 30, "not a decimal"
    text = str(whole.numerator).rjust(digits + 1, "0")
    return f"{sign}{text[:-digits]}.{text[-digits:]}" if digits else f"{sign}{text}"
