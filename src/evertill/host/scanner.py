"""Barcode scanners on a serial line (also USB scanners set to "virtual COM port"), each read by a thread.

A scanner that is pulled out and plugged in again is simply there again. Half a code that was on its way
then is dropped: it ends with its suffix or it does not count.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import serial

READ_S = 0.2
RETRY_S = 1.0
CODE_BYTES_MAX = 1_000


class SerialScanner:
    """One scanner. `prefix` is taken off where it stands; any character of `suffix` ends a code."""

    def __init__(self, port: str, *, baud: int = 9600, prefix: str = "", suffix: str = "\r\n") -> None:
        self.port = port
        self._baud = baud
        self._prefix = prefix
        self._suffix = suffix.encode()
        self._ended = threading.Event()
        self._connected = False
        self._thread: threading.Thread | None = None

    @property
    def connected(self) -> bool:
        """Whether the line is open at this moment."""
        return self._connected

    def start(self, told: Callable[[str], None]) -> None:
        """From here on `told` is called with each code, in the reader's thread."""
        self._thread = threading.Thread(target=self._serve, args=(told,), name="scanner", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """On return nothing more is told."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def _serve(self, told: Callable[[str], None]) -> None:
        while not self._ended.is_set():
            try:
                with serial.Serial(self.port, self._baud, timeout=READ_S, exclusive=True) as line:
                    self._connected = True
                    self._read(line, told)
            except (OSError, ValueError):  # SerialException is an OSError; a wrong baud a ValueError
                self._connected = False
                self._ended.wait(RETRY_S)

    def _read(self, line: serial.Serial, told: Callable[[str], None]) -> None:
        waiting = bytearray()
        while not self._ended.is_set():
            for byte in line.read(max(1, line.in_waiting)):
                if byte not in self._suffix:
                    waiting.append(byte)
                    continue
                code = waiting.decode(errors="replace").removeprefix(self._prefix).strip(" \r\n")
                if code and len(waiting) <= CODE_BYTES_MAX:
                    told(code)
                waiting.clear()
            del waiting[CODE_BYTES_MAX + 1 :]  # noise without an end stays small, and counts for nothing
