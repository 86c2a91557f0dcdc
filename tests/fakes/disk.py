"""A made-up disk that keeps exactly what `ports.Disk` promises, and not a byte more.

What was written is visible at once, but only a sync makes it durable. `power_cut` throws away what
was not synced, piece by piece as the caller chooses: kept, dropped, or torn in the middle. A sync
that failed does what Linux does: the data stays visible, is never made durable, and the next sync
says that all is well. It passes the same contract suite as the real disk.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evertill.ports import Access, OpenFile, SyncFailed


class PowerCut(BaseException):
    """The machine lost power; whoever was running is gone. Not an Exception: nobody may catch it."""


@dataclass
class Unsynced:
    """Something that was done and is not durable yet."""

    what: str  # write, truncate, allocate, create, rename, remove
    path: Path
    offset: int = 0
    data: bytes = b""
    size: int = 0
    node: Node | None = None
    old: Path | None = None

    @property
    def pieces(self) -> int:
        """In how many bytes it can be torn: 1 for what happens whole or not at all."""
        return len(self.data) if self.what == "write" else 1


@dataclass
class Node:
    """A file: what readers see now, and what would be left without power."""

    now: bytearray = field(default_factory=bytearray)
    durable: bytearray = field(default_factory=bytearray)
    unsynced: list[Unsynced] = field(default_factory=list)


@dataclass
class Failure:
    """An error to give: `times` times (None: always), after `after` calls that work."""

    operation: str
    part: str
    number: int
    after: int
    times: int | None


Choice = Callable[[Unsynced], int]


def nothing(_: Unsynced) -> int:
    """A power cut that takes all that was not synced."""
    return 0


def everything(item: Unsynced) -> int:
    """A power cut that happens to take nothing."""
    return item.pieces


class SimulatedDisk:
    """The file system of one simulated machine."""

    def __init__(self, *, capacity_bytes: int = 1 << 40) -> None:
        self.capacity_bytes = capacity_bytes
        self.calls = 0
        self.cut_at: int | None = None
        self._off = False
        self._names: dict[Path, Node] = {}
        self._durable_names: dict[Path, Node] = {}
        self._unsynced_names: list[Unsynced] = []
        self._directories: set[Path] = set()
        self._held: dict[Path, SimulatedLock] = {}
        self._failures: list[Failure] = []

    # -- what a test does to it -----------------------------------------------------------------------

    def fail(
        self,
        operation: str,
        part: str = "",
        *,
        number: int = errno.EIO,
        after: int = 0,
        times: int | None = None,
    ) -> None:
        """Lets `operation` (open, read, write, sync, allocate...) fail on paths that hold `part`."""
        self._failures.append(Failure(operation, part, number, after, times))

    def heal(self) -> None:
        """No more errors."""
        self._failures.clear()

    def kill(self) -> None:
        """The process dies: locks are free again, everything written stays visible, nothing is synced."""
        self._held.clear()

    def unsynced(self) -> list[Unsynced]:
        """Everything that a power cut might take, in a fixed order."""
        inside = [item for _, node in sorted(self._names.items()) for item in node.unsynced]
        return [*self._unsynced_names, *inside]

    def power_cut(self, keep: Choice) -> None:
        """The power goes and comes back. `keep` says how many pieces of each unsynced thing survive."""
        for item in self._unsynced_names:
            if keep(item):
                _apply_name(self._durable_names, item)
        nodes = {id(node): node for node in [*self._names.values(), *self._durable_names.values()]}
        for node in nodes.values():
            for item in node.unsynced:
                _apply(node.durable, item, keep(item))
            node.unsynced = []
            node.now = bytearray(node.durable)
        self._names = dict(self._durable_names)
        self._unsynced_names = []
        self._held.clear()
        self.cut_at = None
        self._off = False

    def flip(self, path: Path, offset: int, bit: int) -> None:
        """Turns one bit over, on the medium and for readers."""
        for content in (self._names[path].now, self._names[path].durable):
            if offset < len(content):
                content[offset] ^= 1 << bit

    def content(self, path: Path) -> bytes:
        """What a reader would see."""
        return bytes(self._names[path].now)

    def replace(self, path: Path, content: bytes) -> None:
        """Puts other bytes in a file, durably: what a person with an editor or an old image does."""
        self._names[path].now = bytearray(content)
        self._names[path].durable = bytearray(content)
        self._names[path].unsynced = []

    def delete(self, path: Path) -> None:
        """Takes a file, or a directory and all in it, away for good."""
        for names in (self._names, self._durable_names):
            for name in [name for name in names if name == path or path in name.parents]:
                del names[name]
        self._directories = {name for name in self._directories if name != path and path not in name.parents}

    def files(self) -> list[Path]:
        """All files, in order."""
        return sorted(self._names)

    # -- the port -------------------------------------------------------------------------------------

    def make_directory(self, path: Path) -> None:
        """Makes the directory and its parents, durably."""
        if path in self._directories:
            return
        self.step("make_directory", path)
        self._directories |= {path, *path.parents}

    def list_directory(self, path: Path) -> list[str]:
        """The names in a directory, sorted."""
        self.step("list", path)
        names = {name.name for name in self._names if name.parent == path}
        return sorted(
            names | {name.name for name in self._directories if name.parent == path and name != path}
        )

    def exists(self, path: Path) -> bool:
        """Whether this name is there."""
        return path in self._names or path in self._directories

    def open(self, path: Path, how: Access) -> SimulatedFile:
        """Opens one file."""
        self.step("open", path)
        if how is Access.CREATE:
            if path in self._names:
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
            if path.parent not in self._directories:
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
            node = Node()
            self._name(Unsynced("create", path, node=node))
        elif path not in self._names:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
        return SimulatedFile(self, path, self._names[path], writable=how is not Access.READ)

    def rename(self, old: Path, new: Path) -> None:
        """Renames, replacing `new`."""
        self.step("rename", old)
        if old not in self._names:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(old))
        self._name(Unsynced("rename", new, old=old, node=self._names[old]))

    def remove(self, path: Path) -> None:
        """Removes a file."""
        self.step("remove", path)
        if path not in self._names:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
        self._name(Unsynced("remove", path))

    def sync_directory(self, path: Path) -> None:
        """Makes the names of a directory durable."""
        self.step("sync", path)
        for item in [item for item in self._unsynced_names if item.path.parent == path]:
            _apply_name(self._durable_names, item)
            self._unsynced_names.remove(item)

    def sync_together(self, files: Sequence[OpenFile]) -> None:
        """Syncs all; a power cut in the middle may leave any of them durable."""
        errors: list[tuple[int, OSError]] = []
        for index, file in enumerate(files):
            try:
                file.sync()
            except OSError as error:
                errors.append((index, error))
        if errors:
            first = errors[0][1]
            raise SyncFailed(first.errno or errno.EIO, str(first), [index for index, _ in errors])

    def free_bytes(self, path: Path) -> int:
        """What is left of the capacity; one medium below all paths."""
        self.step("free", path)
        return self.room()

    def lock(self, path: Path) -> SimulatedLock:
        """Takes the lock; it is free again after `kill` and `power_cut`."""
        self.step("lock", path)
        if path in self._held:
            raise BlockingIOError(errno.EAGAIN, "held by another process", str(path))
        if path not in self._names:
            self._name(Unsynced("create", path, node=Node()))
        lock = SimulatedLock(self._held, path)
        self._held[path] = lock
        return lock

    def room(self) -> int:
        """Bytes left of the capacity."""
        return max(0, self.capacity_bytes - sum(len(node.now) for node in self._names.values()))

    # -- inside ---------------------------------------------------------------------------------------

    def step(self, operation: str, path: Path) -> None:
        """Counts a call; cuts the power or gives an error if it is this one's turn."""
        if self._off:
            raise PowerCut
        if self.calls == self.cut_at:
            self._off = True
            raise PowerCut
        self.calls += 1
        for failure in self._failures:
            if failure.operation != operation or failure.part not in str(path) or failure.times == 0:
                continue
            if failure.after:
                failure.after -= 1
                continue
            if failure.times is not None:
                failure.times -= 1
            raise OSError(failure.number, os.strerror(failure.number), str(path))

    def _name(self, item: Unsynced) -> None:
        _apply_name(self._names, item)
        self._unsynced_names.append(item)


class SimulatedFile:
    """One open file of a simulated disk."""

    def __init__(self, disk: SimulatedDisk, path: Path, node: Node, *, writable: bool) -> None:
        self.path = path
        self._disk = disk
        self._node = node
        self._writable = writable

    def size(self) -> int:
        """Its length now."""
        return len(self._node.now)

    def read_at(self, offset: int, length: int) -> bytes:
        """Up to `length` bytes from `offset`."""
        self._disk.step("read", self.path)
        return bytes(self._node.now[offset : offset + length])

    def write_at(self, offset: int, data: bytes) -> int:
        """Takes as much as there is room for; ENOSPC if there is none."""
        self._check_writable()
        self._disk.step("write", self.path)
        grows = max(0, offset + len(data) - len(self._node.now))
        room = self._disk.room()
        if grows > room:
            data = data[: len(data) - (grows - room)]
            if not data:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))
        self._do(Unsynced("write", self.path, offset=offset, data=bytes(data)))
        return len(data)

    def truncate(self, size: int) -> None:
        """Cuts the file."""
        self._check_writable()
        self._disk.step("truncate", self.path)
        self._do(Unsynced("truncate", self.path, size=size))

    def allocate(self, size: int) -> None:
        """Makes the file longer with zeros, or fails without changing it."""
        self._check_writable()
        self._disk.step("allocate", self.path)
        if size - self.size() > self._disk.room():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))
        if size > self.size():
            self._do(Unsynced("allocate", self.path, size=size))

    def sync(self) -> None:
        """Makes the content durable; when told to fail, loses it as Linux does."""
        try:
            self._disk.step("sync", self.path)
        except OSError:
            self._node.unsynced = []
            raise
        for item in self._node.unsynced:
            _apply(self._node.durable, item, item.pieces)
        self._node.unsynced = []

    def close(self) -> None:
        """Nothing to let go of."""

    def _do(self, item: Unsynced) -> None:
        _apply(self._node.now, item, item.pieces)
        self._node.unsynced.append(item)

    def _check_writable(self) -> None:
        if not self._writable:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF), str(self.path))


class SimulatedLock:
    """A held lock."""

    def __init__(self, held: dict[Path, SimulatedLock], path: Path) -> None:
        self._held = held
        self._path = path

    def release(self) -> None:
        """Lets others have it, unless the machine has already."""
        if self._held.get(self._path) is self:
            del self._held[self._path]


def _apply(content: bytearray, item: Unsynced, pieces: int) -> None:
    """Does to `content` what survived of one unsynced thing."""
    if not pieces:
        return
    if item.what == "write":
        if len(content) < item.offset:
            content.extend(bytes(item.offset - len(content)))
        content[item.offset : item.offset + pieces] = item.data[:pieces]
    elif item.what == "truncate":
        del content[item.size :]
        content.extend(bytes(item.size - len(content)))
    else:
        content.extend(bytes(max(0, item.size - len(content))))


def _apply_name(names: dict[Path, Node], item: Unsynced) -> None:
    if item.what == "remove":
        names.pop(item.path, None)
        return
    if item.what == "rename" and item.old is not None:
        names.pop(item.old, None)
    assert item.node is not None, "a name needs a file"
    names[item.path] = item.node
