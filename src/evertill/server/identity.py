"""Who a server is: the key it signs editions and answers with, and the epoch of its present life.

Made at the first start, kept in one file beside its facts, never sent anywhere. The epoch is a
random 128-bit number; a restore begins another one (`renewed`) and keeps the key, so that lanes
still trust what it signs and see that it went back in time.
"""

from __future__ import annotations

import base64
from pathlib import Path

import msgspec

from evertill.core.fault import Fault
from evertill.ports import Access, Disk, Entropy
from evertill.wire.signature import SEED_BYTES, SigningKey, new_seed

_BYTES_MAX = 10_000


class ServerIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """`signing_key` is the seed of the server's Ed25519 key, `server_epoch` 32 hex digits."""

    server_epoch: str
    signing_key: bytes

    @property
    def public_key(self) -> bytes:
        """The raw 32 bytes that lanes check signatures with."""
        return SigningKey(self.signing_key).public_key

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature of `message`."""
        return SigningKey(self.signing_key).sign(message)

    def __repr__(self) -> str:
        return f"ServerIdentity({self.server_epoch}, {SigningKey(self.signing_key)!r})"


class _Stored(msgspec.Struct, forbid_unknown_fields=True):
    server_epoch: str
    signing_key: str


def read_or_make_identity(disk: Disk, folder: Path, entropy: Entropy) -> ServerIdentity:
    """The identity kept in `folder`, made durably if there was none. Raises Fault "identity_unreadable"."""
    path = folder / "identity.json"
    if disk.exists(path):
        return _read(disk, path)
    made = ServerIdentity(server_epoch=entropy.token(16).hex(), signing_key=new_seed(entropy))
    disk.make_directory(folder)
    _write(disk, path, made)
    return made


def renewed(disk: Disk, folder: Path, entropy: Entropy) -> ServerIdentity:
    """The same server in a new life: same key, new epoch, durable on return. For use after a restore."""
    path = folder / "identity.json"
    identity = msgspec.structs.replace(_read(disk, path), server_epoch=entropy.token(16).hex())
    _write(disk, path, identity)
    return identity


def _read(disk: Disk, path: Path) -> ServerIdentity:
    try:
        file = disk.open(path, Access.READ)
        try:
            stored = msgspec.json.decode(file.read_at(0, _BYTES_MAX), type=_Stored)
        finally:
            file.close()
        key = base64.b64decode(stored.signing_key, validate=True)
        if len(key) != SEED_BYTES:
            raise ValueError("the key is not 32 bytes long")
    except (OSError, ValueError, msgspec.DecodeError) as wrong:
        hint = "The server's key cannot be read. Put its file back from a backup, then start again."
        raise Fault("identity_unreadable", hint, detail=f"{path}: {wrong}") from wrong
    return ServerIdentity(server_epoch=stored.server_epoch, signing_key=key)


def _write(disk: Disk, path: Path, identity: ServerIdentity) -> None:
    key = base64.b64encode(identity.signing_key).decode()
    data = msgspec.json.encode(_Stored(server_epoch=identity.server_epoch, signing_key=key)) + b"\n"
    part = path.with_suffix(".part")
    if disk.exists(part):
        disk.remove(part)
    file = disk.open(part, Access.CREATE)
    try:
        taken = file.write_at(0, data)
        while taken < len(data):
            taken += file.write_at(taken, data[taken:])
        file.sync()
    finally:
        file.close()
    disk.rename(part, path)
    disk.sync_directory(path.parent)
