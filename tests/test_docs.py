"""The pages are true: what they name is there, what is there is named, links lead somewhere."""

from __future__ import annotations

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.tidy.faults import fault_codes
from tests.tidy.glossary import barred, rows
from tests.tidy.house import ROOT, SOURCE, product, texts

PAGES = {
    name: text
    for name, text in texts().items()
    if name.endswith(".md") and "vendor" not in name and not name.startswith("tests/")
}
ROOMS = sorted(path.parent.name for path in SOURCE.glob("*/__init__.py"))
RECORDS = sorted(path.name for path in (ROOT / "docs" / "adr").glob("[0-9]*.md"))
CODE = re.compile(r"`([^`\n]+)`")
BLOCK = re.compile(r"^```[\s\S]*?^```$|(?:^(?: {4}|\t).*\n?)+", re.M)


def _spans(text: str) -> list[str]:
    """What a page says in code: between backticks, in blocks, in indented lines."""
    blocks = BLOCK.findall(text)
    return [*CODE.findall(BLOCK.sub("", text)), *(line for block in blocks for line in block.splitlines())]


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    text = BLOCK.sub("", PAGES[page])
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in target or target.startswith("#"):
            continue
        path = (ROOT / page).parent / target.partition("#")[0]
        assert path.exists(), f"{page} links to {target}"


@pytest.mark.parametrize("page", PAGES)
def test_every_path_that_a_page_names_is_there(page: str) -> None:
    here = (ROOT / page).parent
    for span in CODE.findall(BLOCK.sub("", PAGES[page])):
        named = re.fullmatch(r"([\w.-]+(?:/[\w.-]+)*)\.(?:py|js|md|toml|po|lock|in)(?:::(\w+))?", span)
        folder = re.fullmatch(r"(?:src|tests|docs|bench|scripts|core|lane|server)(?:/[\w-]+)*/", span)
        bare = "/" not in span and not page.startswith("src/")  # a reader's own file, not one of ours
        if bare or (named is None and folder is None):
            continue
        path, _, test = span.partition("::")
        places = [top / path for top in (here, ROOT, SOURCE, ROOT / "src")]
        found = [place for place in places if place.exists()]
        assert found, f"{page} names {path}"
        assert not test or f"def {test}(" in found[0].read_text(encoding="utf-8"), f"{page} names {test}"


@pytest.mark.parametrize("page", PAGES)
def test_every_make_word_and_every_verb_that_a_page_names_exists(page: str) -> None:
    words = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    for span in _spans(PAGES[page]):
        for word in re.findall(r"^\s*make ([a-z]+)\b", span):
            assert word in words, f"{page}: make {word}"
        for verb, deeper in re.findall(
            r"^\s*(?:\$?evertill|\.venv/bin/evertill) ([a-z]+)(?: ([a-z]+)\b)?", span
        ):
            assert verb in _verbs(), f"{page}: evertill {verb}"
            group = _verbs()[verb]
            assert not group or not deeper or deeper in group, f"{page}: evertill {verb} {deeper}"


@cache
def _verbs() -> dict[str, set[str]]:
    """Verb -> its own verbs (none for a plain one), read from cli/main.py and the modules that it adds."""
    modules = {module.name.rpartition(".")[2]: module for module in product() if module.room == "cli"}
    main = modules["main"]
    verbs: dict[str, set[str]] = {name: set() for name in _commands(main.tree)}
    for name, added in re.findall(r"app\.(?:add_typer\((\w+)\.app|command\(\"(\w+)\"\))", main.text):
        verbs[name or added] = _commands(modules[name].tree) if name else set()
    return verbs


def _commands(tree: ast.Module) -> set[str]:
    found = set()
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef):
            continue
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "app.command":
                given = [ast.literal_eval(argument) for argument in decorator.args]
                found.add(given[0] if given else node.name)
    return found


def test_every_room_has_its_page_and_architecture_has_every_room() -> None:
    page = PAGES["ARCHITECTURE.md"]
    for room in ROOMS:
        assert f"src/evertill/{room}/README.md" in PAGES, f"{room} has no page"
        assert f"src/evertill/{room}/README.md" in page, f"ARCHITECTURE.md leaves {room} out"


def test_architecture_speaks_of_all_fourteen_invariants() -> None:
    numbers = re.findall(r"^\| (\d+) \| \*\*", PAGES["ARCHITECTURE.md"], re.M)
    assert [int(number) for number in numbers] == list(range(1, 15))


def test_decision_records_have_one_number_each_and_stand_in_the_index() -> None:
    numbers = [name[:4] for name in RECORDS]
    assert numbers == [f"{number:04d}" for number in range(1, len(RECORDS) + 1)], (
        "a number is missing or twice"
    )
    index = PAGES["docs/adr/README.md"]
    for name in RECORDS:
        title = PAGES[f"docs/adr/{name}"].splitlines()[0]
        number, said = re.fullmatch(r"# (\d{4})[:.]? (.+)", title).groups()  # type: ignore[union-attr]
        assert number == name[:4], name
        assert f"| [{number}]({name}) | {said} |" in index, f"docs/adr/README.md leaves {name} out"


def test_every_dependency_has_its_reason() -> None:
    page = PAGES["docs/adr/0016-every-dependency-is-named-with-its-reason.md"]
    run, test = page.split("## To test")
    for part, name in ((run, "requirements.in"), (test, "requirements-test.in")):
        needed = {line for line in texts()[name].split("\n") if line and line[0] not in "#-"}
        assert set(re.findall(r"^\| ([a-z][a-z0-9-]*) \|", part, re.M)) - {"package"} == needed, name


def test_every_fault_has_its_section_in_the_run_book() -> None:
    page = PAGES["docs/operations/faults.md"]
    sections = re.findall(r"^### `(\w+)`$", page, re.M)
    assert len(sections) == len(set(sections)), "a section stands twice"
    missing, orphaned = set(fault_codes()) - set(sections), set(sections) - set(fault_codes())
    assert not missing, f"faults without a section: {sorted(missing)}"
    assert not orphaned, f"sections without a fault: {sorted(orphaned)}"


def test_the_run_book_quotes_what_the_program_says() -> None:
    said = _sayings()
    sections = re.split(r"^### ", PAGES["docs/operations/faults.md"], flags=re.M)[1:]
    for section in sections:
        quotes = re.findall(r"^> (.+)$", section, re.M)
        assert quotes, f"{section.splitlines()[0]} quotes nothing"
        for quote in quotes:
            assert any(pattern.fullmatch(quote) for pattern in said), f"nobody says: {quote}"


@cache
def _sayings() -> tuple[re.Pattern[str], ...]:
    """Every sentence in the source, as a pattern: what is filled in may be anything."""
    found = set()
    for module in product():
        for node in module.nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
                found.add(re.escape(node.value))
            elif isinstance(node, ast.JoinedStr):
                parts = (
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"\S+"
                    for part in node.values
                )
                found.add("".join(parts))
    return tuple(re.compile(pattern) for pattern in found if "." in pattern)


def test_the_glossary_has_one_row_for_each_word_and_bars_none_of_its_own() -> None:
    terms = [term for row in rows() for term in row[0].split(", ")]
    assert len(terms) == len(set(terms)) > 50
    assert not set(terms) & set(barred())


def test_the_changelog_tells_of_this_release() -> None:
    version = re.search(r'^version = "(.+)"$', texts()["pyproject.toml"], re.M)
    assert version and f"## {version[1]}" in PAGES["CHANGELOG.md"]
    assert f'__version__ = "{version[1]}"' in texts()["src/evertill/__init__.py"]


def test_the_licence_is_the_one_that_is_named() -> None:
    assert "Apache License" in texts()["LICENSE"] and 'license = "Apache-2.0"' in texts()["pyproject.toml"]


def test_make_help_names_every_word_of_the_makefile() -> None:
    told = subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for word in ("up", "test", "check", "vectors", "bench", "setup", "lock"):
        assert re.search(rf"\bmake {word}\b", told), word
    assert Path(ROOT / ".ci" / "run").read_text().rstrip().endswith("make test")
