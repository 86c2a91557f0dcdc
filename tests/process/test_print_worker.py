"""The print worker as a process, with printers that fail in the ways printers do."""

import asyncio
import contextlib
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from evertill.core.fault import Fault
from evertill.host.clock import HostClock
from evertill.lane.printing.talk import JobState
from evertill.lane.printing.worker_client import LanePrinting, PrintClient
from tests.process.paper_world import (
    CUT,
    DOCUMENT,
    LONG_DOCUMENT,
    SETTINGS,
    PaperPrinter,
    came_to,
    counter,
    file,
    free_port,
    network,
    print_receipt,
    until,
    worker_pid,
)
from tests.unit.lane.receipt_samples import HEAD, basket, shop

pytestmark = pytest.mark.process


def test_a_receipt_goes_to_its_printer_without_anyone_waiting_for_it(tmp_path: Path) -> None:
    async def story() -> None:
        printer = PaperPrinter()
        async with counter(tmp_path, network("counter", printer.port)) as client:
            began = time.perf_counter()
            job = print_receipt(client)
            assert time.perf_counter() - began < 0.05
            await came_to(client, job, JobState.PRINTED)
            await until(lambda: len(printer.jobs) == 1, "the paper comes out")
        assert b"Semi-skimmed milk" in printer.jobs[0]
        assert printer.jobs[0].endswith(CUT)
        printer.close()

    asyncio.run(story())


def test_one_dead_printer_does_not_hold_up_the_others_pos_addons_682(tmp_path: Path) -> None:
    async def story() -> None:
        printer = PaperPrinter()
        dead = network("kitchen", free_port())
        async with counter(tmp_path, dead, network("counter", printer.port)) as client:
            stuck = [print_receipt(client, printer="kitchen") for _ in range(5)]
            for job in [print_receipt(client, printer="counter") for _ in range(5)]:
                await came_to(client, job, JobState.PRINTED)
            states = {news.state for news in map(client.job, stuck) if news is not None}
            assert states == {JobState.WAITING}
            await until(
                lambda: [s.state for s in client.status] == ["trouble", "ok"], "the status says which"
            )
            kitchen = client.status[0]
            assert (kitchen.name, kitchen.code, kitchen.queued) == ("kitchen", "printer_unreached", 5)
        printer.close()

    asyncio.run(story())


def test_receipts_for_a_printer_that_stays_off_expire_visibly(tmp_path: Path) -> None:
    async def story() -> None:
        port = free_port()
        async with counter(tmp_path, network("counter", port, stale_s=1)) as client:
            job = print_receipt(client)
            news = await came_to(client, job, JobState.EXPIRED)
            assert "Print a copy if it is still wanted." in news.text
            printer = PaperPrinter(port=port)
            fresh = print_receipt(client)
            await came_to(client, fresh, JobState.PRINTED)
            await until(lambda: len(printer.jobs) == 1, "only the fresh one is printed")
            assert client.job(job) == news
            printer.close()

    asyncio.run(story())


def test_a_receipt_waits_for_a_printer_that_is_being_switched_on(tmp_path: Path) -> None:
    async def story() -> None:
        port = free_port()
        async with counter(tmp_path, network("counter", port)) as client:
            job = print_receipt(client)
            await until(lambda: any(s.code == "printer_unreached" for s in client.status), "it is off")
            printer = PaperPrinter(port=port)
            await came_to(client, job, JobState.PRINTED)
            await until(lambda: [s.state for s in client.status] == ["ok"], "all is well again")
            printer.close()
            assert len(printer.jobs) == 1

    asyncio.run(story())


def test_a_printer_that_hangs_up_in_the_middle_leaves_it_to_the_paper_odoo_59059(tmp_path: Path) -> None:
    async def story() -> None:
        printer = PaperPrinter(hang_up_after=3_000)
        async with counter(tmp_path, network("counter", printer.port)) as client:
            job = client.print(LONG_DOCUMENT, SETTINGS, head_code=HEAD)
            news = await came_to(client, job, JobState.UNKNOWN)
            assert "Look at the paper" in news.text
            opened = client.drawer()
            await came_to(client, opened, JobState.PRINTED)
            assert printer.connections == 2, "the receipt was not sent a second time"
        printer.close()

    asyncio.run(story())


def test_a_printer_that_takes_no_byte_becomes_trouble_odoo_242617(tmp_path: Path) -> None:
    async def story() -> None:
        deaf, good = PaperPrinter(deaf=True), PaperPrinter()
        printers = (network("deaf", deaf.port, send_s=0.5), network("good", good.port))
        async with counter(tmp_path, *printers) as client:
            job = client.print(LONG_DOCUMENT, SETTINGS, head_code=HEAD, printer="deaf")
            beside = print_receipt(client, printer="good")
            await came_to(client, beside, JobState.PRINTED)
            await came_to(client, job, JobState.UNKNOWN)
            await until(lambda: client.status[0].state == "trouble", "the spinner ends")
            assert deaf.connections == 1
        deaf.close()
        good.close()

    asyncio.run(story())


def test_a_killed_worker_hands_waiting_receipts_to_the_next(tmp_path: Path) -> None:
    async def story() -> None:
        port = free_port()
        async with counter(tmp_path, network("counter", port)) as client:
            jobs = [print_receipt(client) for _ in range(3)]
            await until(lambda: any(s.code == "printer_unreached" for s in client.status), "it is off")
            os.kill(worker_pid(client), signal.SIGKILL)
            await until(lambda: client.restarts == 1, "the worker's death is noticed")
            assert client.status[0].code == "worker_down"
            printer = PaperPrinter(port=port)
            for job in jobs:
                await came_to(client, job, JobState.PRINTED)
            await until(lambda: len(printer.jobs) == 3, "each is printed once")
            printer.close()

    asyncio.run(story())


def test_a_worker_killed_while_sending_leaves_that_receipt_uncertain(tmp_path: Path) -> None:
    async def story() -> None:
        deaf = PaperPrinter(deaf=True)
        async with counter(tmp_path, network("counter", deaf.port, send_s=60)) as client:
            job = client.print(LONG_DOCUMENT, SETTINGS, head_code=HEAD)
            await came_to(client, job, JobState.PRINTING)
            os.kill(worker_pid(client), signal.SIGKILL)
            await came_to(client, job, JobState.UNKNOWN)
            await until(lambda: client.restarts == 1 and client._process is not None, "a new worker starts")
            await until(lambda: [s.code for s in client.status] == ["printer_ready"], "the new one is idle")
            assert deaf.connections == 1, "the receipt was not sent a second time"
        deaf.close()

    asyncio.run(story())


def test_a_frozen_worker_is_replaced_and_the_lane_does_not_wait(tmp_path: Path) -> None:
    async def story() -> None:
        paper = tmp_path / "paper.bin"
        async with counter(tmp_path, file(paper), silence_s=4.0) as client:
            await came_to(client, print_receipt(client), JobState.PRINTED)
            os.kill(worker_pid(client), signal.SIGSTOP)
            began = time.perf_counter()
            jobs = [print_receipt(client) for _ in range(20)]
            assert time.perf_counter() - began < 0.2
            await until(lambda: any(s.code == "worker_silent" for s in client.status), "it is said")
            for job in jobs:
                await came_to(client, job, JobState.PRINTED)
            assert paper.read_bytes().count(CUT) == 21

    asyncio.run(story())


def test_what_still_waits_when_the_lane_ends_is_printed(tmp_path: Path) -> None:
    async def story() -> None:
        paper = tmp_path / "paper.bin"
        async with counter(tmp_path, file(paper)) as client:
            await came_to(client, client.drawer(), JobState.PRINTED)
            for _ in range(3):
                print_receipt(client)
        assert paper.read_bytes().count(CUT) == 3

    asyncio.run(story())


def test_a_document_that_is_none_fails_alone(tmp_path: Path) -> None:
    async def story() -> None:
        paper = tmp_path / "paper.bin"
        async with counter(tmp_path, file(paper)) as client:
            bad = client.print(b'{"not": "a sale"}', SETTINGS, head_code=HEAD)
            good = print_receipt(client)
            assert (await came_to(client, bad, JobState.FAILED)).code == "page_unprintable"
            await came_to(client, good, JobState.PRINTED)
            with pytest.raises(Fault, match="pdf_unmade"):
                await client.pdf(b"{}", SETTINGS, head_code=HEAD)
            assert (await client.pdf(DOCUMENT, SETTINGS, head_code=HEAD)).startswith(b"%PDF")

    asyncio.run(story())


def test_a_pdf_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    async def story() -> None:
        async with counter(tmp_path) as client:
            await until(lambda: client._process is not None, "a worker starts")
            os.kill(worker_pid(client), signal.SIGSTOP)
            with pytest.raises(Fault, match="pdf_late"):
                await client.pdf(DOCUMENT, SETTINGS, head_code=HEAD, wait_s=0.2)
            os.kill(worker_pid(client), signal.SIGCONT)

    asyncio.run(story())


def test_a_printers_file_with_a_slip_is_complained_about_and_pdfs_still_work(tmp_path: Path) -> None:
    async def story() -> None:
        async with counter(tmp_path, {"id": "p", "kind": "fax"}) as client:
            await until(lambda: [s.code for s in client.status] == ["printers_file_bad"], "it is said")
            assert (await came_to(client, print_receipt(client), JobState.FAILED)).code == "no_printer"
            assert (await client.pdf(DOCUMENT, SETTINGS, head_code=HEAD)).startswith(b"%PDF")

    asyncio.run(story())


def test_an_unknown_printer_is_named_as_such(tmp_path: Path) -> None:
    async def story() -> None:
        async with counter(tmp_path, file(tmp_path / "paper.bin")) as client:
            news = await came_to(client, print_receipt(client, printer="attic"), JobState.FAILED)
            assert news.code == "no_such_printer"

    asyncio.run(story())


def test_a_worker_that_cannot_start_only_means_trouble(tmp_path: Path) -> None:
    async def story() -> None:
        client = PrintClient((str(tmp_path / "nothing"),), now_ns=HostClock().monotonic_ns)
        await client.start()
        jobs = [print_receipt(client) for _ in range(250)]
        await until(lambda: [s.code for s in client.status] == ["worker_down"], "it is said")
        last = client.job(jobs[-1])
        assert last is not None
        assert (last.state, last.code) == (JobState.FAILED, "queue_full")
        await client.stop()

    asyncio.run(story())


def test_a_printer_on_a_serial_port_gets_every_byte(tmp_path: Path) -> None:
    async def story() -> None:
        ours, theirs = pty.openpty()
        os.set_blocking(ours, False)
        setup = {"id": "old", "kind": "serial", "path": os.ttyname(theirs), "baud": 115_200}
        got = bytearray()

        def ends_with_pulse() -> bool:
            with contextlib.suppress(BlockingIOError):
                got.extend(os.read(ours, 65_536))
            return bytes(got) == b"\x1b@\x1bp0<x"

        async with counter(tmp_path, setup) as client:
            client.drawer()
            await until(ends_with_pulse, "the pulse arrives")
        os.close(ours)
        os.close(theirs)

    asyncio.run(story())


def test_a_shop_without_a_printers_file_starts_no_worker_until_a_pdf_is_wanted(tmp_path: Path) -> None:
    async def story() -> None:
        printing = LanePrinting(tmp_path / "printers.json", shop, now_ns=HostClock().monotonic_ns)
        await printing.start()
        printing.print_sale(basket(), HEAD[:8], 0, "en")
        printing.open_drawer()
        assert printing.status() == []
        assert printing.client._process is None
        assert (await printing.pdf(basket(), HEAD[:8], 0, "en")).startswith(b"%PDF")
        await printing.stop()

    asyncio.run(story())


def test_the_lane_itself_carries_no_renderer() -> None:
    modules = ", ".join(f"evertill.lane.printing.{name}" for name in ("worker_client", "receipt", "report"))
    heavy = "[name for name in ('PIL', 'fpdf', 'escpos', 'segno') if name in sys.modules]"
    command = [sys.executable, "-c", f"import sys, {modules}; print({heavy})"]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_the_status_line_speaks_the_shops_language(tmp_path: Path) -> None:
    async def story() -> None:
        (tmp_path / "printers.json").write_bytes(msgspec.json.encode([file(tmp_path / "paper.bin")]))
        printing = LanePrinting(
            tmp_path / "printers.json", lambda: shop(locale="zh"), now_ns=HostClock().monotonic_ns
        )
        await printing.start()
        await until(lambda: bool(printing.status()), "the printer is there")
        assert printing.status()[0]["state"] == "ok"
        assert printing.status("en")[0]["words"] == "paper is ready."
        await printing.stop()

    asyncio.run(story())
