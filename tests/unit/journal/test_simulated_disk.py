"""The simulated disk keeps the contract, and loses exactly what was not synced."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from evertill.ports import Access, SyncFailed
from tests.contract.disk_contract import DiskContract
from tests.fakes.disk import PowerCut, SimulatedDisk, everything, nothing

HOME = Path("/home")


class TestSimulatedDiskKeepsTheContract(DiskContract):
    @pytest.fixture
    def disk(self) -> SimulatedDisk:
        disk = SimulatedDisk()
        disk.make_directory(HOME)
        return disk

    @pytest.fixture
    def home(self) -> Path:
        return HOME


def synced_file(disk: SimulatedDisk) -> object:
    disk.make_directory(HOME)
    file = disk.open(HOME / "a", Access.CREATE)
    file.write_at(0, b"kept")
    file.sync()
    disk.sync_directory(HOME)
    return file


def test_power_cut_keeps_what_was_synced_and_drops_or_tears_the_rest() -> None:
    for pieces, left in ((0, b"kept"), (2, b"keptlo"), (4, b"keptlost")):
        disk = SimulatedDisk()
        file = synced_file(disk)
        file.write_at(4, b"lost")
        disk.power_cut(lambda _, pieces=pieces: pieces)
        assert disk.content(HOME / "a") == left


def test_power_cut_takes_a_name_whose_directory_was_not_synced() -> None:
    disk = SimulatedDisk()
    disk.make_directory(HOME)
    disk.open(HOME / "a", Access.CREATE).sync()
    disk.power_cut(nothing)
    assert not disk.exists(HOME / "a")


def test_a_failed_sync_loses_the_data_and_the_next_one_lies() -> None:
    disk = SimulatedDisk()
    file = synced_file(disk)
    file.write_at(4, b"lost")
    disk.fail("sync", "a", times=1)
    with pytest.raises(OSError, match="Input/output"):
        file.sync()
    file.sync()
    assert disk.content(HOME / "a") == b"keptlost"
    disk.power_cut(everything)
    assert disk.content(HOME / "a") == b"kept"


def test_a_sync_of_two_says_which_one_failed() -> None:
    disk = SimulatedDisk()
    first = synced_file(disk)
    second = disk.open(HOME / "b", Access.CREATE)
    disk.fail("sync", "b")
    with pytest.raises(SyncFailed) as caught:
        disk.sync_together((first, second))
    assert caught.value.failed == (1,)


def test_a_full_disk_takes_what_fits_and_then_nothing() -> None:
    disk = SimulatedDisk(capacity_bytes=6)
    file = synced_file(disk)
    assert file.write_at(4, b"lost") == 2
    with pytest.raises(OSError, match="No space") as caught:
        file.write_at(6, b"st")
    assert caught.value.errno == errno.ENOSPC


def test_after_the_cut_nothing_answers_until_the_power_is_back() -> None:
    disk = SimulatedDisk()
    file = synced_file(disk)
    disk.cut_at = disk.calls + 1
    file.write_at(4, b"x")
    for _ in range(2):
        with pytest.raises(PowerCut):
            file.sync()
    disk.power_cut(nothing)
    assert disk.content(HOME / "a") == b"kept"
