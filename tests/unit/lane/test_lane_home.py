"""The lane's folder as a witness: what the server signed for is known at the next start."""

from __future__ import annotations

from pathlib import Path

from evertill.lane.home import LaneHome


def test_the_head_the_server_signed_for_is_known_at_the_next_start(tmp_path: Path) -> None:
    home = LaneHome(tmp_path)
    assert home.acknowledged_heads() == []
    home.uplink.mkdir()
    (home.uplink / "mark.json").write_text('{"highest":{"epoch":"ab","seq":7,"hash":"cd"},"went_back":0}')
    assert [head.seq for head in home.acknowledged_heads()] == [7]
    (home.uplink / "mark.json").write_text('{"highest":')
    assert home.acknowledged_heads() == []
