"""The register's screen in a real browser: a scan to its painted line, the first paint, what is shipped, and
what a page holds after a long day.

The clock runs inside the page. A scan is on it from the moment the code is known to be one until the frame
with its line is painted; the baseline is a question to the same agent that changes nothing.
"""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page, Route, sync_playwright

import evertill
from bench import shops
from bench.figure import Bench, Figure, quantile
from bench.process import NotReady, lane, port_of

SCREEN = Path(evertill.__file__).parent / "lane" / "screen"
ROUNDS = 7
SCANS = 30
LINES = 50
STARTS = 7
SALES = 3_000
USED = 'localStorage.setItem(\'evertill.device\', \'{"toured": true, "sound": "off"}\')'

TOOLS = """async () => {
  const { rung } = await import("/screen/screens/finder.js");
  const { act, store } = await import("/screen/store.js");
  const painted = () => new Promise((done) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = done;
    channel.port2.postMessage(0);
  }));
  const timed = async (run) => {
    const begun = performance.now();
    await run();
    await painted();
    return performance.now() - begun;
  };
  const total = () => document.querySelector("[data-testid=total]").textContent;
  const scan = async (code) => {
    const before = total();
    const spent = await timed(() => rung(code, ""));
    if (total() === before) throw new Error(`not painted: ${code} ${JSON.stringify(store.ui.refusal)}`);
    return spent;
  };
  const noop = () => timed(async () => (await fetch("/api/v1/health", { cache: "no-store" })).json());
  const fill = async (codes) => { for (const code of codes) await rung(code, ""); await painted(); };
  const sell = async (codes) => {
    for (const code of codes) await rung(code, "");
    await painted();
    const answer = await act({ type: "TakeTender", tender: "cash" });
    if (!answer.ok) throw new Error(JSON.stringify(answer.refusal));
    await painted();
  };
  window.bench = { scan, noop, fill, sell };
}"""
ROUND = """async (codes) => {
  const ours = [], bare = [];
  for (const code of codes) { ours.push(await bench.scan(code)); bare.push(await bench.noop()); }
  return [ours, bare];
}"""
FIRST_PAINT = """() => new Promise((done) => new PerformanceObserver((list) => {
  const paint = list.getEntriesByName("first-contentful-paint")[0];
  if (paint) done(paint.startTime);
}).observe({ type: "paint", buffered: true }))"""


@contextmanager
def _browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise NotReady("no chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--js-flags=--expose-gc"]
        )
        yield browser
        browser.close()


def _at_work(browser: Browser, url: str) -> Page:
    """A page at the register, signed in, with an open shift."""
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.add_init_script(USED)
    page.goto(url)
    for intent in (
        {"type": "SignIn", "staff": "9", "pin": "9999"},
        {"type": "OpenShift", "float_minor": {"EUR": 20_000}},
    ):
        answer = page.request.post(f"{url}/api/v1/intents", data=intent)
        assert answer.ok, answer.text()
    page.get_by_test_id("search").wait_for()
    page.evaluate(TOOLS)
    return page


def screen(bench: Bench) -> Iterator[Figure]:
    """100,000 products; fifty lines in the basket, the last of which grows."""
    home = shops.copy(shops.shop(100_000, 0, bench.say), bench.folder / "shop")
    codes = shops.codes_of(home)
    with lane(home) as register, _browser() as browser:
        url = f"http://127.0.0.1:{port_of(register)}"
        page = _at_work(browser, url)
        page.evaluate("(codes) => bench.fill(codes)", codes[:LINES])
        page.evaluate(ROUND, [codes[LINES - 1]] * SCANS)  # once before anything counts
        over, slowest = [], []
        for number in range(1, ROUNDS + 1):
            ours, bare = page.evaluate(ROUND, [codes[LINES - 1]] * SCANS)
            over.append(quantile(ours, 0.95) - quantile(bare, 0.95))
            slowest.append(quantile(ours, 0.95))
            bench.say(f"round {number} of {ROUNDS}")
        yield Figure(
            name="scan_to_paint_over_noop_p95",
            value=round(median(over), 1),
            unit="ms",
            goal=50,
            note=f"{ROUNDS} rounds of {SCANS}, p95 between {min(slowest):.0f} and {max(slowest):.0f} ms",
        )
        page.close()
        yield _first_paint(browser, url, bench)
    yield _shipped()


def _bare(route: Route) -> None:
    route.fulfill(body="<!doctype html><p>bare", content_type="text/html")


def _first_paint(browser: Browser, url: str, bench: Bench) -> Figure:
    over = []
    for number in range(1, STARTS + 1):
        seen = []
        for path in ("/bare", "/"):
            context = browser.new_context(service_workers="block")
            page = context.new_page()
            page.route(
                "**/bare",
                lambda route: route.fulfill(body="<!doctype html><p>bare", content_type="text/html"),
            )
            page.goto(url + path)
            seen.append(page.evaluate(FIRST_PAINT))
            context.close()
        over.append(seen[1] - seen[0])
        bench.say(f"start {number} of {STARTS}")
    spread = f"{STARTS} starts without cache, {min(over):.0f} to {max(over):.0f} ms over a bare page"
    return Figure(
        name="first_paint_over_bare_page", value=round(median(over)), unit="ms", goal=500, note=spread
    )


def _shipped() -> Figure:
    kinds = (".js", ".css", ".html", ".svg")
    files = [path for path in SCREEN.rglob("*") if path.suffix in kinds]
    size = sum(len(gzip.compress(path.read_bytes())) for path in files)
    note = f"{len(files)} files, each compressed by itself"
    return Figure(name="screen_shipped", value=round(size / 1000, 1), unit="KB", goal=150, note=note)


def screen_day(bench: Bench) -> Iterator[Figure]:
    """3,000 sales of five articles on one page, which is never loaded anew: about eight hours of work."""
    home = shops.copy(shops.shop(100_000, 0, bench.say), bench.folder / "shop")
    codes = shops.codes_of(home)
    with lane(home) as register, _browser() as browser:
        page = _at_work(browser, f"http://127.0.0.1:{port_of(register)}")
        sell = "async (baskets) => { for (const codes of baskets) await bench.sell(codes); }"
        baskets = [codes[5 * place : 5 * place + 5] for place in range(20)]
        page.evaluate(sell, baskets * 5)
        begun = _heap_bytes(page)
        for sold in range(100, SALES + 100, 100):
            page.evaluate(sell, baskets * 5)
            bench.say(f"{sold} of {SALES} sales")
        grown = _heap_bytes(page) - begun
    note = f"{begun / 1e6:.1f} MB after 100 sales"
    yield Figure(
        name="page_growth_after_3000_sales", value=round(grown / 1e6, 1), unit="MB", goal=20, note=note
    )


def _heap_bytes(page: Page) -> int:
    """What the page's scripts and its document hold after everything unused was let go."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    held = session.send("Runtime.getHeapUsage")
    session.detach()
    return int(held["usedSize"]) + int(held.get("embedderHeapUsedSize", 0))
