"""docs/formats/wire.md is true: it names every door, header, result and code that the gate has."""

from __future__ import annotations

from pathlib import Path

from starlette.routing import Route

from evertill.keeper.acceptance import REASON_CODES, KeeperLimits
from evertill.server.desk import OfficeDesk
from evertill.server.gate import STATUS_OF, GateSettings
from evertill.wire import answer, batch

PAGE = (Path(__file__).parents[3] / "docs" / "formats" / "wire.md").read_text()


def test_every_door_of_the_office_desk_is_described() -> None:
    desk = OfficeDesk.__new__(OfficeDesk)
    doors = [route for route in OfficeDesk.routes(desk) if isinstance(route, Route)]
    assert len(doors) >= 7
    for door in doors:
        assert door.path.replace(":int", "") in PAGE, door.path


def test_every_header_result_status_and_code_is_described() -> None:
    for header in (
        batch.STORE_HEADER,
        batch.LANE_HEADER,
        batch.EPOCH_HEADER,
        batch.EDITION_HEADER,
        batch.SIGNATURE_HEADER,
        answer.ANSWER_SIGNATURE_HEADER,
        batch.CONTENT_TYPE,
    ):
        assert f"`{header}`" in PAGE or header in PAGE, header
    for result, status in STATUS_OF.items():
        row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{result}`"))
        assert str(status) in row
    for code in (*REASON_CODES, *batch._HINTS):
        assert f"`{code}`" in PAGE, code


def test_the_signed_lines_are_the_ones_described() -> None:
    sender = batch.Sender(store="S1", lane="L1", epoch="a" * 32, edition=7)
    lines = batch.request_bytes("POST", "/p?q=1", sender, b"").decode().split("\n")
    assert lines[:7] == ["evertill-request/1", "POST", "/p?q=1", "S1", "L1", "a" * 32, "7"]
    described = PAGE.partition("Signed are these eight lines")[2].partition("## Sending")[0]
    assert len([line for line in described.splitlines() if line.startswith("    ")]) == len(lines) - 1 == 8
    assert lines[0] in described
    assert "evertill-answer/1" in PAGE and answer.answer_bytes(b"", b"").startswith(b"evertill-answer/1\n")


def test_the_limits_are_the_ones_described() -> None:
    limits, keeper = batch.BatchLimits(), KeeperLimits()
    gate = GateSettings(store="S1", home=Path())
    assert f"{limits.entries_max:,}; {limits.bytes_max >> 20} MiB" in PAGE
    assert f"| {gate.reading_max}; {gate.waiting_max} |" in PAGE
    assert f"| histories of one epoch | {keeper.branches_max} |" in PAGE
    assert f"| quarantined epochs of one lane | {keeper.quarantined_epochs_max} |" in PAGE
