"""Keys and tokens are made once and read by their owner only."""

from __future__ import annotations

from pathlib import Path

import pytest

from evertill.core.fault import Fault
from evertill.host.secret import load_or_make_secret, load_secret


def test_a_secret_is_made_once_for_its_owner_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "token"
    assert load_or_make_secret(path, b"first") == b"first"
    assert load_or_make_secret(path, b"second") == b"first"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["token"]


def test_a_secret_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "token"
    load_or_make_secret(path, b"first")
    path.chmod(0o640)
    with pytest.raises(Fault, match="secret_exposed") as told:
        load_secret(path)
    assert "chmod 600" in told.value.hint


@pytest.mark.parametrize("content", [b"", b" \n"])
def test_an_empty_secret_is_not_taken_for_one(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "token"
    load_or_make_secret(path, b"x")
    path.write_bytes(content)
    with pytest.raises(Fault, match="secret_unreadable"):
        load_secret(path)


def test_a_missing_secret_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="secret_unreadable"):
        load_secret(tmp_path / "none")
