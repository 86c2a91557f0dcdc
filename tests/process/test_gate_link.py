"""The real way over HTTP keeps the contract."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from evertill.host.net import HttpLink
from tests.contract.link_contract import LinkContract

pytestmark = pytest.mark.process


class Answering(BaseHTTPRequestHandler):
    """Does what the path says."""

    protocol_version = "HTTP/1.1"
    going_on = threading.Event()

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/break":
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        if self.path == "/silent":
            self.going_on.wait(20)
            self.close_connection = True
            return
        body = b"x" * 10_000 if self.path == "/long" else body
        self.send_response(201)
        self.send_header("X-Was", self.headers["Evertill-Lane"])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        """Says nothing."""


class TestHttpLink(LinkContract):
    @pytest.fixture
    def link(self) -> Iterator[HttpLink]:
        Answering.going_on.clear()
        server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        link = HttpLink(f"http://127.0.0.1:{server.server_port}")
        yield link
        Answering.going_on.set()
        link.close()
        server.shutdown()
        server.server_close()

    @pytest.fixture
    def nowhere(self) -> Iterator[HttpLink]:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))  # bound, never listening: nobody answers here
            link = HttpLink(f"http://127.0.0.1:{taken.getsockname()[1]}")
            yield link
            link.close()
