"""The one thread that writes facts: what waits for it is committed together, with one sync.

The gate's event loop never touches the database; it hands work over and goes on. Whatever is waiting
when the thread comes round shares one transaction, so the syncs stay few when many lanes send at once.
An answer is given out only after the commit.

How it fails: a full queue is refused at once (`WriterBusy`), never grown. If a shared transaction fails,
each piece of work is tried alone, so that one that cannot be done does not take the others with it.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from evertill.core.fault import Fault
from evertill.keeper.facts import FactStore, FactTransaction

Outcome = TypeVar("Outcome")
_Work = tuple[Callable[[FactTransaction], Any], "Future[Any]"]


class WriterBusy(Fault):
    """Too much is waiting to be written already."""

    def __init__(self) -> None:
        hint = (
            "The server has more to do than it can at this moment. Nothing to do; registers send again later."
        )
        super().__init__("gate_overloaded", hint, retry=True)


class FactWriter:
    """Runs work on a fact store in one thread, several pieces in one transaction."""

    def __init__(self, facts: FactStore, *, waiting_max: int = 64, together_max: int = 32) -> None:
        self._facts = facts
        self._together_max = together_max
        self._waiting: queue.Queue[_Work | None] = queue.Queue(waiting_max)
        self._thread = threading.Thread(target=self._serve, name="fact-writer", daemon=True)
        self.commits = 0
        self._thread.start()

    def submit(self, act: Callable[[FactTransaction], Outcome]) -> Future[Outcome]:
        """Does `act` soon; its future is done once the transaction is durable. Raises WriterBusy.

        `act` may be called twice, the first time in a transaction that was undone.
        """
        future: Future[Outcome] = Future()
        try:
            self._waiting.put_nowait((act, future))
        except queue.Full as full:
            raise WriterBusy from full
        return future

    @property
    def alive(self) -> bool:
        """Whether work is still being done."""
        return self._thread.is_alive()

    def close(self, wait_s: float = 10.0) -> None:
        """Does what is waiting, then ends."""
        self._waiting.put(None)
        self._thread.join(wait_s)

    def _serve(self) -> None:
        while True:
            work, ended = self._next_group()
            if work:
                self._commit(work)
            if ended:
                return

    def _next_group(self) -> tuple[list[_Work], bool]:
        group: list[_Work] = []
        piece = self._waiting.get()
        while piece is not None:
            group.append(piece)
            if len(group) >= self._together_max:
                return group, False
            try:
                piece = self._waiting.get_nowait()
            except queue.Empty:
                return group, False
        return group, True

    def _commit(self, group: list[_Work]) -> None:
        """A named top loop: whatever goes wrong belongs to the one who asked, and the thread goes on."""
        try:
            with self._facts.transaction() as tx:
                outcomes = [act(tx) for act, _ in group]
        except Exception as wrong:
            if len(group) == 1:
                group[0][1].set_exception(wrong)
                return
            for piece in group:
                self._commit([piece])
            return
        self.commits += 1
        for (_, future), outcome in zip(group, outcomes, strict=True):
            future.set_result(outcome)
