"""The page docs/formats/journal.md is true: its own commands, run as a stranger would, check a journal."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from evertill.host.clock import HostClock
from evertill.host.disk import HostDisk
from evertill.host.entropy import HostEntropy
from evertill.journal import Journal

pytestmark = pytest.mark.process

PAGE = Path(__file__).resolve().parents[2] / "docs" / "formats" / "journal.md"
AT = "2026-11-22T19:05:01.123Z"


def fenced(language: str) -> str:
    """The page's own block in this language; there is exactly one."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    assert len(blocks) == 1
    return blocks[0]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A lane's folder after two days of trade in two epochs."""
    journal = open_journal(tmp_path)
    for day in ("2098-11-22", "2098-11-23"):
        for number in range(8):
            data = f'{{"name":"面包 {number}","amount_minor":{number}}}'.encode()
            journal.append("LineAdded", data, at=AT, day=day)
        journal.sync()
    journal.open_epoch("recovered")
    journal.append("LineAdded", b'{"name":"Tee"}', at=AT, day="2098-11-23")
    journal.close()
    return tmp_path


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


def check(home: Path) -> subprocess.CompletedProcess[str]:
    """Runs the page's script as it stands there."""
    script = home / "check.py"
    script.write_text(fenced("python"), encoding="utf-8")
    command = [sys.executable, "-I", str(script), str(home / "journal"), str(home / "witness")]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def biggest_file(home: Path) -> Path:
    return max((home / "journal").glob("*/*.journal"), key=lambda path: path.stat().st_size)


def test_the_script_is_as_short_as_the_page_promises() -> None:
    assert len(fenced("python").splitlines()) <= 20


def test_a_stranger_finds_a_fresh_journal_whole(home: Path) -> None:
    found = check(home)
    assert (found.returncode, found.stderr) == (0, "")


def test_sha256sum_gives_the_hash_of_a_line_read_by_hand(home: Path) -> None:
    if shutil.which("sha256sum") is None or shutil.which("cut") is None:
        pytest.skip("sha256sum is not on this machine")
    file = biggest_file(home)
    command = ["sh", "-c", fenced("sh")]
    environment = {"FILE": str(file), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    printed = subprocess.run(command, env=environment, capture_output=True, check=True, timeout=60).stdout
    assert printed.split()[0] == file.read_bytes().splitlines()[1][65:129]


def flip_a_byte(lines: list[bytes]) -> None:
    lines[3] = lines[3].replace(b'"amount_minor":', b'"amount_minus":')


def change_an_amount_and_its_hash(lines: list[bytes]) -> None:
    body = lines[3][130:-1].replace(b'"amount_minor":', b'"amount_minor":9')
    own = hashlib.sha256(lines[3][:65] + body).hexdigest().encode()
    lines[3] = lines[3][:65] + own + b" " + body + b"\n"


def delete_a_middle_line(lines: list[bytes]) -> None:
    del lines[4]


def swap_two_lines(lines: list[bytes]) -> None:
    lines[4], lines[5] = lines[5], lines[4]


def say_a_line_twice(lines: list[bytes]) -> None:
    lines.insert(4, lines[4])


def tear_the_last_line(lines: list[bytes]) -> None:
    lines[-1] = lines[-1][:-1]


@pytest.mark.parametrize(
    "tamper",
    [
        flip_a_byte,
        change_an_amount_and_its_hash,
        delete_a_middle_line,
        swap_two_lines,
        say_a_line_twice,
        tear_the_last_line,
    ],
)
def test_a_stranger_notices_that_the_books_were_tampered_with(
    home: Path, tamper: Callable[[list[bytes]], None]
) -> None:
    file = biggest_file(home)
    lines = file.read_bytes().splitlines(keepends=True)
    tamper(lines)
    file.write_bytes(b"".join(lines))
    found = check(home)
    assert found.returncode != 0
    assert file.name in found.stderr


def test_a_stranger_notices_with_the_witness_that_the_last_lines_were_cut_off(home: Path) -> None:
    newest = next(path for path in (home / "journal").glob("*/*.journal") if b"Tee" in path.read_bytes())
    newest.write_bytes(b"")
    found = check(home)
    assert found.returncode != 0
    assert "the end is missing" in found.stderr


def test_a_stranger_notices_that_a_day_is_missing(home: Path) -> None:
    next((home / "journal").glob("*/*-2098-11-22.journal")).unlink()
    assert "a file is missing" in check(home).stderr
