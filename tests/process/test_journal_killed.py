"""Real processes write real journals and are killed with -9; and the commands that look at them."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from evertill.cli.journal import app
from evertill.core.fault import Fault
from evertill.host.clock import HostClock
from evertill.host.disk import HostDisk
from evertill.host.entropy import HostEntropy
from evertill.journal import Found, Journal, read_after, verify

pytestmark = pytest.mark.process

ROOT = Path(__file__).resolve().parents[2]
AT = "2026-11-22T19:05:01.123Z"


def open_journal(home: Path) -> Journal:
    return Journal.open(
        HostDisk(),
        HostClock(),
        HostEntropy(),
        directory=home / "journal",
        witness_directory=home / "witness",
        store="S1",
        lane="L1",
        reserve_bytes=0,
    )


def everything_sent(home: Path) -> list[str]:
    """What an uplink may have sent up by now."""
    witness = home / "witness"
    lines = read_after(HostDisk(), home / "journal", None, witness_directory=witness, limit_bytes=1 << 30)
    return [line.hash for line in lines]


def sell_until_killed(home: Path, after_s: float) -> list[str]:
    """Runs the till and kills it; what it said that was paid, and what it found when it started."""
    command = [sys.executable, str(ROOT / "tests" / "process" / "journal_writer.py"), str(home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = [process.stdout.readline()]
        timer = threading.Timer(after_s, process.kill)
        timer.start()
        said += process.stdout.readlines()
        timer.cancel()
        process.wait(timeout=10)
    return [line for line in said if line.endswith("\n")]


def test_killed_twenty_times_every_sale_that_was_answered_is_there_once(tmp_path: Path) -> None:
    chance = random.Random(20)
    paid: list[str] = []
    handed_out: list[str] = []
    for _ in range(20):
        said = sell_until_killed(tmp_path, chance.uniform(0.01, 0.15))
        assert said[0].split()[1] in (Found.FIRST, Found.CLEAN)
        paid += [line.split()[3] for line in said[1:]]
        sent = read_after(
            HostDisk(),
            tmp_path / "journal",
            None,
            witness_directory=tmp_path / "witness",
            limit_bytes=1 << 30,
        )
        now = [line.hash for line in sent]
        assert now[: len(handed_out)] == handed_out
        handed_out = now
        report = verify(HostDisk(), tmp_path / "journal", tmp_path / "witness")
        assert report.ok or report.only_torn
    assert len(paid) > 100
    journal = open_journal(tmp_path)
    kept = [line.hash for line in journal.replay_after(None)]
    assert len(set(kept)) == len(kept)
    assert set(paid) <= set(kept)
    assert set(handed_out) <= set(kept)
    assert len({line.epoch for line in journal.replay_after(None)}) == 1


def test_a_second_program_on_the_same_folder_gets_a_sentence(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    said = sell_until_killed(tmp_path, 20)
    assert said == []
    journal.close()
    first = open_journal(tmp_path)
    with pytest.raises(Fault, match="journal_in_use"):
        open_journal(tmp_path)
    first.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A shop's home with a lane that sold three lines and was switched off."""
    lane = tmp_path / "lane"
    journal = open_journal(lane)
    for number in range(3):
        journal.append(
            "LineAdded", b'{"name":"\xe9\x9d\xa2\xe5\x8c\x85","n":%d}' % number, at=AT, day="2099-01-01"
        )
    journal.append("SalePaid", b"{}", at=AT, day="2099-01-01")
    journal.close()
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def newest_file(home: Path) -> Path:
    return next(home.glob("lane/journal/*/*-2099-01-01.journal"))


@pytest.mark.parametrize("below", ["", "lane", "lane/journal"])
def test_verify_finds_the_journal_below_any_home_and_says_that_all_is_well(home: Path, below: str) -> None:
    found = run("verify", str(home / below))
    assert found.exit_code == 0
    assert "5 entries" in found.stdout
    assert "which the witness confirmed, is here" in found.stdout


def test_verify_says_one_sentence_for_each_thing_that_is_wrong(home: Path) -> None:
    path = newest_file(home)
    path.write_bytes(path.read_bytes().replace(b'"n":1', b'"n":7').replace(b'"n":2', b'"n":8'))
    found = run("verify", str(home))
    assert found.exit_code == 1
    sentences = found.stderr.splitlines()
    assert len(sentences) == 2
    assert [f"line {number} " in sentence for number, sentence in enumerate(sentences, 2)] == [True, True]
    assert all(path.name in sentence and sentence.endswith(".") for sentence in sentences)


def test_verify_notices_with_the_witness_that_the_end_is_missing(home: Path) -> None:
    path = newest_file(home)
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    found = run("verify", str(home))
    assert found.exit_code == 1
    assert "The witness confirmed entry 5" in found.stderr


def test_verify_tells_a_torn_line_from_damage_by_its_exit_status(home: Path) -> None:
    with newest_file(home).open("ab") as file:
        file.write(b"0123 torn")
    assert run("verify", str(home)).exit_code == 3


def test_a_folder_without_a_journal_gets_a_sentence(tmp_path: Path) -> None:
    for verb in ("verify", "dump", "tail"):
        found = run(verb, str(tmp_path))
        assert found.exit_code == 2
        assert found.stderr.startswith("There is no journal in ")


def test_dump_prints_the_bodies_of_a_kind_from_a_number_on(home: Path) -> None:
    every = [json.loads(line) for line in run("dump", str(home)).stdout.splitlines()]
    assert [entry["seq"] for entry in every] == [1, 2, 3, 4, 5]
    some = run("dump", str(home), "--kind", "LineAdded", "--from-seq", "3").stdout.splitlines()
    assert [json.loads(line)["data"] for line in some] == [{"name": "面包", "n": 1}, {"name": "面包", "n": 2}]


def test_tail_prints_the_last_entries_across_files(home: Path) -> None:
    for count in (1, 2, 4, 5, 9):
        last = [
            json.loads(line)["seq"] for line in run("tail", str(home), "-n", str(count)).stdout.splitlines()
        ]
        assert last == list(range(max(1, 6 - count), 6))


def test_tail_follows_what_the_lane_writes(home: Path) -> None:
    words = [str(home), "--follow", "-n", "1"]
    program = "from evertill.cli.journal import app; app()"
    command = [sys.executable, "-c", program, "tail", *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    timer = threading.Timer(30, process.kill)
    timer.start()
    assert process.stdout is not None
    try:
        assert json.loads(process.stdout.readline())["kind"] == "SalePaid"
        journal = open_journal(home / "lane")
        journal.append("ShiftClosed", b"{}", at=AT, day="2099-01-02")
        journal.sync()
        assert json.loads(process.stdout.readline())["kind"] == "ShiftClosed"
    finally:
        timer.cancel()
        process.kill()
        process.communicate(timeout=10)
