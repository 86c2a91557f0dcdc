"""The real disk, clock and chance keep what their ports promise."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from evertill.host.clock import HostClock
from evertill.host.disk import HostDisk
from evertill.host.entropy import HostEntropy
from evertill.ports import Access, SyncFailed
from tests.contract.disk_contract import DiskContract

pytestmark = pytest.mark.process


class TestHostDiskKeepsTheContract(DiskContract):
    @pytest.fixture
    def disk(self) -> HostDisk:
        return HostDisk()

    @pytest.fixture
    def home(self, tmp_path: Path) -> Path:
        return tmp_path


def test_a_lock_ends_with_the_process_that_held_it(tmp_path: Path) -> None:
    holder = (
        "import sys, time; from pathlib import Path; from evertill.host.disk import HostDisk\n"
        "held = HostDisk().lock(Path(sys.argv[1])); print('held', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", holder, str(tmp_path / "lock")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(BlockingIOError):
            HostDisk().lock(tmp_path / "lock")
    finally:
        process.kill()
        process.communicate(timeout=10)
    HostDisk().lock(tmp_path / "lock").release()


def test_syncing_together_says_which_file_could_not_be_synced(tmp_path: Path) -> None:
    disk = HostDisk()
    good, other = (disk.open(tmp_path / name, Access.CREATE) for name in "ab")
    unsyncable = disk.open(Path("/dev/null"), Access.WRITE)
    with pytest.raises(SyncFailed) as caught:
        disk.sync_together((good, unsyncable, other))
    assert caught.value.failed == (1,)
    disk.sync_together((good, other))


def test_a_bug_in_a_sync_thread_is_raised_and_does_not_hang_the_register(tmp_path: Path) -> None:
    disk = HostDisk()
    good, closed = (disk.open(tmp_path / name, Access.CREATE) for name in "ab")
    closed.close()
    with pytest.raises(ValueError, match="negative"):
        disk.sync_together((good, closed))
    disk.sync_together((good, good))


def test_clock_and_chance_are_the_machines_own() -> None:
    clock, chance = HostClock(), HostEntropy()
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    begin = clock.monotonic_ns()
    clock.pause(0.001)
    assert clock.monotonic_ns() - begin >= 1_000_000
    assert len(chance.token(16)) == 16
    assert chance.token(16) != chance.token(16)
    assert 0 <= chance.uniform() < 1
