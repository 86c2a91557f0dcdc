"""The queue before one printer, and the failures of others that it must not repeat."""

import msgspec

from evertill.lane.printing.queue import KICK_STALE_NS, SECOND_NS, Job, PrintQueue
from evertill.lane.printing.talk import JobNews, JobState, Sheet

SHEET = Sheet(document=msgspec.Raw(b"{}"), settings=msgspec.Raw(b"{}"))


class Counter:
    """A queue, its clock and what it told."""

    def __init__(self, **limits: int) -> None:
        self.told: list[JobNews] = []
        self.queue = PrintQueue("Counter", tell=self.told.append, jitter=lambda: 1.0, **limits)
        self.now_ns = 0

    def receipt(self, number: int) -> None:
        self.queue.put(Job(id=number, made_at_ns=self.now_ns, sheet=SHEET), self.now_ns)

    def kick(self, number: int) -> None:
        self.queue.put(Job(id=number, made_at_ns=self.now_ns), self.now_ns)

    def wait(self, seconds: float) -> None:
        self.now_ns += round(seconds * SECOND_NS)
        self.queue.tick(self.now_ns)

    def take(self) -> Job | None:
        return self.queue.take(self.now_ns)

    def begin(self) -> Job:
        job = self.take()
        assert job is not None, "there is something to print"
        assert self.queue.begin(job, self.now_ns)
        return job

    def states(self, number: int) -> list[JobState]:
        return [news.state for news in self.told if news.job == number]

    def status(self) -> tuple[str, str, int]:
        status = self.queue.status(self.now_ns)
        return status.state, status.code, status.queued


def test_receipts_come_out_in_the_order_of_the_sales() -> None:
    counter = Counter()
    for number in (1, 2, 3):
        counter.receipt(number)
    order = []
    for _ in range(3):
        order.append(counter.begin().id)
        counter.queue.printed(counter.now_ns)
    assert order == [1, 2, 3]
    assert counter.states(1) == [JobState.WAITING, JobState.PRINTING, JobState.PRINTED]
    assert counter.status() == ("ok", "printer_ready", 0)


def test_the_nights_tickets_do_not_print_in_the_morning_pos_addons_682() -> None:
    counter = Counter()
    for number in range(20):
        counter.receipt(number)
    counter.wait(8 * 3600)
    assert counter.take() is None
    assert all(counter.states(number)[-1] is JobState.EXPIRED for number in range(20))
    assert counter.status() == ("trouble", "print_expired", 0)


def test_a_receipt_still_prints_when_the_printer_is_switched_on_in_time() -> None:
    counter = Counter()
    counter.receipt(1)
    for _ in range(10):
        if counter.take() is not None:
            counter.queue.unreached(counter.now_ns)
        counter.wait(10)
    assert counter.states(1) == [JobState.WAITING]
    counter.begin()
    counter.queue.printed(counter.now_ns)
    assert counter.states(1)[-1] is JobState.PRINTED
    assert counter.status() == ("ok", "printer_ready", 0)


def test_a_printer_that_broke_off_after_printing_is_not_called_failed_odoo_59059() -> None:
    counter = Counter()
    counter.receipt(1)
    counter.begin()
    counter.queue.broke_off(counter.now_ns)
    counter.wait(60)
    assert counter.take() is None, "an uncertain receipt is never sent again"
    assert counter.states(1)[-1] is JobState.UNKNOWN
    assert "Look at the paper" in counter.told[-1].text
    assert counter.status()[1] == "print_unknown"


def test_a_printer_that_never_answers_stops_the_spinner_odoo_242617() -> None:
    counter = Counter(sending_ns=30 * SECOND_NS)
    counter.receipt(1)
    counter.begin()
    assert counter.status() == ("busy", "printer_busy", 1)
    counter.wait(31)
    assert counter.states(1)[-1] is JobState.UNKNOWN
    assert counter.status() == ("trouble", "printer_stuck", 1)


def test_better_news_is_still_told_when_a_stuck_printer_finishes() -> None:
    counter = Counter(sending_ns=30 * SECOND_NS)
    counter.receipt(1)
    counter.begin()
    counter.wait(31)
    counter.queue.printed(counter.now_ns)
    assert counter.states(1)[-1] is JobState.PRINTED
    assert counter.status() == ("ok", "printer_ready", 0)


def test_a_stuck_printer_that_breaks_off_is_told_once() -> None:
    counter = Counter(sending_ns=30 * SECOND_NS)
    counter.receipt(1)
    counter.begin()
    counter.wait(31)
    counter.queue.broke_off(counter.now_ns)
    assert counter.states(1).count(JobState.UNKNOWN) == 1


def test_the_drawer_goes_before_waiting_receipts() -> None:
    counter = Counter()
    counter.receipt(1)
    counter.kick(2)
    counter.kick(3)
    assert counter.begin().id == 2
    counter.queue.printed(counter.now_ns)
    assert counter.begin().id == 3


def test_a_drawer_never_springs_open_late() -> None:
    counter = Counter()
    counter.kick(1)
    counter.queue.unreached(counter.now_ns)
    counter.wait(KICK_STALE_NS / SECOND_NS + 0.1)
    assert counter.take() is None
    assert counter.states(1) == [JobState.WAITING, JobState.EXPIRED]
    assert counter.status()[1] == "drawer_expired"


def test_a_job_that_expires_while_the_line_is_dialled_is_not_begun() -> None:
    counter = Counter()
    counter.kick(1)
    job = counter.take()
    assert job is not None
    counter.wait(6)
    assert counter.queue.begin(job, counter.now_ns) is False
    assert JobState.PRINTING not in counter.states(1)


def test_tries_to_reach_a_dead_printer_become_rarer_up_to_five_seconds() -> None:
    counter = Counter(stale_ns=3600 * SECOND_NS)
    counter.receipt(1)
    pauses = []
    for _ in range(8):
        assert counter.take() is not None
        counter.queue.unreached(counter.now_ns)
        pause = 0.0
        while counter.take() is None:
            counter.wait(0.1)
            pause += 0.1
        pauses.append(round(pause, 1))
    assert pauses == sorted(pauses)
    assert pauses[0] == 0.5
    assert pauses[-1] == 5.0


def test_a_page_that_cannot_be_set_does_not_block_the_next() -> None:
    counter = Counter()
    counter.receipt(1)
    counter.receipt(2)
    first = counter.take()
    assert first is not None
    counter.queue.unprintable(first, counter.now_ns)
    assert counter.states(1)[-1] is JobState.FAILED
    assert counter.begin().id == 2


def test_a_link_that_stumbles_never_makes_a_receipt_print_twice() -> None:
    counter = Counter()
    counter.receipt(1)
    counter.queue.stumbled(counter.now_ns)
    assert counter.states(1) == [JobState.WAITING]
    counter.wait(1)
    counter.begin()
    counter.queue.stumbled(counter.now_ns)
    assert counter.states(1)[-1] is JobState.UNKNOWN
    counter.wait(10)
    assert counter.take() is None


def test_a_full_queue_takes_no_more_and_says_so() -> None:
    counter = Counter(jobs_max=3)
    for number in range(4):
        counter.receipt(number)
    assert counter.states(3) == [JobState.FAILED]
    assert counter.told[-1].code == "queue_full"
    assert counter.status() == ("trouble", "queue_full", 3)


def test_a_job_taken_over_from_a_dead_worker_keeps_its_age() -> None:
    counter = Counter()
    counter.now_ns = 500 * SECOND_NS
    counter.queue.put(Job(id=1, made_at_ns=0, sheet=SHEET), counter.now_ns)
    assert counter.states(1) == [JobState.EXPIRED]


def test_trouble_is_shown_for_two_minutes_and_then_forgotten() -> None:
    counter = Counter()
    counter.receipt(1)
    counter.begin()
    counter.queue.broke_off(counter.now_ns)
    counter.wait(119)
    assert counter.status()[0] == "trouble"
    counter.wait(2)
    assert counter.status() == ("ok", "printer_ready", 0)
