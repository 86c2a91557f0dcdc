"""`evertill printer-worker`: the lane's print worker, asked on standard input, telling on standard output."""

from __future__ import annotations

import argparse
import ctypes
import gc
import logging
import os
import sys
import threading
from pathlib import Path

import msgspec

from evertill.host.clock import HostClock
from evertill.host.entropy import HostEntropy
from evertill.host.printers import FilePrinter, NetworkPrinter, SerialPrinter, UsbPrinter
from evertill.lane.printing.fonts import find_face
from evertill.lane.printing.setup import PrinterSetup, SetupError, read_printers
from evertill.lane.printing.talk import LINE_BYTES_MAX, PrinterStatus, Told
from evertill.lane.printing.worker import PrinterLink, PrintService, printers_file_complaint, read_line

NICENESS = 5
FINISH_S = 3.0  # what is waiting when the lane ends has this long to come out


def link_to(setup: PrinterSetup) -> PrinterLink:
    """The way to the printer that a setup describes."""
    if setup.kind == "network":
        return NetworkPrinter(setup.host, setup.port, connect_s=setup.connect_s, send_s=setup.send_s)
    if setup.kind == "usb":
        vendor, product = (int(number, 16) for number in setup.usb.split(":"))
        return UsbPrinter(vendor, product, send_s=setup.send_s)
    if setup.kind == "serial":
        return SerialPrinter(setup.path, setup.baud, send_s=setup.send_s)
    return FilePrinter(setup.path, send_s=setup.send_s)


class Teller:
    """Writes lines to the lane, one at a time. Ends the process when the lane has hung up."""

    def __init__(self, descriptor: int) -> None:
        self._file = os.fdopen(descriptor, "wb")
        self._lock = threading.Lock()

    def tell(self, told: Told) -> None:
        line = msgspec.json.encode(told) + b"\n"
        with self._lock:
            try:
                self._file.write(line)
                self._file.flush()
            except BrokenPipeError:
                os._exit(0)


def printers_of(file: Path) -> tuple[tuple[PrinterSetup, ...], PrinterStatus | None]:
    """The printers of a file, none if it is missing; and what to complain about if it cannot be used."""
    try:
        return read_printers(file.read_bytes()), None
    except FileNotFoundError:
        return (), None
    except (OSError, SetupError) as error:
        logging.getLogger(__name__).error("printers_file_bad %s: %s", file, error)
        return (), printers_file_complaint()


def give_back_memory() -> None:
    """What a font of twenty megabytes took goes back to the system, where the C library can do that."""
    gc.collect()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


def serve(printers: Path) -> None:
    """Serves until the lane closes standard input, however it dies; then prints what still waits."""
    # python-escpos prints advice; nothing but our lines may reach the lane.
    teller = Teller(os.dup(sys.stdout.fileno()))
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    setups, complaint = printers_of(printers)
    service = PrintService(
        setups,
        connect=link_to,
        tell=teller.tell,
        now_ns=HostClock().monotonic_ns,
        jitter=HostEntropy().uniform,
        mono_face=find_face(mono=True),
        face=find_face(mono=False),
        give_back_memory=give_back_memory,
        complaint=complaint,
    )
    service.start()
    while line := sys.stdin.buffer.readline(LINE_BYTES_MAX):
        try:
            service.hear(read_line(line))
        except msgspec.DecodeError:
            logging.getLogger(__name__).exception("not_understood")
    service.finish(FINISH_S)


def main(arguments: list[str] | None = None) -> int:
    """The print worker's process."""
    parser = argparse.ArgumentParser(prog="evertill printer-worker")
    parser.add_argument("--printers", type=Path, required=True, help="the lane's printers.json")
    asked = parser.parse_args(arguments)
    os.nice(NICENESS)
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr, force=True)
    serve(asked.printers)
    return 0


if __name__ == "__main__":
    sys.exit(main())
