"""The published vectors, all of them, against this tree."""

from __future__ import annotations

import json

import pytest

from tests.vectors.run import DEFAULT_FOLDER, as_json, run_folder


@pytest.mark.skipif(not DEFAULT_FOLDER.is_dir(), reason="the published vectors are not on this machine")
def test_every_published_case_passes_or_is_left_out_for_a_written_reason() -> None:
    tallies = run_folder(DEFAULT_FOLDER)
    assert tallies
    failed = {name: tally.failed for name, tally in tallies.items() if tally.failed}
    assert not failed


def test_a_set_without_an_adapter_and_a_case_without_an_id_fail_and_are_named(tmp_path) -> None:
    (tmp_path / "strange").mkdir()
    (tmp_path / "strange" / "more.json").write_text(
        json.dumps({"cases": [{"id": "strange-1"}, {"kind": "x"}]})
    )
    (tmp_path / "notes.json").write_text("[1, 2]")
    came = as_json(run_folder(tmp_path))
    assert came == {
        "sets": {"strange": {"passed": 0, "failed": ["strange-1", "strange#1"], "out_of_scope": {}}}
    }


def test_a_case_that_breaks_its_adapter_is_a_failure_with_the_reason(tmp_path) -> None:
    cases = [{"id": "m-1", "kind": "round", "amount": "not a number", "digits": 2}]
    (tmp_path / "examples.json").write_text(json.dumps({"set": "money-rounding", "cases": cases}))
    tally = run_folder(tmp_path)["money-rounding"]
    assert tally.passed == 0
    assert list(tally.failed) == ["m-1"]
    assert tally.failed["m-1"]
