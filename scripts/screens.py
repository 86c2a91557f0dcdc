"""Takes a picture of every screen, face, language and size of a real register in a real browser.

    python scripts/screens.py [FOLDER]     all of them into FOLDER (usually build/screens), and the main ones,
                                           made small, into docs/screens, which docs/screens/README.md shows

The pictures are to be looked at, one by one: crowded? cut off? would you find the button in a queue?
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.conftest import RunningShop, used_device  # noqa: E402
from tests.browser.faces import STATES, Line  # noqa: E402
from tests.browser.register import Register  # noqa: E402
from tests.browser.walk import walk  # noqa: E402

SIZES = {"counter": (1366, 768), "large": (1920, 1080), "lying": (1280, 800), "upright": (800, 1280)}
STAFF = {"en": "1", "zh": "2"}
LOOKS = {"light": {}, "dark": {"theme": "dark"}, "big": {"text": "large", "hand": "left"}}
SHOWN = ROOT / "docs" / "screens"
COLOURS = 96
MAIN = {
    "en-counter-light": (
        "sign-in open-shift empty-basket sale refusal quantity discount price void pay paid menu help device"
        " receipts return price-check cash-in close-shift tour locked ready offline trouble busy frozen"
        " display-idle display-sale display-thanks codes styleguide"
    ),
    "zh-counter-light": "sign-in sale pay paid help close-shift",
    "en-counter-dark": "sale pay",
    "en-counter-big": "sale pay",
    "en-upright-light": "sign-in sale pay menu",
    "zh-lying-light": "sale pay",
}


class Camera:
    """Takes pictures of one page, named after language, size and look."""

    def __init__(self, page: Page, folder: Path, prefix: str) -> None:
        self.page = page
        self._folder = folder
        self._prefix = prefix

    def __call__(self, name: str, page: Page | None = None) -> None:
        of = page or self.page
        of.evaluate("() => document.fonts.ready")
        of.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        of.screenshot(path=self._folder / f"{self._prefix}-{name}.png")


def a_real_basket(register: Register) -> None:
    """What somebody brings to a till: things with offers, something weighed, three of a kind."""
    register.shop.do(type="Scan", code="plu-301", sku="plu-301", quantity_milli=1_245)
    scanned = 1
    for category, many, times in (
        ("household", 1, ""),
        ("coffee_tea", 2, ""),
        ("snacks", 3, ""),
        ("drinks", 1, "3*"),
    ):
        found = register.shop.get(f"/api/v1/products?limit=60&category={category}")["products"]
        plain = [
            one
            for one in found
            if one["unit"] == "each" and one["codes"] and one["unit_price_e4"] and not one["age_min"]
        ]
        for product in plain[:many]:
            register.scan(f"{times}{product['codes'][0]}")
            scanned += 1
            register.expect_at_least(scanned)


@contextmanager
def opened(browser: Browser, shop: RunningShop, size: str, **kept: object) -> Iterator[tuple[Register, Line]]:
    """A register page of this size on a device with these settings, in the morning."""
    shop.clear()
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, has_touch=size in ("lying", "upright")
    )
    used_device(context, **kept)
    page = context.new_page()
    line = Line(page)
    page.goto(shop.url)
    yield Register(shop, page), line
    context.close()


def around(register: Register, line: Line, camera: Camera) -> None:
    """What the walk does not come by: the faces, the lock, the tour, the customer's display."""
    register.begin_with_basket(a_real_basket)
    page = register.page
    for name in ("ready", "offline", "trouble"):
        line.tell(**STATES[name])
        camera(name)
    line.tell(**STATES["ready"])
    lane = register.shop.lane_processes()
    for process in lane:
        process.suspend()
    register.part("repeat").click()
    expect(register.page.locator(".face")).to_have_attribute("data-busy", "yes")
    camera("busy")
    expect(register.part("restarting")).to_be_visible()
    camera("frozen")
    for process in lane:
        process.resume()
    expect(register.part("restarting")).to_have_count(0)
    display(register, camera)
    page.keyboard.press("F10")
    register.part("menu-device").click()
    register.part("menu-tour").click()
    expect(register.part("tour")).to_be_visible()
    camera("tour")
    register.part("tour-skip").click()
    page.keyboard.press("F10")
    register.part("menu-lock").click()
    expect(register.part("locked")).to_be_visible()
    camera("locked")
    for name in ("codes", "styleguide"):
        page.goto(f"{register.shop.url}/screen/{name}.html")
        expect(page.locator("main")).to_be_visible()
        camera(name)


def display(register: Register, camera: Camera) -> None:
    second = register.page.context.new_page()
    second.goto(f"{register.shop.url}/display")
    expect(second.get_by_test_id("display-total")).to_be_visible()
    camera("display-sale", second)
    register.page.bring_to_front()
    register.page.keyboard.press("F4")
    expect(register.part("amount")).to_be_focused()
    register.page.keyboard.type("100")
    register.page.keyboard.press("Enter")
    expect(register.part("paid")).to_be_visible()
    expect(second.get_by_test_id("thanks")).to_be_visible()
    camera("display-thanks", second)
    register.shop.do(type="SignOut")
    register.part("staff-9").click()
    register.page.keyboard.type("9999")
    register.page.keyboard.press("Enter")
    expect(register.part("search")).to_be_focused()
    second.goto("about:blank")
    second.goto(f"{register.shop.url}/display")
    expect(second.locator("main")).to_be_visible()
    camera("display-idle", second)
    second.close()


def take_all(browser: Browser, shop: RunningShop, folder: Path) -> None:
    """Every screen in every language and size; the other looks at the counter only."""
    for language, staff in STAFF.items():
        for size in SIZES:
            for look, kept in LOOKS.items():
                if look != "light" and size not in ("counter", "upright"):
                    continue
                with opened(browser, shop, size, **kept, language=language) as (register, line):
                    camera = Camera(register.page, folder, f"{language}-{size}-{look}")
                    walk(register, staff, camera, a_real_basket)
                    print(f"{language} {size} {look}", file=sys.stderr)
                if look == "light":
                    with opened(browser, shop, size, **kept, language=language) as (register, line):
                        around(register, line, Camera(register.page, folder, f"{language}-{size}-{look}"))


def show(folder: Path) -> None:
    """The main ones into docs/screens, with few colours, so that the repository stays small."""
    for name in (f"{prefix}-{scene}" for prefix, scenes in MAIN.items() for scene in scenes.split()):
        picture = Image.open(folder / f"{name}.png").convert("RGB")
        few = picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        few.save(SHOWN / f"{name}.png", optimize=True)


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "screens"
    folder.mkdir(parents=True, exist_ok=True)
    SHOWN.mkdir(exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="evertill-screens-"))
    shop = RunningShop(home / "shop")
    try:
        with sync_playwright() as playwright:
            chromium = shutil.which("chromium") or shutil.which("google-chrome")
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            take_all(browser, shop, folder)
            browser.close()
    finally:
        shop.close()
        shutil.rmtree(home, ignore_errors=True)
    show(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
