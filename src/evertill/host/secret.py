"""Small secrets in files that only their owner can read: keys and tokens."""

from __future__ import annotations

import os
from pathlib import Path

from evertill.core.fault import Fault


def load_or_make_secret(path: Path, make: bytes) -> bytes:
    """The secret in `path`; if it is not there, `make` is written (mode 0600, durable) and returned.

    Two processes that do this at once both return what the first one wrote. Raises Fault
    secret_exposed if others may read the file, secret_unreadable if it is empty or cannot be read.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _write_new(path, make)
    return load_secret(path)


def load_secret(path: Path) -> bytes:
    """The secret in `path`. Raises Fault secret_exposed or secret_unreadable."""
    try:
        mode = path.stat().st_mode & 0o777
        secret = path.read_bytes().strip()
    except OSError as wrong:
        hint = f"The key {path.name} cannot be read. Set this machine up again, or restore its folder."
        raise Fault("secret_unreadable", hint, detail=str(wrong)) from wrong
    if mode & 0o077:
        hint = f"Other users can read the key {path.name}. Take their rights away: chmod 600 {path}"
        raise Fault("secret_exposed", hint, detail=f"mode {mode:o}")
    if not secret:
        hint = f"The key {path.name} is empty. Set this machine up again, or restore its folder."
        raise Fault("secret_unreadable", hint, detail=str(path))
    return secret


def _write_new(path: Path, secret: bytes) -> None:
    """Puts the file there whole, unless somebody else was first."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        os.write(descriptor, secret + b"\n")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    try:
        os.link(part, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(part)
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
