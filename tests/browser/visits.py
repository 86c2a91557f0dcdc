"""What to look for on a screen while walking by: what axe finds, small targets, words cut off."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from tests.browser.walk import Visit

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
EVERYTHING = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
FOUND = """async (options) => {
  const result = await axe.run(document, { resultTypes: ["violations"], ...options });
  const grave = result.violations.filter((one) => ["serious", "critical"].includes(one.impact));
  return grave.map((one) => one.id + ": " + one.nodes.map((node) => node.html.slice(0, 160)).join(" | "));
}"""
SMALL = """() => {
  const front = [...document.querySelectorAll("dialog[open]")].pop() ?? null;
  const targets = [...document.querySelectorAll("button, a[href], input")]
    .filter((one) => one.checkVisibility() && one.closest("dialog[open]") === front)
    .map((one) => (one.matches("input") && one.closest(".field-box, .count-row, form.search")) || one);
  return targets.map((one) => [one.getBoundingClientRect(), one.outerHTML.slice(0, 120)])
    .filter(([box]) => box.width < 47.5 || box.height < 47.5)
    .map(([box, what]) => `${Math.round(box.width)}x${Math.round(box.height)} ${what}`);
}"""

# Names of goods and of the shop may end in dots; what we write ourselves may not.
CUT = """(but) => {
  const front = [...document.querySelectorAll("dialog[open]")].pop() ?? document.body;
  const ours = ".tile-name, .tile-other, .head-shop *, .unseen, .lines, .search-box";
  const names = [ours, but].filter(Boolean).join();
  const cut = [];
  for (const one of front.querySelectorAll("*")) {
    if (!one.checkVisibility() || one.matches(names) || one.closest("svg")) continue;
    const own = [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    const clips = getComputedStyle(one).overflowX === "hidden";
    if (!(own && clips) && !one.matches("button, .saying p, th, td")) continue;
    if (one.scrollWidth > one.clientWidth + 1 || (own && one.scrollHeight > one.clientHeight + 3))
      cut.push(`${one.className} ${one.textContent.trim()}`);
  }
  const page = document.documentElement;
  if (page.scrollWidth > page.clientWidth) cut.push("the page is wider than the screen");
  return cut;
}"""


def finds_barriers(page: Page, wrong: list[str], options: dict) -> Visit:
    """Lets axe look at the page as it stands."""

    def visit(name: str) -> None:
        if page.evaluate("() => typeof axe") == "undefined":
            page.evaluate(AXE.read_text(encoding="utf-8"))
        wrong.extend(f"{name}: {one}" for one in page.evaluate(FOUND, options))

    return visit


def finds_small(page: Page, wrong: list[str]) -> Visit:
    """Targets that a finger misses."""

    def visit(name: str) -> None:
        wrong.extend(f"{name}: {one}" for one in page.evaluate(SMALL))

    return visit


def finds_cut(page: Page, wrong: list[str], but: str = "") -> Visit:
    """Words of ours that do not fit where they stand, except in what `but` selects."""

    def visit(name: str) -> None:
        wrong.extend(f"{name}: {one}" for one in page.evaluate(CUT, but))

    return visit


def each(*visits: Visit) -> Visit:
    """All of them at every stop."""

    def visit(name: str) -> None:
        for one in visits:
            one(name)

    return visit
