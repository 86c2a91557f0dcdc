"""Real processes: what a till wrote is in the gate's facts once, whatever happened between them."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.process.gate_world import (
    DAY,
    Till,
    held_hashes,
    set_up_lane,
    start_gate,
    start_uplink,
    status,
    until,
)

pytestmark = pytest.mark.process


@pytest.fixture
def home(tmp_path: Path) -> Path:
    set_up_lane(tmp_path)
    return tmp_path


def test_sales_reach_the_gate_at_once_and_the_report_counts_them(home: Path) -> None:
    till = Till(home)
    gate = start_gate(home)
    uplink = start_uplink(home, gate.ready["gate"])
    try:
        until(lambda: len(held_hashes(home)) == 1, what="the first entry arrives")
        till.sell(20)
        took_s = until(lambda: held_hashes(home) == till.hashes, what="20 sales arrive")
        assert took_s < 2
        until(lambda: status(home).state == "sending" and status(home).unsent == 0)
        answer = httpx.get(gate.ready["gate"] + "/v1/report/day", params={"day": DAY}).json()
        assert answer["currencies"][0]["sales"] == 20
        assert answer["currencies"][0]["gross_minor"] == 2000
    finally:
        assert uplink.end() == 0
        assert gate.end() == 0
    told = subprocess.run(
        [
            sys.executable,
            "-m",
            "evertill.cli.main",
            "report",
            "day",
            "--home",
            str(home),
            "--day",
            DAY,
            "--json",
            "--recount",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert '"gross_minor": 2000' in told.stdout


def test_gate_killed_again_and_again_while_batches_come_in_loses_and_doubles_nothing(home: Path) -> None:
    chance = random.Random(7)
    till = Till(home)
    gate = start_gate(home)
    port = int(gate.ready["gate"].rpartition(":")[2])
    uplink = start_uplink(home, gate.ready["gate"])
    acknowledged = 0
    try:
        for _ in range(6):
            till.sell(400)
            target = acknowledged + chance.randrange(1, 300)
            until(lambda: len(held_hashes(home)) >= min(target, len(till.hashes)), what="some arrive")  # noqa: B023
            gate.kill()
            told = status(home)
            held = set(held_hashes(home))
            if told.mark is not None:
                acknowledged = told.mark.seq
                assert set(till.hashes[:acknowledged]) <= held, "what was acknowledged is there"
            gate = start_gate(home, port)
        until(lambda: len(held_hashes(home)) >= len(till.hashes), wait_s=60, what="all arrive in the end")
        assert held_hashes(home) == till.hashes, "each once, in order"
    finally:
        uplink.end()
        gate.end()


def test_uplink_killed_again_and_again_sends_everything_once(home: Path) -> None:
    till = Till(home)
    gate = start_gate(home)
    uplink = start_uplink(home, gate.ready["gate"])
    try:
        for _ in range(5):
            till.sell(300)
            uplink.kill()
            uplink.start()
        until(lambda: held_hashes(home) == till.hashes, wait_s=60, what="all arrive")
    finally:
        uplink.end()
        gate.end()


def test_frozen_gate_costs_the_uplink_nothing_and_is_caught_up_when_it_wakes(home: Path) -> None:
    till = Till(home)
    gate = start_gate(home)
    uplink = start_uplink(home, gate.ready["gate"])
    try:
        until(lambda: len(held_hashes(home)) == 1)
        gate.freeze()
        before_s = uplink.cpu_s
        till.sell(50)
        until(lambda: status(home).state == "waiting", wait_s=30, what="the uplink notices")
        assert uplink.cpu_s - before_s < 2.0, "it waits, it does not spin"
        assert status(home).hint
        gate.thaw()
        until(lambda: held_hashes(home) == till.hashes, wait_s=45, what="all arrive after the thaw")
        until(lambda: status(home).state == "sending")
    finally:
        uplink.end()
        gate.end()


def test_absent_gate_is_waited_for(home: Path) -> None:
    till = Till(home)
    gate = start_gate(home)
    port = int(gate.ready["gate"].rpartition(":")[2])
    gate.end()
    uplink = start_uplink(home, f"http://127.0.0.1:{port}")
    try:
        till.sell(30)
        until(lambda: status(home).failures >= 3, what="it tries")
        assert status(home).state == "waiting" and status(home).unsent == 31
        gate = start_gate(home, port)
        until(lambda: held_hashes(home) == till.hashes, wait_s=45, what="all arrive")
    finally:
        uplink.end()
        gate.end()


def test_second_gate_on_the_same_folder_says_so_and_ends(home: Path) -> None:
    gate = start_gate(home)
    try:
        other = start_gate(home)
        assert other.ready["code"] == "facts_in_use"
        assert other.process.wait(10) == 3
    finally:
        gate.end()


def test_report_of_a_killed_gate_can_be_read_from_its_folder(home: Path) -> None:
    till = Till(home)
    till.sell(5)
    gate = start_gate(home)
    uplink = start_uplink(home, gate.ready["gate"])
    until(lambda: held_hashes(home) == till.hashes)
    uplink.kill()
    gate.kill()
    command = [sys.executable, "-m", "evertill.cli.main", "report", "day", "--home", str(home), "--day", DAY]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    assert "5.00" in told.stdout
