"""The page docs/api.md is true: its own commands, run in its order, answer what it shows."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from evertill.core.intent import INTENT_TYPES
from tests.process.shop_world import Shop

pytestmark = pytest.mark.process

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
STEPS = re.findall(r"^```sh\n(.*?)^```\n+^```json\n(.*?)^```", PAGE, re.M | re.S)


@pytest.fixture(scope="module")
def lane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a register that was just set up."""
    shop = Shop(tmp_path_factory.mktemp("shop")).opened()
    yield shop.ready["lane"]
    shop.close()


def missing(shown: Any, answered: Any, place: str = "$") -> list[str]:
    """Where the answer does not hold what the page shows. Objects may hold more; lists may not."""
    if isinstance(shown, dict) and isinstance(answered, dict):
        return [
            wrong
            for key, value in shown.items()
            for wrong in (
                missing(value, answered[key], f"{place}.{key}") if key in answered else [f"{place}.{key}"]
            )
        ]
    if isinstance(shown, list) and isinstance(answered, list) and len(shown) == len(answered):
        pairs = enumerate(zip(shown, answered, strict=True))
        return [wrong for no, (one, other) in pairs for wrong in missing(one, other, f"{place}[{no}]")]
    return [] if shown == answered else [f"{place}: {shown!r} is shown, {answered!r} came"]


@pytest.mark.skipif(shutil.which("curl") is None, reason="the page's commands use curl")
def test_the_commands_on_the_page_answer_what_it_shows(lane: str) -> None:
    assert len(STEPS) == PAGE.count("```sh"), "every command is followed by its answer"
    for command, shown in STEPS:
        ran = subprocess.run(
            ["bash", "-euc", command], env={**os.environ, "LANE": lane}, capture_output=True, check=True
        )
        assert not missing(json.loads(shown), json.loads(ran.stdout)), command


def test_the_page_names_every_intent_and_every_path(lane: str) -> None:
    described = httpx.get(f"{lane}/api/openapi.json").json()["paths"]
    table = PAGE[PAGE.index("## All intents") :]
    assert set(re.findall(r"`([A-Z]\w+)`", table)) == {kind.__name__ for kind in INTENT_TYPES}
    named = {f"/api/v1/{path}" for path in re.findall(r"^\| `/api/v1/([^?`]+)", PAGE, re.M)}
    read = {path for path, methods in described.items() if "get" in methods}
    laid_out = {path for path in read if path.endswith(("/page", "/pdf", "/code.svg"))}
    assert named - laid_out == read - laid_out
    assert all(path.rpartition("/")[0] in named for path in laid_out)
