"""Every code that a Fault of the product can carry, read from the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache

from tests.tidy.house import Module, product

BASE = "Fault"


@cache
def _kinds() -> frozenset[str]:
    """The names of Fault and of every class below it."""
    names = {BASE}
    classes = [node for module in product() for node in module.nodes if isinstance(node, ast.ClassDef)]
    for _ in range(3):
        names |= {c.name for c in classes if names & {ast.unparse(base) for base in c.bases}}
    return frozenset(names)


def _hints(module: Module) -> set[str]:
    """The keys of the module's table of codes and hints."""
    for node in module.tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_HINTS":
            assert isinstance(node.value, ast.Dict), "a table of hints is a plain dict"
            return {str(ast.literal_eval(key)) for key in node.value.keys if key is not None}
    return set()


def _raised(module: Module) -> Iterator[tuple[ast.Call, str]]:
    """Every making of a fault, and the class that it happens inside of ("" outside of a fault's class)."""
    inside = {
        id(node): owner.name
        for owner in module.nodes
        if isinstance(owner, ast.ClassDef) and owner.name in _kinds()
        for node in ast.walk(owner)
    }
    for node in module.nodes:
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        owner = inside.get(id(node), "")
        if name == "super().__init__" and owner and owner != BASE:
            yield node, owner
        elif name == BASE:
            yield node, ""


@cache
def _found() -> tuple[dict[str, str], tuple[str, ...]]:
    codes: dict[str, str] = {}
    unclear = []
    for module in product():
        for call, owner in _raised(module):
            said = [ast.literal_eval(call.args[0])] if isinstance(call.args[0], ast.Constant) else []
            if not said and owner:
                said = sorted(_hints(module))
            if not said and not _passed_on(call.args[0]):
                unclear.append(module.at(call))
            codes.update({str(code): module.at(call) for code in said})
        codes.update(_told(module))
    return codes, tuple(unclear)


def _told(module: Module) -> dict[str, str]:
    """Codes that a process tells its supervisor in JSON, without a Fault of its own."""
    found = {}
    for node in module.nodes:
        if module.room != "cli" or not isinstance(node, ast.Dict):
            continue
        for key, value in zip(node.keys, node.values, strict=True):
            named = isinstance(key, ast.Constant) and key.value == "code"
            if named and isinstance(value, ast.Constant):
                found[str(value.value)] = module.at(node)
    return found


def _passed_on(code: ast.expr) -> bool:
    """A fault that another process raised already, told again: `x["code"]` or `x.code`."""
    taken = isinstance(code, ast.Subscript) and ast.unparse(code.slice) == "'code'"
    return taken or (isinstance(code, ast.Attribute) and code.attr == "code")


def fault_codes() -> dict[str, str]:
    """Code -> one place that raises it."""
    return _found()[0]


def unclear_faults() -> tuple[str, ...]:
    """Places that raise a fault whose code cannot be read from the source."""
    return _found()[1]
