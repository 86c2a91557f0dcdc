"""A scanner on a line of its own, at a shop that is open: a pseudo-terminal in place of the serial port."""

from __future__ import annotations

import contextlib
import json
import os
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from evertill.host.scanner import CODE_BYTES_MAX, SerialScanner
from tests.process.shop_world import Shop, until

pytestmark = pytest.mark.process

CASHIERS_CARD = "2800000000011"
SAUCE = "4902551377760"


class Line:
    """A serial line: the test holds the scanner's end."""

    def __init__(self, name: Path) -> None:
        self.name = name
        self.plug_in()

    def plug_in(self) -> None:
        self._scanner, register = os.openpty()
        tty.setraw(register)
        self.name.unlink(missing_ok=True)
        self.name.symlink_to(os.ttyname(register))
        os.close(register)

    def pull_out(self) -> None:
        os.close(self._scanner)

    def send(self, text: str | bytes) -> None:
        os.write(self._scanner, text if isinstance(text, bytes) else text.encode())


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    line = Line(tmp_path / "scanner")
    yield line
    with contextlib.suppress(OSError):
        line.pull_out()


@pytest.fixture
def read(line: Line) -> Iterator[list[str]]:
    """What one scanner, whose codes begin with STX, has told."""
    told: list[str] = []
    scanner = SerialScanner(str(line.name), prefix="\x02", suffix="\r\n")
    scanner.start(told.append)
    until(lambda: scanner.connected, "the line is open")
    yield told
    scanner.close()


def test_each_code_is_told_once_without_what_stands_around_it(line: Line, read: list[str]) -> None:
    line.send("\x02490255")
    line.send("1377760\r\n\r\n")
    line.send("]C10112345678901231\x1d10AB\rEVT1:S1:L1:L1-AB-000001:0123abcd\n")
    until(lambda: len(read) == 3, "three codes are read")
    assert read == [SAUCE, "]C10112345678901231\x1d10AB", "EVT1:S1:L1:L1-AB-000001:0123abcd"]


def test_noise_without_an_end_is_no_code(line: Line, read: list[str]) -> None:
    for _ in range(3):
        line.send(b"\xff" * CODE_BYTES_MAX)
    line.send("\r\n" + SAUCE + "\r")
    until(lambda: read, "a code is read")
    assert read == [SAUCE]


def test_a_scanner_that_was_pulled_out_is_there_again_when_plugged_in(line: Line, read: list[str]) -> None:
    line.send("4902551")
    line.pull_out()
    line.plug_in()

    def scanned() -> bool:
        line.send(SAUCE + "\r")
        return bool(read)

    until(scanned, "it reads again")
    assert set(read) == {SAUCE}, "half a code from before does not count"


def test_a_day_begins_and_sells_with_the_scanner_alone(tmp_path: Path, line: Line) -> None:
    home = tmp_path / "shop"
    (home / "lane").mkdir(parents=True)
    (home / "lane" / "scanners.json").write_text(json.dumps([{"port": str(line.name)}]))
    shop = Shop(home).opened()
    try:

        def state() -> dict:  # type: ignore[type-arg]
            return shop.get("/api/v1/state")

        until(lambda: [one["state"] for one in state()["status"]["scanners"]] == ["ok"], "it is there")
        line.send(CASHIERS_CARD + "\r")
        until(lambda: state()["staff"], "the cashier is signed in")
        assert state()["staff"]["name"] == "Cashier 1"
        shop.do("OpenShift", float_minor={"EUR": 10_000})
        line.send(f"{SAUCE}\r{SAUCE}\r")
        until(lambda: (state()["sale"] or {}).get("items") == 2, "two are in the basket")
        line.send("4006381333930\r")
        notice = until(lambda: state()["notice"], "the refusal is on the screen")
        assert notice["code"] == "4006381333930"
        assert notice["refusal"]["words"]
        line.pull_out()
        until(lambda: [one["state"] for one in state()["status"]["scanners"]] == ["missing"], "it is missed")
        assert shop.do("TakeTender", tender="cash")["state"]["last"]["total_minor"] == 478
    finally:
        assert shop.close() == 0


def test_a_list_of_scanners_that_cannot_be_read_is_said_and_stops_no_sale(tmp_path: Path) -> None:
    home = tmp_path / "shop"
    (home / "lane").mkdir(parents=True)
    (home / "lane" / "scanners.json").write_text("[{")
    shop = Shop(home).opened()
    try:
        (told,) = shop.get("/api/v1/state")["status"]["scanners"]
        assert told["state"] == "unreadable"
        shop.open_till().sell(SAUCE)
    finally:
        assert shop.close() == 0
