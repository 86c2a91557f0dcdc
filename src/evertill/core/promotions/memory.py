"""What a promotion gave last time, kept for as long as it would give the same again.

A scan changes one line of many, and most promotions do not mean that line. What a promotion gives
depends on nothing but the lines its filters mean, what others have left of them, the facts of the sale
and how often it may still be used. All of that together is the question; where the question is the same
values as last time, the answer is taken from there, and the basket is left as it was left then.
Nothing is ever assumed to be unchanged: the question is put together and compared each time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from evertill.core.promotions.basket import Standing
from evertill.core.promotions.outcome import Award, PromotionLine, WithheldReason


class Question(NamedTuple):
    """All that an answer depends on. `lines` are those the promotion's filters mean, in their order."""

    lines: list[PromotionLine]
    standing: Standing
    facts: Mapping[str, tuple[str, ...]]
    times: int | None
    spent_minor: int


class Answered(NamedTuple):
    """What a promotion gave, or why it was withheld; `left` is the standing of its lines afterwards."""

    awards: list[Award]
    withheld: WithheldReason | None
    left: Standing


Memory: TypeAlias = dict[int, tuple[Question, Answered]]  # rank of the promotion -> the last question
