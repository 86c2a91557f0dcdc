"""The queue before one printer: what waits, what is being sent, what became of it. Pure; time comes in.

What must hold, and whose failures taught it:

- Only what was never begun is tried again. Once bytes may have left, a job ends as PRINTED or UNKNOWN and
  is never sent a second time by itself (odoo#59059: "printer failed", although it had printed).
- Nothing old is printed. A receipt not begun within `stale_ns`, a drawer not opened within KICK_STALE_NS,
  expires and says so (pos-addons#682: the night's tickets printed in the morning).
- Nothing takes for ever. A job that is being sent for longer than `sending_ns` counts as UNKNOWN and the
  status says trouble, whether or not the device ever answers (odoo#242617: the spinner never ended).
  If it does answer, late, the job becomes PRINTED: better news is still told.
- It has an end: `jobs_max` waiting jobs, a short list of finished ones.

Each printer has its own queue and its own thread, so a dead one never holds up another, or a sale.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

import msgspec

from evertill.lane.printing.talk import JobNews, JobState, PrinterStatus, Sheet
from evertill.lane.words import N_

SECOND_NS = 1_000_000_000
KICK_STALE_NS = 5 * SECOND_NS
RETRY_FIRST_NS = SECOND_NS // 2
RETRY_MOST_NS = 5 * SECOND_NS
TROUBLE_SHOWN_NS = 120 * SECOND_NS

_WORDS = {
    "printer_ready": N_("{name} is ready."),
    "printer_busy": N_("{name} is printing."),
    "printer_waiting": N_("{name} has receipts waiting."),
    "printer_unreached": N_(
        "{name} is not answering. Check that it is on and its cable is in. Selling goes on."
    ),
    "print_unknown": N_(
        "{name} stopped in the middle. Look at the paper: if the receipt is not complete, print a copy."
    ),
    "printer_stuck": N_(
        "{name} has been busy for a long time. Check the paper and the cover. Selling goes on."
    ),
    "print_expired": N_(
        "{name} could not print in time, and the receipt was dropped. Print a copy if it is still wanted."
    ),
    "drawer_expired": N_("{name} did not open the drawer in time. Open it with the key."),
    "queue_full": N_("{name} has too many receipts waiting. This one was not taken. Print a copy later."),
    "page_unprintable": N_("This receipt could not be set for {name}. It is on the screen."),
}


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """Something to print, or with `sheet` None the drawer to open."""

    id: int
    made_at_ns: int
    title: str = ""
    sheet: Sheet | None = None

    @property
    def opens_drawer(self) -> bool:
        return self.sheet is None


class PrintQueue:
    """The jobs of one printer. Not thread-safe: the owner holds its lock around every call.

    `tell` hears of every change of a job's state, in order.
    """

    def __init__(
        self,
        name: str,
        *,
        tell: Callable[[JobNews], None],
        jitter: Callable[[], float],
        stale_ns: int = 120 * SECOND_NS,
        sending_ns: int = 30 * SECOND_NS,
        jobs_max: int = 100,
    ) -> None:
        self._name = name
        self._tell = tell
        self._jitter = jitter
        self._stale_ns = stale_ns
        self._sending_ns = sending_ns
        self._jobs_max = jobs_max
        self._waiting: deque[Job] = deque()
        self._sending: Job | None = None
        self._sent_from_ns = 0
        self._given_up = False
        self._not_before_ns = 0
        self._failures = 0
        self._trouble = ""
        self._trouble_until_ns = 0

    def put(self, job: Job, now_ns: int) -> None:
        """The job waits its turn, or is FAILED at once if too many wait, or EXPIRED if it is too old already.

        A drawer to open goes before receipts.
        """
        if self._stale(job, now_ns):
            self._expire(job, now_ns)
        elif len(self._waiting) >= self._jobs_max:
            self._move(job, JobState.FAILED, "queue_full")
            self._show("queue_full", now_ns)
        else:
            place = sum(waiting.opens_drawer for waiting in self._waiting) if job.opens_drawer else None
            if place is None:
                self._waiting.append(job)
            else:
                self._waiting.insert(place, job)
            self._move(job, JobState.WAITING)

    def take(self, now_ns: int) -> Job | None:
        """The next job to print, if it is time for one. It is waiting still until `begin`."""
        self.tick(now_ns)
        if self._sending is not None or not self._waiting or now_ns < self._not_before_ns:
            return None
        return self._waiting[0]

    def begin(self, job: Job, now_ns: int) -> bool:
        """True once the job is PRINTING: from here on bytes may leave. False if it expired meanwhile."""
        assert self._sending is None, "one job at a time"
        self.tick(now_ns)
        if job not in self._waiting:
            return False
        self._waiting.remove(job)
        self._sending, self._sent_from_ns, self._given_up = job, now_ns, False
        self._move(job, JobState.PRINTING)
        return True

    def printed(self, now_ns: int) -> None:
        """The device took every byte."""
        job = self._ended()
        self._failures = 0
        self._not_before_ns = 0
        if self._trouble in ("printer_unreached", "printer_stuck"):
            self._show("", now_ns)
        self._move(job, JobState.PRINTED)

    def broke_off(self, now_ns: int) -> None:
        """The connection died after bytes may have left: the job is UNKNOWN and stays so."""
        job = self._ended()
        if not self._given_up:
            self._move(job, JobState.UNKNOWN, "print_unknown")
        self._show("print_unknown", now_ns)
        self._wait_a_little(now_ns)

    def unreached(self, now_ns: int) -> None:
        """Nothing was sent: the next job stays and is tried again a little later."""
        self._show("printer_unreached", now_ns)
        self._wait_a_little(now_ns)

    def stumbled(self, now_ns: int) -> None:
        """The way to the printer failed as it never should: uncertain if a job had begun, else unreached."""
        if self._sending is not None:
            self.broke_off(now_ns)
        else:
            self.unreached(now_ns)

    def unprintable(self, job: Job, now_ns: int) -> None:
        """The job cannot be turned into a page: it is FAILED, and those behind it go on."""
        if job in self._waiting:
            self._waiting.remove(job)
            self._move(job, JobState.FAILED, "page_unprintable")
            self._show("page_unprintable", now_ns)

    def tick(self, now_ns: int) -> None:
        """Lets expire what is too old, and gives up on what is being sent for too long."""
        for job in [job for job in self._waiting if self._stale(job, now_ns)]:
            self._waiting.remove(job)
            self._expire(job, now_ns)
        overdue = self._sending is not None and now_ns - self._sent_from_ns > self._sending_ns
        if overdue and not self._given_up:
            assert self._sending is not None
            self._given_up = True
            self._move(self._sending, JobState.UNKNOWN, "printer_stuck")
            self._show("printer_stuck", now_ns)

    def status(self, now_ns: int) -> PrinterStatus:
        """One line for the screen."""
        state, code = self._state(now_ns)
        queued = len(self._waiting) + (self._sending is not None)
        return PrinterStatus(
            name=self._name, state=state, code=code, text=_WORDS[code], params=self._params(), queued=queued
        )

    def _state(self, now_ns: int) -> tuple[str, str]:
        if self._sending is not None and self._given_up:
            return "trouble", "printer_stuck"
        if self._trouble and now_ns < self._trouble_until_ns:
            return "trouble", self._trouble
        if self._sending is not None:
            return "busy", "printer_busy"
        if self._waiting:
            return "waiting", "printer_waiting"
        return "ok", "printer_ready"

    def _ended(self) -> Job:
        job = self._sending
        assert job is not None, "nothing is being sent"
        self._sending = None
        return job

    def _wait_a_little(self, now_ns: int) -> None:
        wait_ns = min(RETRY_MOST_NS, RETRY_FIRST_NS << min(self._failures, 10))
        self._failures += 1
        self._not_before_ns = now_ns + round(wait_ns * (0.75 + 0.25 * self._jitter()))

    def _stale(self, job: Job, now_ns: int) -> bool:
        return now_ns - job.made_at_ns > self._limit_ns(job)

    def _limit_ns(self, job: Job) -> int:
        return KICK_STALE_NS if job.opens_drawer else self._stale_ns

    def _expire(self, job: Job, now_ns: int) -> None:
        code = "drawer_expired" if job.opens_drawer else "print_expired"
        self._move(job, JobState.EXPIRED, code)
        self._show(code, now_ns)

    def _show(self, code: str, now_ns: int) -> None:
        self._trouble = code
        self._trouble_until_ns = now_ns + TROUBLE_SHOWN_NS

    def _move(self, job: Job, state: JobState, code: str = "") -> None:
        params: dict[str, Any] = self._params() if code else {}
        text = _WORDS[code] if code else ""
        self._tell(JobNews(job=job.id, state=state, printer=self._name, code=code, text=text, params=params))

    def _params(self) -> dict[str, Any]:
        return {"name": self._name}
