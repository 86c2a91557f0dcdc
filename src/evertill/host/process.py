"""What a process owes the machine: it ends with its parent, and what it writes is its owner's alone."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
PARENT = "EVERTILL_PARENT"


def keep_private() -> None:
    """From now on files this process makes can be read by its user only: journals, keys, receipts."""
    os.umask(0o077)


def for_child() -> dict[str, str]:
    """The environment for a child that ends with this process, even if this one dies before it asks to."""
    return {**os.environ, PARENT: str(os.getpid())}


def end_with_parent() -> None:
    """From now on this process is killed when its parent dies. Linux only; elsewhere it does nothing.

    A kill is no harm: whatever was acknowledged is durable.
    """
    if sys.platform != "linux":
        return
    parent = int(os.environ.get(PARENT, os.getppid()))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)
