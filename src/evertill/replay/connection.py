"""One kept-alive HTTP connection to a register or its server. Asks once; whoever asks decides about again.

A connection that stood idle is opened anew, because the other side may be about to close it; one that
broke is closed, so that an answer which comes late is never taken for the next question's.
"""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Mapping
from typing import NamedTuple, Protocol
from urllib.parse import urlsplit

IDLE_MAX_S = 2.0
WAIT_S = 60.0


class Reply(NamedTuple):
    """What came back."""

    status: int
    body: bytes


class Lost(Exception):
    """No answer came. Whether the question arrived and was carried out is not known."""


class Connection(Protocol):
    """Asks one question at a time."""

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """The answer, whatever its status. Raises Lost if none came."""


class HttpConnection:
    """A Connection over TCP, each question in one segment if it fits."""

    def __init__(self, url: str, *, wait_s: float = WAIT_S) -> None:
        parts = urlsplit(url)
        if parts.scheme != "http" or parts.hostname is None:
            raise ValueError(f"{url} is not an address like http://127.0.0.1:8770")
        self.url = url
        self._http = http.client.HTTPConnection(parts.hostname, parts.port or 80, timeout=wait_s)
        self._used_at = 0.0

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """The answer, whatever its status. Raises Lost if none came."""
        try:
            self._open()
            told = {} if body is None else {"content-type": "application/json"}
            self._http.request(method, path, body, {**told, **(headers or {})})
            response = self._http.getresponse()
            reply = Reply(response.status, response.read())
        except (OSError, http.client.HTTPException) as wrong:
            self._http.close()
            raise Lost(str(wrong) or type(wrong).__name__) from wrong
        self._used_at = time.monotonic()
        return reply

    def _open(self) -> None:
        if self._http.sock is not None and time.monotonic() - self._used_at > IDLE_MAX_S:
            self._http.close()
        if self._http.sock is None:
            self._http.connect()
            assert self._http.sock is not None, "connected"
            self._http.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self) -> None:
        """Lets go of it."""
        self._http.close()
