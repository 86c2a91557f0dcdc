"""The lane's side of printing: hands jobs to the print worker and knows what became of them.

Nothing here waits for a printer, and nothing here is needed to sell. The worker may be slow, frozen or
dead: calls return at once, the status says trouble, and a new worker is started. What must hold when
one dies: a job that was still waiting goes to the next worker with its age; one that was
being sent is UNKNOWN and is not sent again, because only the paper knows. The worker tells "printing"
before the first byte leaves, and its pipe is read to the end after its death, so the two can be told apart.

Importing this brings in neither Pillow nor fpdf2 nor python-escpos: those stay in the worker.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from evertill.core.fault import Fault
from evertill.core.receipt import SaleDocument, ShiftReport
from evertill.core.shop import Settings
from evertill.lane.printing.talk import (
    LINE_BYTES_MAX,
    Asked,
    JobNews,
    JobState,
    Kick,
    MakePdf,
    PdfMade,
    Ping,
    Print,
    PrinterNews,
    PrinterStatus,
    Sheet,
    Told,
)
from evertill.lane.words import N_, words

JOBS_MAX = 200  # not yet ended, over all printers
NEWS_MAX = 500  # jobs whose end is remembered
PIPE_BYTES_MAX = 32 << 20
PDF_WAIT_S = 20.0
PING_EVERY_S = 2.0
SILENCE_S = 15.0
RESTART_FIRST_S = 0.25
RESTART_MOST_S = 10.0
STOP_S = 5.0
_STEADY_S = 30.0
_LOG = logging.getLogger(__name__)
_WORKER_DOWN = N_(
    "The print service stopped and is being started again. Selling goes on; receipts are on the screen."
)
_WORKER_SILENT = N_("The print service is not answering. Selling goes on; receipts are on the screen.")
_QUEUE_FULL = N_("Too many receipts are waiting to be printed. This one was not taken. Print a copy later.")
_UNKNOWN = N_("The printing was broken off. Look at the paper: if the receipt is not complete, print a copy.")
_ENDED = frozenset({JobState.PRINTED, JobState.FAILED, JobState.EXPIRED, JobState.UNKNOWN})


class PrintClient:
    """A print worker, kept alive. Its methods belong to the event loop's thread.

    `command` starts the worker; `now_ns` is the machine's CLOCK_MONOTONIC, which the worker shares.
    """

    def __init__(
        self, command: Sequence[str], *, now_ns: Callable[[], int], silence_s: float = SILENCE_S
    ) -> None:
        self._command = tuple(command)
        self._now_ns = now_ns
        self._silence_s = silence_s
        self._process: asyncio.subprocess.Process | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._numbers = itertools.count(1)
        self._open: dict[int, tuple[Print | Kick, JobState]] = {}
        self._ended: dict[int, JobNews] = {}
        self._pdfs: dict[int, tuple[MakePdf, asyncio.Future[bytes]]] = {}
        self._printers: tuple[PrinterStatus, ...] = ()
        self._trouble: PrinterStatus | None = None
        self._heard_s = 0.0
        self.restarts = 0

    # -- for the lane ---------------------------------------------------------------------------------

    async def start(self) -> None:
        """On return a worker is being kept running; it need not have answered yet. Twice does no harm."""
        if self._keeping is None:
            self._keeping = asyncio.create_task(self._keep_running())

    async def stop(self) -> None:
        """On return the worker has printed what it could in a few seconds, and is gone."""
        keeping, self._keeping = self._keeping, None
        if keeping is None:
            return
        process = self._process
        if process is not None and process.stdin is not None:
            process.stdin.close()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), STOP_S)
        keeping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keeping

    def print(
        self,
        document: bytes,
        settings: bytes,
        *,
        kind: Literal["receipt", "report"] = "receipt",
        locale: str = "en",
        head_code: str = "",
        copy_no: int = 0,
        lane: str = "",
        printed_at: str = "",
        title: str = "",
        printer: str | None = None,
    ) -> int:
        """The number of a new job that prints a SaleDocument or ShiftReport (JSON). Returns at once, always.

        What becomes of it: `job`. No `printer` means the first.
        """
        sheet = _sheet(document, settings, kind, locale, head_code, copy_no, lane, printed_at)
        number = next(self._numbers)
        ask = Print(job=number, sheet=sheet, made_at_ns=self._now_ns(), title=title, printer=printer)
        return self._take_on(number, ask)

    def drawer(self, printer: str | None = None) -> int:
        """The number of a new job that opens the drawer, within five seconds or never. Returns at once."""
        number = next(self._numbers)
        return self._take_on(number, Kick(job=number, made_at_ns=self._now_ns(), printer=printer))

    async def pdf(
        self,
        document: bytes,
        settings: bytes,
        *,
        kind: Literal["receipt", "report"] = "receipt",
        locale: str = "en",
        head_code: str = "",
        copy_no: int = 0,
        lane: str = "",
        printed_at: str = "",
        wait_s: float = PDF_WAIT_S,
    ) -> bytes:
        """The page as PDF. Starts the worker if need be. Raises Fault pdf_late or pdf_unmade."""
        await self.start()
        sheet = _sheet(document, settings, kind, locale, head_code, copy_no, lane, printed_at)
        number = next(self._numbers)
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        ask = MakePdf(request=number, sheet=sheet)
        self._pdfs[number] = (ask, answer)
        try:
            self._say(ask)
            return await asyncio.wait_for(answer, wait_s)
        except TimeoutError as error:
            hint = N_("Making the PDF takes too long. Try once more, or use the receipt on the screen.")
            raise Fault("pdf_late", hint, retry=True) from error
        finally:
            del self._pdfs[number]

    @property
    def status(self) -> tuple[PrinterStatus, ...]:
        """Every printer as last told; a worker in trouble comes first."""
        return self._printers if self._trouble is None else (self._trouble, *self._printers)

    def job(self, number: int) -> JobNews | None:
        """Where a job stands; None for one that never was, or that ended long ago."""
        if number in self._open:
            return JobNews(job=number, state=self._open[number][1])
        return self._ended.get(number)

    # -- jobs -----------------------------------------------------------------------------------------

    def _take_on(self, number: int, ask: Print | Kick) -> int:
        if len(self._open) >= JOBS_MAX:
            self._end(JobNews(job=number, state=JobState.FAILED, code="queue_full", text=_QUEUE_FULL))
            return number
        self._open[number] = (ask, JobState.WAITING)
        self._say(ask)
        return number

    def _end(self, news: JobNews) -> None:
        self._open.pop(news.job, None)
        self._ended[news.job] = news
        while len(self._ended) > NEWS_MAX:
            del self._ended[next(iter(self._ended))]

    def _say(self, ask: Asked) -> None:
        """Hands a line to the worker's pipe, which keeps it; without a worker the next one gets it."""
        process = self._process
        if process is None or process.stdin is None or process.stdin.is_closing():
            return
        if process.stdin.transport.get_write_buffer_size() > PIPE_BYTES_MAX:
            return
        process.stdin.write(msgspec.json.encode(ask) + b"\n")

    # -- the worker's life ----------------------------------------------------------------------------

    async def _keep_running(self) -> None:
        loop = asyncio.get_running_loop()
        pause_s = RESTART_FIRST_S
        while True:
            began_s = loop.time()
            try:
                await self._run_once()
            except (OSError, ValueError, msgspec.MsgspecError) as error:
                _LOG.error("print_worker_broken: %s", error)
            self._bury()
            self.restarts += 1
            pause_s = (
                RESTART_FIRST_S if loop.time() - began_s > _STEADY_S else min(pause_s * 2, RESTART_MOST_S)
            )
            await asyncio.sleep(pause_s)

    async def _run_once(self) -> None:
        """One worker from start to death, read to its last line."""
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=LINE_BYTES_MAX,
        )
        self._process = process
        self._heard_s = asyncio.get_running_loop().time()
        pinging = asyncio.create_task(self._ping(process))
        try:
            for ask, _ in [*self._open.values(), *self._pdfs.values()]:
                self._say(ask)
            await self._listen(process)
        finally:
            pinging.cancel()
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None, "the worker's output is a pipe"
        async for line in process.stdout:
            self._heard_s = asyncio.get_running_loop().time()
            self._trouble = None
            self._hear(msgspec.json.decode(line, type=Told))

    def _hear(self, told: Told) -> None:
        if isinstance(told, PrinterNews):
            self._printers = told.printers
        elif isinstance(told, PdfMade):
            self._hear_pdf(told)
        elif told.state in _ENDED:
            self._end(told)
        elif told.job in self._open:
            self._open[told.job] = (self._open[told.job][0], told.state)

    def _hear_pdf(self, made: PdfMade) -> None:
        _, answer = self._pdfs.get(made.request, (None, None))
        if answer is None or answer.done():
            return
        if made.error:
            hint = N_("The PDF could not be made. Use the receipt on the screen.")
            answer.set_exception(Fault("pdf_unmade", hint, detail=made.error))
        else:
            answer.set_result(made.pdf)

    async def _ping(self, process: asyncio.subprocess.Process) -> None:
        """A worker that says nothing for long is ended; whoever keeps it running starts another."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(min(PING_EVERY_S, self._silence_s / 4))
            self._say(Ping())
            if loop.time() - self._heard_s > self._silence_s:
                _LOG.error("print_worker_silent")
                self._trouble = _in_trouble("worker_silent", _WORKER_SILENT)
                process.kill()
                return

    def _bury(self) -> None:
        """The worker is dead: what it was sending is uncertain, the rest waits for the next one."""
        self._process = None
        if self._trouble is None:
            self._trouble = _in_trouble("worker_down", _WORKER_DOWN)
        for number, (_, state) in list(self._open.items()):
            if state is JobState.PRINTING:
                self._end(JobNews(job=number, state=JobState.UNKNOWN, code="print_unknown", text=_UNKNOWN))


class LanePrinting:
    """What the register needs of printing, with the shop's settings added. No call waits for a printer.

    Without a printers file nothing is queued, and no worker runs until the first PDF is asked for.
    """

    def __init__(
        self, printers: Path, settings: Callable[[], Settings], *, now_ns: Callable[[], int], lane: str = ""
    ) -> None:
        self._settings = settings
        self._lane = lane
        self._has_printers = printers.exists()
        self.client = PrintClient(worker_command(printers), now_ns=now_ns)

    async def start(self) -> None:
        """On return the worker is being started if there is a printers file."""
        if self._has_printers:
            await self.client.start()

    async def stop(self) -> None:
        """On return the worker is gone."""
        await self.client.stop()

    def print_sale(self, document: SaleDocument, head: str, copy_no: int, locale: str) -> None:
        """Queues a receipt."""
        if not self._has_printers:
            return
        encode = msgspec.json.encode
        self.client.print(
            encode(document),
            encode(self._settings()),
            locale=locale,
            head_code=head,
            copy_no=copy_no,
            title=document.receipt,
        )

    def print_report(self, report: ShiftReport, locale: str) -> None:
        """Queues a shift's report."""
        if not self._has_printers:
            return
        encode = msgspec.json.encode
        settings = encode(self._settings())
        self.client.print(encode(report), settings, kind="report", locale=locale, lane=self._lane)

    def open_drawer(self) -> None:
        """Opens the drawer, within five seconds or never."""
        if self._has_printers:
            self.client.drawer()

    async def pdf(self, document: SaleDocument, head: str, copy_no: int, locale: str) -> bytes:
        """A receipt as PDF. Raises Fault."""
        encode = msgspec.json.encode
        return await self.client.pdf(
            encode(document), encode(self._settings()), locale=locale, head_code=head, copy_no=copy_no
        )

    def status(self, locale: str | None = None) -> list[dict[str, Any]]:
        """Every printer for the status line, `words` in `locale` (or the shop's); empty without printers."""
        say = words(locale or self._settings().locale)
        return [
            {**msgspec.structs.asdict(one), "words": say(one.text).format(**one.params)}
            for one in self.client.status
        ]


def worker_command(printers: Path) -> tuple[str, ...]:
    """The command that starts a print worker for a printers file."""
    return (sys.executable, "-m", "evertill.cli.printer", "--printers", str(printers))


def _sheet(
    document: bytes,
    settings: bytes,
    kind: Literal["receipt", "report"],
    locale: str,
    head_code: str,
    copy_no: int,
    lane: str,
    printed_at: str,
) -> Sheet:
    return Sheet(
        document=msgspec.Raw(document),
        settings=msgspec.Raw(settings),
        kind=kind,
        locale=locale,
        head_code=head_code,
        copy_no=copy_no,
        lane=lane,
        printed_at=printed_at,
    )


def _in_trouble(code: str, text: str) -> PrinterStatus:
    return PrinterStatus(name="", state="trouble", code=code, text=text, params={})
