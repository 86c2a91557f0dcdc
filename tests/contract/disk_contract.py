"""What every disk must keep, the real one and the made-up one alike. Subclassed by their tests."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from evertill.ports import Access, Disk


class DiskContract:
    """Give `disk` and `home` (an existing directory) as fixtures."""

    def test_what_is_written_is_seen_by_every_reader_at_once(self, disk: Disk, home: Path) -> None:
        file = disk.open(home / "a", Access.CREATE)
        assert file.write_at(0, b"hello") == 5
        assert file.write_at(3, b"p!?") == 3
        reader = disk.open(home / "a", Access.READ)
        assert reader.read_at(0, 100) == b"help!?"
        assert reader.read_at(2, 2) == b"lp"
        assert reader.read_at(6, 5) == b""
        assert reader.size() == 6

    def test_a_gap_that_was_jumped_over_reads_as_zeros(self, disk: Disk, home: Path) -> None:
        file = disk.open(home / "a", Access.CREATE)
        file.write_at(3, b"x")
        assert file.read_at(0, 9) == b"\0\0\0x"

    def test_a_file_that_is_there_is_not_created_again(self, disk: Disk, home: Path) -> None:
        disk.open(home / "a", Access.CREATE).close()
        with pytest.raises(FileExistsError):
            disk.open(home / "a", Access.CREATE)

    def test_a_file_that_is_not_there_is_not_opened(self, disk: Disk, home: Path) -> None:
        for how in (Access.READ, Access.WRITE):
            with pytest.raises(FileNotFoundError):
                disk.open(home / "nothing", how)
        with pytest.raises(FileNotFoundError):
            disk.open(home / "no" / "directory", Access.CREATE)

    def test_a_reader_cannot_write(self, disk: Disk, home: Path) -> None:
        disk.open(home / "a", Access.CREATE).close()
        reader = disk.open(home / "a", Access.READ)
        with pytest.raises(OSError, match="Bad file descriptor") as caught:
            reader.write_at(0, b"x")
        assert caught.value.errno == errno.EBADF
        assert reader.size() == 0

    def test_truncate_cuts_and_allocate_adds_zeros_and_never_cuts(self, disk: Disk, home: Path) -> None:
        file = disk.open(home / "a", Access.CREATE)
        file.write_at(0, b"hello")
        file.truncate(2)
        assert file.read_at(0, 9) == b"he"
        file.allocate(4)
        assert file.read_at(0, 9) == b"he\0\0"
        file.allocate(1)
        assert file.size() == 4

    def test_names_are_listed_in_order_and_an_absent_directory_is_empty(self, disk: Disk, home: Path) -> None:
        disk.make_directory(home / "d" / "deep")
        disk.make_directory(home / "d" / "deep")
        for name in ("b", "a"):
            disk.open(home / "d" / name, Access.CREATE).close()
        assert disk.list_directory(home / "d") == ["a", "b", "deep"]
        assert disk.list_directory(home / "none") == []
        assert disk.exists(home / "d" / "deep")
        assert not disk.exists(home / "none")

    def test_rename_replaces_and_remove_removes(self, disk: Disk, home: Path) -> None:
        disk.open(home / "a", Access.CREATE).write_at(0, b"new")
        disk.open(home / "b", Access.CREATE).write_at(0, b"old")
        disk.rename(home / "a", home / "b")
        assert disk.open(home / "b", Access.READ).read_at(0, 9) == b"new"
        assert not disk.exists(home / "a")
        disk.remove(home / "b")
        disk.sync_directory(home)
        assert not disk.exists(home / "b")
        with pytest.raises(FileNotFoundError):
            disk.remove(home / "b")

    def test_syncing_alone_and_together_changes_nothing_that_is_seen(self, disk: Disk, home: Path) -> None:
        files = [disk.open(home / name, Access.CREATE) for name in "abc"]
        for file in files:
            file.write_at(0, b"x")
        files[0].sync()
        disk.sync_together(files)
        disk.sync_together(files[:1])
        disk.sync_together(files)
        assert [file.read_at(0, 9) for file in files] == [b"x", b"x", b"x"]

    def test_a_lock_is_held_once_and_can_be_taken_again_when_released(self, disk: Disk, home: Path) -> None:
        lock = disk.lock(home / "lock")
        with pytest.raises(BlockingIOError):
            disk.lock(home / "lock")
        lock.release()
        lock.release()
        disk.lock(home / "lock").release()

    def test_there_is_free_space_to_tell(self, disk: Disk, home: Path) -> None:
        assert disk.free_bytes(home) > 0
