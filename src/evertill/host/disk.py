"""The machine's own file system, behind `ports.Disk`.

Two things are worth knowing. `sync_together` hands all files but the first to worker threads that
live as long as this object: a thread made anew for each sync would cost more than many a sync
itself. And a file that Linux failed to sync is not asked again here: the kernel drops the pages
that it could not write and answers the next sync with success.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import threading
from collections.abc import Sequence
from pathlib import Path

from evertill.ports import Access, OpenFile, SyncFailed

_FLAGS = {
    Access.READ: os.O_RDONLY,
    Access.WRITE: os.O_RDWR,
    Access.CREATE: os.O_RDWR | os.O_CREAT | os.O_EXCL,
}


class HostFile:
    """One open file of the operating system."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor = descriptor

    def size(self) -> int:
        """Its length in bytes now."""
        return os.fstat(self._descriptor).st_size

    def read_at(self, offset: int, length: int) -> bytes:
        """Up to `length` bytes from `offset`; fewer only at the end of the file."""
        data = os.pread(self._descriptor, length, offset)
        while data and len(data) < length:
            more = os.pread(self._descriptor, length - len(data), offset + len(data))
            if not more:
                break
            data += more
        return data

    def write_at(self, offset: int, data: bytes) -> int:
        """One pwrite; returns how many bytes it took."""
        return os.pwrite(self._descriptor, data, offset)

    def truncate(self, size: int) -> None:
        """Cuts the file to `size` bytes."""
        os.ftruncate(self._descriptor, size)

    def allocate(self, size: int) -> None:
        """Takes the space for `size` bytes now; new bytes are zero."""
        before = self.size()
        if size <= before:
            return
        try:
            os.posix_fallocate(self._descriptor, before, size - before)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(self._descriptor, before)
            raise

    def sync(self) -> None:
        """fdatasync."""
        os.fdatasync(self._descriptor)

    def close(self) -> None:
        """Lets go of the descriptor."""
        if self._descriptor >= 0:
            descriptor, self._descriptor = self._descriptor, -1
            os.close(descriptor)


class HostLock:
    """An flock held on an open file; the kernel drops it when the process dies."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def release(self) -> None:
        """Lets others have it."""
        if self._descriptor >= 0:
            descriptor, self._descriptor = self._descriptor, -1
            os.close(descriptor)


class _SyncWorker:
    """A thread that syncs one file at a time for somebody who syncs another meanwhile."""

    def __init__(self) -> None:
        self._asked = threading.Lock()
        self._answered = threading.Lock()
        self._asked.acquire()
        self._answered.acquire()
        self._file: OpenFile | None = None
        self._error: BaseException | None = None
        threading.Thread(target=self._serve, name="disk-sync", daemon=True).start()

    def start(self, file: OpenFile) -> None:
        self._file = file
        self._asked.release()

    def wait(self) -> OSError | None:
        """The system's error, if there was one; a bug in the thread is raised here, where it is seen."""
        self._answered.acquire()
        if self._error is None or isinstance(self._error, OSError):
            return self._error
        raise self._error

    def _serve(self) -> None:
        while True:
            self._asked.acquire()
            self._error = None
            try:
                assert self._file is not None, "a sync worker was woken without a file"
                self._file.sync()
            except BaseException as error:
                self._error = error
            self._file = None
            self._answered.release()


def _sync_of(file: OpenFile) -> OSError | None:
    try:
        file.sync()
    except OSError as error:
        return error
    return None


class HostDisk:
    """Keeps the promises of `ports.Disk` with the operating system. One thread at a time may use it."""

    def __init__(self) -> None:
        self._workers: list[_SyncWorker] = []

    def make_directory(self, path: Path) -> None:
        """Makes the directory and its parents, each durable in the one above."""
        if path.is_dir():
            return
        self.make_directory(path.parent)
        with contextlib.suppress(FileExistsError):
            path.mkdir()
        self.sync_directory(path.parent)

    def list_directory(self, path: Path) -> list[str]:
        """The names in a directory, sorted; empty if it is not there."""
        try:
            return sorted(os.listdir(path))
        except FileNotFoundError:
            return []

    def exists(self, path: Path) -> bool:
        """Whether this name is there."""
        return path.exists()

    def open(self, path: Path, how: Access) -> HostFile:
        """Opens one file, close-on-exec; new files are readable by the owner and the group."""
        return HostFile(path, os.open(path, _FLAGS[how] | os.O_CLOEXEC, 0o640))

    def rename(self, old: Path, new: Path) -> None:
        """Renames, replacing `new`."""
        os.replace(old, new)

    def remove(self, path: Path) -> None:
        """Removes a file."""
        os.unlink(path)

    def sync_directory(self, path: Path) -> None:
        """fsync of the directory."""
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def sync_together(self, files: Sequence[OpenFile]) -> None:
        """fdatasync of the first here and of the others in their threads, at the same time."""
        assert files, "sync_together: no file"
        while len(self._workers) < len(files) - 1:
            self._workers.append(_SyncWorker())
        busy = self._workers[: len(files) - 1]
        for worker, file in zip(busy, files[1:], strict=True):
            worker.start(file)
        errors = [_sync_of(files[0])]
        errors += [worker.wait() for worker in busy]
        failed = [(index, error) for index, error in enumerate(errors) if error is not None]
        if failed:
            first = failed[0][1]
            raise SyncFailed(first.errno or errno.EIO, str(first), [index for index, _ in failed])

    def free_bytes(self, path: Path) -> int:
        """What an ordinary user may still write on the medium of `path`."""
        found = os.statvfs(path)
        return found.f_bavail * found.f_frsize

    def lock(self, path: Path) -> HostLock:
        """flock, without waiting."""
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            if error.errno in (errno.EWOULDBLOCK, errno.EAGAIN):
                raise BlockingIOError(error.errno, "held by another process", str(path)) from error
            raise
        return HostLock(descriptor)
