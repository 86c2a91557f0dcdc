"""A real shop from one command, and a real browser before its register."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.register import Register

CHROMIUM = shutil.which("chromium")


class RunningShop:
    """`evertill up` at work, in a folder of its own."""

    def __init__(self, home: Path) -> None:
        command = [str(Path(sys.executable).with_name("evertill")), "up", "--home", str(home)]
        command += ["--lane-port", "0", "--gate-port", "0", "--no-browser"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"the shop did not start: {self.process.communicate()[1]}"
        self.ready = json.loads(line)
        self.url: str = self.ready["lane"]

    def get(self, path: str) -> dict:
        """What the lane's API answers."""
        return httpx.get(self.url + path).raise_for_status().json()

    def do(self, **intent: object) -> dict:
        """Asks for something beside the browser, as a second screen would."""
        answer = httpx.post(f"{self.url}/api/v1/intents", json=intent).json()
        assert answer["ok"], answer
        return answer

    def lane_processes(self) -> list[psutil.Process]:
        """The lane's own process: the one that listens on its port."""
        port = int(self.url.rsplit(":", 1)[1])
        children = psutil.Process(self.process.pid).children(recursive=True)
        return [child for child in children if _listens(child, port)]

    def kill_lane(self) -> None:
        """kill -9, as a crash or a power cut of the process would be."""
        lane = self.lane_processes()
        assert lane, "no process listens on the lane's port"
        for process in lane:
            process.kill()
        psutil.wait_procs(lane, timeout=10)

    def close(self) -> None:
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _listens(process: psutil.Process, port: int) -> bool:
    try:
        return any(c.status == psutil.CONN_LISTEN and c.laddr.port == port for c in process.net_connections())
    except psutil.NoSuchProcess:
        return False


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[RunningShop]:
    running = RunningShop(tmp_path / "shop")
    yield running
    running.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails the test if the browser complains about anything of ours."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    fresh = context.new_page()
    complaints: list[str] = []
    fresh.on("pageerror", lambda error: complaints.append(str(error)))
    fresh.on(
        "console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None
    )
    expect.set_options(timeout=10_000)
    yield fresh
    context.close()
    assert complaints == []


@pytest.fixture
def register(shop: RunningShop, page: Page) -> Register:
    page.goto(shop.url)
    return Register(shop, page)
