"""A fault: the world breaking. An exception with words for the cashier; a refusal is a returned value instead."""

from __future__ import annotations


class Fault(Exception):
    """Something outside the rules went wrong.

    `code` names the fault (stable, snake_case; it has a run-book page). `hint` is a full English
    sentence that says what to do next. `retry` tells whether the same attempt may succeed later
    without anybody doing anything.
    """

    def __init__(self, code: str, hint: str, *, retry: bool = False) -> None:
        super().__init__(f"{code}: {hint}")
        self.code = code
        self.hint = hint
        self.retry = retry
