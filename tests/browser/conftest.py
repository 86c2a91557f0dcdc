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
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

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

    def clear(self) -> None:
        """Ends whatever is going on: basket, parked sales, shift."""
        state = self.get("/api/v1/state")
        if state["staff"] is None or state["locked"]:
            if (
                not state["locked"]
                and state["sale"] is None
                and not state["parked"]
                and state["shift"] is None
            ):
                return
            self.do(type="SignIn", staff="9", pin="9999")
        if state["sale"] is not None:
            self._give_up(state["sale"])
        for parked in state["parked"]:
            self._give_up(self.do(type="RecallSale", parked=parked["id"])["state"]["sale"])
        if state["shift"] is not None:
            self.do(type="CloseShift", counts={"EUR": {"100": 0}})
        self.do(type="SignOut")

    def _give_up(self, sale: dict) -> None:
        for tender in sale["tenders"]:
            self.do(type="RemoveTender", tender_no=tender["no"])
        self.do(type="VoidSale", reason="mistake", **self._approval())

    def _approval(self) -> dict:
        staff = self.get("/api/v1/state")["staff"]
        return {} if staff["id"] == "9" else {"approval": {"staff": "9", "pin": "9999"}}

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


@pytest.fixture(scope="session")
def standing_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningShop]:
    running = RunningShop(tmp_path_factory.mktemp("shop") / "home")
    yield running
    running.close()


@pytest.fixture
def shop(standing_shop: RunningShop) -> RunningShop:
    """A shop in the morning: nobody signed in, no shift, nothing in hand or parked. One shop for all
    tests of this process, because a shop takes seconds to open; what earlier tests sold stays sold."""
    standing_shop.clear()
    return standing_shop


USED_DEVICE = "location.origin === 'null' || localStorage.getItem('evertill.device') ||" + (
    " localStorage.setItem('evertill.device', '%s');"
)


def used_device(context: BrowserContext, **values: object) -> None:
    """A device at which somebody has worked before: the first-day tour was seen, and what else is given."""
    kept = json.dumps({"toured": True, **values})
    context.add_init_script(USED_DEVICE % kept)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails the test if the browser complains about anything of ours."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    used_device(context)
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
