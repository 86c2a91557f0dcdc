"""The print worker: a process that sets pages and talks to printers, so that the register never does.

The lane asks by `PrintService.hear`, which never waits; each printer has a thread that composes, connects
and sends; another thread makes PDFs; one more, the ticker, lets jobs expire and tells how the printers
are, also while a printer's thread hangs in its device. What is told is told in order, and "printing"
always before the first byte leaves: if this process dies, the lane knows which jobs are uncertain.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import Protocol

import msgspec

from evertill.lane.printing.compose import compose
from evertill.lane.printing.escpos_bytes import Paper, render_escpos
from evertill.lane.printing.fonts import Face
from evertill.lane.printing.pdf import render_pdf
from evertill.lane.printing.queue import SECOND_NS, Job, PrintQueue
from evertill.lane.printing.receipt import drawer_page
from evertill.lane.printing.setup import PrinterSetup
from evertill.lane.printing.talk import (
    Asked,
    JobNews,
    JobState,
    Kick,
    MakePdf,
    PdfMade,
    Print,
    PrinterNews,
    PrinterStatus,
    Told,
)
from evertill.lane.words import N_

TICK_S = 0.25
SENDING_LIMIT = 3  # times the silence a printer is allowed: then it counts as stuck
LOG_EVERY_NS = 30 * SECOND_NS
_LOG = logging.getLogger(__name__)


class PrinterLink(Protocol):
    """The way to one printer."""

    def open(self) -> None:
        """On return the printer is reached. Raises OSError; nothing was sent."""

    def send(self, data: bytes) -> None:
        """On return the device has taken all of `data`. Raises OSError; any part may have arrived."""

    def close(self) -> None:
        """Lets go of the printer; never raises, twice does no harm."""


class PrintService:
    """All printers of a lane. `tell` is called from several threads."""

    def __init__(
        self,
        printers: Sequence[PrinterSetup],
        *,
        connect: Callable[[PrinterSetup], PrinterLink],
        tell: Callable[[Told], None],
        now_ns: Callable[[], int],
        jitter: Callable[[], float],
        mono_face: Face | None,
        face: Face | None,
        give_back_memory: Callable[[], None],
        complaint: PrinterStatus | None = None,
    ) -> None:
        self._tell = tell
        self._now_ns = now_ns
        self._face = face
        self._give_back_memory = give_back_memory
        self._complaint = complaint
        self._pdfs: SimpleQueue[MakePdf] = SimpleQueue()
        self._stopped = threading.Event()
        self._last: tuple[PrinterStatus, ...] | None = None
        self._threads = {
            setup.id: _PrinterThread(
                setup, connect=connect, tell=tell, now_ns=now_ns, jitter=jitter, face=mono_face
            )
            for setup in printers
        }

    def start(self) -> None:
        """Starts the threads; they end with the process."""
        self._tell_printers()
        for name, run in [
            ("ticker", self._tick_on),
            ("pdf", self._make_pdfs),
            *((f"printer {name}", thread.print_on) for name, thread in self._threads.items()),
        ]:
            threading.Thread(target=run, name=name, daemon=True).start()

    def finish(self, wait_s: float) -> None:
        """On return every printer that is not in trouble has printed all, or `wait_s` have passed."""
        deadline_ns = self._now_ns() + round(wait_s * SECOND_NS)
        while self._now_ns() < deadline_ns:
            if not any(status.queued and status.state != "trouble" for status in self.status()):
                break
            time.sleep(TICK_S / 5)
        self._stopped.set()

    def hear(self, asked: Asked) -> None:
        """Takes up what the lane asks. Never waits."""
        if isinstance(asked, Print):
            job = Job(id=asked.job, made_at_ns=asked.made_at_ns, title=asked.title, sheet=asked.sheet)
            self._queue(job, asked.printer)
        elif isinstance(asked, Kick):
            self._queue(Job(id=asked.job, made_at_ns=asked.made_at_ns), asked.printer)
        elif isinstance(asked, MakePdf):
            self._pdfs.put(asked)
        else:
            self._tell(PrinterNews(printers=self.status()))

    def status(self) -> tuple[PrinterStatus, ...]:
        """All printers as the status line shows them."""
        complaint = () if self._complaint is None else (self._complaint,)
        return (*complaint, *(thread.status() for thread in self._threads.values()))

    def _queue(self, job: Job, printer: str | None) -> None:
        name = printer if printer is not None else next(iter(self._threads), "")
        thread = self._threads.get(name)
        if thread is not None:
            thread.put(job)
            return
        code = "no_such_printer" if self._threads else "no_printer"
        text = _LOST[code]
        self._tell(JobNews(job=job.id, state=JobState.FAILED, printer=name, code=code, text=text))

    def _tick_on(self) -> None:
        while not self._stopped.wait(TICK_S):
            for thread in self._threads.values():
                thread.tick()
            self._tell_printers()

    def _tell_printers(self) -> None:
        status = self.status()
        if status != self._last:
            self._last = status
            self._tell(PrinterNews(printers=status))

    def _make_pdfs(self) -> None:
        """A top loop: a document that cannot be set is answered, logged, and the next one goes on."""
        while True:
            asked = self._pdfs.get()
            try:
                page = compose(asked.sheet, has_font=self._face is not None)
                made = PdfMade(request=asked.request, pdf=render_pdf(page, self._face))
            except Exception as error:
                _LOG.exception("pdf_unmade")
                made = PdfMade(request=asked.request, error=f"{type(error).__name__}: {error}")
            self._tell(made)
            self._give_back_memory()


class _PrinterThread:
    """One printer: its queue, and the thread that empties it."""

    def __init__(
        self,
        setup: PrinterSetup,
        *,
        connect: Callable[[PrinterSetup], PrinterLink],
        tell: Callable[[Told], None],
        now_ns: Callable[[], int],
        jitter: Callable[[], float],
        face: Face | None,
    ) -> None:
        self._setup = setup
        self._connect = connect
        self._now_ns = now_ns
        self._changed = threading.Condition()
        self._unreached = 0
        self._logged_ns = 0
        self._paper = Paper(
            columns=setup.columns,
            codepage=setup.codepage,
            profile=setup.profile,
            qr_native=setup.qr == "native",
            cuts=setup.cuts,
            drawer_pin=0 if setup.drawer_pin == 2 else 1,
            face=face,
        )
        self._queue = PrintQueue(
            setup.label,
            tell=tell,
            jitter=jitter,
            stale_ns=round(setup.stale_s * SECOND_NS),
            sending_ns=round(setup.send_s * SENDING_LIMIT * SECOND_NS),
        )

    def put(self, job: Job) -> None:
        with self._changed:
            self._queue.put(job, self._now_ns())
            self._changed.notify()

    def tick(self) -> None:
        with self._changed:
            self._queue.tick(self._now_ns())
            self._changed.notify()

    def status(self) -> PrinterStatus:
        with self._changed:
            return self._queue.status(self._now_ns())

    def print_on(self) -> None:
        """The printer's loop, for as long as the process lives."""
        while True:
            with self._changed:
                job = self._queue.take(self._now_ns())
                if job is None:
                    self._changed.wait()
                    continue
            data = self._set(job)
            if data is not None:
                self._try(job, data)

    def _set(self, job: Job) -> bytes | None:
        """The job as bytes; None if it cannot be set, which fails this job only. A top loop's catch."""
        try:
            if job.sheet is None:
                page = drawer_page()
            else:
                page = compose(job.sheet, has_font=self._paper.face is not None)
            return render_escpos(page, self._paper)
        except Exception:
            _LOG.exception("page_unprintable")
            with self._changed:
                self._queue.unprintable(job, self._now_ns())
            return None

    def _try(self, job: Job, data: bytes) -> None:
        """A top loop's catch: what no link should do is logged, and the printer's thread lives on."""
        try:
            self._deliver(job, data)
        except Exception:
            _LOG.exception("printer_stumbled printer=%s", self._setup.id)
            with self._changed:
                self._queue.stumbled(self._now_ns())

    def _deliver(self, job: Job, data: bytes) -> None:
        link = self._connect(self._setup)
        try:
            link.open()
        except OSError as error:
            self._log_unreached(error)
            with self._changed:
                self._queue.unreached(self._now_ns())
            return
        if self._unreached:
            _LOG.warning("printer_reached printer=%s failures=%d", self._setup.id, self._unreached)
            self._unreached = 0
        try:
            with self._changed:
                begun = self._queue.begin(job, self._now_ns())
            if begun:
                self._send(link, data)
        finally:
            link.close()

    def _send(self, link: PrinterLink, data: bytes) -> None:
        try:
            link.send(data)
        except OSError as error:
            _LOG.warning("print_unknown printer=%s error=%s", self._setup.id, error)
            with self._changed:
                self._queue.broke_off(self._now_ns())
            return
        with self._changed:
            self._queue.printed(self._now_ns())

    def _log_unreached(self, error: OSError) -> None:
        """Logged on first sight, then each half-minute with a count."""
        now_ns = self._now_ns()
        if self._unreached == 0 or now_ns - self._logged_ns >= LOG_EVERY_NS:
            reason = " ".join(str(error).split())
            _LOG.warning(
                "printer_unreached printer=%s failures=%d error=%s",
                self._setup.id,
                self._unreached + 1,
                reason,
            )
            self._logged_ns = now_ns
        self._unreached += 1


_LOST = {
    "no_printer": N_("No printer is set up. Receipts are on the screen."),
    "no_such_printer": N_("There is no printer of that name. Choose another printer."),
}


def printers_file_complaint() -> PrinterStatus:
    """What the status line says when printers.json cannot be used."""
    text = N_("The printers file cannot be read. Correct printers.json and start the register again.")
    return PrinterStatus(name="", state="trouble", code="printers_file_bad", text=text, params={})


def read_line(line: bytes) -> Asked:
    """What one line asks. Raises msgspec.DecodeError."""
    asked: Asked = msgspec.json.decode(line, type=Asked)
    return asked
