"""A fault: the world breaking (a disk, a cable, a neighbour). It is raised, never returned."""

from __future__ import annotations


class Fault(Exception):
    """Something outside the program failed.

    `code` is stable snake_case: the run-book page and the drill carry the same name. `hint` is one
    English sentence for the person at the register, saying what to do next; it is also the catalogue
    key of its translations. `retry` is true only if the same call may succeed later without anyone
    doing anything. `detail` is for the log: paths, numbers, the system's own words.
    """

    def __init__(self, code: str, hint: str, *, retry: bool = False, detail: str = "") -> None:
        assert code.replace("_", "").isalnum(), "a fault's code is snake_case"
        assert code == code.lower(), "a fault's code is snake_case"
        assert hint, "a fault says what to do next"
        super().__init__(f"{code}: {hint}" + (f" [{detail}]" if detail else ""))
        self.code = code
        self.hint = hint
        self.retry = retry
        self.detail = detail
