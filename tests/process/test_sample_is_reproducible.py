"""The sample shop that ships is the one that its script makes."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / ".." / "shared" / "data" / "openfoodfacts-catalogue" / "openfoodfacts_catalogue.csv.gz"


@pytest.mark.skipif(not SOURCE.exists(), reason="the Open Food Facts extract is not on this machine")
def test_the_script_makes_the_shipped_shop_again(tmp_path: Path) -> None:
    script = ROOT / "scripts" / "make_sample_shop.py"
    subprocess.run([sys.executable, str(script), str(tmp_path)], check=True, capture_output=True)
    shipped = ROOT / "src" / "evertill" / "sample"
    assert (tmp_path / "shop.jsonl").read_bytes() == (shipped / "shop.jsonl").read_bytes()
    made, kept = (gzip.decompress((at / "goods.jsonl.gz").read_bytes()) for at in (tmp_path, shipped))
    assert made == kept
