"""Listening sockets on loopback."""

from __future__ import annotations

import errno
import socket
import time

from evertill.core.fault import Fault

WAIT_S = 3.0
BACKLOG = 1_024


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses at this moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def bind_loopback(port: int) -> socket.socket:
    """A socket listening on 127.0.0.1:`port`; port 0 takes a free one.

    A program that was just killed may hold the port a moment longer: waits up to three seconds.
    Raises Fault port_in_use.
    """
    deadline = time.monotonic() + WAIT_S
    while True:
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Inherited by every connection: an answer leaves at once, not 40 ms later.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            listening.bind(("127.0.0.1", port))
            listening.listen(BACKLOG)
        except OSError as error:
            listening.close()
            if error.errno not in (errno.EADDRINUSE, errno.EACCES) or time.monotonic() > deadline:
                raise Fault(
                    "port_in_use",
                    "Another program uses this port. Stop it, or choose another port with --lane-port or"
                    " --gate-port (0 takes a free one).",
                    detail=f"port {port}: {error.strerror}",
                ) from error
            time.sleep(0.1)
            continue
        listening.setblocking(False)
        return listening
