"""docs/formats/edition.md is true: a stranger with that page can check an edition."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from pathlib import Path

from evertill.sample import load_sample
from evertill.wire.edition import EDITION_FAULT_CODES, RECORD_TYPES, write_edition
from evertill.wire.signature import SigningKey

PAGE = (Path(__file__).parents[2] / "docs" / "formats" / "edition.md").read_text(encoding="utf-8")
KEY = SigningKey(bytes(range(32)))


def edition(folder: Path) -> Path:
    path = folder / "00000042.edition"
    lines = write_edition(
        load_sample(), server_epoch="0" * 32, version=42, issued_at="2026-11-22T08:00:00Z", sign=KEY.sign
    )
    path.write_bytes(b"".join(lines))
    return path


def run_script_of_the_page(folder: Path, path: Path) -> subprocess.CompletedProcess[str]:
    (script,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    (folder / "check.py").write_text(script, encoding="utf-8")
    command = [sys.executable, str(folder / "check.py"), KEY.public_key.hex(), str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_script_of_the_page_proves_an_edition(tmp_path: Path) -> None:
    done = run_script_of_the_page(tmp_path, edition(tmp_path))
    assert done.stdout.startswith("edition 42 of S1 is whole:"), done.stderr


def test_the_script_of_the_page_finds_one_changed_letter(tmp_path: Path) -> None:
    path = edition(tmp_path)
    content = path.read_bytes()
    path.write_bytes(content.replace(b"Bananas", b"Bananaz", 1))
    assert run_script_of_the_page(tmp_path, path).returncode != 0
    path.write_bytes(content.replace(b'"version":42', b'"version":43', 1))
    assert run_script_of_the_page(tmp_path, path).returncode != 0


def test_the_shell_lines_of_the_page_give_what_the_header_says(tmp_path: Path) -> None:
    path = edition(tmp_path)
    first, body = path.read_bytes().split(b"\n", 1)
    for line, expected in (
        (r"tail -n \+2 \S+ \| wc -c", str(len(body))),
        (r"tail -n \+2 \S+ \| sha256sum", hashlib.sha256(body).hexdigest()),
    ):
        (command,) = re.findall(line, PAGE)
        done = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True, check=True)
        assert done.stdout.split()[0] == expected
        assert expected.encode() in first


def test_the_page_names_every_kind_of_record_and_every_fault() -> None:
    assert [kind for kind in RECORD_TYPES if f"`{kind}`" not in PAGE] == []
    assert [code for code in EDITION_FAULT_CODES if f"`{code}`" not in PAGE] == []
