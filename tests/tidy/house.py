"""The house as its own source says it is: every module parsed once, nothing of it imported or run."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "evertill"


@dataclass(frozen=True)
class Import:
    """One name brought in: `target` is the module or `module.name`, `deep` if inside a function."""

    line: int
    target: str
    deep: bool


class Module:
    """One Python file. `name` is dotted, "evertill.lane.api" or "tests.unit.core.test_money"."""

    def __init__(self, path: Path, top: Path) -> None:
        self.path = path
        self.text = path.read_text(encoding="utf-8")
        parts = list(path.relative_to(top).with_suffix("").parts)
        self.is_package = parts[-1] == "__init__"
        self.name = ".".join(parts[:-1] if self.is_package else parts)

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed file."""
        return ast.parse(self.text, str(self.path))

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Every node of the file."""
        return list(ast.walk(self.tree))

    @property
    def lines(self) -> int:
        """How long it is."""
        return self.text.count("\n")

    @property
    def room(self) -> str:
        """The package it lives in ("core", "lane"), or its own name at the top ("ports"); "" for evertill."""
        parts = self.name.split(".")
        return parts[1] if len(parts) > 1 else ""

    def at(self, node: ast.AST) -> str:
        """Where a node stands, for people."""
        return f"{self.path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"

    @cached_property
    def imports(self) -> list[Import]:
        """All names brought in, wherever that is done."""
        inside = {id(node) for function in self.functions for node in ast.walk(function)}
        found = []
        for node in self.nodes:
            deep = id(node) in inside
            if isinstance(node, ast.Import):
                found += [Import(node.lineno, alias.name, deep) for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                base = self._base(node)
                found += [Import(node.lineno, f"{base}.{alias.name}", deep) for alias in node.names]
        return found

    def _base(self, node: ast.ImportFrom) -> str:
        if node.level == 0:
            return node.module or ""
        parts = self.name.split(".")
        above = parts[: len(parts) - node.level + self.is_package]
        return ".".join([*above, node.module] if node.module else above)

    @cached_property
    def functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function and method."""
        return [node for node in self.nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]

    @cached_property
    def aliases(self) -> dict[str, str]:
        """Name in this file -> what it stands for elsewhere."""
        found = {}
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    shown = alias.asname or alias.name.split(".")[0]
                    found[shown] = alias.name if alias.asname else shown
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    found[alias.asname or alias.name] = f"{self._base(node)}.{alias.name}"
        return found

    def spelled(self, node: ast.AST) -> str:
        """A dotted expression with its first name spelled out: `now()` after `from x import now` is "x.now".

        Empty if it is no plain dotted name.
        """
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        return ".".join([self.aliases.get(node.id, node.id), *reversed(parts)])

    def uses(self) -> Iterator[tuple[ast.AST, str]]:
        """Every dotted name that is read, called or passed on, spelled out."""
        for node in self.nodes:
            if isinstance(node, ast.Attribute | ast.Name) and (name := self.spelled(node)):
                yield node, name


@cache
def product() -> tuple[Module, ...]:
    """Every module of the product."""
    return tuple(Module(path, SOURCE.parent) for path in sorted(SOURCE.rglob("*.py")))


@cache
def around() -> tuple[Module, ...]:
    """Tests, benchmarks and scripts."""
    folders = ("tests", "bench", "scripts")
    return tuple(
        Module(path, ROOT)
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "__pycache__" not in path.parts
    )


@cache
def texts() -> dict[str, str]:
    """Path -> text of every text file that the project keeps or is about to keep (git's own list)."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    found = {}
    for name in listed.stdout.decode().split("\0"):
        path = ROOT / name
        if not name or not path.is_file():
            continue
        data = path.read_bytes()
        if b"\0" not in data[:4096]:
            found[name] = data.decode("utf-8", "replace")
    return found


@cache
def identifiers() -> tuple[tuple[str, str], ...]:
    """(where, name) of all that the product names: modules, classes, functions, arguments, variables."""
    found = []
    for module in product():
        found.append((str(module.path.relative_to(ROOT)), module.name.rsplit(".", 1)[-1]))
        for node in module.nodes:
            name = _named(node)
            if name:
                found.append((module.at(node), name))
    return tuple(found)


def _named(node: ast.AST) -> str:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return node.name
    if isinstance(node, ast.arg):
        return node.arg
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return node.id
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
        return node.attr
    return ""


def words_of(identifier: str) -> list[str]:
    """`takePaymentMethod_minor` -> take, payment, method, minor."""
    spaced = re.sub(r"([a-z0-9])([A-Z])|([A-Z]+)([A-Z][a-z])", r"\1\3 \2\4", identifier)
    return re.findall(r"[a-z]+|[0-9]+", spaced.lower())
