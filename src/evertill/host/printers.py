"""The ways to a printer: network, USB, serial port, file. They connect by python-escpos and only send.

A link is opened for one job and closed after it, so that a printer which was switched off and on is
simply there again. `open` raises OSError while nothing was sent; once `send` was called, any OSError
leaves open how much arrived. No call waits longer for a sign of life than it was told.
"""

from __future__ import annotations

import fcntl
import os
import select
import socket
import struct
import termios
import time
from pathlib import Path

from escpos.exceptions import Error as EscposError
from escpos.printer import Network, Serial, Usb

CHUNK_BYTES = 4_096
DRAIN_LOOK_MS = 20


class NetworkPrinter:
    """A printer that listens on TCP (9100 as a rule)."""

    def __init__(self, host: str, port: int, *, connect_s: float, send_s: float) -> None:
        self._printer = Network(host, port, timeout=connect_s)
        self._send_s = send_s

    def open(self) -> None:
        """On return the printer has accepted the connection. Raises OSError."""
        try:
            self._printer.open()
        except EscposError as error:
            raise ConnectionError(str(error)) from error

    def send(self, data: bytes) -> None:
        """On return the printer's network side has acknowledged every byte. Raises OSError."""
        connection = self._printer.device
        connection.settimeout(self._send_s)
        for chunk in _chunks(data):
            self._printer._raw(chunk)
        self._wait_until_taken(connection)

    def close(self) -> None:
        """Hangs up."""
        self._printer.close()

    def _wait_until_taken(self, connection: socket.socket) -> None:
        descriptor = connection.fileno()
        broken = select.poll()
        broken.register(descriptor, 0)  # errors and hang-ups are always told
        unsent = _unsent_bytes(descriptor)
        heard = time.monotonic()
        while unsent:
            if broken.poll(DRAIN_LOOK_MS):
                error = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                raise ConnectionError(error, f"the printer hung up, {unsent} bytes left")
            now, left = time.monotonic(), _unsent_bytes(descriptor)
            if left < unsent:
                unsent, heard = left, now
            elif now - heard > self._send_s:
                raise TimeoutError(f"the printer took no byte for {self._send_s} s, {left} left")


class UsbPrinter:
    """A printer on USB, by vendor and product number."""

    def __init__(self, vendor: int, product: int, *, send_s: float) -> None:
        self._printer = Usb(vendor, product, timeout=round(send_s * 1_000))

    def open(self) -> None:
        """On return the printer is claimed. Raises OSError, also if this machine has no USB library."""
        try:
            self._printer.open()
        except (EscposError, RuntimeError, ValueError) as error:
            raise ConnectionError(str(error)) from error

    def send(self, data: bytes) -> None:
        """On return the printer has taken every byte. Raises OSError."""
        for chunk in _chunks(data):
            self._printer._raw(chunk)

    def close(self) -> None:
        """Lets go of the printer."""
        self._printer.close()


class SerialPrinter:
    """A printer on a serial port."""

    def __init__(self, path: str, baud: int, *, send_s: float) -> None:
        self._path = path
        self._baud = baud
        self._send_s = send_s
        self._printer: Serial | None = None

    def open(self) -> None:
        """On return the port is open; whether a printer listens, a serial line does not tell."""
        try:
            self._printer = Serial(devfile=self._path, baudrate=self._baud, timeout=self._send_s)
            self._printer.open()
        except (EscposError, RuntimeError) as error:
            raise ConnectionError(str(error)) from error

    def send(self, data: bytes) -> None:
        """On return the port has taken every byte. Raises OSError."""
        assert self._printer is not None, "open first"
        self._printer.device.write_timeout = self._send_s
        for chunk in _chunks(data):
            self._printer._raw(chunk)

    def close(self) -> None:
        """Closes the port after its last byte."""
        if self._printer is not None:
            self._printer.close()


class FilePrinter:
    """A file that bytes are added to, for demonstrations and tests, or a device such as /dev/usb/lp0."""

    def __init__(self, path: str, *, send_s: float) -> None:
        self._path = Path(path)
        self._send_s = send_s
        self._descriptor: int | None = None

    def open(self) -> None:
        """On return the file is open at its end; it was made if need be. Raises OSError."""
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK | os.O_CLOEXEC
        self._descriptor = os.open(self._path, flags, 0o640)

    def send(self, data: bytes) -> None:
        """On return the file or device has taken every byte. Raises OSError."""
        assert self._descriptor is not None, "open first"
        rest = memoryview(data)
        while rest:
            _, ready, _ = select.select([], [self._descriptor], [], self._send_s)
            if not ready:
                raise TimeoutError(f"{self._path} took no byte for {self._send_s} s")
            rest = rest[os.write(self._descriptor, rest[:CHUNK_BYTES]) :]

    def close(self) -> None:
        """Closes the file."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _chunks(data: bytes) -> list[bytes]:
    return [data[start : start + CHUNK_BYTES] for start in range(0, len(data), CHUNK_BYTES)]


def _unsent_bytes(descriptor: int) -> int:
    """Bytes written to a socket that the other side has not acknowledged."""
    (count,) = struct.unpack("i", fcntl.ioctl(descriptor, termios.TIOCOUTQ, b"\0" * 4))
    return int(count)
